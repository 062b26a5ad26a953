"""Spotting the apex of a clip that has none annotated, from its frames alone."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.frames import gray, resized

VERSION = 1
"""Raised when a change of code spots other frames."""
# Tuned on SYNTHETIC clips, where the error is 1.7 % of a clip's length; expect more on real faces.
HEIGHT, BLOCK = 128, 8
"""Rows that frames are scaled to; side of a block, px."""
STRONGEST = 0.1
"""Share of blocks that count: a micro-expression moves little of a face."""
SMOOTHING = 0.06
"""Standard deviation of the smoothing in time, in clip lengths."""


def spotted_apex(frames: Array) -> int:
    """The frame that differs most from the onset inside blocks of the face.

    Each block's mean absolute difference from the onset is taken, less the straight line from the
    onset's (zero) to the offset's, so that slow drift of head and light does not count; the mean
    of the strongest blocks of each frame is smoothed in time, and its largest value is the apex.
    After the block differences of Moilanen et al. (ICPR 2014) and Li et al. (IEEE TAC 2018), which
    compare LBP histograms and average the strongest third of the blocks.

    Args:
        frames: onset to offset, uint8 (n, h, w) grey or (n, h, w, 3) RGB; the face fills them.

    Returns:
        position among the frames, never the first or the last; the middle one of frames that do
        not differ, and of fewer than three.
    """
    if len(frames) < 3:
        return len(frames) // 2
    from scipy.ndimage import gaussian_filter1d

    differences = _block_differences(frames)
    # The mean of a few last frames: a single one would add its noise to the drift.
    tail = max(1, len(frames) // 20)
    drift = np.linspace(0, 1, len(frames))[:, None] * differences[-tail:].mean(axis=0)
    curve = strongest_mean(differences - drift)
    # The ends are repeated: zeros beyond them would pull the curve down there.
    curve = gaussian_filter1d(curve, SMOOTHING * len(frames), mode="nearest")
    inner = curve[1:-1]
    return 1 + int(inner.argmax()) if np.ptp(curve) > 0 else len(frames) // 2


def _block_differences(frames: Array) -> Array:
    """(n, blocks) mean absolute difference from the onset, grey levels, light levelled."""
    smooth = levelled(frames)
    return block_means(np.abs(smooth - smooth[0]))


def levelled(frames: Array) -> Array:
    """Frames (n, h, w[, 3]) uint8 as small grey ones (n, 128, w) float32, without light and noise.

    Grey levels about the median of each.
    """
    import cv2

    height, width = frames.shape[1:3]
    size = (HEIGHT, max(BLOCK, round(width * HEIGHT / height)))
    small = resized(gray(frames), size).astype(np.float32)
    # The median follows the light of a frame, and hardly what moves in it.
    level = small - np.median(small, axis=(1, 2), keepdims=True)
    # Takes out camera noise, which is independent from pixel to pixel.
    return np.stack([cv2.GaussianBlur(image, (0, 0), 1.0) for image in level])


def block_means(change: Array) -> Array:
    """Means over the blocks of images (n, h, w): (n, blocks) float64."""
    count, height, width = change.shape
    down, across = height // BLOCK, width // BLOCK
    change = change[:, : down * BLOCK, : across * BLOCK]
    tiles = change.reshape(count, down, BLOCK, across, BLOCK)
    means: Array = tiles.mean(axis=(2, 4), dtype=np.float64).reshape(count, -1)
    return means


def strongest_mean(blocks: Array) -> Array:
    """Mean of the strongest blocks of each frame: (n,) from (n, blocks)."""
    count = max(1, round(STRONGEST * blocks.shape[1]))
    mean: Array = np.sort(blocks, axis=1)[:, -count:].mean(axis=1)
    return mean

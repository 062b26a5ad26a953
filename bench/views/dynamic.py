"""The dynamic image: a clip ranked into one picture that keeps what changes, and in which order."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import gray_frames


def rank_pooled(frames: Array) -> Array:
    """Approximate rank pooling of the pixels (Bilen et al., CVPR 2016).

    A line through pixel space along which later frames score higher, after the first step of
    gradient descent on the ranking loss: the sum of frame t less frame s over all s < t, in which
    frame t = 1 .. n counts 2t - n - 1 times.

    Args:
        frames: (n, h, w) grey.

    Returns:
        (h, w) float64: 0 where nothing changes, positive where it grows brighter.
    """
    n = len(frames)
    weights = 2.0 * np.arange(1, n + 1) - n - 1
    pooled: Array = np.tensordot(weights, frames.astype(np.float64), 1)
    return pooled


@view(version=1, of="gray_frames", stored=False)
def dynamic_image(clip: Views, size: tuple[int, int] | None = None) -> Array:
    """`rank_pooled` grey frames, stretched to 0 .. 255 by its extremes: (h, w) uint8."""
    pooled = rank_pooled(gray_frames(clip, size))
    low, high = pooled.min(), pooled.max()
    # A still clip pools to a constant, which would be divided by 0.
    image: Array = np.rint(255 * (pooled - low) / max(high - low, 1e-9)).astype(np.uint8)
    return image

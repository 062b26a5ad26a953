"""Eulerian video magnification: small motions made large before they are described."""

from __future__ import annotations

import math

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import gray_frames

SMALLEST = 8
"""Pixels along the shorter side below which the pyramid stops."""


def magnified(
    frames: Array, alpha: float, cutoff: float = 16.0, fast: float = 0.4, slow: float = 0.05
) -> Array:
    """Frames whose motion is larger (Wu et al., SIGGRAPH 2012: Laplacian pyramid, IIR band).

    Each level of each frame's pyramid gains alpha times what two first-order low passes differ
    by. Where a level's wavelengths are too short for alpha, the bound (1 + alpha) δ < λ / 8 lowers
    it, δ being what `cutoff` allows; the finest and the coarsest level are not changed.

    Args:
        frames: (n, h, w) uint8 grey; the first is the state of rest.
        alpha: magnification; 0 changes nothing.
        cutoff: shortest wavelength that is magnified in full, px.
        fast: weight of a new frame in the quicker low pass, 0..1.
        slow: in the slower one.

    Returns:
        (n, h, w) uint8.
    """
    import cv2

    levels = _pyramid(frames[0].astype(np.float32))
    gains = _gains(frames.shape[1:], len(levels), alpha, cutoff)
    # Both filters start at the onset, which is therefore returned unchanged.
    quick, late = [level.copy() for level in levels], [level.copy() for level in levels]
    out = np.empty_like(frames)
    for t, frame in enumerate(frames):
        change = np.zeros_like(levels[-1])
        levels = _pyramid(frame.astype(np.float32))
        for k in reversed(range(len(levels))):
            quick[k] += fast * (levels[k] - quick[k])
            late[k] += slow * (levels[k] - late[k])
            if change.shape != levels[k].shape:
                change = cv2.pyrUp(change, dstsize=levels[k].shape[::-1])
            change = change + gains[k] * (quick[k] - late[k])
        out[t] = np.clip(np.rint(frame + change), 0, 255)
    return out


def _pyramid(image: Array) -> list[Array]:
    """Laplacian pyramid, finest level first; the last is what is left of the image."""
    import cv2

    levels = []
    while min(image.shape) >= 2 * SMALLEST:
        smaller = cv2.pyrDown(image)
        # The size is given because pyrUp makes even ones, and a level's may be odd.
        levels.append(image - cv2.pyrUp(smaller, dstsize=image.shape[::-1]))
        image = smaller
    return [*levels, image]


def _gains(shape: tuple[int, ...], levels: int, alpha: float, cutoff: float) -> list[float]:
    """How much each level's change is multiplied by, finest first."""
    delta = cutoff / 8 / (1 + alpha)
    # the authors' estimate of the wavelength a level stands for
    wavelengths = [math.hypot(*shape) / 3 / 2 ** (levels - 1 - k) for k in range(levels)]
    gains = [min(alpha, max(0.0, wavelength / delta / 8 - 1)) for wavelength in wavelengths]
    # The authors' code leaves the highest and the lowest band out as well.
    gains[0] = gains[-1] = 0.0
    return gains


@view(version=1, of="gray_frames")
def magnified_frames(
    clip: Views,
    alpha: float = 10.0,
    size: tuple[int, int] | None = None,
    cutoff: float = 16.0,
    fast: float = 0.4,
    slow: float = 0.05,
) -> Array:
    """Grey frames, resized to (height, width), their motion magnified: (n, h, w) uint8."""
    return magnified(gray_frames(clip, size), alpha, cutoff, fast, slow)

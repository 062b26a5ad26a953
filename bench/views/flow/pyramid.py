"""Image pyramids of TV-L1: images halved again and again, and flow doubled back."""

from __future__ import annotations

import math

import numpy as np

from bench.core.types import Array

SMALLEST = 16
"""Pixels along the shorter side below which the pyramid stops."""


def pyramid(image: Array, scales: int, presmooth: float) -> list[Array]:
    """The image smoothed, and halved again and again: (h, w), (h/2, w/2) ... float32."""
    import cv2

    # sigma of IPOL's zoom-out at a factor of one half
    anti_alias = 0.6 * math.sqrt(3.0)
    finest = image.astype(np.float32)
    levels = [cv2.GaussianBlur(finest, (0, 0), presmooth) if presmooth else finest]
    # Blurred before every second pixel is dropped: else fine texture aliases into false motion.
    while len(levels) < scales and min(levels[-1].shape) >= 2 * SMALLEST:
        # Copied, as the kernels are vectorised for contiguous rows.
        levels.append(cv2.GaussianBlur(levels[-1], (0, 0), anti_alias)[::2, ::2].copy())
    return levels


def doubled(component: Array, shape: tuple[int, int]) -> Array:
    """One flow component of the next finer scale: pixel (y, x) goes to (2y, 2x), linear between."""
    finer = np.empty(shape, np.float32)
    finer[::2, ::2] = component
    rows, columns = finer[1::2, ::2], finer[:, 1::2]
    rows[:-1] = (component[:-1] + component[1:])[: len(rows) - 1] / 2
    # At an even size the last row has no coarse pixel below it to interpolate with.
    rows[-1] = component[-1] if shape[0] % 2 == 0 else (component[-2] + component[-1]) / 2
    even = finer[:, ::2]
    columns[:, :-1] = ((even[:, :-1] + even[:, 1:]) / 2)[:, : columns.shape[1] - 1]
    columns[:, -1] = even[:, -1] if shape[1] % 2 == 0 else (even[:, -2] + even[:, -1]) / 2
    # A displacement in px doubles with the image.
    return 2 * finer

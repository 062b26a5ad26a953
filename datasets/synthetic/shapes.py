"""Soft shapes on pixel grids: what the faces are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Image = NDArray[np.float32]
Point = tuple[float, float]


def blob(
    x: Image, y: Image, cx: float, cy: float, sx: float, sy: float, angle: float = 0.0
) -> Image:
    """Gaussian of height 1 at (cx, cy), with standard deviations sx and sy, turned by `angle`."""
    dx, dy = x - cx, y - cy
    if angle:
        c, s = np.cos(angle), np.sin(angle)
        dx, dy = c * dx + s * dy, c * dy - s * dx
    return np.asarray(np.exp(-0.5 * ((dx / sx) ** 2 + (dy / sy) ** 2)), np.float32)


def ramp(start: ArrayLike, end: ArrayLike, value: ArrayLike) -> Image:
    """Smooth step from 0 at `start` to 1 at `end`; falls where start > end."""
    t = np.clip((np.asarray(value) - start) / (np.asarray(end) - start), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def cloud(
    rng: np.random.Generator,
    shape: tuple[int, int],
    scale: float,
    octaves: int = 1,
    fall: float = 0.5,
) -> Image:
    """Smooth noise of unit variance with features of `scale` pixels, finer octaves fainter."""
    total = np.zeros(shape, np.float32)
    weight = 1.0
    for _ in range(octaves):
        small = (max(2, int(shape[0] / scale) + 2), max(2, int(shape[1] / scale) + 2))
        grain = rng.standard_normal(small, dtype=np.float32)
        total += weight * cv2.resize(grain, shape[::-1], interpolation=cv2.INTER_CUBIC)
        weight, scale = weight * fall, max(1.0, scale / 2)
    return np.asarray(total / total.std(), np.float32)


def stroke(x: Image, y: Image, points: Sequence[Point], width: float) -> Image:
    """Soft line: 1 on the polyline, falling off as a Gaussian of standard deviation `width`."""
    nearest = np.full(x.shape, 1e9, np.float32)
    for (ax, ay), (bx, by) in pairwise(points):
        vx, vy = bx - ax, by - ay
        # A segment without length must not divide by 0.
        t = np.clip(((x - ax) * vx + (y - ay) * vy) / (vx * vx + vy * vy + 1e-9), 0, 1)
        nearest = np.minimum(nearest, (x - ax - t * vx) ** 2 + (y - ay - t * vy) ** 2)
    return np.asarray(np.exp(-nearest / (2 * width * width)), np.float32)


def blur(image: Image, sigma: float, sigma_y: float = 0.0) -> Image:
    """Gaussian blur; `sigma_y` differs from `sigma` where given."""
    blurred = cv2.GaussianBlur(image, (0, 0), sigmaX=sigma, sigmaY=sigma_y)
    # OpenCV drops a last axis of length 1, which reshaping restores.
    return np.asarray(blurred, np.float32).reshape(image.shape)


def sample(image: Image, x: Image, y: Image) -> Image:
    """Image values at pixel coordinates (x, y): bilinear, edges repeated; channels are kept."""
    # Not INTER_CUBIC, which exaggerates sub-pixel motion by half; textures are fine enough for
    # this.
    found = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32).reshape(x.shape + image.shape[2:])


def mix(below: Image, above: ArrayLike, cover: Image) -> Image:
    """Lay colour `above` (h, w, 3) or (3,) over `below` (h, w, 3) with opacity `cover` (h, w)."""
    alpha = cover[..., None]
    return np.asarray(below * (1 - alpha) + np.asarray(above, np.float32) * alpha, np.float32)


def darken(image: Image, amount: Image, tint: tuple[float, float, float]) -> Image:
    """Take `amount` (h, w) of the light away, from each channel as much as `tint` says."""
    return np.asarray(image * (1 - amount[..., None] * np.asarray(tint, np.float32)), np.float32)

"""Pixels of a clip: grey frames, and the onset and apex alone."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import provided, provided_frames, view
from bench.views.clip_views import Views


def resized(images: Array, size: tuple[int, int] | None) -> Array:
    """Images (n, h, w[, 3]) at (height, width); area averaging down, cubic up."""
    if size is None or images.shape[1:3] == size:
        return images
    import cv2

    # Area averaging does not alias when it shrinks; cubic keeps edges when it enlarges.
    smaller = size[0] < images.shape[1]
    how = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.stack([cv2.resize(image, size[::-1], interpolation=how) for image in images])


def gray(images: Array) -> Array:
    """Images (n, h, w[, 3]) RGB or grey to (n, h, w) uint8, by the ITU-R 601 weights."""
    if images.ndim == 3:
        return images
    import cv2

    return np.stack([cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in images])


def colour(images: Array) -> Array:
    """Images (n, h, w[, 3]) RGB or grey to (n, h, w, 3), grey ones repeated."""
    return np.repeat(images[..., None], 3, axis=3) if images.ndim == 3 else images


@view(version=1, stored=False)
def gray_frames(clip: Views, size: tuple[int, int] | None = None) -> Array:
    """All frames, onset to offset, grey: (n, h, w) uint8."""
    return resized(gray(provided(clip, "frames")), size)


# Cached, unlike all frames together: with it many methods need no clip decoded again.
@view(version=1)
def key_frames(clip: Views, size: tuple[int, int] | None = None) -> Array:
    """Onset and apex, grey: (2, h, w) uint8."""
    return resized(gray(provided_frames(clip, (0, clip.apex))), size)


@view(version=1, stored=False)
def colour_frames(clip: Views, size: tuple[int, int] | None = None) -> Array:
    """All frames, onset to offset, RGB (grey ones repeated): (n, h, w, 3) uint8."""
    return resized(colour(provided(clip, "frames")), size)

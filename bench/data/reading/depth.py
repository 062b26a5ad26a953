"""From pixels of any depth to 8 bits, one mapping for all frames of a clip.

Files of 8 bits are taken as they are. The brightest pixel of all deeper frames of the clip decides:

- integers (16- and 32-bit files): the camera's depth is taken to be the smallest of 8, 10, 12, 14
  and 16 bits that holds it, and the eight highest of those bits are kept;
- floats: values up to 1 are multiplied by 255, values up to 255 are rounded, and larger ones are
  treated as integers. What interpolation overshot (to below 2, or by 5 % of 255) is clipped.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.core.errors import DataError
from bench.core.types import Array

DEPTHS = (8, 10, 12, 14, 16)
"""Bits a pixel of the cameras in use."""
OVERSHOOT = 2.0
"""Floats below are of the range 0..1: of the range 0..255 they would be black."""
OVERSHOOT_255 = 255 * 1.05
"""Floats below are of the range 0..255."""


def brightest(pixels: Array, path: Path) -> float:
    """The largest value of one deep frame.

    Raises:
        DataError: names a frame with values that are negative, not finite or above 65535.
    """
    low, high = float(pixels.min()), float(pixels.max())
    # Comparisons with NaN are false.
    if not (low >= 0 and high < 2 ** DEPTHS[-1]):
        raise DataError(
            f"{path}: pixels from {low:g} to {high:g}, expected 0 to 65535 or, as floats, 0 to 1 "
            "or 0 to 255: export the frames as 8-bit images"
        )
    return high


def to_bytes(pixels: Array, top: float) -> Array:
    """Deep pixels as uint8.

    Args:
        pixels: integers or floats, none below 0 or above `top`.
        top: the brightest pixel of the clip.
    """
    if pixels.dtype.kind == "f" and top < OVERSHOOT:
        levels = np.rint(np.minimum(pixels, 1) * 255)
    elif pixels.dtype.kind == "f" and top < OVERSHOOT_255:
        levels = np.rint(np.minimum(pixels, 255))
    else:
        bits = next(depth for depth in DEPTHS if top < 2**depth)
        levels = pixels.astype(np.uint16) >> (bits - 8)
    found: Array = levels.astype(np.uint8)
    return found

"""Where things are on a face: outline, lips, lids, brows, and the grid a face is drawn on."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from .identity import Identity
from .shapes import Image, Point, blob, cloud

PX = 128
"""Texture pixels per face unit, about twice the frames' so that linear sampling stays exact."""
LEFT, RIGHT, TOP, BOTTOM = -1.16, 1.16, -1.02, 1.72
SHAPE = (round((BOTTOM - TOP) * PX), round((RIGHT - LEFT) * PX))
"""Texture (height, width)."""


@dataclass(frozen=True)
class Grid:
    """Coordinates of every texture pixel, each (h, w).

    Attributes:
        flat_x: across the picture, before pose.
        flat_y: down the picture, before pose.
        x: the point of the symmetric frontal face that shows here.
        y: likewise, downwards.
        across: |x| over the half-width of the face there: 1 on its outline.
    """

    flat_x: Image
    flat_y: Image
    x: Image
    y: Image
    across: Image


def draw_grid(rng: np.random.Generator, who: Identity) -> Grid:
    """Pose and a slight asymmetry: shift points by yaw and pitch times depth, plus a wobble."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]].astype(np.float32)
    flat_x, flat_y = LEFT + (columns + 0.5) / PX, TOP + (rows + 0.5) / PX
    depth = 0.9 * np.sqrt(np.clip(1 - (flat_x / 1.25) ** 2, 0, 1))
    depth += 0.25 * blob(flat_x, flat_y, 0, 0.5, 0.12, 0.2)
    x = np.asarray(flat_x - who.yaw * depth + 0.012 * cloud(rng, SHAPE, 130), np.float32)
    y = np.asarray(flat_y - who.pitch * (depth - 0.6) + 0.012 * cloud(rng, SHAPE, 130), np.float32)
    across = np.asarray(np.abs(x) / half_width(who, y), np.float32)
    return Grid(flat_x, flat_y, x, y, across)


def half_width(who: Identity, y: Image) -> Image:
    """Half-width of the face at height y; 0 below the chin."""
    tip = who.chin_y + 0.09
    heights = [-1.30, -1.05, -0.75, -0.35, 0.0, 0.35, 0.72, 1.02]
    heights += [tip - 0.22, tip - 0.10, tip - 0.04, tip - 0.012, tip]
    widths = [0.55, 0.86, 0.97, 1.0, 0.99, 0.96, who.jaw + 0.07, who.jaw - 0.07]
    widths += [who.chin_width + more for more in (0.17, 0.02, -0.12, -0.24)] + [0.0]
    # Monotone between its points, where a spline could bulge; clipped, since beyond them it is
    # extrapolated.
    outline = PchipInterpolator(heights, widths)
    return np.asarray(who.width * outline(np.clip(y, -1.29, tip - 0.001)), np.float32)


def lip_lines(who: Identity, x: Image) -> tuple[Image, Image, Image]:
    """Heights of the seam, the upper and the lower edge of the lips at x."""
    part = np.clip(x / who.mouth_width, -1, 1)
    u = np.abs(part)
    seam = who.mouth_y + who.mouth_curve * u**2 + 0.010 * np.cos(part * 5.5) * (1 - u)
    bow = 1 - 0.20 * np.exp(-((x / 0.045) ** 2))
    bow = bow + 0.12 * np.exp(-(((np.abs(x) - 0.075) / 0.05) ** 2))
    upper = seam - who.upper_lip * (1 - u**2.2) * bow
    return seam, upper, seam + who.lower_lip * (1 - u**2.4)


def lid_lines(who: Identity, x: Image, side: int) -> tuple[Image, Image]:
    """Heights of the upper and lower lid at x, of the eye on `side` (-1 or +1)."""
    u = np.clip((x * side - who.eye_x) / who.eye_width, -1, 1)
    tilt = who.eye_tilt * u
    upper = tilt - who.eye_height * (1 - np.abs(u) ** 2.3) * (1 - 0.12 * u)
    upper = upper + 0.012 * (u < 0) * u * u
    return upper, tilt + 0.62 * who.eye_height * (1 - u * u) * (1 + 0.10 * u)


def brow_line(who: Identity, t: float) -> Point:
    """Middle of the (right-hand) brow at t from 0, inner end, to 1, outer end."""
    arch = who.brow_arch * np.sin(np.pi * np.clip(t, 0, 1) ** 0.8) * 1.2
    return 0.155 + 0.575 * t, float(who.brow_y + 0.025 - arch + 0.055 * t * t)


def nasolabial_fold(who: Identity) -> list[Point]:
    """The fold from the nostril past the corner of the mouth."""
    outside = who.mouth_width + 0.10
    return [
        (who.nose_width + 0.075, who.nose_y + 0.02),
        (0.36, who.mouth_y - 0.16),
        (outside, who.mouth_y + 0.02),
        (outside, who.mouth_y + 0.12),
    ]


def landmarks(who: Identity) -> dict[str, float]:
    """Named positions that the tables of `action_units` are written in: x words, then y words."""
    return {
        "inner_brow": 0.20,
        "mid_brow": 0.42,
        "outer_brow": 0.62,
        "pupil": who.eye_x,
        "eye_corner": who.eye_x + who.eye_width,
        "cheek": 0.56,
        "nose_side": 0.07,
        "nostril": who.nose_width,
        "lip_peak": 0.17,
        "mouth_corner": who.mouth_width,
        "brow": who.brow_y,
        "eye": 0.0,
        "upper_lid": -who.eye_height,
        "lower_lid": 0.62 * who.eye_height + 0.02,
        "cheekbone": 0.33,
        "nose_bridge": 0.22,
        "nose_base": who.nose_y,
        "upper_lip": who.mouth_y - 0.6 * who.upper_lip,
        "mouth": who.mouth_y + who.mouth_curve,
        "lower_lip": who.mouth_y + 0.55 * who.lower_lip,
        "chin": who.chin_y - 0.12,
    }


def position(words: dict[str, float], place: str) -> float:
    """Resolve a landmark with an offset, "brow-.20", a landmark alone or a plain number."""
    match = re.fullmatch(r"([a-z_]*)([+-]?[\d.]*)", place)
    if match is None:
        raise ValueError(f"{place!r} is no landmark with an offset")
    word, offset = match.groups()
    return (words[word] if word else 0.0) + (float(offset) if offset else 0.0)

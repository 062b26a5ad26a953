"""Thirty-six regions of the face between its landmarks, and how each of them moves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bench.core.types import Array, Description
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.flow.motion import flow_from_onset
from bench.views.landmarks import landmarks

BINS = 8
"""Of orientation, in `main_flow`: to the right, and on by 45 degrees."""
LIFT = 20 / 340
"""How far the regions of the forehead reach above the brows, in heights of the picture: 20 px of
CASME II's cropped faces, which are 340 px high."""


class Corner(NamedTuple):
    """A corner of a region: a landmark, or halfway between two; lifted ones are on the forehead."""

    one: int
    other: int
    lifted: bool = False


def _quad(*corners: int | Corner) -> tuple[Corner, ...]:
    return tuple(c if isinstance(c, Corner) else Corner(c, c) for c in corners)


_OUTER, _MIDDLE, _INNER = (Corner(brow, brow, True) for brow in (17, 19, 21))
_BETWEEN = Corner(21, 22, True)
_SOCKET, _CHEEK, _FOLD, _CORNER, _LIP, _CHIN = (
    Corner(*pair) for pair in ((2, 41), (3, 29), (4, 33), (5, 59), (6, 58), (8, 57))
)

HALF = (
    _quad(17, _OUTER, _MIDDLE, 19),  # forehead
    _quad(19, _MIDDLE, _INNER, 21),
    _quad(21, _INNER, _BETWEEN, 27),
    _quad(0, 17, 36, 1),  # brow and eye
    _quad(17, 19, 38, 36),
    _quad(19, 21, 39, 38),
    _quad(21, 27, 28, 39),
    _quad(2, _SOCKET, _CHEEK, 3),  # below the eye
    _quad(_SOCKET, 41, 39, _CHEEK),
    _quad(39, 28, 29, _CHEEK),
    _quad(3, _CHEEK, _FOLD, 4),  # cheek and nose
    _quad(_CHEEK, 29, 33, _FOLD),
    _quad(4, _FOLD, _CORNER, 5),  # beside the mouth
    _quad(_FOLD, 33, 59, _CORNER),
    _quad(59, 58, _LIP, _CORNER),  # below the mouth
    _quad(58, 57, _CHIN, _LIP),
    _quad(5, _CORNER, _LIP, 6),  # chin
    _quad(6, _LIP, _CHIN, 8),
)
"""Regions of the half that is left in the picture, by the 68 landmarks of iBUG: those of MDMO (Liu
et al. 2016, figure of the 36 regions) as the public code of MEB reads them (tvaranka/meb at
f731b0a, traditional_methods.py)."""

MIRRORED = (
    *range(16, -1, -1),  # jaw
    *range(26, 16, -1),  # brows
    *(27, 28, 29, 30, 35, 34, 33, 32, 31),  # nose
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),  # eyes
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),  # lips, outside
    *(64, 63, 62, 61, 60, 67, 66, 65),  # lips, inside
)
"""Which landmark each of the 68 becomes in a mirror."""

REGIONS = tuple(
    tuple(Corner(sides[c.one], sides[c.other], c.lifted) for c in quad)
    for quad in HALF
    for sides in (range(68), MIRRORED)
)
"""Thirty-six quadrilaterals; pairs, left of the picture first."""
COUNT = len(REGIONS)


def region_masks(size: tuple[int, int], face: Array) -> Array:
    """Which pixels of a face of (height, width) each region has.

    Corners are whole pixels and outlines belong to the regions on both sides, as in MEB's code.

    Args:
        size: (height, width).
        face: (68, 2) from `landmarks`, in widths and heights of the picture.

    Returns:
        (36, h, w) bool.
    """
    import cv2

    h, w = size
    points = np.floor(np.asarray(face, np.float64) * (w, h)).astype(np.int32)
    raised = np.maximum(points - (0, round(LIFT * h)), 0).astype(np.int32)
    masks = np.zeros((COUNT, h, w), np.uint8)
    for mask, quad in zip(masks, REGIONS, strict=True):
        places = [raised if corner.lifted else points for corner in quad]
        corners = [
            (p[c.one] + p[c.other]) // 2  # halved downwards, as whole pixels are
            for p, c in zip(places, quad, strict=True)
        ]
        cv2.fillPoly(mask, [np.array(corners)], 1)
    return masks.astype(bool)


def main_direction(flow: Array, masks: Array) -> Array:
    """Mean vector of each region's fullest bin of orientation (Liu et al. 2016, section 3.3).

    Args:
        flow: (2, h, w) px.
        masks: (36, h, w) from `region_masks`.

    Returns:
        (36, 2) float32: u and v, px; 0 for a region without pixels.
    """
    count = len(masks)
    region, y, x = np.nonzero(masks)
    u, v = flow[:, y, x].astype(np.float64)
    # The bins' middles, not their edges, are where faces move: up, down and sideways.
    turn = np.floor(np.arctan2(v, u) / (2 * np.pi) * BINS + 0.5).astype(np.int64) % BINS
    cell = region * BINS + turn
    counts = np.bincount(cell, minlength=count * BINS)
    sums = np.stack([np.bincount(cell, w, count * BINS) for w in (u, v)], axis=1)
    fullest = np.arange(count) * BINS + counts.reshape(count, BINS).argmax(axis=1)
    mean: Array = sums[fullest] / np.maximum(counts[fullest], 1)[:, None]
    return mean.astype(np.float32)


@view(version=2, of="flow_from_onset landmarks")
def main_flow(
    clip: Views,
    num_frames: int = 0,
    size: tuple[int, int] = (170, 140),
    textured: bool = True,
) -> Array:
    """Main direction of each region, from the first frame to each later one: (n - 1, 36, 2).

    Args:
        clip: the clip.
        num_frames: n, frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) the frames are resized to.
        textured: flow between the frames' textures; see `bench.views.texture`.

    Returns:
        (n - 1, 36, 2) float32: u and v, px.
    """
    masks = region_masks(size, landmarks(clip))
    flows = flow_from_onset(clip, num_frames, size, textured)
    return np.stack([main_direction(flow, masks) for flow in flows])


def polar(vectors: Description, weight: float) -> Array:
    """Weighted polar coordinates of the regions' vectors (..., 36, 2): (..., 72) float64.

    As in MDMO (Liu et al. 2016): magnitudes are divided by the largest of the 36, which
    removes the overall strength of the motion, and multiplied by `weight`; angles, -π..π, are
    multiplied by 1 - weight. Where nothing moves, all values are 0.
    """
    u, v = (np.asarray(vectors)[..., axis].astype(np.float64) for axis in (0, 1))
    lengths = np.hypot(u, v)
    largest = lengths.max(axis=-1, keepdims=True)
    lengths = lengths / np.where(largest > 0, largest, 1)
    return np.concatenate([weight * lengths, (1 - weight) * np.arctan2(v, u)], axis=-1)

"""Thirty-six regions of the face, and how each of them moves."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array, Description
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.flow.motion import flow_from_onset
from bench.views.landmarks import carried, landmarks

HALF = (
    *((0.21, 0.40), (0.18, 0.27), (0.20, 0.12)),  # brow: outer, middle, inner end
    *((0.34, 0.39), (0.34, 0.23), (0.36, 0.09)),  # eye: outer corner, upper lid, inner corner
    *((0.43, 0.25), (0.48, 0.10), (0.60, 0.10)),  # lower lid, bridge of the nose, its wing
    *((0.52, 0.40), (0.54, 0.24)),  # cheekbone, cheek
    *((0.68, 0.38), (0.68, 0.21)),  # lower cheek, fold from nose to mouth
    *((0.73, 0.07), (0.79, 0.19), (0.85, 0.07)),  # upper lip, corner of the mouth, lower lip
    *((0.88, 0.34), (0.94, 0.16)),  # jaw, chin
)
"""Centres on one side of the mean face in a crop aligned by the eyes: how far down, and how far
from the midline, as shares of height and width."""

CENTRES = tuple((y, 0.5 + side * x) for y, x in HALF for side in (-1, 1))
"""Thirty-six (down, right); pairs, left of the image first."""

COUNT = len(CENTRES)
BINS = 8
"""Of orientation, in `main_flow`."""


def region_map(size: tuple[int, int], face: Array | None = None) -> Array:
    """Which region each pixel of an aligned face of (height, width) belongs to.

    Every pixel goes to the nearest of the centres (distances in widths of the crop), within the
    ellipse that fills the crop.

    Args:
        size: (height, width).
        face: (68, 2) from `landmarks`, to which the centres are carried; None for the mean face.

    Returns:
        (h, w) int64, 0..35, and -1 outside the face.
    """
    h, w = size
    y, x = (np.arange(h) + 0.5)[:, None] / h, (np.arange(w) + 0.5)[None] / w
    mean = np.array(CENTRES)
    # `carried` takes x before y; the centres are stored as down, right.
    centres = mean if face is None else carried(mean[:, ::-1], face)[:, ::-1]
    down, right = (centres[:, axis, None, None] for axis in (0, 1))
    nearest = np.argmin(((y - down) * h / w) ** 2 + (x - right) ** 2, axis=0)
    inside = (2 * y - 1) ** 2 + (2 * x - 1) ** 2 <= 1.1
    return np.where(inside, nearest, -1)


def main_direction(flow: Array, regions: Array) -> Array:
    """Mean vector of each region's fullest bin of orientation (Liu et al. 2016, section 3.3).

    Args:
        flow: (2, h, w) px.
        regions: (h, w) from `region_map`.

    Returns:
        (36, 2) float32: u and v, px; 0 for a region without pixels.
    """
    inside = regions >= 0
    u, v = flow[:, inside].astype(np.float64)
    turn = (np.arctan2(v, u) + np.pi) / (2 * np.pi)
    # An angle of exactly π would fall into an extra bin.
    cell = regions[inside] * BINS + np.minimum((turn * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(cell, minlength=COUNT * BINS)
    sums = np.stack([np.bincount(cell, w, COUNT * BINS) for w in (u, v)], axis=1)
    fullest = np.arange(COUNT) * BINS + counts.reshape(COUNT, BINS).argmax(axis=1)
    mean: Array = sums[fullest] / np.maximum(counts[fullest], 1)[:, None]
    return mean.astype(np.float32)


@view(version=1, of="flow_from_onset landmarks")
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
    regions = region_map(size, landmarks(clip))
    flows = flow_from_onset(clip, num_frames, size, textured)
    return np.stack([main_direction(flow, regions) for flow in flows])


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

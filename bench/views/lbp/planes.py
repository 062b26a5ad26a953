"""Local binary patterns on five intersecting planes: the three of LBP-TOP and two oblique ones."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import gray_frames
from bench.views.lbp.patterns import HW, XYT, Grid, Pattern, block_histograms, orthogonal_planes
from bench.views.magnification import magnified_frames
from bench.views.tim import interpolated

VERTICES = (
    *((1, -1, 1), (1, 1, 1), (-1, 1, -1), (-1, -1, -1)),
    *((-1, -1, 1), (-1, 1, 1), (1, 1, -1), (1, -1, -1)),
)
"""Signs (down, right, frame) of the cube's vertices, in the ring's order of the authors' code."""


def five_plane_pattern(radii: tuple[int, int, int]) -> Pattern:
    """Rings of 8 points on XY, XT and YT, and the 8 vertices of a cube of 3 px and 2 rt + 1 frames.

    Args:
        radii: (rx, ry, rt).
    """
    ring = tuple((float(radii[2] * t), float(y), float(x)) for y, x, t in VERTICES)
    return Pattern((*orthogonal_planes(8, radii).planes, ring))


@view(version=1, of="gray_frames magnified_frames")
def five_planes(
    clip: Views,
    num_frames: int = 20,
    size: HW = None,
    grid: Grid = (5, 5),
    radii: XYT = (1, 1, 5),
    magnify: float = 0.0,
) -> Array:
    """LBP-FIP block histograms of uniform patterns: (4, down, right, 59) float32.

    The parameters are those of `lbp_top`.
    """
    frames = magnified_frames(clip, magnify, size) if magnify else gray_frames(clip, size)
    volume = interpolated(frames, num_frames) if num_frames else frames
    return np.stack(block_histograms(volume, five_plane_pattern(radii), grid, "u2"))

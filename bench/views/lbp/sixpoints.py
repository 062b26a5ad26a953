"""Local binary patterns of six intersection points: four in the frame, two in time."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.lbp.patterns import HW, XYT, Grid, Pattern, block_histograms
from bench.views.tim import interpolated_frames


def six_point_pattern(radii: tuple[int, int, int]) -> Pattern:
    """The points where the rings of LBP-TOP's three planes meet.

    Args:
        radii: (rx, ry, rt).

    Returns:
        (dt, dy, dx) of right, upper, left and lower neighbour, and of the later and earlier one.
    """
    x, y, t = map(float, radii)
    within = ((0.0, 0.0, x), (0.0, -y, 0.0), (0.0, 0.0, -x), (0.0, y, 0.0))
    return Pattern((within, ((t, 0.0, 0.0), (-t, 0.0, 0.0))))


@view(version=1, of="interpolated_frames")
def lbp_sip(
    clip: Views, num_frames: int = 10, size: HW = None, grid: Grid = (5, 5), radii: XYT = (1, 1, 2)
) -> Array:
    """LBP-SIP block histograms: (down, right, 20) float32, 16 bins within the frame and 4 in time.

    Either part sums to 1.

    The parameters are those of `lbp_top`.
    """
    frames = interpolated_frames(clip, num_frames, size)
    return np.concatenate(block_histograms(frames, six_point_pattern(radii), grid), axis=2)

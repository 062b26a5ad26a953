"""Optical flow from onset to apex, its strain, and both as an image."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.flow.strain import Differences, strain
from bench.views.frames import key_frames

Algorithm = Literal["tvl1", "farneback", "dis"]


def flow_between(first: Array, second: Array, algorithm: Algorithm = "tvl1") -> Array:
    """Motion between two grey images: second(x + flow) is first(x).

    Args:
        first: (h, w) uint8.
        second: (h, w) uint8.
        algorithm: "tvl1" (Zach et al. 2007, the field's habit), "farneback" (2003), or "dis"
            (Kroeger et al. 2016, medium preset down to full resolution).

    Returns:
        (2, h, w) float32: u right and v down, px.
    """
    if algorithm == "tvl1":
        from bench.views.flow import tvl1

        return tvl1.flow(first, second)
    import cv2

    if algorithm == "farneback":
        # Pyramid, window and iterations; for polynomials over 7 px OpenCV advises a sigma of 1.5.
        found = cv2.calcOpticalFlowFarneback(first, second, None, 0.5, 3, 15, 3, 7, 1.5, 0)
    elif algorithm == "dis":
        dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        # The preset stops at half the resolution.
        dis.setFinestScale(0)
        found = dis.calc(first, second, None)
    else:
        raise BenchError(f"no optical flow {algorithm!r}: expected tvl1, farneback or dis")
    # OpenCV has u and v as the last axis.
    return np.ascontiguousarray(found.transpose(2, 0, 1))


@view(version=3, of="key_frames")
def optical_flow(
    clip: Views, algorithm: Algorithm = "tvl1", size: tuple[int, int] | None = None
) -> Array:
    """Flow from onset to apex, frames resized to (height, width) first: (2, h, w) float32, px."""
    onset, apex = key_frames(clip, size)
    return flow_between(onset, apex, algorithm)


@view(version=1, of="optical_flow")
def optical_strain(
    clip: Views,
    algorithm: Algorithm = "tvl1",
    size: tuple[int, int] | None = None,
    differences: Differences = "central",
) -> Array:
    """Strain of the onset-to-apex flow: (h, w) float32, dimensionless."""
    return strain(optical_flow(clip, algorithm, size), differences)


@view(version=1, of="optical_flow")
def flow_image(clip: Views) -> Array:
    """The onset-to-apex TV-L1 flow as STSTNet reads it: (3, 28, 28) uint8, planes u, v, strain.

    Each plane is area-averaged to 28 x 28, then stretched to 0..255 by its own extremes (a
    constant plane is 0), as the published MEGC 2019 images are.
    """
    import cv2

    flow = optical_flow(clip)
    planes = np.stack([flow[0], flow[1], strain(flow)])
    small = np.stack([cv2.resize(p, (28, 28), interpolation=cv2.INTER_AREA) for p in planes])
    low = small.min(axis=(1, 2), keepdims=True)
    span = small.max(axis=(1, 2), keepdims=True) - low
    stretched: Array = np.rint(255 * (small - low) / np.where(span > 0, span, 1)).astype(np.uint8)
    return stretched

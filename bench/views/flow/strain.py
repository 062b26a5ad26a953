"""Optical strain: how much the face is stretched and sheared at each pixel."""

from __future__ import annotations

from typing import Literal

import numpy as np

from bench.core.types import Array

Differences = Literal["central", "backward"]


def strain(flow: Array, differences: Differences = "central") -> Array:
    """Magnitude of the infinitesimal strain tensor (Shreve et al. 2009; Liong et al. 2014).

    It is √(u_x² + v_y² + ½ (u_y + v_x)²), 0 where the face moves rigidly.

    Args:
        flow: (2, h, w), u right and v down, px.
        differences: "central" (one-sided at the border), or "backward" with the edge replicated,
            so that the first row and column have no derivative, as the authors of Bi-WOOF have it.

    Returns:
        (h, w), of the flow's type; dimensionless, at least 0.
    """
    u_y, u_x = _derivatives(flow[0], differences)
    v_y, v_x = _derivatives(flow[1], differences)
    # The shear ½ (u_y + v_x) is in the symmetric tensor twice: 2 (½ s)² = s² / 2.
    magnitude: Array = np.sqrt(u_x**2 + v_y**2 + (u_y + v_x) ** 2 / 2)
    return magnitude


def _derivatives(component: Array, differences: Differences) -> tuple[Array, Array]:
    """Down and right, per px."""
    if differences == "central":
        down, right = np.gradient(component)
        return down, right
    return (
        np.diff(component, axis=0, prepend=component[:1]),
        np.diff(component, axis=1, prepend=component[:, :1]),
    )

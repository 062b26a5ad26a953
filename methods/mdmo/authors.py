"""The regions of MDMO held against MEB, whose public code reads them from the paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.check.authors import Authors, Comparison, definitions
from bench.core.types import Array
from bench.views.flow.regions import region_masks
from bench.views.landmarks import TEMPLATE

SCRIPT = "meb/utils/traditional_methods.py"
SIZE = (340, 280)
"""Of CASME II's cropped faces, for which MEB's 20 px above the brows are meant."""
FACES = 20
SPREAD = 0.02
"""Of landmarks between people, in sides of the picture, as `TEMPLATE` notes."""


def compare(code: Path) -> Iterator[Comparison]:
    """Intersection over union of the 36 regions: the mean face, and faces that differ from it."""
    import cv2

    given = {"np": np, "cv2": cv2}
    theirs = definitions(code, SCRIPT, ("load_roi_36", "polyroi"), given)
    blank = np.zeros(SIZE, np.uint8)
    overlaps = []
    for points in faces(FACES):
        made = region_masks(SIZE, (points + 0.5) / SIZE[::-1])
        quads = theirs["load_roi_36"](points.T)
        masks = [theirs["polyroi"](blank, *quad.astype(int).T) > 0 for quad in quads]
        overlaps.append(best_overlaps(made, np.stack(masks)))
    found = np.array(overlaps)
    detail = f"intersection over union {found.mean():.3f} in the mean, {found.min():.3f} at least"
    what = f"the 36 regions on {FACES} faces"
    yield Comparison("preprocessing", what, bool(found.min() > 0.999), detail)


def faces(count: int) -> Iterator[Array]:
    """The mean face, and others around it: (68, 2) whole pixels x and y, as detectors give."""
    generator = np.random.default_rng(0)
    for i in range(count):
        face = np.array(TEMPLATE) + (generator.normal(0, SPREAD, (68, 2)) if i else 0)
        yield np.floor(np.clip(face, 0, 0.999) * SIZE[::-1]).astype(int)


def best_overlaps(ours: Array, theirs: Array) -> Array:
    """Intersection over union of the best pairs of regions, each used once: (n,).

    Args:
        ours: (n, h, w) bool.
        theirs: (n, h, w) bool, in any order.
    """
    from scipy.optimize import linear_sum_assignment

    mine, yours = (one.reshape(len(one), -1).astype(float) for one in (ours, theirs))
    both = mine @ yours.T
    either = mine.sum(1)[:, None] + yours.sum(1) - both
    overlap = both / np.maximum(either, 1)
    best: Array = overlap[linear_sum_assignment(-overlap)]
    return best


AUTHORS = Authors("tvaranka/meb", "f731b0a981683a24f6be2e026208811849dee3ad", compare, (SCRIPT,))

"""What a stand-in knows about its clips: one file each, `truth/<subject>_<clip>.npz`.

Keys of a file:
    action_units: float32 (22,), peak px summed by action unit, in the order of `ORDER`.
    true_flow: float16 (2, h, w), forward flow onset to apex in px, head motion included.
    true_au_flow: float16 (2, h, w), by the action units alone.
    valid: bool (h, w), where the flow may be scored: on the face, not between the lids.
    units: float32 (n, 3), number, side (0 both, 1 left, 2 right of the person), peak px.
    coded: bool (n,), whether each unit is annotated.
    curves: float16 (n, frames), strength of each unit over time.
    apex: int32 (), true position of the apex among the frames.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bench.core.errors import DataError
from bench.core.types import Array

from .action_units import PULLS
from .plan import ActionUnit

ORDER = tuple(sorted(PULLS))
"""The action units that can be drawn, in the order of `action_units` in the truth files."""


def truth_path(root: Path, subject: str, clip: str) -> Path:
    """Where a clip's truth is; the subject as its folder spells it: "s1", "01", "006"."""
    return root / "truth" / f"{subject}_{clip}.npz"


def read_truth(root: Path, subject: str, clip: str) -> dict[str, Array]:
    """All arrays known about one clip; see the module's docstring."""
    path = truth_path(root, subject, clip)
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        raise DataError(f"no truth of {subject} {clip} at {path}: is {root} a stand-in?") from None


def action_unit_vector(units: Iterable[ActionUnit]) -> Array:
    """Peak displacement in px, summed by action unit: float32 (22,) in the order of `ORDER`."""
    vector = np.zeros(len(ORDER), np.float32)
    for unit in units:
        vector[ORDER.index(unit.number)] += unit.peak
    return vector

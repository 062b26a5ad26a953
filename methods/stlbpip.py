"""STLBP-IP: spatiotemporal local binary patterns of integral projections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bench.core.types import Array
from bench.learning.svm import SVM, Penalty
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class STLBPIP(Method):
    """Patterns of the projected differences to the first frame, and an SVM with a χ² kernel.

    Attributes:
        grid: blocks (down, right).
        length: frames after temporal interpolation; 0 keeps the clip's own.
        size: (height, width) of the frames.
        C: of the SVM; "inner" has training subjects choose it.
    """

    grid: tuple[int, int] = (8, 9)
    length: int = 0
    size: tuple[int, int] = (170, 140)
    C: Penalty = 1.0

    name: ClassVar[str] = "stlbpip"
    needs: ClassVar[frozenset[str]] = frozenset({"projection_patterns"})
    described_by: ClassVar[tuple[str, ...] | None] = ("grid", "length", "size")
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "coarse": {"grid": (5, 5)},
        "inner": {"C": "inner"},
    }
    facts: ClassVar[Facts] = Facts(
        title="STLBP-IP",
        paper="Huang, Wang, Zhao, Pietikäinen: Facial micro-expression recognition using "
        "spatiotemporal local binary pattern with integral projection, ICCV Workshops",
        year=2015,
        url="https://doi.org/10.1109/ICCVW.2015.10",
        fidelity="reconstructed",
        deviations=(
            "The paper's difference images are read as differences to the first frame, of faces "
            "of 170 x 140: between consecutive frames at 100 or 200 a second noise outweighs "
            "motion, and on SYNTHETIC clips nothing beyond the majority class was recognised.",
            "The two-dimensional patterns compare the eight neighbours on the grid, with no "
            "interpolation on a circle, at radius 1.",
            "Blocks are 8 x 9 on every dataset; the variant coarse has 5 x 5.",
            "C = 1 of the additive χ² kernel is our reading. Scores on SYNTHETIC clips stay well "
            "below LBP-TOP's: signs of small projected differences are mostly noise where nothing "
            "moves, and neither another C nor the exponential χ² kernel changed that.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (down, right, 630) float32."""
        from bench.views.lbp.projections import projection_patterns

        return projection_patterns(clip, self.length, self.size, self.grid, "difference")

    def fit(self, train: Training, context: Context) -> Model:
        """SVM with an additive χ² kernel; a block's histograms are not weighted."""
        return SVM("chi2", self.C).fit(train.clips, train.labels, train.classes, context)

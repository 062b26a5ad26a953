"""LBP-FIP: local binary patterns from five intersecting planes."""

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
class LBPFIP(Method):
    """LBP-TOP and a fourth histogram from the vertices of a cube, and a χ² SVM.

    The eight vertices lie on the two oblique planes that cross the cube's centre.

    Attributes:
        length: frames after temporal interpolation.
        size: (height, width) of the frames.
        grid: blocks (down, right).
        radii: along x, y and t; the vertices are 1 px and the last one in frames away.
        C: of the SVM; "inner" has training subjects choose it.
    """

    length: int = 20
    size: tuple[int, int] = (170, 140)
    grid: tuple[int, int] = (5, 5)
    radii: tuple[int, int, int] = (1, 1, 5)
    C: Penalty = 0.35

    name: ClassVar[str] = "lbpfip"
    needs: ClassVar[frozenset[str]] = frozenset({"five_planes"})
    described_by: ClassVar[tuple[str, ...] | None] = ("length", "size", "grid", "radii")
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {"inner": {"C": "inner"}}
    facts: ClassVar[Facts] = Facts(
        title="LBP-FIP",
        paper="Wei, Lu, Yan, Liu: Micro-expression recognition using local binary pattern from "
        "five intersecting planes, Multimedia Tools and Applications",
        year=2022,
        url="https://doi.org/10.1007/s11042-022-12360-x",
        fidelity="code",
        deviations=(
            "Frames are interpolated to 20 of 170 x 140, which is our choice.",
            "The additive χ² kernel is our reading; C = .35 is the authors'.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms of uniform patterns (4, down, right, 59) float32, each summing to 1."""
        from bench.views.lbp.planes import five_planes

        return five_planes(clip, self.length, self.size, self.grid, self.radii)

    def fit(self, train: Training, context: Context) -> Model:
        """SVM with an additive χ² kernel."""
        context.check_deadline()
        return SVM("chi2", self.C).fit(train.clips, train.labels, train.classes, context)

"""LBP-MOP: local binary patterns of the mean images on three orthogonal planes."""

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
class LBPMOP(Method):
    """Patterns of each block's mean XY, XT and YT image, and a linear SVM.

    Attributes:
        length: frames after temporal interpolation.
        size: (height, width) of the frames.
        grid: blocks (down, right).
        radii: along x, y and t.
        C: of the SVM; "inner" has training subjects choose it.
    """

    length: int = 10
    size: tuple[int, int] = (170, 140)
    grid: tuple[int, int] = (5, 5)
    radii: tuple[int, int, int] = (1, 1, 4)
    C: Penalty = 1e4

    name: ClassVar[str] = "lbpmop"
    needs: ClassVar[frozenset[str]] = frozenset({"lbp_mop"})
    described_by: ClassVar[tuple[str, ...] | None] = ("length", "size", "grid", "radii")
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {"inner": {"C": "inner"}}
    facts: ClassVar[Facts] = Facts(
        title="LBP-MOP",
        paper="Wang, See, Phan, Oh: Efficient spatio-temporal local binary patterns for "
        "spontaneous facial micro-expression recognition, PLoS ONE",
        year=2015,
        url="https://doi.org/10.1371/journal.pone.0124674",
        fidelity="reconstructed",
        deviations=(
            "Written from the paper's idea: blocks are cut first, and each block's volume is "
            "averaged over t, over y and over x.",
            "Radii, blocks, 10 interpolated frames and the SVM (C = 1e4) are those of the LBP-TOP "
            "of MEGC 2019, on faces of 170 x 140; the paper filters frames with Wiener's first.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (3, down, right, 16) float32, each summing to 1."""
        from bench.views.lbp.meanplanes import lbp_mop

        return lbp_mop(clip, self.length, self.size, self.grid, self.radii)

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on the histograms as they are."""
        context.check_deadline()
        return SVM("linear", self.C).fit(train.clips, train.labels, train.classes, context)

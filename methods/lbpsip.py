"""LBP-SIP: local binary patterns with six intersection points."""

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
class LBPSIP(Method):
    """Codes of the six points where LBP-TOP's planes meet, and a linear SVM.

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
    radii: tuple[int, int, int] = (1, 1, 2)
    C: Penalty = 1e4

    name: ClassVar[str] = "lbpsip"
    needs: ClassVar[frozenset[str]] = frozenset({"lbp_sip"})
    described_by: ClassVar[tuple[str, ...] | None] = ("length", "size", "grid", "radii")
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {"inner": {"C": "inner"}}
    facts: ClassVar[Facts] = Facts(
        title="LBP-SIP",
        paper="Wang, See, Phan, Oh: LBP with six intersection points: reducing redundant "
        "information in LBP-TOP for micro-expression recognition, ACCV",
        year=2014,
        url="https://doi.org/10.1007/978-3-319-16865-4_34",
        fidelity="paper",
        deviations=(
            "Frames are interpolated to 10 of 170 x 140, as for LBP-TOP; the paper also combines "
            "a Gaussian pyramid of resolutions, which we leave out.",
            "The penalty C = 1e4 of the SVM is our reading.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (down, right, 20) float32: 16 bins within the frame, 4 in time."""
        from bench.views.lbp.sixpoints import lbp_sip

        return lbp_sip(clip, self.length, self.size, self.grid, self.radii)

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on the histograms as they are."""
        context.check_deadline()
        return SVM("linear", self.C).fit(train.clips, train.labels, train.classes, context)

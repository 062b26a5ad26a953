"""LBP-TOP: local binary patterns on three orthogonal planes, the baseline of the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from bench.core.types import Array
from bench.learning.svm import SVM, Penalty
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views


@dataclass(frozen=True)
class LBPTOP(Method):
    """Block histograms of codes on the planes XY, XT and YT, and a linear SVM.

    The defaults are the protocol of MEGC 2019 (See et al., FG 2019).

    Attributes:
        length: frames after temporal interpolation.
        size: (height, width) of the frames.
        grid: blocks (down, right).
        points: on each ring.
        radii: along x, y and t.
        mapping: of codes to bins: all codes, or the uniform ones.
        border: the image is cut into blocks first, or its margin is taken off first.
        magnify: factor of Eulerian motion magnification; 0 is none.
        C: of the SVM; "inner" has training subjects choose it.
    """

    length: int = 10
    size: tuple[int, int] = (170, 140)
    grid: tuple[int, int] = (5, 5)
    points: int = 4
    radii: tuple[int, int, int] = (1, 1, 4)
    mapping: Literal["basic", "u2", "ri"] = "basic"
    border: Literal["block", "face"] = "block"
    magnify: float = 0.0
    C: Penalty = 1e4

    name: ClassVar[str] = "lbptop"
    needs: ClassVar[frozenset[str]] = frozenset({"lbp_top"})
    described_by: ClassVar[tuple[str, ...] | None] = (
        *("length", "size", "grid", "points", "radii", "mapping", "border", "magnify"),
    )
    variants: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "u2": {"points": 8, "mapping": "u2"},
        "magnified": {"magnify": 10.0},
        "inner": {"C": "inner"},
    }
    facts: ClassVar[Facts] = Facts(
        title="LBP-TOP",
        paper="Zhao, Pietikäinen: Dynamic texture recognition using local binary patterns with an "
        "application to facial expressions, TPAMI; as set up for MEGC 2019",
        year=2007,
        url="https://doi.org/10.1109/TPAMI.2007.1110",
        fidelity="paper",
        deviations=(
            "The penalty C = 1e4 of the SVM is our reading.",
            "Frames are resized to 170 x 140, the size of the cropped faces of CASME II.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (3, down, right, bins) float32, each summing to 1."""
        from bench.views.lbp.patterns import lbp_top

        return lbp_top(
            clip,
            *(self.length, self.size, self.grid, self.points, self.radii),
            *(self.mapping, self.border, self.magnify),
        )

    def fit(self, train: Training, context: Context) -> Model:
        """Linear SVM on the histograms as they are."""
        return SVM("linear", self.C).fit(train.clips, train.labels, train.classes, context)

"""LBP-TOP: local binary patterns on three orthogonal planes, the baseline of the field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.pattern_method import PatternMethod
from bench.learning.svm_method import INNER
from bench.plugins.fidelity import MEGC2019, OURS, Fidelity, exact, reconstructed


@dataclass(frozen=True)
class LBPTOP(PatternMethod):
    """Block histograms of codes on the planes XY, XT and YT, and a linear SVM.

    The defaults are the protocol of MEGC 2019 (See et al., FG 2019).

    Attributes:
        points: on each ring.
        mapping: of codes to bins: all codes, or the uniform ones.
        border: whether the image is cut into blocks first, or its margin is removed first.
        magnify: factor of Eulerian motion magnification; 0 is none.
    """

    name = "lbptop"

    points: int = 4
    mapping: Literal["basic", "u2", "ri"] = "basic"
    border: Literal["block", "face"] = "block"
    magnify: float = 0.0
    C: Penalty = 1e4

    needs = frozenset({"lbp_top"})
    described_by = (
        *("num_frames", "size", "grid", "points", "radii", "mapping", "border", "magnify"),
    )
    variants = {
        "u2": {"points": 8, "mapping": "u2"},
        # A variant of its own: magnification can lift LBP-TOP's accuracy by more than ten points.
        "magnified": {"magnify": 10.0},
        **INNER,
    }
    sources = {
        "C": OURS,
        "num_frames": MEGC2019,
        "size": OURS,
        "grid": MEGC2019,
        "radii": MEGC2019,
        "points": MEGC2019,
        "mapping": MEGC2019,
        "border": "main_LBPFIP.m:91 at 7f93f5f: blocks are cut first",
        "magnify": f"{MEGC2019}: off",
    }
    facts = Facts(
        title="LBP-TOP",
        paper="Zhao, Pietikäinen: Dynamic texture recognition using local binary patterns with an "
        "application to facial expressions, TPAMI; as set up for MEGC 2019",
        year=2007,
        url="https://doi.org/10.1109/TPAMI.2007.1110",
        fidelity=Fidelity(
            network=exact(
                "histograms of 4 points differ by 5.8e-09 at most from Oulu's MATLAB code in "
                "WJShengD/Micro-Expression-Classification-using-Local-Binary-Pattern-from-Five-"
                "Intersecting-Planes at 7f93f5f; those of 8 points in one code of 300, for "
                "bilinear weights are multiples of 1/128"
            ),
            preprocessing=reconstructed("frames of 170 x 140; interpolated to 10, as in MEGC 2019"),
            recipe=reconstructed("the SVM's penalty is our reading"),
        ),
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
            *(self.num_frames, self.size, self.grid, self.points, self.radii),
            *(self.mapping, self.border, self.magnify),
        )

"""LBP-SIP: local binary patterns with six intersection points."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.pattern_method import PatternMethod
from bench.plugins.fidelity import MEGC2019, NOTED, OURS, Fidelity, reconstructed


@dataclass(frozen=True)
class LBPSIP(PatternMethod):
    """Codes of the six points where LBP-TOP's planes meet, and a linear SVM."""

    name = "lbpsip"

    radii: tuple[int, int, int] = (1, 1, 2)
    C: Penalty = 1e4

    needs = frozenset({"lbp_sip"})
    sources = {
        "C": OURS,
        "num_frames": MEGC2019,
        "size": OURS,
        "grid": MEGC2019,
        "radii": NOTED,
    }
    facts = Facts(
        title="LBP-SIP",
        paper="Wang, See, Phan, Oh: LBP with six intersection points: reducing redundant "
        "information in LBP-TOP for micro-expression recognition, ACCV",
        year=2014,
        url="https://doi.org/10.1007/978-3-319-16865-4_34",
        fidelity=Fidelity(
            network=reconstructed(
                "codes after notes on the paper, whose text was not found again; without its "
                "pyramid of resolutions"
            ),
            preprocessing=reconstructed("10 interpolated frames of 170 x 140"),
            recipe=reconstructed("the SVM's penalty is our reading"),
        ),
        deviations=(
            "Frames are interpolated to 10 of 170 x 140, as for LBP-TOP; the paper also combines "
            "a Gaussian pyramid of resolutions, which we leave out.",
            "The penalty C = 1e4 of the SVM is our reading.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (down, right, 20) float32: 16 bins within the frame, 4 in time."""
        from bench.views.lbp.sixpoints import lbp_sip

        return lbp_sip(clip, self.num_frames, self.size, self.grid, self.radii)

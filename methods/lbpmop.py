"""LBP-MOP: local binary patterns of the mean images on three orthogonal planes."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.pattern_method import PatternMethod
from bench.plugins.fidelity import MEGC2019, OURS, Fidelity, reconstructed


@dataclass(frozen=True)
class LBPMOP(PatternMethod):
    """Patterns of each block's mean XY, XT and YT image, and a linear SVM."""

    name = "lbpmop"

    C: Penalty = 1e4

    needs = frozenset({"lbp_mop"})
    sources = {
        "C": OURS,
        "num_frames": MEGC2019,
        "size": OURS,
        "grid": MEGC2019,
        "radii": MEGC2019,
    }
    facts = Facts(
        title="LBP-MOP",
        paper="Wang, See, Phan, Oh: Efficient spatio-temporal local binary patterns for "
        "spontaneous facial micro-expression recognition, PLoS ONE",
        year=2015,
        url="https://doi.org/10.1371/journal.pone.0124674",
        fidelity=Fidelity(
            network=reconstructed("after the paper's idea of mean planes"),
            preprocessing=reconstructed("without the paper's Wiener filter"),
            recipe=reconstructed("those of the LBP-TOP of MEGC 2019"),
        ),
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

        return lbp_mop(clip, self.num_frames, self.size, self.grid, self.radii)

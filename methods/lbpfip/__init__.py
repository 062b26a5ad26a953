"""LBP-FIP: local binary patterns from five intersecting planes."""

from __future__ import annotations

from dataclasses import dataclass

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.pattern_method import PatternMethod
from bench.learning.svm_method import INNER
from bench.plugins.fidelity import OURS, Fidelity, reconstructed, stated


@dataclass(frozen=True)
class LBPFIP(PatternMethod):
    """LBP-TOP and a fourth histogram from the vertices of a cube, and a χ² SVM.

    The eight vertices lie on the two oblique planes that cross the cube's centre.

    Attributes:
        radii: along x, y and t; the vertices are 1 px and the last one in frames away.
        magnify: factor of Eulerian motion magnification; 0 is none.
    """

    name = "lbpfip"

    num_frames: int = 20
    radii: tuple[int, int, int] = (1, 1, 5)
    C: Penalty = 0.35
    magnify: float = 0.0

    needs = frozenset({"five_planes"})
    described_by = ("num_frames", "size", "grid", "radii", "magnify")
    variants = {
        # As the authors run it: all frames, magnified.
        "magnified": {"num_frames": 0, "magnify": 26.0},
        **INNER,
    }
    kernel = "chi2"
    sources = {
        "C": "2main_CASME2_recognition.m:55 at 7f93f5f",
        "num_frames": OURS,
        "size": OURS,
        "grid": "main_LBPFIP.m:88 at 7f93f5f",
        "radii": "main_LBPFIP.m:47 and 2main_CASME2_recognition.m:6 at 7f93f5f",
        "magnify": "our choice: off; 26 of 2main_CASME2_recognition.m:5 at 7f93f5f is magnified",
    }
    facts = Facts(
        title="LBP-FIP",
        paper="Wei, Lu, Yan, Liu: Micro-expression recognition using local binary pattern from "
        "five intersecting planes, Multimedia Tools and Applications",
        year=2022,
        url="https://doi.org/10.1007/s11042-022-12360-x",
        fidelity=Fidelity(
            network=stated(
                "the authors' MATLAB code, WJShengD/Micro-Expression-Classification-using-Local-"
                "Binary-Pattern-from-Five-Intersecting-Planes at 7f93f5f; histograms differ by "
                "7.3e-03 at most, one code in 137: our bilinear weights are multiples of 1/128"
            ),
            preprocessing=reconstructed("20 interpolated frames of 170 x 140; not magnified"),
            recipe=reconstructed(
                "penalty of the authors' code, which chooses the kernel in a function that it "
                "lacks; the χ² kernel is our reading"
            ),
        ),
        deviations=(
            "Frames are interpolated to 20 of 170 x 140, which is our choice, and not magnified. "
            "The authors magnify them (α = 26) and keep all: the variant magnified.",
            "The additive χ² kernel is our reading; C = .35 is the authors'.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms of uniform patterns (4, down, right, 59) float32, each summing to 1."""
        from bench.views.lbp.planes import five_planes

        return five_planes(clip, self.num_frames, self.size, self.grid, self.radii, self.magnify)

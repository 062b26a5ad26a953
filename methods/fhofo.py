"""FHOFO: fuzzy histograms of the orientation of optical flow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import Array, Facts, Views
from bench.learning.choices import Penalty
from bench.learning.svm_method import INNER, SVMMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed


@dataclass(frozen=True)
class FHOFO(SVMMethod):
    """Fuzzy orientation histograms of 36 regions, frame by frame from the onset, and an SVM.

    Attributes:
        num_frames: frames after temporal interpolation.
        size: (height, width) of the frames.
        fine: bins of orientation that pixels are counted in.
        bins: of them that are kept, after the counts were spread.
        sigma: width of the spread, in fine bins.
    """

    name = "fhofo"

    num_frames: int = 10
    size: tuple[int, int] = (170, 140)
    fine: int = 50
    bins: int = 18
    sigma: float = 10.0
    C: Penalty = 10.0

    version = 2
    needs = frozenset({"flow_from_onset", "landmarks"})
    described_by = (*("num_frames", "size", "fine", "bins", "sigma"),)
    scaling = "centre"
    variants = INNER
    sources = {
        "C": OURS,
        "num_frames": OURS,
        "size": OURS,
        "fine": "calFuzzyHist.m:15 at commit unknown, its default",
        "bins": "calFuzzyHist.m:16 at commit unknown, its default",
        "sigma": "calFuzzyHist.m:17 at commit unknown, its default",
    }
    facts = Facts(
        title="FHOFO",
        paper="Happy, Routray: Fuzzy histogram of optical flow orientations for micro-expression "
        "recognition, IEEE Transactions on Affective Computing",
        year=2019,
        url="https://doi.org/10.1109/TAFFC.2017.2723386",
        fidelity=Fidelity(
            network=reconstructed(
                "after public MATLAB functions of unknown repository and commit, not the paper"
            ),
            preprocessing=reconstructed(
                "flow by our TV-L1; the 36 regions are those of MDMO, which the paper may not use"
            ),
            recipe=reconstructed("the SVM is our reading"),
        ),
        deviations=(
            "The histogram follows public MATLAB functions for FHOFO, calFuzzyHist.m and "
            "hist_fine2coarseMapping.m, not the paper, whose text was not found. It was equal to "
            "theirs up to rounding, run once in GNU Octave, which nobody can repeat: their "
            "repository and commit are unknown. The fuzzy bins lie one fine bin (7.2°) further "
            "than evenly spread ones from -180° would.",
            "The flow is TV-L1 on 10 interpolated frames of 170 x 140, which is our choice.",
            "The 36 regions are those of MDMO: between a mean face's points, or the clip's "
            "landmarks where it has some.",
            "The linear SVM on centred features with C = 10 is our reading.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (num_frames - 1, 36, bins) float32, each summing to 1 or 0."""
        from bench.views.flow.motion import flow_from_onset
        from bench.views.flow.regions import region_masks
        from bench.views.landmarks import landmarks

        masks = region_masks(self.size, landmarks(clip))
        weights = memberships(self.fine, self.bins, self.sigma)
        flows = flow_from_onset(clip, self.num_frames, self.size)
        return np.stack([fuzzy_histograms(flow, masks, weights) for flow in flows])


def memberships(fine: int, bins: int, sigma: float) -> Array:
    """How much each fine bin belongs to each fuzzy one: (bins, fine).

    Counted from 1, fuzzy bin k is a Gaussian around fine bin round(linspace(1, fine, bins))[k] + 1
    of the circle, exp(-d² / 2σ²) at d bins: the public code shifts a Gaussian that is centred on
    the middle bin by as many bins, and so past the last bin, not onto it.
    """
    # Rounded as MATLAB does, halves up; numpy would round them to even. Counted from 0 here, so
    # that the one bin further is included.
    centres = np.floor(np.linspace(1, fine, bins) + 0.5).astype(np.int64) % fine
    apart = np.abs(centres[:, None] - np.arange(fine))
    apart = np.minimum(apart, fine - apart)
    weights: Array = np.exp(-(apart**2) / (2 * sigma**2))
    return weights


def fuzzy_histograms(flow: Array, masks: Array, weights: Array) -> Array:
    """The FHOFO descriptor: pixels that move are counted by orientation, regardless of speed.

    Args:
        flow: (2, h, w), u right and v down.
        masks: (regions, h, w) bool.
        weights: (bins, fine) from `memberships`.

    Returns:
        (regions, bins) float32, each row summing to 1; zeros where nothing moves.
    """
    count, fine = len(masks), weights.shape[1]
    # Without motion there is no orientation, but arctan2 would count it as 0°.
    region, y, x = np.nonzero(masks & (flow != 0).any(axis=0))
    u, v = flow[:, y, x].astype(np.float64)
    turn = (np.arctan2(v, u) + np.pi) / (2 * np.pi)
    # An angle on an edge belongs to the bin below, as in MATLAB's hist; the lowest has none below.
    cell = region * fine + np.maximum(np.ceil(turn * fine).astype(np.int64) - 1, 0)
    counts = np.bincount(cell, minlength=count * fine).reshape(count, fine)
    fuzzy = counts @ weights.T
    total = fuzzy.sum(axis=1, keepdims=True)
    return (fuzzy / np.where(total > 0, total, 1)).astype(np.float32)

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

    needs = frozenset({"flow_from_onset", "landmarks"})
    described_by = (*("num_frames", "size", "fine", "bins", "sigma"),)
    scaling = "centre"
    variants = INNER
    sources = {
        "C": OURS,
        "num_frames": OURS,
        "size": OURS,
        "fine": "the authors' MATLAB code",
        "bins": "the authors' MATLAB code",
        "sigma": "the authors' MATLAB code",
    }
    facts = Facts(
        title="FHOFO",
        paper="Happy, Routray: Fuzzy histogram of optical flow orientations for micro-expression "
        "recognition, IEEE Transactions on Affective Computing",
        year=2019,
        url="https://doi.org/10.1109/TAFFC.2017.2723386",
        fidelity=Fidelity(
            network=reconstructed(
                "after notes on the authors' MATLAB code, which was not run; memberships may be "
                "off by one fine bin (7.2°)"
            ),
            preprocessing=reconstructed(
                "flow by our TV-L1, 36 regions around a mean face's points"
            ),
            recipe=reconstructed("the SVM is our reading"),
        ),
        deviations=(
            "The histogram follows notes on the authors' MATLAB code; its memberships may be off "
            "by one fine bin (7.2°). The flow is TV-L1 on 10 interpolated frames of 170 x 140, "
            "which is our choice.",
            "The 36 regions are cells around points of the aligned crop: a mean face's, carried to "
            "the clip's landmarks where it has some.",
            "The linear SVM on centred features with C = 10 is our reading.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Histograms (num_frames - 1, 36, bins) float32, each summing to 1 or 0."""
        from bench.views.flow.motion import flow_from_onset
        from bench.views.flow.regions import region_map
        from bench.views.landmarks import landmarks

        regions = region_map(self.size, landmarks(clip))
        weights = memberships(self.fine, self.bins, self.sigma)
        flows = flow_from_onset(clip, self.num_frames, self.size)
        return np.stack([fuzzy_histograms(flow, regions, weights) for flow in flows])


def memberships(fine: int, bins: int, sigma: float) -> Array:
    """How much each fine bin belongs to each fuzzy one: (bins, fine), Gaussian around the circle.

    Of the fine × fine circulant matrix the rows round(linspace(1, fine, bins)) are kept.
    """
    # Rounded as MATLAB does, halves up; numpy would round them to even.
    kept = np.floor(np.linspace(1, fine, bins) + 0.5).astype(np.int64) - 1
    apart = np.abs(kept[:, None] - np.arange(fine))
    apart = np.minimum(apart, fine - apart)
    weights: Array = np.exp(-(apart**2) / (2 * sigma**2))
    return weights


def fuzzy_histograms(flow: Array, regions: Array, weights: Array) -> Array:
    """The FHOFO descriptor: pixels that move are counted by orientation, regardless of speed.

    Args:
        flow: (2, h, w), u right and v down.
        regions: (h, w), the region of each pixel, -1 for none.
        weights: (bins, fine) from `memberships`.

    Returns:
        (regions, bins) float32, each row summing to 1; zeros where nothing moves.
    """
    fine = weights.shape[1]
    count = regions.max() + 1
    # Without motion there is no orientation, but arctan2 would count it as 0°.
    counted = (regions >= 0) & (flow != 0).any(axis=0)
    u, v = flow[:, counted].astype(np.float64)
    turn = (np.arctan2(v, u) + np.pi) / (2 * np.pi)
    # An angle of exactly π would fall into an extra bin.
    cell = regions[counted] * fine + np.minimum((turn * fine).astype(np.int64), fine - 1)
    counts = np.bincount(cell, minlength=count * fine).reshape(count, fine)
    fuzzy = counts @ weights.T
    total = fuzzy.sum(axis=1, keepdims=True)
    return (fuzzy / np.where(total > 0, total, 1)).astype(np.float32)

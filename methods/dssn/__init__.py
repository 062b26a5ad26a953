"""DSSN: a dual-stream shallow network on flow magnitude and strain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Self

import numpy as np

from bench import Array, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import NOTED, OURS, Fidelity, reconstructed, stated
from bench.views.flow.optical import optical_flow, optical_strain

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class DSSN(NetworkMethod):
    """Two AlexNets cut after the second convolution, joined by a product.

    Attributes:
        size: side of the planes, px.
        join: how the streams meet.
        weights: file of an AlexNet trained on ImageNet, Caffe's with grouped convolutions: its
            first two convolutions start both streams. Asked for as `dssn:weights=PATH`.
        weights_sha256: of the file.
    """

    name = "dssn"

    epochs: int = 15
    size: int = 227
    join: Literal["multiply", "add", "concatenate"] = "multiply"
    weights: str = ""
    weights_sha256: str = ""

    version = 2
    needs = frozenset({"optical_flow", "optical_strain"})
    described_by = ("size",)
    presets = {"quick": {"epochs": 12, "size": 115}}
    variants = {
        "add": {"join": "add"},
        "concatenate": {"join": "concatenate"},
    }
    seconds_per_clip = 0.06
    measured_size = 227
    sources = {
        "epochs": NOTED,
        "learning_rate": NOTED,
        "batch_size": NOTED,
        "size": "networks.py:267 at 763f257",
        "join": "networks.py:290 at 763f257",
        "weights": OURS,
        "weights_sha256": OURS,
    }
    as_judged = frozenset({"add", "concatenate"})
    facts = Facts(
        title="DSSN",
        paper="Khor, See, Liong, Phan, Lin: Dual-stream shallow networks for facial "
        "micro-expression recognition, ICIP",
        year=2019,
        url="https://github.com/IcedDoggie/DSSN-MER",
        fidelity=Fidelity(
            network=stated(
                "IcedDoggie/DSSN-MER at 763f257, networks.py; its layers need "
                "Theano and were not run"
            ),
            preprocessing=reconstructed("flow by our TV-L1, stretched per clip"),
            recipe=reconstructed(
                "epochs, rate and batch are from notes on the paper, whose text was not found "
                "again; IcedDoggie/DSSN-MER at 763f257 trains nothing; weights from scratch"
            ),
        ),
        deviations=(
            "The trunks start from scratch, not from ImageNet weights of AlexNet, unless a file is "
            "given: `dssn:weights=PATH`.",
            "Magnitude and strain are stretched to 0 .. 255 for each clip.",
            "The quick preset is ours: 12 epochs on 115 x 115 planes.",
        ),
    )

    @classmethod
    def from_variant(cls, word: str) -> Self:
        """`weights=PATH`: a file of weights for the convolutions."""
        from bench.learning import pretrained

        return pretrained.configured(cls, word)

    def describe(self, clip: Views) -> Array:
        """Flow magnitude and strain, each stretched to uint8: (2, size, size)."""
        size = (self.size, self.size)
        u, v = optical_flow(clip, size=size)
        planes = np.stack([np.hypot(u, v), optical_strain(clip, size=size)])
        low, high = planes.min((1, 2), keepdims=True), planes.max((1, 2), keepdims=True)
        # A still clip makes planes that are constant.
        unit = (planes - low) / np.maximum(high - low, 1e-9)
        stretched: Array = np.rint(255 * unit).astype(np.uint8)
        return stretched

    def network(self, train: Training) -> nn.Module:
        """Both streams, from a file of weights where one is given."""
        from .net import build

        return build(train.classes, self.size, self.join, self.weights)

"""STSTNet: a shallow triple stream three-dimensional CNN on optical flow and strain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bench import Array, Context, Facts, Model, Training
from bench.learning.flow_network import FlowNetwork
from bench.plugins.fidelity import Fidelity, exact, reconstructed, stated

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class STSTNet(FlowNetwork):
    """Three shallow convolutions side by side on (u, v, strain), 1,683 parameters.

    Attributes:
        shuffle: whether batches are drawn anew every epoch; the public code goes through the
            classes in order.
    """

    name = "ststnet"

    epochs: int = 800
    learning_rate: float = 5e-5
    batch_size: int = 256
    shuffle: bool = True

    presets = {"quick": {"epochs": 100, "learning_rate": 1e-3}}
    variants = {"official": {"shuffle": False}}
    as_judged = frozenset({"official"})
    weights_files = {"smic": "s{:02d}.pth", "casme2": "sub{:02d}.pth", "samm": "{:03d}.pth"}
    seconds_per_clip = 5e-5
    sources = {
        "epochs": "main.py:90 at 1afb56e",
        "learning_rate": "main.py:88 at 1afb56e",
        "batch_size": "main.py:89 at 1afb56e",
        "shuffle": "our choice: on; off in main.py:155 at 1afb56e (variant official)",
    }
    facts = Facts(
        title="STSTNet",
        paper="Liong, Gan, See, Khor, Huang: Shallow triple stream three-dimensional CNN "
        "(STSTNet) for micro-expression recognition, FG",
        year=2019,
        url="https://arxiv.org/abs/1902.03634",
        fidelity=Fidelity(
            network=exact(
                "differs by 1.5e-05 at most, of logits up to 167, from christy1206/STSTNet at "
                "1afb56e, on the machine of the table in docs/fidelity.md; on another by about "
                "twice that"
            ),
            preprocessing=reconstructed("flow by our TV-L1"),
            recipe=stated(
                "christy1206/STSTNet at 1afb56e, main.py; batches are shuffled, there they are not"
            ),
            shipped={
                "flow_image": exact(
                    "the published flow images: the authors' weights make of them all 442 "
                    "predictions of their log (christy1206/STSTNet at 1afb56e)"
                )
            },
        ),
        deviations=(
            "Batches are shuffled; the variant official goes through the classes in order, as the "
            "public code does. Both keep the last epoch.",
            "800 epochs, as the public PyTorch code trains; the paper and its MATLAB code say 500.",
            "`ststnet:weights=FOLDER` is not trained: it predicts with the authors' weights.",
            "The quick preset is ours: 100 epochs at a rate of 1e-3.",
        ),
    )

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy and Adam."""
        from bench.learning.training import by_class

        sampler = None if self.shuffle else partial(by_class, batch_size=self.batch_size)
        return replace(super().recipe(train, context), sampler=sampler)

    def published(self, weights: Mapping[str, Array], classes: int) -> Model:
        """The network with the authors' weights for this fold."""
        from .weights import model

        return model(weights, classes)

    def network(self, train: Training) -> nn.Module:
        """Three streams; pixel values stay in 0 .. 255, as in the public code."""
        from .net import STSTNet

        return STSTNet(train.classes)

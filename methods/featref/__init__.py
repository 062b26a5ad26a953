"""FeatRef: refinement of the features that matter to each class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bench import Context, Facts, Training
from bench.learning.flow_network import FlowNetwork
from bench.plugins.fidelity import OURS, Fidelity, reconstructed

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


@dataclass(frozen=True)
class FeatRef(FlowNetwork):
    """A dual-inception trunk and an attention branch for each class.

    Attributes:
        proposal_weight: of the branches' own losses.
    """

    name = "featref"

    epochs: int = 500
    learning_rate: float = 5e-4
    batch_size: int = 256
    proposal_weight: float = 0.85

    presets = {
        "quick": {"epochs": 60},
        "minutes": {"epochs": 40},
    }
    seconds_per_clip = 5e-4
    sources = {
        "epochs": "arXiv 2101.04838, section not known",
        "learning_rate": "arXiv 2101.04838, section not known",
        "batch_size": OURS,
        "proposal_weight": "arXiv 2101.04838, section not known",
    }
    facts = Facts(
        title="FeatRef",
        paper="Zhou, Mao, Huang, Zhang, Zhang: Feature refinement: an expression-specific "
        "feature learning and fusion method for micro-expression recognition, Pattern "
        "Recognition",
        year=2022,
        url="https://arxiv.org/abs/2101.04838",
        fidelity=Fidelity(
            network=reconstructed("our network after arXiv 2101.04838"),
            preprocessing=reconstructed("flow by our TV-L1, stretched per clip"),
            recipe=reconstructed("batch size and fusion are our reading"),
        ),
        deviations=(
            "The gate weighs channels by their means; its form, the fusion and the batch size"
            " are our reading.",
            "The quick preset is ours: 60 epochs; minutes has 40 epochs.",
        ),
    )

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy plus the weighted proposal loss, Adam."""
        from .net import proposal_loss

        loss = partial(proposal_loss, weight=self.proposal_weight)
        return replace(super().recipe(train, context), loss=loss)

    def network(self, train: Training) -> nn.Module:
        """Trunk and branches."""
        from .net import FeatureRefinementNet

        return FeatureRefinementNet(train.classes)

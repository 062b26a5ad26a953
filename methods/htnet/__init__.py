"""HTNet: a hierarchical transformer on four facial regions of the flow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Context, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import Fidelity, exact, reconstructed, stated
from bench.views.flow.optical import flow_image

CENTRES = ((9, 11), (21, 10), (10, 21), (20, 21))
"""(x, y) of eyes and mouth corners on a 28 x 28 face: the fallback of the public code, clamped to
7 .. 21 and then cut to integers as there."""

if TYPE_CHECKING:
    from torch import nn

    from bench.learning.training import Recipe


def mosaic(planes: Array, transposed: bool) -> Array:
    """The 14 x 14 crops at both eyes, and below them at both mouth corners.

    Args:
        planes: (3, 28, 28).
        transposed: take x for the row and y for the column, as the public code does.

    Returns:
        (3, 28, 28).
    """
    crops = []
    for x, y in CENTRES:
        row, column = (x, y) if transposed else (y, x)
        crops.append(planes[:, row - 7 : row + 7, column - 7 : column + 7])
    eyes, mouth = np.concatenate(crops[:2], 2), np.concatenate(crops[2:], 2)
    return np.concatenate([eyes, mouth], 1)


@dataclass(frozen=True)
class HTNet(NetworkMethod):
    """Transformer blocks that merge from four regions to the face, 139.6 million parameters.

    Attributes:
        faithful: take x for the row of a crop, as the public code does.
        shuffle: whether batches are drawn anew every epoch; the public code goes through the
            classes in order.
    """

    name = "htnet"

    epochs: int = 800
    learning_rate: float = 5e-5
    batch_size: int = 256
    faithful: bool = True
    shuffle: bool = True

    version = 2
    needs = frozenset({"flow_image"})
    described_by = ("faithful",)
    presets = {
        "quick": {"epochs": 20},
        "minutes": {"epochs": 3},
    }
    variants = {"straight": {"faithful": False}, "official": {"shuffle": False}}
    as_judged = frozenset({"official"})
    traced = frozenset({"official"})
    sources = {
        "epochs": "main_HTNet.py:164 at 91cf4bd",
        "learning_rate": "main_HTNet.py:162 at 91cf4bd",
        "batch_size": "main_HTNet.py:163 at 91cf4bd",
        "faithful": "main_HTNet.py:112 at 91cf4bd",
        "shuffle": "our choice: on; off in main_HTNet.py:244 at 91cf4bd (variant official)",
    }
    facts = Facts(
        title="HTNet",
        paper="Wang, Zhang, Luo, Sankaranarayana: HTNet for micro-expression recognition, "
        "Neurocomputing",
        year=2024,
        url="https://arxiv.org/abs/2307.14637",
        fidelity=Fidelity(
            network=exact("differs by 1.4e-06 at most from wangzhifengharrison/HTNet at 91cf4bd"),
            preprocessing=reconstructed(
                "flow by our TV-L1 where a dataset ships no flow images; wangzhifengharrison/HTNet "
                "at 91cf4bd, main_HTNet.py: the crops of faces that its detector misses, for all; "
                "planes u, v, strain in place of OpenCV's order"
            ),
            recipe=stated(
                "wangzhifengharrison/HTNet at 91cf4bd, main_HTNet.py; batches "
                "are shuffled, there they are not"
            ),
        ),
        deviations=(
            "Crops lie at the fallback landmarks of the public code, not at detected ones.",
            "The public code takes x for the row of a crop; so do we, `straight` does not.",
            "As in the public code, each attention sees a single token.",
            "The last epoch is kept; the public code keeps the best on the held-out subject. "
            "`htnet:official` has its batches and, in the oracle column, its choice of epoch.",
            "The quick preset is ours: 20 epochs; minutes has 3 epochs.",
        ),
    )

    def describe(self, clip: Views) -> Array:
        """Mosaic of flow crops, uint8 (3, 28, 28)."""
        return mosaic(flow_image(clip), self.faithful)

    def recipe(self, train: Training, context: Context) -> Recipe:
        """Cross-entropy and Adam."""
        from bench.learning.training import by_class

        sampler = None if self.shuffle else partial(by_class, batch_size=self.batch_size)
        return replace(super().recipe(train, context), sampler=sampler)

    def network(self, train: Training) -> nn.Module:
        """Blocks of the four regions and of the face."""
        from .net import HTNetwork

        return HTNetwork(train.classes)

    def seconds(self, clips: int, frames: int) -> float:
        """About .3 seconds a step, for 139.6 million weights, and 10 milliseconds a clip."""
        return self.epochs * (0.3 * -(-clips // self.batch_size) + 0.01 * clips)

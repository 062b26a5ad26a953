"""Two branches that must see the same regions of a face in two instances of its motion."""

from __future__ import annotations

import copy
from typing import NamedTuple

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import unit

QUERIES = 8
MOMENTUM = 0.99
WIDTH = 512
"""Channels of ResNet-18's last map, which the decoder and the projections keep."""


class Seen(NamedTuple):
    """What a branch sees in n instances, on a map of h x w.

    Attributes:
        logits: (n, classes).
        maps: activation maps (n, classes, h, w).
        shares: of each query in each place, (n, queries, h, w), 1 in each place together.
        regions: embeddings of the queries' places, (n, queries, 512).
    """

    logits: Tensor
    maps: Tensor
    shares: Tensor
    regions: Tensor


class Branch(nn.Module):
    """ResNet-18 with a classifier on its mean map, and queries that divide the map up."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        # The maps of the last stage: timm counts the stem as 0.
        self.trunk = timm.create_model("resnet18", features_only=True, out_indices=(4,))
        self.head = nn.Linear(WIDTH, num_classes)
        self.queries = nn.Parameter(torch.randn(QUERIES, WIDTH) / WIDTH**0.5)
        # Without dropout: both branches should differ by their instance alone.
        self.decoder = nn.TransformerDecoderLayer(WIDTH, 8, WIDTH, dropout=0.0, batch_first=True)
        self.dense = nn.Linear(WIDTH, WIDTH)
        self.local = nn.Linear(WIDTH, WIDTH)

    def classify(self, x: Tensor) -> Tensor:
        """Planes (n, 3, h, w) to logits (n, classes)."""
        return self.head(self.trunk(x)[0].mean((2, 3)))  # type: ignore[no-any-return]

    def forward(self, x: Tensor) -> Seen:
        """Planes (n, 3, h, w) to all that the losses compare."""
        maps = self.trunk(x)[0]
        places = maps.flatten(2).transpose(1, 2)
        found = self.decoder(self.queries.expand(len(x), -1, -1), places)
        dense = self.dense(places)
        alike = functional.normalize(found, dim=2) @ functional.normalize(dense, dim=2).mT
        shares = alike.softmax(1)
        pooled = shares @ dense / shares.sum(2, keepdim=True)
        return Seen(
            logits=self.head(maps.mean((2, 3))),
            maps=torch.einsum("kc,nchw->nkhw", self.head.weight, maps),
            shares=shares.reshape(*shares.shape[:2], *maps.shape[2:]),
            regions=self.local(pooled),
        )


class SiameseNet(nn.Module):
    """Instances of a clip's motion (n, instances, 3, h, w), 0 .. 255, to logits (n, classes).

    In training two instances of each clip are drawn; the target branch sees the second one mirrored
    and follows the online branch slowly. In evaluation the online branch sees the middle one.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.online = Branch(num_classes)
        self.target = copy.deepcopy(self.online).requires_grad_(False)

    def forward(self, instances: Tensor) -> Tensor | tuple[Seen, Seen]:
        """Logits, or what both branches see, the mirror image's maps mirrored back."""
        count = instances.shape[1]
        if not self.training:
            return self.online.classify(2 * unit(instances[:, count // 2]) - 1)
        # Drawn on the CPU, so that a seed draws the same instances on every device.
        first = torch.randint(count, (len(instances),))
        second = (first + torch.randint(1, count, (len(instances),))) % count
        clips = torch.arange(len(instances), device=instances.device)
        x, y = (2 * unit(instances[clips, i.to(instances.device)]) - 1 for i in (first, second))
        seen = self.online(x)
        with torch.no_grad():
            self.follow()
            other = self.target(y.flip(3))
        return seen, other._replace(maps=other.maps.flip(3), shares=other.shares.flip(3))

    def follow(self) -> None:
        """Move the target branch a little towards the online one."""
        # Parameters alone: in training mode the target's batch normalisation keeps its own
        # statistics.
        pairs = zip(self.target.parameters(), self.online.parameters(), strict=True)
        for slow, fast in pairs:
            slow.lerp_(fast.detach(), 1 - MOMENTUM)


def joint_loss(
    made: tuple[Seen, Seen], labels: Tensor, label: float, consistency: float, discovery: float
) -> Tensor:
    """Weighted sum of the three parts.

    Args:
        made: what the online and the target branch see.
        labels: (n,).
        label: weight of the cross-entropy.
        consistency: weight of the distance between activation maps.
        discovery: weight of what the queries should agree on.
    """
    online, target = made
    return (
        label * functional.cross_entropy(online.logits, labels)
        + consistency * attention_distance(online.maps, target.maps)
        + discovery * region_distance(online, target)
    )


def attention_distance(online: Tensor, target: Tensor) -> Tensor:
    """Euclidean distances between classes' maps (n, classes, h, w), per class and place."""
    places = online.shape[2] * online.shape[3]
    apart = (online - target).reshape(*online.shape[:2], places)
    norms: Tensor = torch.linalg.vector_norm(apart, dim=2)
    return norms.mean() / places


def region_distance(online: Seen, target: Seen) -> Tensor:
    """Cross-entropy between the queries' shares of each place, and cosine distance of regions."""
    align = -(target.shares * online.shares.log()).sum(1).mean()
    alike = functional.cosine_similarity(online.regions, target.regions, dim=2)
    return align + (1 - alike).mean()

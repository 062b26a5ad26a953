"""LGCcon: the whole face and the one facial region that matters, decided apart and together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning import pretrained
from bench.learning.layers import HalfDropout, unit
from bench.learning.losses import centre_loss

Trunk = Literal["vgg16", "resnet18"]
STAGE = {"vgg16": (4, 512), "resnet18": (3, 256)}
"""Index and channels of the stage of stride 16."""
REGIONS = (
    (0.05, 0.15, 0.5, 0.5),
    (0.5, 0.15, 0.95, 0.5),
    (0.3, 0.4, 0.7, 0.75),
    (0.2, 0.6, 0.55, 0.95),
    (0.45, 0.6, 0.8, 0.95),
)
"""Left, top, right, bottom of eyes with brows, nose, and halves of the mouth; unit square."""


@dataclass
class Decision:
    """What the loss wants: three logits (n, classes), features and centres of the classes."""

    whole: Tensor
    local: Tensor
    features: Tensor
    centres: Tensor


def head(channels: int, hidden: int) -> nn.Sequential:
    """Two fully connected layers on a region pooled to 7 x 7."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(49 * channels, hidden),
        nn.ReLU(),
        HalfDropout(),
        nn.Linear(hidden, hidden),
        nn.ReLU(),
        HalfDropout(),
    )


class LocalGlobalNet(nn.Module):
    """Magnified apex frames (n, size, size) in 0 .. 255 to logits (n, classes).

    Args:
        num_classes: number of classes.
        trunk: named as timm names it.
        hidden: width of the fully connected layers.
        weights: file that the trunk starts from; "" from scratch.
    """

    def __init__(self, num_classes: int, trunk: Trunk, hidden: int, weights: str = "") -> None:
        super().__init__()
        stage, channels = STAGE[trunk]
        self.trunk = timm.create_model(trunk, features_only=True, out_indices=(stage,))
        if weights:
            pretrained.fill(self.trunk, weights, pretrained.read(weights))
        self.whole, self.region = head(channels, hidden), head(channels, hidden)
        self.classify_whole = nn.Linear(hidden, num_classes)
        self.classify_region = nn.Linear(hidden, num_classes)
        self.centres = nn.Parameter(torch.zeros(num_classes, hidden))

    def forward(self, images: Tensor) -> Tensor | Decision:
        """The sum of both logits; in training both, and what the centre loss wants."""
        x = 2 * unit(images[:, None]).expand(-1, 3, -1, -1) - 1
        maps = self.trunk(x)[0]
        features = self.whole(functional.adaptive_max_pool2d(maps, 7))
        whole = self.classify_whole(features)
        pooled = torch.stack([pool(maps, region) for region in REGIONS], 1)
        regions = self.classify_region(self.region(pooled.flatten(0, 1)))
        local = regions.unflatten(0, pooled.shape[:2]).amax(1)
        if not self.training:
            return whole + local  # type: ignore[no-any-return]
        return Decision(whole, local, features, self.centres)


def pool(maps: Tensor, region: tuple[float, float, float, float]) -> Tensor:
    """A region of maps (n, c, h, w), max-pooled to (n, c, 7, 7)."""
    h, w = maps.shape[2:]
    left, top, right, bottom = region
    # One cell at least: on small frames a region may be narrower than a cell.
    columns = slice(int(left * w), max(int(left * w) + 1, round(right * w)))
    rows = slice(int(top * h), max(int(top * h) + 1, round(bottom * h)))
    return functional.adaptive_max_pool2d(maps[:, :, rows, columns], 7)


def joint_loss(made: Decision, labels: Tensor, local: float, centre: float) -> Tensor:
    """Cross-entropy of whole, local and summed logits, and the distance to class centres."""
    apart = functional.cross_entropy(made.whole, labels)
    apart = apart + functional.cross_entropy(made.local, labels)
    together = functional.cross_entropy(made.whole + made.local, labels)
    spread = centre_loss(made.features, labels, made.centres)
    return local * apart + together + centre * spread

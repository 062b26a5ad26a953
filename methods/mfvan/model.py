"""The network: the student's features, three scales of attention, their fusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

from bench.core.types import Array, Description
from bench.learning.training import state_of
from bench.plugins.model import Model
from bench.plugins.state import State

from .attention import Look, Scale
from .identity.autoencoders import Student
from .optimisation import placed

if TYPE_CHECKING:
    from .config import Config


class Reading(NamedTuple):
    """What the network makes of n clips.

    Attributes:
        scores: (n, classes) of the fused features, before the softmax.
        looks: of each scale.
        scale_scores: (n, classes) of each scale's class token.
        overall: g, (n, D) global feature.
        bottleneck: (n, channels, s/16, s/16) the student's last map of the apex, for decoding.
    """

    scores: Tensor
    looks: list[Look]
    scale_scores: list[Tensor]
    overall: Tensor
    bottleneck: Tensor


class Network(nn.Module):
    """Student encoder, scales and fusion: all that is used at test time but the decoder."""

    def __init__(self, config: Config, num_classes: int) -> None:
        super().__init__()
        self.student = Student(config.channels)
        self.chosen = [number - 1 for number in config.scales]
        channels, width = (3, *config.channels), config.width
        self.scales = nn.ModuleList(
            Scale(config, channels[i], config.size // 2**i, config.patches[i]) for i in self.chosen
        )
        self.heads = nn.ModuleList(nn.Linear(width, num_classes) for _ in self.chosen)
        self.kept_heads = nn.ModuleList(
            nn.Linear(width, num_classes)
            for _ in self.chosen
            if config.mask_loss == "masked-classification"
        )
        self.overall = nn.Linear(channels[-1], width)
        self.delta = config.signal == "delta"
        self.normalise = nn.ModuleList(
            nn.BatchNorm2d(channels[i]) for i in (*self.chosen, 4) if self.delta
        )
        together = width * (1 + len(self.chosen))
        self.fusion = nn.Sequential(
            nn.LayerNorm(together),
            nn.Linear(together, config.hidden),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, num_classes),
        )

    @property
    def patch_maps(self) -> list[nn.Module]:
        """Of each scale the layer whose output are its patches' features, (n, D, g, g)."""
        return [cast(Scale, scale).patch_map for scale in self.scales]

    def features(self, apex: Tensor, onset: Tensor | None) -> tuple[list[Tensor], Tensor]:
        """Maps of the chosen scales and the bottleneck, and the apex's own bottleneck.

        In `delta` they are differences from the onset's, each batch-normalised: a face hardly
        differs from itself, so the differences are small and of another size in every map.
        """
        if not self.delta:
            maps = self.student.encode(apex)
            return [maps[i] for i in (*self.chosen, -1)], maps[-1]
        if onset is None:
            raise ValueError("delta needs onset frames")
        maps = self.student.encode(torch.cat([apex, onset]))
        pairs = [maps[i].tensor_split(2) for i in (*self.chosen, -1)]
        changes = [
            norm(after - before)
            for norm, (after, before) in zip(self.normalise, pairs, strict=True)
        ]
        return changes, pairs[-1][0]

    def forward(
        self, apex: Tensor, onset: Tensor | None = None, only: Sequence[Tensor] | None = None
    ) -> Reading:
        """Read clips.

        Args:
            apex: (n, 3, size, size).
            onset: the same, used in `delta` alone.
            only: per scale (n, N) bool, patches to look at; the others are taken out.
        """
        (*maps, last), bottleneck = self.features(apex, onset)
        some = [None] * len(maps) if only is None else only
        looks = [
            scale(image, patches)
            for scale, image, patches in zip(self.scales, maps, some, strict=True)
        ]
        overall = self.overall(last.mean((2, 3)))
        fused = torch.cat([overall, *(look.pooled for look in looks)], 1)
        heads = [head(look.token) for head, look in zip(self.heads, looks, strict=True)]
        return Reading(self.fusion(fused), looks, heads, overall, bottleneck)


def images(pixels: Sequence[Array], config: Config) -> Tensor:
    """Images (h, w, 3) uint8 as one tensor (n, 3, h, w) float32 in the method's units."""
    # A view of channels-last memory crashes the backward pass of some convolutions.
    stack = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).contiguous().float()
    if config.units == "range":
        return stack / 255
    deviation, mean = torch.std_mean(stack, (1, 2, 3), correction=0, keepdim=True)
    # In grey levels, where real images deviate by far more than 1; a flat one is not divided by 0.
    return (stack - mean) / deviation.clamp_min(1.0)


class Fitted(Model):
    """A trained network; `parameters` counts what is left at test time (no decoder, teacher)."""

    def __init__(self, network: Network, config: Config, device: str) -> None:
        self.network, self.config, self.device = network, config, device
        unused = sum(p.numel() for p in network.student.decoder.parameters())
        self.parameters = sum(p.numel() for p in network.parameters()) - unused

    def inputs(self, clips: Sequence[Description]) -> tuple[Tensor, Tensor | None]:
        """Apex images, and onset images where the configuration looks at them."""
        apex = images([part(clip, "apex") for clip in clips], self.config)
        if self.config.signal == "apex":
            return placed(apex, self.device), None
        onset = images([part(clip, "onset") for clip in clips], self.config)
        return placed(apex, self.device), placed(onset, self.device)

    def predict(self, clips: Sequence[Description]) -> Array:
        """Class probabilities (n, classes), float64."""
        # A checkpoint is scored in the middle of training, which goes on in the mode it was in.
        was_training = self.network.training
        self.network.eval()
        # One by one: the last digit of a sum depends on the batch, and may turn a mask.
        with torch.inference_mode():
            rows = [self.network(*self.inputs([clip])).scores.double().softmax(1) for clip in clips]
        self.network.train(was_training)
        return torch.cat(rows).cpu().numpy()

    def state(self) -> State:
        """Weights and buffers by name."""
        return state_of(self.network)


def part(clip: Description, name: str) -> Array:
    """One of the arrays that `MFVAN.describe` returns."""
    if not isinstance(clip, Mapping):
        raise TypeError(f"expected a description with {name!r}, got one array")
    return clip[name]

"""Queries on the flow of many frames, a mean teacher, and maps that must flip with the face."""

from __future__ import annotations

import copy
from dataclasses import dataclass

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import unit

QUERIES = 8
MOMENTUM = 0.99


class Student(nn.Module):
    """ResNet-18, eight learned queries that attend to its map, one classifier."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        # The maps of the last stage: timm counts the stem as 0.
        self.trunk = timm.create_model("resnet18", features_only=True, out_indices=(4,))
        self.queries = nn.Parameter(torch.randn(QUERIES, 512) / 512**0.5)
        self.head = nn.Linear(512, num_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Planes (n, 3, h, w) to logits and activation maps (n, classes, h / 32, w / 32)."""
        maps = self.trunk(x)[0]
        places = maps.flatten(2)
        weights = (self.queries @ places / 512**0.5).softmax(2)
        summary = (weights @ places.transpose(1, 2)).mean(1)
        cam = torch.einsum("kc,nchw->nkhw", self.head.weight, maps)
        return self.head(summary), cam


@dataclass
class Pair:
    """What the loss wants: logits and maps of a drawn frame, the teacher's of another's mirror."""

    logits: Tensor
    maps: Tensor
    mirrored: Tensor


class SiameseNet(nn.Module):
    """Flow planes of many frames (n, frames, 3, h, w), 0 .. 255, to logits (n, classes).

    In training two frames of each clip are drawn at random; in evaluation the student's logits are
    averaged over all frames.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.student = Student(num_classes)
        self.teacher = copy.deepcopy(self.student).requires_grad_(False)

    def forward(self, frames: Tensor) -> Tensor | Pair:
        """Logits, or what the loss wants."""
        if not self.training:
            logits = self.student(2 * unit(frames.flatten(0, 1)) - 1)[0]
            return logits.unflatten(0, frames.shape[:2]).mean(1)  # type: ignore[no-any-return]
        # Drawn on the CPU, so that a seed draws the same frames on every device.
        drawn = torch.randint(frames.shape[1], (2, len(frames))).to(frames.device)
        clips = torch.arange(len(frames), device=frames.device)
        x, y = (2 * unit(frames[clips, one]) - 1 for one in drawn)
        logits, maps = self.student(x)
        with torch.no_grad():
            self.follow()
            # A mirrored face moves the other way: u changes its sign, v and strain do not.
            mirrored = y.flip(3) * torch.tensor([-1.0, 1.0, 1.0], device=y.device)[:, None, None]
            other = self.teacher(mirrored)[1].flip(3)
        return Pair(logits, maps, other)

    def follow(self) -> None:
        """Move the teacher a little towards the student."""
        # Parameters alone: in training mode the teacher's batch normalisation keeps its own
        # statistics.
        pairs = zip(self.teacher.parameters(), self.student.parameters(), strict=True)
        for slow, fast in pairs:
            slow.lerp_(fast.detach(), 1 - MOMENTUM)


def consistency_loss(made: Pair, labels: Tensor, weight: float) -> Tensor:
    """Cross-entropy, and the distance between maps of a frame and of another's mirror image."""
    apart = functional.mse_loss(made.maps.softmax(1), made.mirrored.softmax(1))
    return functional.cross_entropy(made.logits, labels) + weight * apart

"""How long a fold takes on one thread: multiply-adds of every pass over a measured speed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .config import Config

RESNET18 = 60_720
"""Multiply-adds of timm's resnet18 trunk at `output_stride=16`, per pixel of its input."""
PASSES = 3
"""A step's arithmetic over its forward pass's: the backward pass takes two gradients."""
SPEED = 40e9
"""Multiply-adds a second where the layers are wide enough to be worth their overhead."""
OVERHEAD = 6e-5
"""Seconds an image and layer cost beside their arithmetic: small layers, memory, the optimiser."""


def seconds(config: Config, clips: int, frames: int) -> float:
    """Estimated single-thread time of one fold on a processor of 2024.

    Args:
        config: whose epochs and widths.
        clips: training clips.
        frames: of them, altogether.
    """
    seen = frames if config.num_frames is None else clips * config.num_frames
    late = config.epochs - config.identity_epochs
    removal = bool(config.identity_weight)
    teacher = _seconds(*_teacher(config))
    decoding = _seconds(*_decoder(config.channels, config.size))
    encoding = _seconds(*_encoder(config)) * (2 if config.signal == "delta" else 1)
    looking = sum(_seconds(*_scale(config, number)) for number in config.scales)
    total = late * clips * (encoding + looking)
    if removal:
        total += config.teacher_epochs * seen * teacher
        total += config.epochs * clips * (teacher + decoding)
        total += config.identity_epochs * clips * _seconds(*_encoder(config))
    return total


def _seconds(operations: float, layers: int) -> float:
    return PASSES * operations / SPEED + layers * OVERHEAD


def _encoder(config: Config) -> tuple[float, int]:
    """Multiply-adds and layers of the student's encoder."""
    steps = pairwise((3, *config.channels))
    sides = (config.size // 2**i for i in range(1, 5))
    return sum(9 * a * b * s * s for (a, b), s in zip(steps, sides, strict=True)), 4


def _decoder(channels: tuple[int, ...], size: int) -> tuple[float, int]:
    """Multiply-adds and layers of four deconvolutions to `size`."""
    steps = pairwise((3, *channels))
    sides = (size // 2**i for i in range(1, 5))
    return sum(16 * a * b * s * s for (a, b), s in zip(steps, sides, strict=True)), 4


def _teacher(config: Config) -> tuple[float, int]:
    """Multiply-adds and layers of the teacher."""
    if config.teacher == "resnet18":
        back, layers = _decoder((64, 128, 256, 512), config.size)
        return RESNET18 * config.size**2 + back, layers + 20
    back, layers = _decoder(config.teacher_channels, config.size)
    steps = pairwise((3, *config.teacher_channels))
    sides = (config.size // 2**i for i in range(1, 5))
    there = sum((10 * a * b + 9 * b * b) * s * s for (a, b), s in zip(steps, sides, strict=True))
    return there + back, layers + 12


def _scale(config: Config, number: int) -> tuple[float, int]:
    """Multiply-adds and layers of one scale's patches and blocks."""
    patch, channels = config.patches[number - 1], (3, *config.channels)[number - 1]
    n = (config.size // 2 ** (number - 1) // patch) ** 2
    d = config.width
    block = (n + 1) * d * d * (4 + 2 * config.ratio) + 2 * (n + 1) ** 2 * d
    return n * d * channels * patch**2 + config.blocks * block, 1 + 5 * config.blocks

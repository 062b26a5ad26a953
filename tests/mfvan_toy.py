"""A small MFVAN and clips of noise for its tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.core.types import Array
from bench.methods.mfvan import MFVAN
from bench.plugins.context import Context
from bench.plugins.model import Training

TINY = MFVAN(
    size=16,
    num_frames=2,
    teacher="residual",
    teacher_channels=(2, 2, 4, 4),
    teacher_epochs=1,
    channels=(4, 4, 4, 8),
    patches=(8, 4, 2),
    width=8,
    heads=2,
    blocks=2,
    ratio=1,
    hidden=8,
    epochs=3,
    identity_epochs=1,
    batch_size=8,
    learning_rate=1e-3,
    warmup=1,
)


def clip_of(seed: int, size: int = 16) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (4, size, size, 3), dtype=np.uint8)
    return {"onset": pixels[0], "apex": pixels[1], "frames": pixels}


def training(count: int, labels: list[int] | None = None, size: int = 16) -> Training:
    clips = [clip_of(i, size) for i in range(count)]
    truth = np.array(labels if labels is not None else [i % 3 for i in range(count)])
    subjects = np.array([f"{i // 2}" for i in range(count)])
    return Training(clips, truth.astype(np.int64), subjects, classes=3)


def context(train: Training, **named: Any) -> Context:
    return Context(**{"seed": 5, "subjects": train.subjects, **named})

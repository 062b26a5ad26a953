"""SYNTHETIC clips for the contract: a bright blob that moves where its class sends it.

Made of numpy alone. Everybody has a texture of their own, the blob starts in the middle, and at
the apex it stands in the class's direction: flow, texture and the apex frame each tell the class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.core.clip import UNIT_CODES, CodedUnit
from bench.core.types import Array
from bench.data.reading.units import unit_codes

CLASSES = 3
SIZE = (72, 64)
"""Height and width of a frame."""
LENGTH = 11
APEX = 6
REACH = 14.0
"""Pixels that the blob has moved at the apex."""
UNITS = (frozenset({1, 2}), frozenset({12}), frozenset({4, 15}))
"""Action units that the clips of each class are annotated with."""


@dataclass(frozen=True)
class ToyClips:
    """Clips of several subjects.

    Attributes:
        sources: arrays of each clip by view name.
        labels: (n,) int64.
        subjects: (n,) numbers.
        action_units: annotated ones.
    """

    sources: tuple[dict[str, Array], ...]
    labels: Array
    subjects: Array
    action_units: tuple[frozenset[int] | None, ...]

    def __len__(self) -> int:
        return len(self.sources)


def toy_clips(subjects: int, each: int, first: int = 0) -> ToyClips:
    """Make clips: `each` of every class for every subject.

    Args:
        subjects: how many.
        each: clips of a class a subject.
        first: number of the first subject; the same number is the same face and the same clips.
    """
    rows = [
        (subject, label, take)
        for subject in range(first, first + subjects)
        for take in range(each)
        for label in range(CLASSES)
    ]
    return ToyClips(
        sources=tuple(_sources(*row) for row in rows),
        labels=np.array([label for _, label, _ in rows], dtype=np.int64),
        subjects=np.array([subject for subject, _, _ in rows]),
        # Only the first take is annotated: methods must cope with clips that are not.
        action_units=tuple(UNITS[label] if take == 0 else None for _, label, take in rows),
    )


def _sources(subject: int, label: int, take: int) -> dict[str, Array]:
    # Seeded by what the clip is, so that it is the same in every set.
    rng = np.random.default_rng((subject, label, take))
    angle = 2 * np.pi * (label / CLASSES) - np.pi / 2 + rng.normal(0, 0.08)
    shift = REACH * rng.uniform(0.9, 1.1) * np.array([np.sin(angle), np.cos(angle)])
    rise = np.concatenate([np.linspace(0, 1, APEX + 1), np.linspace(0.8, 0.2, LENGTH - APEX - 1)])
    face = _texture(np.random.default_rng(subject))
    frames = np.stack([face + 90 * _blob(part * shift) for part in rise])
    frames += rng.normal(0, 1.0, frames.shape)
    features = np.zeros(6, np.float32)
    features[[2 * label, 2 * label + 1]] = rng.uniform(1, 2, 2)
    return {
        "frames": np.clip(frames, 0, 255).astype(np.uint8),
        "flow_image": _flow_image(shift, rng),
        UNIT_CODES: unit_codes(CodedUnit(number) for number in UNITS[label]),
        "features": features,
    }


def _texture(rng: np.random.Generator) -> Array:
    """A smooth pattern of one subject, (h, w), about 40 to 120."""
    y, x = np.mgrid[: SIZE[0], : SIZE[1]] / 10
    waves = [np.sin(a * x + b * y + c) for a, b, c in rng.uniform([-2, -2, 0], [2, 2, 6.3], (6, 3))]
    return np.asarray(80 + 8 * np.sum(waves, axis=0))


def _blob(offset: Array, size: tuple[int, int] = SIZE, width: float = 6.0) -> Array:
    """A Gaussian (h, w) of height 1, `offset` (down, right) pixels from the middle."""
    y, x = np.ogrid[: size[0], : size[1]]
    down, right = size[0] / 2 + offset[0], size[1] / 2 + offset[1]
    return np.asarray(np.exp(-((y - down) ** 2 + (x - right) ** 2) / (2 * width**2)))


def _flow_image(shift: Array, rng: np.random.Generator) -> Array:
    """The blob's motion and its strain, each stretched to 0..255: (3, 28, 28) uint8."""
    moving = _blob(shift * 0.25, (28, 28), 4.0)
    u, v = shift[1] * moving, shift[0] * moving
    (uy, ux), (vy, vx) = np.gradient(u), np.gradient(v)
    planes = np.stack([u, v, np.sqrt(ux**2 + vy**2 + (uy + vx) ** 2 / 2)])
    planes += rng.normal(0, 0.2, planes.shape)
    low = planes.min(axis=(1, 2), keepdims=True)
    span = planes.max(axis=(1, 2), keepdims=True) - low
    return np.asarray(np.rint(255 * (planes - low) / span).astype(np.uint8))

"""Frames of one clip and the truth about its motion."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .knobs import Knobs
from .motion import Nuisance, activation, blink_field, draw_nuisance, head_field, invert
from .plan import HEIGHT, WIDTH, PlannedClip, stream
from .relief import shading
from .shapes import Image, blur, sample
from .subject import Field, Subject

Frames = NDArray[np.uint8]
BANK = 96
"""Margin of the noise plate from which every frame cuts its own window, px."""


@dataclass(frozen=True)
class Truth:
    """What really happened between onset and apex.

    Attributes:
        flow: (2, h, w) forward flow onset to apex, px, head included.
        au_flow: (2, h, w) by the action units alone.
        valid: (h, w) where the flow is defined: on the face, not between the lids.
        curves: (units, n) strength of each action unit over time.
    """

    flow: Field
    au_flow: Field
    valid: NDArray[np.bool_]
    curves: NDArray[np.float32]


@dataclass(frozen=True)
class Expression:
    """The action units of a clip on its subject.

    Attributes:
        curves: (units, n) strength over time.
        fields: (units, 2, h, w) backward displacement at strength 1, px.
        relief: change of relief at full strength, on the texture grid.
    """

    curves: NDArray[np.float32]
    fields: NDArray[np.float32]
    relief: Image

    def at(self, frame: int) -> Field:
        """Backward displacement in one frame."""
        return np.asarray(
            sum(c[frame] * f for c, f in zip(self.curves, self.fields, strict=True)), np.float32
        )


def render(subject: Subject, clip: PlannedClip, knobs: Knobs, seed: int) -> tuple[Frames, Truth]:
    """Make one clip.

    Returns:
        frames, uint8 (n, h, w, 3) RGB or (n, h, w) grey, and the truth.
    """
    where = (clip.subject, clip.index)
    expression = _express(stream(seed, clip.database, "motion", *where), subject, clip)
    rng = stream(seed, clip.database, "nuisance", *where)
    nuisance = draw_nuisance(rng, clip.frames, clip.apex, knobs)
    noise = _Noise(rng, subject, clip.frames, knobs.noise)
    change = _light_change(subject, expression.at(clip.apex), expression.relief, knobs.furrow)
    # In one array, so that a single pass warps skin, openings and change of light.
    texture = np.dstack([subject.colour, subject.soft_opening, change])
    frames = np.empty((clip.frames, HEIGHT, WIDTH, subject.colour.shape[2]), np.uint8)
    for i in range(clip.frames):
        head = head_field(subject, nuisance, i)
        moved = head + expression.at(i)
        if nuisance.closing[i] > 0:
            moved = moved + blink_field(subject, float(nuisance.closing[i]))
        # The change of light is computed once, at the apex, and fades with the first action unit.
        strength = float(expression.curves[0, i])
        # Eyeballs follow the head and the gaze, not the skin.
        image = _expose(subject, texture, moved, strength, head + nuisance.gaze[i][:, None, None])
        image = image * _brightness(subject, nuisance, i) * noise.pattern + noise.frame(i)
        # Half a level is added because the cast to uint8 rounds down.
        frames[i] = np.clip(image + 0.5, 0, 255)
    total = head_field(subject, nuisance, clip.apex) + expression.at(clip.apex)
    truth = Truth(
        flow=invert(total),
        au_flow=invert(expression.at(clip.apex)),
        valid=(subject.opening < 0.5) & (subject.inside > 0.5),
        curves=expression.curves,
    )
    return (frames[..., 0] if subject.style.gray else frames), truth


def _express(rng: np.random.Generator, subject: Subject, clip: PlannedClip) -> Expression:
    """Give every action unit of a clip its timing and its two halves."""
    curves, fields = [], []
    relief = np.zeros(subject.face.relief.shape, np.float32)
    for unit in clip.units:
        curves.append(activation(rng, clip.frames, clip.apex))
        # The person faces us: the person's left is the picture's right.
        right, left = {"": (1.0, 1.0), "L": (0.12, 1.0), "R": (1.0, 0.12)}[unit.side]
        lean = float(rng.normal(0, 0.08))
        halves = ((-1, unit.peak * right * (1 - lean)), (1, unit.peak * left * (1 + lean)))
        fields.append(sum(size * subject.field(unit.number, half) for half, size in halves))
        for half, size in halves:
            relief += size * subject.furrow(unit.number, half)
    return Expression(np.array(curves, np.float32), np.array(fields, np.float32), relief)


def _light_change(subject: Subject, moved: Field, relief: Image, furrow: float) -> Image:
    """Relative change of brightness at the apex, on the texture grid.

    Furrows deepen, and tissue bulges where the skin is pressed together (negative divergence).
    """
    face = subject.face
    divergence = np.gradient(moved[0], axis=1) + np.gradient(moved[1], axis=0)
    divergence = blur(np.clip(divergence, -0.6, 0.6).astype(np.float32), 1.5)
    to_texture = np.column_stack([subject.turn, (subject.base_x[0, 0], subject.base_y[0, 0])])
    size = relief.shape[::-1]
    bulge = cv2.warpAffine(divergence, to_texture, size, flags=cv2.INTER_LINEAR)
    depth = 0.0034 * (0.6 + 0.8 * face.who.age) * relief - 0.045 * bulge
    lit = shading(np.asarray(face.relief + furrow * depth, np.float32), face.who)
    ratio = np.clip(lit / np.maximum(face.light, 1e-3), 0.6, 1.6) - 1
    lens = subject.style.blur * subject.turn[0, 0]
    return blur(np.asarray(ratio * face.inside, np.float32), float(lens))


def _expose(subject: Subject, texture: Image, moved: Field, strength: float, eyes: Field) -> Image:
    """One frame without noise: warped skin, its change of light, eyeballs between the lids."""
    colours = subject.colour.shape[2]
    dx, dy = subject.to_texture(moved[0], moved[1])
    seen = sample(texture, subject.base_x - dx, subject.base_y - dy)
    image = seen[..., :colours] * (1 + strength * seen[..., colours + 1 :])
    # Eyeballs show in these rows alone, so no others are sampled.
    rows = np.flatnonzero((subject.opening > 0).any(axis=1))
    band = slice(max(rows[0] - 6, 0), rows[-1] + 7)
    dx, dy = subject.to_texture(eyes[0, band], eyes[1, band])
    balls = sample(subject.eyeballs, subject.base_x[band] - dx, subject.base_y[band] - dy)
    image[band] += (balls - image[band]) * seen[band, :, colours : colours + 1]
    return np.asarray(image, np.float32)


def _brightness(subject: Subject, nuisance: Nuisance, frame: int) -> Image:
    across = subject.columns / WIDTH - 0.5
    gain = nuisance.gain[frame] * (1 + nuisance.slope[frame] * across)
    return np.asarray(gain[..., None], np.float32)


class _Noise:
    """A clip's sensor: fixed pattern, and per frame a window cut from one large noise plate."""

    def __init__(
        self, rng: np.random.Generator, subject: Subject, frames: int, amount: float
    ) -> None:
        channels = subject.colour.shape[2]
        plate = (HEIGHT + BANK, WIDTH + BANK, channels)
        grain = 1.55 * blur(rng.standard_normal(plate, dtype=np.float32), 0.5)
        blotches = blur(rng.standard_normal(plate, dtype=np.float32), 3.0)
        self.plate = grain + 0.5 * blotches / blotches.std()
        self.pattern = 1 + 0.004 * rng.standard_normal((HEIGHT, WIDTH, 1), dtype=np.float32)
        self.offsets = rng.integers(0, BANK, (frames, 2))
        rest = sample(subject.colour, subject.base_x, subject.base_y)
        # Shot noise grows with the root of the light.
        self.size = np.asarray(amount * subject.style.noise * np.sqrt(0.4 + rest / 210), np.float32)

    def frame(self, i: int) -> Image:
        """Noise of frame i, grey levels, (h, w, channels)."""
        row, column = self.offsets[i]
        window = self.plate[row : row + HEIGHT, column : column + WIDTH]
        return np.asarray(window * self.size, np.float32)

"""What moves over time: action units, head, light, gaze and lids."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .geometry import lid_lines
from .knobs import Knobs
from .plan import HEIGHT, WIDTH
from .shapes import Image, blur
from .subject import SCALE, Field, Subject

Track = NDArray[np.float32]
"""A value per frame, (n,)."""


@dataclass(frozen=True)
class Nuisance:
    """What else happens in a clip, drawn independently of the expression; 0 at the onset.

    Attributes:
        x: head shift, px.
        y: head shift, px.
        roll: radians.
        yaw: px per face unit of depth.
        pitch: px per face unit of depth.
        zoom: relative.
        gain: brightness, relative to 1.
        slope: difference in brightness between the picture's sides.
        gaze: (n, 2) shift of the eyeballs, px.
        closing: 0 open to 1 closed lids.
    """

    x: Track
    y: Track
    roll: Track
    yaw: Track
    pitch: Track
    zoom: Track
    gain: Track
    slope: Track
    gaze: NDArray[np.float32]
    closing: Track


def draw_nuisance(rng: np.random.Generator, frames: int, apex: int, knobs: Knobs) -> Nuisance:
    """Draw a clip's disturbances; a blink keeps away from the apex and the onset."""
    head = knobs.head
    sizes = (head, head, 0.004 * head, 0.7 * head, 0.7 * head, 0.003 * head)
    x, y, roll, yaw, pitch, zoom = (drift(rng, frames, size) for size in sizes)
    gain, slope = 1 + drift(rng, frames, knobs.light), drift(rng, frames, knobs.light)
    gaze = np.zeros((frames, 2), np.float32)
    if rng.random() < 0.3:
        gaze[int(rng.integers(2, frames)) :] = rng.normal(0, 0.8, 2)
    closing = np.zeros(frames, np.float32)
    if rng.random() < knobs.blink:
        length = max(6, int(frames * rng.uniform(0.18, 0.3)))
        middle = int(rng.integers(0, frames))
        if abs(middle - apex) > length and middle > length // 2:
            away = np.abs(np.arange(frames) - middle) / (length / 2)
            closing = np.asarray(np.clip(1 - away, 0, 1) ** 0.7, np.float32)
    return Nuisance(x, y, roll, yaw, pitch, zoom, gain, slope, gaze, closing)


def drift(rng: np.random.Generator, frames: int, size: float) -> Track:
    """A slow wander that starts at 0: three sines of random speed, phase and size."""
    # Clips under 40 frames see part of a wave: heads move no faster in short clips.
    speed = rng.uniform(0.3, 1.3, 3) * np.pi / max(frames, 40) * rng.choice((0.5, 1, 2), 3)
    phase, height = rng.uniform(0, 2 * np.pi, 3), rng.normal(0, size, 3)
    wave = np.sin(speed[:, None] * np.arange(frames) + phase[:, None]) - np.sin(phase)[:, None]
    return np.asarray((height[:, None] * wave).sum(axis=0), np.float32)


def activation(rng: np.random.Generator, frames: int, apex: int) -> Track:
    """Strength of one action unit over a clip: 0 at the onset, about 1 at the apex."""
    t = np.arange(frames)
    lag = rng.normal(0, 0.06) * apex
    up = np.clip(t / max(apex + lag, 2), 0, 1)
    rise = (up**2 * (3 - 2 * up)) ** rng.uniform(0.8, 1.4)
    left = rng.uniform(0.0, 0.4)
    down = np.clip((t - apex - abs(lag)) / max(frames - 1 - apex - abs(lag), 2), 0, 1)
    curve = rise * (1 - (1 - left) * down**2 * (3 - 2 * down))
    # At the onset the face is at rest, whatever the lag.
    curve[0] = 0
    return np.asarray(curve, np.float32)


def head_field(subject: Subject, nuisance: Nuisance, frame: int) -> Field:
    """Backward displacement of every pixel by the head alone."""
    depth = subject.depth - 0.6
    # The head turns about the neck, below the middle of the frame.
    dx, dy = subject.columns - (WIDTH - 1) / 2, subject.rows - (HEIGHT - 1) / 2 - 30
    roll, zoom = nuisance.roll[frame], nuisance.zoom[frame]
    x = nuisance.x[frame] + nuisance.yaw[frame] * depth - roll * dy + zoom * dx
    y = nuisance.y[frame] + nuisance.pitch[frame] * depth + roll * dx + zoom * dy
    return np.stack([x, y]).astype(np.float32)


def blink_field(subject: Subject, closing: float) -> Field:
    """Backward displacement by lids closed to a share of `closing`."""
    who, x, y = subject.face.who, subject.x, subject.y
    shift = np.zeros((HEIGHT, WIDTH), np.float32)
    for side in (-1, 1):
        upper, lower = lid_lines(who, x, side)
        fold = who.brow_y + 0.09
        lid = upper + closing * 0.96 * (lower - upper)
        stretched = fold + (y - fold) * (upper - fold) / (lid - fold + 1e-6)
        squeezed = lower - (lower - y) * (lower - upper) / np.maximum(lower - lid, 1e-3)
        moving = (np.abs(x * side - who.eye_x) < who.eye_width + 0.02) & (y > fold) & (y < lower)
        shift += np.where(moving, y - np.where(y < lid, stretched, squeezed), 0) * SCALE
    return np.stack([np.zeros_like(shift), blur(shift, 0.7)])


def invert(backward: Field, rounds: int = 12) -> Field:
    """Forward flow F of a backward field B, by iterating F(p) = B(p + F(p)); px, (2, h, w)."""
    rows, columns = np.mgrid[0 : backward.shape[1], 0 : backward.shape[2]].astype(np.float32)
    source: Image = np.ascontiguousarray(backward.transpose(1, 2, 0))
    forward = source.copy()
    # It converges because the motion changes by far less than a pixel from one pixel to the next.
    for _ in range(rounds):
        x, y = columns + forward[..., 0], rows + forward[..., 1]
        forward = cv2.remap(source, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray(forward.transpose(2, 0, 1))

"""What surrounds the skin: hair, eyeballs, neck, clothes and background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .geometry import SHAPE, Grid, lid_lines
from .identity import Colour, Identity, Style
from .shapes import Image, blob, blur, cloud, mix, ramp


@dataclass(frozen=True)
class Hair:
    """Hair over and next to the face.

    Attributes:
        cover: (h, w) opacity over the skin.
        colour: (h, w, 3) RGB, without light.
        beside: (h, w) opacity over the background.
    """

    cover: Image
    colour: Image
    beside: Image


def draw_hair(rng: np.random.Generator, who: Identity, grid: Grid) -> Hair:
    """Hairline with strands, temples, for some a fringe or long hair."""
    x, y = grid.x, grid.y
    strands = blur(rng.standard_normal(SHAPE, dtype=np.float32), 0.9, 9)
    strands = strands / strands.std() + 0.8 * cloud(rng, SHAPE, 22, 2)
    wave = 0.035 * cloud(rng, SHAPE, 34, 2) + 0.012 * strands
    parting = ramp(-0.7, 0.7, x * rng.choice((-1, 1))) * (rng.random() < 0.25)
    line = who.hairline + 0.17 * np.abs(x / 0.95) ** 2.5 + wave + 0.20 * parting
    temple = who.temple - 0.035 * (not who.male) + 0.6 * wave + 0.10 * ramp(-0.5, 0.1, y)
    end = rng.uniform(0.0, 0.25) if who.male else rng.choice((0.15, 2.0))
    above = ramp(end + 0.08, end - 0.08, y)
    cover = np.maximum(
        ramp(line + 0.03, line - 0.03, y), ramp(temple - 0.02, temple + 0.025, grid.across) * above
    )
    shine = 14 * np.clip(strands, 0, 2) * blob(x, y, 0, -0.95, 0.7, 0.15)
    contrast = 0.16 / (1 + float(who.hair.mean()) / 80)
    colour = who.hair * np.clip(1 + contrast * strands, 0.5, 1.7)[..., None] + shine[..., None]
    near = ramp(1.16, 1.10, grid.across)
    beside = ramp(0.96, 0.99, grid.across) * near * above
    beside = beside * ramp(who.chin_y, who.chin_y - 0.1, y)
    return Hair(cover, np.asarray(colour, np.float32), np.maximum(beside, (y < -0.6) * near))


def draw_backdrop(
    rng: np.random.Generator, who: Identity, style: Style, grid: Grid, hair: Hair
) -> Image:
    """Background with a gradient, neck, clothes and the hair next to the face, (h, w, 3)."""
    slope = 1 + 0.06 * grid.flat_x * rng.normal() - 0.05 * grid.flat_y
    gray = rng.uniform(*style.backdrop) * slope
    image = np.repeat(gray[..., None], 3, axis=2).astype(np.float32)
    image = mix(image, who.skin * 0.50, ramp(0.74, 0.66, np.abs(grid.x)) * (grid.y > 0.8))
    shirt = ramp(1.52, 1.60, grid.y + 0.10 * np.abs(grid.x))
    image = mix(image, rng.uniform(30, 200, 3), shirt)
    return mix(image, hair.colour * 0.9, hair.beside)


def draw_eyes(
    rng: np.random.Generator, who: Identity, style: Style, grid: Grid
) -> tuple[Image, Image]:
    """The opening between the lids, (h, w) opacity, and the eyeballs behind it, (h, w, 3)."""
    opening = np.zeros(SHAPE, np.float32)
    balls = np.zeros((*SHAPE, 3), np.float32)
    iris = np.array((58, 38, 26), np.float32)
    if rng.random() >= style.dark_eyes:
        iris = np.array([(86, 62, 38), (74, 96, 104), (84, 100, 70)], np.float32)[rng.integers(3)]
    gaze = rng.normal(0, 0.012), rng.normal(-0.008, 0.006)
    for side in (-1, 1):
        upper, lower = lid_lines(who, grid.x, side)
        away = np.abs(grid.x * side - who.eye_x)
        slit = ramp(upper - 0.004, upper + 0.010, grid.y) * ramp(
            lower + 0.008, lower - 0.006, grid.y
        )
        slit = slit * ramp(0.015, -0.01, away - who.eye_width + 0.012)
        opening = np.maximum(opening, slit)
        here = (away < who.eye_width + 0.1)[..., None]
        balls = np.where(here, _eyeball(who, grid, side, iris, gaze, upper), balls)
    bright = 0.92 * min(1.0, 0.82 + 0.3 * who.light_share)
    return opening, np.asarray(np.clip(balls * bright, 0, 255), np.float32)


def _eyeball(
    who: Identity, grid: Grid, side: int, iris: Colour, gaze: tuple[float, float], upper: Image
) -> Image:
    """One eye: white, iris, pupil, highlight, under the shadow of the upper lid."""
    x, y = grid.x, grid.y
    cx, cy, size = side * who.eye_x + gaze[0], -0.006 + gaze[1], 0.094
    radius = np.hypot(x - cx, y - cy)
    under_lid = np.clip(y - upper, 0, 1)
    edge = np.clip(np.abs(x * side - who.eye_x) / who.eye_width, 0, 1)
    shade = 1 - 0.30 * edge**2 - 0.42 * np.exp(-under_lid / 0.030)
    white = np.array((206, 198, 192), np.float32) * shade[..., None]
    angle = np.arctan2(y - cy, x - cx)
    fibres = 0.75 + 0.55 * (radius / size) ** 2 + 0.12 * np.sin(17 * angle + 3 * np.sin(5 * angle))
    limbus = 1 - 0.55 * ramp(0.80 * size, size, radius) - 0.35 * np.exp(-under_lid / 0.035)
    image = mix(
        white, iris * (fibres * limbus)[..., None], ramp(size + 0.008, size - 0.008, radius)
    )
    image = mix(image, np.zeros(3), 0.93 * ramp(0.040, 0.030, radius))
    toward = 0.03 if who.light[0] >= 0 else -0.03
    return mix(image, np.full(3, 245), blob(x, y, cx + toward, cy - 0.032, 0.014, 0.012))

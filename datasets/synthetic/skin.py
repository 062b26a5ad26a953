"""The colour of a face without light: complexion, marks, beard, lips, lids and brows."""

from __future__ import annotations

import cv2
import numpy as np

from .geometry import LEFT, PX, SHAPE, TOP, Grid, brow_line, lid_lines, lip_lines
from .identity import Identity
from .shapes import Image, Point, blob, blur, cloud, darken, mix, ramp, sample, stroke

SUBPIXEL = 4
"""Fractional bits of the coordinates that OpenCV draws with."""
WARM = (0.85, 1.0, 1.0)


def draw_skin(rng: np.random.Generator, who: Identity, grid: Grid) -> Image:
    """Albedo of skin, lips and brows, (h, w, 3) RGB in grey levels."""
    image = _complexion(rng, who, grid)
    image = _marks(rng, image)
    if who.male:
        image = _beard(rng, image, who, grid)
    image = _lips(rng, image, who, grid)
    image = _nostrils(image, who, grid)
    image = _lids(image, who, grid)
    below = ramp(who.chin_y - 0.08, who.chin_y + 0.05, grid.y)
    return _brows(rng, darken(image, 0.55 * below, (1.0, 1.0, 1.0)), who, grid)


def _complexion(rng: np.random.Generator, who: Identity, grid: Grid) -> Image:
    side, y = np.abs(grid.x), grid.y
    image = np.broadcast_to(who.skin, (*SHAPE, 3)).astype(np.float32)
    flush = blob(side, y, 0.58, 0.42, 0.24, 0.2) + 0.9 * blob(side, y, 0, who.nose_y, 0.14, 0.12)
    flush = flush + 0.4 * blob(side, y, 0, who.chin_y - 0.1, 0.2, 0.12)
    flush = flush + 0.35 * cloud(rng, SHAPE, 60, 2)
    strength = 0.055 * rng.uniform(0.5, 1.5) * (1.2 - 0.12 * who.tone)
    image = darken(image, np.asarray(strength * flush, np.float32), (-0.1, 1.0, 0.9))
    circles = 0.10 * rng.uniform(0.3, 1.5) * blob(side, y, who.eye_x - 0.04, 0.14, 0.17, 0.05)
    circles = circles + 0.10 * blob(side, y, who.eye_x, -0.11, 0.18, 0.05)
    image = darken(image, np.asarray(circles, np.float32), (0.8, 1.0, 0.95))
    grain = 0.016 * cloud(rng, SHAPE, 26, 3) + 0.020 * cloud(rng, SHAPE, 5, 2)
    grain = grain + 0.018 * cloud(rng, SHAPE, 2.0)
    return darken(image, np.asarray(-grain, np.float32), (1.0, 1.0, 1.0))


def _marks(rng: np.random.Generator, image: Image) -> Image:
    """Freckles, moles and pores: darkness, number and radius in texture pixels."""
    kinds = (
        (0.16, rng.poisson(70 * rng.random() ** 3), (0.5, 1.3)),
        (0.45, rng.poisson(3), (0.9, 2.2)),
        (0.10, rng.poisson(220), (0.4, 0.9)),
    )
    scale = 1 << SUBPIXEL
    for darkness, number, radii in kinds:
        layer = np.zeros(SHAPE, np.float32)
        for _ in range(number):
            x, y = rng.uniform((-0.8, -0.6), (0.8, 1.35))
            radius = int(scale * rng.uniform(*radii))
            value = float(rng.uniform(0.5, 1))
            cv2.circle(layer, _fixed((x, y)), radius, value, -1, cv2.LINE_8, SUBPIXEL)
        image = darken(image, darkness * blur(layer, 0.8), (0.8, 1.0, 1.0))
    return image


def _fixed(point: Point) -> tuple[int, int]:
    """A point of the face in OpenCV's fixed-point texture coordinates."""
    scale = PX << SUBPIXEL
    return int((point[0] - LEFT) * scale), int((point[1] - TOP) * scale)


def _beard(rng: np.random.Generator, image: Image, who: Identity, grid: Grid) -> Image:
    side, y = np.abs(grid.x), grid.y
    strength = rng.uniform() ** 1.5
    jaw = side + 0.4 * (y > who.mouth_y + 0.1)
    lip = 0.4 * ((y < who.mouth_y - 0.08) & (side < 0.35))
    area = ramp(0.55, 0.85, y) * ramp(0.15, 0.45, jaw + lip) * ramp(1.02, 0.80, grid.across)
    stubble = np.clip(0.55 + 0.35 * cloud(rng, SHAPE, 1.6), 0, 1.4)
    shadow = np.asarray(0.34 * strength * blur(area, 6) * stubble, np.float32)
    return darken(image, shadow, (1.0, 0.95, 0.85))


def _lips(rng: np.random.Generator, image: Image, who: Identity, grid: Grid) -> Image:
    x, y, side = grid.x, grid.y, np.abs(grid.x)
    seam, upper, lower = lip_lines(who, x)
    soft = 0.012
    area = ramp(upper - soft, upper + soft, y) * ramp(lower + soft, lower - soft, y)
    area = area * ramp(who.mouth_width + 0.01, who.mouth_width - 0.03, side)
    pink = who.skin * np.array([0.86, 0.62, 0.62], np.float32) * rng.uniform(0.92, 1.06) + (6, 0, 4)
    grooves = 1 + 0.15 * blur(rng.standard_normal(SHAPE, dtype=np.float32), 0.8, 5)
    colour = pink * (grooves * (1 - 0.12 * (y < seam)))[..., None]
    image = mix(image, colour, area * (0.62 if who.male else 0.85))
    line = np.exp(-(((y - seam) / 0.0105) ** 2))
    line = line * ramp(who.mouth_width + 0.03, who.mouth_width - 0.05, side)
    image = darken(image, np.asarray(0.68 * line, np.float32), WARM)
    corner = blob(side, y, who.mouth_width + 0.008, who.mouth_y + who.mouth_curve, 0.022, 0.018)
    return darken(image, 0.30 * corner, (1.0, 1.0, 1.0))


def _nostrils(image: Image, who: Identity, grid: Grid) -> Image:
    side, y = np.abs(grid.x), grid.y
    hole = np.clip(1.5 * blob(side, y, 0.085, who.nose_y + 0.125, 0.034, 0.016, -0.25), 0, 1)
    image = darken(image, 0.72 * hole, WARM)
    under = blob(grid.x, y, 0, who.nose_y + 0.15, 0.15, 0.02)
    return darken(image, 0.22 * under, (1.0, 1.0, 1.0))


def _lids(image: Image, who: Identity, grid: Grid) -> Image:
    """Lash lines above and below, and the crease of the upper lid."""
    xs = np.linspace(who.eye_x - who.eye_width, who.eye_x + who.eye_width, 13, dtype=np.float32)
    offset = 0.030 + 0.035 * who.fold
    bend = offset * (1 - 0.4 * np.abs(np.arange(13) / 6 - 1) ** 3)
    for side in (-1, 1):
        upper, lower = lid_lines(who, xs * side, side)
        for xs_line, ys_line, darkness, width in (
            (xs, upper, 0.62, 0.0125),
            (xs, lower, 0.22, 0.010),
            (xs * 1.01, upper - bend, 0.10 + 0.25 * who.fold, 0.010),
        ):
            points = [(float(a) * side, float(b)) for a, b in zip(xs_line, ys_line, strict=True)]
            line = stroke(grid.x, grid.y, points, width)
            image = darken(image, darkness * line, (1.0, 1.0, 1.0))
    return image


def _brows(rng: np.random.Generator, image: Image, who: Identity, grid: Grid) -> Image:
    """Hairs along the brow lines, steep at the inner end, drawn one by one."""
    layer = np.zeros(SHAPE, np.float32)
    for side, lift in zip((-1, 1), rng.normal(0, 0.010, 2), strict=True):
        for _ in range(int(150 * who.brow_density)):
            t = rng.random()
            x, y = brow_line(who, t)
            thick = who.brow_thickness * (0.45 + 0.75 * np.sin(np.pi * min(1, t * 0.8 + 0.22)))
            y += lift + rng.uniform(-1, 1) * thick
            lean = -72 + 62 * min(1, t * 1.5) if t < 0.7 else -8 + 40 * (t - 0.7)
            angle = np.deg2rad(lean + rng.normal(0, 9))
            length = rng.uniform(0.04, 0.085)
            rise = length * np.sin(angle)
            start = (side * x, y + 0.5 * abs(rise))
            end = (side * (x + length * np.cos(angle)), start[1] + rise)
            value = float(rng.uniform(0.5, 1))
            cv2.line(layer, _fixed(start), _fixed(end), value, 1, cv2.LINE_8, SUBPIXEL)
    hairs = np.clip(blur(layer, 1.0) * 1.15, 0, 0.92)
    # Drawn on the frontal face, and sampled where its points show after pose.
    posed = sample(hairs, (grid.x - LEFT) * PX - 0.5, (grid.y - TOP) * PX - 0.5)
    return mix(image, 0.85 * who.hair + 0.12 * who.skin, posed)

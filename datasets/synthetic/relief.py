"""The shape of a face as a height map, and how light falls on it."""

from __future__ import annotations

import numpy as np

from .geometry import PX, Grid, half_width, lip_lines, nasolabial_fold
from .identity import Identity
from .shapes import Image, blob, blur, cloud, ramp, stroke


def draw_relief(rng: np.random.Generator, who: Identity, grid: Grid) -> Image:
    """Height above the picture plane, (h, w), face units."""
    z = _skull(who, grid) + _nose(who, grid) + _orbits(who, grid) + _mouth(who, grid)
    z -= _folds(who, grid)
    z += 0.0011 * cloud(rng, z.shape, 3.0, 2) * (0.6 + 0.8 * who.age)
    return np.asarray(z, np.float32)


def _skull(who: Identity, grid: Grid) -> Image:
    side = np.abs(grid.x)
    # The relief must not taper to the tip of the chin as the outline does.
    across = side / half_width(who, np.minimum(grid.y, who.chin_y + 0.02))
    heights = [-1.1, -0.8, -0.3, 0.1, 0.7, 1.15, who.chin_y, who.chin_y + 0.12]
    profile = np.interp(grid.y, heights, [0.62, 0.86, 0.98, 0.97, 0.97, 0.94, 0.90, 0.78])
    z = 0.80 * profile * np.sqrt(np.clip(1 - (across / 1.03) ** 2.3, 0.0, 1))
    z += 0.07 * blob(side, grid.y, 0.62, 0.34, 0.22, 0.15)
    z -= 0.035 * blob(side, grid.y, 0.64, 0.85, 0.16, 0.2)
    z += 0.055 * blob(grid.x, grid.y, 0, who.chin_y - 0.13, 0.22, 0.12)
    z -= 0.10 * ramp(who.chin_y - 0.04, who.chin_y + 0.09, grid.y)
    return np.asarray(z, np.float32)


def _nose(who: Identity, grid: Grid) -> Image:
    side, y = np.abs(grid.x), grid.y
    base, wing = who.nose_y, who.nose_width
    t = np.clip((y + 0.16) / (base + 0.16), 0, 1)
    ridge = (0.055 + who.nose_height * t**1.25) * np.exp(-((side / (0.10 + 0.065 * t)) ** 2))
    z = ridge * ramp(base + 0.20, base - 0.01, y) * ramp(-0.34, -0.02, y)
    z += 0.06 * blob(side, y, 0, base, 0.085, 0.07)
    z += 0.075 * blob(side, y, wing, base + 0.055, 0.055, 0.06)
    edge = [(wing + 0.06, base - 0.03), (wing + 0.075, base + 0.07), (wing + 0.02, base + 0.12)]
    return np.asarray(z - 0.045 * stroke(side, y, edge, 0.022), np.float32)


def _orbits(who: Identity, grid: Grid) -> Image:
    side, y = np.abs(grid.x), grid.y
    z = -0.15 * blob(side, y, who.eye_x - 0.02, -0.06, 0.22, 0.12)
    z -= 0.09 * blob(side, y, 0.19, -0.03, 0.06, 0.08)
    z += 0.085 * blob(side, y, who.eye_x, 0.0, 0.15, 0.085)
    z += (0.035 + 0.03 * who.male) * blob(side, y, 0.40, who.brow_y + 0.02, 0.26, 0.06)
    return z


def _mouth(who: Identity, grid: Grid) -> Image:
    x, y, side = grid.x, grid.y, np.abs(grid.x)
    seam, upper, lower = lip_lines(who, x)
    inside = ramp(who.mouth_width + 0.03, who.mouth_width - 0.08, side)
    z = 0.085 * blob(side, y, 0, who.mouth_y, 0.36, 0.22)
    z += 0.045 * inside * np.exp(-(((y - (upper + seam) / 2) / 0.035) ** 2))
    z += 0.055 * inside * np.exp(-(((y - (lower + seam) / 2) / 0.042) ** 2))
    z -= 0.055 * inside * np.exp(-(((y - seam) / 0.016) ** 2))
    z -= 0.022 * blob(x, y, 0, (who.nose_y + who.mouth_y) / 2 + 0.05, 0.03, 0.07)
    z -= 0.05 * blob(x, y, 0, who.mouth_y + 0.215, 0.20, 0.045)
    return z


def _folds(who: Identity, grid: Grid) -> Image:
    """Depth of the lines that a face at rest has, deeper with age."""
    side, y = np.abs(grid.x), grid.y
    depth = (0.010 + 0.030 * who.age) * stroke(side, y, nasolabial_fold(who), 0.030)
    bags = [(0.22, 0.10), (0.34, 0.17), (0.50, 0.185)]
    depth += (0.006 + 0.018 * who.age) * stroke(side, y, bags, 0.022)
    for wave, height in enumerate((-0.46, -0.56, -0.66)):
        across = np.linspace(-0.55, 0.55, 9)
        line = [(float(a), float(height + 0.015 * np.sin(3 * a + wave))) for a in across]
        depth += 0.010 * who.age * stroke(grid.x, y, line, 0.014)
    return depth


def _normals(z: Image, smooth: float) -> tuple[Image, Image, Image, Image]:
    """Slopes, 1 / length of the normal, and the smoothed relief."""
    smoothed = blur(z, smooth)
    down, right = np.gradient(smoothed)
    nx, ny = np.asarray(-right * PX, np.float32), np.asarray(-down * PX, np.float32)
    return nx, ny, np.asarray(1 / np.sqrt(nx * nx + ny * ny + 1), np.float32), smoothed


def shading(z: Image, who: Identity) -> Image:
    """Light per albedo, (h, w) about 0.3 to 1.1: key light, sky, and occlusion in hollows."""
    nx, ny, inverse, smoothed = _normals(z, 1.2)
    key = np.clip((nx * who.light[0] + ny * who.light[1] + who.light[2]) * inverse, 0, 1)
    sky = 0.55 + 0.75 * (0.5 - 0.35 * ny * inverse)
    hollows = np.clip(1 + 2.2 * (smoothed - blur(smoothed, 0.075 * PX)), 0.45, 1.12)
    hollows *= np.clip(1 + 0.55 * (smoothed - blur(smoothed, 0.22 * PX)), 0.6, 1.1)
    light = who.light_share * key**0.8 + (0.97 - who.light_share) * sky * inverse**0.25
    return np.asarray(light * hollows, np.float32)


def gloss(rng: np.random.Generator, z: Image, who: Identity, grid: Grid) -> Image:
    """Specular light in grey levels, strongest on forehead, nose and cheekbones."""
    nx, ny, inverse, _ = _normals(z, 2.0)
    half = who.light + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    mirror = np.clip((nx * half[0] + ny * half[1] + half[2]) * inverse, 0, 1) ** 22
    side = np.abs(grid.x)
    oily = blob(side, grid.y, 0, -0.45, 0.45, 0.2) + blob(grid.x, grid.y, 0, 0.4, 0.09, 0.25)
    oily = oily + 0.7 * blob(side, grid.y, 0.55, 0.3, 0.2, 0.13) + 0.2
    patchy = 0.6 + 0.4 * np.clip(cloud(rng, z.shape, 40), -1, 1)
    return np.asarray(20 * mirror * oily * patchy, np.float32)

"""A neutral face as layers: posed grid, relief, lit skin, eye openings, eyeballs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .geometry import SHAPE, Grid, draw_grid
from .identity import Identity, Style, draw_identity
from .relief import draw_relief, gloss, shading
from .shapes import Image, cloud, mix, ramp
from .skin import draw_skin
from .surroundings import draw_backdrop, draw_eyes, draw_hair


@dataclass(frozen=True)
class Face:
    """One subject at rest, on the texture grid (h, w).

    Attributes:
        who: proportions, colours, light.
        grid: coordinates of every texture pixel.
        relief: (h, w) height, face units.
        light: (h, w) shading of the relief.
        skin: (h, w, 3) everything but the eyeballs, lit, RGB in grey levels.
        inside: (h, w) 1 on the face, 0 around it.
        opening: (h, w) 1 between the lids.
        eyeballs: (h, w, 3) RGB in grey levels.
        dimples: (h, w) unit-variance pattern that shows when the chin wrinkles.
    """

    who: Identity
    grid: Grid
    relief: Image
    light: Image
    skin: Image
    inside: Image
    opening: Image
    eyeballs: Image
    dimples: Image


def draw_face(rng: np.random.Generator, style: Style, spread: float = 1.0) -> Face:
    """Draw a subject."""
    who = draw_identity(rng, style, spread)
    grid = draw_grid(rng, who)
    relief = draw_relief(rng, who, grid)
    light = shading(relief, who)
    hair = draw_hair(rng, who, grid)
    albedo = mix(draw_skin(rng, who, grid), hair.colour, hair.cover)
    opening, eyeballs = draw_eyes(rng, who, style, grid)
    edge = ramp(who.chin_y + 0.095, who.chin_y + 0.075, grid.y)
    inside = np.asarray(ramp(1.015, 0.985, grid.across) * edge, np.float32)
    shine = gloss(rng, relief, who, grid)[..., None] * np.array([1, 0.97, 0.93], np.float32)
    lit = np.clip(albedo * light[..., None] + shine, 0, 255)
    skin = mix(draw_backdrop(rng, who, style, grid, hair), lit, inside)
    dimples = cloud(rng, SHAPE, 7)
    return Face(who, grid, relief, light, skin, inside, opening, eyeballs, dimples)

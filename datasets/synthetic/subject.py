"""A face as the camera sees it: the frames' grid and the action units' fields on it."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from .action_units import CREASES, PARTS_AT_SEAM, PULLS
from .face import Face, draw_face
from .geometry import LEFT, PX, TOP, landmarks, lip_lines, position
from .identity import Style
from .plan import HEIGHT, WIDTH
from .shapes import Image, blob, blur, ramp, sample, stroke

SCALE = 70.0
"""Frame pixels per face unit."""
CENTRE_Y = 0.37
"""The height on the face at the middle of the frame."""

Field = NDArray[np.float32]
"""Displacements (2, HEIGHT, WIDTH) in frame pixels: x, then y."""


@dataclass(frozen=True)
class Subject:
    """One person in front of the camera; arrays are (HEIGHT, WIDTH) unless said otherwise.

    Attributes:
        face: at rest, on the texture grid.
        style: of the database.
        turn: (2, 2) from frame pixels to texture pixels.
        base_x: texture column that shows in each frame pixel at rest.
        base_y: likewise the row.
        columns: frame coordinates.
        rows: frame coordinates.
        x: point of the frontal face that shows in each pixel.
        y: likewise, downwards.
        depth: height of the smoothed relief.
        inside: 1 on the face.
        opening: 1 between the lids.
        colour: (h, w, 1 or 3) texture of the skin, blurred as the lens does.
        soft_opening: (h, w) likewise of the openings between the lids.
        eyeballs: (h, w, 1 or 3) likewise of the eyeballs.
        words: landmark positions.
        made: fields and furrows computed so far.
    """

    face: Face
    style: Style
    turn: NDArray[np.float32]
    base_x: Image
    base_y: Image
    columns: Image
    rows: Image
    x: Image
    y: Image
    depth: Image
    inside: Image
    opening: Image
    colour: Image
    soft_opening: Image
    eyeballs: Image
    words: dict[str, float]
    made: dict[tuple[str, int, int], Image] = field(default_factory=dict, repr=False)

    def to_texture(self, shift_x: Image, shift_y: Image) -> tuple[Image, Image]:
        """Displacements in frame pixels as displacements in texture pixels."""
        turn = self.turn
        return (
            turn[0, 0] * shift_x + turn[0, 1] * shift_y,
            turn[1, 0] * shift_x + turn[1, 1] * shift_y,
        )

    def field(self, number: int, side: int) -> Field:
        """Unit field of one half of an action unit; +1 is the right of the picture.

        Scaled so that the longest vector is 1 px when both halves move.
        """
        if ("field", number, side) not in self.made:
            # Both halves at once: their common maximum scales either.
            halves = {half: _half_field(self, number, half) for half in (-1, 1)}
            both = halves[-1] + halves[1]
            top = np.sqrt((both**2).sum(axis=0)).max()
            for half, values in halves.items():
                self.made["field", number, half] = values / top
        return self.made["field", number, side]

    def furrow(self, number: int, side: int) -> Image:
        """Change of relief by one half of an action unit, on the texture grid."""
        key = ("furrow", number, side)
        if key not in self.made:
            self.made[key] = _half_furrow(self, number, side)
        return self.made[key]


def meet(rng: np.random.Generator, style: Style, spread: float = 1.0) -> Subject:
    """Draw a person and place the camera: slightly different in size, roll and position.

    Args:
        rng: of this person.
        style: of the database.
        spread: how much people's shapes differ; see `Knobs.identity`.
    """
    face = draw_face(rng, style, spread)
    scale = SCALE * float(np.exp(rng.normal(0, 0.025)))
    roll = float(rng.normal(0, 0.02))
    cosine, sine = np.cos(roll), np.sin(roll)
    turn = np.array([[cosine, -sine], [sine, cosine]], np.float32) * np.float32(PX / scale)
    # Half a pixel less, because pixels are centred on whole numbers.
    middle_x = -LEFT * PX + rng.normal(0, 1.5) - 0.5
    middle_y = (CENTRE_Y - TOP) * PX + rng.normal(0, 2.0) - 0.5
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    dx, dy = columns - (WIDTH - 1) / 2, rows - (HEIGHT - 1) / 2
    base_x = np.asarray(turn[0, 0] * dx + turn[0, 1] * dy + middle_x, np.float32)
    base_y = np.asarray(turn[1, 0] * dx + turn[1, 1] * dy + middle_y, np.float32)

    def seen(texture: Image) -> Image:
        return sample(texture, base_x, base_y)

    lens = style.blur * PX / SCALE
    return Subject(
        face=face,
        style=style,
        turn=turn,
        base_x=base_x,
        base_y=base_y,
        columns=columns,
        rows=rows,
        x=seen(face.grid.x),
        y=seen(face.grid.y),
        depth=seen(blur(face.relief, 4)),
        inside=seen(face.inside),
        opening=seen(face.opening),
        colour=blur(_channels(face.skin, style), lens),
        soft_opening=blur(face.opening, lens),
        eyeballs=blur(_channels(face.eyeballs, style), lens),
        words=landmarks(face.who),
    )


def _channels(image: Image, style: Style) -> Image:
    """RGB, or one grey channel where the database is grey (ITU-R 601)."""
    if not style.gray:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), np.float32)[..., None]


def _half_field(subject: Subject, number: int, side: int) -> Field:
    """Sum of an action unit's pulls on one half of the face, not yet scaled."""
    total = np.zeros((2, HEIGHT, WIDTH), np.float32)
    x, y, words = subject.x, subject.y, subject.words
    for pull in PULLS[number]:
        at_x, at_y = position(words, pull.x), position(words, pull.y)
        patch = pull.weight * blob(x, y, side * at_x, at_y, pull.sx, pull.sy)
        if at_x == 0:
            # A mid-line patch would be added twice, by each half; the ramp makes both sum to one.
            patch = patch * ramp(-0.12, 0.12, side * x)
            if number in PARTS_AT_SEAM:
                seam = lip_lines(subject.face.who, x)[0]
                soft = 0.012 if at_y > words["mouth"] else -0.012
                patch = patch * ramp(seam - soft, seam + soft, y)
        total[0] += side * pull.dx * patch
        total[1] += pull.dy * patch
    # Nothing but the face moves: background and hair around it stay where they are.
    return total * subject.inside


def _half_furrow(subject: Subject, number: int, side: int) -> Image:
    """Creases of an action unit on one half, depth negative; the chin raiser dimples the chin."""
    grid, words = subject.face.grid, subject.words
    relief = np.zeros(grid.x.shape, np.float32)
    for crease in CREASES.get(number, ()):
        points = [(side * position(words, a), position(words, b)) for a, b in crease.points]
        line = crease.depth * stroke(grid.x, grid.y, points, crease.width)
        from_middle = abs(points[0][0]) <= 0.02
        relief -= line * ramp(-0.03, 0.03, side * grid.x) if from_middle else line
    if number == 17:
        boss = blob(grid.x, grid.y, 0, words["chin"], 0.15, 0.09)
        relief += 0.35 * subject.face.dimples * boss * ramp(-0.05, 0.05, side * grid.x)
    return relief

"""Who a subject is: proportions, skin, hair and light, drawn within a database's style.

Lengths are in face units: x in [-1, 1] runs from cheek to cheek, y downwards from the eye line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float32]

SKIN = np.array(
    [
        *((238, 205, 186), (229, 190, 165), (214, 170, 139)),
        *((188, 140, 108), (146, 101, 75), (102, 69, 53)),
    ],
    np.float32,
)
HAIR = np.array(
    [(24, 20, 20), (40, 28, 22), (70, 46, 30), (120, 84, 50), (165, 130, 86), (135, 130, 128)],
    np.float32,
)


@dataclass(frozen=True)
class Style:
    """What one database looks like.

    Attributes:
        tones: range of skin tones, as positions in `SKIN`.
        gray: one channel instead of three.
        noise: standard deviation of the sensor noise, grey levels.
        light: spread of the direction of light.
        blur: standard deviation of the point-spread function, output pixels.
        backdrop: range of the background's brightness.
        hairs: chances of the colours in `HAIR`.
        dark_eyes: chance of dark brown eyes.
    """

    tones: tuple[float, float]
    gray: bool
    noise: float
    light: float
    blur: float
    backdrop: tuple[float, float]
    hairs: tuple[float, ...]
    dark_eyes: float


_VARIED = (0.45, 0.2, 0.12, 0.1, 0.06, 0.07)
_BLACK = (0.7, 0.25, 0.05, 0.0, 0.0, 0.0)
STYLES = {
    "smic": Style((0.0, 3.2), False, 1.32, 0.35, 0.75, (95, 190), _VARIED, 0.5),
    "casme2": Style((0.6, 2.4), False, 0.96, 0.18, 0.60, (95, 190), _BLACK, 1.0),
    "samm": Style((0.0, 5.0), True, 0.96, 0.22, 0.60, (120, 170), _VARIED, 0.5),
}


@dataclass(frozen=True)
class Identity:
    """One person; x and y are positions, the rest sizes, in face units.

    Attributes:
        age: 0 young to 1 old: folds and grain of the skin.
        tone: position in `SKIN`.
        fold: 0 visible lid crease to 1 heavy single fold.
        light: unit vector towards the key light (x, y, towards the camera).
        light_share: share of the light that is directed.
    """

    male: bool
    age: float
    tone: float
    skin: Colour
    hair: Colour
    width: float
    jaw: float
    chin_y: float
    chin_width: float
    eye_x: float
    eye_width: float
    eye_height: float
    eye_tilt: float
    fold: float
    brow_y: float
    brow_arch: float
    brow_thickness: float
    brow_density: float
    nose_y: float
    nose_width: float
    nose_height: float
    mouth_y: float
    mouth_width: float
    mouth_curve: float
    upper_lip: float
    lower_lip: float
    hairline: float
    temple: float
    yaw: float
    pitch: float
    light: Colour
    light_share: float


def draw_identity(rng: np.random.Generator, style: Style, spread: float = 1.0) -> Identity:
    """Draw a person; spreads follow adult anthropometry loosely, multiplied by `spread`."""

    def near(mean: float, sd: float) -> float:
        return float(mean + spread * rng.normal(0, sd))

    male = bool(rng.random() < 0.5)
    man = float(male)
    nose_y = near(0.53, 0.04)
    jaw = near(0.80 + 0.05 * man, 0.04)
    tone = float(rng.uniform(*style.tones))
    # Dark skin with fair hair is rare enough to leave out.
    hairs = style.hairs if tone < 2.2 else _BLACK
    direction = np.array([rng.normal(0, style.light), rng.normal(-0.35, 0.12), 1.0], np.float32)
    return Identity(
        male=male,
        age=float(rng.uniform() ** 1.5),
        tone=tone,
        skin=_between(SKIN, tone) + rng.normal(0, 4, 3).astype(np.float32),
        hair=HAIR[rng.choice(len(HAIR), p=hairs)] * np.float32(rng.uniform(0.8, 1.15)),
        width=near(1.0, 0.035),
        jaw=jaw,
        chin_y=near(1.42, 0.045),
        # A wider chin would dent the outline between chin and jaw.
        chin_width=min(near(0.40 + 0.06 * man, 0.04), jaw - 0.38),
        eye_x=near(0.43, 0.018),
        eye_width=near(0.205, 0.014),
        eye_height=float(np.clip(near(0.080, 0.013), 0.054, 0.105)),
        eye_tilt=near(-0.02, 0.02),
        fold=float(rng.uniform()),
        brow_y=near(-0.265 + 0.03 * man, 0.028),
        brow_arch=near(0.045 - 0.02 * man, 0.018),
        brow_thickness=near(0.036 + 0.010 * man, 0.006),
        brow_density=float(rng.uniform(0.55, 1.0)),
        nose_y=nose_y,
        nose_width=near(0.175 + 0.02 * man, 0.02),
        nose_height=near(0.20, 0.03),
        mouth_y=max(near(0.94, 0.03), nose_y + 0.31),
        mouth_width=near(0.355, 0.03),
        mouth_curve=near(0.0, 0.018),
        upper_lip=max(near(0.072, 0.015), 0.035),
        lower_lip=max(near(0.098, 0.017), 0.05),
        hairline=near(-0.78, 0.07),
        temple=near(0.93, 0.03),
        yaw=near(0.0, 0.05),
        pitch=near(0.0, 0.035),
        light=direction / np.linalg.norm(direction),
        light_share=float(rng.uniform(0.55, 0.72)),
    )


def _between(scale: Colour, position: float) -> Colour:
    """The colour at a fractional position of a scale."""
    whole = min(int(position), len(scale) - 2)
    part = np.float32(position - whole)
    return np.asarray(scale[whole] * (1 - part) + scale[whole + 1] * part, np.float32)

"""The action units that can be drawn, as data: how the skin is pulled and where it creases.

Directions follow the Facial Action Coding System (Ekman, Friesen, Hager 2002). Places are words
of `geometry.landmarks` with an offset in face units, "brow-.20". dx > 0 leads away from the
mid-line, dy > 0 down. What is written for one half of the face holds mirrored for the other.
"""

from __future__ import annotations

from typing import NamedTuple


class Pull(NamedTuple):
    """A Gaussian patch of skin that moves.

    Attributes:
        x: place across; "0" is the mid-line.
        y: place down.
        sx: standard deviation of the patch across.
        sy: standard deviation of the patch down.
        dx: sideways direction.
        dy: downward direction.
        weight: length of the movement relative to the unit's other pulls.
    """

    x: str
    y: str
    sx: float
    sy: float
    dx: float
    dy: float
    weight: float


class Crease(NamedTuple):
    """A furrow that deepens with the action unit; `width` in face units, `depth` relative."""

    points: tuple[tuple[str, str], ...]
    width: float
    depth: float


PULLS: dict[int, tuple[Pull, ...]] = {
    1: (  # inner brow raiser
        Pull("inner_brow", "brow", 0.15, 0.13, 0.0, -1, 1.0),
        Pull("inner_brow", "brow-.20", 0.17, 0.13, 0.0, -1, 0.55),
        Pull("inner_brow", "upper_lid", 0.14, 0.05, 0.0, -1, 0.25),
    ),
    2: (  # outer brow raiser
        Pull("outer_brow", "brow", 0.17, 0.13, 0.05, -1, 1.0),
        Pull("outer_brow", "brow-.20", 0.20, 0.14, 0.0, -1, 0.50),
        Pull("mid_brow", "brow", 0.12, 0.10, 0.0, -1, 0.45),
        Pull("eye_corner", "upper_lid", 0.10, 0.05, 0.0, -1, 0.35),
    ),
    4: (  # brow lowerer: down and together
        Pull("inner_brow", "brow", 0.13, 0.11, -0.45, 0.9, 1.0),
        Pull("mid_brow", "brow", 0.16, 0.10, -0.30, 0.75, 0.70),
        Pull("inner_brow", "brow-.18", 0.13, 0.12, -0.15, 0.6, 0.45),
        Pull("inner_brow", "upper_lid", 0.13, 0.05, 0.0, 1, 0.30),
    ),
    5: (  # upper lid raiser
        Pull("pupil", "upper_lid", 0.17, 0.045, 0.0, -1, 1.0),
        Pull("pupil", "upper_lid-.08", 0.17, 0.05, 0.0, -1, 0.40),
    ),
    6: (  # cheek raiser: the ring around the eye closes; cheek, temple and brow end move to the eye
        Pull("cheek", "cheekbone", 0.24, 0.13, -0.30, -0.95, 1.0),
        Pull("pupil", "lower_lid+.06", 0.18, 0.06, -0.05, -0.9, 0.60),
        Pull("eye_corner+.12", "eye", 0.09, 0.10, -1, -0.1, 0.55),
        Pull("outer_brow", "brow", 0.13, 0.08, -0.2, 1, 0.25),
    ),
    7: (  # lid tightener
        Pull("pupil", "lower_lid", 0.17, 0.055, -0.12, -1, 1.0),
        Pull("pupil", "upper_lid", 0.16, 0.04, -0.05, 0.8, 0.60),
    ),
    9: (  # nose wrinkler: skin beside the nose towards its root, brows down and together
        Pull("nose_side", "nose_bridge", 0.10, 0.15, -0.10, -1, 1.0),
        Pull("nostril", "nose_base", 0.09, 0.09, -0.15, -1, 0.85),
        Pull(".27", "nose_bridge+.05", 0.10, 0.12, -0.30, -0.9, 0.45),
        Pull("inner_brow", "brow", 0.11, 0.09, -0.35, 0.8, 0.75),
        Pull("lip_peak", "upper_lip", 0.13, 0.08, -0.05, -1, 0.40),
        Pull("pupil-.1", "lower_lid", 0.12, 0.05, 0.0, -0.8, 0.30),
    ),
    10: (  # upper lip raiser
        Pull("lip_peak", "upper_lip", 0.13, 0.08, 0.05, -1, 1.0),
        Pull("nostril", "nose_base+.05", 0.09, 0.08, 0.2, -1, 0.50),
        Pull(".36", "nose_base+.12", 0.12, 0.14, 0.1, -0.8, 0.45),
    ),
    12: (  # lip corner puller: out and up
        Pull("mouth_corner+.02", "mouth", 0.11, 0.11, 0.75, -0.85, 1.0),
        Pull(".56", "mouth-.28", 0.18, 0.17, 0.25, -0.75, 0.55),
        Pull("lip_peak", "upper_lip", 0.14, 0.07, 0.6, -0.15, 0.28),
        Pull(".2", "lower_lip", 0.13, 0.07, 0.6, 0.0, 0.28),
    ),
    13: (  # sharp lip puller: corner steeply up, cheek puffs
        Pull("mouth_corner", "mouth", 0.09, 0.09, 0.15, -1, 1.0),
        Pull(".50", "mouth-.24", 0.14, 0.13, 0.10, -0.8, 0.55),
    ),
    14: (  # dimpler: corner and cheek tighten towards each other
        Pull("mouth_corner", "mouth", 0.09, 0.09, 0.95, -0.05, 1.0),
        Pull("mouth_corner+.16", "mouth", 0.09, 0.12, -0.85, 0.0, 0.60),
        Pull("lip_peak", "mouth", 0.12, 0.06, 0.6, 0.0, 0.35),
    ),
    15: (  # lip corner depressor
        Pull("mouth_corner", "mouth", 0.12, 0.09, 0.10, 1, 1.0),
        Pull("mouth_corner", "mouth+.20", 0.14, 0.12, 0.0, 0.9, 0.50),
        Pull(".18", "lower_lip", 0.12, 0.06, 0.1, 0.5, 0.30),
    ),
    17: (  # chin raiser
        Pull("0", "chin", 0.24, 0.12, 0.0, -1, 1.0),
        Pull("0", "lower_lip+.03", 0.22, 0.07, 0.0, -1, 0.70),
        Pull("mouth_corner", "mouth+.08", 0.12, 0.10, 0.0, -0.2, 0.30),
    ),
    18: (  # lip pucker: corners to the middle
        Pull("mouth_corner", "mouth", 0.12, 0.09, -1, 0.0, 1.0),
        Pull(".2", "upper_lip", 0.12, 0.07, -0.6, -0.15, 0.45),
        Pull(".2", "lower_lip", 0.12, 0.07, -0.6, 0.15, 0.45),
    ),
    20: (  # lip stretcher
        Pull("mouth_corner", "mouth+.02", 0.16, 0.11, 1, 0.12, 1.0),
        Pull(".2", "upper_lip", 0.13, 0.07, 0.7, 0.0, 0.45),
        Pull(".2", "lower_lip", 0.13, 0.07, 0.7, 0.05, 0.45),
        Pull(".50", "mouth+.12", 0.16, 0.16, 0.8, 0.1, 0.40),
    ),
    23: (  # lip tightener
        Pull("mouth_corner", "mouth", 0.11, 0.07, -1, 0.0, 0.9),
        Pull("0", "upper_lip", 0.20, 0.035, 0.0, 0.9, 0.7),
        Pull("0", "lower_lip", 0.20, 0.04, 0.0, -0.9, 0.8),
    ),
    24: (  # lip pressor
        Pull("0", "upper_lip", 0.26, 0.04, 0.0, 1, 0.9),
        Pull("0", "lower_lip", 0.26, 0.05, 0.0, -1, 1.0),
        Pull("0", "chin", 0.22, 0.12, 0.0, -0.4, 0.4),
    ),
    25: (  # lips part: the lower lip falls, the upper rises a little, the chin hardly moves
        Pull("0", "lower_lip", 0.24, 0.07, 0.0, 1, 1.0),
        Pull("0", "upper_lip", 0.22, 0.05, 0.0, -1, 0.30),
        Pull("0", "chin", 0.24, 0.14, 0.0, 1, 0.20),
    ),
    26: (  # jaw drop
        Pull("0", "lower_lip", 0.30, 0.09, 0.0, 1, 0.95),
        Pull("0", "chin", 0.42, 0.24, 0.0, 1, 1.0),
        Pull("mouth_corner", "mouth+.1", 0.14, 0.14, -0.1, 0.6, 0.5),
    ),
    38: (Pull("nostril", "nose_base", 0.08, 0.08, 1, -0.1, 1.0),),  # nostril dilator
    39: (Pull("nostril", "nose_base", 0.08, 0.08, -1, 0.1, 1.0),),  # nostril compressor
    43: (  # eyes closing: the upper lid falls
        Pull("pupil", "upper_lid", 0.17, 0.045, 0.0, 1, 1.0),
        Pull("pupil", "upper_lid-.08", 0.17, 0.05, 0.0, 1, 0.45),
    ),
}
PARTS_AT_SEAM = frozenset({23, 24, 25, 26})
"""Units that move the two lips apart or together: their mid-line pulls end at the seam."""
OFTEN_ONE_SIDED = frozenset({2, 10, 12, 14, 15})

CREASES: dict[int, tuple[Crease, ...]] = {
    1: (
        Crease((("0", "brow-.19"), (".16", "brow-.22"), (".28", "brow-.19")), 0.014, 1.0),
        Crease((("0", "brow-.29"), (".2", "brow-.32"), (".32", "brow-.29")), 0.014, 0.8),
    ),
    2: (
        Crease(((".30", "brow-.18"), (".46", "brow-.25"), (".66", "brow-.17")), 0.015, 1.0),
        Crease(((".30", "brow-.30"), (".48", "brow-.35"), (".62", "brow-.30")), 0.014, 0.6),
    ),
    4: (
        Crease(((".07", "brow+.07"), (".055", "brow-.02"), (".075", "brow-.13")), 0.014, 1.3),
        Crease((("0", "brow+.12"), (".07", "brow+.115")), 0.013, 0.5),
    ),
    6: (
        Crease((("eye_corner+.06", "eye-.01"), ("eye_corner+.17", "eye-.07")), 0.011, 0.8),
        Crease((("eye_corner+.06", "eye+.03"), ("eye_corner+.18", "eye+.06")), 0.011, 0.8),
        Crease((("pupil-.12", "lower_lid+.07"), ("pupil+.10", "lower_lid+.085")), 0.014, 0.9),
    ),
    7: (Crease((("pupil-.14", "lower_lid+.05"), ("pupil+.12", "lower_lid+.055")), 0.012, 0.9),),
    9: (
        Crease(
            (("0", "nose_bridge-.09"), (".09", "nose_bridge-.05"), (".13", "nose_bridge+.03")),
            0.013,
            1.2,
        ),
        Crease((("0", "nose_bridge-.02"), (".08", "nose_bridge+.02")), 0.012, 0.8),
    ),
    10: (
        Crease(
            (
                ("nostril+.06", "nose_base-.02"),
                (".33", "mouth-.20"),
                ("mouth_corner+.05", "mouth-.06"),
            ),
            0.020,
            1.2,
        ),
    ),
    12: (
        Crease(
            (
                ("nostril+.075", "nose_base+.02"),
                (".37", "mouth-.17"),
                ("mouth_corner+.11", "mouth-.01"),
                ("mouth_corner+.12", "mouth+.08"),
            ),
            0.020,
            1.3,
        ),
    ),
    14: (
        Crease(
            (
                ("mouth_corner+.055", "mouth-.06"),
                ("mouth_corner+.065", "mouth"),
                ("mouth_corner+.055", "mouth+.06"),
            ),
            0.013,
            1.5,
        ),
    ),
    15: (
        Crease((("mouth_corner+.03", "mouth+.05"), ("mouth_corner+.05", "mouth+.18")), 0.015, 1.1),
    ),
    17: (
        Crease(
            (("0", "lower_lip+.115"), (".16", "lower_lip+.12"), (".24", "lower_lip+.16")),
            0.018,
            1.1,
        ),
    ),
    20: (
        Crease(
            (
                ("mouth_corner+.08", "mouth-.10"),
                ("mouth_corner+.11", "mouth+.02"),
                ("mouth_corner+.07", "mouth+.14"),
            ),
            0.018,
            0.9,
        ),
    ),
    23: (Crease((("0", "upper_lip-.03"), (".2", "upper_lip-.02")), 0.012, 0.6),),
    24: (Crease((("0", "lower_lip+.06"), (".18", "lower_lip+.055")), 0.013, 0.9),),
}

OBJECTIVE: dict[str, tuple[tuple[int, ...], ...]] = {
    "I": ((6,), (12,), (6, 12), (6, 7, 12), (7, 12)),
    "II": ((1, 2), (5,), (25,), (1, 2, 25), (25, 26), (5, 24)),
    "III": ((23,), (4,), (4, 7), (4, 5), (4, 5, 7), (17, 24), (4, 6, 7), (4, 38)),
    "IV": (
        *((10,), (9,), (4, 9), (4, 40), (4, 5, 40), (4, 7, 9)),
        *((4, 9, 17), (4, 7, 10), (4, 5, 7, 9), (7, 10)),
    ),
    "V": ((1,), (15,), (1, 4), (6, 15), (15, 17)),
    "VI": ((1, 2, 4), (20,)),
}
"""Objective classes (Davison, Merghani, Yap 2018, table 2); every other set is class "VII"."""


def objective_class(numbers: frozenset[int]) -> str:
    """The objective class of a set of action units, "I" to "VII"."""
    for name, sets in OBJECTIVE.items():
        if any(numbers == frozenset(one) for one in sets):
            return name
    return "VII"

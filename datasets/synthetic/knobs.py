"""How hard a synthetic set is, and how many subjects and clips each preset has."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from bench.core.errors import BenchError
from bench.core.select import unknown

_TOPS = {"ambiguity": 1, "overlap": 1, "extra": 1, "unilateral": 1, "blink": 1, "identity": 2}
"""Chances end at 1; beyond twice the spread of adults, features leave the face."""

_CASME2_EMOTIONS = ("disgust", "repression", "happiness", "surprise", "others", "sadness", "fear")
AMBIGUITY: Mapping[tuple[str, str], float] = {
    **{("casme2", emotion): 0.02 for emotion in _CASME2_EMOTIONS},
    **{("samm", emotion): 0.15 for emotion in ("disgust", "fear", "sadness")},
}
"""Chance, by database and emotion, that a face shows another class's action units: what remains,
besides units that several emotions share, for the true action units to score what the annotated
ones score on the real tables (`bench/literature/ceilings.csv`)."""


@dataclass(frozen=True)
class Knobs:
    """Difficulty.

    Attributes:
        intensity: median peak displacement of an action unit, output pixels.
        spread: standard deviation of the logarithm of the intensity.
        ambiguity: chance that a face shows another class's action units than its label says, on
            top of what the coders of the database disagree about (`AMBIGUITY`).
        overlap: share of faces that may show units which are more usual in another class, as coders
            annotated them; at 0 every class has units of its own.
        extra: chance of an unrelated weak action unit, which is not annotated.
        unilateral: chance that a unit of `OFTEN_ONE_SIDED` is on one side only.
        furrow: strength of the change of shading by creases and bulges.
        head: head motion over the clip, output pixels.
        blink: chance of a blink away from the apex.
        light: drift of the illumination, as a share.
        noise: pixel noise, relative to the database's camera: grain and, as video compression
            leaves it, blotches that change from frame to frame.
        identity: how much the shapes of people's faces differ, relative to adults'; 0 to 2.
    """

    intensity: float = 1.0
    spread: float = 0.35
    ambiguity: float = 0.0
    overlap: float = 1.0
    extra: float = 0.20
    unilateral: float = 0.20
    furrow: float = 1.0
    head: float = 0.6
    blink: float = 0.15
    light: float = 0.006
    noise: float = 1.0
    identity: float = 1.0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            top = _TOPS.get(field.name, math.inf)
            if not (math.isfinite(value) and 0 <= value <= top):
                limits = "0 or more" if top == math.inf else f"from 0 to {top:g}"
                raise BenchError(f"knob {field.name} is {value}; it must be {limits}")

    def chance_of_another(self, database: str, emotion: str) -> float:
        """Chance that a face shows another class's action units than the emotion's."""
        own = self.overlap * AMBIGUITY.get((database, emotion), 0.0)
        return 1 - (1 - self.ambiguity) * (1 - own)


@dataclass(frozen=True)
class Cast:
    """Who appears in one database's stand-in, and how often.

    Attributes:
        subjects: numbers of the people in the three-class set.
        bystanders: people who only have clips outside the three-class set.
        frames: least and most frames from onset to offset.
        listed: clips per emotion in the three-class set of MEGC 2019.
        unlisted: clips per emotion outside it.
    """

    subjects: tuple[int, ...]
    frames: tuple[int, int]
    listed: Mapping[str, int]
    unlisted: Mapping[str, int]
    bystanders: tuple[int, ...] = ()


@dataclass(frozen=True)
class Preset:
    """A named set: its default knobs and, per database, its cast."""

    knobs: Knobs
    casts: Mapping[str, Cast]


_SMIC = (1, 2, 3, 4, 5, 6, 8, 9, 11, 12, 13, 14, 15, 18, 19, 20)
_CASME2 = (*range(1, 10), *range(11, 18), *range(19, 27))
_SAMM = (6, 7, *range(9, 25), 26, 28, *range(30, 38))

FULL: Mapping[str, Cast] = {
    "smic": Cast(
        _SMIC,
        (22, 50),
        {"disgust": 40, "sadness": 18, "fear": 12, "happiness": 51, "surprise": 43},
        {},
    ),
    # 255 rows as in the owners' table. Two of its 63 disgust clips are not in the list of 442.
    "casme2": Cast(
        _CASME2,
        (34, 70),
        {"disgust": 61, "repression": 27, "happiness": 32, "surprise": 25},
        {"others": 99, "sadness": 7, "fear": 2},
        bystanders=(10, 18),
    ),
    "samm": Cast(
        _SAMM,
        (40, 76),
        {"anger": 57, "contempt": 12, "disgust": 9, "fear": 8, "sadness": 6}
        | {"happiness": 26, "surprise": 15},
        {"others": 26},
        bystanders=(25,),
    ),
}
SMALL: Mapping[str, Cast] = {
    "smic": Cast(
        _SMIC[:8],
        (14, 24),
        {"disgust": 8, "sadness": 3, "fear": 2, "happiness": 12, "surprise": 11},
        {},
    ),
    "casme2": Cast(
        _CASME2[:8],
        (18, 30),
        {"disgust": 7, "repression": 6, "happiness": 12, "surprise": 11},
        {"others": 6, "sadness": 1, "fear": 1},
    ),
    "samm": Cast(
        _SAMM[:8],
        (20, 32),
        {"anger": 2, "contempt": 2, "disgust": 4, "fear": 1, "sadness": 4}
        | {"happiness": 12, "surprise": 11},
        {"others": 5},
    ),
}
# Strong enough that about a hundred clips tell texture, flow and networks from chance.
TINY = Knobs(intensity=2.5, spread=0.20, extra=0.05, unilateral=0.10, furrow=2.0, head=0.3)
PRESETS: Mapping[str, Preset] = {
    "tiny": Preset(TINY, SMALL),
    "3db": Preset(Knobs(), FULL),
    # More to see, or an apex frame alone would show a network nothing that it could learn.
    "apex": Preset(Knobs(furrow=2.5, intensity=1.6), FULL),
}
"""docs/synthetic.md has what simple methods score on each."""


def find_preset(name: str) -> Preset:
    """The preset of that name, or an error that lists them."""
    if name not in PRESETS:
        raise BenchError(
            f"no preset {name!r} of the synthetic sets; there are {', '.join(PRESETS)}"
        )
    return PRESETS[name]


def turned(knobs: Knobs, changes: Mapping[str, float]) -> Knobs:
    """Knobs with some of them changed, or an error that lists them all."""
    known = [field.name for field in fields(knobs)]
    for name in changes:
        if name not in known:
            raise unknown("knob", name, known)
    return replace(knobs, **changes)

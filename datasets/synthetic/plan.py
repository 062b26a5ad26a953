"""Who shows what in which clip: everything about a synthetic set but its pixels.

Every random choice has its own stream, named by what it is for, so that no choice depends on the
order or number of others: clips outside the three-class set leave those inside untouched, and
head motion, light and noise are drawn without knowledge of the emotion.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from typing import Literal, NamedTuple

import numpy as np

from .action_units import OFTEN_ONE_SIDED
from .coded_units import Shown, counted, is_shown, shown
from .knobs import Cast, Knobs, Preset

WIDTH, HEIGHT = 140, 170
"""Size of a frame."""
Side = Literal["", "L", "R"]
CLASSES = ("negative", "positive", "surprise")
THREE: Mapping[str, str] = {
    "happiness": "positive",
    "surprise": "surprise",
    **dict.fromkeys(("anger", "contempt", "disgust", "fear", "repression", "sadness"), "negative"),
}
"""The class of each emotion in MEGC 2019; "others" has none."""
# Positions in these two seed the random streams: add at the end, never reorder.
DATABASES = ("smic", "casme2", "samm")
PURPOSES = ("cast", "unlisted", "face", "expressiveness", "units", "notes", "motion", "nuisance")
UNLISTED_FROM = 101
"""Clip numbers from here on are outside the three-class set."""


class ActionUnit(NamedTuple):
    """One action unit of a clip.

    Attributes:
        number: in FACS.
        side: the person's; "" for both.
        peak: displacement in px.
        coded: annotated, as by a coder who saw it.
    """

    number: int
    side: Side
    peak: float
    coded: bool = True


@dataclass(frozen=True)
class PlannedClip:
    """One clip to be made.

    Attributes:
        database: "smic", "casme2" or "samm".
        subject: number of the person.
        index: number of the clip within the subject; names its random streams.
        name: as the database names clips.
        emotion: the label.
        listed: belongs to the three-class set of 442.
        frames: number from onset to offset.
        apex: true position of the apex among them.
        first: number of the onset frame on disk.
        noted: annotated position of the apex; None: the table has a slash.
        units: what the face really does.
    """

    database: str
    subject: int
    index: int
    name: str
    emotion: str
    listed: bool
    frames: int
    apex: int
    first: int
    noted: int | None
    units: tuple[ActionUnit, ...]

    @property
    def person(self) -> str:
        """The subject as its folder spells it, without prefix: "s1", "01", "006"."""
        digits = {"smic": "s{}", "casme2": "{:02d}", "samm": "{:03d}"}
        return digits[self.database].format(self.subject)


def stream(
    seed: int, database: str, purpose: str, subject: int = 0, index: int = 0
) -> np.random.Generator:
    """The random stream for one purpose."""
    where = [DATABASES.index(database), PURPOSES.index(purpose)]
    return np.random.default_rng([seed, *where, subject, index])


def make_plan(preset: Preset, knobs: Knobs, seed: int) -> tuple[PlannedClip, ...]:
    """All clips of the three databases, sorted by database, subject and index."""
    clips: list[PlannedClip] = []
    for database, cast in preset.casts.items():
        parts = [(s, e, i, True) for s, e, i in _listed(cast, database, seed)]
        parts += [(s, e, i, False) for s, e, i in _unlisted(cast, database, seed)]
        made = [_clip(database, cast, *part, knobs, seed) for part in parts]
        made.sort(key=lambda clip: (clip.subject, clip.index))
        clips += _with_smic_names(made) if database == "smic" else made
        if database == "casme2":
            clips += _oddities(cast, knobs, seed)
    return tuple(sorted(clips, key=lambda clip: (clip.database, clip.subject, clip.index)))


def _listed(cast: Cast, database: str, seed: int) -> list[tuple[int, str, int]]:
    """(subject, emotion, index) of the three-class set; subjects differ in what they show."""
    rng = stream(seed, database, "cast")
    emotions = [emotion for emotion, count in cast.listed.items() for _ in range(count)]
    rng.shuffle(emotions)
    number = len(cast.subjects)
    # Unequal shares and moods, as in the real databases: folds differ in size and in classes.
    talkative = rng.dirichlet(np.full(number, 1.5))
    mood = rng.dirichlet(np.full(len(CLASSES), 4.0), number)
    # Everyone in the cast gets a clip first, so that no subject is missing from the set.
    who = list(range(number))
    for emotion in emotions[number:]:
        chance = talkative * mood[:, CLASSES.index(THREE[emotion])]
        who.append(int(rng.choice(number, p=chance / chance.sum())))
    return _numbered([cast.subjects[w] for w in who], emotions, 1)


def _unlisted(cast: Cast, database: str, seed: int) -> list[tuple[int, str, int]]:
    """(subject, emotion, index) outside the three-class set; bystanders come first."""
    rng = stream(seed, database, "unlisted")
    emotions = [emotion for emotion, count in cast.unlisted.items() for _ in range(count)]
    people = cast.bystanders + cast.subjects
    who = list(cast.bystanders)
    who += [int(rng.choice(people)) for _ in emotions[len(who) :]]
    return _numbered(who, emotions, UNLISTED_FROM)


def _numbered(who: list[int], emotions: list[str], start: int) -> list[tuple[int, str, int]]:
    seen: dict[int, int] = {}
    rows = []
    for subject, emotion in zip(who, emotions, strict=True):
        index = seen.get(subject, start)
        seen[subject] = index + 1
        rows.append((subject, emotion, index))
    return rows


def _clip(
    database: str,
    cast: Cast,
    subject: int,
    emotion: str,
    index: int,
    listed: bool,
    knobs: Knobs,
    seed: int,
) -> PlannedClip:
    rng = stream(seed, database, "notes", subject, index)
    frames = int(rng.integers(cast.frames[0], cast.frames[1] + 1))
    apex = int(frames * rng.uniform(0.35, 0.55))
    first = int(rng.integers(20, 160) if database == "casme2" else rng.integers(1, 4000))
    # Human coders are off by a frame now and then.
    noted = int(np.clip(apex + rng.integers(-1, 2), 1, frames - 2))
    name = {
        "smic": "",
        "casme2": f"EP{1 + index % 19:02d}_{index:02d}{'f' if index % 3 else ''}",
        "samm": f"{subject:03d}_{1 + index // 7}_{index}",
    }[database]
    # A stream of the person, so that all of a person's clips are equally expressive.
    express = float(np.exp(stream(seed, database, "expressiveness", subject).normal(0, 0.20)))
    rng = stream(seed, database, "units", subject, index)
    units = draw_units(rng, database, emotion, knobs, express)
    return PlannedClip(
        database, subject, index, name, emotion, listed, frames, apex, first, noted, units
    )


def _with_smic_names(clips: list[PlannedClip]) -> list[PlannedClip]:
    """SMIC numbers its clips per subject and class: "s1_ne_01", "s1_sur_02"."""
    short = {"negative": "ne", "positive": "po", "surprise": "sur"}

    def group(clip: PlannedClip) -> tuple[int, str]:
        return clip.subject, THREE[clip.emotion]

    return [
        replace(clip, name=f"s{subject}_{short[word]}_{count:02d}")
        for (subject, word), same in groupby(sorted(clips, key=group), key=group)
        for count, clip in enumerate(same, 1)
    ]


def _oddities(cast: Cast, knobs: Knobs, seed: int) -> list[PlannedClip]:
    """The two disgust clips that CASME II's table has and the list of 442 has not.

    04/EP12_01f has a slash for its apex; 05/EP09_05f has its apex on the onset.
    """
    # A number far above those of drawn clips, so that these two share no random stream with them.
    index = UNLISTED_FROM + 400
    slash = _clip("casme2", cast, 4, "disgust", index, False, knobs, seed)
    early = _clip("casme2", cast, 5, "disgust", index, False, knobs, seed)
    return [replace(slash, name="EP12_01f", noted=None), replace(early, name="EP09_05f", noted=0)]


def draw_units(
    rng: np.random.Generator, database: str, emotion: str, knobs: Knobs, expressiveness: float
) -> tuple[ActionUnit, ...]:
    """What a face does under a label: a set of action units with sides and peaks in pixels."""
    meant = emotion
    if rng.random() < knobs.chance_of_another(database, emotion):
        # From another of the three classes: within the same one the label would still be right.
        coded = counted().get(database) or counted()["casme2"]
        meant = str(rng.choice([e for e in coded if THREE.get(e) != THREE.get(emotion)]))
    # No draw at the default, whose clips other values of the knob must not change.
    own = knobs.overlap < 1 and rng.random() >= knobs.overlap
    sets, chances = typical(database, meant) if own else shown(database, meant)
    numbers = sets[int(rng.choice(len(sets), p=chances))]
    base = knobs.intensity * expressiveness * float(np.exp(rng.normal(0, knobs.spread)))
    units = []
    for number in numbers:
        peak = float(np.clip(base * np.exp(rng.normal(0, 0.2)), 0.35, 3.0))
        # The dimpler is the most often one-sided of all: contempt.
        chance = min(1.0, 3 * knobs.unilateral) if number == 14 else knobs.unilateral
        one_sided = number in OFTEN_ONE_SIDED and rng.random() < chance
        side: Side = "" if not one_sided else "L" if rng.random() < 0.5 else "R"
        units.append(ActionUnit(number, side, peak))
    # Coders found an expression in every clip, though no unit in a few.
    if rng.random() < knobs.extra or not units:
        number = int(rng.choice([1, 2, 4, 7, 12, 14, 15, 17, 24, 25]))
        if number not in numbers:
            units.append(ActionUnit(number, "", 0.4 * base, coded=False))
    return tuple(units)


@cache
def typical(database: str, emotion: str) -> Shown:
    """Those of the sets shown under an emotion that no emotion of another class shows as often."""
    sets, chances = shown(database, emotion)
    names = {name for emotions in counted().values() for name in emotions}
    others = [
        dict(zip(*shown(database, name), strict=True))
        for name in sorted(names)
        if THREE.get(name) != THREE.get(emotion) and is_shown(database, name)
    ]
    own = [
        chance > max((other.get(one, 0.0) for other in others), default=0.0)
        for one, chance in zip(sets, chances, strict=True)
    ]
    kept = np.where(own, chances, 0)
    return Shown(sets, kept / kept.sum()) if kept.any() else Shown(sets, chances)


def by_subject(clips: tuple[PlannedClip, ...]) -> list[list[PlannedClip]]:
    """Clips grouped by person, the longest work first."""
    groups = [list(g) for _, g in groupby(clips, key=lambda c: (c.database, c.subject))]
    # The longest first, lest one worker still has most of its work when the others are done.
    return sorted(groups, key=lambda group: -sum(clip.frames for clip in group))

"""The stand-ins' action units: as often as in the real tables, and worth as much.

Both need labels and units alone, so no frame is drawn.
"""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from bench import Context, Training
from bench.core.clip import CodedUnit
from bench.data.reading.units import unit_codes
from bench.datasets.casme2 import Casme2
from bench.datasets.samm import Samm
from bench.datasets.synthetic.coded_units import Counts, counted, maximum_entropy, shown
from bench.datasets.synthetic.knobs import AMBIGUITY, PRESETS
from bench.datasets.synthetic.plan import THREE, PlannedClip, make_plan
from bench.literature.ceilings import ceilings
from bench.methods.auoracle import ActionUnitOracle
from bench.statistics.metrics import confusion, uf1

SEEDS = range(3)
CODED = [(database, emotion) for database in counted() for emotion in counted()[database]]


@cache
def plan(seed: int, overlap: float = 1.0) -> tuple[PlannedClip, ...]:
    return make_plan(PRESETS["3db"], replace(PRESETS["3db"].knobs, overlap=overlap), seed)


def coded(clip: PlannedClip) -> tuple[int, ...]:
    return tuple(unit.number for unit in clip.units if unit.coded)


@pytest.mark.parametrize(("database", "emotion"), CODED)
def test_expectations_are_the_counts(database: str, emotion: str) -> None:
    counts = counted()[database][emotion]
    sets, chances = maximum_entropy(counts)
    expected: Counter[object] = Counter()
    for numbers, chance in zip(sets, chances, strict=True):
        clips = chance * counts.clips
        expected[f"{len(numbers)} units"] += clips
        for i, a in enumerate(numbers):
            expected[a] += clips
            for b in numbers[i + 1 :]:
                expected[a, b] += clips
    given = {**counts.units, **counts.pairs}
    given |= {f"{size} units": clips for size, clips in counts.sizes.items()}
    assert {name: expected[name] for name in given} == pytest.approx(given, abs=0.2)
    unlisted = [n for pair, n in expected.items() if isinstance(pair, tuple) and pair not in given]
    # The real table has each of these pairs in one clip at most.
    assert max(unlisted, default=0) < 1.25


def test_the_entropy_is_the_greatest() -> None:
    """Of two independent units, none of whose pairs is known, the maximum is their product."""
    sets, chances = maximum_entropy(Counts({0: 42, 1: 46, 2: 12}, {4: 40, 12: 30}, {(4, 12): 12}))
    assert dict(zip(sets, chances, strict=True)) == pytest.approx(
        {(): 0.42, (4,): 0.28, (12,): 0.18, (4, 12): 0.12}, abs=1e-6
    )


def test_drawn_units_are_as_frequent_as_annotated_ones() -> None:
    """Within four standard errors of binomial draws, over the clips of three sets."""
    clips = [clip for seed in SEEDS for clip in plan(seed)]
    compared = 0
    for database, emotion in CODED:
        mine = [c for c in clips if (c.database, c.emotion) == (database, emotion)]
        drawn = Counter(number for clip in mine for number in coded(clip))
        sets, chances = shown(database, emotion)
        another = AMBIGUITY.get((database, emotion), 0.0)
        for number in {n for numbers in sets for n in numbers}:
            one = min(1.0, sum(p for s, p in zip(sets, chances, strict=True) if number in s))
            error = np.sqrt(one * (1 - one) * len(mine)) + 1
            assert abs(drawn[number] - one * len(mine)) < 4 * error + another * len(mine), (
                database,
                emotion,
                number,
            )
            compared += 1
    assert compared > 80


def test_smic_shows_what_the_coded_databases_do() -> None:
    sets, chances = shown("smic", "surprise")
    assert chances.sum() == pytest.approx(1)
    both = {*shown("casme2", "surprise").sets, *shown("samm", "surprise").sets}
    assert set(sets) == both


def test_a_unit_that_is_not_coded_is_weak_and_in_no_table() -> None:
    for clip in plan(0):
        weak = [unit for unit in clip.units if not unit.coded]
        assert clip.units
        assert len(weak) <= 1
        if weak and coded(clip):
            assert weak[0].peak < max(unit.peak for unit in clip.units if unit.coded)


def test_without_overlap_every_class_has_units_of_its_own() -> None:
    shown_by: dict[tuple[str, tuple[int, ...]], set[str | None]] = {}
    for clip in plan(0, overlap=0.0):
        key = (clip.database, coded(clip))
        shown_by.setdefault(key, set()).add(THREE.get(clip.emotion))
    assert max(map(len, shown_by.values())) == 1
    # At the default some sets are of several classes.
    mixed: dict[tuple[str, tuple[int, ...]], set[str | None]] = {}
    for clip in plan(0):
        mixed.setdefault((clip.database, coded(clip)), set()).add(THREE.get(clip.emotion))
    assert max(map(len, mixed.values())) > 1


def ceiling(seed: int, loader: type[Casme2] | type[Samm], labelling: str) -> float:
    """UF1 of the oracle in ten folds of subjects, with a fixed C: a cheap form of the board's."""
    task = loader.labellings[labelling]
    emotions = {"others": "other"} if loader is Samm else {}
    clips = [
        (clip, task.classes.index(task.of[word]))
        for clip in plan(seed)
        if clip.database == loader.name
        if (word := emotions.get(clip.emotion, clip.emotion)) in task.of
        if clip.listed or labelling == "5"
    ]
    codes = [
        unit_codes(CodedUnit(u.number, u.side) for u in clip.units if u.coded) for clip, _ in clips
    ]
    labels = np.array([label for _, label in clips])
    people = np.array([clip.subject for clip, _ in clips])
    counts = np.zeros((len(task.classes),) * 2, np.int64)
    for part in np.array_split(np.unique(people), 10):
        test = np.isin(people, part)
        train = Training(
            [code for code, out in zip(codes, test, strict=True) if not out],
            labels[~test],
            people[~test],
            len(task.classes),
        )
        model = ActionUnitOracle(C=10.0).fit(train, Context(seed=0, subjects=train.subjects))
        scores = model.predict([code for code, out in zip(codes, test, strict=True) if out])
        counts += confusion(labels[test], scores.argmax(axis=1), len(task.classes))
    return float(uf1(counts))


@pytest.mark.parametrize("labelling", ["5", "3"])
@pytest.mark.parametrize("loader", [Casme2, Samm])
def test_the_ceiling_is_that_of_the_real_tables(
    loader: type[Casme2] | type[Samm], labelling: str
) -> None:
    """Source: `bench/literature/ceilings.csv`, measured on the licensed tables."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [ceiling(seed, loader, labelling) for seed in SEEDS]
    assert np.mean(found) == pytest.approx(ceilings()[f"{loader.name}/{labelling}"], abs=0.05)

"""Who shows what: counts of the presets, independence of the streams, action units."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bench.core.errors import BenchError
from bench.datasets.casme2 import Casme2
from bench.datasets.samm import Samm
from bench.datasets.synthetic.action_units import CREASES, PULLS, objective_class
from bench.datasets.synthetic.coded_units import shown
from bench.datasets.synthetic.geometry import landmarks, position
from bench.datasets.synthetic.identity import STYLES, draw_identity
from bench.datasets.synthetic.knobs import FULL, PRESETS, Knobs, Preset, find_preset
from bench.datasets.synthetic.plan import THREE, PlannedClip, make_plan, stream
from bench.datasets.synthetic.truth import ORDER, action_unit_vector


def coded(clip: PlannedClip) -> tuple[int, ...]:
    return tuple(unit.number for unit in clip.units if unit.coded)


def plan(preset: str = "3db", seed: int = 0) -> tuple[PlannedClip, ...]:
    return make_plan(PRESETS[preset], PRESETS[preset].knobs, seed)


@pytest.mark.parametrize("preset", ["3db", "apex"])
@pytest.mark.parametrize("seed", [0, 1])
def test_full_presets_have_the_composite_of_megc_2019(preset: str, seed: int) -> None:
    listed = [clip for clip in plan(preset, seed) if clip.listed]
    classes = Counter((clip.database, THREE[clip.emotion]) for clip in listed)
    assert len(listed) == 442
    assert len({(clip.database, clip.subject) for clip in listed}) == 68
    words = ("negative", "positive", "surprise")
    assert [classes["smic", word] for word in words] == [70, 51, 43]
    assert [classes["casme2", word] for word in words] == [88, 32, 25]
    assert [classes["samm", word] for word in words] == [92, 26, 15]


def test_full_presets_have_the_other_classes() -> None:
    casme2 = [clip for clip in plan() if clip.database == "casme2"]
    samm = [clip for clip in plan() if clip.database == "samm"]
    assert len(casme2) == 255
    assert len({clip.subject for clip in casme2}) == 26
    emotions = Counter(clip.emotion for clip in casme2)
    assert emotions == {
        **{"others": 99, "disgust": 63, "happiness": 32, "repression": 27, "surprise": 25},
        **{"sadness": 7, "fear": 2},
    }
    assert len(samm) == 159
    assert len({clip.subject for clip in samm}) == 29
    assert Counter(clip.emotion for clip in samm)["others"] == 26


def test_the_rule_of_megc_2019_gives_the_list() -> None:
    for clip in plan():
        loader = {"casme2": Casme2, "samm": Samm}.get(clip.database)
        if loader is not None:
            three = loader.labellings["3"]
            out = f"{clip.database}/{clip.person}/{clip.name}" in three.without
            assert (clip.emotion in three.of and not out) == clip.listed


def test_tiny_is_tiny_and_has_every_class() -> None:
    clips = plan("tiny")
    for database in ("smic", "casme2", "samm"):
        mine = [clip for clip in clips if clip.database == database and clip.listed]
        assert len({clip.subject for clip in mine}) == 8
        assert 35 <= len(mine) <= 40
        assert min(Counter(THREE[clip.emotion] for clip in mine).values()) >= 10
    assert Counter(clip.emotion for clip in clips)["others"] >= 10
    for database in ("casme2", "samm"):
        units = [frozenset(u.number for u in c.units) for c in clips if c.database == database]
        assert {"I", "II", "III", "IV", "V"} <= set(map(objective_class, units))


def test_ids_are_unique_and_apexes_inside() -> None:
    clips = plan()
    ids = {(clip.database, clip.subject, clip.name.lower()) for clip in clips}
    streams = {(clip.database, clip.subject, clip.index) for clip in clips}
    assert len(ids) == len(streams) == len(clips) == 578
    assert all(0 < clip.apex < clip.frames - 1 for clip in clips)


def test_unlisted_clips_change_no_listed_one() -> None:
    casts = {name: replace(cast, unlisted={}, bystanders=()) for name, cast in FULL.items()}
    alone = make_plan(Preset(Knobs(), casts), Knobs(), 0)
    assert {c for c in alone if c.listed} == {c for c in plan() if c.listed}


def test_difficulty_changes_motion_and_nothing_else() -> None:
    preset = PRESETS["3db"]
    strong = make_plan(preset, replace(preset.knobs, intensity=2.0), 0)
    for weak, other in zip(plan(), strong, strict=True):
        assert replace(weak, units=()) == replace(other, units=())
        assert [u.number for u in weak.units] == [u.number for u in other.units]
    median = [np.median([u.peak for c in clips for u in c.units]) for clips in (plan(), strong)]
    assert 1.6 < median[1] / median[0] < 2.4


def test_ambiguity_is_the_share_of_faces_that_show_another_class() -> None:
    preset = PRESETS["3db"]

    def typical(ambiguity: float) -> float:
        knobs = replace(preset.knobs, ambiguity=ambiguity, extra=0)
        clips = [clip for clip in make_plan(preset, knobs, 0) if clip.listed]
        fits = [coded(clip) in shown(clip.database, clip.emotion).sets for clip in clips]
        return float(np.mean(fits))

    # Some sets are shown by several classes.
    assert typical(0) > 0.98
    assert 0.60 < typical(0.3) < 0.85


def test_tables_of_action_units_are_whole() -> None:
    words = landmarks(draw_identity(stream(0, "smic", "face", 1), STYLES["smic"]))
    assert len(ORDER) == len(PULLS) == 22
    assert set(CREASES) <= set(PULLS)
    for pulls in PULLS.values():
        for pull in pulls:
            assert 0 <= position(words, pull.x) < 1
            assert -0.8 < position(words, pull.y) < 1.6
    with pytest.raises(KeyError):
        position(words, "elbow+.1")


def test_objective_classes() -> None:
    given = {(6, 12): "I", (1, 2): "II", (4, 7): "III", (9,): "IV", (15,): "V", (20,): "VI"}
    assert {numbers: objective_class(frozenset(numbers)) for numbers in given} == given
    assert objective_class(frozenset({14})) == "VII"
    named = {objective_class(frozenset(u.number for u in c.units)) for c in plan()}
    assert {"I", "II", "III", "IV", "V"} <= named


def test_action_unit_vector_sums_by_unit() -> None:
    clip = next(clip for clip in plan() if len(clip.units) > 1)
    vector = action_unit_vector(clip.units)
    assert vector.dtype == np.float32
    assert {ORDER[i] for i in np.flatnonzero(vector)} == {unit.number for unit in clip.units}


def test_unknown_presets_and_knobs_are_named() -> None:
    with pytest.raises(BenchError, match=r"'huge'.*tiny, 3db, apex"):
        find_preset("huge")
    with pytest.raises(BenchError, match="ambiguity is 2"):
        Knobs(ambiguity=2)
    with pytest.raises(BenchError, match="noise is -1"):
        Knobs(noise=-1)

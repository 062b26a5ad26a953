"""Traps of published evaluations that no other test springs, and that docs/trust.md tells true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from bench.board.build import build
from bench.board.text import picture_name
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import truth
from bench.plugins.context import Context
from bench.plugins.registry import load
from bench.statistics.metrics import METRICS, confusion, uf1
from bench.store.record import Record
from bench.store.store import Store
from bench.store.task_file import TaskFile
from tests.sealing import edit

HERE = Path(__file__).parent
TRUST = (HERE.parent / "docs" / "trust.md").read_text(encoding="utf-8")


def record(fold: str, clips: list[str], scores: list[list[float]]) -> Record:
    return Record(
        key="", inputs={"seed": 0}, fold=fold, status="ok", label="m", preset="paper",
        family="", source="", clips=clips, scores=scores, seconds={},
    )  # fmt: skip


def test_predictions_are_joined_by_clip_not_by_row():
    """A perfect method on a table whose subjects' rows are interleaved."""
    clips = {f"d/{'ab'[i % 2]}/{i}": (f"d/{'ab'[i % 2]}", "d", i // 2 % 3) for i in range(12)}
    task = truth(TaskFile("d/3", "x", ["x", "y", "z"], False, "", clips))
    folds = [
        record(person, mine, np.eye(3)[[clips[c][2] for c in mine]].tolist())
        for person in ("d/b", "d/a")
        for mine in [[c for c in reversed(clips) if clips[c][0] == person]]
    ]
    assert uf1(confusions(task, folds).sum((0, 1))) == 1


def test_all_scores_of_a_row_are_of_the_same_predictions(world):
    world.run(methods="mean:noisy")
    (row,) = json.loads((world.results / "leaderboard.json").read_text())["tables"][0]["rows"]
    pairs = [
        (("low", "mid", "high").index(clip.rpartition("-")[2]), int(np.argmax(scores)))
        for raw in world.records().values()
        for clip, scores in zip(raw["clips"], raw["scores"], strict=True)
    ]
    counts = confusion(*map(np.array, zip(*pairs, strict=True)), 3)
    for name, metric in METRICS.items():
        assert row["scores"][name]["value"] == pytest.approx(float(metric(counts)))


def test_a_subject_of_whom_nothing_is_right_counts(world):
    world.run()
    path = world.results / "records" / sorted(world.records())[0]
    edit(path, lambda raw: raw.update(scores=np.roll(raw["scores"], 1, axis=1).tolist()))
    (table,) = build(Store(world.results), load((world.plugin,))).tables
    assert table.rows[0].scores["accuracy"].value == pytest.approx(15 / 18)


@pytest.mark.parametrize("k", [2, 3, 5, 9])
def test_inner_folds_split_no_subject(k):
    subjects = np.repeat(np.arange(5), [1, 4, 2, 7, 3])
    folds = Context(0, subjects).inner_folds(k)
    assert len(folds) == min(k, 5)
    for fit, validate in folds:
        assert not set(subjects[fit]) & set(subjects[validate])
    validated = np.concatenate([validate for _, validate in folds])
    assert sorted(validated) == list(range(len(subjects)))


def test_a_transductive_row_says_so(world):
    text = world.plugin.read_text()
    stated = (
        'FACTS = Facts("Toy", "nobody", 2026, "https://example.org", "code", transductive=True)'
    )
    world.plugin.write_text(re.sub("FACTS = Facts.*", stated, text))
    world.run()
    assert {raw["transductive"] for raw in world.records().values()} == {True}
    assert "transductive" in (world.results / "leaderboard.md").read_text()


def test_picking_epochs_makes_chance_respectable_and_the_board_refuses_to_rank_it(world):
    plugin = HERE.parent / "docs" / "examples" / "chance.py"
    words = ("-d", "guesses", "-m", "chance", "--seeds", "0-1", "--trace", "--engine", "serial")
    done = world.bench("run", "--plugin", plugin, *words)
    assert done.code == 0, done.err
    (table,) = build(Store(world.results), load((plugin,))).tables
    (row,) = (row for row in table.rows if row.label == "chance")
    assert (table.subjects, len(row.epochs.steps), row.complete) == (26, 50, True)
    assert 0.28 <= row.scores["uf1"].value <= 0.40
    assert 0.62 <= row.oracle.value <= 0.76
    assert all(other.rank is None for other in table.rows)
    assert (world.results / picture_name(row)).is_file()


def test_every_trap_names_tests_that_exist():
    numbers = re.findall(r"^\| (\d+) \|", TRUST, re.MULTILINE)
    assert numbers == [str(n) for n in range(1, 17)]
    named = re.findall(r"`(test_\w+)::(test_\w+)`", TRUST)
    rows = [line for line in TRUST.splitlines() if re.match(r"\| \d", line)]
    assert all(re.search(r"`test_\w+::test_\w+`", row) for row in rows)
    tests = {path.stem: path.read_text() for path in HERE.glob("test_*.py")}
    missing = [(f, test) for f, test in named if f"def {test}(" not in tests.get(f, "")]
    assert missing == []


def test_every_named_check_and_cheat_exists():
    from bench.check.checks import CHECKS, name_of

    checks = {name_of(check) for check in CHECKS}
    assert set(re.findall(r"check \*([^*]+)\*", TRUST)) <= checks
    cheats = (HERE / "cheats.py").read_text()
    for name in re.findall(r"`cheats\.(\w+)`", TRUST):
        assert f"class {name}(" in cheats

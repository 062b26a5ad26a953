"""A method that fails alike over and over is given up; the others run on."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace

import pytest

from bench.core.errors import BenchError
from bench.running.options import RunOptions
from bench.running.patience import Patience


@pytest.mark.parametrize(
    ("engine", "failed", "words"),
    [
        ("serial", 3, ()),
        ("processes", 3, ()),
        ("processes", 2, ("--give-up", "2")),
        ("processes", 1, ("--give-up", "1")),
    ],
)
def test_equal_failures_end_a_method_and_no_other(world, engine, failed, words):
    """With one worker, no fold is run beyond the failures that give its method up."""
    world.patch.setenv("TOY_FAULT", "raise")
    done = world.run("--jobs", "1", *words, methods="faulty,mean", engine=engine)
    assert done.code == 1
    line = (
        f"faulty on toy/3: {'1 fold' if failed == 1 else f'{failed} folds in a row'} failed"
        f"{' alike' * (failed > 1)}; those not started are skipped (--keep-going runs them): "
        "failed: RuntimeError: cannot fit"
    )
    assert done.err.count(line) == 1
    skipped = f"skipped: faulty on toy/3: {6 - failed} folds, after {failed} failed (--keep-going"
    assert skipped in done.err
    assert f"Ran {6 + failed} folds" in done.err
    statuses = [(raw["label"], raw["status"]) for raw in world.records().values()]
    assert sorted(statuses) == [("faulty", "failed")] * failed + [("mean", "ok")] * 6
    assert f"0/6 folds: {failed} failed" in (world.results / "leaderboard.md").read_text()


def test_all_folds_on_request(world):
    world.patch.setenv("TOY_FAULT", "raise")
    done = world.run("--keep-going", methods="faulty")
    assert done.code == 1
    assert "skipped" not in done.err
    assert [raw["status"] for raw in world.records().values()] == ["failed"] * 6


def test_with_several_workers_it_says_how_many_failed(world):
    world.patch.setenv("TOY_FAULT", "raise")
    done = world.run("--jobs", "2", methods="faulty", engine="processes")
    failed = len(world.records())
    assert 3 <= failed <= 5
    assert f"skipped: faulty on toy/3: {6 - failed} fold" in done.err
    assert f"after {failed} failed (--keep-going" in done.err


def test_less_than_one_failure_is_misuse(world):
    assert world.run("--give-up", "0").code == 2
    with pytest.raises(BenchError, match="--give-up 0: expected 1 failure or more"):
        RunOptions(give_up=0)


def ended(*endings: str, limit: int | None = 3) -> bool:
    """Whether a method is given up after folds that ended so: "" for well, or the last line."""
    cell = SimpleNamespace(row=SimpleNamespace(label="mean"), task=SimpleNamespace(name="toy/3"))
    unit = SimpleNamespace(cell=cell)
    patience = Patience(limit, Counter())
    for error in endings:
        status = "failed" if error else "ok"
        patience.ended(unit, SimpleNamespace(status=status, error=f"Traceback:\n{error}\n"))
    return patience.skips(unit)


def test_only_equal_failures_in_a_row_count():
    assert ended("E: a", "E: a", "E: a")
    assert not ended("E: a", "E: a")
    assert not ended("E: a", "E: a", "", "E: a"), "a fold that ends well starts the count again"
    assert not ended("E: a", "E: b", "E: a", "E: b", "E: a"), "and so does another error"
    assert not ended(*["E: a"] * 9, limit=None)


def test_what_was_skipped_runs_when_the_fault_is_gone(world):
    world.patch.setenv("TOY_FAULT", "raise")
    world.run(methods="faulty")
    world.patch.delenv("TOY_FAULT")
    assert "Ran 6 folds" in world.run(methods="faulty").err
    assert {raw["status"] for raw in world.records().values()} == {"ok"}

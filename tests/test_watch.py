"""What a run shows while it runs: what is at work, a first table; and what stand-ins show."""

from __future__ import annotations

import dataclasses
import heapq
import io
import re
from types import SimpleNamespace

import pytest

from bench.cli.run import _explain
from bench.cli.screen import Screen
from bench.cli.watch import QUIET, Watch
from bench.methods.mfvan import MFVAN
from bench.planning.plan import Plan, weight


def cells_of(name: str) -> list[SimpleNamespace]:
    """A task with a method that takes long, one that does not say, and a reference."""
    task = SimpleNamespace(name=name, frames=10.0)

    def cell(label: str, seconds: float | None, reference: bool = False) -> SimpleNamespace:
        facts = SimpleNamespace(reference=reference)
        method = SimpleNamespace(facts=facts, seconds=lambda clips, frames: seconds)
        row = SimpleNamespace(label=label, method=method, weights=None, tuning=None)
        return SimpleNamespace(task=task, row=row)

    return [cell("slow", 50.0), cell("fast", None), cell("ref", 0.1, reference=True)]


def units(cells, folds: int = 3):
    numbered = [SimpleNamespace(name=number, train=[0] * 9) for number in range(folds)]
    made = [[SimpleNamespace(cell=one, fold=fold) for fold in numbered] for one in cells]
    return Plan(()).ordered(made)


SMIC = cells_of("smic/3")


def test_the_longest_start_first_but_for_one_of_each_and_the_first_table():
    order = units([*SMIC, *cells_of("samm/5")])
    found = [(one.cell.task.name, one.cell.row.label) for one in order]
    both = ("smic/3", "samm/5")
    assert found[:6] == [(task, label) for task in both for label in ("slow", "fast", "ref")]
    assert found[6:10] == [("smic/3", "fast")] * 2 + [("smic/3", "ref")] * 2
    assert [weight(one) for one in order[10:]] == [50.0] * 4 + [0.1] * 4


def test_long_folds_do_not_leave_other_workers_idle_at_the_end():
    """20 tasks, 20 folds each: 20 cells of 50 s a fold, 20 cells of 5 s."""
    cells = []
    for number in range(20):
        slow, fast, _ = cells_of(f"task{number}/3")
        fast.row.method.seconds = lambda clips, frames: 5.0
        cells += [slow, fast]
    order = units(cells, folds=20)
    workers = [0.0] * 150
    for one in order:
        heapq.heapreplace(workers, workers[0] + weight(one))
    # All quick folds before the long ones would take 165 s.
    assert max(workers) <= 1.05 * sum(map(weight, order)) / len(workers)


def test_after_one_fold_of_each_what_is_quick_comes_before_what_takes_long():
    order = [(one.cell.row.label, one.fold.name) for one in units(SMIC)]
    assert order[:3] == [("slow", 0), ("fast", 0), ("ref", 0)]
    assert order[3:7] == [("fast", 1), ("fast", 2), ("ref", 1), ("ref", 2)]
    assert order[7:] == [("slow", 1), ("slow", 2)]


def watched(cells, seconds: dict[str, float]) -> tuple[list[str], list[int]]:
    """The tasks shown early, and after how many folds; slow folds take so many seconds."""
    shown, when = [], []

    def early(one, _):
        shown.append(one.task.name)
        when.append(watch.done)

    watch = Watch(2, Screen(file=io.StringIO()), early)
    jobs = units(cells)
    watch.phase("folds", jobs)
    for one in jobs:
        watch.ended(one, seconds[one.cell.row.label])
    return shown, when


def test_one_table_is_shown_once_all_but_the_slow_methods_of_a_task_are_done():
    shown, when = watched([*SMIC, *cells_of("samm/5")], {"slow": 60, "fast": 0.1, "ref": 0.1})
    assert shown == ["smic/3"]
    # One fold of each of six cells, then two more of the fast one and of the reference.
    assert when == [10]


@pytest.mark.parametrize(
    ("cells", "slow"),
    [
        (SMIC, 2),  # the end is near
        (SMIC[::2], 60),  # nothing but a reference is done before
    ],
)
def test_no_table_is_shown_where_it_says_nothing_new(cells, slow):
    assert watched(cells, {"slow": slow, "fast": 0.1, "ref": 0.1}) == ([], [])


def test_a_line_names_what_runs_now(monkeypatch):
    clock = iter(range(0, 10_000, int(QUIET) + 1))
    monkeypatch.setattr("bench.cli.watch.time.monotonic", lambda: float(next(clock)))
    screen = io.StringIO()
    watch = Watch(2, Screen(file=screen))
    jobs = units(SMIC)
    watch.phase("folds", jobs)
    watch.now(["slow smic/3", "slow smic/3", "fast smic/3: compiling block_histograms"])
    (line,) = screen.getvalue().splitlines()
    assert line == "folds 0/9  slow smic/3 ×2, fast smic/3: compiling block_histograms"
    for one in jobs[:5]:
        watch.ended(one, 60)
    # One fold of the slow method is known, and of the reference: the ones that start it.
    assert re.search(r"folds 5/9  up to 2 min left", screen.getvalue())
    for one in jobs[5:8]:
        watch.ended(one, 60)
    assert re.search(r"folds 8/9  about 30 s left", screen.getvalue())


def test_a_bar_fits_the_terminal_whatever_it_names():
    screen = io.StringIO()
    watch = Watch(2, Screen(file=screen, force_terminal=True, width=80))
    with watch:
        watch.phase("folds", units(SMIC))
        watch.now(["a-method-of-a-long-name:variant megc2019flow/3: compiling something", "b"] * 9)
        watch.bar.refresh()
        lines = watch.console.render_lines(watch.bar.get_renderable(), pad=False)
    text = ["".join(part.text for part in line) for line in lines]
    assert len(text) == 1
    assert "0/9" in text[0]
    assert text[0].rstrip().endswith("…")
    assert len(text[0]) <= 80


def test_a_run_on_stand_ins_says_what_they_show_and_how_to_read_a_method():
    screen = io.StringIO()
    plain = dataclasses.replace(MFVAN.facts, title="Another", on_stand_ins="")
    _explain(Screen(file=screen, width=200), [MFVAN.facts, plain])
    text = screen.getvalue()
    assert "SYNTHETIC stand-ins, not real faces" in text
    assert "MFVAN: it sees the apex frame alone" in text
    assert "Another" not in text


def test_the_time_left_for_clips_leaves_out_what_compiling_took(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("bench.cli.watch.time.monotonic", lambda: clock[0])
    watch = Watch(2, Screen(file=io.StringIO()))
    watch.phase("clips", [None] * 105)
    for seconds in (60, 0, 1, 1, 1):
        clock[0] += seconds
        watch.ended(None, 0.0)
    assert watch.remaining() == pytest.approx(100)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_time_left_leaves_out_what_the_first_folds_of_a_cell_took_to_start(workers):
    watch = Watch(workers, Screen(file=io.StringIO()))
    jobs = units(SMIC[:1], folds=40)
    watch.phase("folds", jobs)
    # Each worker starts with its first fold, and another then goes on.
    took = [10.0, 1.0] * workers + [1.0] * (40 - 2 * workers)
    for done, (one, seconds) in enumerate(zip(jobs, took, strict=True), start=1):
        watch.ended(one, seconds)
        left = sum(took[done:]) / workers
        if done >= 2 * workers:
            assert watch.remaining() == pytest.approx(left)
        elif done >= 2:
            assert left / 2 <= watch.remaining() <= left * 2


def test_a_cell_that_has_not_run_is_held_to_be_like_the_others_once_started():
    watch = Watch(2, Screen(file=io.StringIO()))
    jobs = units(SMIC, folds=10)
    watch.phase("folds", jobs)
    fast = [one for one in jobs if one.cell.row.label == "fast"]
    for one, seconds in zip(fast, [10.0, 10.0, *[1.0] * 8], strict=True):
        watch.ended(one, seconds)
    assert watch.remaining() == pytest.approx(20 / 2)

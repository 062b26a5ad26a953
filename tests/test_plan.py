"""What a plan cannot run is a value with a reason, and decides nothing by its text."""

from __future__ import annotations

import pytest

from bench.cache.cache import Cache
from bench.core.dataset import Roots
from bench.core.errors import BenchError
from bench.data.task import Task, read_tasks
from bench.planning.plan import make_plan
from bench.planning.skipped import ImpossibleProtocol, MissingViews
from bench.plugins.configure import configure
from bench.plugins.registry import load


@pytest.fixture
def parts(world):
    """A registry with the toy plugins, and the toy task."""
    registry = load((world.plugin,))
    data = registry.datasets["toy"].locate(Roots({"toy": world.folder / "data"}))
    (task,) = read_tasks(data, ["3"], Cache(world.folder / "cache")).all()
    return registry, task


def test_a_method_without_its_views_is_skipped(parts):
    registry, task = parts
    plan = make_plan(configure(registry, "mean,lbptop", "paper"), [task])
    assert [cell.row.label for cell in plan.cells] == ["mean"]
    assert plan.skipped == (MissingViews("lbptop", "toy/3", "toy", ("lbp_top",), ("numbers",)),)


def test_a_task_that_a_protocol_cannot_split_is_skipped(parts):
    """Its reason holds the word "expected", which once made it an error of the option."""
    registry, task = parts
    rows = configure(registry, "mean", "paper")
    none = Task("expected/3", task.dataset, task.classes, (), (), ())
    with pytest.raises(BenchError, match="nothing to run: expected/3 skipped: hde holds"):
        make_plan(rows, [none], "hde")
    with pytest.raises(BenchError, match="kfold:9 needs 9 subjects, but this task has 6"):
        make_plan(rows, [task], "kfold:9")


def test_reasons_are_kept_with_the_cells(parts):
    registry, task = parts
    rows = configure(registry, "mean", "paper")
    few = Task("toy/few", task.dataset, task.classes, task.clips[:6], task.labels[:6], ())
    plan = make_plan(rows, [few, task], "kfold:5")
    assert [cell.task.name for cell in plan.cells] == ["toy/3"]
    (skipped,) = plan.skipped
    assert isinstance(skipped, ImpossibleProtocol)
    assert (skipped.task, skipped.protocol) == ("toy/few", "kfold:5")


@pytest.mark.parametrize("protocol", ["lopo", "kfold", "kfold:1", "loso:2"])
def test_a_wrong_protocol_is_an_error_of_the_option(parts, protocol):
    registry, task = parts
    with pytest.raises(BenchError, match="--protocol"):
        make_plan(configure(registry, "mean", "paper"), [task], protocol)


def test_many_methods_that_a_task_cannot_serve_are_one_line() -> None:
    from bench.planning.skipped import ImpossibleProtocol, MissingViews, sentences

    def lacking(count: int, task: str) -> list[MissingViews]:
        views = ("flow_image",), ("features",)
        return [MissingViews(f"m{i}", task, "toy", *views) for i in range(count)]

    few, many, split = lacking(3, "toy/3"), lacking(4, "toy/2"), ImpossibleProtocol("a", "hde", "b")
    assert sentences([*few, *many, *lacking(30, "toy/7"), split]) == [
        *map(str, few),
        "toy/2: skipped 4 methods that need other inputs than features: m0, m1, m2, m3",
        "toy/7: skipped 30 methods that need other inputs than features",
        "a skipped: b",
    ]

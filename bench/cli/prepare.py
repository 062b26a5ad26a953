"""From options as they were typed to a plan: what `run` and `plan` share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.cli.common import making, numbers, surroundings
from bench.core.errors import BenchError, DataError
from bench.core.machine import cores
from bench.core.names import TaskName
from bench.core.select import choose
from bench.data.apex import check_policy
from bench.data.task import Task, make_tasks
from bench.evaluation.truth import Truth
from bench.planning.plan import Plan, make_plan
from bench.plugins.configure import Configured, configure
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, chosen_datasets, no_data


@dataclass(frozen=True)
class Request:
    """What the options of `run` and `plan` ask for, as they were typed."""

    methods: str
    datasets: str
    tasks: str
    protocol: str
    seeds: str
    preset: str
    jobs: int | None
    limit_folds: int | None
    results: Path | None
    plugins: tuple[Path, ...]
    apex: str = "given"
    trace: bool = False
    inner: int = 0


@dataclass(frozen=True)
class Prepared:
    """A request made concrete.

    Attributes:
        plan: what is to run.
        registry, settings: surroundings.
        unusable: datasets that could not be used, a sentence each.
        remarks: what the user should know before the start.
        jobs: processes.
        trace, inner: what every record must hold beside its scores.
    """

    plan: Plan
    registry: Registry
    settings: Settings
    unusable: tuple[str, ...]
    remarks: tuple[str, ...]
    jobs: int
    trace: bool
    inner: int


def prepare(request: Request) -> Prepared:
    """Turn typed options into a plan.

    Raises:
        BenchError: anything unknown, or nothing left to run.
    """
    registry, settings = surroundings(request.plugins, request.results)
    seeds = numbers(request.seeds, "--seeds")
    jobs = request.jobs or cores()
    # Names are checked before stand-ins are made: a typing error should not cost a minute.
    configure(registry, request.methods, request.preset or "paper")
    check_policy(request.apex)
    if request.inner == 1:
        raise BenchError("--inner 1: expected 2 or more: each fit leaves a part of the people out")
    unconfigured = not settings.roots
    with making() as progress:
        datasets, settings = chosen_datasets(registry, settings, request.datasets, jobs, progress)
    stand_ins = all(dataset.synthetic for dataset in datasets)
    preset = request.preset or ("quick" if stand_ins else "paper")
    rows = configure(registry, request.methods, preset)
    tasks: list[Task] = []
    unusable: list[str] = []
    for dataset in datasets:
        words = _labellings(dataset.name, list(dataset.labellings), request.tasks)
        try:
            if words:
                tasks += make_tasks(dataset, words, settings.cache, request.apex, jobs)
        except DataError as error:
            unusable.append(str(error))
    if not tasks:
        wanted = f"--tasks {request.tasks!r} matches none of the datasets' tasks"
        raise BenchError("; ".join(unusable) or wanted)
    if any(task.synthetic for task in tasks):
        rows = _with_references(registry, rows)
    plan = make_plan(rows, tasks, request.protocol, seeds, request.limit_folds)
    remarks = (_remark(unconfigured, request, preset),) if stand_ins else ()
    trace = request.trace or request.inner > 0
    return Prepared(plan, registry, settings, tuple(unusable), remarks, jobs, trace, request.inner)


def recorded_task(truth: Truth, registry: Registry, settings: Settings) -> Task:
    """The task of records as it lies on disk; SYNTHETIC stand-ins are made where they are gone."""
    name = TaskName.parse(truth.task)
    if not settings.roots and not truth.synthetic:
        raise no_data(name.dataset, ())
    with making() as progress:
        (dataset,), _ = chosen_datasets(registry, settings, name.dataset, cores(), progress)
    return make_tasks(dataset, [name.labelling], settings.cache)[0]


def _labellings(dataset: str, known: list[str], words: str) -> list[str]:
    """Labellings of one dataset that `--tasks` means; its first without the option."""
    if not words:
        return known[:1]
    full = [str(TaskName(dataset, name)) for name in known]
    found: dict[str, None] = {}
    for word in (part.strip() for part in words.split(",")):
        pattern = word if "/" in word or word == "all" else f"*/{word}"
        try:
            found.update(dict.fromkeys(choose([pattern], full, "task")))
        except BenchError:
            continue  # another dataset may have it
    return [TaskName.parse(name).labelling for name in found]


def _with_references(registry: Registry, rows: list[Configured]) -> list[Configured]:
    """Synthetic boards always carry their controls and their ceiling."""
    have = {row.label for row in rows}
    names = [n for n, m in registry.methods.items() if m.facts.reference and n not in have]
    return rows + (configure(registry, ",".join(names), "paper") if names else [])


def _remark(unconfigured: bool, request: Request, preset: str) -> str:
    remark = "No dataset is configured (bench.toml): running" if unconfigured else "Running"
    remark += " on SYNTHETIC stand-ins"
    if not request.preset:
        remark += f", preset {preset}; --preset paper runs the papers' full configurations"
    return remark + "."

"""From options as they were typed to a plan: what `run` and `plan` share."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bench.cli.common import STAND_INS, numbers, progress, workspace
from bench.core.dataset import Dataset
from bench.core.errors import BenchError, DataError
from bench.core.machine import cores
from bench.core.names import TaskName
from bench.core.select import choose
from bench.core.types import ApexPolicy
from bench.data.contract import LeaveOut
from bench.data.exclusions import read_exclusions, refuse_unknown_clips
from bench.data.task import Task, read_tasks
from bench.evaluation.truth import Truth
from bench.planning.plan import Plan, make_plan
from bench.planning.share import Shard, shard_of, with_folds
from bench.plugins.configure import Configured, configure, with_tuning
from bench.plugins.fold_weights import remember
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, chosen_datasets, no_data
from bench.plugins.tuning import FOLDS
from bench.running.options import RunOptions
from bench.running.unreadable import spared


@dataclass(frozen=True)
class Request:
    """What to run, as typed on the command line."""

    methods: str = "all"
    datasets: str = "all"
    classes: Path | None = None
    tasks: str = ""
    protocol: str = "loso"
    seeds: str = "0"
    apex: ApexPolicy = "given"
    preset: str = ""
    limit_folds: int | None = None
    folds: str | None = None
    shard: str | None = None
    incomplete: bool = False
    exclude: Path | None = None
    results: Path | None = None
    plugin: Sequence[Path] | None = None
    tune: list[str] | None = None


Chosen = TypeVar("Chosen", Request, RunOptions)


def chosen(kind: type[Chosen], parameters: Mapping[str, Any]) -> Chosen:
    """A `Request` or `RunOptions` from the parameters of a verb, so that each is named once."""
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: parameters[name] for name in names if name in parameters})


@dataclass(frozen=True)
class Prepared:
    """A request made concrete.

    Attributes:
        plan: what is to run.
        options: how, completed by settings and plugins.
        registry: plugins.
        settings: folders.
        unusable: datasets that could not be used, a sentence each.
        remarks: what the user should know before the start.
    """

    plan: Plan
    options: RunOptions
    registry: Registry
    settings: Settings
    unusable: tuple[str, ...]
    remarks: tuple[str, ...]


def prepare(request: Request, options: RunOptions, own: Configured | None = None) -> Prepared:
    """Turn typed options into a plan.

    Args:
        request: what to run.
        options: how.
        own: a method that is no plugin, to run instead of `request.methods`.

    Raises:
        BenchError: anything unknown, or nothing left to run.
    """
    registry, settings = workspace(request.plugin, request.results, needed=True)
    bound = settings.cache_size if options.cache_size is None else options.cache_size
    incomplete = request.incomplete or settings.incomplete
    exclude = request.exclude or settings.exclude
    request = dataclasses.replace(request, incomplete=incomplete, exclude=exclude)
    options = dataclasses.replace(
        options, plugins=registry.files, cache_size=bound, incomplete=incomplete
    )
    seeds = numbers(request.seeds, "--seeds")
    if request.shard is not None:
        Shard.parse(request.shard)  # before stand-ins are made, too
    if own:
        if own.method.name in registry.methods:
            raise BenchError(f"{own.method.name} is a method of the benchmark; rename yours")
        # Its facts are found where those of all methods are.
        methods = {**registry.methods, own.method.name: type(own.method)}
        registry = dataclasses.replace(registry, methods=methods)
    else:
        request, options = _tuned(request, options, registry)
        # Before stand-ins are made: a typing error should not cost a minute.
        configure(registry, request.methods, request.preset or "paper")
    unconfigured = not settings.roots
    with progress(STAND_INS) as report:
        datasets, settings = chosen_datasets(
            registry, settings, request.datasets, options.workers, report, request.classes
        )
    stand_ins = all(dataset.synthetic for dataset in datasets)
    preset = request.preset or ("quick" if stand_ins else "paper")
    rows = [own] if own else configure(registry, request.methods, preset)
    for row in rows:
        if row.weights is not None:
            remember(row.weights)
    tasks, unusable, remarks = _tasks(datasets, request, settings, options.workers)
    if not tasks:
        known = ", ".join(str(TaskName(d.name, word)) for d in datasets for word in d.labellings)
        wanted = (
            f"--tasks {request.tasks!r} matches none of the datasets' tasks: {known}"
            if request.tasks
            else f"--datasets {request.datasets!r}: none of them has data"
        )
        raise BenchError("; ".join(unusable) or wanted)
    if any(task.synthetic for task in tasks):
        rows = _with_references(registry, rows)
    plan = make_plan(rows, tasks, request.protocol, seeds, request.limit_folds)
    plan = _share(plan, request, settings)
    if stand_ins:
        remarks = [_remark(unconfigured, request, preset), *remarks]
    return Prepared(plan, options, registry, settings, tuple(unusable), tuple(remarks))


def _tuned(request: Request, options: RunOptions, registry: Registry) -> tuple[Request, RunOptions]:
    """A request whose methods' names say what they tune."""
    if not request.tune:
        return request, options
    words = with_tuning(registry, request.methods, request.tune, options.inner or FOLDS)
    # The inner folds choose values now, and no checkpoint.
    return dataclasses.replace(request, methods=words), dataclasses.replace(options, inner=0)


def _share(plan: Plan, request: Request, settings: Settings) -> Plan:
    """What of the plan is asked for, without clips that are known to be unreadable."""
    if request.folds is not None:
        plan = with_folds(plan, request.folds)
    # Before what this machine knows of unreadable clips: all machines must find the same parts.
    if request.shard is not None:
        plan = shard_of(plan, Shard.parse(request.shard))
    return spared(plan, settings.cache) if request.incomplete else plan


def _tasks(
    datasets: Sequence[Dataset], request: Request, settings: Settings, threads: int
) -> tuple[list[Task], list[str], list[str]]:
    """The tasks asked for, why others cannot be used, and remarks on files."""
    excluded = read_exclusions(request.exclude) if request.exclude else {}
    leave_out = LeaveOut(request.incomplete, frozenset(excluded))
    tasks: list[Task] = []
    unusable: list[str] = []
    remarks: dict[str, None] = {}
    known: set[str] = set()
    every = True
    for dataset in datasets:
        words = _labellings(dataset.name, list(dataset.labellings), request.tasks)
        if not words:
            continue
        try:
            made = read_tasks(dataset, words, settings.cache, request.apex, threads, leave_out)
        # A dataset that cannot be used must not stop the others.
        except DataError as error:
            unusable.append(str(error))
            every = False
            continue
        tasks += made.tasks
        unusable += map(str, made.lacking)
        remarks |= dict.fromkeys(made.remarks)
        known |= made.known
    # The ids of a dataset that cannot be indexed are not known.
    if request.exclude and every and known:
        refuse_unknown_clips(request.exclude, excluded, known)
    return tasks, unusable, list(remarks)


def recorded_task(truth: Truth, registry: Registry, settings: Settings) -> Task:
    """The task of records, as found on disk; missing SYNTHETIC stand-ins are regenerated."""
    name = TaskName.parse(truth.task)
    if not settings.folders and not truth.synthetic:
        raise no_data(name.dataset, ())
    with progress(STAND_INS) as report:
        (dataset,), _ = chosen_datasets(registry, settings, name.dataset, cores(), report)
    if name.labelling not in dataset.labellings:
        # A composite that was typed has its tasks from --map, which no later command knows.
        cure = "; keep its map in bench.toml: [composites.NAME]" if "+" in name.dataset else ""
        others = ", ".join(dataset.labellings)
        raise BenchError(f"{name.dataset} has no task {name.labelling}, but {others}{cure}")
    # A task of middle frames alone is the same under "given" and "middle".
    known: tuple[ApexPolicy, ...] = ("spotted", "given")
    apex: ApexPolicy = next((policy for policy in known if policy in truth.apex), "middle")
    before = truth.contract
    leave_out = LeaveOut(
        incomplete=bool(before.missing),
        excluded=frozenset(before.excluded),
        absent=frozenset(before.missing),
    )
    made = read_tasks(dataset, [name.labelling], settings.cache, apex, cores(), leave_out)
    return made.all()[0].without(before.unreadable)


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

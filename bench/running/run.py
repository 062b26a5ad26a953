"""Running a plan: what the store lacks goes through the engine and comes back as records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import cast

from bench.cache.cache import Cache
from bench.cache.eviction import in_use, prune
from bench.core.code_hash import borrowed, source_hash
from bench.core.contain import contained
from bench.core.errors import BenchError
from bench.core.garbage import gc_paused
from bench.core.typed import DamagedError
from bench.planning.plan import Cell, Plan, Unit
from bench.plugins.fold_weights import WORD
from bench.running.describe import describe_all, lacking_jobs, rotated, wanted_descriptions
from bench.running.engines.engine import engine
from bench.running.engines.job import Busy, Engine, Job, Lost
from bench.running.gpus import settled
from bench.running.jobs import Outcome, Setting, fit_job, options_of, published_weights, setting
from bench.running.neighbours import keep_neighbours
from bench.running.options import RunOptions
from bench.running.patience import Pair, Patience
from bench.running.progress import Progress
from bench.running.unreadable import without
from bench.running.worker import fit
from bench.store.at_work import Mark, at_work, refuse_busy
from bench.store.code import code_judge, dataset_code, dataset_plugins
from bench.store.environment import environment, environment_id, environment_name
from bench.store.provenance import Origin
from bench.store.record import Inputs, Record
from bench.store.store import NOTHING_KEPT, Store


@dataclass
class Summary:
    """What a run did.

    Attributes:
        reused: units that the store already had.
        ran: units that ended ok.
        failures: units that did not, with status and error.
        stale: reused units whose code, or that of their dataset, has changed since.
        damaged: a line for each damaged record; its unit ran again.
        rewritten: a line for each damaged task or environment file, which was written again.
        unreadable: sentences that name clips that could not be read.
        spared: cells that ran without such clips instead.
        skipped: units of methods that failed alike too often, by method and task; no records.
        read: records by path, where nothing was left to run: a board need not read them again.
    """

    reused: int = 0
    ran: int = 0
    failures: list[tuple[Unit, str, str]] = field(default_factory=list)
    stale: list[Unit] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    rewritten: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    spared: list[Cell] = field(default_factory=list)
    skipped: Counter[Pair] = field(default_factory=Counter)
    read: dict[str, Record] = field(default_factory=dict)


def run(plan: Plan, store: Store, cache: Cache, options: RunOptions, progress: Progress) -> Summary:
    """Run what is missing of a plan; every record is on disk as soon as its unit has ended.

    Raises:
        OSError: the disk is full or gone; what was finished is kept.
        BenchError: an unwritable results folder, or a record of another format.
    """
    store.check_writable()
    with in_use(cache), at_work(store.folder, plan.cells, plan.shard) as mark:
        summary = _run(plan, store, cache, options, progress, mark)
        keep_neighbours([*plan.cells, *summary.spared], store, cache)
        prune(cache, options.cache_size)
    return summary


def _run(
    plan: Plan, store: Store, cache: Cache, options: RunOptions, progress: Progress, mark: Mark
) -> Summary:
    # Machine and tasks first, so that no record ever names one that is not described.
    fault = store.write_environment(environment_id(), environment())
    summary = Summary(rewritten=[fault] if fault else [])
    waiting = plan.ordered(_missing(plan.cells, store, options, summary))
    if not waiting:
        return summary
    # Parts of a plan have no fold in common.
    if not (options.share or plan.shard):
        refuse_busy(store.folder, mark, waiting)
    # Not earlier: asking torch or Dask workers for GPUs takes seconds.
    options = settled(options, progress.note)
    _check_weights(waiting)
    waiting = _described(waiting, plan.shard, store, cache, options, progress, summary)
    if summary.spared:
        # All of their clips have just been described.
        waiting += plan.ordered(_missing(summary.spared, store, options, summary))
    progress.phase("folds", waiting)
    patience = Patience(
        None if options.keep_going else options.give_up, Counter(map(Pair.of, waiting))
    )
    runner: Engine[Unit] = engine(
        options,
        cache,
        progress.note,
        lambda work: progress.now(_words(work)),
        patience.on_edge,
    )
    written = {environment_id()}
    wanted = _while_worth(waiting, patience, progress)
    for job, outcome in runner(fit, _jobs(wanted, cache, options)):
        record = _record(job.name, outcome, options, _machine(outcome, store, summary, written))
        _keep(store, job.name, record, summary)
        progress.ended(job.name, record.wall)
        if line := patience.ended(job.name, record):
            progress.note(line)
    summary.skipped.update(patience.skipped)
    return summary


def _while_worth(waiting: Iterable[Unit], patience: Patience, progress: Progress) -> Iterator[Unit]:
    """The units that are to be started, as long as their method is not given up."""
    for unit in waiting:
        if patience.skips(unit):
            progress.ended(unit, 0.0)
        else:
            yield unit


def _words(work: Sequence[Busy[Unit]]) -> list[str]:
    cells = ((one, one.job.name.cell) for one in work)
    return [one.text(f"{cell.row.label} {cell.task.name}") for one, cell in cells]


def _jobs(waiting: Iterable[Unit], cache: Cache, options: RunOptions) -> Iterator[Job[Unit]]:
    """Made as workers ask for them: all at once would hold every label many times over."""
    settings: dict[tuple[int, int], Setting] = {}
    for unit in waiting:
        # By identity: a task holds arrays, which do not hash.
        mark = id(unit.cell.row), id(unit.cell.task)
        if mark not in settings:
            settings[mark] = setting(unit.cell, cache)
        yield Job(unit, fit_job(unit, options), settings[mark])


def _check_weights(waiting: Sequence[Unit]) -> None:
    """Raise `BenchError` before anything runs for published weights that do not fit the method."""
    for unit in waiting:
        weights, row = published_weights(unit), unit.cell.row
        if weights is None or row.weights is None:
            continue
        try:
            with contained():
                row.method.published(weights, len(unit.cell.task.classes))
        except Exception as error:  # a KeyError, say, where the file is of another network
            file = row.weights.file_of(unit.fold.name)
            said = error if isinstance(error, BenchError) else f"{type(error).__name__}: {error}"
            raise BenchError(f"{WORD}={file}: does not fit: {said}") from error


def _missing(
    cells: Sequence[Cell], store: Store, options: RunOptions, summary: Summary
) -> list[list[Unit]]:
    """Of each cell, the units without a record that serves."""
    tasks = {id(cell.task): cell.task for cell in cells}.values()
    summary.rewritten += filter(None, map(store.write_task, tasks))
    origin = store.origin()
    with gc_paused():
        waiting = [_missing_of(cell, store, origin, options, summary) for cell in cells]
    if any(waiting):
        summary.read.clear()
    return waiting


def _missing_of(
    cell: Cell, store: Store, origin: Origin, options: RunOptions, summary: Summary
) -> list[Unit]:
    store.settle(cell)
    found = store.of_cell(cell, origin)
    wanted = options_of(cell, options)
    changes = code_judge(type(cell.row.method), dataset_plugins(cell.task.dataset))
    waiting = []
    for unit in cell.units:
        path, record = found.get(unit.fold.name, NOTHING_KEPT)
        if isinstance(record, DamagedError):
            # Without the cure, which is this very run.
            summary.damaged.append(f"{path}: {record.fault}")
        if not isinstance(record, Record) or not record.serves(wanted):
            waiting.append(unit)
            continue
        stale = bool(changes(record))
        if stale and options.refresh == "stale":
            waiting.append(unit)
            continue
        summary.reused += 1
        summary.read[str(path)] = record
        if stale:
            summary.stale.append(unit)
    return waiting


def _keep(store: Store, unit: Unit, record: Record, summary: Summary) -> None:
    store.write(unit, record)
    if record.status == "ok":
        summary.ran += 1
    else:
        summary.failures.append((unit, record.status, record.error))


def _machine(outcome: Outcome | Lost, store: Store, summary: Summary, written: set[str]) -> str:
    """Id of the machine of an outcome, which is described before a record names it.

    Args:
        outcome: of a job.
        store: which describes it.
        summary: told of a damaged description.
        written: ids of those that this run has described already.
    """
    machine = outcome.machine if isinstance(outcome, Outcome) else None
    if machine is None:
        return environment_id()
    name = environment_name(asdict(machine))
    # Once, not for every fold: on a network disk each look takes milliseconds.
    if name not in written and (fault := store.write_environment(name, machine)):
        summary.rewritten.append(fault)
    written.add(name)
    return name


def _record(
    unit: Unit, outcome: Outcome | Lost, options: RunOptions, machine: str | None = None
) -> Record:
    cell, row = unit.cell, unit.cell.row
    if isinstance(outcome, Lost):
        outcome = Outcome(outcome.status, error=outcome.error)
    return Record(
        key=unit.key,
        inputs=cast(Inputs, cell.inputs),
        fold=unit.fold.name,
        status=outcome.status,
        label=row.label,
        preset=row.preset,
        family=cell.family,
        source=source_hash(type(row.method)),
        borrowed=borrowed(type(row.method)),
        dataset_code=dataset_code(cell.task.dataset),
        # A fold that failed used no device that is known; the one it was offered stands for it.
        device=outcome.used.device or options.device,
        gpu=outcome.used.gpu,
        clips=[cell.task.clips[i].id for i in unit.fold.test],
        scores=outcome.scores,
        seconds=outcome.seconds,
        parameters=outcome.parameters,
        error=outcome.error,
        trace=outcome.trace,
        traced=options_of(cell, options).traced,
        inner=options.inner,
        inner_step=outcome.inner_step,
        curve=outcome.curve,
        chosen=outcome.chosen,
        transductive=row.method.stated().transductive,
        environment=machine or environment_id(),
        isolated=options.engine != "serial",
    )


def _described(
    waiting: list[Unit],
    shard: str,
    store: Store,
    cache: Cache,
    options: RunOptions,
    progress: Progress,
    summary: Summary,
) -> list[Unit]:
    """Describe the clips of waiting units; returns the units that can be fitted.

    Units of methods that need a frame that cannot be read leave no record, since the data are at
    fault. With `incomplete` their cells run without those clips.
    """
    wanted = wanted_descriptions(waiting)
    jobs = rotated(lacking_jobs(waiting, cache), shard)
    # Once more before describing, to make room for what this run adds.
    prune(cache, options.cache_size)
    progress.phase("clips", [None] * len(jobs))
    found = describe_all(jobs, cache, options, progress)
    summary.unreadable += found.unreadable.values()
    verdicts = {name: found.verdict(keys) for name, keys in wanted.items()}
    # By identity: a cell holds arrays, which do not hash.
    bad: dict[int, tuple[Cell, set[str]]] = {}
    ready = []
    for unit in waiting:
        error, lost = verdicts[unit.cell.row.label, unit.cell.task.name]
        if lost:
            bad[id(unit.cell)] = unit.cell, lost
        elif error is None:
            ready.append(unit)
        else:
            _keep(store, unit, _record(unit, error, options), summary)
    if options.incomplete:
        summary.spared += [one for cell, lost in bad.values() for one in without(cell, lost)]
    return ready

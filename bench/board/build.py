"""From records to a board: predictions joined with the true classes, scored, ranked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from bench.board.board import Board, Table
from bench.board.contract import apart_text
from bench.core.garbage import gc_paused
from bench.core.names import TaskName
from bench.evaluation.build_row import build_row, by_row, finished
from bench.evaluation.differences import differences
from bench.evaluation.external import external_order, external_row
from bench.evaluation.identity import Meter
from bench.evaluation.ranking import ranked
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth, truth
from bench.evaluation.variants import variants
from bench.literature.ceilings import ceiling_of
from bench.literature.comparison import comparisons
from bench.planning.splits import held_out
from bench.plugins.registry import Registry
from bench.store.environment import read_environment
from bench.store.external import External
from bench.store.record import Record
from bench.store.store import Store


# Thousands of records are in memory, which no search for cycles can free.
@gc_paused()
def build(
    store: Store,
    registry: Registry,
    only: Iterable[tuple[str, str]] | None = None,
    records: Iterable[Record] | None = None,
) -> Board:
    """Make the board of a results folder.

    Args:
        store: the results folder.
        registry: for the facts of methods; a method without its plugin is shown by name alone.
        only: (task fingerprint, protocol) of the tables wanted; all by default.
        records: records already read; read from the store by default.
    """
    tasks = {name: truth(raw) for name, raw in store.tasks().items()}
    grouped: dict[tuple[str, str], list[Record]] = defaultdict(list)
    every = list(store.records() if records is None else records)
    for record in every:
        grouped[record.inputs["data"], record.inputs["protocol"]].append(record)
    external: dict[tuple[str, str], list[External]] = defaultdict(list)
    for one in store.externals():
        external[one.data, one.protocol].append(one)
        # A task may have imported predictions and no records at all.
        grouped.setdefault((one.data, one.protocol), [])
    meter = Meter.of(store.folder, every)
    wanted = set(grouped) if only is None else set(only)
    tables = [
        _table(tasks[data], protocol, of_table, registry, external[data, protocol], meter)
        for (data, protocol), of_table in grouped.items()
        # Without its task file nothing can be scored: that has the true classes.
        if (data, protocol) in wanted and data in tasks
    ]
    tables.sort(
        key=lambda t: (t.synthetic, t.protocol != "loso", t.task, t.protocol, t.fingerprint)
    )
    used = {name for table in tables for name in table.environments}
    return Board(tuple(tables), {name: _machine(store, name) for name in sorted(used)})


def _machine(store: Store, name: str) -> str:
    one = read_environment(store.folder, name)
    if one is None:
        return "unknown machine"
    packages = ", ".join(f"{n} {v}" for n, v in one.packages.items() if v)
    commit = f", commit {one.commit}" if one.commit else ""
    where = f"{one.processor}, {one.cores} cores, {one.system}"
    return f"{where}, Python {one.python}, {packages}{commit}"


def _table(
    task: Truth,
    protocol: str,
    records: list[Record],
    registry: Registry,
    external: list[External],
    meter: Meter,
) -> Table:
    grouped = sorted(by_row(records).items())
    done = {key: finished(of_row) for key, of_row in grouped}
    counts = {key: confusions(task, of_row) for key, of_row in done.items()}
    rows = {
        key: meter.measured(build_row(task, protocol, of_row, counts[key], registry), task, of_row)
        for key, of_row in grouped
    }
    best_first = ranked(rows, counts)
    named = {name: plugin.variants for name, plugin in registry.methods.items()}
    own = registry.metrics.values()
    others = sorted((external_row(task, one, own) for one in external), key=external_order)
    dataset = registry.datasets.get(TaskName.parse(task.task).dataset)
    known_as = dataset.literature() if dataset else ""
    published = comparisons(task.task, protocol, known_as, best_first) if known_as else ()
    # Results on other clips are no results of the papers' task; stand-ins are other clips.
    alike = task.contract.as_published and not task.synthetic
    # Of databases that are only trained on no clip is scored.
    tested = held_out(protocol, task.people, task.databases, task.ids) != ""
    return Table(
        task=task.task,
        protocol=protocol,
        synthetic=task.synthetic,
        fingerprint=task.fingerprint[:12],
        classes=task.classes,
        counts=tuple(np.bincount(task.labels[tested], minlength=len(task.classes)).tolist()),
        subjects=len(np.unique(task.people[tested])),
        apex=task.apex,
        rows=(*best_first, *(row for row in others if row.selection != "test-best")),
        test_best=tuple(row for row in others if row.selection == "test-best"),
        published=published if alike else (),
        contract=task.contract,
        apart=apart_text(task.contract) if published and not task.synthetic else "",
        environments=tuple(sorted({record.environment for record in records})),
        variants=variants(task, ((rows[key], done[key]) for key in rows), named),
        ceiling=ceiling_of(task.task, known_as) if alike and protocol == "loso" else None,
        differences=differences(best_first, counts),
    )

"""The records that a report is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bench.board import build
from bench.core.errors import BenchError
from bench.core.names import Protocol, task_forms
from bench.core.select import unknown
from bench.core.types import Array
from bench.evaluation.build_row import finished
from bench.evaluation.external import EXTERNAL, covered, external_counts, external_row
from bench.evaluation.identity import Meter
from bench.evaluation.row import Row
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth, truth
from bench.plugins.registry import Registry
from bench.store.external import External
from bench.store.record import Record
from bench.store.store import Store


@dataclass(frozen=True)
class LeftOut:
    """A row of the same method and task that the report is not about.

    Attributes:
        folds: how many finished.
        preset, protocol, family, data: of its records; `data` is a fingerprint.
    """

    folds: int
    preset: str
    protocol: str
    family: str
    data: str


@dataclass(frozen=True)
class Evidence:
    """The finished records of one row of a board, and of its variants.

    Attributes:
        truth: clips and true classes.
        row: the row of the board.
        done: its finished records.
        variants: complete rows, with their records, of all variants of the method.
        left_out: further rows of the same method and task.
        damaged: a line for each damaged record of the results folder.
        external: imported predictions that the row is of, instead of records.
        meter: of what the results folder says on recognising people.
    """

    truth: Truth
    row: Row
    done: list[Record]
    variants: list[tuple[Row, list[Record]]]
    left_out: tuple[LeftOut, ...] = ()
    damaged: tuple[str, ...] = ()
    external: External | None = None
    meter: Meter | None = None

    @property
    def counts(self) -> Array:
        """Counts (seeds, subjects, c, c)."""
        if self.external is not None:
            return external_counts(self.truth, self.external)[None]
        return confusions(self.truth, self.done)

    @property
    def protocol(self) -> str:
        """How subjects were split."""
        if self.external is not None:
            return self.external.protocol
        return str(self.done[0].inputs["protocol"])

    @property
    def title(self) -> str:
        """Title of the report: "mfvan (quick) on casme2/5"."""
        return f"{self.row.name} on {self.truth.task}"

    @property
    def clips(self) -> str:
        """Number of predictions: "145 clips of 26 subjects, 2 seeds"."""
        if self.external is not None:
            have = covered(self.truth, self.external)
            counted = f"{have.sum()} clips of {len(set(self.truth.people[have]))} subjects"
            return counted if have.all() else f"{counted}, of {len(have)} clips in the task"
        names = {clip for record in self.done for clip in record.clips}
        people = {self.truth.people[self.truth.position[name]] for name in names}
        seeds = len(self.row.seeds)
        counted = f"{len(names)} clips of {len(people)} subjects"
        return counted + (f", {seeds} seeds" if seeds > 1 else "")


Group = tuple[str, str, str, str]
"""Data fingerprint, protocol, preset, family: what the records of one row have in common."""


def gather(store: Store, registry: Registry, method: str, task: str, preset: str = "") -> Evidence:
    """The records of a method on a task; among several configurations, the one with most folds.

    Real data take precedence over synthetic data, and results over diagnostics.

    Args:
        store: the results folder.
        registry: for the facts of methods.
        method: a label, "lbptop" or "mfvan:delta", or the name of imported predictions.
        task: "casme2/5".
        preset: "paper" or "quick", "external" for imported predictions; empty for any.

    Raises:
        BenchError: the folder has no such records; names those it has.
    """
    tasks = {name: truth(raw) for name, raw in store.tasks().items()}
    if not tasks:
        raise BenchError(f"no results in {store.folder}; run `bench run` first")
    names = _meant(task, sorted({one.task for one in tasks.values()}))
    contents = store.contents()
    here = [
        record
        for record in contents.records
        if record.inputs["data"] in tasks and tasks[record.inputs["data"]].task in names
    ]
    others = {o.name: o for o in store.externals() if o.task in names and o.data in tasks}
    labels = {record.label for record in here}
    if method not in labels | others.keys():
        raise unknown(f"method with results on {task}", method, sorted(labels | others.keys()))
    if method in others and (preset == EXTERNAL or (not preset and method not in labels)):
        one = others[method]
        of_task = tasks[one.data]
        return Evidence(of_task, external_row(of_task, one), [], [], external=one)
    groups: dict[Group, list[Record]] = defaultdict(list)
    for record in here:
        if record.label == method and preset in ("", record.preset):
            groups[_group(record)].append(record)

    def preference(name: Group) -> tuple[bool, bool, int]:
        return not tasks[name[0]].synthetic, not _diagnostic(name), len(finished(groups[name]))

    order = sorted((name for name in groups if preference(name)[2]), key=preference, reverse=True)
    if not order:
        wanted = f"{method} ({preset})" if preset else method
        raise BenchError(f"no finished folds of {wanted} on {task} in {store.folder}")
    chosen = order[0]
    left_out = tuple(
        LeftOut(preference(name)[2], preset=name[2], protocol=name[1], family=name[3], data=name[0])
        for name in order[1:]
    )
    records = groups[chosen] + _relatives(here, chosen, groups[chosen][0])
    (table,) = build(store, registry, {chosen[:2]}, records).tables
    rows = {(row.label, row.family): row for row in table.rows}
    variants = [
        (row, done) for row in table.rows if (done := _finished(records, row)) and row.complete
    ]
    row = rows[method, chosen[3]]
    done = _finished(records, row)
    damaged = tuple(contents.damaged)
    meter = Meter.of(store.folder, contents.records)
    return Evidence(tasks[chosen[0]], row, done, variants, left_out, damaged, meter=meter)


def _meant(task: str, known: Sequence[str]) -> Sequence[str]:
    """A task's revisions and subsets, unless there is one of just its name."""
    names = [task] if task in known else [name for name in known if task in task_forms(name)]
    if not names:
        raise unknown("task", task, known)
    return names


def _group(record: Record) -> Group:
    inputs = record.inputs
    return inputs["data"], inputs["protocol"], record.preset, record.family


def _diagnostic(name: Group) -> bool:
    return Protocol.parse(name[1]).diagnostic


def _relatives(here: list[Record], chosen: Group, like: Record) -> list[Record]:
    """Records of the method's other variants on the same clips.

    Of each variant the family with most finished folds.
    """
    by_label: dict[str, dict[Group, list[Record]]] = defaultdict(lambda: defaultdict(list))
    for record in here:
        kind, wanted = record.inputs, like.inputs
        same = (kind["method"], kind["version"]) == (wanted["method"], wanted["version"])
        same &= record.published_weights == like.published_weights
        if same and record.label != like.label and _group(record)[:3] == chosen[:3]:
            by_label[record.label][_group(record)].append(record)
    largest = (max(of.values(), key=lambda rows: len(finished(rows))) for of in by_label.values())
    return [record for rows in largest for record in rows]


def _finished(records: list[Record], row: Row) -> list[Record]:
    name = (row.label, row.family)
    return [r for r in records if (r.label, r.family) == name and r.status == "ok"]

"""What to run: methods x tasks x protocol x seeds x folds, as data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from bench.cache.files import key, keys_with
from bench.core.clip import UNIT_CODES
from bench.core.errors import BenchError
from bench.core.names import Protocol
from bench.core.words import Annotation
from bench.data.task import Task
from bench.planning.skipped import ImpossibleProtocol, MissingViews, Skipped, sentences
from bench.planning.splits import Fold, ImpossibleSplitError, folds
from bench.plugins.configure import Configured
from bench.plugins.fold_weights import FoldWeights
from bench.views.catalog import servable, view_versions

ANNOTATIONS: tuple[Annotation, ...] = get_args(Annotation)
"""Annotations of the training clips, besides their class, that a method may use."""

UNKNOWN = 0.1
"""Seconds that a fold counts for where its method does not estimate it: classifiers of features do
not, and are quick."""
QUICK = 0.2
"""Share of the longest fold's time within which a fold counts as quick."""


@dataclass(frozen=True)
class Cell:
    """All units of one method, task, protocol and seed."""

    row: Configured
    task: Task
    protocol: str
    seed: int
    folds: tuple[Fold, ...]

    @cached_property
    def inputs(self) -> dict[str, Any]:
        """Everything the results depend on; never paths, machine, number of jobs or order."""
        method = self.row.method
        taken = [name for name in ANNOTATIONS if name in method.takes]
        annotations: dict[str, str | None] = {n: self.task.annotated(n) for n in taken}
        # Stand-ins have them from their truth, which belongs to the clips' bytes.
        if UNIT_CODES in method.needs | method.takes and not self.task.synthetic:
            annotations[UNIT_CODES] = self.task.annotated("coded_units")
        weights = self.row.weights
        return {
            "method": method.name,
            "version": method.version,
            "config": self.row.config,
            "views": view_versions(method.needs | method.takes, self.task.dataset.sources),
            "task": self.task.name,
            "data": self.task.fingerprint,
            "protocol": self.protocol,
            "seed": self.seed,
            # Left out when empty: an empty entry would change the keys of methods that use none.
            **({"annotations": annotations} if annotations else {}),
            **({"published_weights": weights.sha256} if weights else {}),
            **({"tune": self.row.tuning.folds} if self.row.tuning else {}),
        }

    @cached_property
    def family(self) -> str:
        """Identifies the cell without its seed: cells of one family form one row of a board."""
        # It names a folder, so it is short; 48 bits are plenty for the rows of one results folder.
        return key({name: value for name, value in self.inputs.items() if name != "seed"})[:12]

    @cached_property
    def key(self) -> Callable[[object], str]:
        """The key of one unit, from the name of its fold."""
        return keys_with(self.inputs)

    @property
    def units(self) -> list[Unit]:
        """A unit for each fold."""
        return [Unit(self, fold) for fold in self.folds]


@dataclass(frozen=True)
class Unit:
    """One fold of one cell."""

    cell: Cell
    fold: Fold

    @cached_property
    def key(self) -> str:
        """SHA-256 of everything the result depends on."""
        return self.cell.key(self.fold.name)

    def __str__(self) -> str:
        """For messages: "lbptop casme2/5 casme2/01 seed 0"."""
        return f"{self.cell.row.label} {self.cell.task.name} {self.fold.name} seed {self.cell.seed}"


@dataclass(frozen=True)
class Plan:
    """Cells to run, and method-task pairs that cannot be run.

    Attributes:
        cells: in the order asked for.
        skipped: the pairs, with the reason.
        shard: which part of a larger plan this is, "3/40"; empty for all of it.
    """

    cells: tuple[Cell, ...]
    skipped: tuple[Skipped, ...] = ()
    shard: str = ""

    @property
    def units(self) -> list[Unit]:
        """All units."""
        return self.ordered([cell.units for cell in self.cells])

    def ordered(self, cells: Sequence[Sequence[Unit]]) -> list[Unit]:
        """Units of some cells in the order to run them: those first that may take longest.

        Before them one of every cell, so that errors show early, and those of quick methods on
        one task, so that its table does. What else is quick comes last: it keeps the other workers
        busy while the last long folds end. A part of a plan has few folds of each cell, and one of
        every cell would be nearly all.
        """
        cells = [units for units in cells if units]
        if self.shard or not cells:
            return longest_first([unit for units in cells for unit in units])
        # That of its first fold stands for a cell.
        limit = QUICK * max(weight(units[0]) for units in cells)
        quick = [units[0].cell for units in cells if weight(units[0]) < limit]
        table = next((c.task for c in quick if not c.row.method.facts.reference), None)
        early, rest = list[Unit](), list[Unit]()
        for first, *others in cells:
            soon = weight(first) < limit and first.cell.task is table
            (early if soon else rest).extend(others)
        return [units[0] for units in cells] + early + longest_first(rest)


def fold_seconds(cell: Cell, fold: Fold) -> float | None:
    """What the method estimates for one fit on one thread; None where it does not."""
    if cell.row.weights is not None:
        return 0.0  # nothing is trained
    clips = len(fold.train)
    seconds = cell.row.method.seconds(clips, round(clips * cell.task.frames))
    tuning = cell.row.tuning
    return seconds if seconds is None or tuning is None else seconds * tuning.fits


def weight(unit: Unit) -> float:
    """Seconds that a unit counts for: those of its estimate, never of what has run before.

    All machines that share a plan must see the same.
    """
    seconds = fold_seconds(unit.cell, unit.fold)
    return UNKNOWN if seconds is None else seconds


def longest_first(units: Sequence[Unit]) -> list[Unit]:
    """Units in the order in which workers should start them, so that none ends long after others.

    Methods and tasks stay together: a worker loads the features of a task once for all its folds.
    """
    groups: dict[tuple[int, int], list[tuple[float, Unit]]] = defaultdict(list)
    for unit in units:
        # By identity: a task holds arrays, which do not hash.
        groups[id(unit.cell.row), id(unit.cell.task)].append((weight(unit), unit))
    for group in groups.values():
        group.sort(key=lambda pair: -pair[0])
    ordered = sorted(groups.values(), key=lambda group: -group[0][0])
    return [unit for group in ordered for _, unit in group]


def make_plan(
    rows: Sequence[Configured],
    tasks: Sequence[Task],
    protocol: str = "loso",
    seeds: Sequence[int] = (0,),
    limit_folds: int | None = None,
) -> Plan:
    """Pair methods with tasks.

    Args:
        rows: methods.
        tasks: tasks.
        protocol: "loso", "kfold:K", "hde", "lovo" or "casme2→samm".
        seeds: root seeds; a cell for each.
        limit_folds: keep only the first N folds of each cell.

    Raises:
        BenchError: nothing is left to run, the protocol is unknown, or published weights lack the
            file of a fold.
    """
    try:
        protocol = str(Protocol.parse(protocol))
    except BenchError as error:
        raise BenchError(f"--protocol: {error}") from error
    cells: list[Cell] = []
    skipped: list[Skipped] = []
    for task in tasks:
        try:
            split = folds(protocol, task.people, task.databases, task.ids)
        except ImpossibleSplitError as error:
            skipped.append(ImpossibleProtocol(task.name, protocol, str(error)))
            continue
        have = servable(task.dataset.sources)
        for row in rows:
            if lacking := tuple(sorted(row.method.needs - have)):
                provided = tuple(sorted(task.dataset.sources))
                names = row.label, task.name, task.dataset.name
                skipped.append(MissingViews(*names, lacking, provided))
                continue
            chosen = tuple(split[:limit_folds])
            if row.weights is not None:
                _check_weights(row.label, row.weights, protocol, chosen)
            cells += [Cell(row, task, protocol, seed, chosen) for seed in seeds]
    if not cells:
        reasons = "; ".join(sentences(skipped)) or "no methods or no tasks selected"
        raise BenchError(f"nothing to run: {reasons}")
    return Plan(tuple(cells), tuple(skipped))


def _check_weights(label: str, weights: FoldWeights, protocol: str, chosen: Sequence[Fold]) -> None:
    """Raise `BenchError` before anything runs for a fold that has no file of weights."""
    if Protocol.parse(protocol).kind != "loso":
        raise BenchError(
            f"{label} --protocol {protocol}: each file of weights was trained without one subject; "
            "expected loso"
        )
    for fold in chosen:
        weights.file_of(fold.name)

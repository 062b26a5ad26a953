"""The leaderboard as data: tables of rows, independent of any output format."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.data.contract import Contract
from bench.evaluation.differences import Differences
from bench.evaluation.row import Row
from bench.evaluation.variants import Variants
from bench.literature.comparison import Comparison


@dataclass(frozen=True)
class Table:
    """All rows of one task under one protocol.

    Attributes:
        task, protocol: "casme2/5", "loso".
        synthetic: the clips are stand-ins made by the generator.
        fingerprint: of clips, bytes and labels.
        classes: names.
        counts: clips per class, of those that are held out in some fold.
        subjects: whose clips these are.
        apex: source of the apex frames.
        rows: ranked ones first, best first; then references; then incomplete ones;
            then imported predictions.
        test_best: imported predictions whose epoch was chosen on the held-out subjects; never
            beside rows that were not chosen so.
        published: results of the literature for this task.
        environments: ids of the machines.
        variants: the ablation of each method with several variants here.
        contract: which clips the task has.
        apart: why published results there are do not stand beside these; empty where they do.
        ceiling: UF1 of the coded action units on the real task; None where unknown.
        differences: in UF1 between rows; none on boards of before they were kept.
    """

    task: str
    protocol: str
    synthetic: bool
    fingerprint: str
    classes: tuple[str, ...]
    counts: tuple[int, ...]
    subjects: int
    apex: str
    rows: tuple[Row, ...]
    published: tuple[Comparison, ...] = ()
    test_best: tuple[Row, ...] = ()
    environments: tuple[str, ...] = ()
    variants: tuple[Variants, ...] = ()
    contract: Contract = field(default_factory=Contract)
    apart: str = ""
    ceiling: float | None = None
    differences: Differences = field(default_factory=Differences)

    @property
    def title(self) -> str:
        """Heading; synthetic tasks begin with the word SYNTHETIC."""
        return f"{'SYNTHETIC ' if self.synthetic else ''}{self.task}"


@dataclass(frozen=True)
class Board:
    """Tables, real ones first.

    Attributes:
        tables: one per task, protocol and data fingerprint.
        machines: description of each machine by environment id.
    """

    tables: tuple[Table, ...]
    machines: dict[str, str] = field(default_factory=dict)

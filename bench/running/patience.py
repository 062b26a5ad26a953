"""Stopping early: a method that fails in the same way over and over is not run on."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.planning.plan import Unit
from bench.store.record import Record


class Pair(NamedTuple):
    """A method on a task, by their names; all its seeds count together."""

    method: str
    task: str

    @classmethod
    def of(cls, unit: Unit) -> Pair:
        """The pair of a unit."""
        return cls(unit.cell.row.label, unit.cell.task.name)

    def __str__(self) -> str:
        return f"{self.method} on {self.task}"


@dataclass
class Patience:
    """Counts how units end, and says which are not worth starting.

    Attributes:
        limit: equal failures in a row; None to run every fold whatever happens.
        left: units that have not been started, by pair.
        failures: of each pair the last failure, and how often in a row it came.
        skipped: units that were not started, by pair.
    """

    limit: int | None
    left: Counter[Pair]
    failures: dict[Pair, tuple[tuple[str, str], int]] = field(default_factory=dict)
    skipped: Counter[Pair] = field(default_factory=Counter)

    def ended(self, unit: Unit, record: Record) -> str:
        """Count how a unit ended; returns a line to say where its method is given up."""
        pair = Pair.of(unit)
        if record.status == "ok":
            self.failures.pop(pair, None)
            return ""
        failure = record.status, last_line(record.error)
        before, times = self.failures.get(pair, (failure, 0))
        times = times + 1 if before == failure else 1
        self.failures[pair] = failure, times
        if times != self.limit:
            return ""
        alike = "1 fold failed" if times == 1 else f"{times} folds in a row failed alike"
        return (
            f"{pair}: {alike}; those not started are skipped "
            f"(--keep-going runs them): {': '.join(filter(None, failure))}"
        )

    def on_edge(self) -> bool:
        """Whether the next failure may give up a method: no unit should be started too early."""
        if self.limit is None:
            return False
        edge = self.limit - 1
        counts = ((times, self.left[pair]) for pair, (_, times) in self.failures.items())
        return not edge or any(times == edge and left for times, left in counts)

    def skips(self, unit: Unit) -> bool:
        """Whether a unit is skipped rather than started; if so it is counted."""
        pair = Pair.of(unit)
        self.left[pair] -= 1
        _, times = self.failures.get(pair, (None, 0))
        if self.limit is None or times < self.limit:
            return False
        self.skipped[pair] += 1
        return True


def last_line(error: str) -> str:
    """The end of a traceback, which says what went wrong."""
    return error.strip().splitlines()[-1] if error.strip() else ""

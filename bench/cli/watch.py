"""Live progress of a run: what runs now, units done, time left; and a first table on the way."""

from __future__ import annotations

import time
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from math import inf
from statistics import fmean
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column

from bench.cli.screen import Screen
from bench.core.escape import visible
from bench.planning.plan import Cell, Unit, weight

GLANCE = 0.2
"""Seconds between two estimates of the time left."""
QUIET = 30.0
"""Seconds between lines where standard error is not a terminal."""
SOON = 30.0
"""Seconds: nearer to the end, no table is shown before it."""


class Watch:
    """Draws a run; a bar in a terminal, a line now and then elsewhere.

    Args:
        workers: processes that share the work.
        console: to draw on.
        early: shows the table of a cell on a console; called once in a long run, as soon as a task
            has the results of all methods but those that take longest.
    """

    def __init__(
        self, workers: int, console: Screen, early: Callable[[Cell, Screen], None] | None = None
    ) -> None:
        self.workers, self.console, self.early = workers, console, early
        self.name, self.total, self.done, self.work = "", 0, 0, ""
        self.cells: dict[int, Unit] = {}
        self.left: Counter[int] = Counter()
        # Of each cell the seconds of its folds, in increasing order.
        self.took: dict[int, list[float]] = defaultdict(list)
        self.looked = 0.0
        self.warm = self.spoke = time.monotonic()
        self.bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=16),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            # Last, because it is of any length: it ends where the terminal does.
            TextColumn(
                "{task.fields[work]}",
                markup=False,
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
            ),
            console=console,
            transient=True,
            expand=True,
        )
        self.line = self.bar.add_task("", total=None, left="", work="", visible=False)

    @property
    def drawn(self) -> bool:
        """Whether there is a terminal or a notebook to draw a bar in."""
        return self.console.is_terminal or self.console.is_jupyter

    def __enter__(self) -> Self:
        # Elsewhere even a bar that is disabled leaves an empty line.
        if self.drawn:
            self.bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.bar.live.is_started:
            self.bar.stop()

    def phase(self, name: str, jobs: Sequence[Unit | None]) -> None:
        """A phase begins: describing so many clips, or fitting these units."""
        self.name, self.total, self.done, self.work = name, len(jobs), 0, ""
        # By identity: a cell holds arrays, which do not hash.
        self.left = Counter(id(unit.cell) for unit in jobs if unit)
        self.cells = {id(unit.cell): unit for unit in jobs if unit}
        self.warm = self.spoke = time.monotonic()
        self.bar.update(
            self.line,
            description=name,
            total=self.total,
            completed=0,
            left="",
            work="",
            visible=bool(jobs),
        )

    def now(self, work: Sequence[str]) -> None:
        """What is being worked on."""
        counted = Counter(map(visible, work))
        self.work = ", ".join(f"{one} ×{n}" if n > 1 else one for one, n in counted.items())
        self._draw()

    def ended(self, unit: Unit | None, seconds: float) -> None:
        """A job has ended."""
        self.done += 1
        if self.done == self.workers:
            self.warm = time.monotonic()
        if unit is not None:
            cell = id(unit.cell)
            insort(self.took[cell], seconds)
            self.left[cell] -= 1
            if self.early and not self.left[cell] and self._is_early(unit.cell):
                show, self.early = self.early, None
                show(unit.cell, self.console)
        self._draw()

    def _draw(self) -> None:
        now = time.monotonic()
        # Not for each of many short folds: the estimate looks at every cell.
        if now - self.looked < GLANCE:
            return
        self.looked = now
        # The first jobs also pay for start-up: they say little about the rest.
        known = self.done > 2 * self.workers
        about = "up to" if self._is_cold() else "about"
        left = f"{about} {duration(self.remaining())} left" if known else ""
        if self.drawn:
            self.bar.update(self.line, completed=self.done, left=left, work=self.work)
        elif now - self.spoke > QUIET:
            self.spoke = now
            words = "; ".join(filter(None, (left, self.work)))
            self.console.say(f"{self.name} {self.done}/{self.total}  {words}")

    def _is_cold(self) -> bool:
        """Whether of a cell with folds left none is known but one that started a worker."""
        return any(left and len(self.took[cell]) < 2 for cell, left in self.left.items())

    def _is_early(self, cell: Cell) -> bool:
        """Whether all that its task still lacks takes longer than what it has, and for a while."""
        table = [one for one in self.cells.values() if one.cell.task is cell.task]
        done = [one for one in table if not self.left[id(one.cell)]]
        contenders = [one for one in done if not one.cell.row.method.facts.reference]
        rest = (weight(one) for one in table if self.left[id(one.cell)])
        quick = min(rest, default=inf) > max(map(weight, done))
        return bool(contenders) and quick and self.remaining() > SOON

    def note(self, line: str) -> None:
        """Print a line above the bar."""
        self.console.say(line, style="yellow")

    def remaining(self) -> float:
        """Seconds left, from what the folds of each cell took so far."""
        if not self.took:
            # Since each worker has ended a job: the first one starts it, and compiles.
            each = (time.monotonic() - self.warm) / max(1, self.done - self.workers)
            return each * (self.total - self.done)
        # Every cell counts once, however many of its folds have run.
        means = {cell: _usual(took, self.workers) for cell, took in self.took.items() if took}
        mean = fmean(means.values())
        rest = (left * means.get(cell, mean) for cell, left in self.left.items())
        return sum(rest) / self.workers


def _usual(took: Sequence[float], workers: int) -> float:
    """Mean seconds of a fold of a cell, as far as known without the first one of each worker.

    That one also starts up and compiles. Which those are is not told; they are the slowest, or as
    slow as others.

    Args:
        took: in increasing order, at least one.
        workers: how many processes.
    """
    return fmean(took[: max(1, len(took) - workers)])


def duration(seconds: float) -> str:
    """In words: 42 s, 7 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"

"""Live progress of a run: units done, current cells, time left."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bench.cli.screen import Screen
from bench.core.escape import visible
from bench.planning.plan import Unit

GLANCE = 0.2
"""Seconds between two estimates of the time left."""
QUIET = 30.0
"""Seconds between lines where standard error is not a terminal."""


class Watch:
    """Draws a run; a bar in a terminal, a line now and then elsewhere."""

    def __init__(self, workers: int, console: Screen) -> None:
        self.workers, self.console = workers, console
        self.name, self.total, self.done = "", 0, 0
        self.left: Counter[int] = Counter()
        self.folds: Counter[int] = Counter()
        self.took: dict[int, float] = defaultdict(float)
        self.text, self.looked = "", 0.0
        self.started = self.spoke = time.monotonic()
        self.bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            console=console,
            transient=True,
        )
        self.line = self.bar.add_task("", total=None, left="", visible=False)

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
        self.name, self.total, self.done = name, len(jobs), 0
        # By identity: a cell holds arrays, which do not hash.
        self.left = Counter(id(unit.cell) for unit in jobs if unit)
        self.started = self.spoke = time.monotonic()
        self.bar.update(
            self.line, description=name, total=self.total, completed=0, left="", visible=bool(jobs)
        )

    def ended(self, unit: Unit | None, seconds: float) -> None:
        """A job has ended."""
        self.done += 1
        if unit is not None:
            self.folds[id(unit.cell)] += 1
            self.took[id(unit.cell)] += seconds
            self.left[id(unit.cell)] -= 1
        now = time.monotonic()
        # Not for each of many short folds: the estimate looks at every cell.
        if now - self.looked > GLANCE:
            self.looked = now
            where = visible(f"{unit.cell.row.label} {unit.cell.task.name}  ") if unit else ""
            # The first jobs also pay for start-up: they say little about the rest.
            known = self.done > 2 * self.workers
            self.text = where + (f"about {duration(self.remaining())} left" if known else "")
        if self.drawn:
            self.bar.update(self.line, completed=self.done, left=self.text)
        elif now - self.spoke > QUIET:
            self.spoke = now
            self.console.say(f"{self.name} {self.done}/{self.total}  {self.text}")

    def note(self, line: str) -> None:
        """Print a line above the bar."""
        self.console.say(line, style="yellow")

    def remaining(self) -> float:
        """Seconds left, from what the folds of each cell took so far."""
        if not self.took:
            return (time.monotonic() - self.started) / self.done * (self.total - self.done)
        # Every cell counts once, however many of its folds have run.
        means = {cell: took / self.folds[cell] for cell, took in self.took.items()}
        mean = fmean(means.values())
        rest = (left * means.get(cell, mean) for cell, left in self.left.items())
        return sum(rest) / self.workers


def duration(seconds: float) -> str:
    """In words: 42 s, 7 min, 3 h 20 min."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"

"""Who watches a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bench.planning.plan import Unit


class Progress(Protocol):
    """Who watches a run."""

    def phase(self, name: str, jobs: Sequence[Unit | None]) -> None:
        """A phase begins: describing so many clips, or fitting these units."""

    def now(self, work: Sequence[str]) -> None:
        """What is being worked on, told a few times a second."""

    def ended(self, unit: Unit | None, seconds: float) -> None:
        """A job has ended: a unit's, or a clip's description."""

    def note(self, line: str) -> None:
        """Something that the user should know before the end."""


class Nobody:
    """Watches nothing."""

    def phase(self, name: str, jobs: Sequence[Unit | None]) -> None:
        """See `Progress`."""

    def now(self, work: Sequence[str]) -> None:
        """See `Progress`."""

    def ended(self, unit: Unit | None, seconds: float) -> None:
        """See `Progress`."""

    def note(self, line: str) -> None:
        """See `Progress`."""

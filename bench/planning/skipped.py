"""Why a method or a task is not in a plan, as values; `str()` gives the text for the user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class MissingViews:
    """A method cannot run on a task whose dataset lacks views it needs.

    Attributes:
        method: label of the method or variant.
        task, dataset: names.
        lacking: views that the method needs and the dataset cannot provide.
        provided: arrays that the dataset provides.
    """

    method: str
    task: str
    dataset: str
    lacking: tuple[str, ...]
    provided: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.method} on {self.task} skipped: needs {', '.join(self.lacking)}, but "
            f"{self.dataset} provides only {', '.join(self.provided)}"
        )


@dataclass(frozen=True)
class ImpossibleProtocol:
    """A task has too few subjects or databases for the protocol.

    Attributes:
        task, protocol: names.
        reason: what the protocol requires and the task has.
    """

    task: str
    protocol: str
    reason: str

    def __str__(self) -> str:
        return f"{self.task} skipped: {self.reason}"


Skipped = MissingViews | ImpossibleProtocol

FEW = 3
"""Methods of a task that are named one by one, each with the views that it lacks."""
MANY = 8
"""Methods of a task that are only counted: nobody asked for so many by name."""


def sentences(skipped: Sequence[Skipped]) -> list[str]:
    """What to tell the user: a line each, but one for many methods that a task cannot serve."""
    groups: dict[str, list[Skipped]] = defaultdict(list)
    for one in skipped:
        groups[one.task].append(one)
    lines: list[str] = []
    for task, group in groups.items():
        lacking = [one for one in group if isinstance(one, MissingViews)]
        if len(lacking) <= FEW:
            lines += map(str, group)
            continue
        lines += [str(one) for one in group if not isinstance(one, MissingViews)]
        names = f": {', '.join(one.method for one in lacking)}" if len(lacking) <= MANY else ""
        lines.append(
            f"{task}: skipped {len(lacking)} methods that need other inputs than "
            f"{', '.join(lacking[0].provided)}{names}"
        )
    return lines

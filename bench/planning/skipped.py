"""Why a method or a task is not in a plan, as values; `str()` gives the text for the user."""

from __future__ import annotations

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

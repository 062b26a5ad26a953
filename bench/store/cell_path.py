"""Where the records of a cell lie below `records/`, and how users abbreviate it."""

from __future__ import annotations

from typing import NamedTuple, Self

from bench.planning.plan import Cell
from bench.store.record import safe


class CellPath(NamedTuple):
    """The folder of a cell below `records/`, its parts as file names: "casme2-5", not "casme2/5".

    Attributes:
        task, method: names.
        row: preset and family.
        seed: "seed0".
    """

    task: str
    method: str
    row: str
    seed: str

    def __str__(self) -> str:
        return "/".join(self)

    @classmethod
    def of(cls, cell: Cell) -> Self:
        """The path of a planned cell."""
        row = f"{safe(cell.row.preset)}-{cell.family}"
        return cls(safe(cell.task.name), safe(cell.row.label), row, f"seed{cell.seed}")

    def matches(self, words: str) -> bool:
        """Whether words mean it: task and method in full, what follows by its first letters."""
        # As in the file name, and as boards print it.
        for task in (self.task, self.task.replace("-", "/", 1)):
            if words == task:
                return True
            if words.startswith(f"{task}/"):
                method, *rest = words[len(task) + 1 :].split("/")
                parts = (self.row, self.seed)
                return (
                    safe(method) == self.method
                    and len(rest) <= len(parts)
                    and all(part.startswith(word) for word, part in zip(rest, parts, strict=False))
                )
        return False

"""Where the records of a cell lie below `records/`, and how users abbreviate it."""

from __future__ import annotations

from typing import NamedTuple, Self

from bench.core.file_names import former, safe
from bench.planning.plan import Cell
from bench.store.record import Record


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
        return cls._named(cell.task.name, cell.row.label, cell.row.preset, cell.family, cell.seed)

    @classmethod
    def of_record(cls, record: Record) -> Self:
        """The path of the cell that a record is of, by what the record says."""
        task, seed = record.inputs["task"], record.inputs["seed"]
        return cls._named(task, record.label, record.preset, record.family, seed)

    @classmethod
    def _named(cls, task: str, label: str, preset: str, family: str, seed: int) -> Self:
        row = f"{safe(preset, '-')}-{safe(family, '-')}"
        return cls(safe(task), safe(label, ":"), row, f"seed{seed}")

    @classmethod
    def former(cls, cell: Cell) -> Self:
        """The path of a planned cell in earlier versions, which other cells could share."""
        row = f"{former(cell.row.preset)}-{cell.family}"
        return cls(former(cell.task.name), former(cell.row.label), row, f"seed{cell.seed}")

    def matches(self, words: str, in_full: bool = False) -> bool:
        """Whether words mean it: task and method in full, what follows by its first letters.

        Args:
            words: what a user typed.
            in_full: of the task its revision and subset, too.
        """
        parts = words.split("/")
        for i in range(1, len(parts) + 1):
            if not self._of_task("/".join(parts[:i]), in_full):
                continue
            # A method's name may contain slashes, too: those of a file that it takes.
            if i == len(parts) or any(
                self.method in _names("/".join(parts[i:j]), ":") and self._continues(parts[j:])
                for j in range(i + 1, len(parts) + 1)
            ):
                return True
        return False

    def _of_task(self, word: str, in_full: bool) -> bool:
        """Whether a word means the task: by its name, or without its revision and subset."""
        if self.task in _names(word, "/") or in_full:
            return self.task in _names(word, "/")
        # `safe` leaves of "casme2/5@2014 (245 of 246)" the folder "casme2-5@2014--245-of-246-~...".
        rest = self.task.removeprefix(safe(word))
        return rest != self.task and (rest.startswith("@") or ("~" in rest and rest[:2] == "--"))

    def _continues(self, rest: list[str]) -> bool:
        parts = (self.row, self.seed)
        return len(rest) <= len(parts) and all(
            part.startswith(word) for word, part in zip(rest, parts, strict=False)
        )


def _names(word: str, mark: str) -> tuple[str, str, str]:
    """What a word may be called on disk: as the name itself, today and formerly."""
    return word, safe(word, mark), former(word)

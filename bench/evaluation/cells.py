"""Finding a cell or a record of a results folder by a few words."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bench.core.errors import BenchError
from bench.evaluation.truth import Truth, truth
from bench.store.record import Record, safe
from bench.store.store import Store

DEPTH = 4
"""Task, method, preset and family, seed: the folders above a record."""


@dataclass(frozen=True)
class Found:
    """One cell.

    Attributes:
        folder: of its records.
        records: readable ones, in the order of their files.
        task: who shows what.
    """

    folder: Path
    records: list[Record]
    task: Truth


def find_cell(store: Store, words: str) -> Found:
    """The cell meant by the first parts of its path: "casme2/5/mfvan" or "toy-3/mean/quick".

    Args:
        store: a results folder.
        words: the folder itself, or task/method[/preset-family[/seed0]], parts may be cut short.

    Raises:
        BenchError: no cell, or more than one; names them.
    """
    root = store.folder / "records"
    every = sorted(path for path in root.glob("/".join(["*"] * DEPTH)) if path.is_dir())
    folders = [path for path in every if _means(words, path, root)]
    if len(folders) != 1:
        names = [str(path.relative_to(root)) for path in folders or every]
        near = get_close_matches(words.replace("/", "-", 1), names, n=8, cutoff=0.0)
        what = "no cell" if not folders else f"{len(folders)} cells"
        raise BenchError(
            f"{words!r} names {what} of {root}; {'nearest' if not folders else 'among them'}: "
            f"{', '.join(near) or 'none'}"
        )
    found = store.contents(folders[0])
    if not found.records:
        raise BenchError(found.damaged[0] if found.damaged else f"{folders[0]} holds no record")
    records = found.records
    tasks = store.tasks()
    data = records[0].inputs["data"]
    if data not in tasks:
        raise BenchError(f"{store.folder}/tasks lacks the clips of {folders[0]}: copy it over too")
    return Found(folders[0], records, truth(tasks[data]))


def _means(words: str, path: Path, root: Path) -> bool:
    if Path(words).absolute() == path.absolute():
        return True
    task, *rest = path.relative_to(root).parts
    for spelt in (task, task.replace("-", "/", 1)):
        if words == spelt or words.startswith(f"{spelt}/"):
            given = words[len(spelt) + 1 :].split("/") if words != spelt else []
            return _begin(given, rest)
    return False


def _begin(given: list[str], parts: list[str]) -> bool:
    """The method in full, what follows by its first letters."""
    if not given or len(given) > len(parts):
        return not given
    pairs = list(zip(given, parts, strict=False))
    return safe(pairs[0][0]) == pairs[0][1] and all(b.startswith(a) for a, b in pairs[1:])

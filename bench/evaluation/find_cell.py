"""Finding a cell or a record of a results folder by a shortened path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bench.core.errors import BenchError
from bench.core.file_names import former, safe
from bench.core.names import task_forms
from bench.evaluation.external import EXTERNAL
from bench.evaluation.truth import Truth, truth
from bench.store.cell_path import CellPath
from bench.store.external import External
from bench.store.record import Record
from bench.store.store import Store


@dataclass(frozen=True)
class CellRecords:
    """One cell.

    Attributes:
        folder: of its records.
        records: readable ones, in the order of their files.
        task: its clips and their true classes.
    """

    folder: Path
    records: list[Record]
    task: Truth


@dataclass(frozen=True)
class ExternalResult:
    """Imported predictions.

    Attributes:
        external: as they are kept.
        task: its clips and their true classes.
    """

    external: External
    task: Truth


def find_result(store: Store, words: str) -> CellRecords | ExternalResult:
    """A cell as by `find_cell`, or imported predictions: "casme2/5/theirs".

    Raises:
        BenchError: nothing matches, or more than one; lists them.
    """
    tasks, one = store.tasks(), find_external(store, words)
    if one is None:
        return find_cell(store, words)
    if one.data not in tasks:
        raise BenchError(f"{store.folder}/tasks has no clips for {words}; copy tasks/ as well")
    return ExternalResult(one, truth(tasks[one.data]))


def find_external(store: Store, words: str) -> External | None:
    """Imported predictions meant by "casme2/5/theirs"; None where none are.

    Raises:
        BenchError: several are meant, or a method of ours as well.
    """
    every = [one for one in store.externals() if words in _names(one, task_forms(one.task))]
    # "casme2/5" means its subsets as well, unless the whole is there.
    meant = [one for one in every if words in _names(one, [one.task])] or every
    if len(meant) > 1:
        names = ", ".join(f"{one.task}/{one.name}" for one in meant)
        raise BenchError(f"{words!r} matches several imported predictions: {names}")
    theirs = words.endswith(f"/{EXTERNAL}")
    if meant and not theirs and any(path.matches(words) for path, _ in _cells(store)):
        raise BenchError(
            f"{words!r} is a method and imported predictions; add /{EXTERNAL} for these, a preset "
            "for the method"
        )
    return meant[0] if meant else None


def _names(one: External, forms: Iterable[str]) -> set[str]:
    """How users write it: like a cell, with "external" for a preset."""
    tasks = {name for form in forms for name in (form, safe(form))}
    names = {f"{task}/{name}" for task in tasks for name in (one.name, safe(one.name, "-"))}
    return names | {f"{name}/{EXTERNAL}" for name in names}


def find_cell(store: Store, words: str) -> CellRecords:
    """The cell meant by the first parts of its path: "casme2/5/mfvan" or "toy-3/mean/quick".

    Args:
        store: a results folder.
        words: the folder itself, or task/method[/preset-family[/seed0]]; the last two parts may be
            abbreviated.

    Raises:
        BenchError: no cell matches, or more than one; lists them.
    """
    folder = _folder(store, words)
    found = store.contents(folder)
    if not found.records:
        raise BenchError(found.damaged[0] if found.damaged else f"{folder} contains no record")
    records = found.records
    tasks = store.tasks()
    data = records[0].inputs["data"]
    if data not in tasks:
        raise BenchError(f"{store.folder}/tasks has no clips for {folder}; copy tasks/ as well")
    return CellRecords(folder, records, truth(tasks[data]))


def find_record(store: Store, words: str) -> Path:
    """The file of the record meant by "cell:fold"; of a cell with one fold, "cell" is enough.

    Raises:
        BenchError: no cell or no fold matches, or more than one.
    """
    # A variant's name contains a colon, too: "toy/3/mean:noisy:toy/p0".
    cell, _, fold = words.rpartition(":")
    whole = any(path.matches(words) for path, _ in _cells(store)) or not cell
    folder = _folder(store, words if whole else cell)
    paths = sorted(folder.glob("*.json"))
    chosen = [path for path in paths if whole or path.stem in (safe(fold), former(fold))]
    if len(chosen) != 1:
        folds = ", ".join(path.stem for path in paths[:8])
        raise BenchError(
            f"{words!r}: expected a record file or cell:fold, where fold is one of {folds}"
        )
    return chosen[0]


def _cells(store: Store) -> Iterator[tuple[CellPath, Path]]:
    root = store.folder / "records"
    for path in sorted(root.glob("/".join("*" * len(CellPath._fields)))):
        if path.is_dir():
            yield CellPath(*path.relative_to(root).parts), path


def _folder(store: Store, words: str) -> Path:
    every = list(_cells(store))
    meant = [
        (name, path)
        for name, path in every
        if name.matches(words) or Path(words).absolute() == path.absolute()
    ]
    # "casme2/5" means all revisions and subsets where there is no task of just this name.
    if in_full := [(name, path) for name, path in meant if name.matches(words, in_full=True)]:
        meant = in_full
    if len(meant) == 1:
        return meant[0][1]
    names = [str(name) for name, _ in meant or every]
    # No cutoff: the message should always list something to choose from.
    near = get_close_matches(words.replace("/", "-", 1), names, n=8, cutoff=0.0)
    raise BenchError(
        f"{words!r} matches {f'{len(meant)} cells' if meant else 'no cell'} of "
        f"{store.folder / 'records'}; {'among them' if meant else 'nearest'}: "
        f"{', '.join(near) or 'none'}"
    )

"""Finding clips and tables on disk, without ever walking a whole tree."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.core.errors import DataError

BREADTH = 2000
"""Folders looked into at each level before giving up: a root set too high must not hang."""


def subfolders(folder: Path) -> list[Path]:
    """Visible folders in a folder, by name; dangling and looping links are passed over."""
    return [folder / name for name in names(folder, os.DirEntry.is_dir)]


def subfolder(folder: Path, name: str) -> Path | None:
    """The folder of that name in a folder, whatever its letter case; None where there is none."""
    inner = {path.name.strip().lower(): path for path in reversed(subfolders(folder))}
    return inner.get(name.lower())


def find_home(
    root: Path, wanted: Callable[[str], bool], prefer: Sequence[str] = (), depth: int = 2
) -> Path | None:
    """The folder at or below root that holds folders with wanted names.

    Args:
        root: where to begin.
        wanted: tells a subject's folder by its name.
        prefer: words in the path below root, best first, where several folders qualify; then the
            one nearest to root is taken, then the first by name.
        depth: levels below root to look into.
    """
    homes: list[tuple[int, int, str, Path]] = []
    level = [root]
    for below in range(depth + 1):
        inner: list[Path] = []
        for folder in level[:BREADTH]:
            children = subfolders(folder)
            others = [child for child in children if not wanted(child.name)]
            inner += others
            if len(others) < len(children):
                path = folder.relative_to(root).as_posix().lower()
                rank = next((i for i, word in enumerate(prefer) if word in path), len(prefer))
                homes.append((rank, below, path, folder))
        level = inner
    return min(homes)[-1] if homes else None


def named_folders(root: Path, wanted: Callable[[str], bool], depth: int) -> dict[str, Path]:
    """Folders with wanted names at most `depth` levels below root, by lower-case name.

    Of two with the same name the one nearer to root stays, then the first by path. Wanted folders
    are not looked into.
    """
    found: dict[str, Path] = {}
    level = [root]
    for _ in range(depth):
        children = [child for folder in level for child in subfolders(folder)]
        level = []
        for child in children:
            if wanted(child.name):
                found.setdefault(child.name.strip().lower(), child)
            elif len(level) < BREADTH:
                level.append(child)
    return found


def find_tables(root: Path, home: Path, pattern: str) -> list[Path]:
    """Tables whose names match, near the images; the nearest folder first, then by name.

    Looks into root, the folders between root and home, the other folders in root, and next to root;
    where there is none, into the folders in those folders ("annotation/partA").

    Args:
        root: the folder that the user named.
        home: the folder of the subjects.
        pattern: regular expression, searched in the lower-case name.
    """
    near = [*_near(root, home), root.parent]
    found = [table for table in _tables(near) if re.search(pattern, table.name.lower())]
    return found or [t for t in _tables(_far(root, home)) if re.search(pattern, t.name.lower())]


def other_tables(root: Path, home: Path) -> list[Path]:
    """All tables in root, between root and home and in the folders of root, nearest first."""
    return _tables(_near(root, home))


def _near(root: Path, home: Path) -> list[Path]:
    between = [home, *home.parents][: len(home.parts) - len(root.parts) + 1]
    return [root, *reversed(between), *subfolders(root)[:BREADTH]]


def _far(root: Path, home: Path) -> list[Path]:
    # Not into the subjects, whose many folders hold frames.
    outer = [folder for folder in subfolders(root) if folder != home and root != home]
    return [deep for folder in outer for deep in subfolders(folder)][:BREADTH]


def _tables(places: Iterable[Path]) -> list[Path]:
    found: dict[Path, None] = {}
    for place in places:
        inside = names(place, os.DirEntry.is_file)
        found.update({place / name: None for name in inside if _is_table(name)})
    return list(found)


def _is_table(name: str) -> bool:
    # Excel keeps a file "~$..." next to every workbook that is open.
    return not name.startswith("~$") and name.lower().endswith((".xlsx", ".xls", ".csv"))


def names(folder: Path, kind: Callable[[os.DirEntry[str]], bool]) -> list[str]:
    """Visible entries of a kind in a folder, by name; none where there is no such folder."""
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    if kind(entry):
                        found.append(entry.name)
                except OSError:  # a link that leads to itself
                    continue
    # Loaders ask for folders that only some layouts have.
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}") from error
    # Hidden files are skipped: on foreign disks macOS adds a "._img1.jpg" to each img1.jpg.
    return sorted(name for name in found if name[0] != ".")

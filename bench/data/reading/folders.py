"""Finding clips, tables and frames on disk, without ever walking a whole tree."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bench.core.errors import DataError

IMAGES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"})
FRAME = re.compile(r"(.*?)([0-9]+)(\.[A-Za-z]+)", re.DOTALL)
BREADTH = 2000
"""Folders looked into at each level before giving up: a root set too high must not hang."""


def subfolders(folder: Path) -> list[Path]:
    """Visible folders in a folder, by name; dangling and looping links are passed over."""
    return [folder / name for name in _names(folder, os.DirEntry.is_dir)]


def numbered_frames(folder: Path) -> list[tuple[int, str]]:
    """Image files whose names end in a number, in the order of their numbers.

    Where files share a number, the kind of name most frequent in the folder wins, then the first
    by name. Files are not opened: an empty one is found out when its clip is read.
    """
    found = []
    kinds: Counter[tuple[str, str]] = Counter()
    for name in _names(folder, os.DirEntry.is_file):
        match = FRAME.fullmatch(name)
        if match and match[3].lower() in IMAGES:
            kind = (match[1], match[3])
            kinds[kind] += 1
            found.append((int(match[2]), kind, name))
    found.sort(key=lambda item: (item[0], -kinds[item[1]], item[2]))
    best: dict[int, str] = {}
    for at, _, name in found:
        best.setdefault(at, name)
    return list(best.items())


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


def find_tables(root: Path, home: Path, pattern: str, what: str) -> list[Path]:
    """Tables whose names match, near the images; the nearest folder first, then by name.

    Looks into root, the folders between root and home, the other folders in root, and next to root.

    Args:
        root: the folder that the user named.
        home: the folder of the subjects.
        pattern: regular expression, searched in the lower-case name.
        what: the owners' name of the table, for the error.

    Raises:
        DataError: there is none.
    """
    between = [home, *home.parents][: len(home.parts) - len(root.parts) + 1]
    places = [root, *reversed(between), *subfolders(root)[:BREADTH], root.parent]
    found: dict[Path, None] = {}
    for place in places:
        names = _names(place, os.DirEntry.is_file)
        found.update(
            {place / n: None for n in names if _is_table(n) and re.search(pattern, n.lower())}
        )
    if not found:
        raise DataError(
            f"no annotation table in {root} or its parent folder; expected a file like {what}"
        )
    return list(found)


def _is_table(name: str) -> bool:
    # Excel keeps a file "~$..." next to every workbook that is open.
    return not name.startswith("~$") and name.lower().endswith((".xlsx", ".xls", ".csv"))


def _names(folder: Path, kind: Callable[[os.DirEntry[str]], bool]) -> Iterable[str]:
    try:
        with os.scandir(folder) as entries:
            # Hidden files are skipped: on foreign disks macOS adds a "._img1.jpg" to each img1.jpg.
            return sorted(e.name for e in entries if e.name[0] != "." and _is(e, kind))
    # Loaders ask for folders that only some layouts have.
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}") from error


def _is(entry: os.DirEntry[str], kind: Callable[[os.DirEntry[str]], bool]) -> bool:
    try:
        return kind(entry)
    except OSError:  # a link that leads to itself
        return False

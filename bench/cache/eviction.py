"""Keeping the cache within its maximum size: the least recently used entries go first."""

from __future__ import annotations

import math
import os
import re
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cache.cache import Cache
from bench.cache.root import (
    ARRAYS,
    CATEGORIES,
    MARKS,
    STAND_IN,
    claim,
    failure,
    holds_stand_ins,
    require_own,
)
from bench.core.errors import BenchError
from bench.core.machine import process_exists
from bench.core.private import compiled_folder
from bench.core.select import unknown

BOUNDED = ("views", "descriptions", "artefacts")
"""Categories that `prune` may remove from: a run recomputes what is missing."""
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
MARK = re.compile(r"(.*)\.([1-9]\d{0,9})")
"""Host and process of a run that uses the cache."""
FORGOTTEN = 30 * 86400
"""Seconds after which another machine's run is taken for dead."""
LEFT_OVER = 86400
"""Seconds after which a file that a killed process was writing is taken for an entry."""


def _path(folder: str, name: str) -> re.Pattern[str]:
    # While it is written it has a dot before its name and a word after it.
    return re.compile(rf"{folder}(?:{name}|\.{name}\.\w+)")


ENTRY = _path(r"(?:[^/]+/)*([0-9a-f]{2})/", r"\1[0-9a-f]{62}\.npz")
OWN = {
    **dict.fromkeys(ARRAYS, ENTRY),
    "digests": _path("", r"[\w+-]+\.json"),
    "compiled": _path(r"[^/]+_[0-9a-f]{40}/", r"[^/]+\.nb[ic]"),
}
"""By category, the paths below it that are entries of ours; all else is left alone."""
PICTURE = re.compile(rf"{STAND_IN.pattern}/.*\.(?:jpg|png|bmp|npz|csv|xlsx|json)")
"""Likewise of stand-ins."""


@dataclass(frozen=True)
class Category:
    """The contents of one category of the cache: files and bytes."""

    name: str
    entries: int
    size: int


def read_size(text: str) -> int:
    """Bytes: 20GB, 500 MB, 1.5TB (powers of ten).

    Raises:
        ValueError: anything else.
    """
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([KMGT]?)B?", text.strip(), re.IGNORECASE)
    if match is None:
        raise ValueError(f"{text!r}, expected a size such as 20GB or 500MB")
    size = float(match[1]) * UNITS[match[2].upper()]
    # A float has no more digits than 309 before its point.
    if math.isinf(size):
        raise ValueError(f"{text!r:.40}, expected a size such as 20GB or 500MB")
    return round(size)


def categories(cache: Cache) -> list[Category]:
    """All categories of a cache by name; only entries of ours count."""
    found = []
    for name in _names(cache):
        sizes = [status.st_size for _, status in _entries(cache, name)]
        found.append(Category(name, len(sizes), sum(sizes)))
    return found


def clear(cache: Cache, category: str) -> Category:
    """Remove the entries of a category and return what they were; files of others stay.

    Raises:
        BenchError: no such category, a run is using the cache, or it is not marked as ours.
    """
    names = _names(cache)
    if category not in names:
        raise unknown("cache category", category, names)
    require_own(cache.folder)
    if _running(cache):
        raise BenchError(f"a run is using the cache {cache.folder}: clear it after the run")
    sizes = []
    for path, status in list(_entries(cache, category)):
        _remove(cache, path)
        sizes.append(status.st_size)
    for folder, _, _ in list(os.walk(cache.folder / category, topdown=False)):
        # A file of somebody else may be left.
        if not any(Path(folder).iterdir()):
            Path(folder).rmdir()
    return Category(category, len(sizes), sum(sizes))


def mark_of(cache: Cache) -> Path:
    """The file that says that this process uses the cache."""
    return cache.folder / MARKS / f"{socket.gethostname()}.{os.getpid()}"


@contextmanager
def in_use(cache: Cache) -> Iterator[None]:
    """While open, `prune` spares what was used since it was opened, in any process.

    Raises:
        CacheError: the cache cannot be written.
    """
    claim(cache.folder)
    # Here, so that the parent says once what is wrong with the folder, and not every worker.
    compiled_folder()
    # With the host: a cache on a network drive is used by processes of several machines.
    mark = mark_of(cache)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError as error:
        raise failure(cache.folder, error) from error
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def prune(cache: Cache, limit: int | None) -> int:
    """Remove the least recently used entries of the `BOUNDED` categories until they fit.

    Entries used since the earliest running run began stay, even beyond the limit.

    Args:
        cache: to prune.
        limit: bytes, None for no limit.

    Returns:
        bytes removed.

    Raises:
        CacheError: the folder is not marked as ours, or belongs to another user.
    """
    if limit is None:
        return 0
    require_own(cache.folder)
    since = min(_running(cache), default=None)
    files = [file for category in BOUNDED for file in _entries(cache, category)]
    excess = sum(status.st_size for _, status in files) - limit
    removed = 0
    for path, status in sorted(files, key=lambda file: (file[1].st_mtime_ns, file[0])):
        # Sorted by last use: once an entry is in use, so are all that follow.
        if removed >= excess or (since is not None and status.st_mtime_ns >= since):
            break
        _remove(cache, path)
        removed += status.st_size
    return removed


def _remove(cache: Cache, path: Path) -> None:
    try:
        # Another process may have removed it in the meantime.
        path.unlink(missing_ok=True)
    except OSError as error:
        raise failure(cache.folder, error) from error


def _names(cache: Cache) -> list[str]:
    """Categories that are there, stand-ins included."""
    if not cache.folder.is_dir():
        return []
    with os.scandir(cache.folder) as entries:
        folders = [entry for entry in entries if entry.is_dir(follow_symlinks=False)]
    return sorted(e.name for e in folders if e.name in CATEGORIES or holds_stand_ins(Path(e.path)))


def _entries(cache: Cache, category: str) -> Iterator[tuple[Path, os.stat_result]]:
    """The files of a category that are ours; links are neither followed nor listed."""
    home = cache.folder / category
    pattern = OWN.get(category, PICTURE)
    for where, _, names in os.walk(home):
        for name in names:
            path = Path(where, name)
            if pattern.fullmatch(path.relative_to(home).as_posix()) is None:
                continue
            try:
                status = path.lstat()
            # Another process has removed it meanwhile.
            except FileNotFoundError:
                continue
            unfinished = name.startswith(".") and time.time() - status.st_mtime < LEFT_OVER
            if stat.S_ISREG(status.st_mode) and not unfinished:
                yield path, status


def _running(cache: Cache) -> list[int]:
    """When each run that uses the cache began, ns; the marks of dead ones are removed."""
    began = []
    for mark in sorted((cache.folder / MARKS).glob("*")):
        match = MARK.fullmatch(mark.name)
        if match is None:
            continue
        try:
            status = mark.stat()
        # The run has ended meanwhile.
        except FileNotFoundError:
            continue
        if _alive(match[1], int(match[2]), status.st_mtime):
            began.append(status.st_mtime_ns)
        else:
            _remove(cache, mark)
    return began


def _alive(host: str, process: int, began: float) -> bool:
    # Processes of other machines cannot be asked, so only the age of their marks tells.
    if host != socket.gethostname():
        return time.time() - began < FORGOTTEN
    return process_exists(process)

"""Keeping the cache within its maximum size: the least recently used entries go first."""

from __future__ import annotations

import math
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cache.cache import Cache
from bench.core.errors import BenchError
from bench.core.select import unknown

BOUNDED = ("views", "descriptions", "artefacts")
"""Categories that `prune` may remove from: a run recomputes what is missing."""
UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
MARKS = ".running"
FORGOTTEN = 30 * 86400
"""Seconds after which another machine's run is taken for dead."""


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
    """All categories of a cache by name."""
    found = []
    for name in _names(cache):
        sizes = [stat.st_size for _, stat in _files(cache.folder / name)]
        found.append(Category(name, len(sizes), sum(sizes)))
    return found


def clear(cache: Cache, category: str) -> Category:
    """Remove the contents of a category and return what they were.

    Raises:
        BenchError: no such category, or a run is using the cache.
    """
    held = {one.name: one for one in categories(cache)}
    if category not in held:
        raise unknown("cache category", category, held)
    if _marks(cache):
        raise BenchError(f"a run is using the cache {cache.folder}: clear it after the run")
    shutil.rmtree(cache.folder / category)
    return held[category]


@contextmanager
def in_use(cache: Cache) -> Iterator[None]:
    """While open, `prune` spares what was used since it was opened, in any process."""
    # With the host: a cache on a network drive is used by processes of several machines.
    mark = cache.folder / MARKS / f"{socket.gethostname()}.{os.getpid()}"
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()
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
    """
    if limit is None:
        return 0
    since = min((mark.stat().st_mtime_ns for mark in _marks(cache)), default=None)
    files = [file for category in BOUNDED for file in _files(cache.folder / category)]
    excess = sum(stat.st_size for _, stat in files) - limit
    removed = 0
    for path, stat in sorted(files, key=lambda file: (file[1].st_mtime_ns, file[0])):
        # Sorted by last use: once an entry is in use, so are all that follow.
        if removed >= excess or (since is not None and stat.st_mtime_ns >= since):
            break
        # Another process may have removed it in the meantime.
        path.unlink(missing_ok=True)
        removed += stat.st_size
    return removed


def _names(cache: Cache) -> list[str]:
    if not cache.folder.is_dir():
        return []
    with os.scandir(cache.folder) as entries:
        names = (e.name for e in entries if e.is_dir(follow_symlinks=False))
        # Hidden folders, such as that of the marks, hold no entries.
        return sorted(name for name in names if not name.startswith("."))


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """All files below a folder; those that another process removes meanwhile are passed over."""
    for where, _, names in os.walk(folder):
        for name in names:
            path = Path(where, name)
            try:
                yield path, path.stat()
            except FileNotFoundError:
                continue


def _marks(cache: Cache) -> list[Path]:
    """Marks of the runs that use the cache; those of dead ones are removed."""
    marks = sorted((cache.folder / MARKS).glob("*"))
    dead = [mark for mark in marks if not _alive(mark)]
    for mark in dead:
        mark.unlink(missing_ok=True)
    return [mark for mark in marks if mark not in dead]


def _alive(mark: Path) -> bool:
    host, _, process = mark.name.rpartition(".")
    # Processes of other machines cannot be asked, so only the age of their marks tells.
    if host != socket.gethostname():
        return time.time() - mark.stat().st_mtime < FORGOTTEN
    try:
        # Signal 0 is never delivered: the call only reports whether the process exists.
        os.kill(int(process), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # another user's
    return True

"""The cache's folder: marked as ours, so that nothing else is ever cleared, and its errors."""

from __future__ import annotations

import errno
import os
import re
import stat
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.dataset import MARKER
from bench.core.errors import BenchError, disk_is_full
from bench.core.private import mine

TAG = "CACHEDIR.TAG"
SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55"
"""By which backup programs know caches: https://bford.info/cachedir/."""
NAME = "mer-bench"
TEXT = f"""{SIGNATURE}
# The cache of {NAME}: all of it can be computed again.
# `bench data cache` lists and clears it; with this file present, bench removes entries of its own.
"""
MARKS = ".running"
ARRAYS = ("views", "descriptions", "artefacts", "apexes", "unreadable")
"""Categories of arrays."""
CATEGORIES = (*ARRAYS, "digests", "compiled")
"""All categories but SYNTHETIC stand-ins, whose folder has the name of their generator."""
STAND_IN = re.compile(r"\.?\w+-seed\d+-v\d+[\w.+-]*")
"""The folder of one preset and seed of stand-ins."""


class CacheError(BenchError):
    """The cache cannot be read or written: no method's fault, and the same for every job."""


def failure(folder: Path, error: OSError) -> Exception:
    """What to raise where a file of the cache cannot be used; a full disk stays what it is."""
    if disk_is_full(error):
        return error
    said = f"the cache {folder} cannot be used: {error.strerror or error}"
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return CacheError(f"{said}; raise the limit with `ulimit -n 4096`, or use fewer --jobs")
    return CacheError(
        f"{said}; set BENCH_CACHE, or `cache` in bench.toml, to a folder that can be written"
    )


def claim(folder: Path) -> None:
    """Make the folder, and mark it as a cache if it holds nothing else.

    Raises:
        CacheError: it cannot be made or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # One that is not marked may be an older version's, or its tag may be damaged.
        if not _marked(folder) and not foreign(folder):
            write_atomically(folder / TAG, TEXT.encode(), durable=False)
    except OSError as error:
        raise failure(folder, error) from error


def _marked(folder: Path) -> bool:
    tag = folder / TAG
    try:
        text = tag.read_bytes() if stat.S_ISREG(tag.lstat().st_mode) else b""
    except OSError:
        return False
    return text.startswith(SIGNATURE.encode()) and NAME.encode() in text


def foreign(folder: Path) -> list[str]:
    """Names in the cache's folder that are none of its own."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if not _is_own(entry))


def _is_own(entry: os.DirEntry[str]) -> bool:
    if entry.name in {TAG, MARKS, *CATEGORIES}:
        return True
    return entry.is_dir(follow_symlinks=False) and holds_stand_ins(Path(entry.path))


def holds_stand_ins(folder: Path) -> bool:
    """Whether a folder in the cache is that of a generator of stand-ins."""
    try:
        presets = [one for one in folder.iterdir() if STAND_IN.fullmatch(one.name)]
    except PermissionError:
        return False  # somebody else's
    return any(next(preset.glob(f"*/{MARKER}"), None) is not None for preset in presets)


def require_own(folder: Path) -> None:
    """Refuse to remove anything from a folder that is not surely a cache of this user.

    Raises:
        CacheError: not marked as ours, with files of others in it, or another user's.
    """
    if not folder.exists():
        return
    claim(folder)
    if not _marked(folder):
        others = ", ".join(foreign(folder)[:3])
        raise CacheError(
            f"{folder} is not marked as a cache of bench ({TAG}) and holds other files ({others}): "
            "nothing is removed from it; set BENCH_CACHE to a folder of its own"
        )
    if not (mine(folder.lstat()) and mine((folder / TAG).lstat())):
        raise CacheError(f"{folder} belongs to another user: only its owner can clear it")

"""Names of files by content, and writing them so that a reader sees all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.core.errors import BenchError

# Made once: `json.dumps` would make it anew for every key.
canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str).encode
"""The one JSON text of some content, which keys are hashes of."""


def key(*parts: object) -> str:
    """sha256 of the canonical JSON of parts: equal on every machine."""
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def keys_with(first: object) -> Callable[[object], str]:
    """`key(first, second)` as a function of the second, for many that share a large first part."""
    # The canonical JSON of a list up to its last entry does not depend on that entry.
    begun = hashlib.sha256(f"{canonical([first])[:-1]},".encode())

    def with_second(second: object) -> str:
        digest = begun.copy()
        digest.update(f"{canonical(second)}]".encode())
        return digest.hexdigest()

    return with_second


def refuse_special(path: Path) -> None:
    """Raise `BenchError` where something other than a regular file is in the place of a file."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        kind = KINDS.get(stat.S_IFMT(mode), "a device, pipe or socket")
        raise BenchError(f"{path} is {kind}, expected a file: move it away or use another folder")


KINDS = {stat.S_IFDIR: "a folder", stat.S_IFLNK: "a symbolic link"}


def write_atomically(path: Path, data: bytes, durable: bool = True) -> None:
    """Write next to the target, then replace: a reader sees all or nothing.

    `durable` adds an fsync, so that a power cut loses nothing; what can be computed again does
    without. Raises OSError and leaves no temporary file when the disk is full.

    Raises:
        BenchError: a folder, link, device or pipe is there, which a file must not replace.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    refuse_special(path)
    # In the target's folder, since a rename is atomic only within one file system.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        # mkstemp lets nobody but the owner read the file.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    # Ctrl-C must not leave a temporary file behind either.
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

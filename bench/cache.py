"""Content-addressed cache of arrays on disk, shared by methods, folds, seeds and processes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import numpy as np
from platformdirs import user_cache_path

from bench.clip import Array, Description


def default_folder() -> Path:
    """Where caches lie by default: BENCH_CACHE, or the user's cache folder."""
    named = os.environ.get("BENCH_CACHE")
    return Path(named).expanduser().absolute() if named else user_cache_path("mer-bench")


def key(*parts: object) -> str:
    """sha256 of the canonical JSON of parts: equal on every machine."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def write_atomically(path: Path, data: bytes, durable: bool = True) -> None:
    """Write beside the target, then replace: a reader sees all or nothing.

    `durable` adds an fsync, so that a power cut loses nothing; what can be computed again does
    without. Raises OSError and leaves no temporary file when the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class Cache:
    """A folder of arrays, each under `room/ab/abcd....npz`."""

    folder: Path

    def path(self, room: str, name: str) -> Path:
        """Where an entry of a room lies."""
        return self.folder / room / name[:2] / f"{name}.npz"

    def get(self, room: str, name: str) -> Description | None:
        """The entry, or None when it is absent or damaged (a damaged one is removed)."""
        path = self.path(room, name)
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {word: file[word] for word in file.files}
        except FileNotFoundError:
            return None
        except (ValueError, OSError, EOFError, KeyError, BadZipFile):
            path.unlink(missing_ok=True)
            return None
        os.utime(path)
        return arrays["_"] if set(arrays) == {"_"} else arrays

    def has(self, room: str, name: str) -> bool:
        """Whether there is an entry; asking counts as using it."""
        try:
            os.utime(self.path(room, name))
        except FileNotFoundError:
            return False
        return True

    def put(self, room: str, name: str, value: Description) -> None:
        """Keep an entry; writing the same one twice is harmless."""
        buffer = io.BytesIO()
        arrays = value if isinstance(value, dict) else {"_": value}
        np.savez(buffer, **cast(dict[str, Any], arrays))
        write_atomically(self.path(room, name), buffer.getvalue(), durable=False)

    def array(self, room: str, name: str) -> Array | None:
        """An entry that is a single array."""
        value = self.get(room, name)
        return value if isinstance(value, np.ndarray) else None

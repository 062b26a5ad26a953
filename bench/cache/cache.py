"""Content-addressed cache of arrays on disk, shared by methods, folds, seeds and processes."""

from __future__ import annotations

import functools
import io
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from bench.cache.files import write_atomically
from bench.cache.root import claim, failure
from bench.core.checksum import add_checksum, strip_checksum
from bench.core.types import Array, Description

# Once per process: every entry is written below the same few folders.
_claim = functools.lru_cache(maxsize=16)(claim)


@dataclass(frozen=True)
class Cache:
    """A folder of arrays, each under `category/ab/abcd....npz`.

    All methods raise `CacheError` where the folder cannot be read or written.
    """

    folder: Path

    def path(self, category: str, name: str) -> Path:
        """The file of an entry."""
        # Spread over folders by the first digits of the hash, so that none grows too large to list.
        return self.folder / category / name[:2] / f"{name}.npz"

    def get(self, category: str, name: str) -> Description | None:
        """The entry, or None when it is absent or damaged (a damaged one is removed)."""
        content = self._content(self.path(category, name))
        if content is None:
            return None
        # No pickles: reading the cache must not be able to run code.
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {word: file[word] for word in file.files}
        return arrays["_"] if set(arrays) == {"_"} else arrays

    def has(self, category: str, name: str) -> bool:
        """Whether there is an intact entry; asking counts as using it."""
        return self._content(self.path(category, name)) is not None

    def put(self, category: str, name: str, value: Description) -> None:
        """Keep an entry; writing the same one twice is harmless."""
        # Packed in memory: given the path, numpy would write where readers can see half a file.
        buffer = io.BytesIO()
        # The underscore tells a bare array from a dict with one entry.
        arrays = value if isinstance(value, dict) else {"_": value}
        np.savez(buffer, **cast(dict[str, Any], arrays))
        self._write(self.path(category, name), buffer.getvalue())

    def array(self, category: str, name: str) -> Array | None:
        """An entry that is a single array."""
        value = self.get(category, name)
        return value if isinstance(value, np.ndarray) else None

    def memo(self, category: str, name: str) -> dict[str, str]:
        """Remembered words by key; none where the file is absent or damaged."""
        data = self._read(self.folder / category / f"{name}.json")
        content = None if data is None else strip_checksum(data)
        return {} if content is None else dict(json.loads(content))

    def remember(self, category: str, name: str, more: dict[str, str]) -> None:
        """Add to a memo, or replace a damaged one."""
        # Another process may add some meanwhile; losing those only costs computing them again.
        entries = self.memo(category, name) | more
        self._write(self.folder / category / f"{name}.json", json.dumps(entries).encode())

    def _content(self, path: Path) -> bytes | None:
        """The bytes of an entry, None when it is absent or damaged (a damaged one is removed)."""
        data = self._read(path)
        content = None if data is None else strip_checksum(data)
        with suppress(OSError):
            if content is not None:
                # The modification time stands for the time of last use, which `prune` goes by.
                # Another process may have pruned the entry since, and another user's cannot be
                # touched.
                os.utime(path)
            elif data is not None:
                # No error: whatever is cached can be computed again.
                path.unlink()
        return content

    def _read(self, path: Path) -> bytes | None:
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise failure(self.folder, error) from error

    def _write(self, path: Path, data: bytes) -> None:
        _claim(self.folder)
        try:
            write_atomically(path, add_checksum(data), durable=False)
        except OSError as error:
            raise failure(self.folder, error) from error

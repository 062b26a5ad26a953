"""Content-addressed cache of arrays on disk, shared by methods, folds, seeds and processes."""

from __future__ import annotations

import io
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from zipfile import BadZipFile

import numpy as np

from bench.cache.files import write_atomically
from bench.core.types import Array, Description


@dataclass(frozen=True)
class Cache:
    """A folder of arrays, each under `category/ab/abcd....npz`."""

    folder: Path

    def path(self, category: str, name: str) -> Path:
        """The file of an entry."""
        # Spread over folders by the first digits of the hash, so that none grows too large to list.
        return self.folder / category / name[:2] / f"{name}.npz"

    def get(self, category: str, name: str) -> Description | None:
        """The entry, or None when it is absent or damaged (a damaged one is removed)."""
        path = self.path(category, name)
        try:
            # No pickles: reading the cache must not be able to run code.
            with np.load(path, allow_pickle=False) as file:
                arrays = {word: file[word] for word in file.files}
        except FileNotFoundError:
            return None
        # A damaged entry is a miss and no error: whatever is cached can be computed again.
        except (ValueError, OSError, EOFError, KeyError, BadZipFile):
            path.unlink(missing_ok=True)
            return None
        # The modification time stands for the time of last use, which `prune` goes by. Another
        # process may have pruned the entry since, and another user's cannot be touched.
        with suppress(OSError):
            os.utime(path)
        return arrays["_"] if set(arrays) == {"_"} else arrays

    def has(self, category: str, name: str) -> bool:
        """Whether there is an entry; asking counts as using it."""
        path = self.path(category, name)
        with suppress(OSError):  # another user's
            os.utime(path)
        return path.is_file()

    def put(self, category: str, name: str, value: Description) -> None:
        """Keep an entry; writing the same one twice is harmless."""
        # Packed in memory: given the path, numpy would write where readers can see half a file.
        buffer = io.BytesIO()
        # The underscore tells a bare array from a dict with one entry.
        arrays = value if isinstance(value, dict) else {"_": value}
        np.savez(buffer, **cast(dict[str, Any], arrays))
        write_atomically(self.path(category, name), buffer.getvalue(), durable=False)

    def array(self, category: str, name: str) -> Array | None:
        """An entry that is a single array."""
        value = self.get(category, name)
        return value if isinstance(value, np.ndarray) else None

"""Numba's files of compiled code under a hash, which is checked before anything is unpickled."""

from __future__ import annotations

import io
import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from numba.core.caching import IndexDataCacheFile

from bench.core.checksum import add_checksum, strip_checksum
from bench.core.private import owned


class CheckedFiles(IndexDataCacheFile):  # type: ignore[misc]  # numba is untyped
    """The index (.nbi) and the machine code (.nbc) of one kernel.

    A file that is damaged, or that another user owns or can write, is as good as absent: the
    kernel is compiled again and the file replaced.
    """

    def save(self, key: Any, data: Any) -> None:
        """Keep a compiled kernel; where that fails, the next process compiles it again."""
        with suppress(OSError):
            super().save(key, data)

    def _load_index(self) -> dict[Any, str]:
        data = _checked(Path(self._index_path))
        if data is None:
            return {}
        file = io.BytesIO(data)
        # What follows another version of numba may not unpickle in this one.
        if pickle.load(file) != self._version:
            return {}
        stamp, overloads = pickle.loads(file.read())
        # Compiled from other source.
        return dict(overloads) if stamp == self._source_stamp else {}

    def _load_data(self, name: str) -> Any:
        data = _checked(Path(self._data_path(name)))
        if data is None:
            raise FileNotFoundError(name)  # which numba takes for a kernel to compile
        return pickle.loads(data)

    @contextmanager
    def _open_for_write(self, filepath: str) -> Iterator[BinaryIO]:
        buffer = io.BytesIO()
        yield buffer
        data = buffer.getvalue()
        folder, name = os.path.split(filepath)
        # mkstemp lets nobody but the owner read and write the file.
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(add_checksum(data))
            Path(temporary).replace(filepath)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _checked(path: Path) -> bytes | None:
    """The content of a file, None where it is absent, damaged or not this user's alone."""
    try:
        with path.open("rb") as file:
            return strip_checksum(file.read()) if owned(os.fstat(file.fileno())) else None
    except OSError:
        return None

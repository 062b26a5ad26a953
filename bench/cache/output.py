"""Writing the files that a user names: nothing of theirs is lost, no device becomes a file.

One rule for every output. A new file is written; one that bench wrote before is replaced; any other
only with --force. Into what is no regular file (a pipe, a terminal, /dev/stdout) it is written, and
the file that a link names is replaced, never the link.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bench.cache.files import write_atomically
from bench.core.errors import BenchError

EDGE = 65536
"""Bytes at the start and the end of a file where its mark is looked for."""

MAKER = "mer-bench"
"""Named in the metadata of pictures and pages."""

MARK = re.compile(re.escape(MAKER.encode()))


class Output(NamedTuple):
    """A file to write.

    Attributes:
        path: where.
        data: its content.
        mark: found in the first or last bytes of what bench wrote; None where nothing tells it
            from what its user has made of it since.
    """

    path: Path
    data: bytes
    mark: re.Pattern[bytes] | None


def write_outputs(outputs: Iterable[Output], force: bool = False) -> None:
    """Write files; none of them if one must not be written.

    Raises:
        BenchError: a folder is in the place of a file, or a file that bench did not write and
            `force` does not give up.
        OSError: a path that cannot be written, or a full disk.
    """
    outputs = list(outputs)
    for one in outputs:
        check_output(one.path, one.mark, force)
    for one in outputs:
        _write(one.path, one.data)


def check_output(path: Path, mark: re.Pattern[bytes] | None, force: bool = False) -> None:
    """Refuse a path that must not be written: before a long computation, and before writing.

    Raises:
        BenchError, OSError: see `write_outputs`.
    """
    found = _status(path)
    if found is None:
        return
    if stat.S_ISDIR(found.st_mode):
        raise BenchError(f"{path} is a folder, expected a file")
    if force or not _is_plain(found) or not found.st_size:
        return
    if mark is None or not mark.search(_edges(path, found.st_size)):
        whose = "" if mark is None else ", and bench did not write it"
        raise BenchError(f"{path} exists{whose}; write to another file, or replace it with --force")


def wrote(path: Path, mark: re.Pattern[bytes]) -> bool:
    """Whether a file is there and bears the mark of what bench wrote."""
    found = _status(path)
    return found is not None and _is_plain(found) and bool(mark.search(_edges(path, found.st_size)))


def _status(path: Path) -> os.stat_result | None:
    """Of the file, or of the one that a link names; None where there is none yet."""
    try:
        return path.stat()
    # A file in the place of a folder is said by whoever makes the folder.
    except (FileNotFoundError, NotADirectoryError):
        return None


def _is_plain(found: os.stat_result) -> bool:
    return stat.S_ISREG(found.st_mode) and not _is_stdout(found)


def _is_stdout(found: os.stat_result) -> bool:
    try:
        return os.path.samestat(found, os.fstat(1))
    except OSError:  # it is closed
        return False


def _edges(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        start = file.read(EDGE)
        file.seek(max(EDGE, size - EDGE))
        return start + file.read(EDGE)


def _write(path: Path, data: bytes) -> None:
    found = _status(path)
    if found is None or _is_plain(found):
        write_atomically(path.resolve(), data)
        return
    try:
        if _is_stdout(found):
            # Opened by its name, a redirected output would be cut off and written from its start.
            sys.stdout.flush()
        with open(os.dup(1) if _is_stdout(found) else _opened(path), "wb") as file:  # noqa: PTH123
            file.write(data)
    except OSError as error:
        # What fails while writing does not know its name.
        raise OSError(error.errno, error.strerror, str(path)) from error


def _opened(path: Path) -> int:
    """A device or pipe, by its descriptor."""
    try:
        # Without O_NONBLOCK, opening a pipe that nobody reads would block for ever.
        opened = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ENXIO and path.is_fifo():
            raise BenchError(
                f"{path} is a pipe that nobody reads; start its reader first"
            ) from error
        raise
    os.set_blocking(opened, True)
    return opened

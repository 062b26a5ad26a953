"""The files of a results folder: all of ours, or of a stranger's those that are safe to open."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

FileKind = Literal["task", "record", "environment", "external", "evidence"]
KINDS: tuple[FileKind, ...] = get_args(FileKind)

FOLDERS: dict[FileKind, str] = {
    "task": "tasks",
    "record": "records",
    "environment": "environments",
    "external": "external",
    "evidence": "reproduced",
}
DEPTHS: dict[FileKind, int] = {
    "task": 0, "record": 4, "environment": 0, "external": 1, "evidence": 0
}  # fmt: skip
"""Folders below that of its kind in which a file lies."""

MOST_BYTES = 64 * 2**20
"""Of a stranger's file. A record has about a kilobyte, and a long trace some megabytes."""

MOST_FILES = 1_000_000
"""Of a stranger's folder."""


@dataclass
class Listing:
    """Files by kind, in the order of their paths.

    Attributes:
        files: to read.
        refused: a line for each file or folder that is not opened, with the reason.
    """

    files: dict[FileKind, list[Path]]
    refused: list[str] = field(default_factory=list)


def files_of(results: Path, kind: FileKind) -> list[Path]:
    """The files of one kind of a results folder of ours."""
    return list(_below(results / FOLDERS[kind], DEPTHS[kind]))


def _below(folder: Path, depth: int) -> Iterator[Path]:
    """JSON files some folders below, in the order of their paths; links are followed."""
    try:
        # Five times as fast as a glob that is sorted afterwards.
        names = os.listdir(folder)  # noqa: PTH208
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    # So that boards do not depend on the order of the file system.
    for name in sorted(names):
        if depth:
            yield from _below(folder / name, depth - 1)
        elif name.endswith(".json"):
            yield folder / name


def listing(results: Path) -> Listing:
    """The files of a results folder of ours."""
    return Listing({kind: files_of(results, kind) for kind in KINDS})


def strangers_listing(results: Path) -> Listing:
    """The files of a stranger's results folder that are plain, small and no links.

    Only files that look like those of a results folder are listed or refused.
    """
    found = Listing({kind: [] for kind in KINDS})
    for kind in KINDS:
        for path in _plain(results / FOLDERS[kind], DEPTHS[kind], found.refused):
            if sum(map(len, found.files.values())) >= MOST_FILES:
                found.refused.append(f"{path} and all that follow: more than {MOST_FILES:,} files")
                break
            found.files[kind].append(path)
        found.files[kind].sort()
    return found


def _plain(folder: Path, depth: int, refused: list[str]) -> Iterator[Path]:
    """Files some folders below, without following links; a line for each that is not plain."""
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            refused.append(f"{folder}: a link or a file, expected a folder")
            return
        with os.scandir(folder) as scanned:
            entries = sorted(scanned, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        refused.append(f"{folder}: {error.strerror}")
        return
    for entry in entries:
        path = folder / entry.name
        if depth:
            if not entry.is_file(follow_symlinks=False):
                yield from _plain(path, depth - 1, refused)
        elif entry.name.endswith(".json"):
            about = entry.stat(follow_symlinks=False)
            if not stat.S_ISREG(about.st_mode):
                refused.append(f"{path}: a link, a folder or a device, expected a file")
            elif about.st_size > MOST_BYTES:
                refused.append(f"{path}: {about.st_size:,} bytes, expected {MOST_BYTES:,} at most")
            else:
                yield path


def names_in(folder: Path) -> set[str]:
    """Names of the files in a folder; none where there is no such folder."""
    try:
        return set(os.listdir(folder))  # noqa: PTH208 (a path for each file would be slow)
    except (FileNotFoundError, NotADirectoryError):
        return set()
    except OSError as error:
        # Earlier versions named folders by labels of any length.
        if error.errno == errno.ENAMETOOLONG:
            return set()
        raise

"""Keeping damaged files: what is written again moves to `damaged/` first."""

from __future__ import annotations

from contextlib import suppress
from itertools import count
from pathlib import Path

LONGEST = 200
"""Characters of a name; file systems allow 255 bytes."""


def set_aside(results: Path, path: Path) -> None:
    """Move a file of a results folder to a free name in its `damaged/`."""
    folder = results / "damaged"
    folder.mkdir(parents=True, exist_ok=True)
    name = "-".join(path.relative_to(results).parts).removeprefix("records-")[-LONGEST:]
    names = (f"{name}.{i}" if i else name for i in count())
    free = next(free for one in names if not (free := folder / one).exists())
    # Of two runs at once one moves it.
    with suppress(FileNotFoundError):
        path.replace(free)


def files_aside(results: Path) -> list[Path]:
    """Damaged files that runs have replaced."""
    return sorted((results / "damaged").glob("*"))

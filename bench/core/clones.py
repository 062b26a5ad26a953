"""Clones of public repositories: where they lie on this machine, and of which commit they are."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from bench.core.errors import BenchError


class Repository(Protocol):
    """A public repository and what must be there of it.

    Attributes:
        repository: owner and name on GitHub.
        commit: in full.
        files: that the clone must have.
    """

    @property
    def repository(self) -> str: ...  # noqa: D102
    @property
    def commit(self) -> str: ...  # noqa: D102
    @property
    def files(self) -> tuple[str, ...]: ...  # noqa: D102


def folder_name(source: Repository) -> str:
    """The folder that `git clone` makes."""
    return source.repository.partition("/")[2]


def clone_of(source: Repository, path: Path) -> Path:
    """The clone at a path, or in a folder of clones.

    Raises:
        BenchError: neither holds the files that are needed.
    """
    name = folder_name(source)
    for place in (path, path / name, path / source.repository):
        if all((place / file).is_file() for file in source.files):
            return place
    missing = [file for file in source.files if not (path / file).is_file()]
    raise BenchError(
        f"{path}: no {missing[0]}, there or in {name}; expected a clone of "
        f"{source.repository} at {source.commit[:7]}, or a folder of clones"
    )


def commit_of(clone: Path) -> str:
    """The commit of a clone; "unknown" for a folder that is no clone, or without git."""
    # Above a folder of exported files another repository may lie; its commit says nothing of them.
    if not (clone / ".git").exists() or shutil.which("git") is None:
        return "unknown"
    words = ["git", "-C", str(clone), "rev-parse", "HEAD"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def how_to_clone(source: Repository) -> Iterator[str]:
    """The commands that make the clone."""
    yield f"git clone https://github.com/{source.repository}"
    yield f"git -C {folder_name(source)} checkout {source.commit}"

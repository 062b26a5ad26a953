"""Datasets that anyone may clone: where their clones are looked for, and the command for one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.core.dataset import PublicSource
from bench.core.errors import BenchError

FOLDER = "public"
"""Beside bench.toml: a clone in it, under the repository's own name, is found without a setting."""


def clone_folder(home: Path, source: PublicSource) -> Path:
    """Where a clone is found without a setting.

    Args:
        home: the folder of bench.toml.
        source: of the dataset.
    """
    return home / FOLDER / source.repository


def clone_steps(source: PublicSource, folder: Path) -> list[list[str]]:
    """The commands that clone: only the files that are read are downloaded."""
    into = str(folder)
    return [
        ["git", "clone", "-q", "--filter=blob:none", "--no-checkout", source.address, into],
        # So that the clone says which commit its files are of.
        ["git", "-C", into, "update-ref", "--no-deref", "HEAD", source.commit],
        ["git", "-C", into, "checkout", "-q", source.commit, "--", *source.paths],
    ]


def clone_line(source: PublicSource, folder: Path) -> str:
    """The commands as one line for a shell."""
    return " && ".join(map(shlex.join, clone_steps(source, folder)))


def clone(source: PublicSource, folder: Path) -> None:
    """Clone into a folder that is not there yet; it appears only when it is complete.

    Raises:
        BenchError: git is missing or fails, with what to do without a network.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    waiting = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for step in clone_steps(source, waiting / folder.name):
            _run(step, source, folder)
        (waiting / folder.name).rename(folder)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)


def by_hand(source: PublicSource, folder: Path) -> str:
    """What to do without git or a network."""
    return (
        f"by hand: copy {', '.join(source.paths)} of the repository at commit "
        f"{source.commit[:7]} into {folder}, under the same paths"
    )


def _run(step: list[str], source: PublicSource, folder: Path) -> None:
    # A repository that is gone must not ask for a password.
    quiet = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(step, env=quiet, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BenchError(f"git is not installed; {by_hand(source, folder)}") from error
    if done.returncode:
        lines = [" ".join(line.split()) for line in done.stderr.splitlines() if line.strip()]
        # Advice and hints may follow the line that says what went wrong.
        wrong = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines
        said = wrong[0] if wrong else f"exit code {done.returncode}"
        raise BenchError(
            f"{source.address} cannot be cloned ({said[:200]}); is there a network? Else "
            f"{by_hand(source, folder)}"
        )

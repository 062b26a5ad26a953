"""An error that nobody foresaw: a line for the user, and a report for whoever fixes it."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
import time
import traceback
from importlib.metadata import distributions
from pathlib import Path

from bench.core.errors import in_a_line

VARIABLES = ("BENCH_", "CUDA_VISIBLE", "OMP_", "PYTHONPATH")
"""Beginnings of the environment variables that a report names: others may hold secrets."""


def crash(error: BaseException) -> str:
    """What to tell the user of an unforeseen error; its traceback goes into a file."""
    what = in_a_line(error)[:300]
    where = _last_place(error)
    try:
        handle, name = tempfile.mkstemp(prefix="bench-report-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(report(error))
    except OSError as refused:
        return f"unexpected {what} ({where}); no report could be saved: {refused.strerror}"
    return f"unexpected {what} ({where}); finished folds are kept. Report: {name}"


def report(error: BaseException) -> str:
    """Traceback, command, versions and settings."""
    versions = sorted(
        f"{one.metadata['Name']} {one.version}" for one in distributions() if one.metadata["Name"]
    )
    variables = sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith(VARIABLES))
    return "\n".join(
        [
            f"bench report, {time.strftime('%Y-%m-%d %H:%M:%S')}",
            f"command: {shlex.join(sys.argv)}",
            f"folder: {_folder()}",
            f"python: {sys.version} on {sys.platform}",
            "",
            "".join(traceback.format_exception(error)),
            *variables,
            "",
            *versions,
            "",
        ]
    )


def _folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was deleted
        return "gone"


def _last_place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else "no line"

"""A folder for compiled code that is the user's alone: what lies in it is run."""

from __future__ import annotations

import functools
import os
import stat
import warnings
from multiprocessing import parent_process
from pathlib import Path

from bench.core.machine import default_folder, user_folder

OTHERS = stat.S_IWGRP | stat.S_IWOTH


def mine(status: os.stat_result) -> bool:
    """Whether a file or folder belongs to this user."""
    # Windows has no such owners; a user's own folders are closed to others there.
    return not hasattr(os, "geteuid") or status.st_uid == os.geteuid()


def owned(status: os.stat_result) -> bool:
    """Whether a file or folder belongs to this user, and nobody else may write to it."""
    return mine(status) and (os.name == "nt" or not status.st_mode & OTHERS)


def why_not(folder: Path, ours: bool) -> str:
    """Why compiled code cannot be kept in a folder, "" where it can; makes the folder.

    Args:
        folder: looked at.
        ours: nothing else is in it, so that it may be closed to others.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # No link is followed: whoever owns it could turn it elsewhere.
        status = folder.lstat()
        # Made by an older version where the umask lets the group write. What others may have put
        # there is theirs, and not loaded.
        if ours and stat.S_ISDIR(status.st_mode) and mine(status):
            folder.chmod(status.st_mode & ~OTHERS)
            status = folder.lstat()
    except OSError as error:
        return f"{folder}: {error.strerror}"
    if not stat.S_ISDIR(status.st_mode):
        return f"{folder} is not a folder"
    if not owned(status):
        return f"{folder} belongs to another user, or others can write to it (see chmod go-w)"
    return "" if os.access(folder, os.W_OK | os.X_OK) else f"{folder} is not writable"


@functools.cache
def compiled_folder() -> Path | None:
    """Where compiled kernels are kept; None where there is no such folder.

    It is NUMBA_CACHE_DIR, or "compiled" in the cache; if others could put files there, it is
    "compiled" in the user's own cache folder. That it is another than expected is said once.
    """
    named = os.environ.get("NUMBA_CACHE_DIR")
    wanted = Path(named) if named else default_folder() / "compiled"
    fault = why_not(wanted, ours=not named)
    if not fault:
        return wanted
    own = user_folder() / "compiled"
    found = None if own == wanted or why_not(own, ours=True) else own
    where = f"kept in {found}" if found else "recompiled in every process"
    # Workers find the same, and their parent has said so.
    if parent_process() is None:
        warnings.warn(
            f"{fault}: compiled kernels are {where}; set NUMBA_CACHE_DIR to a folder that is yours "
            "alone",
            stacklevel=2,
        )
    return found

"""This machine: the cores that may be used, its memory, and where caches and decisions lie."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path


def cores() -> int:
    """Cores this process may use."""
    # Containers and batch systems may grant a process fewer cores than the machine has;
    # macOS and Windows do not say how many.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_here() -> int:
    """Memory of this machine, GB (Linux, macOS)."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 10**9


def process_exists(process: int) -> bool:
    """Whether a process of this id, of whichever user, is on this machine."""
    try:
        # Signal 0 is never delivered: the call only reports whether the process exists.
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # another user's
    return True


def state_folder() -> Path:
    """Where the user's decisions are remembered."""
    # Asked for every record that is written, and a variable may change while tests run.
    return _state_folder(os.environ.get("XDG_STATE_HOME"), os.environ.get("HOME"))


@lru_cache(maxsize=8)
def _state_folder(state: str | None, home: str | None) -> Path:
    from platformdirs import user_state_path

    del state, home  # which platformdirs looks up itself
    return user_state_path("mer-bench")


def default_folder() -> Path:
    """Where caches lie by default: BENCH_CACHE, or the user's cache folder."""
    named = os.environ.get("BENCH_CACHE")
    return Path(named).expanduser().absolute() if named else user_folder()


def user_folder() -> Path:
    """The user's own cache folder."""
    from platformdirs import user_cache_path

    return user_cache_path("mer-bench")

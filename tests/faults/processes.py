"""Faults of processes: kills, interrupts, several runs at once, plugins that end."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

import numpy as np

from .case import LIMIT, Case
from .launch import workers

SLOW = {"FAULT_SLOW": "0.05"}
POOL = ("--engine", "processes", "--jobs", "2")
WAYS = (
    "exit-0", "exit-3", "sys-exit-0", "sys-exit-text", "interrupt", "base", "segfault", "kill",
    "abort", "hang", "raise", "recursion", "memory", "unpicklable",
)  # fmt: skip
ENDS = (
    *(f"{place} {way}" for place in ("fit", "describe", "predict", "import") for way in WAYS),
    "predict none", "predict nan", "predict shape", "predict words", "describe none", "fit none",
    "fit numpy",
)  # fmt: skip


def kill_parent(case: Case, rng: np.random.Generator) -> None:
    """The command is killed at a random moment of its run; now and then also with its workers."""
    pid, output, words = _started(case, rng)
    _sleep(pid, rng.uniform(0, 2.5))
    with contextlib.suppress(ProcessLookupError):
        (os.killpg if rng.random() < 0.3 else os.kill)(pid, signal.SIGKILL)
    case.end(pid, output, words)


def kill_worker(case: Case, rng: np.random.Generator) -> None:
    """A worker is killed at a random moment; the command goes on."""
    pid, output, words = _started(case, rng)
    _sleep(pid, rng.uniform(0.3, 2.5))
    living = workers(pid)
    if living:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(rng.choice(living)), signal.SIGKILL)
    case.end(pid, output, words)


def kill_starting_worker(case: Case, rng: np.random.Generator) -> None:
    """A worker is killed while it starts."""
    pid, output, words = _started(case, rng)
    seen: set[int] = set()
    until = time.monotonic() + 10
    while time.monotonic() < until and _lives(pid):
        new = set(workers(pid)) - seen
        if new:
            time.sleep(rng.uniform(0, 0.3))
            with contextlib.suppress(ProcessLookupError):
                os.kill(new.pop(), signal.SIGKILL)
            break
        time.sleep(0.005)
    case.end(pid, output, words)


def interrupt(case: Case, rng: np.random.Generator) -> None:
    """Ctrl-C at a terminal, once or twice: all processes of the group get it."""
    pid, output, words = _started(case, rng)
    for _ in range(int(rng.integers(1, 3))):
        _sleep(pid, rng.uniform(0, 2.0))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGINT)
    case.end(pid, output, words)


def two_runs(case: Case, rng: np.random.Generator) -> None:
    """Two runs of one plan at once, and one of them may be killed."""
    engines = [POOL if rng.random() < 0.3 else () for _ in range(2)]
    runs = []
    for engine in engines:
        words = (*case.plan(), *engine)
        runs.append((*case.start(*words, env=SLOW), words))
        time.sleep(rng.uniform(0, 0.2))
    if rng.random() < 0.3:
        _sleep(runs[0][0], rng.uniform(0, 0.5))
        with contextlib.suppress(ProcessLookupError):
            os.kill(runs[0][0], signal.SIGKILL)
    for pid, output, words in runs:
        case.end(pid, output, words)


def plugin_ends(case: Case, rng: np.random.Generator) -> None:
    """Method code ends, hangs or returns nonsense; the other method's folds must be finished."""
    fault = str(rng.choice(ENDS))
    limit = () if "hang" not in fault else ("--timeout", "1")
    # A plugin that does not import is a fault of the command, and hangs it for ever if it hangs.
    patience = 5.0 if fault == "import hang" else LIMIT
    case.methods = "mean,ends"
    before = len(case.hangs)
    done = case.run(*POOL, *limit, env={"FAULT": fault}, limit=patience)
    if fault == "import hang":
        del case.hangs[before:]
    if not fault.startswith("import"):
        others = [unit for unit in case.predictions() if unit[0] == "mean"]
        if len(others) < 4:
            case.missed += 4 - len(others)
    case.log.append(f"fault: {fault}, exit {done.code}")


def _started(case: Case, rng: np.random.Generator) -> tuple[int, Path, tuple[str, ...]]:
    """A run with workers, in one of five cases by a new interpreter."""
    words = (*case.plan(), *POOL)
    return (*case.start(*words, env=SLOW, fresh=rng.random() < 0.2), words)


def _sleep(pid: int, seconds: float) -> None:
    """Sleep, but not beyond the end of a process."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and _lives(pid):
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False

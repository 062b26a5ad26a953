"""Starting commands as processes, and waiting for all that they start."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

FRESH: dict[int, subprocess.Popen[bytes]] = {}
"""Popen objects must live as long as their processes."""


def workers(pid: int) -> list[int]:
    """Worker processes of a command, those that start included.

    Not the resource tracker of Python's own multiprocessing, whose death is no concern of ours.
    """
    found = []
    for one, parent, _ in _processes():
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{one}/cmdline").read_bytes() if parent == pid else b""
            if b"spawn_main" in words:
                found.append(one)
    return found


def _processes() -> Iterator[tuple[int, int, int]]:
    """Process, parent and session of all that live (zombies do not)."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                if words[0] not in "ZX":
                    yield int(entry.name), int(words[1]), int(words[3])


def alive(session: int, patience: float) -> bool:
    """Whether processes of a session are left when patience has run out."""
    until = time.monotonic() + patience
    while any(own == session for _, _, own in _processes()):
        if time.monotonic() > until:
            return True
        time.sleep(0.05)
    return False


def wait(pid: int, limit: float) -> int | None:
    """The exit code (negative: signal) of a child; None if it does not end in time."""
    until = time.monotonic() + limit
    process = FRESH.get(pid)
    while True:
        if process is not None:
            code = process.poll()
        else:
            done, status = os.waitpid(pid, os.WNOHANG)
            code = os.waitstatus_to_exitcode(status) if done else None
        if code is not None:
            return code
        if time.monotonic() > until:
            return None
        time.sleep(0.01)


def be_bench(
    world: Path,
    variables: Mapping[str, str],
    output: Path,
    words: tuple[str, ...],
    before: Callable[[], object] | None,
) -> None:
    """Be a `bench` process, without the second that imports take. Never returns."""
    code = 1
    try:
        os.setsid()
        # What the copied process wanted done at its end would wait for threads it alone has.
        atexit._clear()
        threading._threading_atexits.clear()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o666)
        null = os.open(os.devnull, os.O_RDONLY)
        for number, target in ((null, 0), (file, 1), (file, 2)):
            os.dup2(number, target)
        sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
        os.chdir(world)
        os.environ.clear()
        os.environ.update(variables)
        sys.argv = ["bench", *words]
        # Worker processes import the main module, which here is no business of theirs.
        sys.modules["__main__"] = types.ModuleType("__main__")
        if before is not None:
            before()
        from bench.cli import main

        code = 0
        main()
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    except BaseException as error:
        # As the interpreter does.
        traceback.print_exc()
        code = 130 if isinstance(error, KeyboardInterrupt) else 1
    finally:
        with contextlib.suppress(BaseException):
            threading._shutdown()
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


VERBS = (
    ("run", "-m", "mean", "-d", "vectors", "--engine", "serial"), ("board",), ("results", "list"),
    ("results", "verify"), ("results", "export", "mean", "-o", "e.csv"),
    ("plan", "-m", "mean"), ("data", "check"), ("data", "cache"), ("list",),
)  # fmt: skip


def warm_up(world: Path, variables: Mapping[str, str]) -> None:
    """Import what commands import, once for all processes to come."""
    before = dict(os.environ), Path.cwd(), sys.argv
    # The command line answers Ctrl-C itself, for as long as its process lives.
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    os.environ.update(variables)
    os.chdir(world)
    from bench.cli import main

    try:
        for words in VERBS:
            sys.argv = ["bench", *words]
            with (
                Path(os.devnull).open("w") as silent,
                contextlib.redirect_stdout(silent),
                contextlib.redirect_stderr(silent),
                contextlib.suppress(SystemExit),
            ):
                main()
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        os.chdir(before[1])
        sys.argv = before[2]
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = hook

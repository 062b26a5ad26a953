"""How a command ends: exit codes, and the one line that says what is wrong."""

from __future__ import annotations

import sys
from typing import NoReturn

from bench.core.escape import visible

# Shells use 2 for wrong usage, and 128 and the number of a signal, as SIGINT of Ctrl-C.
MISUSE, FAILED, SHELL = 2, 1, 128
INTERRUPTED = SHELL + 2


def say(line: str) -> None:
    """A line on standard error; names and messages of other people's files are part of it."""
    try:
        print(visible(line), file=sys.stderr)
    except OSError:
        return  # nobody is there to read it; the exit code still tells


def leave(message: str, command: str = "bench") -> NoReturn:
    """Say what is wrong in one line and exit with 2."""
    say(f"{command}: {message}")
    raise SystemExit(MISUSE)

"""How a command ends: exit codes, and the one line that says what is wrong."""

from __future__ import annotations

import sys

MISUSE, FAILED, INTERRUPTED = 2, 1, 130


def leave(message: str, command: str = "bench") -> None:
    """Say what is wrong in one line and exit with 2."""
    print(f"{command}: {message}", file=sys.stderr)
    raise SystemExit(MISUSE)

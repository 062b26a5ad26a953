"""What this process is doing besides its job, for whoever waits for it: compiling a kernel, say."""

from __future__ import annotations

from collections.abc import Callable


def _nobody(_: str) -> None:
    pass


_listener: Callable[[str], None] = _nobody


def listen(listener: Callable[[str], None]) -> None:
    """Have a function told what this process is doing; "" when it is done."""
    global _listener
    _listener = listener


def tell(words: str) -> None:
    """Say what this process is doing; "" when it is done."""
    _listener(words)

"""The command line: one file per verb, each imported only when its verb is called."""

from __future__ import annotations

import atexit
import errno
import io
import os
import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any, NoReturn

from bench.cli.exits import FAILED, SHELL, leave, say
from bench.core.contain import Interrupt
from bench.core.deferred import defer
from bench.core.errors import BenchError, disk_is_full


def main() -> None:
    """Run the command line; however it ends, it says so in a line and an exit code."""
    # Closed by the caller: Python has None in its place, and files would get its number.
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "r" if name == "stdin" else "w"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        # A terminal may have no letter for a dash or a name; a crash would not show it either.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        _answer_ctrl_c()
        defer("numpy")
        from bench.cli.verbs import run

        try:
            run()
        finally:
            sys.stdout.flush()
    except BaseException as error:
        _end(error)


def _end(error: BaseException) -> NoReturn:
    """Leave with the line and exit code that an exception stands for."""
    _let_go()
    # Compiled modules make an ImportError of whatever is raised while they are imported; that the
    # handler has done its work shows in SIG_DFL, which it leaves behind.
    if isinstance(error, Interrupt) or signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        # Of all verbs, `run` alone goes on where it was interrupted.
        resume = "; rerun the command to resume" if sys.argv[1:2] == ["run"] else ""
        say(f"Interrupted{resume}.")
        number = error.args[0] if isinstance(error, Interrupt) and error.args else signal.SIGINT
        raise SystemExit(SHELL + number) from None
    if isinstance(error, BenchError):
        leave(str(error))
    # The reader has left, as `head` does when it has seen enough: a message would help nobody.
    if isinstance(error, BrokenPipeError):
        raise SystemExit(FAILED) from None
    if isinstance(error, SystemExit) and _is_ours(error.__traceback__):
        raise error
    if isinstance(error, OSError) and (words := _advice(error)):
        leave(words)
    from bench.cli.crash import crash

    say(f"bench: {crash(error)}")
    raise SystemExit(FAILED) from None


def _let_go() -> None:
    """Drop output that cannot be written, or Python would try again, and complain, when it ends."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _advice(error: OSError) -> str:
    """What a user can do about an error of the operating system; empty where that is unknown."""
    if disk_is_full(error):
        return (
            f"the disk is full ({error.filename or 'writing a result'}): free some space and "
            "rerun the command to resume; finished folds are kept"
        )
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return (
            "too many open files: raise the limit (`ulimit -n 4096`) or use fewer processes "
            "(--jobs), and rerun the command to resume"
        )
    if error.errno in (errno.EAGAIN, errno.ENOMEM) and error.filename is None:
        return (
            f"no process can be started ({error.strerror}): use fewer (--jobs) or free some "
            "memory, and rerun the command to resume"
        )
    if error.filename is None:
        return ""
    return f"{error.filename}: {error.strerror}; expected a path that can be read and written"


def _is_ours(trace: TracebackType | None) -> bool:
    """Whether an exit was asked for by the command line itself, and not by a plugin."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    name = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    # rich leaves where nobody reads its output any more.
    return name.startswith(("bench.cli", "typer", "rich.console"))


def _answer_ctrl_c() -> None:
    """The first Ctrl-C ends the command in order, a second one at once; neither by a traceback.

    So does SIGTERM, which batch systems send at a time limit.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    # A shell has background jobs ignore Ctrl-C; that stays.
    answered = [one for one, handler in usual.items() if signal.getsignal(one) is handler]

    home = os.getpid()

    def answer(number: int, frame: FrameType | None) -> NoReturn:
        for one in usual:
            signal.signal(one, signal.SIG_DFL)
        if os.getpid() != home:
            # A process that a method forked, which its pool may end like this.
            signal.raise_signal(number)
        raise Interrupt(number)

    def lost(unraisable: Any) -> None:
        # Raised inside a destructor or callback, where Python prints and drops exceptions.
        if not issubclass(unraisable.exc_type, Interrupt):
            sys.__unraisablehook__(unraisable)
            return
        number = unraisable.exc_value.args[0]
        signal.signal(number, answer)
        # A little later, when the callback has returned.
        timer = threading.Timer(0.05, os.kill, (os.getpid(), number))
        timer.daemon = True
        timer.start()

    for one in answered:
        signal.signal(one, answer)
        # While Python shuts down no handler of its own may run.
        atexit.register(signal.signal, one, signal.SIG_DFL)
    sys.unraisablehook = lost

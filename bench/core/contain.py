"""Calling a plugin's code so that no way of ending it ends this process.

`sys.exit()` in a method would otherwise end a whole run with code 0 and no message.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class Interrupt(BaseException):
    """Ctrl-C or SIGTERM; a type of its own: a plugin may raise KeyboardInterrupt by itself.

    Its argument, if any, is the number of the signal.
    """


class ExitError(Exception):
    """A plugin's code tried to end the process."""


def pressed(error: BaseException) -> bool:
    """Whether an exception stands for Ctrl-C rather than for something that a plugin raised."""
    if isinstance(error, Interrupt):
        return True
    # Outside the command line, in a notebook say, Python's own handler cannot be told from a raise.
    default = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return default and isinstance(error, KeyboardInterrupt)


@contextmanager
def contained() -> Iterator[None]:
    """Turn whatever would end the process into an exception.

    What ends it below Python (a crash, `exit()` of C) cannot be caught: worker processes are for
    that.

    Raises:
        ExitError: in place of SystemExit, KeyboardInterrupt and any other BaseException that is no
            Exception, and where `os._exit` is called.
        Interrupt: Ctrl-C, as it is.
    """
    leave, here = os._exit, os.getpid()

    def refuse(status: int) -> NoReturn:
        # A process that the plugin forked has to end this way.
        if os.getpid() != here:
            leave(status)
        raise ExitError(f"os._exit({status}) was called")

    os._exit = refuse
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        if pressed(error):
            raise
        raise ExitError(f"{type(error).__name__}({error}) was raised") from error
    finally:
        os._exit = leave

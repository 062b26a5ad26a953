"""The command line: one file per verb, each imported only when its verb is called."""

from __future__ import annotations

from bench.cli.exits import FAILED, leave
from bench.core.deferred import defer
from bench.core.errors import BenchError, disk_is_full


def main() -> None:
    """Run the command line; bad input is one line on stderr and exit code 2."""
    defer("numpy")
    from bench.cli.verbs import run

    try:
        run()
    except BenchError as error:
        leave(str(error))
    except OSError as error:
        if disk_is_full(error):
            leave(
                f"the disk is full ({error.filename or 'writing a result'}): free some space and "
                "rerun the command to resume; finished folds are kept"
            )
        # The reader has left, as `head` does when it has seen enough; a traceback would help
        # nobody.
        if isinstance(error, BrokenPipeError):
            raise SystemExit(FAILED) from None
        if error.filename is None:
            raise
        leave(f"{error.filename}: {error.strerror}; expected a path that can be read and written")

"""Errors that a user can mend: one clear line, never a traceback."""

import difflib
import errno
from collections.abc import Iterable


class BenchError(Exception):
    """Bad input. The message says what came, what was expected and what to do."""


class DataError(BenchError):
    """A dataset on disk is not what its loader expects; names the table, clip or frame."""


def disk_is_full(error: BaseException) -> bool:
    """True for what no method is to blame for, and what ends a run rather than a unit."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def unknown(what: str, word: str, known: Iterable[str]) -> BenchError:
    """The error for a name nobody knows: did you mean, and the list."""
    known = list(known)
    near = difflib.get_close_matches(word, known, n=2, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return BenchError(f"unknown {what} {word!r}{hint} Known: {', '.join(known) or 'none'}")

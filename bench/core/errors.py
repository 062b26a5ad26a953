"""Errors that a user can fix: one clear line, never a traceback."""

import errno


class BenchError(Exception):
    """Bad input. The message says what came, what was expected and what to do."""


class DataError(BenchError):
    """A dataset on disk is not what its loader expects; names the table, clip or frame."""


def in_a_line(error: BaseException) -> str:
    """Type and message of an error of somebody else's code, which may have many lines."""
    return " ".join(f"{type(error).__name__}: {error}".split())


def disk_is_full(error: BaseException) -> bool:
    """True for what no method is to blame for, and what ends a run rather than a unit."""
    # On shared machines a user's quota (EDQUOT) is used up before the disk is.
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)

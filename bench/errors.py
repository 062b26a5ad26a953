"""Errors that a user can mend: one clear line, never a traceback."""


class BenchError(Exception):
    """Bad input. The message says what came, what was expected and what to do."""


class DataError(BenchError):
    """A dataset on disk is not what its loader expects; names the table, clip or frame."""

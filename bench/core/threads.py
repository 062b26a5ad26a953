"""Calls side by side in threads, for work that lets other threads run: reading and decoding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def side_by_side(
    function: Callable[..., T], *arguments: Iterable[Any], threads: int
) -> Iterator[T]:
    """What a function returns for each set of arguments, in their order, as soon as it is there.

    Threads and not processes, which would have to copy every frame.

    Args:
        function: called in several threads at once; what it raises is raised here.
        arguments: as for `map`, of one length.
        threads: at most so many calls at a time.
    """
    # Imported here: listings read nothing.
    from joblib import Parallel, delayed

    calls = (delayed(function)(*values) for values in zip(*arguments, strict=True))
    made: Iterator[T] = Parallel(threads, prefer="threads", return_as="generator")(calls)
    return made

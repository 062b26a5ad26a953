"""Numba with its cache on disk, wherever this package is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
from numba.core import event

from bench.core.activity import tell
from bench.core.kernel_files import CheckedFiles
from bench.core.private import compiled_folder

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@contextmanager
def _kept_in(folder: Path) -> Iterator[None]:
    """Keep compiled code in this folder, out of the source tree.

    Beside the source, its files would survive `pip uninstall`, and the folder that they lie in
    would then hide an editable install of the same package.
    """
    # Set only while a function is decorated, which is when numba chooses the folder of its cache.
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


class _Compiling(event.Listener):  # type: ignore[misc]
    """Says which kernel is compiled: the first call of each takes seconds, ever after none."""

    def __init__(self) -> None:
        # Others are compiled on the way to one.
        self.depth = 0

    def on_start(self, event: Any) -> None:
        self.depth += 1
        if self.depth == 1:
            tell(f"compiling {event.data['dispatcher'].py_func.__name__}")

    def on_end(self, event: Any) -> None:
        self.depth -= 1
        if not self.depth:
            tell("")


event.register("numba:compile", _Compiling())

# The error model: numba's default raises on a division by zero, and the check for it keeps loops
# from being vectorised.
OPTIONS: Any = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
"""For numba. Sums may be taken in another order than written, the same one in every run, and
products may be fused, and the sign of a zero may be lost; NaN and infinities keep their meaning."""


def inlined(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function part of every kernel that calls it.

    Were it compiled by itself, the process that compiles the caller would inline it and optimise
    both together, while processes that load the caller from the cache would call it: their values
    differ in the last bit.
    """
    return cast(Callable[Parameters, Result], numba.njit(inline="always", **OPTIONS)(function))


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a numeric kernel, and keep the machine code so that the next process starts at once.

    The code goes to the folder that `bench.core.private` finds, which is this user's alone, and is
    loaded only under an intact hash: damaged files are replaced.
    """
    folder = compiled_folder()
    if folder is None:
        return cast(Callable[Parameters, Result], numba.njit(**OPTIONS)(function))
    with _kept_in(folder):
        kernel = numba.njit(cache=True, **OPTIONS)(function)
    cache = kernel._cache
    # Numba unpickles its own files unseen, and has no public way to put others in their place.
    cache._cache_file = CheckedFiles(
        cache._cache_path, cache._impl.filename_base, cache._impl.locator.get_source_stamp()
    )
    return cast(Callable[Parameters, Result], kernel)

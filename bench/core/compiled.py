"""Numba with its cache on disk, wherever this package is installed."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec, TypeVar, cast

import numba

from bench.core.machine import default_folder

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


@contextmanager
def _kept_apart() -> Iterator[None]:
    """Keep compiled code out of the source tree.

    Beside the source, its files would survive `pip uninstall`, and the folder that they lie in
    would then hide an editable install of the same package.
    """
    # Set only while a function is decorated, which is when numba chooses the folder of its cache.
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = before or str(default_folder() / "compiled")
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


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

    The code goes to NUMBA_CACHE_DIR where that is set, else into this package's cache folder.
    """
    try:
        with _kept_apart():
            kernel = numba.njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # numba: no folder to write to
        warnings.warn(
            f"no writable folder for compiled code: {function.__name__} is recompiled in every "
            "process; set NUMBA_CACHE_DIR to a writable folder",
            stacklevel=2,
        )
        kernel = numba.njit(**OPTIONS)(function)
    return cast(Callable[Parameters, Result], kernel)

"""Numba with its cache on disk, wherever this package lies."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def compiled(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a numeric kernel, and keep the machine code so that the next process starts at once.

    The code goes to NUMBA_CACHE_DIR where that is set, else beside the source, else (read-only
    site-packages) into the user's cache folder. Sums may be taken in another order than written,
    the same one in every run, and products may be fused: nothing else of IEEE 754 is given up, so
    NaN and infinities keep their meaning.
    """
    options = {"error_model": "numpy", "fastmath": {"reassoc", "contract", "nsz"}}
    try:
        kernel = numba.njit(cache=True, **options)(function)
    except RuntimeError:  # numba: no folder to write to
        warnings.warn(
            f"no folder to keep compiled code in; {function.__name__} is compiled anew in every "
            "process: set NUMBA_CACHE_DIR to a folder that can be written",
            stacklevel=2,
        )
        kernel = numba.njit(**options)(function)
    return cast(Callable[Parameters, Result], kernel)

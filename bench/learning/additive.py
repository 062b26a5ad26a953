"""Additive kernels of histograms, compiled, each pair of rows computed once per process."""

from __future__ import annotations

import hashlib
import threading
from typing import Literal

import numpy as np

from bench.core.compiled import compiled, inlined
from bench.core.types import Array

TINY = 1e-300


@inlined
def chi2(a: Array, b: Array) -> float:
    """Additive χ² kernel Σ 2ab / (a + b) of two nonnegative rows (Vedaldi, Zisserman 2012)."""
    total = 0.0
    for i in range(len(a)):
        # Two empty bins give 0 and not 0 / 0.
        total += 2 * a[i] * b[i] / max(a[i] + b[i], TINY)
    return total


@inlined
def intersection(a: Array, b: Array) -> float:
    """Histogram intersection Σ min(a, b) of two rows."""
    total = 0.0
    for i in range(len(a)):
        total += min(a[i], b[i])
    return total


@compiled
def fill(values: Array, at_a: Array, at_b: Array, a: Array, b: Array, is_chi2: bool) -> None:
    """Compute what is still NaN of values[at_a, at_b], and its mirror image."""
    for i in range(len(at_a)):
        for j in range(len(at_b)):
            if np.isnan(values[at_a[i], at_b[j]]):
                value = chi2(a[i], b[j]) if is_chi2 else intersection(a[i], b[j])
                values[at_a[i], at_b[j]] = value
                values[at_b[j], at_a[i]] = value


class PairMemo:
    """Kernel values of the rows seen so far, by the rows' content.

    Two folds share nearly all their pairs. A value depends on its two rows alone, each sum being
    taken in the same order regardless of what else is asked for, so results never depend on what
    was computed before.
    """

    def __init__(self, kernel: Literal["chi2", "intersection"], limit: int):
        """Beyond `limit` rows it starts over."""
        self._is_chi2 = kernel == "chi2"
        self._limit = limit
        self._lock = threading.Lock()
        self._clear()

    def _clear(self) -> None:
        self._places: dict[bytes, int] = {}
        self._values = np.empty((0, 0))

    def gram(self, a: Array, b: Array) -> Array:
        """(n, m) kernel values of rows a (n, d) and b (m, d), float64, C-contiguous."""
        keys_a, keys_b = _contents(a), _contents(b)
        with self._lock:
            if len(self._places.keys() | {*keys_a, *keys_b}) > self._limit:
                self._clear()
            at_a, at_b = self._find(keys_a), self._find(keys_b)
            fill(self._values, at_a, at_b, a, b, self._is_chi2)
            values: Array = self._values[np.ix_(at_a, at_b)]
            return values

    def _find(self, keys: list[bytes]) -> Array:
        found = np.array([self._places.setdefault(k, len(self._places)) for k in keys], np.int64)
        missing = len(self._places) - len(self._values)
        if missing > 0:
            # At least doubled: growing fold by fold must not copy the table each time.
            room = max(missing, len(self._values), 256)
            self._values = np.pad(self._values, (0, room), constant_values=np.nan)
        return found


def _contents(rows: Array) -> list[bytes]:
    """A key for each row: its length and its bytes, hashed."""
    length = rows.shape[1].to_bytes(8, "big")
    return [length + hashlib.blake2b(row.data, digest_size=24).digest() for row in rows]


# 4096 rows make a table of 134 MB, twice as long and wide at worst while it grows.
MEMOS = {
    "chi2": PairMemo("chi2", limit=4096),
    "intersection": PairMemo("intersection", limit=4096),
}


@compiled
def fill_blocks(values: Array, a: Array, b: Array) -> None:
    """values[k, i, j] = χ² kernel of block k of clips i and j."""
    for k in range(values.shape[0]):
        for i in range(values.shape[1]):
            for j in range(values.shape[2]):
                values[k, i, j] = chi2(a[i, k], b[j, k])


def chi2_of_blocks(a: Array, b: Array) -> Array:
    """A χ² kernel a block: (blocks, n, m) of histograms a (n, blocks, d) and b (m, blocks, d)."""
    values = np.empty((a.shape[1], len(a), len(b)))
    # One type and layout, so that numba compiles a single version of the kernel.
    fill_blocks(values, np.ascontiguousarray(a, np.float64), np.ascontiguousarray(b, np.float64))
    return values

"""Compiled kernels: the process that compiles one and those that load it agree to the last bit."""

from __future__ import annotations

import os
import subprocess
import sys

CODE = """
import hashlib, numpy
from bench.learning import additive
rows = numpy.random.default_rng(0).random((40, 255))
blocks = rows[:, :250].reshape(40, 5, 50)
kernels = ("chi2", "intersection")
memos = [additive.PairMemo(kernel, limit=64).gram(rows, rows) for kernel in kernels]
found = [*memos, additive.chi2_of_blocks(blocks, blocks)]
print(*(hashlib.sha256(values.tobytes()).hexdigest() for values in found))
"""


def test_kernels_give_the_same_bits_compiled_and_from_the_cache(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", CODE]
    first, second = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert list(tmp_path.rglob("*.nbi"))
    assert first == second

"""Faults of compiled code: damaged files in numba's cache."""

from __future__ import annotations

import numpy as np

from .case import Case
from .storage import damage


def damaged_kernel(case: Case, rng: np.random.Generator) -> None:
    """A file of the compiled kernels is damaged, and the method that calls them runs again."""
    files = [path for path in case.world.rglob("*.nb[ic]") if path.is_file()]
    if not files:
        raise RuntimeError("expected compiled kernels in the sandbox")
    for _ in range(int(rng.integers(1, 3))):
        damage(case, rng, sorted(path for path in files if path.is_file()))
    case.damaged.clear()
    # New descriptions, which the kernels compute.
    for path in (case.world / "cache").rglob("*.npz"):
        path.unlink()
    case.run("--results", "elsewhere", fresh=True)

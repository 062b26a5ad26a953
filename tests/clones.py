"""Clones of public repositories, for tests on real data; none is part of this repository."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def clone(name: str) -> Path:
    """The clone of a public dataset; the test is skipped where there is none."""
    root = os.environ.get(f"BENCH_{name.upper()}_ROOT", "")
    if not root or not Path(root).is_dir():
        pytest.skip(f"no clone at hand: BENCH_{name.upper()}_ROOT names none")
    return Path(root)

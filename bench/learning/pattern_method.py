"""The base of methods that count patterns in the blocks of interpolated clips."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from bench.learning.svm_method import INNER, SVMMethod


@dataclass(frozen=True)
class PatternMethod(SVMMethod):
    """Histograms of blocks and an SVM: a plugin adds its facts, `describe` and the kernel.

    The defaults are the LBP-TOP of MEGC 2019 (See et al., FG 2019).

    Attributes:
        num_frames: frames after temporal interpolation.
        size: (height, width) of the frames, px.
        grid: blocks (down, right).
        radii: of the patterns, along x, y and t.
    """

    num_frames: int = 10
    size: tuple[int, int] = (170, 140)
    grid: tuple[int, int] = (5, 5)
    radii: tuple[int, int, int] = (1, 1, 4)

    described_by: ClassVar[tuple[str, ...] | None] = ("num_frames", "size", "grid", "radii")
    variants = INNER

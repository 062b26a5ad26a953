"""LBP-TOP held against Oulu's MATLAB code, which LBP-FIP's authors extended, in GNU Octave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np

from bench.check.authors import Authors, Comparison, numbers, octave
from bench.core.types import Array
from bench.views.lbp.patterns import block_histograms, mapping_table, orthogonal_planes

FEATURE = "LBPFIP.m"
SHAPE = (13, 16, 17)
"""Frames, rows and columns of the noise that both describe."""


def compare(code: Path) -> Iterator[Comparison]:
    """Histograms of the three planes of one block: all codes of 4 points, uniform ones of 8."""
    volume = np.random.default_rng(0).integers(256, size=SHAPE, dtype=np.uint8)
    yield _compared(code, volume, 4, (1, 1, 4), "basic")
    yield _compared(code, volume, 8, (1, 1, 4), "u2")
    yield _compared(code, volume, 8, (3, 3, 3), "u2")


def _compared(
    code: Path,
    volume: Array,
    points: int,
    radii: tuple[int, int, int],
    mapping: Literal["basic", "u2"],
) -> Comparison:
    (rx, ry, rt), margin = radii, max(radii[:2])
    bins = mapping_table(points, mapping)
    # Its table has 256 rows, for the fourth plane, which is not LBP-TOP's, always has 8 points.
    table = np.stack([np.arange(256), np.pad(bins, (0, 256 - len(bins)))], 1)
    count = int(bins.max()) + 1
    script = (
        f"H = LBPFIP(V, {rx}, {ry}, {rt}, [{points} {points} {points}], {rt}, {rt}, {margin}, 1, "
        f"{count}, T, {margin});"
    )
    given = {"V": volume.transpose(1, 2, 0).astype(float), "T": table.astype(float)}
    expected = octave(code, script, given)["H"][:3]
    histograms = block_histograms(volume, orthogonal_planes(points, radii), (1, 1), mapping)
    made = np.stack(histograms).reshape(3, -1)
    return numbers("feature", f"{points} points, radii {radii}, {mapping}", made, expected)


AUTHORS = Authors(
    "WJShengD/Micro-Expression-Classification-using-Local-Binary-Pattern-from-Five-"
    "Intersecting-Planes",
    "7f93f5fc281df4171e6ed4a53a25ca94823d85bd",
    compare,
    (FEATURE,),
)

"""LBP-FIP held against the authors' MATLAB code, run in GNU Octave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.check.authors import Authors, Comparison, numbers, octave, setting, settings
from bench.views.lbp.patterns import block_histograms, mapping_table
from bench.views.lbp.planes import five_plane_pattern

from . import LBPFIP

FEATURE, RECOGNITION = "LBPFIP.m", "2main_CASME2_recognition.m"
SHAPE = (13, 16, 15)
"""Frames, rows and columns of the noise that both describe."""


def compare(code: Path) -> Iterator[Comparison]:
    """Histograms of the four planes of one block, and the penalty of the SVM."""
    method = LBPFIP()
    volume = np.random.default_rng(0).integers(256, size=SHAPE, dtype=np.uint8)
    (rx, ry, rt), margin = method.radii, max(method.radii[:2])
    table = np.stack([np.arange(256), mapping_table(8, "u2")], 1)
    script = f"H = LBPFIP(V, {rx}, {ry}, {rt}, [8 8 8], {rt}, {rt}, {margin}, 1, 59, T, {margin});"
    given = {"V": volume.transpose(1, 2, 0).astype(float), "T": table.astype(float)}
    expected = octave(code, script, given)["H"]
    made = np.stack(block_histograms(volume, five_plane_pattern(method.radii), (1, 1), "u2"))
    yield numbers("feature", "histograms", made.reshape(4, 59), expected)
    theirs = {
        "penalty": (method.C, setting(code, RECOGNITION, r"for c =([\d.]+)")),
        "frames apart": (rt, setting(code, RECOGNITION, r"Zn=(\d+)")),
        "magnification": (
            method.variants["magnified"]["magnify"],
            setting(code, RECOGNITION, r"alpha=(\d+)"),
        ),
    }
    yield from settings(theirs)


AUTHORS = Authors(
    "WJShengD/Micro-Expression-Classification-using-Local-Binary-Pattern-from-Five-"
    "Intersecting-Planes",
    "7f93f5fc281df4171e6ed4a53a25ca94823d85bd",
    compare,
    (FEATURE, RECOGNITION),
)

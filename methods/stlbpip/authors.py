"""STLBP-IP held against a public MATLAB re-implementation, run in GNU Octave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.check.authors import Authors, Comparison, numbers, octave
from bench.views.lbp.projections import line_histogram

FEATURE = "STLBP_IP_XY.m"
SHAPE = (2, 24, 20)
"""Frames, rows and columns of the noise that both describe."""


def compare(code: Path) -> Iterator[Comparison]:
    """Histograms of the plane XY of one block and one difference image.

    Of one, because its mean over the difference images is taken inside the loop over them. XT and
    YT need a function that the clone lacks.
    """
    volume = np.random.default_rng(0).integers(256, size=SHAPE, dtype=np.int64)
    # Of the image package, which it needs for nothing else.
    subtract = "function r = imsubtract(a, b) r = a - b; end;"
    given = {"V": volume.transpose(1, 2, 0).astype(float)}
    expected = octave(code, f"{subtract} H = STLBP_IP_XY(V, 9);", given)["H"].reshape(2, 256)
    motion = volume[1:] - volume[0]
    made = np.stack([line_histogram(motion.sum(axis=axis)) for axis in (2, 1)])
    # Their first neighbour is the highest bit, ours the lowest.
    turned = [int(f"{number:08b}"[::-1], 2) for number in range(256)]
    yield numbers("feature", "histograms of XY", made[:, turned], expected)


AUTHORS = Authors(
    "yuxinhe/Facial-Micro-Expression-Recognition-using-STLBP-with-Integral-Projecti",
    "2361d6e0c8a7051397bd90b32b6fe6da4cf52a18",
    compare,
    (FEATURE, "LBP_1D.m"),
)

"""STSTNet (Liong, Gan, See, Khor, Huang, FG 2019): both published logs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.data.reading.coded import THREE
from bench.literature.replication import Claim, Number, Source
from bench.literature.replication.megc2019 import composite
from bench.store.predictions import read

REPOSITORY = "christy1206/STSTNet"
COMMIT = "1afb56e670ee1d4f9864d21e43cfd95a291864e4"
MATLAB, PYTHON = "STSTNet_logfile.txt", "STSTNet_python_logfile.txt"
PRECISION = "macro precision: the confusion matrix is read by columns"


def _matlab(clone: Path) -> Mapping[str, float]:
    return composite(read(clone / MATLAB, THREE))


def _python(clone: Path) -> Mapping[str, float]:
    return composite(read(clone / PYTHON, THREE))


CLAIMS = {
    "ststnet-matlab": Claim(
        title="STSTNet, log of the MATLAB code",
        where="Table III of the paper (arXiv 1902.03634)",
        how="the log's 442 predictions, pooled",
        sources=(Source(REPOSITORY, COMMIT, (MATLAB,)),),
        recompute=_matlab,
        numbers=(
            Number("clips", "442"),
            Number("wrong labels", "", "0", "clips of another class in the organisers' list"),
            Number("UF1", "0.7353"),
            Number("UAR", "0.7605", "0.7186", PRECISION),
            Number("macro precision", "", "0.7605", "the value that is printed as UAR"),
            Number("accuracy", "0.7692"),
            Number("F1 of means", "0.7389"),
            Number("UF1 smic", "0.6801"),
            Number("UAR smic", "0.7013", "0.6703", PRECISION),
            Number("UF1 casme2", "0.8382"),
            Number("UAR casme2", "0.8686", "0.8190", PRECISION),
            Number("UF1 samm", "0.6588"),
            Number("UAR samm", "0.6810", "0.6415", PRECISION),
        ),
    ),
    "ststnet-python": Claim(
        title="STSTNet, log of the PyTorch code",
        where="README and last line of the log",
        how="the log's lists of 68 subjects, pooled",
        sources=(Source(REPOSITORY, COMMIT, (PYTHON,)),),
        recompute=_python,
        numbers=(
            Number("clips", "442"),
            Number("UF1", "0.7209"),
            Number("UAR", "0.7250"),
        ),
    ),
}

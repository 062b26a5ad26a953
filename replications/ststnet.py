"""STSTNet (Liong, Gan, See, Khor, Huang, FG 2019): both published logs, and the weights."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bench.data.reading.coded import THREE
from bench.literature.replication import Claim, Number, Source
from bench.literature.replication.megc2019 import composite, paired_predictions
from bench.statistics.metrics import f1
from bench.store.predictions import Matrices, read

REPOSITORY = "christy1206/STSTNet"
COMMIT = "1afb56e670ee1d4f9864d21e43cfd95a291864e4"
MATLAB, PYTHON = "STSTNet_logfile.txt", "STSTNet_python_logfile.txt"
WEIGHTS = "STSTNet_Weights"
FLOW = Source(
    "wangzhifengharrison/HTNet",
    "91cf4bda0a2db50d638d46c04c5d7cf3b602d446",
    ("combined_3_class2_for_optical_flow.csv",),
)
"""The flow images of the 442 clips, which STSTNet's own repository does not have."""
RUNNING = re.compile(r"^UF1: ([0-9.]+) \|", re.MULTILINE)
PRECISION = "macro precision: the confusion matrix is read by columns"


def _matlab(clone: Path) -> Mapping[str, float]:
    return composite(read(clone / MATLAB, THREE))


def _python(clone: Path) -> Mapping[str, float]:
    content = read(clone / PYTHON, THREE)
    assert isinstance(content, Matrices)
    text = (clone / PYTHON).read_text(encoding="utf-8", errors="replace")
    # Below each subject the log has the score so far; the last line repeats the last.
    running = zip(f1(content.counts.cumsum(0)), RUNNING.findall(text), strict=False)
    return composite(content) | {
        "running UF1 as printed": sum(
            round(float(ours), 4) == float(theirs) for ours, theirs in running
        )
    }


def _weights(clone: Path, flow: Path) -> Mapping[str, float]:
    from bench.literature.replication.harness import predictions_of, public_task

    logged = read(clone / PYTHON, THREE)
    assert isinstance(logged, Matrices)
    task = public_task("megc2019flow", "3", flow)
    ours = predictions_of(f"ststnet:weights={clone / WEIGHTS}", task)
    return composite(ours) | {"predictions as in the log": paired_predictions(ours, logged)}


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
            Number(
                "running UF1 as printed", "68", "", "the score so far, after each of 68 subjects"
            ),
        ),
    ),
    "ststnet-weights": Claim(
        title="STSTNet, weights of the PyTorch code",
        where="README and last line of the log",
        how="the weights of 68 folds, run by the harness on the public flow of the 442 clips",
        sources=(Source(REPOSITORY, COMMIT, (PYTHON, f"{WEIGHTS}/s01.pth")), FLOW),
        recompute=_weights,
        numbers=(
            Number("clips", "442"),
            Number(
                "predictions as in the log",
                "442",
                "",
                "the log names no clip: paired within each subject and class",
            ),
            Number("UF1", "0.7209"),
            Number("UAR", "0.7250"),
        ),
    ),
}

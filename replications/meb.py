"""The benchmark of Varanka, Li, Peng, Zhao (meb): SSSNet on MEGC 2019 in its notebook."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench.core.errors import BenchError
from bench.literature.replication import Claim, Number, Source
from bench.literature.replication.artefacts import printed

NOTEBOOK = "experiments/paper_experiments/Figure 2. Different F1-metrics.ipynb"
LINE = re.compile(r"Subject: (\S+), n=(\d+) \|.* test_mean: ([0-9.]+)")
METRICS = 3
"""Per subject the first cell prints macro, micro and weighted F1, in this order."""


FORMS = {"smic": r"s\d+", "casme2": r"\d{2}", "samm": r"\d{3}"}
"""How the notebook writes the subjects of each database."""


def _figure(clone: Path) -> Mapping[str, float]:
    runs = [rows for text in printed(clone / NOTEBOOK) if (rows := LINE.findall(text))]
    if len(runs) != 2 or len(runs[0]) != METRICS * len(runs[1]):
        raise BenchError(f"{clone / NOTEBOOK}: not the lines of two runs; another commit?")
    pooled, averaged = runs
    subjects, clips = [name for name, *_ in averaged], np.array([int(n) for _, n, _ in averaged])
    # Micro F1 of a single-label task is its accuracy, so that of a subject times its clips is how
    # many are right, but for the four digits that are printed.
    micro = np.array([float(value) for *_, value in pooled[1::METRICS]])
    right = np.rint(micro * clips)
    found = {
        "clips": int(clips.sum()),
        "correct": int(right.sum()),
        "micro F1": right.sum() / clips.sum(),
        "mean of subjects' F1": np.mean([float(value) for *_, value in averaged]),
    }
    for database, form in FORMS.items():
        of = np.array([re.fullmatch(form, name) is not None for name in subjects])
        found[f"micro F1 {database}"] = right[of].sum() / clips[of].sum()
    return {name: float(value) for name, value in found.items()}


CLAIMS = {
    "meb-sssnet": Claim(
        title="SSSNet in different kinds of F1",
        where="Figure 2 of the paper, and the output of its notebook",
        how="the notebook's lines of 68 subjects, which have four digits",
        sources=(Source("tvaranka/meb", "f731b0a981683a24f6be2e026208811849dee3ad", (NOTEBOOK,)),),
        recompute=_figure,
        numbers=(
            Number("clips", "442"),
            Number("correct", "", "336", "subjects' micro F1 times their clips"),
            Number("micro F1", "0.7601809954751131"),
            Number("micro F1 smic", "0.6951219512195121"),
            Number("micro F1 casme2", "0.8758620689655172"),
            Number("micro F1 samm", "0.7142857142857143"),
            Number("mean of subjects' F1", "0.6662"),
        ),
    ),
}

"""What the annotated action units are worth: the score that they reach on the real tables.

`ceilings.csv` holds, for each task, UF1 (macro F1) under leave-one-subject-out of regularised
logistic regression on the coded action units with their sides and intensities, C by inner folds.
The values were measured on the licensed tables; no row of these is part of this package.

They are no strict bound: a video holds more than its codes. But coders looked at every frame, again
and again, and the emotion was partly derived from what they coded: a method above its task's
ceiling recognised more from pixels than they wrote down, which needs an explanation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bench.core.names import TaskName


@cache
def ceilings() -> Mapping[str, float]:
    """UF1 by task name: {"casme2/5": 0.845, ...}."""
    text = (files("bench.literature") / "ceilings.csv").read_text(encoding="utf-8")
    return {
        str(TaskName(row["dataset"], row["labelling"])): float(row["value"])
        for row in csv.DictReader(text.splitlines())
    }

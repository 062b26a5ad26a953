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
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from bench.core.names import TaskName
from bench.literature.caveats import AboveCeiling
from bench.literature.table import Published


@cache
def ceilings() -> Mapping[str, float]:
    """UF1 by task name: {"casme2/5": 0.845, ...}."""
    text = (files("bench.literature") / "ceilings.csv").read_text(encoding="utf-8")
    return {
        str(TaskName(row["dataset"], row["labelling"])): float(row["value"])
        for row in csv.DictReader(text.splitlines())
    }


def ceiling_of(task: str, published_as: str) -> float | None:
    """UF1 of the codes on a task; None where it was not measured.

    Args:
        task: "casme2/5".
        published_as: the dataset under which the literature reports it; empty where none.
    """
    labelling = TaskName.parse(task).labelling
    return ceilings().get(str(TaskName(published_as, labelling))) if published_as else None


def above_ceiling(group: Sequence[Published]) -> AboveCeiling | None:
    """What to say of one published result whose UF1 is above its task's ceiling.

    An F1 counts where it is the macro F1, or of a kind that the source does not state. The ceilings
    are of leave-one-subject-out on the whole task: nothing is said of parts of a composite, nor of
    diagnostic protocols.
    """
    first = group[0]
    ceiling = ceilings().get(first.task or "")
    if ceiling is None or first.part != "full" or first.diagnostic:
        return None
    scores = [one.value for one in group if _is_uf1(one) and one.value > ceiling]
    return AboveCeiling(max(scores), ceiling) if scores else None


def _is_uf1(row: Published) -> bool:
    return row.metric == "uf1" or (row.metric == "f1" and row.f1_kind in ("macro", "unknown"))

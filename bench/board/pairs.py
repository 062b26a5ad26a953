"""The text of a paired comparison: its verdict, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence

from bench.evaluation.compare import Pair
from bench.evaluation.entries import LeftOut, MissingFolds, NoCommonClips, NoResults


def verdict_text(pair: Pair) -> str:
    """Which method is better, in words."""
    words = "no significant difference" if pair.better is None else f"{pair.better} is better"
    if pair.test_best:
        words += f"; epoch of {' and '.join(pair.test_best)} chosen on the test subjects"
    if pair.published_weights:
        words += f"; {' and '.join(pair.published_weights)} with published weights"
    return words


def left_out_text(one: LeftOut) -> str:
    """Why a method is not compared on a task, and what to do."""
    return f"{one.task}: {_reason(one)}"


def all_left_out_text(every: Sequence[LeftOut]) -> str:
    """The same of several in one line, tasks with the same reason together."""
    tasks: dict[str, list[str]] = {}
    for one in every:
        tasks.setdefault(_reason(one), []).append(one.task)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in tasks.items())


def _reason(one: LeftOut) -> str:
    match one:
        case NoResults(_, method):
            return f"no results of {method}"
        case NoCommonClips(_, method, other):
            return f"{method} and {other} have no clips in common that can be compared"
        case MissingFolds(_, method, folds, of):
            return f"{method} has {folds} of {of} folds; rerun `bench run` to complete it"

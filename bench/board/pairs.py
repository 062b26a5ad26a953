"""The text of a paired comparison: its verdict, and what was left out."""

from __future__ import annotations

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
    match one:
        case NoResults(task, method):
            return f"{task}: no results of {method}"
        case NoCommonClips(task, method, other):
            return f"{task}: {method} and {other} have no clips in common that can be compared"
        case MissingFolds(task, method, folds, of):
            return f"{task}: {method} has {folds} of {of} folds; rerun `bench run` to complete it"

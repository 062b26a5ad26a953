"""The text of a paired comparison: its verdict, and what was left out."""

from __future__ import annotations

from bench.evaluation.compare import LeftOut, MissingFolds, NoResults, Pair


def verdict_text(pair: Pair) -> str:
    """Which method is better, in words."""
    return "no significant difference" if pair.better is None else f"{pair.better} is better"


def left_out_text(one: LeftOut) -> str:
    """Why a method is not compared on a task, and what to do."""
    match one:
        case NoResults(task, method):
            return f"{task}: no results of {method}"
        case MissingFolds(task, method, folds, of):
            return f"{task}: {method} has {folds} of {of} folds; rerun `bench run` to complete it"

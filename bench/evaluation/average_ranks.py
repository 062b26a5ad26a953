"""Average ranks of compared methods over several tasks, with the critical difference."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bench.core.names import SUBSET, Protocol
from bench.evaluation.compare import Pair
from bench.statistics import CriticalDifference, critical_difference


def average_ranks(pairs: Sequence[Pair]) -> tuple[list[str], int, CriticalDifference] | None:
    """Average ranks over the tasks that have all methods; synthetic tasks count only on their own.

    Returns:
        the methods, the number of tasks, and the ranks with the critical difference; None if fewer
        than two tasks have all methods, or the protocol is a diagnostic.
    """
    if any(Protocol.parse(pair.protocol).diagnostic for pair in pairs):
        return None
    # Scores on other clips, of an epoch chosen on the test subjects, or of weights from elsewhere
    # are not to be ranked.
    unfit = {p.data for p in pairs if p.clips < p.of or p.test_best or p.published_weights}
    fit = [pair for pair in pairs if pair.data not in unfit]
    # A task and a part of it are not two tasks.
    fit = [pair for pair in fit if not SUBSET.search(pair.task)] or fit
    real = [pair for pair in fit if not pair.synthetic] or fit
    methods = list(dict.fromkeys(name for pair in pairs for name in (pair.first, pair.second)))
    by_task: dict[str, dict[str, float]] = defaultdict(dict)
    for pair in real:
        by_task[pair.data] |= dict(zip((pair.first, pair.second), pair.scores, strict=True))
    rows = [[of[name] for name in methods] for of in by_task.values() if len(of) == len(methods)]
    return (methods, len(rows), critical_difference(rows)) if len(rows) > 1 else None

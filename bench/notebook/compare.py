"""`bench.compare`: paired tests as a table."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bench.board.pairs import all_left_out_text, verdict_text
from bench.cli.common import workspace
from bench.cli.compare import no_pairs, paired
from bench.evaluation.own_metrics import measure
from bench.store.store import Store

if TYPE_CHECKING:
    import pandas


def compare(
    *methods: str,
    results: str | Path = "results",
    tasks: str = "all",
    protocol: str = "loso",
    metric: str = "uf1",
    plugins: Sequence[str | Path] = (),
) -> pandas.DataFrame:
    """Test whether methods differ, paired by subject, as `bench compare` does.

    Args:
        methods: two or more methods or names of imported predictions; "name@preset".
        results: folder of the records.
        tasks: names or globs.
        protocol: of the records.
        metric: score to compare by: "uf1", "uar", "accuracy", "f1", or a metric of your own.
        plugins: plugin files.

    Returns:
        A row per task and pair: both scores, difference (first minus second) with its 95 %
        interval, p, p after Holm's correction over all rows, which is better (None: neither).

    Raises:
        BenchError: fewer than two methods, an unknown one, or no task with results of all.
    """
    import pandas

    registry, settings = workspace([Path(one) for one in plugins], Path(results))
    by = measure(metric, registry.metrics)
    store = Store(settings.results)
    pairs, left_out = paired(store, store.contents().records, methods, tasks, protocol, by)
    if left_out:
        warnings.warn(all_left_out_text(left_out), stacklevel=2)
    if not pairs:
        raise no_pairs(methods, protocol)
    return pandas.DataFrame(
        [asdict(one) | {"better": one.better, "verdict": verdict_text(one)} for one in pairs]
    )

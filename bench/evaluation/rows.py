"""From the records of one method to its row, and the ranks of rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import fmean
from typing import Any

import numpy as np

from bench.core.dataset import Dataset
from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.scores import FitTime, Row
from bench.evaluation.selection import Selection, selection
from bench.evaluation.truth import Truth, confusions, parts, scores
from bench.planning.splits import folds
from bench.plugins.registry import Registry
from bench.statistics import pairwise, rank_groups
from bench.statistics.metrics import recall, uf1
from bench.store.code import code_changes
from bench.store.record import Record


def finished(records: list[Record]) -> list[Record]:
    """Those that ended ok."""
    return [record for record in records if record.status == "ok"]


def row_of(task: Truth, protocol: str, records: list[Record], registry: Registry) -> Row:
    """The row of one method in one configuration, without its rank."""
    first = records[0]
    plugin = registry.methods.get(first.inputs["method"])
    facts = plugin.facts if plugin else None
    done = finished(records)
    seeds = tuple(sorted({record.inputs["seed"] for record in records}))
    total = len(folds(protocol, task.people, task.databases)) * len(seeds)
    counts = confusions(task, done)
    other = selection(task, done) if done else Selection()
    return Row(
        label=first.label,
        preset=first.preset,
        family=first.family,
        title=facts.title if facts else first.label,
        fidelity=facts.fidelity if facts else "unknown",
        selection="last",
        folds=len(done),
        of=total,
        ended=dict(Counter(r.status for r in records if r.status != "ok")),
        seeds=seeds,
        scores=scores(counts, len(done) == total) if done else {},
        recall=recall(counts.sum((0, 1))).tolist() if done else [],
        parts=parts(task, counts) if done else {},
        fit_seconds=fmean(r.seconds["fit"] for r in done) if done else None,
        parameters=next((r.parameters for r in done if r.parameters is not None), None),
        reference=bool(facts and facts.reference),
        notes=tuple(_notes(records, plugin, facts, registry.datasets)),
        oracle=other.oracle,
        inner=other.inner,
        epochs=other.epochs,
        fit_times=fit_times(done),
    )


def fit_times(done: Iterable[Record]) -> tuple[FitTime, ...]:
    """Mean time of a fit on each device that finished records were made on."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for record in done:
        seconds[record.processor].append(record.seconds["fit"])
    return tuple(FitTime(name, len(s), fmean(s)) for name, s in sorted(seconds.items()))


def _notes(
    records: list[Record], plugin: Any, facts: Any, datasets: Mapping[str, type[Dataset]]
) -> Iterable[str]:
    if facts and facts.fidelity == "reconstructed":
        yield "reconstructed"
    inputs = records[0].inputs
    for name, digest in inputs.get("annotations", {}).items():
        if digest is None:
            yield f"without {name.replace('_', ' ')}"
    if inputs["config"].get("weights") == "":
        yield "scratch"
    if records[0].transductive:
        yield "transductive"
    if plugin is None:
        yield "plugin not installed"
    elif any(record.inputs["version"] != plugin.version for record in records):
        yield f"version {records[0].inputs['version']}, now {plugin.version}"
    elif changed := {c for r in records for c in code_changes(r, plugin, datasets)}:
        yield f"stale: {', '.join(sorted(changed))} changed since"
    if not all(record.isolated for record in records):
        yield "not isolated: run with --engine serial"


Family = tuple[str, str, str]


def ranked(
    rows: Mapping[Family, Row], done: Mapping[Family, list[Record]], task: Truth
) -> list[Row]:
    """Best first; references and rows that cannot be ranked stand below the line.

    A rank is 1 plus the number of methods that are significantly better by UF1 (paired
    permutations over subjects, Holm's correction): methods that cannot be told apart share one.
    """

    def order(name: Family) -> tuple[float, str]:
        row = rows[name]
        return (-row.scores["uf1"].value if row.scores else 1.0, row.name)

    def current(name: Family) -> bool:
        row = rows[name]
        return row.complete and not row.reference and not any("now" in n for n in row.notes)

    top = sorted(filter(current, rows), key=order)
    ranks = [1] * len(top)
    if len(top) > 1:
        cells = _same_seeds([confusions(task, done[name]) for name in top])
        pairs = pairwise(cells, uf1, np.random.default_rng(derived_seed("pairs")))
        values = [rows[name].scores["uf1"].value for name in top]
        ranks = [int(rank) for rank in rank_groups(values, pairs.adjusted)]
    below = sorted(
        (name for name in rows if name not in top),
        key=lambda name: (not rows[name].reference, order(name)),
    )
    return [replace(rows[n], rank=r) for n, r in zip(top, ranks, strict=True)] + [
        rows[name] for name in below
    ]


def _same_seeds(cells: list[Array]) -> list[Array]:
    """Cells with equally many seeds: the first ones that all have, or a single one as it is."""
    several = [len(cell) for cell in cells if len(cell) > 1]
    return [cell if len(cell) == 1 else cell[: min(several)] for cell in cells]

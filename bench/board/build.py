"""From records to a board: predictions joined with the true classes, scored, ranked."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from statistics import fmean
from typing import Any

import numpy as np

from bench.board.board import Board, Row, Table
from bench.board.external import External, external_row, read_external
from bench.board.published import comparisons
from bench.board.scoring import Truth, confusions, parts, scores, truth
from bench.board.selection import Selection, selection
from bench.board.variants import variants
from bench.clip import Array
from bench.context import derived_seed
from bench.metrics import recall, uf1
from bench.protocols import folds
from bench.registry import Registry
from bench.sources import changes
from bench.statistics import pairwise, rank_groups
from bench.store import Record, Store


def build(
    store: Store,
    registry: Registry,
    only: Iterable[tuple[str, str]] | None = None,
    records: Iterable[Record] | None = None,
) -> Board:
    """Make the board of a results folder.

    Args:
        store: the results folder.
        registry: for the facts of methods; a method without its plugin is shown by name alone.
        only: (task fingerprint, protocol) of the tables wanted; all by default.
        records: records already read; read from the store by default.
    """
    tasks = {name: truth(raw) for name, raw in store.tasks().items()}
    grouped: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in store.records() if records is None else records:
        grouped[record.inputs["data"], record.inputs["protocol"]].append(record)
    external: dict[tuple[str, str], list[External]] = defaultdict(list)
    for one in read_external(store.folder):
        external[one.data, one.protocol].append(one)
        grouped.setdefault((one.data, one.protocol), [])
    wanted = set(grouped) if only is None else set(only)
    tables = [
        _table(tasks[data], protocol, found, registry, external[data, protocol])
        for (data, protocol), found in grouped.items()
        if (data, protocol) in wanted and data in tasks
    ]
    tables.sort(key=lambda t: (t.synthetic, t.task, t.protocol, t.fingerprint))
    used = {name for table in tables for name in table.environments}
    return Board(tuple(tables), {name: _machine(store, name) for name in sorted(used)})


def _machine(store: Store, name: str) -> str:
    path = store.folder / "environments" / f"{name}.json"
    if not path.is_file():
        return "unknown machine"
    raw = json.loads(path.read_bytes())
    packages = ", ".join(f"{n} {v}" for n, v in raw["packages"].items() if v)
    commit = f", commit {raw['commit']}" if raw.get("commit") else ""
    where = f"{raw['processor']}, {raw['cores']} cores, {raw['system']}"
    return f"{where}, Python {raw['python']}, {packages}{commit}"


def _table(
    task: Truth,
    protocol: str,
    records: list[Record],
    registry: Registry,
    external: list[External],
) -> Table:
    families: dict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for record in records:
        families[record.label, record.preset, record.family].append(record)
    rows = {name: _row(task, protocol, found, registry) for name, found in sorted(families.items())}
    done = {name: _done(families[name]) for name in rows}
    ranked = _ranked(rows, done, task)
    named = {name: plugin.variants for name, plugin in registry.methods.items()}
    dataset = registry.datasets.get(task.task.partition("/")[0])
    return Table(
        task=task.task,
        protocol=protocol,
        synthetic=task.synthetic,
        fingerprint=task.fingerprint[:12],
        classes=task.classes,
        counts=tuple(np.bincount(task.labels, minlength=len(task.classes)).tolist()),
        subjects=len(np.unique(task.people)),
        apex=task.apex,
        rows=(*ranked, *(external_row(task, one) for one in external)),
        published=comparisons(task.task, dataset.literature(), ranked) if dataset else (),
        environments=tuple(sorted({record.environment for record in records})),
        variants=variants(task, ((rows[name], done[name]) for name in rows), named),
    )


def _done(records: list[Record]) -> list[Record]:
    return [record for record in records if record.status == "ok"]


def _row(task: Truth, protocol: str, records: list[Record], registry: Registry) -> Row:
    first = records[0]
    plugin = registry.methods.get(first.inputs["method"])
    facts = plugin.facts if plugin else None
    done = _done(records)
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
        notes=tuple(_notes(records, plugin, facts)),
        oracle=other.oracle,
        inner=other.inner,
        epochs=other.epochs,
    )


def _notes(records: list[Record], plugin: Any, facts: Any) -> Iterable[str]:
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
    elif changed := {c for r in records for c in changes(r.source, r.borrowed, plugin)}:
        yield f"stale: {', '.join(sorted(changed))} changed since"
    if not all(record.isolated for record in records):
        yield "not isolated: run with --engine serial"


Family = tuple[str, str, str]


def _ranked(
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

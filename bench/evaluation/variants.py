"""Variants of one method compared with the plain one, as in a paper's ablation study."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.core.names import Label, with_preset
from bench.evaluation.crossing import Crossing, crossing, varied
from bench.evaluation.notes import (
    IncompleteVariants,
    NoCommonSeed,
    Note,
    OtherVersionVariants,
    SeveralRows,
)
from bench.evaluation.paired import Difference, difference
from bench.evaluation.row import Row, Score
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import Truth
from bench.statistics import holm
from bench.statistics.metrics import uf1
from bench.store.record import Record


@dataclass(frozen=True)
class Variant:
    """One variant with all folds finished.

    Attributes:
        label: "mfvan:delta", or "mfvan" for the plain method.
        values: of the fields in which the variants of the group differ.
        scores: of its row, by metric.
        difference: UF1 of the variant minus that of the plain method, on the seeds that both have.
            None for the plain method and for variants with its configuration, and if the plain
            method is incomplete or shares no seed.
    """

    label: str
    values: dict[str, Any]
    scores: dict[str, Score]
    difference: Difference | None = None


@dataclass(frozen=True)
class Variants:
    """The complete variants of one method in one preset; only configuration and seeds differ.

    Attributes:
        method, preset: names.
        rows: the plain method first, then the others in the order of the method's `variants`.
        crossing: the two fields of which every combination was run, if any.
        metrics: the two that papers print, for a crossed table.
        notes: what was left out.
    """

    method: str
    preset: str
    rows: tuple[Variant, ...]
    crossing: Crossing | None
    metrics: tuple[str, str]
    notes: tuple[Note, ...] = ()

    @property
    def name(self) -> str:
        """The method, with the preset if it is not the paper's."""
        return with_preset(self.method, self.preset)

    @property
    def plain(self) -> Variant | None:
        """The plain method, if it is complete."""
        return next((row for row in self.rows if row.label == self.method), None)


Member = tuple[Row, Sequence[Record]]
"""A row and its finished records."""


def variants(
    task: Truth, members: Iterable[Member], named: Mapping[str, Iterable[str]]
) -> tuple[Variants, ...]:
    """Group the rows of a table by method and preset; groups have two or more complete variants.

    Args:
        task: clips and true classes.
        members: rows of one table.
        named: the variants of each method, in its order.
    """
    groups: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for row, done in members:
        # Weights from elsewhere are no variant of how the method is trained, and folds that chose
        # for themselves are of no single configuration.
        if not any(record.published_weights or record.tuned for record in done):
            groups[Label.parse(row.label).method, row.preset].append((row, done))
    made = (
        _group(task, method, of, ["", *named.get(method, ())])
        for (method, _), of in sorted(groups.items())
    )
    return tuple(group for group in made if group is not None)


def paper_metrics(row: Row) -> tuple[str, str]:
    """The two metrics that papers print: UF1 and UAR of a composite, else accuracy and F1."""
    return ("uf1", "uar") if row.parts else ("accuracy", "f1")


def _group(task: Truth, method: str, members: list[Member], order: list[str]) -> Variants | None:
    chosen = _comparable(members)
    if len(chosen) < 2:
        return None

    def place(label: str) -> tuple[int, str]:
        name = Label.parse(label).variant
        return order.index(name) if name in order else len(order), label

    configs = {label: config_of(*chosen[label]) for label in sorted(chosen, key=place)}
    fields, less = varied(configs), _differences(task, method, chosen, configs)
    rows = [
        Variant(
            label,
            {name: config[name] for name in fields if name in config},
            chosen[label][0].scores,
            less.get(label),
        )
        for label, config in configs.items()
    ]
    first = chosen[rows[0].label][0]
    return Variants(
        method,
        first.preset,
        tuple(rows),
        crossing(configs),
        paper_metrics(first),
        (*_notes(members, chosen), *_unpaired(method, configs, less)),
    )


def config_of(row: Row, done: Sequence[Record]) -> dict[str, Any]:
    """The configuration of a row, in the order of the method's fields."""
    config = done[0].inputs["config"]
    return {name: config[name] for name in row.fields}


def _comparable(members: Iterable[Member]) -> dict[str, Member]:
    """By label, the complete rows with the same version, views and annotations.

    The newest version wins; among several configurations of a label, the one with most folds.
    """
    alike: dict[str, dict[str, Member]] = defaultdict(dict)
    # Ascending: of several configurations of a label, the last one written stays.
    for row, done in sorted(members, key=lambda member: (len(member[1]), member[0].family)):
        if row.complete:
            inputs = done[0].inputs
            rest = {name: v for name, v in inputs.items() if name not in ("config", "seed")}
            # JSON as the key, because dicts do not hash.
            alike[json.dumps(rest, sort_keys=True)][row.label] = (row, done)

    def preference(name: str) -> tuple[bool, int, int, str]:
        # More than one first: a newer version with a single variant has nothing to compare.
        return len(alike[name]) > 1, json.loads(name)["version"], len(alike[name]), name

    return alike[max(alike, key=preference)] if alike else {}


def _differences(
    task: Truth, plain: str, chosen: Mapping[str, Member], configs: Mapping[str, Any]
) -> dict[str, Difference]:
    """UF1 of every other configuration minus that of the plain method, corrected together."""
    if plain not in chosen:
        return {}
    cells = {
        label: dict(zip(row.seeds, confusions(task, done), strict=True))
        for label, (row, done) in chosen.items()
    }
    paired = {}
    for label, config in configs.items():
        seeds = sorted(cells[label].keys() & cells[plain].keys())
        # A variant that changes nothing differs by nothing; its p would only weaken Holm's
        # correction.
        if seeds and config != configs[plain]:
            one, other = (np.array([cells[name][s] for s in seeds]) for name in (label, plain))
            paired[label] = difference(one, other, uf1)
    adjusted = holm([one.p for one in paired.values()])
    return {
        label: replace(one, adjusted=float(p))
        for (label, one), p in zip(paired.items(), adjusted, strict=True)
    }


def _notes(members: Collection[Member], chosen: Mapping[str, Member]) -> Iterator[Note]:
    complete = {row.label for row, _ in members if row.complete}
    if incomplete := {row.label for row, _ in members} - complete:
        yield IncompleteVariants(tuple(sorted(incomplete)))
    if other := complete - chosen.keys():
        yield OtherVersionVariants(tuple(sorted(other)))
    families = {row.family for row, _ in chosen.values()}
    more = {row.label for row, _ in members if row.complete and row.family not in families}
    if several := more & chosen.keys():
        yield SeveralRows(tuple(sorted(several)))


def _unpaired(
    plain: str, configs: Mapping[str, Any], compared: Collection[str]
) -> Iterator[NoCommonSeed]:
    usual = configs.get(plain)
    labels = [name for name, config in configs.items() if config != usual and name not in compared]
    if usual is not None and labels:
        yield NoCommonSeed(plain, tuple(labels))

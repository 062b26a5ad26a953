"""Variants of one method set beside the plain one, as the ablation of a paper."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.core.names import Label
from bench.evaluation.crossing import Crossing, crossing, varied
from bench.evaluation.paired import Difference, difference
from bench.evaluation.scores import Row, Score
from bench.evaluation.truth import Truth, confusions
from bench.statistics import holm
from bench.statistics.metrics import uf1
from bench.store.record import Record


@dataclass(frozen=True)
class Variant:
    """One variant of which every fold ended ok.

    Attributes:
        label: "mfvan:delta", or "mfvan" for the plain method.
        values: of the fields in which the variants of the group differ.
        scores: those of its row.
        difference: in UF1, the variant less the plain method on the seeds that both have. None
            for the plain method and its configuration under another name, and where the plain
            method is incomplete or no seed is common.
    """

    label: str
    values: dict[str, Any]
    scores: dict[str, Score]
    difference: Difference | None = None


@dataclass(frozen=True)
class Variants:
    """Complete variants of one method in one preset, alike in all but configuration and seeds.

    Attributes:
        method, preset: which.
        rows: the plain method first, the others in the order in which the method names them.
        crossing: the two fields of which every combination was run; None where there are none.
        shown: the two metrics of a crossed table.
        notes: what was left out, a sentence each.
    """

    method: str
    preset: str
    rows: tuple[Variant, ...]
    crossing: Crossing | None
    shown: tuple[str, str]
    notes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The method, with the preset where it is not the paper's."""
        return self.method if self.preset == "paper" else f"{self.method} ({self.preset})"

    @property
    def plain(self) -> Variant | None:
        """The plain method, where it is complete."""
        return next((row for row in self.rows if row.label == self.method), None)


Member = tuple[Row, Sequence[Record]]
"""A row and its finished records."""


def variants(
    task: Truth, members: Iterable[Member], named: Mapping[str, Iterable[str]]
) -> tuple[Variants, ...]:
    """A group for every method and preset with two or more complete variants.

    Args:
        task: who shows what.
        members: rows of one table.
        named: names of each method's variants, in its order.
    """
    groups: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for row, done in members:
        groups[Label.parse(row.label).method, row.preset].append((row, done))
    found = (
        _group(task, method, of, ["", *named.get(method, ())])
        for (method, _), of in sorted(groups.items())
    )
    return tuple(group for group in found if group is not None)


def shown(row: Row) -> tuple[str, str]:
    """The two metrics that papers print: UF1 and UAR of a composite, else accuracy and F1."""
    return ("uf1", "uar") if row.parts else ("accuracy", "f1")


def _group(task: Truth, method: str, members: list[Member], order: list[str]) -> Variants | None:
    chosen = _comparable(members)
    if len(chosen) < 2:
        return None

    def place(label: str) -> tuple[int, str]:
        name = Label.parse(label).variant
        return order.index(name) if name in order else len(order), label

    configs = {label: chosen[label][1][0].inputs["config"] for label in sorted(chosen, key=place)}
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
        shown(first),
        (*_notes(members, chosen), *_apart(method, configs, less)),
    )


def _comparable(members: Iterable[Member]) -> dict[str, Member]:
    """By label the complete rows that are alike in version, views and annotations.

    Those of the newest version; of several configurations of one label the one with most folds.
    """
    alike: dict[str, dict[str, Member]] = defaultdict(dict)
    for row, done in sorted(members, key=lambda member: (len(member[1]), member[0].family)):
        if row.complete:
            inputs = done[0].inputs
            rest = {name: inputs[name] for name in inputs if name not in ("config", "seed")}
            alike[json.dumps(rest, sort_keys=True)][row.label] = (row, done)

    def worth(name: str) -> tuple[bool, int, int, str]:
        return len(alike[name]) > 1, json.loads(name)["version"], len(alike[name]), name

    return alike[max(alike, key=worth)] if alike else {}


def _differences(
    task: Truth, plain: str, chosen: Mapping[str, Member], configs: Mapping[str, Any]
) -> dict[str, Difference]:
    """In UF1 of every other configuration less the plain method, corrected together."""
    if plain not in chosen:
        return {}
    cells = {
        label: dict(zip(row.seeds, confusions(task, done), strict=True))
        for label, (row, done) in chosen.items()
    }
    found = {}
    for label, config in configs.items():
        seeds = sorted(cells[label].keys() & cells[plain].keys())
        if seeds and config != configs[plain]:
            one, other = (np.array([cells[name][s] for s in seeds]) for name in (label, plain))
            found[label] = difference(one, other, uf1)
    adjusted = holm([one.p for one in found.values()])
    return {
        label: replace(one, adjusted=float(p))
        for (label, one), p in zip(found.items(), adjusted, strict=True)
    }


def _notes(members: Collection[Member], chosen: Mapping[str, Member]) -> Iterator[str]:
    complete = {row.label for row, _ in members if row.complete}
    if lacking := sorted({row.label for row, _ in members} - complete):
        yield f"Left out, not all folds done: {', '.join(lacking)}."
    if other := sorted(complete - chosen.keys()):
        yield f"Left out, of another version of the method or its views: {', '.join(other)}."
    taken = {row.family for row, _ in chosen.values()}
    further = {row.label for row, _ in members if row.complete and row.family not in taken}
    if several := sorted(further & chosen.keys()):
        yield f"Of several rows, that of the newest version with most folds: {', '.join(several)}."


def _apart(plain: str, configs: Mapping[str, Any], less: Collection[str]) -> Iterator[str]:
    usual = configs.get(plain)
    apart = [label for label, config in configs.items() if config != usual and label not in less]
    if usual is not None and apart:
        yield f"No seed in common with {plain}: {', '.join(apart)}."

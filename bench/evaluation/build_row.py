"""Building the row of one method in one configuration from its records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from statistics import fmean
from typing import Any

from bench.core.clip import UNIT_CODES
from bench.core.names import Label, Protocol, TaskName
from bench.core.types import Array
from bench.core.words import Provenance, Status
from bench.evaluation.notes import (
    AuthorsEpoch,
    Note,
    NotIsolated,
    OldVersion,
    Partial,
    PluginMissing,
    PublishedWeights,
    Reconstructed,
    SamePeople,
    Scratch,
    SeesCodes,
    Stale,
    Transductive,
    Tuned,
    WithoutAnnotation,
)
from bench.evaluation.own_metrics import own_scores
from bench.evaluation.row import FitTime, Row, RowKey, Score
from bench.evaluation.scoring import matrix, parts, scores
from bench.evaluation.selection import Selection, selection
from bench.evaluation.truth import Truth
from bench.planning.splits import fold_count
from bench.plugins.method import Method
from bench.plugins.registry import Registry
from bench.statistics.metrics import recall
from bench.store.code import code_judge
from bench.store.record import Record
from bench.views.catalog import servable

LEAST_FIRST: tuple[Provenance, ...] = ("unsealed", "reported", "reproduced", "run")


def finished(records: Iterable[Record]) -> list[Record]:
    """The records that ended ok."""
    return [record for record in records if record.status == "ok"]


def by_row(records: Iterable[Record]) -> dict[RowKey, list[Record]]:
    """The records of one task and protocol by the row that they belong to."""
    rows: dict[RowKey, list[Record]] = defaultdict(list)
    for record in records:
        rows[RowKey(record.label, record.preset, record.family)].append(record)
    return rows


def build_row(
    task: Truth, protocol: str, records: list[Record], counts: Array, registry: Registry
) -> Row:
    """Score the records of one method in one configuration; the rank comes later.

    Args:
        task: clips and true classes.
        protocol: of all records.
        records: of the row.
        counts: `confusions` of those that are finished.
        registry: for the method's facts, and metrics of plugins.
    """
    first = records[0]
    plugin = registry.methods.get(first.inputs["method"])
    facts = plugin.facts if plugin else None
    ships = _ships(task, registry)
    done = finished(records)
    seeds = tuple(sorted({record.inputs["seed"] for record in records}))
    total = fold_count(protocol, task.people, task.databases, task.ids) * len(seeds)
    ended = Counter[Status](r.status for r in records if r.status != "ok")
    partial = [Partial(len(done), total, dict(sorted(ended.items())))] if len(done) != total else []
    other = selection(task, done) if done else Selection()
    return Row(
        label=first.label,
        preset=first.preset,
        family=first.family,
        title=facts.title if facts else first.label,
        fidelity=(
            plugin.fidelity_of(first.preset, Label.parse(first.label).variant, ships)
            if plugin
            else "unknown"
        ),
        selection=first.selection,
        folds=len(done),
        of=total,
        seeds=seeds,
        scores=_all_scores(task, counts, done, len(done) == total, registry) if done else {},
        recall=recall(counts.sum((0, 1))).tolist() if done else [],
        parts=parts(task, counts) if done else {},
        fit_seconds=fmean(r.seconds["fit"] for r in done) if done else None,
        parameters=next((r.parameters for r in done if r.parameters is not None), None),
        reference=bool(facts and facts.reference),
        notes=(*partial, *_notes(records, plugin, registry, ships)),
        oracle=other.oracle,
        inner=other.inner,
        epochs=other.epochs,
        fit_times=fit_times(done),
        # Of a row without a finished fold, that of what was tried.
        provenance=least_provenance(done or records),
        clips=len(task.labels),
        expected=sum(task.contract.expected) or None,
        fields=_fields(first.inputs["config"], plugin),
        confusion=matrix(counts) if done else (),
    )


def _ships(task: Truth, registry: Registry) -> frozenset[str]:
    """Views that the task's clips came with, of those that methods would compute from frames.

    Others, such as features, are what their methods are meant for. A stand-in is rendered frames.
    """
    dataset = registry.datasets.get(TaskName.parse(task.task).dataset)
    if dataset is None or task.synthetic:
        return frozenset()
    return dataset.ships & servable(frozenset({"frames"}))


def _fields(config: Mapping[str, Any], plugin: type[Method] | None) -> tuple[str, ...]:
    """Those of a configuration: as the method has them, then others by the alphabet."""
    known: list[str] = [one.name for one in fields(plugin)] if is_dataclass(plugin) else []
    return tuple(name for name in dict.fromkeys([*known, *sorted(config)]) if name in config)


def _all_scores(
    task: Truth, counts: Array, done: list[Record], complete: bool, registry: Registry
) -> dict[str, Score]:
    """Ours, then those of plugins."""
    own = own_scores(task, counts, done, complete, registry.metrics.values())
    return scores(counts, complete) | own


def least_provenance(done: Iterable[Record]) -> Provenance:
    """What holds for all finished records; "reported" without any."""
    return min((r.provenance for r in done), key=LEAST_FIRST.index, default="reported")


def fit_times(done: Iterable[Record]) -> tuple[FitTime, ...]:
    """Mean wall time of a fit on each device."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for record in done:
        seconds[record.processor].append(record.seconds["fit"])
    return tuple(FitTime(name, len(s), fmean(s)) for name, s in sorted(seconds.items()))


def _notes(
    records: list[Record], plugin: type[Method] | None, registry: Registry, ships: frozenset[str]
) -> Iterator[Note]:
    inputs = records[0].inputs
    # First, because narrow tables show one note: these say why there is no rank.
    if plugin and plugin.traced & set(Label.parse(records[0].label).variant.split("+")):
        yield AuthorsEpoch()
    if records[0].published_weights:
        yield PublishedWeights()
    if Protocol.parse(inputs["protocol"]).diagnostic:
        yield SamePeople()
    if plugin and (gaps := plugin.facts.fidelity.given(ships).gaps):
        yield Reconstructed(gaps)
    if folds := inputs.get("tune"):
        said = (", ".join(f"{n}={v}" for n, v in sorted(r.chosen.items())) for r in records)
        yield Tuned(dict(sorted(Counter(filter(None, said)).items())), folds)
    for name, digest in inputs.get("annotations", {}).items():
        if digest is None:
            yield WithoutAnnotation(name)
    # By convention the field `weights` is a file of pretrained weights; empty means none.
    if inputs["config"].get("weights") == "":
        yield Scratch()
    if records[0].transductive:
        yield Transductive()
    if plugin and UNIT_CODES in plugin.needs | plugin.takes:
        yield SeesCodes()
    if plugin is None:
        yield PluginMissing()
    elif inputs["version"] != plugin.version:
        # The version is part of the family: all records of a row have the same.
        yield OldVersion(inputs["version"], plugin.version)
    elif changed := _code_changes(records, plugin, registry):
        yield Stale(tuple(sorted(changed)))
    if not all(record.isolated for record in records):
        yield NotIsolated()


def _code_changes(records: list[Record], plugin: type[Method], registry: Registry) -> set[str]:
    changes = code_judge(plugin, registry.datasets)
    return {change for record in records for change in changes(record)}

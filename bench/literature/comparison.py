"""Published numbers next to ours: never ranked together, always with their selection rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from bench.core.names import TaskName
from bench.evaluation.scores import Row, Score
from bench.literature.table import Published, Verdict, check, read, results


@dataclass(frozen=True)
class Comparison:
    """One published result, and ours where the same method was run.

    Attributes:
        name: what the source calls the method.
        label: our row, None where it was not run here.
        part: "full", or a part of a composite.
        published: values by metric name.
        ours: values by metric name; with intervals for the full task.
        selection: how the source picked its epoch.
        certainty: "recalled" values are unverified.
        source: where the values stand.
        why: reasons why the two may differ.
    """

    name: str
    label: str | None
    part: str
    published: dict[str, float]
    ours: dict[str, Score]
    selection: str
    certainty: str
    source: str
    why: tuple[str, ...]


@cache
def literature() -> tuple[Published, ...]:
    """The table that ships with the package."""
    return read(Path(str(files("bench.literature") / "published.csv")))


def comparisons(task: str, published_as: str, rows: Sequence[Row]) -> tuple[Comparison, ...]:
    """Published results of a task, those of methods that were run here first.

    Args:
        task: "casme2/5".
        published_as: the dataset under which the literature reports it.
        rows: of our table.
    """
    wanted = str(TaskName(published_as, TaskName.parse(task).labelling))
    groups = results(row for row in literature() if row.task == wanted)
    found = []
    for group in groups:
        mine = [row for row in rows if row.scores and row.label == group[0].method]
        if mine:
            verdict = check(group)[0]
            found += [_compare(group, row, verdict) for row in mine]
        elif group[0].part == "full":
            found.append(_compare(group, None, None))
    return tuple(
        sorted(
            found, key=lambda c: (c.label is None, c.label or "", c.name, c.part != "full", c.part)
        )
    )


def _compare(group: tuple[Published, ...], row: Row | None, verdict: Verdict | None) -> Comparison:
    first = group[0]
    ours: dict[str, Score] = {}
    if row is not None and first.part == "full":
        ours = {p.metric: row.scores[p.metric] for p in group}
    elif row is not None and first.part in row.parts:
        part = row.parts[first.part]
        ours = {p.metric: Score(part[p.metric]) for p in group if p.metric in part}
    return Comparison(
        name=first.name,
        label=None if row is None else row.name,
        part=first.part,
        published={p.metric: p.value for p in group},
        ours=ours,
        selection=first.selection,
        certainty=first.certainty,
        source=first.source,
        why=tuple(_reasons(first, row, verdict)) if row is not None else (),
    )


SELECTION = {
    "test-best": "its epoch was selected on the test subjects",
    "unknown": "how its epoch was selected is not stated",
}


def _reasons(first: Published, row: Row | None, verdict: Verdict | None) -> list[str]:
    reasons = [SELECTION[first.selection]] if first.selection in SELECTION else []
    if row is not None and row.preset != "paper":
        reasons.append(f"ours uses the {row.preset} preset, not the paper's schedule")
    if row is not None and row.fidelity == "reconstructed":
        reasons.append("ours is a reconstruction")
    if verdict is not None and verdict.feasible == "no":
        reasons.append(verdict.reason)
    return reasons

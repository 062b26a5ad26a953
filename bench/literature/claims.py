"""Scores that someone claims, from a command line or a file, as rows that can be checked.

A file of claims is a csv with one result per line:

| column | content |
|---|---|
| task | the task, such as 3db/3; needed |
| name | who or what the line is about; lines of one name and task are one source's |
| part | the database of a composite; empty for the whole task |
| accuracy, uf1, uar, f1 | scores as printed: .7200 says more than .72, and 72.00% is .7200 |
| f1_kind | macro, pr (2PR/(P+R) of macro precision and recall), weighted, micro or unknown |
| pooling | pooled (default), fold-mean, subject-mean or unknown |
| clips | clips per class, such as 70/51/43, for a task that is not known here |

Columns may be left out, but not the task and all scores.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast, get_args

from bench.core.errors import BenchError
from bench.core.names import TaskName
from bench.core.words import Pooling
from bench.literature.feasibility import F1Kind
from bench.literature.table import MetricName, Published, fraction
from bench.literature.verdict import CLIPS, Clips

SCORES: tuple[MetricName, ...] = ("accuracy", "uf1", "uar", "f1")
COLUMNS = ("task", "name", "part", *SCORES, "f1_kind", "pooling", "clips")


@dataclass(frozen=True)
class Claimed:
    """One result that someone claims; fields as in the columns of a file of claims."""

    task: str
    scores: Mapping[MetricName, str]
    name: str = ""
    part: str = ""
    f1_kind: str = ""
    pooling: str = ""
    clips: str = ""
    line: int = 1
    where: str = field(default="", compare=False)


def read_claims(path: Path) -> list[Claimed]:
    """Read a file of claims.

    Raises:
        BenchError: the file cannot be read, or a column is unknown.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BenchError(f"{path}: cannot read the claims ({why})") from error
    table = csv.DictReader(text.splitlines())
    header = list(table.fieldnames or ())
    strange = [name for name in header if name not in COLUMNS]
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise BenchError(f"{path}: the first line names a column twice: {', '.join(twice)}")
    if strange or "task" not in header:
        wrong = f"unknown columns {', '.join(strange)}" if strange else "no column task"
        raise BenchError(f"{path}: {wrong}; expected columns among {', '.join(COLUMNS)}")
    claims = []
    for line, row in enumerate(table, start=2):
        if None in row:
            raise BenchError(f"{path}, line {line}: more cells than columns")
        cells = {name: (value or "").strip() for name, value in row.items()}
        scores = {name: cells.pop(name) for name in SCORES if name in cells}
        scores = {name: value for name, value in scores.items() if value}
        claims.append(Claimed(**cells, scores=scores, line=line, where=f"{path}, line {line}: "))
    if not claims:
        raise BenchError(f"{path}: no claim below the header")
    return claims


def rows_of(claims: Sequence[Claimed]) -> tuple[list[Published], Clips]:
    """The claims as rows of a table, and the clips per class of their tasks.

    Raises:
        BenchError: a score or a word is not allowed, or a task's clips are not known.
    """
    rows: list[Published] = []
    clips = dict(CLIPS)
    for claim in claims:
        key, counts = _counts(claim)
        clips[key] = counts
        rows += _rows(claim, *key)
    return rows, clips


def _counts(claim: Claimed) -> tuple[tuple[str, str, int], tuple[int, ...]]:
    """Dataset, part and classes of a claim, and its clips per class."""
    task = TaskName.parse(claim.task)
    if claim.clips:
        counts = tuple(map(int, re.findall(r"\d+", claim.clips)))
        if not re.fullmatch(r"\d+([/, ]+\d+)+", claim.clips) or min(counts) < 1:
            raise BenchError(f"{claim.where}clips {claim.clips!r}: expected such as 70/51/43")
        return (task.dataset, claim.part or "full", len(counts)), counts
    known = [key for key in CLIPS if f"{key[0]}/{key[2]}" == str(task)]
    if not known:
        tasks = sorted({f"{dataset}/{classes}" for dataset, _, classes in CLIPS})
        raise BenchError(
            f"{claim.where}task {claim.task!r}: its clips per class are not known here; say them "
            f"with clips, such as 70/51/43, or use one of {', '.join(tasks)}"
        )
    key = next((key for key in known if key[1] == (claim.part or "full")), None)
    if key is None:
        parts = ", ".join(part for _, part, _ in known if part != "full") or "none"
        raise BenchError(f"{claim.where}part {claim.part!r}: {claim.task} has the parts {parts}")
    return key, CLIPS[key]


def _rows(claim: Claimed, dataset: str, part: str, classes: int) -> list[Published]:
    """One row per score of a claim."""
    if not claim.scores:
        raise BenchError(f"{claim.where}no score: expected one of {', '.join(SCORES)}")
    kind, pooling = claim.f1_kind or "unknown", claim.pooling or "pooled"
    for column, word, allowed in (
        ("f1_kind", kind, get_args(F1Kind)),
        ("pooling", pooling, get_args(Pooling)),
    ):
        if word not in allowed:
            wanted = ", ".join(allowed)
            raise BenchError(f"{claim.where}{column} is {word!r}, expected one of {wanted}")
    rows = []
    for metric, text in claim.scores.items():
        value, decimals = fraction(text, f"{claim.where}{metric}")
        rows.append(
            Published(
                line=claim.line,
                method=None,
                name=claim.name or (f"line {claim.line}" if claim.where else "claim"),
                dataset=dataset,
                part=part,
                classes=classes,
                classes_as_stated=str(classes),
                protocol="",
                pooling=cast(Pooling, pooling),
                selection="unknown",
                metric=metric,
                f1_kind=cast(F1Kind, kind) if metric == "f1" else None,
                value=value,
                decimals=decimals,
                certainty="read",
                source="",
                url="",
                protocol_as_stated="",
                note="",
            )
        )
    return rows

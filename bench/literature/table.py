"""The numbers of the literature: a typed table, and which of them cannot be.

`published.csv` holds one score a line, with its source, how sure it is, and the rule by
which the epoch was selected. Fractions, percentages and figures of another number of classes are
kept apart here, so that no table mixes them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from bench.core.errors import BenchError
from bench.core.names import TaskName
from bench.literature.feasibility import Claim, judge, other_totals

MetricName = Literal["accuracy", "f1", "uf1", "uar"]
Certainty = Literal["read", "derived", "recalled"]

COLUMNS = (
    "method", "name", "dataset", "part", "classes", "protocol", "selection", "metric", "value",
    "certainty", "source", "protocol_as_stated", "note",
)  # fmt: skip
CLIPS: Mapping[tuple[str, str, int], tuple[int, ...]] = {
    ("smic", "full", 3): (70, 51, 43),
    ("casme2", "full", 5): (99, 63, 32, 27, 25),
    ("casme2", "full", 3): (88, 32, 25),
    ("samm", "full", 5): (57, 26, 26, 15, 12),
    ("samm", "full", 3): (92, 26, 15),
    ("3db", "full", 3): (250, 109, 83),
    ("3db", "smic", 3): (70, 51, 43),
    ("3db", "casme2", 3): (88, 32, 25),
    ("3db", "samm", 3): (92, 26, 15),
}
"""Clips per class by dataset, part and number of classes, as the datasets' papers count them."""


@dataclass(frozen=True)
class Published:
    """One score as a paper or its code states it.

    Attributes:
        line: where it stands in the file, 2 is the first below the header.
        method: the word on the command line; None for a method that is not in this repository.
        name: what the source calls the method.
        dataset: "casme2", "3db".
        part: the part of a composite the score is of; "full" for all of it.
        classes: None where the source does not say, or not surely.
        classes_as_stated: what the source says.
        protocol: "loso", "cde-loso", or in words.
        selection: which epoch it is of: "last", "test-best", "unknown", "n/a".
        metric: "f1" is the macro F1 of a single dataset.
        value: a fraction in 0..1.
        decimals: of the fraction, as the file has them; trailing zeros may be lost.
        certainty: "recalled" was not confirmed from a stored source: to be shown as unverified.
        source: where it stands.
        protocol_as_stated: the protocol in the source's words.
        note: what a reader should know.
    """

    line: int
    method: str | None
    name: str
    dataset: str
    part: str
    classes: int | None
    classes_as_stated: str
    protocol: str
    selection: str
    metric: MetricName
    value: float
    decimals: int
    certainty: Certainty
    source: str
    protocol_as_stated: str
    note: str

    @property
    def task(self) -> str | None:
        """The task it belongs to, "casme2/5"; None where the classes are not known."""
        return None if self.classes is None else str(TaskName(self.dataset, str(self.classes)))

    @property
    def claim(self) -> Claim:
        """The score with the decimals it was printed with."""
        return Claim(self.value, self.decimals)


@dataclass(frozen=True)
class Verdict:
    """Whether the scores that one source gives for one result can be.

    Attributes:
        lines: of the rows that were checked together.
        feasible: "unknown" where nothing could be shown; the reason says why.
        nearest: feasible scores by metric: an example's, or the nearest to what cannot be.
        reason: one sentence.
    """

    lines: tuple[int, ...]
    feasible: Literal["yes", "no", "unknown"]
    nearest: Mapping[str, float]
    reason: str


def read(path: Path) -> tuple[Published, ...]:
    """Read a table of published scores.

    Raises:
        BenchError: there is no such file, a column is missing, or a line holds no score.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BenchError(
            f"{path}: cannot read the table of published scores ({error.strerror})"
        ) from error
    table = csv.DictReader(text.splitlines())
    missing = [name for name in COLUMNS if name not in (table.fieldnames or ())]
    if missing:
        raise BenchError(f"{path}: the first line lacks the columns {', '.join(missing)}")
    return tuple(_row(path, line, cells) for line, cells in enumerate(table, start=2))


def check(rows: Iterable[Published]) -> list[Verdict]:
    """Check all scores that a source gives for one result against the dataset's clips."""
    return [_verdict(group) for group in results(rows)]


def in_a_word(group: Sequence[Published], verdict: Verdict) -> str:
    """A verdict for a table: "possible", "impossible", "unknown", or "not of 246 clips".

    An accuracy that is no fraction of the clips here, but is one of a few more or fewer, speaks of
    another selection of clips, not of a mistake.
    """
    if verdict.feasible != "no":
        return {"yes": "possible", "unknown": "unknown"}[verdict.feasible]
    row = group[0]
    total = sum(CLIPS.get((row.dataset, row.part, row.classes or 0), ()))
    for accuracy in (one.claim for one in group if one.metric == "accuracy"):
        others = other_totals(accuracy, total)
        if others and total not in others:
            return f"not of {total} clips"
    return "impossible"


def results(rows: Iterable[Published]) -> list[tuple[Published, ...]]:
    """Rows that one source gives for one result; a metric that comes again opens another."""
    groups: list[dict[str, Published]] = []
    last: dict[tuple[str | None, ...], dict[str, Published]] = {}
    for row in rows:
        what = (row.method, row.name, row.dataset, row.part, row.classes_as_stated)
        how = (row.protocol, row.protocol_as_stated, row.selection, row.certainty, row.source)
        key = (*what, *how)
        group = last.get(key)
        if group is None or row.metric in group:
            group = last[key] = {}
            groups.append(group)
        group[row.metric] = row
    return [tuple(group.values()) for group in groups]


def _row(path: Path, line: int, cells: Mapping[str, str | None]) -> Published:
    """One line of the table, typed."""
    text = {name: (cells[name] or "").strip() for name in COLUMNS}
    where = f"{path}, line {line}"
    for column, allowed in (("metric", MetricName), ("certainty", Certainty)):
        if text[column] not in get_args(allowed):
            wanted = ", ".join(get_args(allowed))
            raise BenchError(f"{where}: {column} is {text[column]!r}, expected one of {wanted}")
    value, decimals = _fraction(text["value"], where)
    plain = ("name", "dataset", "part", "protocol", "selection")
    return Published(
        line=line,
        method=text["method"] or None,
        classes=_classes(text["dataset"], text["classes"]),
        classes_as_stated=text["classes"],
        metric=cast(MetricName, text["metric"]),
        value=value,
        decimals=decimals,
        certainty=cast(Certainty, text["certainty"]),
        source=text["source"],
        protocol_as_stated=text["protocol_as_stated"],
        note=text["note"],
        **{name: text[name] for name in plain},
    )


def _fraction(text: str, where: str) -> tuple[float, int]:
    """A score as a fraction and its decimals: ".7945", "79.45" and "79.45%" are the same."""
    match = re.fullmatch(r"(\d*)\.?(\d*)\s*(%?)", text)
    if match is None or not (match[1] or match[2]):
        raise BenchError(f"{where}: value is {text!r}, expected a fraction or a percentage")
    value, decimals = float(f"{match[1] or 0}.{match[2] or 0}"), len(match[2])
    if match[3] or value > 1:
        value, decimals = round(value / 100, decimals + 2), decimals + 2
    if value > 1:
        raise BenchError(f"{where}: value is {text!r}, expected at most 1 or 100 %")
    return value, decimals


def _classes(dataset: str, text: str) -> int | None:
    """The number of classes, None where it is not sure; "5 (SMIC 3)" depends on the dataset."""
    match = re.fullmatch(r"(\d+)(?: \((\w+) (\d+)\))?", text)
    if match is None:
        return None
    own = match[2] is not None and match[2].lower() == dataset
    return int(match[3] if own else match[1])


def _verdict(group: Sequence[Published]) -> Verdict:
    """Check the rows of one result; see `results`."""
    row, lines = group[0], tuple(row.line for row in group)
    unpooled = _why_not_pooled(row)
    if unpooled:
        return Verdict(lines, "unknown", {}, unpooled)
    clips = CLIPS.get((row.dataset, row.part, row.classes or 0))
    if clips is None:
        what = f"{row.dataset}, {row.part}, classes: {row.classes_as_stated}"
        return Verdict(lines, "unknown", {}, f"the number of clips per class is unknown ({what})")
    claims: dict[str, Claim] = {row.metric: row.claim for row in group}
    f1 = claims.pop("f1", None)
    if f1 is not None and "uf1" in claims and f1 != claims["uf1"]:
        reason = f"F1 {f1} and UF1 {claims['uf1']} differ, but are equal on pooled predictions"
        return Verdict(lines, "no", {"f1": claims["uf1"].value}, reason)
    if f1 is not None:
        claims["uf1"] = f1
    found = judge(clips, claims)
    nearest = dict(found.nearest)
    if any(row.metric == "f1" for row in group) and "uf1" in nearest:
        nearest["f1"] = nearest["uf1"]
    named = {row.metric for row in group}
    return Verdict(
        lines,
        found.feasible,
        {name: value for name, value in nearest.items() if name in named},
        found.reason,
    )


def _why_not_pooled(row: Published) -> str:
    """Why the scores are none of pooled counts; empty where they may be."""
    if "fold" in row.protocol:
        return f"means over folds cannot be checked ({row.protocol})"
    if "subject-averaged" in row.source + row.protocol_as_stated:
        return "means over subjects cannot be checked"
    return ""

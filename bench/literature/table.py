"""The published scores as a typed table.

`published.csv` holds one score per line, with its source, how certain it is, what it was computed
on, and how the epoch was chosen. Fractions and percentages are unified here, and scores of another
number of classes belong to no task, so that no table mixes them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast, get_args

from bench.core.errors import BenchError
from bench.core.names import TaskName
from bench.core.words import Certainty, Pooling, PublishedSelection
from bench.literature.feasibility import Claim, F1Kind
from bench.literature.feasibility.claims import Reading

MetricName = Literal["accuracy", "f1", "uf1", "uar"]
KINDS_OF_F1 = get_args(F1Kind)
FIXED = {
    "metric": MetricName,
    "certainty": Certainty,
    "pooling": Pooling,
    "selection": PublishedSelection,
}
"""Columns that allow only certain words."""

COLUMNS = (
    "method", "name", "dataset", "part", "classes", "protocol", "pooling", "selection", "metric",
    "f1_kind", "value",
    "certainty", "source", "url", "protocol_as_stated", "note",
)  # fmt: skip


@dataclass(frozen=True)
class Published:
    """One score as stated by a paper or its code.

    Attributes:
        line: line number in the file; 2 is the first below the header.
        method: our name of the method; None if it is not implemented here.
        name: what the source calls the method.
        dataset: "casme2", "3db".
        part: the database of a composite that was scored; "full" for the whole dataset.
        classes: None if the source does not state the number clearly.
        classes_as_stated: what the source says.
        protocol: "loso", "cde-loso", "lovo" (one clip held out), or in words.
        pooling: what the score was computed on.
        selection: how the epoch was chosen.
        metric: "f1" is the F1 of a single dataset, of whatever kind.
        f1_kind: which F1; None for another metric.
        value: a fraction in 0..1.
        decimals: of the fraction as printed, trailing zeros included.
        certainty: "unverified" scores have no address at which they can be read.
        source: where the score is printed.
        url: where the source can be opened; "" for an unverified score.
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
    pooling: Pooling
    selection: PublishedSelection
    metric: MetricName
    f1_kind: F1Kind | None
    value: float
    decimals: int
    certainty: Certainty
    source: str
    url: str
    protocol_as_stated: str
    note: str

    @property
    def task(self) -> str | None:
        """The task it belongs to, "casme2/5"; None if the number of classes is unknown."""
        return None if self.classes is None else str(TaskName(self.dataset, str(self.classes)))

    @property
    def diagnostic(self) -> bool:
        """Whether training and test had people in common."""
        return self.protocol == "lovo"

    @property
    def claim(self) -> Claim:
        """The score with its number of printed decimals."""
        reading: Reading = "derived" if self.certainty == "derived" else "either"
        return Claim(self.value, self.decimals, reading)


def read(path: Path) -> tuple[Published, ...]:
    """Read a table of published scores.

    Raises:
        BenchError: the file or a column is missing, or a line is malformed.
    """
    try:
        # A spreadsheet that saves the table adds a byte order mark.
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


@cache
def literature() -> tuple[Published, ...]:
    """The table that comes with the package."""
    return read(Path(str(files("bench.literature") / "published.csv")))


def results(rows: Iterable[Published]) -> list[tuple[Published, ...]]:
    """Group the rows that one source gives for one result; a repeated metric starts a new group."""
    groups: list[dict[str, Published]] = []
    # By key, because the lines of one result need not be adjacent.
    last: dict[tuple[str | None, ...], dict[str, Published]] = {}
    for row in rows:
        key = key_of(row)
        group = last.get(key)
        if group is None or row.metric in group:
            group = last[key] = {}
            groups.append(group)
        group[row.metric] = row
    return [tuple(group.values()) for group in groups]


def split(group: Sequence[Published]) -> tuple[dict[str, Claim], Claim | None, F1Kind]:
    """The claims of one result: of accuracy, UAR and UF1; of an F1; and its kind."""
    claims: dict[str, Claim] = {row.metric: row.claim for row in group}
    f1 = claims.pop("f1", None)
    kind: F1Kind = next((row.f1_kind for row in group if row.f1_kind), "unknown")
    return claims, f1, kind


def key_of(row: Published) -> tuple[str | None, ...]:
    """What the rows of one result share: the part first, then what its composite shares too."""
    what = (row.part, row.method, row.name, row.dataset, row.classes_as_stated)
    return (*what, row.protocol, row.protocol_as_stated, row.selection, row.certainty, row.source)


def _row(path: Path, line: int, cells: Mapping[str, str | None]) -> Published:
    """One line of the table as a typed row."""
    text = {name: (cells[name] or "").strip() for name in COLUMNS}
    where = f"{path}, line {line}"
    for column, allowed in FIXED.items():
        if text[column] not in get_args(allowed):
            wanted = ", ".join(get_args(allowed))
            raise BenchError(f"{where}: {column} is {text[column]!r}, expected one of {wanted}")
    if text["f1_kind"] not in (KINDS_OF_F1 if text["metric"] == "f1" else ("",)):
        wanted = f"one of {', '.join(KINDS_OF_F1)}" if text["metric"] == "f1" else "nothing"
        raise BenchError(
            f"{where}: f1_kind is {text['f1_kind']!r}, expected {wanted} for {text['metric']}"
        )
    if (text["certainty"] == "unverified") == bool(text["url"]):
        raise BenchError(
            f"{where}: certainty is {text['certainty']} and url {text['url']!r}, expected a url of "
            "every score but the unverified"
        )
    value, decimals = fraction(text["value"], where)
    plain = ("name", "dataset", "part", "protocol")
    return Published(
        line=line,
        method=text["method"] or None,
        classes=_classes(text["dataset"], text["classes"]),
        classes_as_stated=text["classes"],
        pooling=cast(Pooling, text["pooling"]),
        selection=cast(PublishedSelection, text["selection"]),
        metric=cast(MetricName, text["metric"]),
        f1_kind=cast(F1Kind, text["f1_kind"]) if text["f1_kind"] else None,
        value=value,
        decimals=decimals,
        certainty=cast(Certainty, text["certainty"]),
        source=text["source"],
        url=text["url"],
        protocol_as_stated=text["protocol_as_stated"],
        note=text["note"],
        **{name: text[name] for name in plain},
    )


def fraction(text: str, where: str) -> tuple[float, int]:
    """A score as a fraction, and its decimals: ".7945", "79.45" and "79.45%" are equal.

    Raises:
        BenchError: it is no score, or one between 1 and 2 without a percent sign.
    """
    match = re.fullmatch(r"(\d*)\.?(\d*)\s*(%?)", text)
    if match is None or not (match[1] or match[2]):
        raise BenchError(f"{where}: value is {text!r}, expected a fraction or a percentage")
    value, decimals = float(f"{match[1] or 0}.{match[2] or 0}"), len(match[2])
    # Rather a fraction with a typing error than a percentage: no published score is so low.
    if 1 < value < 2 and not match[3]:
        raise BenchError(
            f"{where}: value is {text!r}, expected a fraction of at most 1; if it is a percentage, "
            f"write {text}%"
        )
    # A fraction is at most 1, so anything larger is a percentage even without its sign.
    if match[3] or value > 1:
        # Rounded, because dividing decimal numbers by 100 can leave noise in the last digits.
        value, decimals = round(value / 100, decimals + 2), decimals + 2
    if value > 1:
        raise BenchError(f"{where}: value is {text!r}, expected at most 1 or 100 %")
    return value, decimals


def _classes(dataset: str, text: str) -> int | None:
    """The number of classes, None if unclear; "5 (SMIC 3)" depends on the dataset."""
    match = re.fullmatch(r"(\d+)(?: \((\w+) (\d+)\))?", text)
    if match is None:
        return None
    own = match[2] is not None and match[2].lower() == dataset
    return int(match[3] if own else match[1])

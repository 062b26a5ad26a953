"""Other people's predictions: reading them, checking them against a task, writing ours.

Two formats. The log of MEGC 2019 (a fold opens with a line `database subject`, its clips follow
as `clip truth predicted`):

    casme2 sub01
    EP02_01f 1 1

and a table with a header, whose clip may be a whole id, or a name beside its subject:

    clip,subject,truth,predicted
    EP02_01f,casme2/sub01,positive,1
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.core.errors import BenchError
from bench.core.names import ClipId

NAMED = 5
"""Clips that a message names before it only counts."""


@dataclass(frozen=True)
class Predictions:
    """What was predicted of which clip.

    Attributes:
        clips: "casme2/01/EP02_01f", as far as the file says: it may lack database or subject.
        truth: label numbers (n,).
        predicted: label numbers (n,).
    """

    clips: tuple[str, ...]
    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]


Reader = Callable[[str, Sequence[str], str], Predictions]
"""Text, names of the classes, and where the text is from, to predictions."""


def read(path: Path, classes: Sequence[str], parse: Reader | None = None) -> Predictions:
    """Read a file of either format: a table where its first line names the columns.

    Args:
        path: the file.
        classes: names in the order of the label numbers; files may hold either.
        parse: reads its format; None to tell the format from the file.

    Raises:
        BenchError: there is no such file, or a line is not as described above.
    """
    try:
        # Spreadsheets write a byte order mark in front of a CSV file.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{path}: cannot be read as text ({error})") from error
    if parse is None:
        # A log opens with `database subject`, which contains no comma.
        parse = parse_table if "," in text.lstrip().partition("\n")[0] else parse_log
    return parse(text, classes, str(path))


def parse_log(text: str, classes: Sequence[str], origin: str = "log") -> Predictions:
    """Read a log of MEGC 2019; `origin` is named in errors."""
    subject, rows = "", []
    for number, line in enumerate(text.splitlines(), start=1):
        match line.split():
            case []:
                continue
            case [database, person]:
                subject = f"{database}/{person}"
            case [clip, truth, predicted] if subject:
                where = f"{origin}, line {number}"
                labels = (_label(truth, classes, where), _label(predicted, classes, where))
                rows.append((f"{subject}/{clip}", *labels))
            case _:
                raise BenchError(
                    f"{origin}, line {number}: {line.strip()!r}, expected `database subject` or, "
                    "below it, `clip truth predicted`"
                )
    return _predictions(rows, origin)


def parse_table(text: str, classes: Sequence[str], origin: str = "table") -> Predictions:
    """Read a table with columns clip, truth, predicted and perhaps subject."""
    table = csv.DictReader(io.StringIO(text.lstrip()), skipinitialspace=True)
    columns = [name.strip().lower() for name in table.fieldnames or ()]
    missing = [name for name in ("clip", "truth", "predicted") if name not in columns]
    if missing:
        raise BenchError(f"{origin}: the first line lacks the columns {', '.join(missing)}")
    table.fieldnames = columns
    rows = []
    for cells in table:
        where = f"{origin}, line {table.line_num}"
        # csv gives None for the cells that a short line lacks.
        text_of = {name: (cells[name] or "").strip() for name in columns}
        names = [text_of.get("subject", ""), text_of["clip"]]
        if not names[1]:
            raise BenchError(f"{where}: no clip is named")
        clip = "/".join(name for name in names if name)
        truth, predicted = (
            _label(text_of[name], classes, where) for name in ("truth", "predicted")
        )
        rows.append((clip, truth, predicted))
    return _predictions(rows, origin)


def write_log(predictions: Predictions) -> str:
    """The log of MEGC 2019, subjects in the order of their first clips."""
    folds: dict[str, list[str]] = defaultdict(list)
    rows = zip(predictions.clips, predictions.truth, predictions.predicted, strict=True)
    for clip, truth, predicted in rows:
        whole = ClipId.parse(clip)
        head = f"{whole.database} {whole.subject}"
        folds[head].append(f"{whole.name} {truth} {predicted}")
    return "".join(f"{head}\n" + "\n".join(lines) + "\n" for head, lines in folds.items())


def write_table(predictions: Predictions) -> str:
    """The table, a whole id for each clip."""
    out = io.StringIO()
    # csv ends lines in \r\n by default, which would differ from every other file written here.
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["clip", "truth", "predicted"])
    writer.writerows(zip(predictions.clips, predictions.truth, predictions.predicted, strict=True))
    return out.getvalue()


def match(
    predictions: Predictions, clips: Sequence[str], truth: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Bring predictions into the order of a task's clips, and hold their truth against its.

    Subjects and clips are matched however they are padded: "sub01", "s1" and "001" are subject 1.

    Args:
        predictions: as read.
        clips: the task's clip ids (n,), "database/subject/name".
        truth: the task's labels (n,).

    Returns:
        Predicted labels (n,).

    Raises:
        BenchError: clips are missing, unknown, repeated, or of another class in the task; names
            them all together.
    """
    found: dict[int, list[int]] = defaultdict(list)
    unknown = []
    at = _finder(clips)
    for row, clip in enumerate(predictions.clips):
        places = at(clip)
        if len(places) == 1:
            found[places[0]].append(row)
        else:
            unknown.append(f"{clip} ({'no' if not places else len(places)} such clips)")
    faults = {
        "missing": [clip for i, clip in enumerate(clips) if i not in found],
        "not in the task": unknown,
        "given more than once": [clips[i] for i, rows in found.items() if len(rows) > 1],
        "with another true class in the task": [
            f"{clips[i]} ({predictions.truth[row]}, in the task {truth[i]})"
            for i, rows in found.items()
            for row in rows
            if predictions.truth[row] != truth[i]
        ],
    }
    if any(faults.values()):
        parts = [f"{len(names)} {what}: {_some(names)}" for what, names in faults.items() if names]
        raise BenchError(
            f"the predictions do not match the {len(clips)} clips: " + "; ".join(parts)
        )
    return predictions.predicted[[found[i][0] for i in range(len(clips))]]


def _finder(clips: Sequence[str]) -> Callable[[str], list[int]]:
    """A function from a clip as written, whole or in part, to the clips it can be."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, clip in enumerate(clips):
        for form in ClipId.parse(clip).forms:
            places[_plain(form)].append(i)

    def at(clip: str) -> list[int]:
        could = places.get(_plain(clip), [])
        # Without padding two clips can have the same name; the exact spelling then decides.
        exact = [i for i in could if clip in ClipId.parse(clips[i]).forms]
        return exact if len(exact) == 1 else could

    return at


def _plain(clip: str) -> str:
    """An id in lower case, its subject a bare number, no number padded."""
    *before, name = clip.lower().split("/")
    if before:
        before[-1] = re.sub(r"^\D+(?=\d)", "", before[-1])
    return re.sub(r"(?<!\d)0+(?=\d)", "", "/".join([*before, name]))


def _label(text: str, classes: Sequence[str], where: str) -> int:
    """A label number from a number or a class's name."""
    # isdigit would let "²" through, which int refuses.
    if text.isdecimal() and int(text) < len(classes):
        return int(text)
    names = [name.lower() for name in classes]
    if text.lower() in names:
        return names.index(text.lower())
    numbered = ", ".join(f"{i} {name}" for i, name in enumerate(classes))
    raise BenchError(f"{where}: class {text!r}, expected one of {numbered}")


def _predictions(rows: Sequence[tuple[str, int, int]], origin: str) -> Predictions:
    if not rows:
        raise BenchError(f"{origin} contains no predictions")
    clips, truth, predicted = zip(*rows, strict=True)
    return Predictions(clips, np.array(truth, np.int64), np.array(predicted, np.int64))


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")

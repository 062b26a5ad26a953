"""The log of MEGC 2019: a fold opens with `database subject`, its clips follow.

    casme2 sub01
    EP02_01f 1 1

Each clip is a line `clip truth predicted`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from bench.core.errors import BenchError
from bench.core.names import ClipId
from bench.store.predictions.content import Predictions, Row, label, predictions, shortened


def parse_log(text: str, classes: Sequence[str], origin: str = "log") -> Predictions:
    """Read a log of MEGC 2019; `origin` is named in errors."""
    subject, rows = "", list[Row]()
    for number, line in enumerate(text.splitlines(), start=1):
        match line.split():
            case []:
                continue
            case [database, person]:
                subject = f"{database}/{person}"
            case [clip, truth, predicted] if subject:
                where = f"{origin}, line {number}"
                labels = (label(truth, classes, where), label(predicted, classes, where))
                rows.append((f"{subject}/{clip}", *labels))
            case _:
                raise BenchError(
                    f"{origin}, line {number}: {shortened(line.strip())!r}, expected "
                    "`database subject` or, below it, `clip truth predicted`"
                )
    return predictions(rows, origin)


def write_log(content: Predictions) -> str:
    """The log of MEGC 2019, subjects in the order of their first clips."""
    folds: dict[str, list[str]] = defaultdict(list)
    rows = zip(content.clips, content.truth, content.predicted, strict=True)
    for clip, truth, predicted in rows:
        whole = ClipId.parse(clip)
        head = f"{whole.database} {whole.subject}"
        # The form separates by spaces, so a name with one could not be read again.
        if " " in f"{whole.database}{whole.subject}{whole.name}":
            raise BenchError(f"{clip}: the form megc2019 has no names with spaces; export csv")
        folds[head].append(f"{whole.name} {truth} {predicted}")
    return "".join(f"{head}\n" + "\n".join(lines) + "\n" for head, lines in folds.items())

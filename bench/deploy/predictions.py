"""What a trained model says of clips, and as which files it is written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from bench.core import escape
from bench.core.errors import BenchError
from bench.core.types import Array

Challenge = Literal["megc", "dfme"]


@dataclass(frozen=True)
class Prediction:
    """What a model says of one clip.

    Attributes:
        clip: its name, or its id in a dataset.
        subject: "" where nobody says.
        scores: of the classes, in their order; the largest is predicted.
        onset, apex, offset: frame numbers; None where frames have none.
        span: "given", "whole" or "spotted".
        apex_source: "given", "spotted" or "middle"; "" where there are no frames.
        face: how the face was found; "" for clips of a dataset.
        trained_on: the model was trained on clips of this subject; None where nobody can say.
    """

    clip: str
    subject: str
    scores: tuple[float, ...]
    onset: int | None = None
    apex: int | None = None
    offset: int | None = None
    span: str = ""
    apex_source: str = ""
    face: str = ""
    trained_on: bool | None = None

    @property
    def label(self) -> int:
        """The predicted class; the first of equals, as in the benchmark."""
        return max(range(len(self.scores)), key=self.scores.__getitem__)


@dataclass(frozen=True)
class Predictions:
    """What a model says of several clips.

    Attributes:
        classes: names, in the order of the scores.
        rows: a clip each.
        remarks: what a reader should know, a sentence each.
    """

    classes: tuple[str, ...]
    rows: tuple[Prediction, ...]
    remarks: tuple[str, ...] = ()

    def table(self) -> Any:
        """A pandas table: a row for each clip, a column for each class."""
        import pandas

        return pandas.DataFrame(list(self.lines()), columns=self.columns)

    @property
    def columns(self) -> list[str]:
        """Of the table and of the csv."""
        known = ["clip", "subject", "onset", "apex", "offset", "span", "apex_source", "face"]
        return [*known, "trained_on", "predicted", *(f"score_{name}" for name in self.classes)]

    def lines(self) -> Iterable[list[Any]]:
        """The cells of the table."""
        for one in self.rows:
            frames = [one.onset, one.apex, one.offset]
            how = [one.span, one.apex_source, one.face]
            said = self.classes[one.label]
            yield [one.clip, one.subject, *frames, *how, one.trained_on, said, *one.scores]

    def csv(self) -> bytes:
        """The table as csv; scores in full, so that they read back as they are."""
        return as_csv(self.columns, self.lines())


def of_scores(scores: Array) -> list[tuple[float, ...]]:
    """Rows of scores as plain numbers."""
    return [tuple(map(float, row)) for row in scores]


def submission(predictions: Predictions, challenge: Challenge) -> tuple[bytes, str]:
    """The csv that a challenge asks for, and what is assumed of it in a sentence.

    Raises:
        BenchError: clips without the numbers of their frames, for a challenge of spotting.
    """
    names = [predictions.classes[one.label] for one in predictions.rows]
    pairs = list(zip(predictions.rows, names, strict=True))
    if challenge == "dfme":
        rows = [[one.clip.rpartition("/")[2], said] for one, said in pairs]
        return as_csv(["Filename", "Emotion"], rows), (
            "Assumed of DFME's challenge: a row for each clip, with its Filename and its Emotion "
            "as in the annotation table; the owners' instructions decide."
        )
    if any(one.onset is None for one in predictions.rows):
        raise BenchError(
            "--submission megc: spotting and recognition of long videos; expected clips with "
            "frames, as of a video or a csv of videos"
        )
    rows = [[one.subject, one.clip, str(one.onset), str(one.offset), said] for one, said in pairs]
    return as_csv(["subject", "video", "onset", "offset", "emotion"], rows), (
        "Assumed of MEGC's spot-then-recognise task: subject, video, onset, offset and emotion, as "
        "public code of participants writes them; the organisers' instructions decide. One "
        "interval a video is given."
    )


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as csv in UTF-8; text that a spreadsheet would run as a formula is quoted."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[escape.csv(one) for one in row] for row in rows])
    return file.getvalue().encode("utf-8", "replace")

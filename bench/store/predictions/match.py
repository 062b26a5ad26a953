"""Matching predictions with the clips of a task, however these are spelt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from bench.core.errors import BenchError
from bench.core.names import ClipId
from bench.store.predictions.content import Predictions, shortened

NAMED = 5
"""Clips that a message names before it only counts."""

Faults = Mapping[str, Sequence[str]]
"""The clips or subjects concerned by what is wrong with them."""


class MismatchError(BenchError):
    """Predictions are not of a task's clips.

    Attributes:
        faults: every clip by what is wrong with it; the message names only some.
    """

    def __init__(self, faults: Faults, what: str) -> None:
        parts = [f"{len(names)} {said}: {_some(names)}" for said, names in faults.items() if names]
        super().__init__(f"the predictions do not match the {what}: " + "; ".join(parts))
        self.faults = faults


@dataclass(frozen=True)
class Matched:
    """Predictions in the order of a task's clips.

    Attributes:
        where: (m,) places of the clips in the task, rising.
        predicted: (m,) label numbers.
        scores: (m, c), where the file has them.
        faults: what was left out; empty where every clip of the task has its prediction.
    """

    where: NDArray[np.int64]
    predicted: NDArray[np.int64]
    scores: NDArray[np.float64] | None
    faults: Faults


def match(
    predictions: Predictions,
    clips: Sequence[str],
    truth: NDArray[np.int64],
    partial: bool = False,
) -> Matched:
    """Bring predictions into the order of a task's clips, and hold their truth against its.

    Subjects and clips are matched however they are padded: "sub01", "s1" and "001" are subject 1.

    Args:
        predictions: as read.
        clips: the task's clip ids (n,), "database/subject/name".
        truth: the task's labels (n,).
        partial: take the clips in common; a clip that is repeated or of another class is refused
            all the same, because what it would be scored as is not known.

    Raises:
        MismatchError: clips are missing, unknown, repeated, or of another class in the task; names
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
            said = "no" if not places else len(places)
            unknown.append(f"{shortened(clip)} ({said} such clips)")
    left_out = {
        "missing": [clip for i, clip in enumerate(clips) if i not in found],
        "not in the task": unknown,
    }
    wrong = {
        "given more than once": [clips[i] for i, rows in found.items() if len(rows) > 1],
        "with another true class in the task": [
            f"{clips[i]} ({predictions.truth[row]}, in the task {truth[i]})"
            for i, rows in found.items()
            for row in rows
            if predictions.truth[row] != truth[i]
        ],
    }
    if any(wrong.values()) or not found or (any(left_out.values()) and not partial):
        raise MismatchError(left_out | wrong, f"{len(clips)} clips")
    where = np.array(sorted(found), np.int64)
    rows = [found[i][0] for i in where.tolist()]
    scores = None if predictions.scores is None else predictions.scores[rows]
    return Matched(where, predictions.predicted[rows], scores, left_out)


def _finder(clips: Sequence[str]) -> Callable[[str], list[int]]:
    """A function from a clip as written, whole or in part, to the clips it can be."""
    places: dict[str, list[int]] = defaultdict(list)
    for i, clip in enumerate(clips):
        for form in ClipId.parse(clip).forms:
            places[_plain(form)].append(i)

    def at(clip: str) -> list[int]:
        for spelt in _spellings(clip):
            if could := places.get(_plain(spelt)):
                # Without padding two clips can have the same name; the exact spelling then decides.
                exact = [i for i in could if spelt in ClipId.parse(clips[i]).forms]
                return exact if len(exact) == 1 else could
        return []

    return at


def _spellings(clip: str) -> list[str]:
    """A clip as written, and what it can stand for where no clip is called so."""
    # An apostrophe keeps a spreadsheet from reading a name as a formula.
    first = [clip, re.sub(r"^'(?=[=+\-@])", "", clip)]
    # A file name, perhaps with the folders in which it lies.
    stem = re.sub(r"\s*\.(?:avi|mp4|png|jpe?g|bmp|npy|npz|mat)$", "", clip, flags=re.IGNORECASE)
    parts = PurePosixPath(stem).parts
    inner = ["/".join(parts[-count:]) for count in (3, 2, 1) if count <= len(parts)]
    # `subject_clip`, as the flow images of MEGC 2019 are called.
    joined = [stem.replace("_", "/", 1)] if "_" in stem and "/" not in stem else []
    return list(dict.fromkeys([*first, stem, *inner, *joined]))


def _plain(clip: str) -> str:
    """An id in lower case, its subject a bare number, no number padded."""
    *before, name = clip.lower().split("/")
    if before:
        before[-1] = plain_subject(before[-1])
    return re.sub(r"(?<!\d)0+(?=\d)", "", "/".join([*before, name]))


def plain_subject(subject: str) -> str:
    """A subject as a bare number, not padded: "sub01" is "1"."""
    number = re.sub(r"^\D+(?=\d)", "", subject.lower())
    return re.sub(r"(?<!\d)0+(?=\d)", "", number)


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")

"""What files of predictions hold, whatever their form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.core.errors import BenchError
from bench.core.escape import visible


@dataclass(frozen=True)
class Predictions:
    """What was predicted of which clip.

    Attributes:
        clips: "casme2/01/EP02_01f", as far as the file says: it may lack database or subject.
        truth: label numbers (n,).
        predicted: label numbers (n,).
        scores: of each class (n, c), where the file has them; any finite numbers.
        about: what the file says of all of them: task, protocol, selection, source.
    """

    clips: tuple[str, ...]
    truth: NDArray[np.int64]
    predicted: NDArray[np.int64]
    scores: NDArray[np.float64] | None = None
    about: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Matrices:
    """How often each class of a subject was predicted as which: no clip is named.

    Attributes:
        subjects: "casme2/01", "sub01" or "1", as the file says.
        counts: (subjects, c, c), rows the true class.
        about: as of `Predictions`.
    """

    subjects: tuple[str, ...]
    counts: NDArray[np.int64]
    about: Mapping[str, str] = field(default_factory=dict)


Content = Predictions | Matrices
Row = tuple[str, int, int]
"""Clip, true and predicted label number."""


def predictions(rows: Sequence[Row], origin: str) -> Predictions:
    """Rows as arrays; refuses a file without any."""
    if not rows:
        raise BenchError(f"{origin} contains no predictions")
    clips, truth, predicted = zip(*rows, strict=True)
    return Predictions(clips, np.array(truth, np.int64), np.array(predicted, np.int64))


def label(text: str, classes: Sequence[str], where: str) -> int:
    """A label number from a number or a class's name.

    Raises:
        BenchError: it is neither; lists the classes.
    """
    names = [name.lower() for name in classes]
    if text.lower() in names:
        return names.index(text.lower())
    # pandas writes whole numbers as "1.0" where a column has gaps. Two digits are enough for any
    # task, and keep a number of thousands of digits from `int`.
    digits = re.fullmatch(r"([0-9]{1,2})(?:\.0+)?", text)
    if digits and int(digits[1]) < len(classes):
        return int(digits[1])
    numbered = ", ".join(f"{i} {name}" for i, name in enumerate(classes))
    raise BenchError(f"{where}: class {shortened(text)!r}, expected one of {numbered}")


def shortened(text: str, most: int = 60) -> str:
    """Foreign text for a message: on one line, and cut off where it is long."""
    text = visible(text[: most + 1])
    return text if len(text) <= most else text[: most - 3] + "..."

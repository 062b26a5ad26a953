"""What a method returns, checked and made plain where it leaves the method's hands.

A record is JSON: a numpy integer in it, or a NaN, would only show when the record is written.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence

import numpy as np

from bench.core.types import Array, Description


def checked(scores: object, clips: int, classes: int, what: str = "predict") -> Array:
    """Scores as (clips, classes) finite float64.

    Args:
        scores: what a method returned.
        clips: rows to expect.
        classes: columns to expect.
        what: returned them, for the message.

    Raises:
        ValueError: no numbers, another shape, or a value that is not finite.
    """
    array = np.asarray(_numbers(scores, what), dtype=np.float64)
    if array.shape != (clips, classes):
        raise ValueError(
            f"{what} returned shape {array.shape}, expected {(clips, classes)}: for each clip "
            "a score for each class"
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{what} returned non-finite scores")
    return array


def described(value: object) -> Description:
    """What `describe` returned, as arrays of numbers.

    Raises:
        ValueError: neither numbers nor a dict of them.
    """
    if not isinstance(value, Mapping):
        return _numbers(value, "describe")
    if not value:
        raise ValueError("describe returned an empty dict, expected arrays by name")
    return {str(name): _numbers(one, f"describe ({name})") for name, one in value.items()}


def parameter_count(value: object) -> int | None:
    """`Model.parameters` as an int.

    Raises:
        ValueError: no whole number from 0.
    """
    number = None if value is None else _whole(value, "Model.parameters")
    if number is not None and number < 0:
        raise ValueError(f"Model.parameters is {number}, expected 0 or more")
    return number


def trace_of(
    trace: Sequence[tuple[object, object]], clips: int, classes: int
) -> list[tuple[int, Array]]:
    """Checkpoints as (step, scores), the step an int.

    Raises:
        ValueError: a step that is no whole number, or scores as in `checked`.
    """
    steps = [_whole(step, "the step of context.checkpoint") for step, _ in trace]
    return [
        (step, checked(scores, clips, classes, f"at checkpoint {step}, predict"))
        for step, (_, scores) in zip(steps, trace, strict=True)
    ]


def curve_of(curve: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
    """A training curve of plain floats."""
    return [{str(name): float(value) for name, value in point.items()} for point in curve]


def _numbers(value: object, what: str) -> Array:
    if value is None:
        raise ValueError(f"{what} returned None, expected an array of numbers")
    try:
        array = np.asarray(value)
    except ValueError as error:  # ragged rows
        raise ValueError(f"{what} returned no array of numbers: {error}") from error
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{what} returned an array of {array.dtype}, expected one of numbers")
    return array


def _whole(value: object, what: str) -> int:
    try:
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise ValueError(
            f"{what} is {value!r:.60} ({type(value).__name__}), expected an int"
        ) from None

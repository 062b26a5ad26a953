"""What a check finds."""

from __future__ import annotations

from typing import Literal, NamedTuple

Status = Literal["passed", "failed", "noted", "skipped", "blocked"]


class Finding(NamedTuple):
    """A verdict and a sentence for it."""

    status: Status
    detail: str = ""


def passed(detail: str = "") -> Finding:
    """The method holds to it."""
    return Finding("passed", detail)


def failed(detail: str) -> Finding:
    """The method breaks it."""
    return Finding("failed", detail)


def noted(detail: str) -> Finding:
    """Nothing is broken, but who reads the results should know."""
    return Finding("noted", detail)


def skipped(detail: str) -> Finding:
    """A fact that the method states excuses it."""
    return Finding("skipped", detail)


def blocked(detail: str) -> Finding:
    """Another check failed whose fault would show here again."""
    return Finding("blocked", detail)

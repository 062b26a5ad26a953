"""What a check finds."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """A verdict and a sentence for it."""

    status: Literal["passed", "failed", "noted", "skipped"]
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

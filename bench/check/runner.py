"""Running the contract: all checks of a method, or one check a pytest case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from bench.check.checks import CHECKS, MINIMUM, Check, Result, apply
from bench.check.examination import Examination, examine
from bench.plugins.method import Method

if TYPE_CHECKING:
    # Imported late: `bench check` works without pytest.
    import pytest

Checked = type[Method] | Method


def check_method(method: Checked | Examination) -> list[Result]:
    """Apply the whole contract; a missing check is itself a failure."""
    return list(each_check(method if isinstance(method, Examination) else examine(method)))


def each_check(examination: Examination) -> Iterator[Result]:
    """The results of all checks as they come, then whether enough of them ran."""
    ran, waiting = 0, 0
    for check in CHECKS:
        result = apply(check, examination)
        ran += result.ran
        waiting += result.status == "blocked"
        yield result
    enough = ran + waiting >= MINIMUM
    said = f"{ran} of {len(CHECKS)} checks ran" + (
        "" if enough else f", expected at least {MINIMUM}"
    )
    said += f", {waiting} depend on one that failed" if waiting else ""
    what = "the whole contract was applied"
    yield Result(examination.method.name, what, "passed" if enough else "failed", said, 0.0)


def require(check: Check, examination: Examination) -> None:
    """Fail the pytest case where the check fails, skip it where the method is excused."""
    import pytest

    result = apply(check, examination)
    if result.status in ("skipped", "blocked"):
        pytest.skip(result.detail)
    if result.status == "failed":
        pytest.fail(f"{result.method}: {result.check}: {result.detail}", pytrace=False)


def parametrize_checks(methods: Sequence[Checked]) -> pytest.MarkDecorator:
    """A decorator that makes a pytest case of every check of every method.

        @parametrize_checks([MyMethod])
        def test_contract(check):
            check()

    Args:
        methods: classes, examined in their preset `quick`, or configured instances.
    """
    import pytest

    if not methods or len(CHECKS) < MINIMUM:
        raise ValueError(f"{len(methods)} methods and {len(CHECKS)} checks: some are missing")
    cases = [
        pytest.param(partial(require, check, examination), id=f"{name}-{check.__name__}")
        for examination in map(examine, methods)
        for name in [examination.method.name]
        for check in CHECKS
    ]
    return pytest.mark.parametrize("check", cases)

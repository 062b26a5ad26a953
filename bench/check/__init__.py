"""The contract every method must pass, for pytest and for `bench check`."""

from bench.check.checks import CHECKS, MINIMUM, Result
from bench.check.examination import Examination, examine
from bench.check.runner import check_method, each_check, parametrize_checks

__all__ = [
    "CHECKS",
    "MINIMUM",
    "Examination",
    "Result",
    "check_method",
    "each_check",
    "examine",
    "parametrize_checks",
]

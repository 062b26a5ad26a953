"""The contract every method must pass: small checks, each a sentence on what it found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.check import describing, fitting, form
from bench.check.examination import Examination
from bench.check.finding import Finding, failed

Status = Literal["passed", "failed", "noted", "skipped"]
Check = Callable[[Examination], Finding]

CHECKS: tuple[Check, ...] = (
    form.facts_are_complete,
    form.configuration_is_plain,
    form.importing_is_light,
    form.method_pickles,
    describing.every_dataset_that_serves_it,
    describing.reads_declared_views_only,
    describing.describes_alike_each_time,
    describing.described_by_names_every_field_that_matters,
    describing.file_names_change_nothing,
    fitting.scores_are_rows_of_finite_numbers,
    fitting.inputs_stay_as_they_are,
    fitting.global_random_state_stays_as_it_is,
    fitting.same_seed_same_scores,
    fitting.opens_no_data,
    fitting.other_folds_change_nothing,
    fitting.tracing_changes_nothing,
    fitting.one_clip_at_a_time_scores_as_the_fold,
    fitting.a_fold_of_one_clip,
    fitting.training_order_matters_through_the_seed_only,
    fitting.a_class_missing_in_training,
    fitting.a_class_of_a_single_subject,
    fitting.model_pickles,
    fitting.the_deadline_is_honoured,
    fitting.learns_an_easy_set,
)
"""Every check, in the order of the report."""

MINIMUM = 22
"""Checks that must have run for a method: all but those that a stated fact excuses it from."""


@dataclass(frozen=True)
class Result:
    """What one check said of one method.

    Attributes:
        method: name.
        check: the check's name in words.
        status: "noted" is no failure but should be read; "skipped" was excused by a stated fact.
        detail: why.
        seconds: wall time.
    """

    method: str
    check: str
    status: Status
    detail: str
    seconds: float

    @property
    def ran(self) -> bool:
        """The check looked at the method."""
        return self.status != "skipped"


def name_of(check: Check) -> str:
    """A check's name in words."""
    return check.__name__.replace("_", " ")


def apply(check: Check, examination: Examination) -> Result:
    """Run one check; whatever the method raises is a failure of that check."""
    from threadpoolctl import threadpool_limits

    started = time.perf_counter()
    with threadpool_limits(1):
        try:
            found = check(examination)
        except Exception as error:  # a method may raise anything
            found = failed(f"{type(error).__name__}: {' '.join(str(error).split())}")
    seconds = round(time.perf_counter() - started, 3)
    return Result(examination.method.name, name_of(check), found.status, found.detail, seconds)

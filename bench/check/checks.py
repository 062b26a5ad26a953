"""The contract every method must pass: small checks, each a sentence on what it found."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.check import describing, fitting, form
from bench.check.examination import Examination
from bench.check.finding import Finding, Status, blocked, failed
from bench.core.code_hash import own_files
from bench.core.contain import contained

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
    fitting.opens_no_data,
    fitting.same_seed_same_scores,
    fitting.global_random_state_stays_as_it_is,
    fitting.other_folds_change_nothing,
    fitting.tracing_changes_nothing,
    fitting.a_fold_of_one_clip,
    fitting.one_clip_at_a_time_scores_as_the_fold,
    fitting.training_order_matters_through_the_seed_only,
    fitting.a_class_missing_in_training,
    fitting.a_class_of_a_single_subject,
    fitting.a_restored_model_scores_the_same,
    fitting.the_deadline_is_honoured,
    fitting.learns_an_easy_set,
    form.imports_can_be_followed,
)
"""Every check, in the order of the report."""

MINIMUM = 23
"""Checks that must have run for a method: all but those that a stated fact excuses it from."""

_SERVED = describing.every_dataset_that_serves_it
_ALIKE = describing.describes_alike_each_time
_SCORED = fitting.scores_are_rows_of_finite_numbers
_SEEDED = fitting.same_seed_same_scores
_FORGETS = fitting.other_folds_change_nothing
AFTER: Mapping[Check, tuple[Check, ...]] = {
    describing.reads_declared_views_only: (_SERVED,),
    _ALIKE: (_SERVED, describing.reads_declared_views_only),
    describing.described_by_names_every_field_that_matters: (_ALIKE,),
    describing.file_names_change_nothing: (_ALIKE,),
    _SCORED: (_SERVED, _ALIKE),
    fitting.inputs_stay_as_they_are: (_SCORED,),
    fitting.opens_no_data: (_SCORED,),
    _SEEDED: (_SCORED, fitting.opens_no_data),
    fitting.global_random_state_stays_as_it_is: (_SEEDED,),
    _FORGETS: (_SEEDED,),
    fitting.tracing_changes_nothing: (_SEEDED, _FORGETS),
    fitting.a_fold_of_one_clip: (_SCORED,),
    fitting.one_clip_at_a_time_scores_as_the_fold: (
        fitting.a_fold_of_one_clip,
        fitting.inputs_stay_as_they_are,
        _FORGETS,
    ),
    fitting.training_order_matters_through_the_seed_only: (_SEEDED, _FORGETS),
    fitting.a_class_missing_in_training: (_SCORED,),
    fitting.a_class_of_a_single_subject: (_SCORED,),
    fitting.a_restored_model_scores_the_same: (
        fitting.inputs_stay_as_they_are,
        fitting.one_clip_at_a_time_scores_as_the_fold,
    ),
    fitting.the_deadline_is_honoured: (_SCORED,),
    fitting.learns_an_easy_set: (_SCORED, describing.reads_declared_views_only),
    form.imports_can_be_followed: (_SCORED,),
}
"""Prerequisites of each check. A check runs only if they passed: the same fault would make it fail
too, and each fault should be reported once."""


@dataclass(frozen=True)
class Result:
    """What one check said of one method.

    Attributes:
        method: name.
        check: the check's name in words.
        status: "noted" is no failure but should be read; "skipped" was excused by a stated fact;
            "blocked" waits for a check that failed.
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
        return self.status not in ("skipped", "blocked")


def name_of(check: Check) -> str:
    """A check's name in words."""
    return check.__name__.replace("_", " ")


def apply(check: Check, examination: Examination) -> Result:
    """Run one check, once, after those of `AFTER`; what the method raises fails that check."""
    kept = examination.results
    if check.__name__ not in kept:
        before = [apply(one, examination) for one in AFTER.get(check, ())]
        failures = [one.check for one in before if one.status == "failed"]
        waiting = [one.detail for one in before if one.status == "blocked"]
        if failures or waiting:
            found = blocked(f"depends on a failed check: {failures[0]}" if failures else waiting[0])
            kept[check.__name__] = _result(check, examination, found, 0.0)
        else:
            kept[check.__name__] = _applied(check, examination)
    result: Result = kept[check.__name__]
    return result


def _applied(check: Check, examination: Examination) -> Result:
    from threadpoolctl import threadpool_limits

    started = time.perf_counter()
    # One thread as in a worker: BLAS results may depend on the number of threads.
    with threadpool_limits(1):
        try:
            with contained():
                found = check(examination)
        except Exception as error:  # a method may raise anything
            found = failed(_said(error, examination))
    return _result(check, examination, found, time.perf_counter() - started)


def _said(error: Exception, examination: Examination) -> str:
    """What was raised, and at which line of the plugin's own files."""
    own = {str(file) for file in own_files(type(examination.method))}
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in own]
    line = f" (line {frames[-1].lineno} of {Path(frames[-1].filename).name})" if frames else ""
    said = " ".join(str(error).split())
    # The upper limit of a seed, as numpy and scikit-learn word it in their errors.
    if "4294967295" in said or "2**32 - 1" in said:
        line += ": context.random_state is the seed within 32 bits"
    return f"{type(error).__name__}: {said}{line}"


def _result(check: Check, examination: Examination, found: Finding, seconds: float) -> Result:
    name = examination.method.name
    return Result(name, name_of(check), found.status, found.detail, round(seconds, 3))

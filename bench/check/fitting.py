"""Checks of `fit` and `predict`: scores, seeds, leaks, odd folds, the deadline, learning."""

from __future__ import annotations

import dataclasses

import numpy as np

from bench.check.examination import Examination, past, same
from bench.check.finding import Finding, failed, noted, passed, skipped
from bench.check.toydata import CLASSES, ToyClips, toy_clips
from bench.check.watching import foreign
from bench.core.types import Array
from bench.deploy.coding import pack, unpack
from bench.plugins.context import DeadlineError
from bench.plugins.model import Training
from bench.running.outputs import checked

ALIKE = 1e-4
"""Scores whose largest difference, relative to their spread, is below are the same in another
order of summation."""
SAME = 1e-9
"""The same of scores from the same numbers."""
PATIENCE = 1.0
"""Processor seconds a fit may take although its deadline has passed."""
EACH = (2, 8)
"""Clips of a class a subject: few for most, more for those whose fixed epochs of large batches
would otherwise be a handful of steps."""
LEARNED = 9
"""Of 12 held-out clips: guessing reaches it in 4 of 1,000 folds."""


def scores_are_rows_of_finite_numbers(exam: Examination) -> Finding:
    """A row of finite scores for each held-out clip, a score for each class."""
    return passed(f"{exam.base.scores.shape[0]} rows of {exam.base.scores.shape[1]} scores")


def inputs_stay_as_they_are(exam: Examination) -> Finding:
    """Descriptions, labels and subjects, which folds share, are not written to."""
    changed = exam.base.mutated
    return failed(f"fit or predict changed {', '.join(changed)}") if changed else passed()


def same_seed_same_scores(exam: Examination) -> Finding:
    """The fold's seed decides, and no global generator, clock or number of runs."""
    gap = _gap(exam.base.scores, exam.again.scores)
    if gap == 0:
        return passed()
    drawn = exam.again.disturbed
    if not drawn and exam.same_when_new:
        return passed("when run in a fresh process; see: other folds change nothing")
    cause = (
        f"fit or predict draws from {', '.join(drawn)} without the fold's seed: use context.rng(), "
        "context.torch_generator(), or a block `with context.seeded():`"
        if drawn
        else "an unseeded generator, or a clock?"
    )
    return failed(f"two runs of one fold and seed differ by {gap:.2g}: {cause}")


def global_random_state_stays_as_it_is(exam: Examination) -> Finding:
    """Python's, numpy's and torch's global generators are left as they were."""
    changed = exam.again.disturbed
    if not changed:
        return passed()
    return failed(
        f"fit or predict moved {', '.join(changed)}: draw inside `with context.seeded():`, which "
        "restores it, or from context.rng() or context.torch_generator()"
    )


def opens_no_data(exam: Examination) -> Finding:
    """Neither settings nor datasets nor results are looked at: all a method needs is handed in."""
    names = foreign(set(exam.again.opened))
    return failed(f"describe, fit or predict read {', '.join(names[:3])}") if names else passed()


def other_folds_change_nothing(exam: Examination) -> Finding:
    """Held-out clips met before, in another fold and with shuffled labels, score as if new.

    Whoever keeps labels, statistics or models between folds or descriptions in this process shows
    here: the fold between has the held-out clips in training, under other labels.
    """
    first = exam.base.scores
    shuffled = dataclasses.replace(exam.held, labels=(exam.held.labels + 1) % CLASSES)
    # Subjects from 60 on occur in no other fold.
    exam.fitted(_joined(shuffled, toy_clips(2, 1, first=60)), exam.train)
    gap = _gap(first, exam.fitted(exam.train, exam.held).scores)
    if gap == 0:
        return passed()
    return failed(f"scores differ by {gap:.2g} after another fold: state is kept between folds")


def tracing_changes_nothing(exam: Examination) -> Finding:
    """Scoring checkpoints on the held-out clips, as --trace does, is out of the method's reach."""
    gap = _gap(exam.base.scores, exam.fitted(exam.train, exam.held, trace=True).scores)
    if gap == 0:
        return passed()
    return failed(f"scores differ by {gap:.2g} under --trace: fit uses the held-out clips' scores")


def one_clip_at_a_time_scores_as_the_fold(exam: Examination) -> Finding:
    """A clip's scores do not depend on the other clips of its fold."""
    if exam.method.stated().transductive:
        return skipped("declared transductive")
    out = exam.described(exam.held)
    alone = np.concatenate([exam.base.model.predict([clip]) for clip in out])
    gap = _gap(exam.base.scores, alone)
    if gap < ALIKE:
        return passed()
    return failed(
        f"scores of single clips differ by {gap:.2g}: does it use statistics of the held-out fold?"
    )


def a_fold_of_one_clip(exam: Examination) -> Finding:
    """A subject with a single clip."""
    out = exam.described(exam.held)[:1]
    checked(exam.base.model.predict(out), 1, CLASSES)
    return passed()


def training_order_matters_through_the_seed_only(exam: Examination) -> Finding:
    """The same training clips in another order."""
    order = np.random.default_rng(0).permutation(len(exam.train))
    gap = _gap(exam.base.scores, exam.fitted(exam.train, exam.held, keep=order).scores)
    if gap < ALIKE:
        return passed()
    return noted(f"scores differ by {gap:.2g} with the training clips in another order (shuffling)")


def a_class_missing_in_training(exam: Examination) -> Finding:
    """Rare classes are shown by few: a fold may lack one."""
    keep = np.flatnonzero(exam.train.labels != 1)
    exam.fitted(exam.train, exam.held, keep=keep)
    return passed()


def a_class_of_a_single_subject(exam: Examination) -> Finding:
    """A class that inner folds by subject cannot both fit and validate."""
    keep = np.flatnonzero((exam.train.labels != 1) | (exam.train.subjects == 0))
    exam.fitted(exam.train, exam.held, keep=keep)
    return passed()


def a_restored_model_scores_the_same(exam: Examination) -> Finding:
    """What `bench fit` saves of a model, as data alone, makes the same model again."""
    out = exam.described(exam.held)
    state = unpack(pack(exam.base.model.state()), own=True)
    model = exam.method.restore(state, Training.outline(out[0], CLASSES))
    gap = _gap(exam.base.scores, checked(model.predict(out), len(out), CLASSES))
    # Arrays of estimators can come back in another memory order, and sums in another order.
    if gap < SAME:
        return passed(f"{len(state)} values")
    return failed(f"saved and restored, its scores differ by {gap:.2g}: does state() lack a part?")


def the_deadline_is_honoured(exam: Examination) -> Finding:
    """A fit whose time is up ends: by `DeadlineError`, or because it is done at once."""
    assert exam.base  # importing libraries is no part of the time
    try:
        # The learner with all its epochs: the method cut short ends in time whatever it does.
        fold = exam.fitted(exam.train, exam.held, deadline=past(), method=exam.learner)
    except DeadlineError:
        return passed("raises DeadlineError")
    taken = fold.seconds
    if taken > PATIENCE:
        return failed(
            f"ran for another {taken:.1f} s: call context.check_deadline() once per epoch"
        )
    return passed(f"finished in {taken:.2f} s")


def learns_an_easy_set(exam: Examination) -> Finding:
    """Most held-out clips of a set that anything can learn are recognised."""
    if exam.learner.stated().reference:
        return skipped("a control or ceiling")
    held = toy_clips(2, 2, first=20)
    said = []
    for each in EACH:
        train = toy_clips(4, each, first=10)
        scores = exam.fitted(train, held, method=exam.learner).scores
        right = int((scores.argmax(1) == held.labels).sum())
        said.append(
            f"{right} of {len(held)} held-out clips correct with {len(train)} training clips"
        )
        if right >= LEARNED:
            return passed("; ".join(said))
    return failed(f"{'; '.join(said)}: expected {LEARNED} or more")


def _gap(first: Array, second: Array) -> float:
    """Largest difference, relative to the spread of the first scores; 0 for equal bits."""
    if same(np.asarray(first, float), np.asarray(second, float)):
        return 0.0
    # Scores without any spread, as of a constant model, must not divide by zero.
    return float(np.abs(first - second).max() / max(float(np.ptp(first)), 1e-12))


def _joined(first: ToyClips, second: ToyClips) -> ToyClips:
    return ToyClips(
        first.sources + second.sources,
        np.concatenate([first.labels, second.labels]),
        np.concatenate([first.subjects, second.subjects]),
        first.action_units + second.action_units,
    )

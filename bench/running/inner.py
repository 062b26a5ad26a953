"""The checkpoint that the training subjects would choose: `selection: inner`.

Beside the fit on all training clips, K more on parts of them are scored on the training subjects
that each part leaves out. The step at which those pooled scores are best is kept in the record; the
board then reads off the trace what the held-out subject gets at that step. No held-out label takes
part.
"""

from __future__ import annotations

import dataclasses
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.plugins.context import Context
from bench.statistics.metrics import confusion, uf1

if TYPE_CHECKING:
    from bench.running.jobs import Fit

Trace = Sequence[tuple[int, Array]]
"""(step, scores (n, classes)) of every checkpoint."""


def inner_jobs(job: Fit, began: float) -> Iterator[tuple[Fit, Array]]:
    """The inner fits of a fold, each with the labels (n,) of the clips that it validates on.

    Args:
        job: the fold; `job.options.inner` says how many fits.
        began: `time.monotonic()` at which it began: all its fits share its time limit.
    """
    split = Context(job.seed, job.subjects).inner_folds(job.options.inner)
    for number, (part, validate) in enumerate(split):
        _, people = np.unique(job.subjects[part], return_inverse=True)
        limit = job.options.timeout
        left = None if limit is None else limit - (time.monotonic() - began)
        inner = dataclasses.replace(
            job,
            train=job.train[part],
            test=job.train[validate],
            labels=job.labels[part],
            subjects=people,
            action_units=tuple(job.action_units[i] for i in part),
            genders=tuple(job.genders[i] for i in part),
            seed=derived_seed(job.seed, "inner", number),
            # inner=0, or the inner fits would start inner fits of their own.
            options=dataclasses.replace(job.options, timeout=left, trace=True, inner=0),
        )
        yield inner, job.labels[validate]


def best_step(
    offered: Sequence[int], found: Sequence[tuple[Trace, Array]], classes: int
) -> int | None:
    """The step with the best UF1 of all inner folds pooled, the earliest of equals.

    Args:
        offered: steps of the fit on all training clips.
        found: of every inner fit, its trace and the true labels (n,) of its validation clips.
        classes: number of classes.

    Returns:
        None where no step is common to all fits, or there are none.
    """
    counts: dict[int, list[Array]] = defaultdict(list)
    for trace, labels in found:
        for step, scores in trace:
            counts[step].append(confusion(labels, scores.argmax(1), classes))
    common = sorted(step for step in set(offered) if found and len(counts[step]) == len(found))
    return max(common, key=lambda step: float(uf1(np.sum(counts[step], axis=0))), default=None)

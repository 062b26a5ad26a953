"""What a worker process does: describe one clip, or fit and predict one fold.

The two run in different pools of processes. Those that describe open files, whose paths may spell
a class, but hold no label; those that fit and predict get opaque keys of descriptions and the
training clips' labels. The held-out labels stay in the parent, which joins them to the scores.
"""

from __future__ import annotations

import dataclasses
import time
import traceback
from collections.abc import Generator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bench.cache.cache import Cache
from bench.core.contain import contained
from bench.core.errors import BenchError
from bench.core.types import Description
from bench.plugins.context import Context, DeadlineError
from bench.plugins.method import Method
from bench.plugins.model import Model, Training
from bench.running.device import allocations, used
from bench.running.engines.job import ends_the_run
from bench.running.inner import best_step, inner_jobs
from bench.running.jobs import Describe, Described, Fit, Outcome, Setting, allowed
from bench.running.outputs import checked, curve_of, described, parameter_count, trace_of
from bench.running.tuning import chosen
from bench.views.clip_views import Views
from bench.views.opening import UnreadableError, views_of


def describe(job: Describe) -> Generator[str, None, Described]:
    """Describe one clip for every method that asks; a method's failure costs it alone.

    Yields:
        the key of each description before its method is called, so that a crash is put down to it.
    """
    cache = Cache(job.cache)
    # There already where a method that came later crashed the first time, or another run of the
    # same plan was here.
    rows = [row for row in job.rows if not cache.has("descriptions", row[0])]
    if not rows:
        return Described()
    failed: dict[str, str] = {}
    unread: dict[str, str] = {}
    try:
        clip = views_of(job.dataset, job.clip, job.digest, cache)
    except UnreadableError as error:
        return Described(unread={name: str(error) for name, _ in rows})
    for name, method in rows:
        yield name
        try:
            if trace := _described(method, allowed(method, clip), cache, name):
                failed[name] = trace
        # The others go on: some read no pixel, some not this frame.
        except UnreadableError as error:
            unread[name] = str(error)
    return Described(failed, unread)


def _described(method: Method, clip: Views, cache: Cache, name: str) -> str:
    """Keep a description; returns the traceback of a method that fails."""
    try:
        with contained():
            value = described(method.describe(clip))
        cache.put("descriptions", name, value)
    # The clip's fault, not the method's: it is no failure of its own.
    except UnreadableError:
        raise
    except Exception as error:
        # Every later job would fail alike: end the run instead of blaming the method.
        if ends_the_run(error):
            raise
        # As text, because an exception of a plugin's own class may not unpickle in the parent.
        return traceback.format_exc()
    return ""


class Fitted(NamedTuple):
    """A fitted fold.

    Attributes:
        model: fitted.
        held_out: the held-out clips' descriptions.
        context: what was logged.
        method: as fitted, with what inner folds chose.
        chosen: what they chose, by field.
    """

    model: Model
    held_out: list[Description]
    context: Context
    method: Method
    chosen: dict[str, Any]


def fitted(setting: Setting, job: Fit) -> Fitted:
    """Fit on the training clips; raises whatever the method does."""
    method = setting.method
    everything = _load(setting.cache, setting.descriptions)
    held_out = [everything[i] for i in job.test]
    context = _context(setting, job, held_out)
    training = Training(
        clips=[everything[i] for i in job.train],
        labels=job.labels,
        subjects=job.subjects,
        classes=setting.classes,
        action_units=job.action_units,
        genders=job.genders,
        unlabelled=held_out if method.stated().transductive else None,
    )
    tuned: dict[str, Any] = {}
    with contained():
        if setting.tuning is not None:
            tuned = chosen(method, setting.tuning, training, context)
            method = dataclasses.replace(method, **tuned)  # type: ignore[type-var]
        if job.weights is None:
            model = method.fit(training, context)
        else:
            model = method.published(job.weights, setting.classes)
    context.trace = trace_of(context.trace, len(held_out), setting.classes)
    return Fitted(model, held_out, context, method, tuned)


def fit(setting: Setting, job: Fit) -> Outcome:
    """Fit on the training clips, score the held-out ones; never raises for a method's fault."""
    began, before = _clocks(), allocations()
    try:
        model, held_out, context, _, tuned = fitted(setting, job)
        trained = _clocks()
        with contained():
            scores = checked(model.predict(held_out), len(held_out), setting.classes)
            parameters = parameter_count(model.parameters)
        predicted = _clocks()
        step = _inner_step(setting, job, context, began.wall) if job.options.inner else None
    except DeadlineError as error:
        return Outcome("timeout", error=str(error))
    except MemoryError:
        return Outcome("oom", error=traceback.format_exc())
    except Exception as error:
        if ends_the_run(error):
            raise
        return Outcome("failed", error=traceback.format_exc())
    seconds = {
        "fit": trained.wall - began.wall,
        "predict": predicted.wall - trained.wall,
        "cpu": predicted.processor - began.processor,
    }
    if job.options.inner:
        # Separate from "fit", so that fit times compare with those of runs without inner fits.
        seconds["inner"] = time.monotonic() - predicted.wall
    return Outcome(
        "ok",
        scores.tolist(),
        {name: round(value, 4) for name, value in seconds.items()},
        parameters,
        trace=[(step, values.tolist()) for step, values in context.trace],
        inner_step=step,
        curve=curve_of(context.curve),
        chosen=tuned,
        used=used(before),
    )


class _Clocks(NamedTuple):
    wall: float
    processor: float


def _clocks() -> _Clocks:
    return _Clocks(time.monotonic(), time.process_time())


def _inner_step(setting: Setting, job: Fit, context: Context, began: float) -> int | None:
    """The step that the training subjects would choose; see `bench.running.inner`."""
    offered = [step for step, _ in context.trace]
    if not offered:
        return None
    found = [(fitted(setting, part).context.trace, truth) for part, truth in inner_jobs(job, began)]
    return best_step(offered, found, setting.classes)


def _context(setting: Setting, job: Fit, held_out: Sequence[Description]) -> Context:
    options = job.options
    return Context(
        seed=job.seed,
        subjects=job.subjects,
        device=options.device,
        threads=options.threads,
        # Counted from here rather than from submission, because a job may wait long for a free
        # worker.
        deadline=None if options.timeout is None else time.monotonic() + options.timeout,
        artefacts=setting.cache / "artefacts",
        _held_out=held_out if options.traced else None,
    )


@lru_cache(maxsize=1)
def _load(folder: Path, names: tuple[str, ...]) -> list[Description]:
    """All descriptions of a task; the folds of one cell follow each other and share them."""
    cache = Cache(folder)
    found = [cache.get("descriptions", name) for name in names]
    if any(one is None for one in found):
        raise BenchError("descriptions are missing from the cache; rerun the command")
    return [one for one in found if one is not None]

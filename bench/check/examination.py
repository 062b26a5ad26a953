"""One method under examination: small folds to fit, and what was seen while it did."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bench.check.toydata import APEX, CLASSES, ToyClips, toy_clips
from bench.check.watching import (
    imported_files,
    lured,
    opened_files,
    other_random_state,
    random_state,
)
from bench.core.clip import UNIT_CODES
from bench.core.seeds import derived_seed
from bench.core.types import Array, Description
from bench.plugins.context import Context
from bench.plugins.load_file import load_anew
from bench.plugins.method import Method
from bench.plugins.model import Model, Training
from bench.running.outputs import checked
from bench.views.catalog import servable
from bench.views.clip_views import Views

SEED = derived_seed("check")
"""Over 32 bits like the seed of a real fold, to expose libraries that accept no more."""
SERVINGS = (
    frozenset({"flow_image"}),
    frozenset({"frames"}),
    frozenset({"frames", UNIT_CODES}),
    frozenset({"features"}),
)
"""What datasets ship: ready-made flow, frames, frames of a SYNTHETIC stand-in, feature vectors."""


class Watched(Mapping[str, Array]):
    """Sources of a clip that note which of them were read."""

    def __init__(self, arrays: Mapping[str, Array]) -> None:
        self.arrays = arrays
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> Array:
        array = self.arrays[name]
        self.read.add(name)
        return array

    def __contains__(self, name: object) -> bool:
        # Not Mapping's own, which reads the array: to ask whether one is there is not to use it.
        return name in self.arrays

    def __iter__(self) -> Iterator[str]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)


@dataclass(frozen=True)
class Fitted:
    """One fold, fitted and predicted.

    Attributes:
        model: fitted.
        scores: (n, classes) of the held-out clips, checked as the harness checks them.
        opened: files and folders that were read meanwhile.
        disturbed: global random states that were left changed.
        mutated: inputs that were left changed.
        seconds: processor time of `fit` and `predict`, describing left out.
        modules: files of the modules that were imported meanwhile, packages left out.
    """

    model: Model
    scores: Array
    opened: frozenset[str]
    disturbed: tuple[str, ...]
    mutated: tuple[str, ...]
    seconds: float
    modules: frozenset[Path]


@dataclass(frozen=True)
class Examination:
    """A method with clips to fit.

    Attributes:
        method: cut to few epochs: checks of form need no good scores.
        learner: in the configuration that has to learn an easy set.
        results: of the checks so far, by the check's name.
    """

    method: Method
    learner: Method
    results: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def servings(self) -> list[frozenset[str]]:
        """Kinds of dataset that the plan would pair the method with."""
        return [one for one in SERVINGS if self.method.needs <= servable(one)]

    @cached_property
    def train(self) -> ToyClips:
        """Nine clips of three subjects."""
        return toy_clips(3, 1)

    @cached_property
    def held(self) -> ToyClips:
        """Three clips of another subject."""
        return toy_clips(1, 1, first=3)

    def views(self, arrays: Mapping[str, Array], serving: frozenset[str] | None = None) -> Views:
        """A clip as a dataset of some kind, the method's first by default, would serve it."""
        names = serving or self.servings[0]
        return Views({name: arrays[name].copy() for name in names}, APEX)

    def described(self, clips: ToyClips, method: Method | None = None) -> list[Description]:
        """Freshly computed descriptions of clips."""
        return [(method or self.method).describe(self.views(one)) for one in clips.sources]

    @cached_property
    def base(self) -> Fitted:
        """The fold as it comes first in this process."""
        return self.fitted(self.train, self.held)

    @cached_property
    def again(self) -> Fitted:
        """The same fold, with the global random states elsewhere and a way to labels laid out."""
        assert self.base  # what is imported lazily, and may seed itself, is loaded by now
        with other_random_state(), lured():
            return self.fitted(self.train, self.held)

    @cached_property
    def same_when_new(self) -> bool:
        """The fold scores alike in two copies of the plugin's module that know of no other run.

        Tells a method that draws without a seed from one that keeps something between runs.
        """
        first, second = _copied(self.method), _copied(self.method)
        if first is None or second is None:
            return False
        runs = [self.fitted(self.train, self.held, method=one).scores for one in (first, second)]
        return same(*runs)

    def fitted(
        self,
        train: ToyClips,
        held: ToyClips,
        *,
        keep: Array | None = None,
        trace: bool = False,
        deadline: float | None = None,
        method: Method | None = None,
    ) -> Fitted:
        """Describe, fit and predict one fold as a worker does, and watch.

        Args:
            train: training clips.
            held: held-out clips.
            keep: positions of the training clips to use, in their order; all by default.
            trace: hand the context the held-out clips, as `bench run --trace` does.
            deadline: of the context.
            method: to use in place of the one cut short.
        """
        method = method or self.method
        keep = np.arange(len(train)) if keep is None else keep
        with opened_files() as opened, imported_files() as modules:
            every, out = self.described(train, method), self.described(held, method)
            training = Training(
                clips=[every[i] for i in keep],
                labels=train.labels[keep],
                subjects=train.subjects[keep],
                classes=CLASSES,
                action_units=tuple(train.action_units[i] for i in keep),
                unlabelled=out if method.stated().transductive else None,
            )
            context = Context(
                seed=SEED,
                subjects=training.subjects,
                deadline=deadline,
                _held_out=out if trace else None,
            )
            inputs = {name: getattr(training, name) for name in ("clips", "labels", "subjects")}
            inputs["held-out clips"] = out
            before, state = copy.deepcopy(inputs), random_state()
            # Processor time, so that no method fails because the machine is busy.
            started = time.process_time()
            model = method.fit(training, context)
            if not isinstance(model, Model):
                raise TypeError(
                    f"fit returned {type(model).__name__}, expected a bench.Model; "
                    "bench.learning.sklearn.fit makes one from a scikit-learn classifier"
                )
            scores = checked(model.predict(out), len(out), CLASSES)
            taken = time.process_time() - started
            after = random_state()
        return Fitted(
            model=model,
            scores=scores,
            opened=frozenset(opened),
            disturbed=tuple(name for name in state if state[name] != after[name]),
            mutated=tuple(name for name in inputs if not same(before[name], inputs[name])),
            seconds=taken,
            modules=frozenset(modules),
        )


def examine(method: type[Method] | Method) -> Examination:
    """An examination of a method: of a class in its preset `quick`, of an instance as it is."""
    if isinstance(method, type):
        method = dataclasses.replace(method(), **method.presets.get("quick", {}))  # type: ignore[type-var]
    return Examination(brief(method), method)


def _copied(method: Method) -> Method | None:
    """The method from its file, reloaded with fresh globals; None where that fails."""
    file = Path(inspect.getfile(type(method)))
    module = load_anew(file.parent if file.name == "__init__.py" else file)
    kind: type[Method] | None = getattr(module, type(method).__name__, None)
    if kind is None:
        return None
    fields = dataclasses.fields(method)  # type: ignore[arg-type]
    return kind(**{f.name: getattr(method, f.name) for f in fields})


def brief(method: Method) -> Method:
    """The method with two epochs, and one of every other kind, where it counts epochs at all."""
    changes = {
        f.name: min(getattr(method, f.name), 2 if f.name == "epochs" else 1)
        for f in dataclasses.fields(method)  # type: ignore[arg-type]
        if f.name.endswith("epochs") and isinstance(getattr(method, f.name), int)
    }
    return dataclasses.replace(method, **changes)  # type: ignore[type-var]


def same(first: Any, second: Any) -> bool:
    """Equal to the last bit: arrays, descriptions, or lists of them."""
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(same, first, second))
    a, b = np.asarray(first), np.asarray(second)
    # Bytes, because NaN differs from itself and 0.0 equals -0.0.
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()


def past() -> float:
    """A deadline that has passed."""
    return time.monotonic() - 1

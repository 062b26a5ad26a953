"""What the harness hands to `fit` beside the data: seed, deadline, inner folds, checkpoints."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.core.types import Array, Description
from bench.plugins.model import Model

if TYPE_CHECKING:
    import torch


class DeadlineError(Exception):
    """The time allowed for a unit has passed."""


@dataclass
class Context:
    """One fold's surroundings.

    Attributes:
        seed: derived from (root seed, task, fold): equal whatever the order or grouping of folds.
        subjects: (n,) the training clips' subjects, for `inner_folds`.
        device: "cpu" or "cuda"; torch methods use it.
        threads: threads a unit may use.
        deadline: `time.monotonic()` at which the unit should have ended; None: no limit.
        artefacts: folder for what folds may share (keyed by training content), or None.
        trace: scores of every checkpoint on the held-out clips; filled by the harness only.
        curve: training curve: one dict of numbers per call of `log`.
    """

    seed: int
    subjects: Array
    device: str = "cpu"
    threads: int = 1
    deadline: float | None = None
    artefacts: Path | None = None
    trace: list[tuple[int, Array]] = field(default_factory=list)
    curve: list[dict[str, float]] = field(default_factory=list)
    # Private, because no method may look at the held-out clips.
    _held_out: Sequence[Description] | None = None
    _progress: Callable[[float], None] | None = None

    @property
    def random_state(self) -> int:
        """The fold's seed within 32 bits, as scikit-learn's `random_state` takes it."""
        return self.seed % 2**32

    def rng(self) -> np.random.Generator:
        """A fresh numpy generator from the fold's seed."""
        return np.random.default_rng(self.seed)

    def torch_generator(self, device: str = "cpu") -> torch.Generator:
        """A fresh torch generator from the fold's seed: for a `DataLoader`, or `torch.randperm`.

        Args:
            device: where it draws; shuffling wants the CPU, whatever the network's device.
        """
        import torch

        return torch.Generator(device).manual_seed(self.seed)

    @contextmanager
    def seeded(self, seed: int | None = None, with_torch: bool = True) -> Iterator[None]:
        """Seed the global generators of Python, numpy and torch; leave them as they were.

        For code that draws from them: initial weights, dropout, a library without a seed argument.

            with context.seeded():
                net = torch.nn.Linear(10, train.classes)

        Args:
            seed: in place of the fold's, for a second phase of training, say.
            with_torch: False spares importing torch where nothing draws from it.
        """
        seed = self.seed if seed is None else seed
        python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
        try:
            with self._torch_seeded(seed) if with_torch else nullcontext():
                random.seed(seed)
                # numpy's global generator accepts 32 bits; Python and torch take the whole seed.
                np.random.seed(seed % 2**32)  # noqa: NPY002 (the state that libraries draw from)
                yield
        finally:
            random.setstate(python)
            np.random.set_state(numpy)  # noqa: NPY002

    @contextmanager
    def _torch_seeded(self, seed: int) -> Iterator[None]:
        import torch

        # By default fork_rng saves the state of every GPU, which would initialise CUDA in a CPU
        # run.
        devices = range(torch.cuda.device_count()) if self.device == "cuda" else ()
        with torch.random.fork_rng(devices):
            torch.manual_seed(seed)
            yield

    def inner_folds(self, k: int) -> list[tuple[Array, Array]]:
        """Split the training clips into k parts by subject, for choosing hyper-parameters.

        Returns:
            up to k pairs (fit, validate) of index arrays; no subject is on both sides. Fewer when
            there are fewer subjects; none with a single one.
        """
        parts = min(k, len(np.unique(self.subjects)))
        if parts < 2:
            return []
        from sklearn.model_selection import GroupKFold

        # RandomState around the fold's own bit generator: scikit-learn takes no numpy Generator.
        random_state = np.random.RandomState(self.rng().bit_generator)
        # Without shuffling, it sorts groups by size, with ties in an order that depends on the
        # processor (see `bench.planning.splits`).
        splitter = GroupKFold(parts, shuffle=True, random_state=random_state)
        return list(splitter.split(self.subjects, groups=self.subjects))

    def checkpoint(self, model: Model, step: int) -> None:
        """Offer the model as it stands after `step`; returns nothing to choose by.

        Under `--trace` the harness scores it on the held-out clips, to show how far a published
        number is selection of the best epoch. Otherwise it only watches the deadline.
        """
        self.check_deadline()
        if self._held_out is not None:
            self.trace.append((step, np.asarray(model.predict(self._held_out), dtype=np.float64)))

    def check_deadline(self) -> None:
        """Raise `DeadlineError` when the unit's time is up; call it once an epoch."""
        # The monotonic clock, because the system's clock can be set while a fold is trained.
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise DeadlineError("the time limit of this fold has passed")

    def log(self, **numbers: float) -> None:
        """Keep a point of the training curve."""
        self.curve.append({name: float(value) for name, value in numbers.items()})

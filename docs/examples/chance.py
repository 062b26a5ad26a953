"""A method that guesses, on SYNTHETIC clips without pixels: what picking an epoch makes of nothing.

`bench run --plugin docs/examples/chance.py -d guesses -m chance --seeds 0-4 --inner 5`
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from bench import Clip, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.core.dataset import Roots
from bench.core.seeds import derived_seed
from bench.core.types import Array, Description
from bench.plugins.context import Context
from bench.plugins.model import Training
from bench.views.clip_views import Views

CLASSES = ("negative", "positive", "surprise")
SHARES = (0.55, 0.25, 0.2)


@dataclass(frozen=True)
class Guesses(Dataset):
    """26 subjects of 2 to 14 clips, as many as CASME II has; a clip is a number, with no pixels."""

    root: Path = field(default=Path(__file__).parent)

    name: ClassVar[str] = "guesses"
    facts: ClassVar[DatasetFacts] = DatasetFacts(
        title="clips without pixels",
        paper="an example of this benchmark",
        year=2025,
        url="",
        licence="free",
        layout="none: its clips are made up when they are asked for",
    )
    labellings: ClassVar[dict[str, Labelling]] = {
        "3": Labelling(CLASSES, {name: name for name in CLASSES})
    }
    ships: ClassVar[frozenset[str]] = frozenset()
    synthetic: ClassVar[bool] = True
    sources: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def locate(cls, roots: Roots) -> Self:
        """Always here."""
        return cls()

    def index(self) -> Index:
        """Subjects and classes drawn from a fixed seed."""
        rng = np.random.default_rng(6)
        subjects = np.repeat(np.arange(26), rng.integers(2, 15, 26))
        shown = rng.choice(3, len(subjects), p=SHARES)
        return Index(
            tuple(
                Clip(
                    database=self.name,
                    subject=f"{person:02d}",
                    name=f"{number:03d}",
                    emotion=CLASSES[emotion],
                    folder=self.root,
                    files=("guesses.txt",),
                )
                for number, (person, emotion) in enumerate(zip(subjects, shown, strict=True))
            )
        )

    def read(self, clip: Clip) -> dict[str, Array]:
        """Nothing to see."""
        return {}


@dataclass(frozen=True)
class Chance(Method):
    """A new guess at every epoch, all classes equally likely."""

    epochs: int = 50

    name: ClassVar[str] = "chance"
    needs: ClassVar[frozenset[str]] = frozenset()
    facts: ClassVar[Facts] = Facts(
        title="chance",
        paper="an example of this benchmark",
        year=2025,
        url="",
        fidelity="paper",
        reference=True,
    )

    def describe(self, clip: Views) -> Array:
        """What tells the clip from others, so that a clip is guessed alike whenever it is asked."""
        return np.frombuffer(clip.digest.encode(), np.uint8)

    def fit(self, train: Training, context: Context) -> Model:
        """Learns nothing; offers a guess after every epoch."""
        for epoch in range(1, self.epochs + 1):
            model = Guess(context.seed, epoch, train.classes)
            context.checkpoint(model, epoch)
        return model


@dataclass(frozen=True)
class Guess(Model):
    """Scores that depend on seed, epoch and clip alone."""

    seed: int
    epoch: int
    classes: int

    def predict(self, clips: Sequence[Description]) -> Array:
        """(n, classes) uniform in 0..1."""
        seeds = (derived_seed(self.seed, self.epoch, np.asarray(clip).tobytes()) for clip in clips)
        return np.array([np.random.default_rng(seed).random(self.classes) for seed in seeds])

"""A plugin file for the tests: a small dataset of vectors, and methods that behave or do not."""

import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import Clip, DataError, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.views.catalog import provided

FACTS = Facts("Toy", "nobody", 2026, "https://example.org", "code")


@dataclass(frozen=True)
class Toy(Dataset):
    """Clips are json files of numbers: ROOT/PERSON/NAME-EMOTION.json."""

    name = "toy"
    facts = DatasetFacts("Toy", "nobody", 2026, "https://example.org", "free", "PERSON/NAME.json")
    labellings = {
        "3": Labelling(("low", "mid", "high"), {"low": "low", "mid": "mid", "high": "high"}),
        "2": Labelling(("low", "high"), {"low": "low", "high": "high"}),
    }
    ships = frozenset({"numbers"})

    def index(self) -> Index:
        if not self.root.is_dir():
            raise DataError(f"toy: no folder {self.root}")
        files = sorted(self.root.glob("*/*.json"))
        return Index(
            tuple(
                Clip("toy", f.parent.name, f.stem, f.stem.split("-")[1], f.parent, (f.name,))
                for f in files
            )
        )

    def read(self, clip: Clip) -> dict[str, np.ndarray]:
        path = clip.folder / clip.files[0]
        try:
            return {"numbers": np.array(json.loads(path.read_text()), float)}
        except ValueError as error:
            raise DataError(f"toy: {path.name} is truncated") from error


class Nearest(Model):
    """Nearest class mean; scores are negative distances."""

    parameters = 6

    def __init__(self, means: np.ndarray) -> None:
        self.means = means

    def predict(self, clips):
        return -np.linalg.norm(np.array(clips)[:, None] - self.means, axis=2)


@dataclass(frozen=True)
class Mean(Method):
    """Nearest class mean on the numbers."""

    scale: float = 1.0

    name = "mean"
    needs = frozenset({"numbers"})
    facts = FACTS
    presets = {"quick": {"scale": 2.0}}
    variants = {"noisy": {"scale": 0.0}}

    def describe(self, clip):
        return provided(clip, "numbers") * self.scale

    def fit(self, train, context) -> Nearest:
        clips = np.array(train.clips)
        noise = context.rng().normal(0, 1e-6, (train.classes, clips.shape[1]))
        for step in range(3):
            context.log(step=step)
        means = [
            clips[train.labels == c].mean(0) if (train.labels == c).any() else np.full(2, 1e6)
            for c in range(train.classes)
        ]
        model = Nearest(np.array(means) + noise)
        if os.environ.get("TOY_FAULT") != "no-checkpoints":
            context.checkpoint(model, 1)
        return model


@dataclass(frozen=True)
class Faulty(Mean):
    """Goes wrong as TOY_FAULT says: raise, no-file, hang, die, die-once, die-above, slow,
    describe."""

    name = "faulty"

    def describe(self, clip):
        if os.environ.get("TOY_FAULT") == "describe":
            raise RuntimeError("cannot describe")
        return super().describe(clip)

    def fit(self, train, context):
        fault = os.environ.get("TOY_FAULT")
        mark = Path(os.environ.get("TOY_MARKS", ".")) / "died"
        if fault == "no-file":
            Path("weights-that-are-not-there").read_bytes()
        if fault == "raise":
            raise RuntimeError("cannot fit")
        if fault == "hang":
            time.sleep(60)
        if fault == "die" or (fault == "die-once" and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), 9)
        if fault == "die-above":
            os.kill(os.getppid(), 9)
        if fault == "slow":
            time.sleep(0.3)
        return super().fit(train, context)

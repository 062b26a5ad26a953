"""A plugin file for fault injection: two small datasets, and methods that end as FAULT says."""

import ctypes
import json
import os
import signal
import sys
import time
from dataclasses import dataclass

import numpy as np

from bench import Clip, DataError, Dataset, DatasetFacts, Facts, Index, Labelling, Method, Model
from bench.data.reading import read_frames, read_table
from bench.views.catalog import provided

FACTS = Facts("Faults", "nobody", 2026, "https://example.org", "code")
OF = DatasetFacts("Faults", "nobody", 2026, "https://example.org", "free", "PERSON/NAME")
CLASSES = Labelling(("low", "mid", "high"), {w: w for w in ("low", "mid", "high")})


def end(place: str) -> None:
    """End as the environment says: FAULT is "PLACE WAY"."""
    where, _, way = os.environ.get("FAULT", "").partition(" ")
    if where != place:
        return
    match way:
        case "exit-0":
            os._exit(0)
        case "exit-3":
            os._exit(3)
        case "sys-exit-0":
            sys.exit(0)
        case "sys-exit-text":
            sys.exit("[bold]bye[/nope]")
        case "interrupt":
            raise KeyboardInterrupt
        case "base":
            raise BaseException("a BaseException")
        case "segfault":
            ctypes.string_at(0)
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "abort":
            os.abort()
        case "hang":
            time.sleep(600)
        case "raise":
            raise RuntimeError("[/] \x1b[2J fails")
        case "recursion":
            recurse()
        case "memory":
            raise MemoryError
        case "unpicklable":
            raise type("Local", (Exception,), {"__reduce__": lambda self: 1 / 0})("local")


def recurse() -> None:
    """Call itself for ever."""
    recurse()


@dataclass(frozen=True)
class Vectors(Dataset):
    """Clips are json files of numbers: ROOT/PERSON/NAME-EMOTION.json."""

    name = "vectors"
    facts = OF
    labellings = {"3": CLASSES}
    ships = frozenset({"numbers"})

    def index(self) -> Index:
        if not self.root.is_dir():
            raise DataError(f"vectors: no folder {self.root}")
        found = sorted(self.root.glob("*/*.json"))
        return Index(
            tuple(
                Clip("vectors", f.parent.name, f.stem, f.stem.split("-")[1], f.parent, (f.name,))
                for f in found
            )
        )

    def read(self, clip: Clip) -> dict[str, np.ndarray]:
        path = clip.folder / clip.files[0]
        try:
            return {"numbers": np.array(json.loads(path.read_text()), float)}
        except ValueError as error:
            raise DataError(f"vectors: {path.name} is truncated") from error


@dataclass(frozen=True)
class Films(Dataset):
    """Frames in ROOT/PERSON/NAME/*.png, and a table of them."""

    name = "films"
    facts = OF
    labellings = {"3": CLASSES}

    def index(self) -> Index:
        tables = sorted([*self.root.glob("table.*")])
        if not tables:
            raise DataError(f"films: no table in {self.root}")
        clips = []
        for row in read_table(tables[0], ("subject", "name", "emotion")):
            folder = self.root / row["subject"] / row["name"]
            files = tuple(sorted(f.name for f in folder.glob("*.*")))
            if files:
                clips.append(
                    Clip("films", row["subject"], row["name"], row["emotion"], folder, files)
                )
        if not clips:
            raise DataError(f"films: the table {tables[0]} names no clip that is there")
        return Index(tuple(sorted(clips, key=lambda clip: clip.id)))

    def read(self, clip: Clip) -> dict[str, np.ndarray]:
        return {"frames": read_frames(clip)}


class Nearest(Model):
    """Nearest class mean; scores are negative distances."""

    parameters = 6

    def __init__(self, means: np.ndarray) -> None:
        self.means = means

    def predict(self, clips):
        return -np.linalg.norm(np.array(clips)[:, None] - self.means, axis=2)


@dataclass(frozen=True)
class Mean(Method):
    """Nearest class mean on the numbers, with a trace of noise from the fold's generator."""

    name = "mean"
    needs = frozenset({"numbers"})
    facts = FACTS

    def describe(self, clip):
        return provided(clip, "numbers")

    def fit(self, train, context):
        time.sleep(float(os.environ.get("FAULT_SLOW", "0")))
        clips = np.array(train.clips)
        noise = context.rng().normal(0, 1e-6, (train.classes, clips.shape[1]))
        means = [
            clips[train.labels == c].mean(0) if (train.labels == c).any() else np.full(2, 1e6)
            for c in range(train.classes)
        ]
        return Nearest(np.array(means) + noise)


class Ending(Nearest):
    """Ends while it predicts."""

    def predict(self, clips):
        end("predict")
        scores = super().predict(clips)
        match os.environ.get("FAULT"):
            case "predict none":
                return None
            case "predict nan":
                return scores * np.nan
            case "predict shape":
                return scores[:, :2]
            case "predict words":
                return [["a"] * 3 for _ in clips]
        return scores


@dataclass(frozen=True)
class Ends(Mean):
    """Ends as FAULT says."""

    name = "ends"

    def describe(self, clip):
        end("describe")
        return None if os.environ.get("FAULT") == "describe none" else super().describe(clip)

    def fit(self, train, context):
        end("fit")
        model = super().fit(train, context)
        if os.environ.get("FAULT") == "fit none":
            return None
        ending = Ending(model.means)
        if os.environ.get("FAULT") == "fit numpy":
            ending.parameters = np.int64(6)
        return ending


@dataclass(frozen=True)
class Pixels(Mean):
    """Nearest class mean on two grey levels."""

    name = "pixels"
    needs = frozenset({"frames"})

    def describe(self, clip):
        frames = np.asarray(provided(clip, "frames"), float)
        return np.array([frames[0].mean(), frames[-1].mean()])


end("import")

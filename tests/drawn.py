"""Drawn clips as a dataset on disk, for tests of trained models."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.cache.cache import Cache
from bench.check.toydata import APEX, ToyClips
from bench.core.clip import Clip
from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling
from bench.data.task import read_tasks
from bench.deploy.folder import save
from bench.deploy.training import chosen_fold, train
from bench.planning.plan import make_plan
from bench.plugins.configure import configure
from bench.plugins.registry import load as load_registry
from bench.running.options import RunOptions
from bench.running.progress import Nobody

WORDS = tuple("012")


class Drawn(Dataset):
    """Drawn clips: ROOT/PERSON-CLASS.npz."""

    name = "drawn"
    facts = DatasetFacts("Drawn", "nobody", 2026, "", "free", "PERSON-CLASS.npz")
    labellings = {"3": Labelling(WORDS, {word: word for word in WORDS})}

    def index(self) -> Index:
        words = [(file.name, *file.stem.split("-")) for file in sorted(self.root.glob("*.npz"))]
        return Index(
            tuple(
                Clip("drawn", person, label, label, self.root, (name,), APEX, "given")
                for name, person, label in words
            )
        )

    def read(self, clip: Clip) -> dict[str, np.ndarray]:
        with np.load(clip.folder / clip.files[0]) as file:
            return {name: file[name] for name in self.ships}


class Silent(Nobody):
    """Watches a run in which there is nothing to note."""

    def note(self, line):
        raise AssertionError(line)


def drawn(folder: Path, clips: ToyClips, serving: frozenset[str]) -> Dataset:
    """The clips on disk, as a dataset that ships some of their arrays."""
    folder.mkdir()
    for arrays, label, subject in zip(clips.sources, clips.labels, clips.subjects, strict=True):
        np.savez(folder / f"p{subject}-{label}.npz", **arrays)
    kind = type("Drawn", (Drawn,), {"ships": serving, "__module__": __name__})
    return kind(folder)


def drawn_model(home: Path, clips: ToyClips) -> Path:
    """The folder of a model of drawn clips: `apexpixels`, trained on all of them."""
    dataset, cache = drawn(home / "data", clips, frozenset({"frames"})), Cache(home / "cache")
    (task,) = read_tasks(dataset, ["3"], cache).all()
    plan = make_plan(configure(load_registry(), "apexpixels", "paper"), [task])
    options = RunOptions(engine="serial", device="cpu")
    trained = train(plan.cells[0], chosen_fold(task), "given", cache, options, Silent())
    save(trained, home / "model")
    return home / "model"

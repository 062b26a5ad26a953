"""Drawn clips as a dataset on disk, for tests of trained models."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench.check.toydata import APEX, ToyClips
from bench.core.clip import Clip
from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling
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

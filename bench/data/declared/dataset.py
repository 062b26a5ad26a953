"""Dataset classes made of definitions: what a plugin's class is, without its code."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from bench.core.clip import UNIT_CODES, Clip
from bench.core.dataset import Dataset, Index, require_root
from bench.core.types import Array
from bench.data.declared.definition import Definition, Located, known_words, parse
from bench.data.reading.coded import FrameDataset
from bench.data.reading.features import FeatureDataset


@dataclass(frozen=True)
class Declaration:
    """All that a declared dataset is made of: it travels to workers, its class cannot.

    Attributes:
        name: of the dataset.
        text: its definition as JSON.
        home: the folder that the definition's table lies in or below.
        origin: the file that declares it.
    """

    name: str
    text: str
    home: Path
    origin: Path

    @property
    def definition(self) -> Definition:
        """The definition, checked."""
        return parse(json.loads(self.text), self.origin)

    @property
    def root(self) -> Path:
        """Where paths in the table begin, unless the user sets another root."""
        return self.home / self.definition.root


def declaration(name: str, raw: Mapping[str, Any], origin: Path, where: str) -> Declaration:
    """The declaration of a dataset by what a file says of it.

    Args:
        name: of the dataset.
        raw: its definition.
        origin: the file, to which paths are relative.
        where: what errors begin with.

    Raises:
        BenchError: something in it is wrong, in one line.
    """
    parse(raw, where)
    return Declaration(name, json.dumps(raw, default=str), origin.parent, origin)


class Declared(Dataset):
    """A dataset that a definition describes.

    Attributes:
        declared: by which it is described.
        definition: the same, parsed.
    """

    declared: ClassVar[Declaration]
    definition: ClassVar[Definition]

    @property
    def sources(self) -> frozenset[str]:
        """Names of the arrays that `read` returns."""
        # Of drawn clips no truth is known but what the table says.
        return self.ships - {UNIT_CODES} if self.synthetic else self.ships

    def located(self) -> Located:
        """The definition with where its files are; `DataError` where the root is no folder."""
        require_root(self.root, self.name)
        home = self.declared.home
        return Located(self.name, self.definition, home, self.root, self.words())

    @classmethod
    def words(cls) -> frozenset[str]:
        """Every label that one of its tasks knows or ignores."""
        return known_words(cls)

    def __reduce__(self) -> tuple[Any, ...]:
        # Its class has no module where a worker could find it.
        return _opened, (self.declared, self.root)


class DeclaredFrames(Declared, FrameDataset):
    """Folders of frames and videos."""

    def index(self) -> Index:
        """The rows of the table."""
        from bench.data.declared.frames import index_frames

        return index_frames(self.located())


class DeclaredFeatures(Declared, FeatureDataset):
    """Rows of features."""

    def index(self) -> Index:
        """The rows of the table or of the file of features."""
        from bench.data.declared.files import index_features

        return index_features(self.located())

    def read(self, clip: Clip) -> dict[str, Array]:
        """The features of a clip: (d,) float64."""
        from bench.data.declared.files import read_vector

        if self.definition.features:
            return super().read(clip)
        return {"features": read_vector(clip.folder / clip.files[0])}

    @classmethod
    def vectors(cls, paths: Sequence[Path]) -> Mapping[str, Array]:
        """The features of every row of a file."""
        from bench.data.declared.files import vectors

        return vectors(cls.name, cls.definition, cls.declared.home, paths[0])


class DeclaredFlow(Declared):
    """Optical flow from onset to apex, computed elsewhere, without frames."""

    def index(self) -> Index:
        """The rows of the table."""
        from bench.data.declared.files import index_files

        return index_files(self.located())

    def read(self, clip: Clip) -> dict[str, Array]:
        """The flow: (2, h, w) float32, px."""
        from bench.data.reading.flow import read_flow

        return {"optical_flow": read_flow(clip.folder / clip.files[0])}


@cache
def declared_dataset(one: Declaration) -> type[Declared]:
    """The class of a declared dataset."""
    definition = one.definition
    base, ships = _kind(definition)
    body = {
        "__doc__": f"{definition.title or one.name}, declared in {one.origin.name}.",
        # Where its code is, for whoever asks in which file it stands.
        "__module__": __name__,
        "name": one.name,
        "facts": definition.facts(one.name),
        "labellings": definition.labellings,
        "ships": ships,
        "declared": one,
        "declared_in": one.origin,
        "definition": definition,
    }
    return type(one.name, (base,), body)


def _kind(definition: Definition) -> tuple[type[Declared], frozenset[str]]:
    if definition.kind == "features":
        return DeclaredFeatures, frozenset({"features"})
    if definition.kind == "flow":
        return DeclaredFlow, frozenset({"optical_flow"})
    coded = [UNIT_CODES] if definition.columns.action_units else []
    return DeclaredFrames, frozenset({"frames", *coded})


def _opened(one: Declaration, root: Path) -> Declared:
    return declared_dataset(one)(root)

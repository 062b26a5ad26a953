"""What a dataset plugin is: a cheap index of clips, labellings that make tasks, lazy pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from dataclasses import field as field_of
from pathlib import Path
from typing import ClassVar, Literal, Self

from bench.core.clip import UNIT_CODES, Clip
from bench.core.errors import DataError
from bench.core.types import Array

MARKER = "SYNTHETIC.json"
"""Lies in the root of a stand-in; holds the seed and knobs it was made with."""


@dataclass(frozen=True)
class PublicSource:
    """A public repository that holds a dataset's files, for anyone to clone.

    Attributes:
        address: to clone from, "https://github.com/owner/name".
        commit: the state that the loader was written for, 40 digits.
        paths: files and folders that are read; a clone made by `bench data get` has no others.
    """

    address: str
    commit: str
    paths: tuple[str, ...]

    @property
    def repository(self) -> str:
        """The last part of the address: "HTNet"."""
        return self.address.rstrip("/").rpartition("/")[2].removesuffix(".git")


@dataclass(frozen=True)
class DatasetFacts:
    """What a reader must know of a dataset.

    Attributes:
        title: the name the field uses, "CASME II".
        paper: authors, venue.
        year: of the paper.
        url: where its owners hand it out.
        licence: in a sentence.
        layout: the tree expected below the root, a line a path.
        quirks: known oddities and what the loader does about each, a sentence each.
        public: the repository that has it, where no licence has to be signed.
    """

    title: str
    paper: str
    year: int
    url: str
    licence: str
    layout: str
    quirks: tuple[str, ...] = ()
    public: PublicSource | None = None


@dataclass(frozen=True)
class Labelling:
    """How a dataset's clips become the classes of a task.

    Attributes:
        classes: names, in the order of the label numbers.
        of: annotated word to class; clips with other words are not in the task.
        ignored: words that are left out on purpose, besides those that another labelling of the
            dataset maps; any other word is reported as unmapped.
        field: which annotation the words are.
        without: ids of clips that are left out all the same.
        expected: clips per class that the papers count, for `bench data check`.
        subjects: subjects that the papers count.
        revised: clips per class in later revisions of the annotation table, by revision.
    """

    classes: tuple[str, ...]
    of: Mapping[str, str]
    field: Literal["emotion", "objective"] = "emotion"
    without: frozenset[str] = frozenset()
    expected: tuple[int, ...] = ()
    subjects: int | None = None
    ignored: frozenset[str] = frozenset()
    revised: Mapping[str, tuple[int, ...]] = field_of(default_factory=dict)

    @classmethod
    def by_word(
        cls,
        classes: tuple[str, ...],
        field: Literal["emotion", "objective"] = "emotion",
        expected: tuple[int, ...] = (),
        subjects: int | None = None,
        revised: Mapping[str, tuple[int, ...]] | None = None,
    ) -> Self:
        """Each class is one annotated word."""
        of = {word: word for word in classes}
        return cls(classes, of, field, expected=expected, subjects=subjects, revised=revised or {})

    def counts(self, revision: str, found: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Clips per class as one revision of the annotation table has them; () where unknown.

        Args:
            revision: of the table.
            found: taken as right where they are the papers' count, which a table beside the
                annotation table can lead to in any revision.
        """
        return found if found == self.expected else self.revised.get(revision, self.expected)

    def label(self, clip: Clip) -> int | None:
        """The clip's label number, None when the task leaves it out."""
        word = self.word(clip)
        if clip.id in self.without or word not in self.of:
            return None
        return self.classes.index(self.of[word])

    def word(self, clip: Clip) -> str:
        """The annotation that decides; empty where the clip has none."""
        return clip.emotion if self.field == "emotion" else clip.objective or ""


@dataclass(frozen=True)
class Index:
    """What a dataset has on disk.

    Attributes:
        clips: sorted by id.
        repaired: what was repaired by a stated rule, one sentence per clip.
        dropped: what was left out and why, a sentence a clip.
        missing: clips of the table without frames on disk: annotated, with no files.
        expected: rows the owners' table has, where known.
        notes: what else a reader should know, a sentence each.
        problems: what must be fixed or accepted, a sentence each: gaps, shared folders.
        refused: files, folders and tables seen and not used, each with its reason.
        revision: of the annotation table, "2014", "unknown" for one that is none of those known;
            empty where there is only one.
        tables: the annotation tables that were read.
    """

    clips: tuple[Clip, ...]
    repaired: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    missing: tuple[Clip, ...] = ()
    expected: int | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    revision: str = ""
    tables: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Roots:
    """Where the datasets lie.

    Attributes:
        folders: by dataset name, from bench.toml and BENCH_<NAME>_ROOT.
        opener: locates another dataset by name, for composites.
    """

    folders: Mapping[str, Path] = field_of(default_factory=dict)
    opener: Callable[[str], Dataset | None] | None = None


@dataclass(frozen=True)
class Dataset:
    """A dataset plugin.

    Attributes:
        root: the folder as its owners ship it.
        name: the word on the command line, "casme2".
        facts: paper, licence, layout, quirks.
        labellings: by the word after the slash: "casme2/5" is labellings["5"].
        ships: the arrays that `read` returns of real clips.
        declared_in: the settings file that describes it, of a dataset without code.
    """

    root: Path

    name: ClassVar[str]
    facts: ClassVar[DatasetFacts]
    labellings: ClassVar[Mapping[str, Labelling]]
    ships: ClassVar[frozenset[str]] = frozenset({"frames"})
    declared_in: ClassVar[Path | None] = None

    @classmethod
    def locate(cls, roots: Roots) -> Self | None:
        """The dataset where the user has it, None where he does not."""
        root = roots.folders.get(cls.name)
        return None if root is None else cls(root)

    @property
    def synthetic(self) -> bool:
        """True for stand-ins made by the generator."""
        return (self.root / MARKER).is_file()

    @property
    def sources(self) -> frozenset[str]:
        """Names of the arrays that `read` returns."""
        # Stand-ins are read by the loaders of the real datasets, which may lack codes: the marker
        # says whether there is truth.
        return self.ships | {UNIT_CODES} if self.synthetic else self.ships

    @classmethod
    def literature(cls) -> str:
        """The dataset under whose name papers report numbers on these clips."""
        return cls.name

    def official(self, labelling: str) -> Mapping[str, str]:
        """Class of each clip that the papers count, by clip id; empty where no list is public."""
        del labelling
        return {}

    def index(self) -> Index:
        """List the clips without opening a pixel; `DataError` where table or tree are unusable."""
        raise NotImplementedError

    def read(self, clip: Clip) -> dict[str, Array]:
        """Open one clip: arrays by source name; `DataError` names a frame that cannot be read.

        What it returns may depend on the clip, the bytes of its `files` and the plugin's code
        alone, for these identify what is cached: a table that is read here belongs in `files`.
        """
        raise NotImplementedError

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array] | None:
        """Like `read`, but with some frames alone: optional, for long clips.

        Methods that take only onset and apex then cost the memory of two frames.

        Args:
            clip: to open.
            positions: of the frames to decode among the clip's files.

        Returns:
            what `read` returns, with "frames" reduced to those at `positions`, in that order; None
            (the default) where `read` is the only way.
        """
        return None


def require_root(root: Path, name: str) -> None:
    """Raise a clear error if a configured root is not a folder."""
    if not root.is_dir():
        raise DataError(
            f"{name}: no folder {root}; set its path in bench.toml or BENCH_{name.upper()}_ROOT"
        )


def opened(dataset: Dataset) -> Iterator[Dataset]:
    """A dataset and, of a composite, those that it opens: the datasets that its fields hold."""
    yield dataset
    for member in fields(dataset):
        value = getattr(dataset, member.name)
        # A composite of many parts holds them in a tuple.
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, Dataset):
                yield from opened(one)


def reader(dataset: Dataset, clip: Clip) -> Dataset:
    """What reads a clip: of a composite the part whose database the clip is of."""
    return next((one for one in opened(dataset) if one.name == clip.database), dataset)


class Generator:
    """A plugin that makes SYNTHETIC stand-ins of datasets, for those who have none.

    Attributes:
        name: the word on the command line.
        version: raised when the same seed gives other clips.
        presets: sizes and difficulties by name, with a sentence each.
        first: the preset made for a newcomer's first run.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    presets: ClassVar[Mapping[str, str]]
    first: ClassVar[str]

    def make(
        self,
        folder: Path,
        preset: str,
        seed: int,
        jobs: int,
        progress: Callable[[int, int], None],
        knobs: Mapping[str, float] | None = None,
    ) -> Mapping[str, Path]:
        """Write stand-ins below `folder` unless they are there; returns roots by dataset name.

        Args:
            folder: of this preset and seed alone.
            preset: one of `presets`.
            seed: same seed, same stand-ins.
            jobs: worker processes.
            progress: called with clips done and their total.
            knobs: difficulties that differ from the preset's, by name.
        """
        raise NotImplementedError

"""What composites share: the clips of several datasets as one, each read by its own dataset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.core.clip import Clip
from bench.core.dataset import Dataset, Index, Roots, opened
from bench.core.errors import DataError
from bench.core.types import Array


@dataclass(frozen=True)
class CompositeDataset(Dataset):
    """Several datasets as one: a composite adds its facts, labellings and `index`.

    Attributes:
        root: the first part's, unless the composite has files of its own.
        parts: the datasets.
    """

    parts: tuple[Dataset, ...] = ()

    @property
    def synthetic(self) -> bool:
        """True when its parts are stand-ins."""
        return any(part.synthetic for part in self.parts)

    @property
    def sources(self) -> frozenset[str]:
        """What all parts ship."""
        return frozenset.intersection(*(part.sources for part in self.parts))

    def read(self, clip: Clip) -> dict[str, Array]:
        """What the clip's own dataset reads."""
        return self._part(clip).read(clip)

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array] | None:
        """Likewise, some frames alone."""
        return self._part(clip).read_some(clip, positions)

    def _part(self, clip: Clip) -> Dataset:
        """The part that has a clip: by its database, or else by its folder."""
        for part in self.parts:
            if any(one.name == clip.database for one in opened(part)):
                return part
        return next(part for part in self.parts if clip.folder.is_relative_to(part.root))

    def indexes(self) -> list[Index]:
        """The indexes of the parts.

        Raises:
            DataError: some parts are stand-ins and some real, or a part cannot be indexed.
        """
        # Real and SYNTHETIC clips must never share a result.
        if len({part.synthetic for part in self.parts}) > 1:
            made = ", ".join(part.name for part in self.parts if part.synthetic)
            raise DataError(
                f"{self.name}: {made} SYNTHETIC and the rest real; set the roots of all parts or "
                "of none"
            )
        return [part.index() for part in self.parts]


def open_parts(roots: Roots, names: Sequence[str]) -> tuple[Dataset, ...]:
    """The datasets of a composite; () where the user lacks one."""
    found = [roots.opener(name) if roots.opener else None for name in names]
    parts = tuple(part for part in found if part is not None)
    return parts if len(parts) == len(names) else ()


def joined(indexes: Sequence[Index]) -> Index:
    """What the loaders of the parts said; the clips are for the composite to select."""
    return Index(
        clips=(),
        repaired=tuple(text for index in indexes for text in index.repaired),
        dropped=tuple(text for index in indexes for text in index.dropped),
        problems=tuple(text for index in indexes for text in index.problems),
        refused=tuple(text for index in indexes for text in index.refused),
    )

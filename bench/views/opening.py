"""Opening a clip: files are decoded when a view asks for their pixels, and only those it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.contain import contained
from bench.core.dataset import Dataset
from bench.core.errors import DataError, disk_is_full, in_a_line
from bench.core.types import Array
from bench.views.clip_views import Views

Arrays = TypeVar("Arrays")


class UnreadableError(DataError):
    """A clip's files cannot be read: no method's fault."""


class Opened(Mapping[str, Array]):
    """Arrays by source name; a clip whose views are all in the cache is never decoded.

    All frames are decoded when the first view asks for all of them. Before that, views that take
    some get those alone, and what is no frames comes with the onset, where the dataset can.
    """

    def __init__(self, names: frozenset[str], dataset: Dataset, clip: Clip) -> None:
        self._names = names
        self._dataset = dataset
        self._clip = clip
        self._whole: Mapping[str, Array] | None = None
        self._some: dict[tuple[int, ...], Mapping[str, Array] | None] = {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._names:
            raise KeyError(name)
        if self._whole is None and name != "frames" and "frames" in self._names:
            # Whichever frames have been decoded, the other arrays are the same.
            some = next(iter(self._some.values())) if self._some else self._part((0,))
            if some is not None:
                return some[name]
        if self._whole is None:
            self._whole = _readable(lambda: self._dataset.read(self._clip), self._clip)
        return self._whole[name]

    def some_frames(self, positions: tuple[int, ...]) -> Array:
        """Frames at these positions, in this order: (n, h, w[, 3]) uint8."""
        some = None if self._whole is not None else self._part(positions)
        return self["frames"][list(positions)] if some is None else some["frames"]

    def _part(self, positions: tuple[int, ...]) -> Mapping[str, Array] | None:
        # One file may hold frames that the index does not count.
        if self._clip.length <= max(positions):
            return None
        if positions not in self._some:
            self._some[positions] = _readable(
                lambda: self._dataset.read_some(self._clip, positions), self._clip
            )
        return self._some[positions]

    # Mapping's own would call __getitem__, and so decode the clip.
    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True)
class Hidden(Mapping[str, Array]):
    """Arrays by source name but for one, without decoding any."""

    sources: Mapping[str, Array]
    name: str

    def __getitem__(self, name: str) -> Array:
        if name == self.name:
            raise KeyError(name)
        return self.sources[name]

    # Mapping's own would call __getitem__, and so decode the clip.
    def __contains__(self, name: object) -> bool:
        return name != self.name and name in self.sources

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.sources if name != self.name)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def without(views: Views, name: str) -> Views:
    """The same clip for a method that must not see one of its arrays."""
    return replace(views, sources=Hidden(views.sources, name))


def _readable(read: Callable[[], Arrays], clip: Clip) -> Arrays:
    try:
        with contained():
            return read()
    except DataError as error:
        raise UnreadableError(str(error)) from error
    except Exception as error:  # a dataset's plugin may raise anything
        if disk_is_full(error) or isinstance(error, MemoryError):
            raise
        raise UnreadableError(f"{clip.id}: cannot be read: {in_a_line(error)}") from error


def can_be_read(dataset: Dataset, clip: Clip) -> bool:
    """Whether a clip can be read, whatever its dataset's plugin does."""
    try:
        _readable(lambda: dataset.read(clip), clip)
    except UnreadableError:
        return False
    return True


def clip_digest(clip: Clip, digest: str) -> str:
    """Identifies what a method sees of a clip: its bytes and its apex."""
    return key(digest, clip.apex)


def views_of(dataset: Dataset, clip: Clip, digest: str, cache: Cache | None) -> Views:
    """A clip as methods see it; the middle frame replaces an apex that is not annotated."""
    sources = Opened(dataset.sources | clip.beside.keys(), dataset, clip)
    length = clip.length
    if length == 1 and clip.span is None and "frames" in sources:
        length = len(sources["frames"])  # one file may hold frames that the index does not count
    apex = length // 2 if clip.apex is None else min(clip.apex, length - 1)
    return Views(sources, apex, clip_digest(clip, digest), cache, some_frames=sources.some_frames)

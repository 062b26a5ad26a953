"""Opening a clip: its files are decoded when the first view asks for pixels, and once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.contain import contained
from bench.core.dataset import Dataset
from bench.core.errors import DataError, disk_is_full
from bench.core.types import Array
from bench.views.clip_views import Views


class UnreadableError(DataError):
    """A clip's files cannot be read: no method's fault."""


class Opened(Mapping[str, Array]):
    """Arrays by source name; a clip whose views are all in the cache is never decoded."""

    def __init__(
        self, clip: str, names: frozenset[str], read: Callable[[], Mapping[str, Array]]
    ) -> None:
        self._clip = clip
        self._names = names
        self._read = read
        self._arrays: Mapping[str, Array] | None = None

    def __getitem__(self, name: str) -> Array:
        if name not in self._names:
            raise KeyError(name)
        if self._arrays is None:
            try:
                with contained():
                    self._arrays = self._read()
            except DataError as error:
                raise UnreadableError(str(error)) from error
            except Exception as error:  # a dataset's plugin may raise anything
                if disk_is_full(error) or isinstance(error, MemoryError):
                    raise
                words = " ".join(f"{type(error).__name__}: {error}".split())
                raise UnreadableError(f"{self._clip}: cannot be read: {words}") from error
        return self._arrays[name]

    # Mapping's own would call __getitem__, and so decode the clip.
    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


def clip_digest(clip: Clip, digest: str) -> str:
    """Identifies what a method sees of a clip: its bytes and its apex."""
    return key(digest, clip.apex)


def views_of(dataset: Dataset, clip: Clip, digest: str, cache: Cache | None) -> Views:
    """A clip as methods see it; the middle frame replaces an apex that is not annotated."""
    beside = {"landmarks"} if clip.landmarks is not None else set()
    sources = Opened(clip.id, dataset.sources | beside, lambda: dataset.read(clip))
    length = len(clip.files)
    if length == 1 and "frames" in sources:
        length = len(sources["frames"])  # one file may hold a whole video
    apex = length // 2 if clip.apex is None else min(clip.apex, length - 1)
    return Views(sources, apex, clip_digest(clip, digest), cache)

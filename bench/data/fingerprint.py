"""Digests of clips' bytes, remembered by size and time so that a re-run reads no pixel again.

Bytes alone do not identify a clip: a long video may hold many. `identities` does.
"""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.code_hash import borrowed, source_hash
from bench.core.dataset import Dataset, reader
from bench.core.errors import DataError
from bench.data.reading import VERSION, some

Stat = tuple[int, int]
BLOCK = 1 << 24
"""Bytes read at once: a video may have gigabytes."""


def reading_code(plugin: type[Dataset]) -> str:
    """Identifies the code that turns files into arrays: a plugin's, and what it imports.

    Of the modules of `bench` only other plugins count; for the rest `VERSION` stands, since most
    of their changes leave every pixel as it was.
    """
    others = {
        name: code
        for name, code in borrowed(plugin).items()
        if not name.startswith("bench.") or name.startswith("bench.datasets.")
    }
    return key("reading", VERSION, source_hash(plugin), others)


def identities(dataset: Dataset, clips: Sequence[Clip], digests: Sequence[str]) -> list[str]:
    """What identifies each clip: its id, its bytes, its part of them, and the code that reads it.

    A composite's clip is the same as that of the part that reads it, so that both share what is
    computed of it.

    Args:
        dataset: of the clips.
        clips: as indexed.
        digests: of their bytes.
    """
    codes: dict[type[Dataset], str] = {}

    def code(clip: Clip) -> str:
        plugin = type(reader(dataset, clip))
        if plugin not in codes:
            codes[plugin] = reading_code(plugin)
        return codes[plugin]

    return [
        # Only clips of videos are parts of a file: the others keep the keys that they had.
        key("clip", clip.id, digest, code(clip), *filter(None, [clip.span]))
        for clip, digest in zip(clips, digests, strict=True)
    ]


def copies(clips: Sequence[Clip], digests: Sequence[str]) -> list[str]:
    """A sentence for each group of clips whose files are their own and yet equal."""
    groups: dict[str, dict[tuple[Path, tuple[str, ...]], str]] = defaultdict(dict)
    for clip, digest in zip(clips, digests, strict=True):
        # Clips of one file share it on purpose: their spans or numbers tell them apart.
        groups[digest].setdefault((clip.folder, clip.files), clip.id)
    return [
        f"{some(sorted(group.values()))}: equal files, byte for byte; was a folder copied?"
        for group in groups.values()
        if len(group) > 1
    ]


def copied(clips: Sequence[Clip]) -> list[str]:
    """What `copies` says of clips whose digests nobody remembers; unreadable ones are skipped."""
    # Only files of equal sizes can be equal, and few clips have those: the rest is not read.
    sizes: dict[tuple[int, ...], list[Clip]] = defaultdict(list)
    for clip in {(clip.folder, clip.files): clip for clip in clips}.values():
        with suppress(OSError):
            sizes[tuple((clip.folder / name).stat().st_size for name in clip.files)].append(clip)
    alike = [clip for group in sizes.values() if len(group) > 1 for clip in group]
    found: list[tuple[Clip, str]] = []
    for clip in alike:
        with suppress(DataError):
            found.append((clip, _digest(clip)))
    return copies([clip for clip, _ in found], [digest for _, digest in found])


def digests(clips: Sequence[Clip], cache: Cache, name: str) -> list[str]:
    """Content digests of clips; takes what `tried_digests` does.

    Raises:
        DataError: names a file that cannot be read.
    """
    found: list[str] = []
    for one in tried_digests(clips, cache, name):
        if isinstance(one, DataError):
            raise one
        found.append(one)
    return found


def tried_digests(clips: Sequence[Clip], cache: Cache, name: str) -> list[str | DataError]:
    """Content digests of clips: sha256 of their files' bytes in order, those beside them last.

    Args:
        clips: of one dataset.
        cache: where digests are remembered between runs.
        name: of the dataset.

    Returns:
        for each clip its digest, or an error that names a file that cannot be read.
    """
    known = cache.memo("digests", name)
    listings: dict[Path, dict[str, Stat]] = {}
    fresh: dict[str, str] = {}
    marks: list[str | DataError] = []

    def listing(folder: Path) -> dict[str, Stat]:
        if folder not in listings:
            listings[folder] = _listing(folder)
        return listings[folder]

    def state(folder: Path, file: str) -> Stat | None:
        # In a folder below, such as one of several tables.
        if "/" in file:
            folder, file = (folder / file).parent, file.rpartition("/")[2]
        # None for a file that is gone; reading it below names it.
        return listing(folder).get(file)

    def digest(clip: Clip) -> str:
        entry = key(str(clip.folder), [(file, state(clip.folder, file)) for file in clip.files])
        for path in clip.beside.values():
            entry = key(entry, str(path), listing(path.parent).get(path.name))
        if entry not in known:
            known[entry] = fresh[entry] = _digest(clip)
        return known[entry]

    for clip in clips:
        try:
            marks.append(digest(clip))
        # One file that cannot be read must not cost the other clips.
        except DataError as error:
            marks.append(error)
    if fresh:
        cache.remember("digests", name, fresh)
    return marks


def _listing(folder: Path) -> dict[str, Stat]:
    try:
        # One scan of a folder is far faster than asking for every frame by itself.
        with os.scandir(folder) as entries:
            found = {entry.name: _stat(entry) for entry in entries}
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}") from error
    return {name: stat for name, stat in found.items() if stat is not None}


def _stat(entry: os.DirEntry[str]) -> Stat | None:
    try:
        stat = entry.stat()
    # A dangling link is no frame, and must not cost the clips of its folder.
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def _digest(clip: Clip) -> str:
    digest = hashlib.sha256()
    for path in (*(clip.folder / name for name in clip.files), *clip.beside.values()):
        try:
            # Opening a pipe would wait for a writer for ever.
            if not path.is_file() and path.exists():
                raise DataError(f"{clip.id}: {path.name}: no file, but a folder, pipe or device")
            with path.open("rb") as file:
                # With its length: the same bytes divided into other files are other frames.
                digest.update(os.fstat(file.fileno()).st_size.to_bytes(8, "big"))
                while block := file.read(BLOCK):
                    digest.update(block)
        except OSError as error:
            raise DataError(f"{clip.id}: {path.name}: {error.strerror}") from error
    return digest.hexdigest()

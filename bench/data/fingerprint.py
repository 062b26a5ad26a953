"""Digests of clips' bytes, remembered by size and time so that a re-run reads no pixel again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

from bench.cache.cache import Cache
from bench.cache.files import key, write_atomically
from bench.core.clip import Clip
from bench.core.errors import DataError

Stat = tuple[int, int]


def digests(clips: Sequence[Clip], cache: Cache, room: str) -> list[str]:
    """Content digests of clips: sha256 of their files' bytes in order, landmarks last.

    Args:
        clips: of one dataset.
        cache: where digests are remembered between runs.
        room: the dataset's name.

    Raises:
        DataError: names a file that cannot be read.
    """
    memo = cache.folder / "digests" / f"{room}.json"
    known = _read(memo)
    listings: dict[Path, dict[str, Stat]] = {}
    fresh: dict[str, str] = {}
    marks = []

    def listing(folder: Path) -> dict[str, Stat]:
        if folder not in listings:
            listings[folder] = _listing(folder)
        return listings[folder]

    for clip in clips:
        stats = listing(clip.folder)
        # A file that is gone has no size here; reading it below names it.
        entry = key(str(clip.folder), [(name, stats.get(name)) for name in clip.files])
        if clip.landmarks is not None:
            beside = listing(clip.landmarks.parent).get(clip.landmarks.name)
            entry = key(entry, str(clip.landmarks), beside)
        if entry not in known:
            known[entry] = fresh[entry] = _digest(clip)
        marks.append(known[entry])
    if fresh:
        # Another process may have added entries meanwhile; losing some only costs reading again.
        write_atomically(memo, json.dumps(_read(memo) | fresh).encode(), durable=False)
    return marks


def _read(memo: Path) -> dict[str, str]:
    try:
        return dict(json.loads(memo.read_text()))
    # A damaged memo only means that the frames are read again.
    except (FileNotFoundError, ValueError):
        return {}


def _listing(folder: Path) -> dict[str, Stat]:
    try:
        # One scan of a folder is far faster than asking for every frame by itself.
        with os.scandir(folder) as entries:
            stats = ((entry.name, entry.stat()) for entry in entries)
            return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats}
    except OSError as error:
        raise DataError(f"{folder}: {error.strerror}") from error


def _digest(clip: Clip) -> str:
    digest = hashlib.sha256()
    paths = [clip.folder / name for name in clip.files]
    for path in paths if clip.landmarks is None else [*paths, clip.landmarks]:
        try:
            # Opening a pipe would wait for a writer for ever.
            if not path.is_file() and path.exists():
                raise DataError(f"{clip.id}: {path.name}: no file, but a folder, pipe or device")
            data = path.read_bytes()
        except OSError as error:
            raise DataError(f"{clip.id}: {path.name}: {error.strerror}") from error
        # With its length: the same bytes divided into other files are other frames.
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()

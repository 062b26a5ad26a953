"""Clips of a table that are folders of frames or parts of videos, as an index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bench.core.clip import Clip
from bench.core.dataset import Index
from bench.core.errors import DataError
from bench.data.declared.definition import Definition, Located
from bench.data.declared.rows import found_path, framed, table_rows
from bench.data.reading.indexing import build_index
from bench.data.reading.remarks import some
from bench.data.reading.tables import Row
from bench.data.reading.video import Video


def index_frames(dataset: Located) -> Index:
    """The clips of a dataset whose table names folders of frames and videos.

    Raises:
        DataError: a table that cannot be read.
    """
    definition, home, root = dataset.definition, dataset.home, dataset.root
    table = table_rows(definition, home, ("subject", "label", "path"))
    rows, sources = framed(table, definition, root)
    videos = {path: one.video for path, one in sources.items() if one.is_video}
    index = build_index(
        dataset.name,
        rows,
        lambda row: Path(row["path"]),
        root,
        expected=definition.clips,
        words=dataset.words,
        rate=_rate(definition, videos.values()),
        listed=lambda path: sources[path].listing,
    )
    beside = {(row["subject"], row["name"]): row for row in rows}
    problems: list[str] = []

    def settled(clip: Clip) -> Clip:
        found = _besides(clip, beside[clip.subject, clip.name], root, problems)
        marks = found.get("landmarks", clip.landmarks)
        source = sources.get(clip.folder)
        if source is not None and source.is_video and clip.files:
            clip = _within_video(clip)
        return replace(clip, landmarks=marks, flow=found.get("flow"))

    clips = tuple(settled(clip) for clip in index.clips)
    return replace(
        index,
        clips=clips,
        problems=(*index.problems, *problems, *_truncated(videos)),
        notes=(*index.notes, *_varying(videos)),
        tables=(home / definition.table,),
    )


def _within_video(clip: Clip) -> Clip:
    """A clip whose files are named by their places in a video, which stands for their folder."""
    span = (int(clip.files[0]), int(clip.files[-1]))
    return replace(clip, folder=clip.folder.parent, files=(clip.folder.name,), span=span)


def _besides(clip: Clip, row: Row, root: Path, problems: list[str]) -> dict[str, Path]:
    """Files of landmarks and flow that a row names; one that is not there is a problem."""
    found: dict[str, Path] = {}
    for field in ("landmarks", "flow"):
        if not row[field]:
            continue
        path = found_path(root, row[field])
        if path.is_file():
            found[field] = path
        else:
            problems.append(f"{clip.id}: no file {path} of its {field}")
    return found


def _rate(definition: Definition, videos: Iterable[Video | DataError]) -> int | None:
    """Frames a second, of videos the fastest; None where nobody says."""
    rates = [definition.rate, *(one.rate for one in videos if isinstance(one, Video))]
    return round(max(rates)) or None


def _truncated(videos: Mapping[Path, Video | DataError]) -> Iterator[str]:
    for path, video in videos.items():
        if isinstance(video, Video) and video.lost:
            yield f"{path} is truncated: {len(video)} of {len(video) + video.lost} frames"


def _varying(videos: Mapping[Path, Video | DataError]) -> Iterator[str]:
    varying = [path for path, one in videos.items() if isinstance(one, Video) and one.variable]
    if varying:
        names = some(path.name for path in varying)
        yield f"the frame rate varies in {names}: frames are counted, seconds are of the nearest"

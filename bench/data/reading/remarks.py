"""What is said of an index as a whole: shared frames, unknown emotions, lost subjects."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from bench.core.clip import Clip
from bench.core.select import nearest
from bench.data.reading.listing import Listing

FEW = 3
"""Clips or files named in one sentence."""


def some(names: Iterable[str], few: int = FEW) -> str:
    """The first few of several names: "a, b, c and 7 more"."""
    every = list(names)
    more = len(every) - few
    return ", ".join(every[:few]) + (f" and {more} more" if more > 0 else "")


def shared_frames(clips: Iterable[Clip]) -> Iterator[str]:
    """A sentence for each set of frames that several clips consist of."""
    owners = defaultdict(list)
    for clip in clips:
        owners[clip.folder, clip.files, clip.span].append(clip.id)
    for (folder, *_), group in owners.items():
        if len(group) > 1:
            yield f"{some(group)} consist of the same frames in {folder}"


def unmapped(clips: Iterable[Clip], words: Collection[str]) -> Iterator[str]:
    """A sentence for each emotion that the dataset does not have, with the likeliest one it has."""
    clips = list(clips)
    strange = Counter(c.emotion for c in clips if words and c.emotion and c.emotion not in words)
    for word, count in sorted(strange.items()):
        owners = some(clip.id for clip in clips if clip.emotion == word)
        near = nearest(word, sorted(words))
        known = f"known: {', '.join(sorted(words))}"
        hint = f"; did you mean {' or '.join(near)}?" if near else f"; {known}"
        yield f"emotion {word!r} belongs to no class, {_clips(count)} ({owners}){hint}"


def vanished(clips: Iterable[Clip], words: Collection[str]) -> Iterator[str]:
    """A sentence on the subjects of the table none of whose clips can be in a task."""
    lost = []
    by_person = defaultdict(list)
    for clip in clips:
        by_person[clip.person].append(clip)
    for person, group in sorted(by_person.items()):
        # Test tables have no emotions at all, on purpose.
        annotated = [clip for clip in group if clip.emotion]
        usable = [c for c in annotated if c.files and (not words or c.emotion in words)]
        if annotated and not usable:
            lost.append(person)
    if lost:
        yield f"of {len(lost)} of {len(by_person)} subjects no clip can be used: {some(lost)}"


def images_refused(root: Path, listings: Mapping[Path, Listing]) -> tuple[str, ...]:
    """A sentence for each reason why images in the folders of clips are no frames."""
    seen = defaultdict(list)
    for folder, listing in listings.items():
        for name, reason in listing.refused:
            seen[reason].append(folder / name)
    return tuple(
        f"{_files(len(paths))}, such as {_below(paths[0], root)}: {reason}"
        for reason, paths in sorted(seen.items())
    )


def _below(path: Path, root: Path) -> Path:
    return path.relative_to(root) if path.is_relative_to(root) else path


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count} clips"


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"

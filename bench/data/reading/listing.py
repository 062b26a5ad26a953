"""The frames in one folder, in the order of their numbers, and the images in it that are none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from bench.data.reading.folders import names

IMAGES = frozenset({".jpg", ".jpeg", ".jfif", ".png", ".bmp", ".tif", ".tiff"})
OTHERS = frozenset({".avif", ".gif", ".heic", ".jp2", ".pgm", ".pnm", ".ppm", ".tga", ".webp"})
VIDEOS = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpg", ".wmv"})
NUMBERED = re.compile(r"(.*?)([0-9]+)(\s*)(\.[A-Za-z]+)", re.DOTALL)
SUFFIXED = re.compile(r"(.*?)([0-9]+)([^0-9()]+)(\.[A-Za-z]+)", re.DOTALL)
COPY = re.compile(r".*\([0-9]+\)\s*\.[A-Za-z]+|.* - copy.*", re.DOTALL | re.IGNORECASE)

Frames = list[tuple[int, str]]
"""Number and file name of each frame, by number."""


class Refused(NamedTuple):
    """An image that is not taken for a frame.

    Attributes:
        name: of the file.
        reason: why, and what to do about it; the same words for the same reason.
    """

    name: str
    reason: str


class Listing(NamedTuple):
    """What a folder holds.

    Attributes:
        frames: by number.
        refused: images and videos that are no frames, by name.
        fault: why it has no frames; "" where the folder says enough.
    """

    frames: Frames
    refused: tuple[Refused, ...] = ()
    fault: str = ""


def list_frames(folder: Path) -> Listing:
    """Image files whose names end in a number, in the order of their numbers.

    Where files share a number, the kind of name most frequent in the folder wins, then the first
    by name. Words after the number ("img46_crop.jpg") are accepted where no file of the folder ends
    in its number. Files are not opened: an empty one is found out when its clip is read.
    """
    files = names(folder, os.DirEntry.is_file)
    kinds = _kinds(files, NUMBERED) or _kinds(files, SUFFIXED)
    taken = {name for found in kinds for _, name in found}
    refused = (
        Refused(name, reason) for name in files if name not in taken if (reason := _reason(name))
    )
    return Listing(_by_number(kinds), tuple(refused))


def numbered_frames(folder: Path) -> Frames:
    """The frames alone of `list_frames`."""
    return list_frames(folder).frames


def numbered(files: Iterable[str]) -> Frames:
    """Number and name of frames, in their order."""
    return [
        (int(match[2]), name)
        for name in files
        if (match := NUMBERED.fullmatch(name) or SUFFIXED.fullmatch(name))
    ]


def _kinds(files: Iterable[str], pattern: re.Pattern[str]) -> list[Frames]:
    """Images with a number, grouped by what else their names consist of; no second copies."""
    kinds: dict[tuple[str, ...], Frames] = {}
    for name in files:
        if match := pattern.fullmatch(name):
            before, at, after, suffix = match.groups()
            kinds.setdefault((before, after, suffix), []).append((int(at), name))
    # Decided once for each kind, as folders may hold many thousand files.
    return [
        found
        for (*_, suffix), found in kinds.items()
        if suffix.lower() in IMAGES and not COPY.fullmatch(found[0][1])
    ]


def _by_number(kinds: list[Frames]) -> Frames:
    """One file for each number: of the kind with most files, then the first by name."""
    ranked = [(at, -len(found), name) for found in kinds for at, name in found]
    best: dict[int, str] = {}
    for at, _, name in sorted(ranked):
        best.setdefault(at, name)
    return list(best.items())


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()


def _reason(name: str) -> str:
    """Why an image is no frame; "" for files of other kinds, which nobody takes for frames."""
    suffix = _suffix(name)
    if suffix in OTHERS:
        return (
            f"{suffix} images are not read; convert them to png, for instance with "
            f"`find . -name '*{suffix}' -exec magick mogrify -format png {{}} +`"
        )
    if suffix in VIDEOS:
        return (
            f"a {suffix} video, not frames; extract them, for instance with "
            f"`ffmpeg -i CLIP{suffix} img%d.png`"
        )
    if suffix not in IMAGES:
        return ""
    if COPY.fullmatch(name):
        return (
            "the name of a second copy, as browsers and file managers give; delete such files, or "
            "rename them where there is no first"
        )
    return "no frame number at the end of its name; rename it to end in its number, as in img46.jpg"

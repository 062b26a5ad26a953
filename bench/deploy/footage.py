"""Frames of one's own: a folder of images or a video, numbered as its owner numbers them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.core.clip import Clip
from bench.core.errors import BenchError, DataError
from bench.core.types import Array
from bench.data.reading.folders import subfolders
from bench.data.reading.images import read_frames
from bench.data.reading.listing import list_frames
from bench.data.reading.video import KINDS, Video, lost_text, open_video, video_frames

CHUNK = 16
"""Frames of a folder that are held at once."""


@dataclass(frozen=True)
class Footage:
    """The frames of a folder or a video.

    Attributes:
        path: of the folder or the file.
        numbers: of the frames, ascending: of a folder those in the names of its files, of a video
            from 0 on.
        files: of a folder, the name of each frame's file; empty for a video.
        video: what is known of a video.
    """

    path: Path
    numbers: Sequence[int]
    files: tuple[str, ...] = ()
    video: Video | None = None

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def rate(self) -> float:
        """Frames a second; 0 where nobody says: frames in a folder, a video of one frame."""
        return self.video.rate if self.video else 0.0

    def frames(self, positions: Sequence[int]) -> Iterator[Array]:
        """Frames at ascending positions, one by one: uint8 (h, w) or (h, w, 3).

        Raises:
            DataError: names a frame that cannot be read.
        """
        if self.video is not None:
            yield from video_frames(self.video, positions)
            return
        clip = Clip("", "", self.path.name, "", self.path, self.files)
        for start in range(0, len(positions), CHUNK):
            yield from read_frames(clip, list(positions[start : start + CHUNK]))

    def position(self, word: str, option: str) -> int:
        """The position of a frame that is named by its number, "120", or in seconds, "2.4s".

        Raises:
            BenchError: no such frame; says which there are.
        """
        if match := re.fullmatch(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)s", word):
            if self.video is None:
                raise BenchError(f"{option} {word}: frames in a folder have numbers, no times")
            if float(match[1]) > self.video.times[-1] + 1 / max(self.rate, 1):
                raise BenchError(
                    f"{option} {word}: {self.path} ends at {self.video.times[-1]:.2f}s"
                )
            return self.video.nearest(float(match[1]))
        # A table may have been through a spreadsheet: "120.0".
        if not re.fullmatch(r"[0-9]{1,9}(\.0*)?", word):
            raise BenchError(f"{option} {word!r:.40}: expected a frame number, or seconds: 2.4s")
        number = int(float(word))
        place = bisect_left(self.numbers, number)
        if place == len(self) or self.numbers[place] != number:
            cut = lost_text(self.video) if self.video else ""
            raise BenchError(
                f"{option} {word}: no such frame in {self.path}; it has {len(self)}, numbered "
                f"{self.numbers[0]} to {self.numbers[-1]}{cut}"
            )
        return place


def open_footage(path: Path) -> list[Footage]:
    """The clips at a path: a video or a folder of frames is one, a folder of such has several.

    Raises:
        DataError: nothing there that is a clip, or a video that cannot be read.
    """
    if not path.exists():
        raise DataError(f"{path}: no such file or folder")
    if not path.is_dir():
        video = open_video(path)
        return [Footage(path, range(len(video)), video=video)]
    if one := _folder(path):
        return [one]
    inside = [one for folder in subfolders(path) if (one := _folder(folder))]
    videos = sorted(file for file in path.iterdir() if file.suffix.lower() in KINDS)
    found = inside + [one for file in videos for one in open_footage(file)]
    if not found:
        raise DataError(
            f"{path}: no frames in it; expected images whose names end in a number, such as "
            "img46.jpg, folders of them, or videos"
        )
    return found


def _folder(path: Path) -> Footage | None:
    frames = list_frames(path).frames
    if not frames:
        return None
    numbers, names = zip(*frames, strict=True)
    return Footage(path, numbers, names)

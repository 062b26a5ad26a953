"""Videos (mp4, avi, mkv, gif, ...): frames by number, decoded from the nearest key frame on.

Frames are numbered from 0 in the order in which they are shown, whatever their times: numbers are
exact where the frame rate varies, too. Only the frames asked for are held in memory.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.listing import VIDEOS

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer

KINDS = VIDEOS | {".gif", ".webm"}
"""Ends of the names of videos that are read."""
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,avi,matroska,webm,gif,mpeg,mpegts,asf"
"""Of what FFmpeg reads: no playlists, which name other files, whatever a file is called."""
SOUGHT = ("mov", "matroska", "gif", "avi")
"""Formats in which a key frame is found by its time; in others frames are counted from the first.
"""
MOST_PIXELS = 7680 * 4320
"""Of one frame: 8K video, more than any camera in use."""
NEAR = 32
"""Frames that are decoded in vain sooner than the file is searched again."""


@dataclass(frozen=True)
class Video:
    """What is known of a video before its frames are decoded.

    Attributes:
        path: of the file.
        times: when each frame is shown, seconds after the first.
        size: (height, width) of frames as they are shown.
        rotation: quarter turns, counterclockwise, from stored frames to shown ones.
        variable: the frame rate varies.
        lost: frames that the file announces and does not have: it is truncated.
        stamps: presentation times in ticks; empty where frames can only be counted.
        keys: numbers of key frames.
    """

    path: Path
    times: tuple[float, ...]
    size: tuple[int, int]
    rotation: int
    variable: bool
    lost: int
    stamps: tuple[int, ...]
    keys: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.times)

    @property
    def rate(self) -> float:
        """Frames a second, the mean of the video; 0 for a single frame."""
        return (len(self) - 1) / self.times[-1] if self.times[-1] else 0.0

    def nearest(self, seconds: float) -> int:
        """Number of the frame shown nearest to a time: annotated seconds are rounded ones."""
        after = min(bisect_right(self.times, seconds), len(self) - 1)
        return min(max(after - 1, 0), after, key=lambda at: abs(self.times[at] - seconds))

    def key_before(self, number: int) -> int:
        """Number of the last key frame up to a frame."""
        return self.keys[max(bisect_right(self.keys, number) - 1, 0)]


def open_video(path: Path) -> Video:
    """List a video's frames; the first alone is decoded. Remembered while the file is the same.

    Raises:
        DataError: no file, an empty one, no video, or one whose first frame cannot be decoded.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from error
    if not path.is_file():
        raise DataError(f"{path}: no file, but a folder, pipe or device")
    if not state.st_size:
        raise DataError(f"{path}: an empty file, 0 bytes; expected a video")
    return _listed(path, state.st_size, state.st_mtime_ns)


def video_frames(video: Video, numbers: Sequence[int]) -> Iterator[Array]:
    """Frames one by one, as they are shown: uint8 (h, w) of grey videos, else (h, w, 3) RGB.

    Args:
        video: opened.
        numbers: of the frames, ascending; each is given once.

    Raises:
        DataError: names the first frame that the video does not have, or that is damaged.
    """
    wanted = sorted(set(numbers))
    if wanted and not 0 <= wanted[0] <= wanted[-1] < len(video):
        beyond = wanted[0] if wanted[0] < 0 else wanted[-1]
        raise DataError(
            f"{video.path}: no frame {beyond}; it has {len(video)}, numbered from 0"
            f"{lost_text(video)}"
        )
    with _opened(video.path) as (container, stream):
        for run in _runs(video, wanted):
            yield from _run(video, container, stream, run)


def read_video(path: Path, numbers: Sequence[int]) -> Array:
    """Frames of a video in any order: uint8 (n, h, w) of grey videos, else (n, h, w, 3) RGB.

    Raises:
        DataError: as `open_video` and `video_frames`.
    """
    video = open_video(path)
    ascending = sorted(set(numbers))
    frames: Array | None = None
    for at, frame in enumerate(video_frames(video, ascending)):
        if frames is None:
            # Filled as it goes: a list of frames to be stacked would take the memory twice.
            frames = np.empty((len(ascending), *frame.shape), np.uint8)
        frames[at] = frame
    if frames is None:
        raise DataError(f"{path}: no frames asked for")
    if list(numbers) == ascending:
        return frames
    return frames[np.searchsorted(ascending, numbers)]


def lost_text(video: Video) -> str:
    """What an error adds to the number of frames of a truncated video; empty for a whole one."""
    return f", and {video.lost} more were cut off: it is truncated" if video.lost else ""


def _runs(video: Video, wanted: Sequence[int]) -> Iterator[list[int]]:
    """Numbers in groups, each decoded from one key frame on."""
    run: list[int] = []
    for number in wanted:
        if run and video.stamps and video.key_before(number) > run[-1] + NEAR:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


def _run(
    video: Video, container: InputContainer, stream: VideoStream, run: Sequence[int]
) -> Iterator[Array]:
    import av

    left = list(reversed(run))
    try:
        for number, frame in _decoded(video, container, stream, run[0]):
            if number == left[-1]:
                if frame.is_corrupt:
                    break
                yield _pixels(video, frame)
                left.pop()
            # One that was to come before this one is lost.
            if not left or number > left[-1]:
                break
    except (av.error.FFmpegError, ValueError) as error:
        said = getattr(error, "strerror", None) or error
        raise DataError(f"{video.path}: frame {left[-1]} cannot be decoded: {said}") from error
    if left:
        raise DataError(
            f"{video.path}: frame {left[-1]} of {len(video)} is damaged; the video is truncated "
            "or was copied in part"
        )


def _decoded(
    video: Video, container: InputContainer, stream: VideoStream, first: int
) -> Iterator[tuple[int, VideoFrame]]:
    """Numbered frames, beginning at or before `first`."""
    if not video.stamps:
        container.seek(0)
        yield from enumerate(container.decode(stream))
        return
    key = video.stamps[video.key_before(first)]
    container.seek(key, stream=stream)
    number = {stamp: at for at, stamp in enumerate(video.stamps)}
    for frame in container.decode(stream):
        # Frames shown before the key frame lack the one that they build on.
        if frame.pts is not None and frame.pts >= key and frame.pts in number:
            yield number[frame.pts], frame


def _pixels(video: Video, frame: VideoFrame) -> Array:
    grey = frame.format.name.startswith("gray")
    stored = frame.to_ndarray(format="gray" if grey else "rgb24")
    pixels = np.ascontiguousarray(np.rot90(stored, video.rotation))
    if pixels.shape[:2] != video.size:
        raise DataError(
            f"{video.path}: frames of {video.size[1]} x {video.size[0]} and of "
            f"{pixels.shape[1]} x {pixels.shape[0]} pixels; expected one size"
        )
    return pixels


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The file and its first stream of frames that is no cover picture."""
    import av

    try:
        # As a file, whatever else its name looks like: "http:", "concat:".
        with av.open(f"file:{path}", options={"format_whitelist": FORMATS}) as container:
            streams = [
                stream
                for stream in container.streams.video
                if not stream.disposition & av.stream.Disposition.attached_pic
            ]
            if not streams:
                raise DataError(f"{path}: no video in it, only sound or pictures")
            stream = streams[0]
            if stream.codec_context.width * stream.codec_context.height > MOST_PIXELS:
                raise DataError(f"{path}: frames of more than {MOST_PIXELS} pixels")
            # Workers are one for each core.
            stream.codec_context.thread_count = 1
            yield container, stream
    except av.error.FFmpegError as error:
        raise DataError(
            f"{path}: cannot be read as a video ({error.strerror}): it is damaged, truncated, or "
            "of another kind"
        ) from error


@lru_cache(maxsize=64)
def _listed(path: Path, size: int, changed: int) -> Video:
    """A video in one state: a file that was replaced is read again."""
    del size, changed
    with _opened(path) as (container, stream):
        packets, first = _packets(container, stream)
        stamps = [one.stamp for one in packets if one.stamp is not None]
        # An avi has no times but those of decoding, which is another order where frames build on
        # later ones.
        sought = container.format.name.startswith(SOUGHT)
        sought &= container.format.name != "avi" or not stream.codec_context.has_b_frames
        exact = sought and 0 < len(stamps) == len(packets) == len(set(stamps))
        base = float(stream.time_base or 0)
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        announced, lasting = stream.frames, stream.metadata.get("DURATION", "")
    if first is None or not packets:
        raise DataError(f"{path}: its first frame cannot be decoded: it is damaged or truncated")
    shown = sorted(stamps) if exact else []
    times = [(one - shown[0]) * base for one in shown] or [i / rate for i in range(len(packets))]
    variable = _varies(times, base)
    if not announced and not variable:
        # Matroska says how long it lasts instead; one frame may be due to rounding.
        announced = _within(lasting, rate) - 1
    keys = {one.stamp for one in packets if one.key} if exact else set()
    rotation = round(first.rotation / 90) % 4
    height, width = first.height, first.width
    return Video(
        path=path,
        times=tuple(times),
        size=(width, height) if rotation % 2 else (height, width),
        rotation=rotation,
        variable=variable,
        lost=max(announced - len(times), 0),
        stamps=tuple(shown),
        keys=tuple(at for at, one in enumerate(shown) if one in keys) or (0,),
    )


def _within(duration: str, rate: float) -> int:
    """Whole frames within a duration, "00:00:02.000000000"; 0 for any other words."""
    found = re.fullmatch(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)", duration)
    if found is None:
        return 0
    hours, minutes, seconds = map(float, found.groups())
    return int((3600 * hours + 60 * minutes + seconds) * rate)


class _Packet(NamedTuple):
    """A frame before it is decoded: its presentation time in ticks, and whether it is a key frame.

    Not the packet of the library, which holds the bytes of its frame.
    """

    stamp: int | None
    key: bool


def _packets(
    container: InputContainer, stream: VideoStream
) -> tuple[list[_Packet], VideoFrame | None]:
    """All packets of a stream, and its first frame, which alone says how the others are turned."""
    packets: list[_Packet] = []
    first: VideoFrame | None = None
    for packet in container.demux(stream):
        if first is None:
            first = next(iter(packet.decode()), None)
        # An edit list may hide packets at the start; the last one is empty.
        if packet.size and not packet.is_discard:
            packets.append(_Packet(packet.pts, packet.is_keyframe))
    return packets, first


def _varies(times: Sequence[float], tick: float) -> bool:
    """Whether frames are shown for unequal times, beyond what rounding to ticks makes of them."""
    steps = np.diff(times)
    return len(steps) > 1 and bool(np.ptp(steps) > 2.5 * tick + 0.1 * np.median(steps))

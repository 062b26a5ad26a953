"""What a row of a table names: a folder of frames or a video, and the numbers of its frames."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from bench.core.errors import DataError
from bench.data.reading.listing import Listing, list_frames
from bench.data.reading.video import KINDS, Video, open_video


class Source:
    """A folder of frames or a video that rows of a table name.

    Attributes:
        path: of the folder or video.
    """

    def __init__(self, path: Path, first_frame: int) -> None:
        self.path = path
        self._first_frame = first_frame

    @property
    def is_video(self) -> bool:
        """Whether it is a file and no folder, by its name where there is nothing."""
        return self.path.suffix.lower() in KINDS and not self.path.is_dir()

    @cached_property
    def video(self) -> Video | DataError:
        """The video, or why it cannot be read."""
        try:
            return open_video(self.path)
        except DataError as error:
            return error

    @cached_property
    def listing(self) -> Listing:
        """Its frames by number; those of a video are named by their place in it."""
        if not self.is_video:
            try:
                return list_frames(self.path)
            except DataError as error:  # a name that is too long, a folder that may not be read
                return Listing([], fault=str(error))
        if isinstance(self.video, DataError):
            return Listing([], fault=str(self.video))
        return Listing([(self._first_frame + at, str(at)) for at in range(len(self.video))])

    def number(self, seconds: float, rate: float) -> int | None:
        """Number of the frame at a time; None where that is not known."""
        if self.is_video and isinstance(self.video, Video):
            beyond = seconds > self.video.times[-1] + 1.5 / max(self.video.rate, 1)
            # Behind its end no frame is near: a number that it lacks, to be reported.
            at = round(seconds * self.video.rate) if beyond else self.video.nearest(seconds)
            return self._first_frame + at
        frames = self.listing.frames
        return frames[0][0] + round(seconds * rate) if frames and rate else None

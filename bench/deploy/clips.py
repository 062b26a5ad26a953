"""Clips of one's own as methods see clips: the span of one movement, the face aligned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import BenchError, DataError
from bench.core.types import ApexPolicy, ApexSource, Array
from bench.data.reading.faces import Face, find_face
from bench.data.reading.tables import read_table
from bench.deploy.footage import Footage, open_footage
from bench.views.apex_spotting import spotted_apex
from bench.views.clip_views import Views
from bench.views.interval_spotting import spotted_interval
from bench.views.landmarks import aligned
from bench.views.opening import views_of

SIZE = (340, 280)
"""Height and width of aligned faces, as `bench data crop` makes them."""
ASSUMED_RATE = 200.0
"""Frames a second of a long folder, in which nobody says: that of CASME II and SAMM."""
MOST_SECONDS, MOST_FRAMES = 2.0, 500
"""A longer video, or a folder of more frames, is no single clip: the movement is spotted in it."""
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "path": ("path", "video", "folder", "file", "frames"),
    "name": ("name", "clip", "id", "filename"),
    "subject": ("subject", "sub", "person"),
    "onset": ("onset", "onsetframe"),
    "apex": ("apex", "apexframe"),
    "offset": ("offset", "offsetframe"),
}
"""Words above the columns of a table of clips."""

Crop = Literal["align", "none"]
Span = Literal["given", "whole", "spotted"]


class Keys(NamedTuple):
    """Key frames as they are typed: numbers, or seconds; "" where they are to be found."""

    onset: str = ""
    apex: str = ""
    offset: str = ""


@dataclass(frozen=True)
class Wanted:
    """A clip as it was asked for.

    Attributes:
        footage: its frames.
        name: of the clip.
        keys: its key frames.
        subject: of whom; "" where nobody says.
    """

    footage: Footage
    name: str
    keys: Keys
    subject: str = ""


@dataclass(frozen=True)
class OwnClip:
    """A clip of one's own, ready for a method.

    Attributes:
        name, subject: see `Wanted`.
        onset, apex, offset: frame numbers.
        span: how onset and offset were found: "given", "whole" or "spotted".
        apex_source: how the apex was.
        face: how the face was: "model", "box", or "as it is" where nothing was aligned.
        views: what the method sees.
    """

    name: str
    subject: str
    onset: int
    apex: int
    offset: int
    span: Span
    apex_source: ApexSource
    face: str
    views: Views


def wanted(path: Path, keys: Keys) -> list[Wanted]:
    """The clips that a video, a folder or a table means.

    Raises:
        DataError: nothing that can be read.
        BenchError: key frames for several clips at once.
    """
    if path.suffix.lower() in (".csv", ".xlsx", ".xls") and path.is_file():
        if any(keys):
            raise BenchError(f"{path}: a table has its key frames in columns, not in options")
        return _table(path)
    found = open_footage(path)
    if len(found) > 1 and any(keys):
        raise BenchError(
            f"{path} has {len(found)} clips: --onset, --apex and --offset are for a single one; a "
            "csv has them for several"
        )
    return [Wanted(one, one.path.name, keys) for one in found]


def _table(path: Path) -> list[Wanted]:
    found: list[Wanted] = []
    for row in read_table(path, ("path",), COLUMNS):
        place = path.parent / Path(row["path"]).expanduser()
        try:
            footage = open_footage(place)
        except DataError as error:
            raise DataError(f"{path}: row {row['row']}: {error}") from error
        if len(footage) > 1:
            raise DataError(f"{path}: row {row['row']}: {place} has {len(footage)} clips")
        name = row["name"] or Path(row["path"]).name
        own = Keys(row["onset"], row["apex"], row["offset"])
        found.append(Wanted(footage[0], name, own, row["subject"]))
    return found


@dataclass(frozen=True)
class Aligned(Dataset):
    """Frames of one clip, aligned as they are decoded: of a video one frame is held at a time.

    Attributes:
        footage: the frames.
        positions: those of the clip, in the footage.
        eyes: (2, 2) of the onset, px; None where frames are taken as they are.
    """

    footage: Footage
    positions: range
    eyes: Array | None

    name = "yours"

    def read(self, clip: Clip) -> dict[str, Array]:
        """All frames of the clip."""
        return self.read_some(clip, range(len(self.positions)))

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array]:
        """Frames at some positions of the clip, in that order."""
        ascending = sorted({self.positions[at] for at in positions})
        faces: Array | None = None
        for at, frame in enumerate(self.footage.frames(ascending)):
            face = frame if self.eyes is None else aligned(frame[None], self.eyes, SIZE)[0]
            if faces is None:
                faces = np.empty((len(ascending), *face.shape), np.uint8)
            if face.shape != faces.shape[1:]:
                raise DataError(f"{clip.name}: frames of several sizes, or grey and colour ones")
            faces[at] = face
        if faces is None:
            raise DataError(f"{clip.name}: no frames")
        return {"frames": faces[np.searchsorted(ascending, [self.positions[a] for a in positions])]}


def open_clip(
    one: Wanted, crop: Crop, model: Path | None, policy: ApexPolicy, note: Callable[[str], None]
) -> OwnClip:
    """Find key frames and face of a clip; its frames are decoded when a view asks for them.

    Args:
        one: as asked for.
        crop: "align" the face, or "none" where frames are aligned faces already.
        model: MediaPipe's face mesh, where there is one.
        policy: "middle" takes the middle frame for an apex that is not given; else it is spotted.
        note: told, in a sentence, what was decided for the user.

    Raises:
        DataError: a frame that cannot be read, or no face.
        BenchError: key frames that are none of the clip, or in a wrong order.
    """
    footage, name = one.footage, one.name
    _remark(footage, name, note)
    first, apex, last, span = _spanned(one)
    if span == "whole" and _is_long(footage, last - first + 1):
        face = _face(one, first, crop, model)
        first, apex, last = _spotted(footage, range(first, last + 1), face)
        span = "spotted"
        note(
            f"{name}: {len(footage)} frames; its briefest strong movement is at frames "
            f"{footage.numbers[first]} to {footage.numbers[last]} (spotted; nothing says that it "
            "is a micro-expression)"
        )
    face = _face(one, first, crop, model)
    data = Aligned(footage.path, footage, range(first, last + 1), face and face.eyes)
    files = tuple(str(footage.numbers[at]) for at in data.positions)
    clip = Clip("yours", one.subject or "unknown", name, "", footage.path, files)
    source: ApexSource = "given" if one.keys.apex else "spotted"
    if apex is None:
        source = "middle" if policy == "middle" else "spotted"
        within = len(files) // 2
        apex = first + (within if policy == "middle" else spotted_apex(data.read(clip)["frames"]))
    clip = replace(clip, apex=apex - first, apex_source=source)
    return OwnClip(
        name=name,
        subject=one.subject,
        onset=footage.numbers[first],
        apex=footage.numbers[apex],
        offset=footage.numbers[last],
        span=span,
        apex_source=source,
        face="as it is" if face is None else face.source,
        views=views_of(data, clip, "", None),
    )


def _remark(footage: Footage, name: str, note: Callable[[str], None]) -> None:
    video = footage.video
    if video is not None and video.rotation:
        note(f"{name}: frames are turned upright, as the file says")
    if video is not None and video.variable:
        note(f"{name}: frames are shown for unequal times; key frames are counted, not timed")
    if video is not None and video.lost:
        note(f"{name}: {video.lost} frames are cut off: the file is truncated")


def _spanned(one: Wanted) -> tuple[int, int | None, int, Span]:
    """Positions of onset, apex (None where it is to be found) and offset, as they were given."""
    footage = one.footage
    words = {f"--{name}": word for name, word in one.keys._asdict().items()}
    given = {name: footage.position(word, name) for name, word in words.items() if word}
    first = given.get("--onset", 0)
    last = given.get("--offset", len(footage) - 1)
    apex = given.get("--apex")
    if not first <= (first if apex is None else apex) <= last:
        said = ", ".join(f"{name} {word}" for name, word in words.items() if word)
        raise BenchError(f"{one.name}: {said}: expected onset <= apex <= offset")
    return first, apex, last, "given" if given else "whole"


def _is_long(footage: Footage, count: int) -> bool:
    if footage.rate:
        return count / footage.rate > MOST_SECONDS
    return count > MOST_FRAMES


def _spotted(footage: Footage, positions: range, face: Face | None) -> tuple[int, int, int]:
    frames = footage.frames(positions)
    if face is not None:
        eyes = face.eyes
        frames = (aligned(frame[None], eyes, SIZE)[0] for frame in frames)
    onset, apex, offset = spotted_interval(frames, footage.rate or ASSUMED_RATE)
    return positions[onset], positions[apex], positions[offset]


def _face(one: Wanted, at: int, crop: Crop, model: Path | None) -> Face | None:
    if crop == "none":
        return None
    (frame,) = one.footage.frames([at])
    clip = Clip("yours", one.subject, one.name, "", one.footage.path, ("",))
    try:
        return find_face(one.footage.path, clip, frame, model)
    except DataError as error:
        raise DataError(
            f"{one.name}: no face found in frame {one.footage.numbers[at]}; --crop none takes "
            "frames that are aligned faces already"
        ) from error

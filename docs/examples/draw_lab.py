"""Draws SYNTHETIC recordings of a laboratory: two long videos, and a table of the clips in them.

`python docs/examples/draw_lab.py lab`
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import av
import numpy as np

from bench.core.dataset import MARKER
from bench.core.types import Array
from bench.datasets.synthetic.identity import STYLES
from bench.datasets.synthetic.knobs import Cast, Preset, find_preset
from bench.datasets.synthetic.plan import THREE, PlannedClip, make_plan, stream
from bench.datasets.synthetic.render import render
from bench.datasets.synthetic.subject import meet

VIDEOS = {"morning.mkv": range(1, 5), "afternoon.mkv": range(5, 9)}
"""The people in each."""
EMOTIONS = {"disgust": 14, "happiness": 13, "surprise": 13}
PAUSE = 15
"""Frames between two clips, in which the face stands still."""
HEADER = ("person", "video", "onset", "apex", "offset", "emotion")


def draw(folder: Path, seed: int = 0) -> None:
    """Write morning.mkv, afternoon.mkv and clips.csv into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text('{"drawn by": "docs/examples/draw_lab.py"}\n')
    knobs = find_preset("tiny").knobs
    cast = Cast(tuple(range(1, 9)), (18, 26), EMOTIONS, {})
    plan = [clip for clip in make_plan(Preset(knobs, {"casme2": cast}), knobs, seed) if clip.listed]
    with (folder / "clips.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADER)
        for video, people in VIDEOS.items():
            clips = [clip for clip in plan if clip.subject in people]
            frames = [_drawn(clip, seed) for clip in clips]
            table.writerows(_rows(video, clips, frames))
            _write(folder / video, frames)


def _drawn(clip: PlannedClip, seed: int) -> Array:
    """The frames of a clip and of the pause after it: (n, h, w, 3) uint8."""
    rng = stream(seed, clip.database, "face", clip.subject)
    knobs = find_preset("tiny").knobs
    frames, _ = render(meet(rng, STYLES[clip.database], knobs.identity), clip, knobs, seed)
    return np.concatenate([frames, np.repeat(frames[-1:], PAUSE, axis=0)])


def _rows(video: str, clips: list[PlannedClip], frames: list[Array]) -> list[tuple[str, ...]]:
    starts = np.cumsum([0, *map(len, frames)])
    return [
        (f"P{clip.subject}", video, *map(str, _span(clip, int(at))), THREE[clip.emotion])
        for clip, at in zip(clips, starts[:-1], strict=True)
    ]


def _span(clip: PlannedClip, start: int) -> tuple[int, int, int]:
    return start, start + clip.apex, start + clip.frames - 1


def _write(path: Path, parts: list[Array]) -> None:
    """A lossless video, 100 frames a second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=100)
        stream.height, stream.width = parts[0].shape[1:3]
        stream.pix_fmt = "bgr0"
        for frame in np.concatenate(parts):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        container.mux(stream.encode(None))


if __name__ == "__main__":
    draw(Path(sys.argv[1]))

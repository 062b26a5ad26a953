"""The table and the definition of a declared dataset whose clips were rewritten as frames."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench.core.clip import Clip, CodedUnit
from bench.core.file_names import safe
from bench.data.declared.dataset import Declared
from bench.data.declared.definition import FILE
from bench.data.declared.toml import as_toml
from bench.data.reading.listing import numbered

TABLE = "clips.csv"
COLUMNS = (
    *("subject", "clip", "path", "label", "onset", "apex", "offset"),
    *("action_units", "objective", "gender"),
)
PLACE = ("table", "root", "columns", "unit", "first_frame", "rate", "kind")
"""What of a definition says where and how clips were."""


def clip_folder(clip: Clip) -> Path:
    """Where the frames of a clip are put, below the new root: clips of a video get one each."""
    return Path(safe(clip.subject), safe(clip.name))


def frame_names(clip: Clip) -> list[str]:
    """Names of a clip's frames, which keep their numbers."""
    if clip.span is None:
        return [Path(name).with_suffix(".png").name for name in clip.files]
    return [f"{number:06d}.png" for number in range(clip.span[0], clip.span[1] + 1)]


def write_table(dataset: Declared, clips: Sequence[Clip], folder: Path) -> None:
    """Write the table of rewritten clips, and a definition with the tasks of the old one."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([COLUMNS, *map(_row, clips)])
    (folder / TABLE).write_text(text.getvalue(), encoding="utf-8")
    old = json.loads(dataset.declared.text)
    kept = {word: value for word, value in old.items() if word not in PLACE}
    coded = {"columns": {"action_units": "action_units"}} if dataset.ships != {"frames"} else {}
    (folder / FILE).write_text(as_toml({"table": TABLE, **coded, **kept}), encoding="utf-8")


def _row(clip: Clip) -> Iterator[str]:
    numbers = [str(number) for number, _ in numbered(frame_names(clip))]
    yield from (clip.subject, clip.name, clip_folder(clip).as_posix(), clip.emotion)
    yield from (numbers[0], "" if clip.apex is None else numbers[clip.apex], numbers[-1])
    yield from (_coded(clip.coded_units or ()), clip.objective or "", clip.gender or "")


def _coded(units: Iterable[CodedUnit]) -> str:
    """Action units as coders write them: "L12B+4"."""
    return "+".join(
        f"{unit.side}{unit.number}{' ABCDE'[unit.strength].strip()}" for unit in sorted(units)
    )

"""Contact sheets of the generator for the documentation: faces, clips, action units.

`python -m bench.datasets.synthetic.sheet docs/pictures` redraws them.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import PIL.Image
from matplotlib.figure import Figure
from PIL.PngImagePlugin import PngInfo

from .action_units import PULLS
from .identity import STYLES
from .knobs import PRESETS, Knobs
from .plan import HEIGHT, WIDTH, PlannedClip, make_plan, stream
from .render import render
from .shapes import Image, mix
from .subject import Field, Subject, meet

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELL = (1.0, HEIGHT / WIDTH)
"""Inches of a cell across and down."""
FACES = [("smic", n) for n in (1, 2, 3, 5)] + [("casme2", n) for n in (1, 2, 4, 7)]
FACES += [("samm", n) for n in (6, 7, 9, 11)]


def draw_faces(path: Path, seed: int = 0) -> None:
    """Twelve people of the three databases, at rest."""
    figure, cells = _figure(2, 6, "SYNTHETIC faces")
    for axes, (database, number) in zip(cells, FACES, strict=True):
        axes.imshow(_portrait(_person(database, number, seed)))
        axes.set_title(f"SYNTHETIC {database} {number}", fontsize=6, pad=2)
    _save(figure, path)


def draw_clips(path: Path, seed: int = 0) -> None:
    """Four clips: onset, apex, offset, their difference and the true motion."""
    preset = PRESETS["tiny"]
    clips = make_plan(preset, preset.knobs, seed)
    words = ("onset", "apex", "offset", "8 x difference", "true motion", "with the head")
    figure, cells = _figure(4, len(words), "SYNTHETIC clips")
    for row, emotion in enumerate(("happiness", "surprise", "disgust", "repression")):
        clip = next(c for c in clips if c.emotion == emotion and c.database == "casme2")
        _draw_clip(cells[row * len(words) :][: len(words)], clip, preset.knobs, seed, words)
    _save(figure, path, palette=True)


def draw_action_units(path: Path, seed: int = 0) -> None:
    """Every action unit's motion on one face, arrows ten times as long as a peak of 1 px."""
    person = _person("casme2", 4, seed)
    figure, cells = _figure(3, 8, "SYNTHETIC action units")
    # One cell stays empty.
    for axes, number in zip(cells, [0, *PULLS], strict=False):
        axes.imshow(_portrait(person))
        if number:
            _arrows(axes, person.field(number, -1) + person.field(number, 1), 10)
        axes.set_title(
            f"SYNTHETIC AU {number}" if number else "SYNTHETIC at rest", fontsize=6, pad=2
        )
    _save(figure, path)


def _person(database: str, number: int, seed: int) -> Subject:
    return meet(stream(seed, database, "face", number), STYLES[database])


def _portrait(person: Subject) -> Image:
    """A subject at rest as RGB in 0..1, without noise."""
    face = person.face
    texture = mix(face.skin, face.eyeballs, face.opening)
    lens = cv2.GaussianBlur(texture, (0, 0), 1.0)
    image = cv2.remap(lens, person.base_x, person.base_y, cv2.INTER_LINEAR)
    if person.style.gray:
        image = np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None], 3, axis=2)
    return np.asarray(np.clip(image / 255, 0, 1), np.float32)


def _draw_clip(
    cells: list[Axes], clip: PlannedClip, knobs: Knobs, seed: int, words: tuple[str, ...]
) -> None:
    frames, truth = render(_person(clip.database, clip.subject, seed), clip, knobs, seed)
    onset, apex, offset = frames[0], frames[clip.apex], frames[-1]
    change = (apex.astype(np.float32) - onset).mean(axis=2)
    for axes, image in zip(cells, (onset, apex, offset), strict=False):
        axes.imshow(image)
    cells[3].imshow(np.clip(128 + 8 * change, 0, 255), cmap="gray", vmin=0, vmax=255)
    for axes, flow in ((cells[4], truth.au_flow), (cells[5], truth.flow)):
        # Paled, so that the arrows stand out.
        axes.imshow(onset // 2 + 90)
        _arrows(axes, flow, 6)
    units = "+".join(f"{unit.side}{unit.number}" for unit in clip.units)
    for axes, word in zip(cells, words, strict=True):
        axes.set_title(f"SYNTHETIC {word}", fontsize=5, pad=2)
    cells[0].set_ylabel(f"{clip.emotion}, AU {units}", fontsize=6)


def _arrows(axes: Axes, flow: Field, length: float) -> None:
    """Arrows on a grid where the skin moves by more than a tenth of the largest motion."""
    rows, columns = np.mgrid[4:HEIGHT:7, 4:WIDTH:7]
    dx, dy = flow[0, rows, columns], flow[1, rows, columns]
    moving = np.hypot(dx, dy) > 0.1 * np.hypot(flow[0], flow[1]).max()
    axes.quiver(
        columns[moving],
        rows[moving],
        length * dx[moving],
        length * dy[moving],
        angles="xy",
        scale_units="xy",
        scale=1,
        color="#d00000",
        width=0.009,
    )


def _figure(rows: int, columns: int, title: str) -> tuple[Figure, list[Axes]]:
    size = (columns * (CELL[0] + 0.06) + 0.2, rows * (CELL[1] + 0.16) + 0.3)
    figure = Figure(figsize=size, layout="constrained")
    cells = figure.subplots(rows, columns).ravel().tolist()
    for axes in cells:
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
    figure.suptitle(f"{title}: made by a generator, no image of a person", fontsize=8)
    return figure, cells


def _save(figure: Figure, path: Path, palette: bool = False) -> None:
    """Save as PNG; a palette of 256 colours makes a large sheet a third of its size."""
    raw = io.BytesIO()
    figure.savefig(raw, dpi=150)
    picture = PIL.Image.open(raw).convert("RGB")
    notes = PngInfo()
    notes.add_text("Title", "SYNTHETIC")
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = picture.quantize(256) if palette else picture
    picture.save(path, optimize=True, pnginfo=notes)


def main(folder: Path) -> None:
    """Draw all sheets into a folder."""
    draw_faces(folder / "synthetic_faces.png")
    draw_clips(folder / "synthetic_clips.png")
    draw_action_units(folder / "synthetic_action_units.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/pictures"))

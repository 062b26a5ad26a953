"""What a fitted model attends to: the method's own figures, and an occlusion map."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bench.board.style import shown
from bench.core.file_names import safe
from bench.core.types import Array
from bench.report.occlusion import GRID, STRONGEST, drops, occlusion_figure
from bench.report.page import Part
from bench.report.refit import Refitted, samples
from bench.running.jobs import allowed, bare
from bench.views.opening import views_of

PICTURED, OCCLUDED = 4, 6
"""Number of clips drawn by the method itself, and of the occlusion map."""


def looks(refitted: Refitted, seconds: float) -> Iterator[Part]:
    """Figures of the model of one fold; the occlusion map takes about `seconds` at most."""
    yield from own_pictures(refitted)
    yield occlusion(refitted, seconds)


def own_pictures(refitted: Refitted) -> Iterator[Part]:
    """Figures that the method draws itself."""
    task, test = refitted.unit.cell.task, refitted.unit.fold.test
    chosen = samples(refitted.labels, PICTURED)
    clips = {
        f"{shown(task.clips[test[i]].id)}\ntrue: {shown(task.classes[refitted.labels[i]])}\n"
        f"predicted: {shown(task.classes[refitted.predicted[i]])}": refitted.held_out[i]
        for i in chosen
    }
    figures = refitted.unit.cell.row.method.pictures(refitted.model, clips)
    for name, figure in figures.items():
        about = f"{figure.get_suptitle() or name}. n = {len(clips)} clips. {refitted.about}"
        yield Part(name.capitalize(), about[0].upper() + about[1:], safe(name, "-"), figure)


def occlusion(refitted: Refitted, seconds: float) -> Part:
    """Occlusion maps of as many clips as the time allows, at least one."""
    title = "Where motion matters"
    task, test = refitted.unit.cell.task, refitted.unit.fold.test
    method = refitted.unit.cell.row.method
    started = time.monotonic()
    maps: list[Array] = []
    clips, names = [], []
    for i in samples(refitted.labels, OCCLUDED):
        if maps and time.monotonic() - started > seconds:
            break
        clip, label = task.clips[test[i]], int(refitted.labels[i])
        opened = views_of(task.dataset, bare(clip, [method]), task.digests[test[i]], None)
        views = allowed(method, opened)
        drop = drops(method, refitted.model, views, label)
        if drop is None:
            return Part(title, f"{method.name} does not use frames, so nothing can be occluded.")
        maps.append(drop)
        clips.append(views)
        names.append(f"{shown(clip.id)}\n{shown(task.classes[label])}")
    about = (
        f"Drop in the true class's score when a patch of the apex frame ({GRID} x {GRID} patches) "
        "is replaced by the onset's, which hides the motion there. Where it is positive, the "
        "motion is evidence for the true class. Units are the method's own; the colour scale is "
        f"clipped at the strongest {100 * STRONGEST:.0f} % of patches. n = {len(maps)} held-out "
        f"clips of one fold; nothing is averaged over folds. {refitted.about}"
    )
    return Part(title, about, "occlusion", occlusion_figure(maps, clips, names))

"""`bench data show`."""

from __future__ import annotations

import difflib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bench.cache.output import MAKER, MARK, Output, write_outputs
from bench.cli.common import STAND_INS, out, progress, workspace
from bench.cli.complete import complete_datasets
from bench.cli.options import Force, Plugin, output_option
from bench.core.clip import Clip
from bench.core.drawing import fitted
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.machine import cores
from bench.core.names import ClipId
from bench.core.select import unknown
from bench.data.figure import draw
from bench.data.fingerprint import digests, identities
from bench.plugins.settings import chosen_datasets
from bench.views.opening import views_of

KINDS = (".png", ".pdf", ".svg")


def show(
    name: Annotated[
        str,
        typer.Argument(metavar="DATASET", help="A dataset.", autocompletion=complete_datasets),
    ],
    clip: Annotated[str, typer.Argument(help="A clip's id, or its end where that is unique.")],
    output: Annotated[Path | None, output_option("File to write: png, pdf or svg.")] = None,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Draw a clip for a paper: onset, apex, their difference, optical flow, strain."""
    registry, settings = workspace(plugin)
    if name not in registry.datasets:
        raise unknown("dataset", name, registry.datasets)
    if output is not None and output.suffix.lower() not in KINDS:
        raise BenchError(f"-o {output}: expected a file ending in {', '.join(KINDS)}")
    with progress(STAND_INS) as report:
        (dataset,), settings = chosen_datasets(registry, settings, name, cores(), report)
    one = find(name, dataset.index().clips, clip)
    (digest,) = identities(dataset, [one], digests([one], settings.cache, name))
    figure = fitted(draw(one, views_of(dataset, one, digest, settings.cache), dataset))
    path = output or Path(f"{safe(one.id.replace('/', '_'), '-')}.png")
    raw, kind = io.BytesIO(), path.suffix[1:].lower()
    maker = "Software" if kind == "png" else "Creator"
    figure.savefig(raw, dpi=300, format=kind, metadata={maker: MAKER})
    write_outputs([Output(path, raw.getvalue(), MARK)], force)
    out().say(f"{'SYNTHETIC ' if dataset.synthetic else ''}{one.id}: {path}")


def find(dataset: str, clips: Sequence[Clip], word: str) -> Clip:
    """The clip meant by its id, the id without its database, or its name alone.

    Raises:
        BenchError: no clip, with the nearest ids, or several.
    """
    known = {clip.id: clip for clip in clips}
    found = [clip for clip in clips if word in ClipId.parse(clip.id).forms]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(clip.id for clip in found)
        raise BenchError(f"{word!r} matches {len(found)} clips of {dataset}: choose one of {ids}")
    names = {form: i for i in known for form in ClipId.parse(i).forms}
    near = dict.fromkeys(names[n] for n in difflib.get_close_matches(word, names, n=3, cutoff=0.5))
    hint = f"; did you mean {' or '.join(near)}?" if near else f", such as {next(iter(known), '')}"
    raise BenchError(f"no clip {word!r} among the {len(known)} of {dataset}{hint}")

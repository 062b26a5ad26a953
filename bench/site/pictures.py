"""Pictures of a site: forest plots, and those of reports that lie in the results folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib import rc_context

from bench.board.document import forest_name, has_forest
from bench.board.forest import forest_figure
from bench.board.style import SETTINGS, svg
from bench.cache.output import MARK
from bench.evaluation.row import Row
from bench.site.content import Content, Section
from bench.site.tables import explained

WITHOUT_FACES = ("curves", "epochs", "recall_classes", "recall_subjects", "variants")
"""Pictures of a report that are drawn from records alone. Of real data only these are published:
others may show faces, which the licences of the datasets forbid."""


@dataclass(frozen=True)
class Picture:
    """A picture of a report.

    Attributes:
        path: below the site.
        data: png.
        about: what it shows.
    """

    path: str
    data: bytes
    about: str


def forest(section: Section) -> tuple[str, bytes] | None:
    """File name and svg of a task's forest plot; None where there are too few rows."""
    if not has_forest(section.table):
        return None
    # As text a plot is a quarter as large, and readers can search it.
    with rc_context(SETTINGS | {"svg.fonttype": "none"}):
        return forest_name(section.table), svg(forest_figure(section.table))


def pictures(content: Content, rows: Sequence[tuple[Section, Row]]) -> Iterator[Picture]:
    """Of the reports on some rows; a row that no report is about has none."""
    real = {explained(section, row) for section, row in rows if not section.table.synthetic}
    seen = set()
    for section, row in rows:
        name = explained(section, row)
        if name in seen:
            continue
        seen.add(name)
        for path in sorted((content.reports / name).glob("*.png")):
            if name in real and path.stem not in WITHOUT_FACES:
                continue
            data = path.read_bytes()
            # A stranger's picture in our folder is not ours to publish.
            if MARK.search(data):
                made = "" if name in real else "SYNTHETIC "
                about = f"{row.label} on {made}{section.table.task}: {path.stem.replace('_', ' ')}"
                yield Picture(f"figures/{name}/{path.name}", data, about)

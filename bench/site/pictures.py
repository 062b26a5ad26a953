"""Pictures of a site: forest plots, and those of reports that lie in the results folder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matplotlib import rc_context

from bench.board.board import Table
from bench.board.document import forest_name, has_forest
from bench.board.forest import forest_figure
from bench.board.style import SETTINGS, svg
from bench.cache.output import MARK
from bench.evaluation.row import Row
from bench.report.page import report_folder
from bench.site.content import Content, Section

WITHOUT_FACES = ("curves", "epochs", "recall_classes", "recall_subjects", "variants")
"""Pictures of a report that are drawn from records alone. Of real data only these are published:
others may show faces, which the licences of the datasets forbid."""

CHARTS = ("confusion", *WITHOUT_FACES)
"""Pictures that can be shown in inverted colours."""


@dataclass(frozen=True)
class Picture:
    """A picture of a report.

    Attributes:
        path: below the site.
        data: png.
        about: what it shows.
        chart: its colours may be inverted; no image of a clip is in it.
    """

    path: str
    data: bytes
    about: str
    chart: bool


def forest(section: Section) -> tuple[str, bytes] | None:
    """File name and svg of a task's forest plot; None where there are too few rows."""
    if not has_forest(section.table):
        return None
    with rc_context(SETTINGS):
        return forest_name(section.table), svg(forest_figure(section.table))


def pictures(content: Content, rows: Sequence[tuple[Section, Row]]) -> Iterator[Picture]:
    """Of the reports on some rows; a row that no report is about has none."""
    tables: dict[tuple[str, str], list[Table]] = defaultdict(list)
    for section, row in rows:
        tables[row.label, section.table.task].append(section.table)
    for (label, task), of_report in tables.items():
        # A report on real data lies where one on stand-ins of the same task would.
        synthetic = all(table.synthetic for table in of_report)
        folder = report_folder(content.results, label, task)
        for path in sorted(folder.glob("*.png")):
            if not synthetic and path.stem not in WITHOUT_FACES:
                continue
            data = path.read_bytes()
            # A stranger's picture in our folder is not ours to publish.
            if MARK.search(data):
                made = "SYNTHETIC " if synthetic else ""
                about = f"{label} on {made}{task}: {path.stem.replace('_', ' ')}"
                yield Picture(
                    f"figures/{folder.name}/{path.name}", data, about, path.stem in CHARTS
                )

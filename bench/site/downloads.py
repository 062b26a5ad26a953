"""Files of a site for other programs: numbers, and the predictions they were computed from."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable

from bench.board.plain import to_csv, to_json
from bench.core import escape
from bench.evaluation.row import Row
from bench.evaluation.truth import Truth
from bench.site.content import Content, Section

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold: with that of its making, its bytes would change."""


def downloads(content: Content) -> dict[str, bytes]:
    """Files by their path below the site."""
    packed = [
        (f"{one.name}.csv", predictions(one.task, one)) for one in content.sections if one.task
    ]
    return {
        # Packed: of 40 rows on 12 tasks a tenth of their size.
        "data/leaderboard.zip": _zipped(
            [
                ("leaderboard.csv", to_csv(content.board).encode()),
                ("leaderboard.json", to_json(content.board).encode()),
            ]
        ),
        **({"data/predictions.zip": _zipped(packed)} if packed else {}),
    }


def predictions(task: Truth, section: Section) -> bytes:
    """A line for each clip: its subject, its true class, and the class that each row predicted.

    Rows of several seeds have a column for each; what was counted by subject has none.

    Args:
        task: of the section.
        section: a table with its records.
    """
    columns = dict(_columns(section))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(escape.csv, ["clip", "subject", "true", *columns]))
    for clip, i in task.position.items():
        words = [clip, str(task.people[i]), task.classes[task.labels[i]]]
        words += [
            task.classes[labels[clip]] if clip in labels else "" for labels in columns.values()
        ]
        writer.writerow(map(escape.csv, words))
    return out.getvalue().encode()


def _columns(section: Section) -> Iterable[tuple[str, dict[str, int]]]:
    for row in section.rows:
        external = section.externals.get(row.key)
        if external is not None:
            if external.predicted:
                yield f"{row.name} (external)", external.predicted
            continue
        done = section.done.get(row.key, [])
        for seed in row.seeds:
            of_seed = [record for record in done if record.inputs["seed"] == seed]
            yield (
                _title(row, seed),
                {
                    clip: scores.index(max(scores))
                    for record in of_seed
                    for clip, scores in zip(record.clips, record.scores, strict=True)
                },
            )


def _title(row: Row, seed: int) -> str:
    # The family tells rows of the same name apart: of other versions, or other configurations.
    return f"{row.name} {row.family} seed {seed}"


def _zipped(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, or Windows would write other bytes
            archive.writestr(entry, data)
    return buffer.getvalue()

"""Every page of a site, by its path."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from itertools import chain, groupby
from pathlib import Path
from typing import Any

from bench import __version__
from bench.board import document
from bench.board.ablation import grids
from bench.board.blocks import Grid
from bench.board.columns import DETAILS, of_table
from bench.board.notes import full_text, note_text
from bench.board.text import (
    COMPARED,
    LEGEND,
    READING,
    STAND_INS,
    TEST_BEST,
    TEST_BEST_NOTE,
    caption,
    compared,
    interval_text,
)
from bench.core.words import Provenance
from bench.evaluation.row import Row
from bench.literature.ceilings import above_ceiling
from bench.literature.judged import judged
from bench.literature.verdict import in_a_word
from bench.plugins.docstrings import about, meanings
from bench.plugins.method import Method
from bench.site.content import Content, Section, method_of
from bench.site.facts import facts as known_facts
from bench.site.facts import has_paper, held_out
from bench.site.light import light
from bench.site.pictures import Picture, forest, pictures
from bench.site.render import render
from bench.site.tables import (
    dataset_page,
    heads,
    lines,
    method_page,
    result,
    task_page,
)

PROVENANCE: dict[Provenance, str] = {
    "run": "Whoever made this site ran every fold of the row, on one of the machines below.",
    "reproduced": "Somebody else ran it; it was run again here, and the predictions are equal.",
    "reported": "Somebody else says so. Nobody here ran it; in tables its rank has a dagger (†).",
    "unsealed": "From files of an older format, whose changes since would not show.",
}


def pages(content: Content) -> Iterator[tuple[str, bytes]]:
    """Paths below the site and bytes of all pages and pictures."""
    shared = _shared(content)
    tasks = list(map(_summary, content.sections))
    yield (
        "index.html",
        render("index", "", tasks=tasks, held_out=held_out(content.sections), **shared),
    )
    for section in content.sections:
        yield from _task(section, shared)
    drawn = {name: list(pictures(content, rows)) for name, rows in content.methods.items()}
    small = light({one.path: one.data for found in drawn.values() for one in found})
    for name, rows in content.methods.items():
        shown = [one for one in drawn[name] if one.path in small]
        yield method_page(name), _method(content, name, rows, shown, shared)
    yield from small.items()
    for name, sections in content.datasets.items():
        yield _dataset(content, name, sections, shared)
    yield "compare.html", _compare(content, shared)
    yield "literature.html", _literature(shared)
    yield "provenance.html", _provenance(content, shared)
    packed = [section for section in content.sections if section.task]
    yield "downloads.html", render("downloads", "", sections=packed, **shared)
    for name in (
        "site.css",
        "site.js",
        "compare.js",
        "dataTables.min.js",
        "dataTables-LICENSE.txt",
    ):
        yield f"static/{name}", _static(name)


def _shared(content: Content) -> dict[str, Any]:
    """What all templates use."""
    return {
        "version": __version__,
        "legend": LEGEND,
        "stand_ins": STAND_INS,
        "method_page": method_page,
        "method_of": method_of,
        "dataset_page": dataset_page,
        "task_page": task_page,
        "heading": document.heading,
        "alone": _alone,
        "interval": interval_text,
        "full_text": full_text,
        "synthetic_only": bool(content.sections)
        and all(section.table.synthetic for section in content.sections),
    }


def _static(name: str) -> bytes:
    return Path(str(files("bench.site") / "static" / name)).read_bytes()


def _summary(section: Section) -> dict[str, Any]:
    """A task on the start page: its ranked rows by rank."""
    ranked = [row for row in section.table.rows if row.rank is not None]
    # By rank and then score: a lower score can have a better rank, where it varies more.
    ordered = sorted(ranked, key=lambda row: row.rank or 0)
    groups = [(rank, list(rows)) for rank, rows in groupby(ordered, key=lambda row: row.rank)]
    return {"section": section, "groups": groups, "ranked": len(ranked)}


def _task(section: Section, shared: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    table, picture = section.table, forest(section)
    stand_for = document.stand_ins(table)
    parts = [{"title": "", "note": "", "id": "results", "lines": lines(section, table.rows)}]
    if table.test_best:
        best = lines(section, table.test_best)
        parts.append({"title": TEST_BEST, "note": TEST_BEST_NOTE, "id": "test-best", "lines": best})
    yield (
        task_page(section),
        render(
            "task",
            "../",
            section=section,
            caption=caption(table),
            heads=heads(section),
            details=[one.title(table) for one in of_table(DETAILS, table)],
            parts=parts,
            picture=f"figures/{picture[0]}" if picture else "",
            published=Grid("", list(COMPARED), compared(table)),
            variants=[_variants(group) for group in table.variants],
            stand_for=stand_for,
            reading=READING,
            **shared,
        ),
    )
    if picture:
        yield f"figures/{picture[0]}", picture[1]


def _variants(group: Any) -> dict[str, Any]:
    return {"group": group, "grids": list(grids(group)), "notes": list(map(note_text, group.notes))}


def _method(
    content: Content,
    name: str,
    rows: list[tuple[Section, Row]],
    pictures: list[Picture],
    shared: dict[str, Any],
) -> bytes:
    plugin = content.registry.methods.get(name)
    return render(
        "method",
        "../",
        name=name,
        title=plugin.facts.title if plugin else rows[0][1].title,
        facts=plugin.facts if plugin else None,
        about=about(plugin) if plugin else "",
        known=known_facts(plugin, rows),
        of_paper=plugin is not None and has_paper(plugin),
        configuration=_configuration(plugin) if plugin else [],
        presets=[p for p in plugin.presets if plugin.presets[p]] if plugin else [],
        results=[result(section, row) for section, row in rows],
        variants=[
            (section, _variants(group))
            for section in content.sections
            for group in section.table.variants
            if group.method == name
        ],
        literature=[one for one in _judgements() if one["first"].method == name],
        pictures=pictures,
        **shared,
    )


def _configuration(plugin: type[Method]) -> list[dict[str, Any]]:
    """A line for each field: its default, what presets change, its meaning and its source."""
    known = meanings(plugin)
    presets = [name for name in plugin.presets if plugin.presets[name]]
    return [
        {
            "name": one.name,
            "default": repr(getattr(plugin(), one.name)),
            "presets": [
                repr(plugin.presets[p][one.name]) if one.name in plugin.presets[p] else ""
                for p in presets
            ],
            "meaning": known.get(one.name, ""),
            "source": plugin.sources.get(one.name, ""),
        }
        for one in dataclasses.fields(plugin)  # type: ignore[arg-type]
    ]


def _dataset(
    content: Content, name: str, sections: list[Section], shared: dict[str, Any]
) -> tuple[str, bytes]:
    plugin = content.registry.datasets.get(name)
    return dataset_page(name), render(
        "dataset",
        "../",
        name=name,
        title=plugin.facts.title if plugin else name,
        about=about(plugin).splitlines()[0] if plugin and about(plugin) else "",
        facts=plugin.facts if plugin else None,
        paper=_dated(plugin.facts.paper, plugin.facts.year) if plugin else "",
        labellings=plugin.labellings if plugin else {},
        sections=sections,
        **shared,
    )


def _dated(paper: str, year: int | None) -> str:
    """A paper with its year, where its venue does not name one."""
    return paper if not year or re.search(r"\b(19|20)\d\d\b", paper) else f"{paper}, {year}"


def _compare(content: Content, shared: dict[str, Any]) -> bytes:
    tasks = []
    for section in content.sections:
        if found := section.table.differences.by_rows():
            within = set(chain(*found))
            rows = [row for row in section.table.rows if row.key in within]
            tasks.append({"section": section, "rows": rows, "pairs": found})
    return render("compare", "", tasks=tasks, **shared)


def _alone(row: Row, rows: list[Row]) -> bool:
    """Whether no other row has its name: such rows differ in configuration or version."""
    return sum(other.name == row.name for other in rows) == 1


def _literature(shared: dict[str, Any]) -> bytes:
    found = _judgements()
    counts = Counter(one["verdict"].feasible for one in found)
    return render("literature", "", results=found, counts=counts, **shared)


@cache
def _judgements() -> list[dict[str, Any]]:
    """Every published result with what is known against it, for all pages that show some."""
    return [
        {
            "first": group[0],
            "group": group,
            "verdict": verdict,
            "word": in_a_word(group, verdict),
            "above": "" if (above := above_ceiling(group)) is None else note_text(above),
        }
        for group, verdict in judged()
    ]


def _provenance(content: Content, shared: dict[str, Any]) -> bytes:
    counts, others = [], []
    for section in content.sections:
        by_word = {
            word: [row for row in section.rows if row.provenance == word] for word in PROVENANCE
        }
        counts.append((section, {word: len(rows) for word, rows in by_word.items()}))
        others += [
            (section, word, rows) for word, rows in by_word.items() if rows and word != "run"
        ]
    return render(
        "provenance",
        "",
        meanings=PROVENANCE,
        counts=counts,
        others=others,
        machines=content.board.machines,
        **shared,
    )

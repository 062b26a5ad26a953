"""Pages on methods: paper, configuration, fidelity, published numbers and ours."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.board.text import number
from bench.literature.table import literature, results
from bench.plugins.docstrings import about, meanings
from bench.plugins.method import Facts, Method
from docs.pages.markdown import table

CONTROL = "onsetcontrol"
LEGEND = (
    f"Control: whether the lower end of the UF1 interval is above the UF1 of `{CONTROL}`, "
    "which sees only the onset frame, in the same table. Empty where the board has no control."
)


def method_page(plugin: type[Method], boards: Path) -> str:
    """The page of a method in markdown.

    Args:
        plugin: the method.
        boards: folder of committed boards (`*/leaderboard.json`).
    """
    facts = plugin.facts
    sections = [
        f"# {facts.title} (`{plugin.name}`)",
        about(plugin),
        "## Source",
        _source(facts),
        *(f"- **{name}**: {one.word}. {one.evidence}" for name, one in facts.fidelity.parts),
        *_list("Deviations", facts.deviations),
        "## Configuration",
        _configuration(plugin),
        *_variants(plugin),
        "## Published numbers",
        _published(plugin.name),
        "## Our numbers",
        *_our_numbers(plugin.name, boards),
    ]
    return "\n\n".join(sections) + "\n"


def method_index(methods: Mapping[str, type[Method]]) -> str:
    """The page that lists all methods."""
    rows = [
        (
            f"[`{name}`]({name}.md)",
            one.facts.title,
            str(one.facts.year or ""),
            one.facts.fidelity.weakest,
        )
        for name, one in methods.items()
    ]
    fidelity = "\n".join(f"- **{word}**: {meaning}" for word, meaning in FIDELITY.items())
    listed = table(("name", "method", "year", "fidelity"), rows)
    return f"# Methods\n\n{listed}\n\nFidelity of an implementation:\n\n{fidelity}\n"


def _source(facts: Facts) -> str:
    if facts.reference:
        return facts.paper
    return f"{facts.paper}, {facts.year}." + (f" <{facts.url}>" if facts.url else "")


FIDELITY = {
    "exact": "compared numerically with public code on the same input.",
    "stated": "as the paper or the code states it.",
    "reconstructed": "details that the source leaves open are our own choices.",
    "original": "first implemented here and published nowhere else.",
    "changed": "a preset or variant that changes a field of what was judged.",
}


def _list(title: str, sentences: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {s}" for s in sentences)] if sentences else []


def _configuration(plugin: type[Method]) -> str:
    fields = dataclasses.fields(plugin)  # type: ignore[arg-type]
    needs = ", ".join(f"`{name}`" for name in sorted(plugin.needs)) or "none"
    lines = [f"Views it needs: {needs}."]
    if plugin.takes:
        taken = ", ".join(f"`{name}`" for name in sorted(plugin.takes))
        lines.append(f"Used where the dataset provides them: {taken}.")
    if not fields:
        return " ".join([*lines, "No configuration."])
    known = meanings(plugin)
    presets = [name for name in plugin.presets if plugin.presets[name]]
    rows = [
        (
            f"`{field.name}`",
            f"`{field.default!r}`",
            *(_code(plugin.presets[p].get(field.name)) for p in presets),
            known.get(field.name, ""),
        )
        for field in fields
    ]
    return "\n\n".join([" ".join(lines), table(("field", "paper", *presets, "meaning"), rows)])


def _code(value: Any) -> str:
    return "" if value is None else f"`{value!r}`"


def _variants(plugin: type[Method]) -> list[str]:
    if not plugin.variants:
        return []
    rows = [
        (
            f"`{plugin.name}:{name}`",
            ", ".join(
                [
                    *(f"`{n}={v!r}`" for n, v in changes.items()),
                    *(["the authors' choice of epoch (oracle)"] if name in plugin.traced else []),
                ]
            ),
        )
        for name, changes in plugin.variants.items()
    ]
    return ["## Variants", table(("name", "changes"), rows)]


def _published(name: str) -> str:
    groups = results(row for row in literature() if row.method == name)
    rows = []
    for group in groups:
        first = group[0]
        values = ", ".join(f"{p.metric} {p.claim}" for p in group)
        part = "" if first.part == "full" else f", {first.part}"
        task = f"{first.dataset}/{first.classes_as_stated or '?'}{part}"
        source = f"[{first.source}]({first.url})" if first.url else first.source
        rows.append((first.name, task, values, first.selection, first.certainty, source))
    head = ("name in the source", "task", "values", "epoch", "certainty", "source")
    return table(head, rows) if rows else "None known."


def _ours(name: str, boards: Path) -> list[tuple[str, ...]]:
    """Rows of the committed boards, each compared with the control in its table."""
    found = []
    for path in sorted(boards.glob("*/leaderboard.json")):
        board = path.parent.name
        for part in json.loads(path.read_bytes())["tables"]:
            control = next((r for r in part["rows"] if r["label"] == CONTROL), None)
            made = "SYNTHETIC " if part["synthetic"] else ""
            for row in part["rows"]:
                if row["label"].partition(":")[0] != name or not row["scores"]:
                    continue
                label = row["label"] + ("" if row["preset"] == "paper" else f" ({row['preset']})")
                found.append(
                    (
                        f"[{board}](../boards/{board}/leaderboard.md)",
                        label,
                        made + part["task"],
                        *(_value(row["scores"][m]) for m in ("uf1", "uar", "accuracy")),
                        f"{row['folds']}/{row['of']}",
                        "" if row["reference"] else _against(control, row),
                    )
                )
    return found


def _value(score: dict[str, Any]) -> str:
    if score["low"] is None:
        return number(score["value"])
    return f"{number(score['value'])} [{number(score['low'])}, {number(score['high'])}]"


def _against(control: dict[str, Any] | None, row: dict[str, Any]) -> str:
    low = row["scores"]["uf1"]["low"]
    if control is None or not control["scores"] or low is None:
        return ""
    return "above" if low > control["scores"]["uf1"]["value"] else "**not above**"


def _our_numbers(name: str, boards: Path) -> list[str]:
    rows = _ours(name, boards)
    if not rows:
        return ["None published yet."]
    head = ("board", "row", "task", "UF1", "UAR", "accuracy", "folds", "control")
    shown = table(head, rows)
    if not any(row[-1] for row in rows):
        return [table(head[:-1], [row[:-1] for row in rows])]
    return [shown, LEGEND]

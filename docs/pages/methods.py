"""Pages on methods: paper, configuration, fidelity, published numbers and ours."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.board.text import number
from bench.literature.comparison import literature
from bench.literature.table import results
from bench.plugins.docstrings import about, meanings
from bench.plugins.method import Facts, Method

CONTROL = "onsetcontrol"


def method_page(plugin: type[Method], boards: Path) -> str:
    """The page of a method in markdown.

    Args:
        plugin: the method.
        boards: folder of committed boards (`*/leaderboard.json`).
    """
    facts = plugin.facts
    ours = list(_ours(plugin.name, boards))
    sections = [
        f"# {facts.title} (`{plugin.name}`)",
        about(plugin),
        "## Source",
        _source(facts),
        f"Fidelity: **{facts.fidelity}**, {FIDELITY[facts.fidelity]}",
        *_list("Deviations", facts.deviations),
        "## Configuration",
        _configuration(plugin),
        *_variants(plugin),
        "## Published numbers",
        _published(plugin.name),
        "## Our numbers",
        _table(("board", "row", "task", "UF1", "UAR", "accuracy", "folds"), [r[:-1] for r in ours])
        if ours
        else "None committed yet.",
        *_verdicts(ours),
    ]
    return "\n\n".join(sections) + "\n"


def _source(facts: Facts) -> str:
    if facts.reference:
        return facts.paper
    return f"{facts.paper}, {facts.year}." + (f" <{facts.url}>" if facts.url else "")


FIDELITY = {
    "code": "it follows its authors' public code.",
    "paper": "it follows a text that leaves nothing to guess.",
    "reconstructed": "what its source leaves open is our own reading.",
    "original": "it is its author's own method and this is its source.",
}


def _list(title: str, sentences: tuple[str, ...]) -> list[str]:
    return [f"## {title}", "\n".join(f"- {s}" for s in sentences)] if sentences else []


def _configuration(plugin: type[Method]) -> str:
    fields = dataclasses.fields(plugin)  # type: ignore[arg-type]
    needs = ", ".join(f"`{name}`" for name in sorted(plugin.needs)) or "nothing"
    lines = [f"It needs the views {needs}."]
    if plugin.takes:
        taken = ", ".join(f"`{name}`" for name in sorted(plugin.takes))
        lines.append(f"It uses {taken} where a dataset has them.")
    if not fields:
        return " ".join([*lines, "There is nothing to configure."])
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
    return "\n\n".join([" ".join(lines), _table(("field", "paper", *presets, "meaning"), rows)])


def _code(value: Any) -> str:
    return "" if value is None else f"`{value!r}`"


def _variants(plugin: type[Method]) -> list[str]:
    if not plugin.variants:
        return []
    rows = [
        (f"`{plugin.name}:{name}`", ", ".join(f"`{n}={v!r}`" for n, v in changes.items()))
        for name, changes in plugin.variants.items()
    ]
    return ["## Variants", _table(("on the command line", "what it changes"), rows)]


def _published(name: str) -> str:
    groups = results(row for row in literature() if row.method == name)
    rows = []
    for group in groups:
        first = group[0]
        values = ", ".join(f"{p.metric} {number(p.value)}" for p in group)
        part = "" if first.part == "full" else f", {first.part}"
        task = f"{first.dataset}/{first.classes_as_stated or '?'}{part}"
        sure = "unverified" if first.certainty == "recalled" else first.certainty
        rows.append((first.name, task, values, first.selection, sure, first.source))
    head = ("as", "task", "values", "epoch", "certainty", "source")
    return _table(head, rows) if rows else "None that we know of."


Line = tuple[str, ...]


def _ours(name: str, boards: Path) -> Iterator[Line]:
    """Lines of the committed boards, and whether each beats the control beside it."""
    for path in sorted(boards.glob("*/leaderboard.json")):
        for table in json.loads(path.read_bytes())["tables"]:
            control = next(
                (r for r in table["rows"] if r["label"] == CONTROL and r["scores"]), None
            )
            for row in table["rows"]:
                if row["label"].partition(":")[0] != name or not row["scores"]:
                    continue
                made = "SYNTHETIC " if table["synthetic"] else ""
                label = row["label"] + ("" if row["preset"] == "paper" else f" ({row['preset']})")
                values = [_value(row["scores"][m]) for m in ("uf1", "uar", "accuracy")]
                folds = f"{row['folds']}/{row['of']}"
                verdict = "" if row["reference"] else _against(control, row)
                link = (
                    f"[{path.parent.name}](../../results/boards/{path.parent.name}/leaderboard.md)"
                )
                yield (link, label, made + table["task"], *values, folds, verdict)


def _value(score: dict[str, Any]) -> str:
    if score["low"] is None:
        return number(score["value"])
    return f"{number(score['value'])} [{number(score['low'])}, {number(score['high'])}]"


def _against(control: dict[str, Any] | None, row: dict[str, Any]) -> str:
    low = row["scores"]["uf1"]["low"]
    if control is None or low is None:
        return ""
    chance = control["scores"]["uf1"]["value"]
    return "beats" if low > chance else "does not beat"


def _verdicts(ours: list[Line]) -> list[str]:
    """Where the method does not beat a control that sees the onset frame alone."""
    sentences = [
        f"- `{line[1]}` **does not beat its control** on {line[2]} ({line[0]}): its interval "
        "reaches down to the UF1 of a method that sees the onset frame alone."
        for line in ours
        if line[-1] == "does not beat"
    ]
    return ["\n".join(sentences)] if sentences else []


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    clean = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in clean)

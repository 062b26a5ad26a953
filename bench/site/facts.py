"""What a method's page says of the method in plain words: its input, its size, its epoch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.core.names import Protocol, ProtocolKind
from bench.core.words import Selection
from bench.evaluation.row import Row
from bench.plugins.method import Method
from bench.site.content import Section
from bench.views.catalog import CATALOG

ANNOTATED = {
    "action_units": "the action units that its coders annotated",
    "action_unit_codes": "the action units that its coders annotated",
    "gender": "the subject's gender",
}
"""What is no view but annotated."""

HELD_OUT: dict[ProtocolKind, str] = {
    "loso": "Each subject is held out once.",
    "kfold": "The subjects are split into groups, and each group is held out once.",
    "hde": "Each database is held out once.",
    "cross": "Some databases are trained on, and another is tested.",
    "lovo": "Each clip is left out once, with clips of the same person in training: a diagnostic, "
    "never ranked.",
}
"""What is held out by each kind of protocol."""

EPOCH: dict[Selection, str] = {
    "last": "The last: the number of epochs is fixed beforehand, or the method has none.",
    "inner": "By inner folds of the training subjects; the held-out subject is not looked at.",
    "oracle": "The best on the held-out subject, which the harness looked up: never ranked.",
    "test-best": "The best on the held-out subject, by whoever made the predictions: never ranked.",
    "unknown": "Whoever made the predictions does not say how.",
}
"""How the epoch that is scored was selected."""


def facts(plugin: type[Method] | None, rows: Sequence[tuple[Section, Row]]) -> dict[str, list[str]]:
    """Facts of a method by their name, a sentence each; those that are not known are left out.

    Args:
        plugin: where it is installed.
        rows: its results.
    """
    known = {
        "reads": _views(plugin.needs) if plugin else [],
        "also uses, where a dataset has it": _views(plugin.takes) if plugin else [],
        "trained parameters": _parameters(rows),
        "epoch that is scored": _epochs([row for _, row in rows]),
    }
    return {name: sentences for name, sentences in known.items() if sentences}


def held_out(sections: Iterable[Section]) -> dict[str, str]:
    """What is held out by each protocol of a site, in the order of its tables."""
    names = dict.fromkeys(section.table.protocol for section in sections)
    return {name: HELD_OUT[Protocol.parse(name).kind] for name in names}


def has_paper(plugin: type[Method]) -> bool:
    """Whether some part of it follows a source, so that its defaults can be that source's."""
    return any(part.word != "original" for _, part in plugin.facts.fidelity.parts)


def _views(names: Iterable[str]) -> list[str]:
    return [
        f"{name.replace('_', ' ')}: {ANNOTATED.get(name) or CATALOG[name].about}"
        if name in CATALOG or name in ANNOTATED
        else name.replace("_", " ")
        for name in sorted(names)
    ]


def _parameters(rows: Sequence[tuple[Section, Row]]) -> list[str]:
    """One number for all rows, or each with the rows that it is of."""
    of: dict[int, list[str]] = {}
    for section, row in rows:
        if row.parameters is not None:
            made = "SYNTHETIC " if section.table.synthetic else ""
            of.setdefault(row.parameters, []).append(f"{row.name} on {made}{section.table.task}")
    if len(of) == 1:
        return [f"{count:,}" for count in of]
    return [f"{count:,}: {', '.join(dict.fromkeys(names))}" for count, names in sorted(of.items())]


def _epochs(rows: Sequence[Row]) -> list[str]:
    of: dict[Selection, list[str]] = {}
    for row in rows:
        of.setdefault(row.selection, []).append(row.name)
    if len(of) == 1:
        return [EPOCH[word] for word in of]
    return [f"{', '.join(dict.fromkeys(names))}: {EPOCH[word]}" for word, names in of.items()]

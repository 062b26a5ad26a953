"""Pages on datasets, written from the plugins' facts."""

from __future__ import annotations

from collections.abc import Iterator

from bench.core.dataset import Dataset, Labelling


def dataset_page(dataset: type[Dataset]) -> str:
    """The page of a dataset in markdown: how to obtain it, its tree, tasks, quirks, citation."""
    facts, name = dataset.facts, dataset.name
    sections = (
        f"# {facts.title} (`{name}`)",
        (dataset.__doc__ or "").strip().splitlines()[0],
        "## How to obtain it",
        f"<{facts.url}>\n\n{facts.licence}",
        "Then say where it lies, in `bench.toml`:",
        f'```toml\n[roots]\n{name} = "/data/..."\n```',
        f"or by the variable `BENCH_{name.upper()}_ROOT`, and check it:",
        f"```\nbench data check {name}\n```",
        "## Files",
        "In the folder set as root, or in the one below it:",
        f"```\n{facts.layout}\n```",
        f"What a method gets: {', '.join(f'`{word}`' for word in sorted(dataset.ships))}.",
        "## Tasks",
        _table(dataset),
        "## Quirks, and what is done about them",
        "\n".join(f"- {quirk}" for quirk in facts.quirks),
        "## Citation",
        f"{facts.paper}, {facts.year}.",
    )
    return "\n\n".join(sections) + "\n"


def _table(dataset: type[Dataset]) -> str:
    rows = [_row(f"{dataset.name}/{word}", lab) for word, lab in dataset.labellings.items()]
    head = ("task", "classes (clips)", "clips", "subjects")
    return "\n".join(_cells([head, ("---", "---", "---:", "---:"), *rows]))


def _row(task: str, labelling: Labelling) -> tuple[str, str, str, str]:
    numbers = labelling.expected
    classes = labelling.classes
    if numbers:
        classes = tuple(f"{word} ({n})" for word, n in zip(classes, numbers, strict=True))
    clips = str(sum(numbers)) if numbers else "not checked"
    people = "not checked" if labelling.subjects is None else str(labelling.subjects)
    return f"`{task}`", ", ".join(classes), clips, people


def _cells(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    return (f"| {' | '.join(row)} |" for row in rows)

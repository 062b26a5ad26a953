"""Pages on datasets, written from the plugins' facts."""

from __future__ import annotations

from collections.abc import Mapping

from bench.core.dataset import Dataset, Labelling
from docs.pages.markdown import table


def dataset_page(dataset: type[Dataset]) -> str:
    """The page of a dataset: how to obtain it, file layout, tasks, known issues, citation."""
    facts, name = dataset.facts, dataset.name
    sections = (
        f"# {facts.title} (`{name}`)",
        _about(dataset),
        "## How to obtain it",
        f"<{facts.url}>\n\n{facts.licence}",
        "Set its path in `bench.toml`:",
        f'```toml\n[roots]\n{name} = "/data/..."\n```',
        f"or in the environment variable `BENCH_{name.upper()}_ROOT`, then check the files:",
        f"```\nbench data check {name}\n```",
        "## Files",
        "Expected in the root folder, or in a single folder inside it:",
        f"```\n{facts.layout}\n```",
        f"Provides: {', '.join(f'`{word}`' for word in sorted(dataset.ships))}.",
        "## Tasks",
        table(
            ("task", "classes (clips)", "clips", "subjects"),
            [_row(f"{name}/{word}", labels) for word, labels in dataset.labellings.items()],
        ),
        "## Known issues and how they are handled",
        "\n".join(f"- {quirk}" for quirk in facts.quirks),
        "## Citation",
        f"{facts.paper}, {facts.year}.",
    )
    return "\n\n".join(sections) + "\n"


def dataset_index(datasets: Mapping[str, type[Dataset]]) -> str:
    """The page that lists all datasets."""
    rows = [
        (f"[`{name}`]({name}.md)", one.facts.title, ", ".join(f"`{n}`" for n in one.labellings))
        for name, one in datasets.items()
    ]
    about = "A task is written `dataset/classes`, for example `casme2/5`."
    return f"# Datasets\n\n{about}\n\n{table(('name', 'dataset', 'classes'), rows)}\n"


def _about(dataset: type[Dataset]) -> str:
    return (dataset.__doc__ or "").strip().splitlines()[0]


def _row(task: str, labelling: Labelling) -> tuple[str, str, str, str]:
    numbers = labelling.expected
    classes = labelling.classes
    if numbers:
        classes = tuple(f"{word} ({n})" for word, n in zip(classes, numbers, strict=True))
    clips = str(sum(numbers)) if numbers else "not checked"
    people = "not checked" if labelling.subjects is None else str(labelling.subjects)
    return f"`{task}`", ", ".join(classes), clips, people

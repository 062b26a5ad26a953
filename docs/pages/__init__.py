"""Pages of the documentation that are written from the code: datasets, methods, commands."""

from __future__ import annotations

from pathlib import Path

from bench.plugins.registry import load
from docs.pages.commands import command_pages
from docs.pages.datasets import dataset_index, dataset_page
from docs.pages.methods import method_index, method_page

__all__ = ["pages"]


def pages(boards: Path) -> dict[str, str]:
    """Every generated page as markdown, by its path in the documentation.

    Args:
        boards: folder of published boards (`*/leaderboard.json`), for our numbers of each method.
    """
    registry = load()
    datasets, methods = dict(registry.datasets), dict(registry.methods)
    found = {
        "datasets/index.md": dataset_index(datasets),
        "methods/index.md": method_index(methods),
    }
    found |= {f"datasets/{name}.md": dataset_page(plugin) for name, plugin in datasets.items()}
    found |= {f"methods/{name}.md": method_page(plugin, boards) for name, plugin in methods.items()}
    return found | {f"commands/{name}.md": text for name, text in command_pages().items()}

"""Pages of documentation that are written from the code: datasets, methods, verbs.

`python -m docs.pages` writes them into docs/; a test compares what is committed with the code.
"""

from __future__ import annotations

from pathlib import Path

from bench.plugins.registry import load
from docs.pages.datasets import dataset_page
from docs.pages.methods import method_page
from docs.pages.verbs import verb_pages

__all__ = ["dataset_page", "method_page", "pages", "verb_pages"]


def pages(boards: Path) -> dict[str, str]:
    """Every page by its path below docs/.

    Args:
        boards: folder of committed boards, for our numbers on the pages of methods.
    """
    registry = load()
    found = {f"datasets/{n}.md": dataset_page(plugin) for n, plugin in registry.datasets.items()}
    for name, plugin in registry.methods.items():
        found[f"methods/{name}.md"] = method_page(plugin, boards)
    found |= {f"verbs/{name}.md": text for name, text in verb_pages().items()}
    return found

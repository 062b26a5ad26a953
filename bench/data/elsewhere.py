"""Where a dataset lies that is not in the folder set for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench.core.dataset import Dataset, opened
from bench.core.errors import DataError
from bench.data.reading import some, subfolders

SEARCHED = 20
"""Folders tried."""
NAMED = 10
"""Entries of a folder that a message names."""


def instead(dataset: Dataset) -> str:
    """What a folder that is not the dataset holds, and the line that fixes it."""
    root = dataset.root
    if not root.exists():
        return f"expected a folder like {one_line(dataset.facts.layout)}"
    better = elsewhere(dataset, 0)
    if better is not None:
        return setting(dataset.name, better)
    inside = sorted(path.name for path in root.iterdir()) if root.is_dir() else []
    held = f"it holds {some(inside, NAMED)}" if inside else "it is empty"
    return f"{held}; expected {one_line(dataset.facts.layout)}"


def elsewhere(dataset: Dataset, clips: int) -> Path | None:
    """A folder above or below the root that holds more clips of a dataset."""
    root = dataset.root
    # The root of a composite is no folder of clips.
    if len(list(opened(dataset))) > 1:
        return None
    below = subfolders(root) if root.is_dir() else []
    deeper = [inner for folder in below[:SEARCHED] for inner in subfolders(folder)]
    best: Path | None = None
    for folder in [root.parent, root.parent.parent, *[*below, *deeper][:SEARCHED]]:
        try:
            found = replace(dataset, root=folder).index().clips
        except DataError:
            continue
        # A folder above may as well hold another copy, next to the root.
        own = [clip for clip in found if folder in below + deeper or root in clip.folder.parents]
        if own and len(found) > clips:
            best, clips = folder, len(found)
    return best


def setting(name: str, root: Path) -> str:
    """The line of bench.toml that sets a dataset's folder."""
    return f'below [roots] in bench.toml: {name} = "{root}"'


def one_line(layout: str) -> str:
    """A layout of several lines in one."""
    return "; ".join(" ".join(line.split()) for line in layout.splitlines())

"""`bench data get`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from bench.cli.common import err, out, print_json, workspace
from bench.cli.options import Json, Plugin
from bench.core.dataset import Dataset, PublicSource
from bench.core.errors import BenchError
from bench.core.select import choose
from bench.data.clone import by_hand, clone, clone_folder, clone_line
from bench.plugins.registry import Registry
from bench.plugins.settings import public_sources, settings_path


@dataclass(frozen=True)
class _Repository:
    """A repository and the datasets asked for that are in it.

    Attributes:
        source: address and commit.
        kinds: plugins of the datasets.
        folder: where a clone belongs.
        found: where each dataset is found already, by name.
    """

    source: PublicSource
    kinds: tuple[type[Dataset], ...]
    folder: Path
    found: dict[str, str]

    @property
    def names(self) -> str:
        return ", ".join(kind.name for kind in self.kinds)

    def told(self) -> dict[str, Any]:
        """For programs and, line by line, for the terminal."""
        return {
            "datasets": self.names,
            "what": "; ".join(kind.facts.title for kind in self.kinds),
            "source": f"{self.source.address} at {self.source.commit}",
            "licence": self.kinds[0].facts.licence,
            "clone": clone_line(self.source, self.folder),
            "found": ", ".join(dict.fromkeys(self.found.values())) or None,
        }

    def text(self) -> str:
        told = self.told()
        told["found"] = told["found"] or f"no; by --clone, or {by_hand(self.source, self.folder)}"
        return "\n".join(f"{word:8}  {value}" for word, value in told.items())


def get(
    datasets: Annotated[
        str, typer.Argument(metavar="DATASETS", help="Public datasets: names, globs, or all.")
    ] = "all",
    run: Annotated[
        bool, typer.Option("--clone", help="Run the command for those that are not found.")
    ] = False,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", help="Folder for clones; default: public, next to bench.toml."),
    ] = None,
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Show public datasets and the command that clones each; --clone runs it.

    They are features and flow of real clips, without frames, and no licence has to be signed for
    them. A clone in the folder `public` next to bench.toml is found without a setting.
    """
    registry, settings = workspace(plugin)
    names = _chosen(datasets, registry)
    if run:
        for one in _repositories(names, registry, settings.folders, folder):
            _clone(one)
        registry, settings = workspace(plugin)
    listed = _repositories(names, registry, settings.folders, folder)
    if json:
        print_json([one.told() for one in listed])
        return
    out().print("\n\n".join(one.text() for one in listed), soft_wrap=True)
    # A clone elsewhere is found only where bench.toml names it.
    if run and folder is not None:
        lines = [
            f'{kind.name} = "{one.folder.resolve()}"'
            for one in listed
            for kind in one.kinds
            if kind.name not in one.found
        ]
        out().print("\n".join(["", "In bench.toml:", "", "[roots]", *lines]), soft_wrap=True)


def _chosen(words: str, registry: Registry) -> list[str]:
    """Names of public datasets; one written out that is not public is an error."""
    public = public_sources(registry)
    for name in (word.strip() for word in words.split(",")):
        if name in registry.datasets and name not in public:
            facts = registry.datasets[name].facts
            owners = f" Its owners: {facts.url}." if facts.url else ""
            raise BenchError(
                f"{name} is not public: {facts.licence}{owners} Public: {', '.join(public)}"
            )
    return choose(words, public, "public dataset")


def _repositories(
    names: Sequence[str], registry: Registry, places: dict[str, Path], folder: Path | None
) -> list[_Repository]:
    public = public_sources(registry)
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name in names:
        grouped[public[name].address, public[name].commit].append(name)
    return [
        _Repository(
            source=public[group[0]],
            kinds=tuple(registry.datasets[name] for name in group),
            folder=(
                folder / public[group[0]].repository
                if folder
                else clone_folder(settings_path().parent, public[group[0]])
            ),
            found={name: str(places[name]) for name in group if name in places},
        )
        for group in grouped.values()
    ]


def _clone(one: _Repository) -> None:
    if len(one.found) == len(one.kinds):
        return
    if one.folder.exists():
        err().say(f"{one.names}: {one.folder} exists and is left as it is")
        return
    err().say(f"{one.names}: cloning {one.source.address} into {one.folder}")
    clone(one.source, one.folder)

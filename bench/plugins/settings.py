"""The user's surroundings: where datasets, results and caches lie.

`bench.toml` in the working folder (or the file that BENCH_CONFIG names):

    results = "results"            # optional
    cache = "/scratch/bench"       # optional
    cache_size = "20GB"            # optional; what was not used for longest goes first
    plugins = ["mymethod.py"]      # optional, run after `bench trust`; --plugin adds to them
    incomplete = true              # optional; as --incomplete, for a copy that lacks clips
    exclude = "without.txt"        # optional; as --exclude, which overrides it

    [roots]
    casme2 = "/data/CASME2"

    [datasets.mylab]               # a dataset without code: docs/your-data.md
    file = "mylab/dataset.toml"    # or the keys of that file here

    [composites.two]
    parts = ["casme2", "mylab"]

A variable BENCH_CASME2_ROOT overrides the file; BENCH_CACHE overrides `cache`. Clones of public
datasets in the folder `public` beside the file are found without a line of their own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.cache.cache import Cache
from bench.cache.eviction import read_size
from bench.core.dataset import Dataset, PublicSource, Roots
from bench.core.errors import BenchError
from bench.core.machine import default_folder
from bench.core.select import choose, unknown
from bench.core.typed import read_toml, refuse_unknown, typed
from bench.data.clone import clone_folder
from bench.plugins import trust
from bench.plugins.declared import declarations, with_composites, with_declared, with_typed
from bench.plugins.registry import Registry, load

PUBLIC = "public"
"""With --datasets, every public dataset that is found."""


@dataclass(frozen=True)
class Settings:
    """Where things lie.

    Attributes:
        roots: dataset folders by name, as configured.
        clones: folders of public datasets that are found without being configured, by name.
        results: folder of records and boards.
        cache: folder of views, descriptions and stand-ins.
        cache_size: bytes that views, descriptions and artefacts may take, None for no bound.
        incomplete: tasks run without clips that have no readable frames.
        exclude: file of clips to leave out of tasks.
        doubt: why the plugins of bench.toml were not run, empty if they were.
    """

    roots: Mapping[str, Path]
    results: Path
    cache: Cache
    cache_size: int | None = None
    incomplete: bool = False
    exclude: Path | None = None
    doubt: str = ""
    clones: Mapping[str, Path] = field(default_factory=dict)

    @property
    def folders(self) -> dict[str, Path]:
        """Where each dataset is looked for, by name."""
        return {**self.clones, **self.roots}


@dataclass(frozen=True)
class SettingsFile:
    """What bench.toml may hold, as described above."""

    results: str = "results"
    cache: str | None = None
    cache_size: str | int | float | None = None
    plugins: list[str] = field(default_factory=list)
    incomplete: bool = False
    exclude: str | None = None
    roots: dict[str, str] = field(default_factory=dict)
    datasets: dict[str, dict[str, Any]] = field(default_factory=dict)
    composites: dict[str, dict[str, Any]] = field(default_factory=dict)


def settings_path() -> Path:
    """The settings file in use: what BENCH_CONFIG names, or bench.toml in the working folder."""
    return Path(os.environ.get("BENCH_CONFIG", "bench.toml"))


def named_plugins(path: Path) -> list[Path]:
    """The plugins that a settings file names; none of them is imported."""
    return [place(path, name) for name in read_file(path).plugins]


def place(settings: Path, text: str) -> Path:
    """A path in a settings file: relative to the file, wherever the command runs.

    Raises:
        BenchError: it can be no path.
    """
    try:
        # Joining leaves an absolute path as it is.
        path = settings.parent / Path(text).expanduser()
        path.lstat()
    # It may be made, or become readable, later.
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return path
    # No home of that user, a NUL, a name longer than any file's.
    except (RuntimeError, ValueError, OSError) as error:
        raise BenchError(f"{settings}: {text!r:.80} is not a path ({error!s:.80})") from error
    return path


def read_settings(plugins: Sequence[Path] = (), needed: bool = False) -> tuple[Registry, Settings]:
    """Read bench.toml and the environment, and find all plugins.

    Args:
        plugins: plugin files beside those of bench.toml.
        needed: the plugins of bench.toml must run; else they are left out without consent.

    Raises:
        BenchError: an unreadable file, a wrong type, an unknown key or dataset (did you mean), and
            plugins that must run without consent.
    """
    path = settings_path()
    file = read_file(path)
    named = [place(path, name) for name in file.plugins]
    # Whoever names a file on the command line has agreed to run it.
    agreed = {one.resolve() for one in plugins}
    doubted = trust.doubt(path, [one for one in named if one.resolve() not in agreed])
    if doubted and needed:
        raise BenchError(doubted)
    registry = load([*(() if doubted else named), *plugins])
    declared = declarations(path, file.datasets)
    registry = with_declared(registry, declared, path)
    if not doubted:  # a part may be the dataset of a plugin that has not run
        registry = with_composites(registry, file.composites, path)
    roots = {one.name: one.root for one in declared}
    for name, folder in file.roots.items():
        if name in registry.datasets:
            roots[name] = place(path, folder)
        # Else it may be the dataset of a plugin that has not run.
        elif not doubted:
            raise BenchError(f"{path}: {unknown('dataset', name, registry.datasets)}")
    for name in registry.datasets:
        if root := os.environ.get(f"BENCH_{name.upper()}_ROOT"):
            roots[name] = Path(root)
    # `default_folder` reads BENCH_CACHE itself.
    cache = None if os.environ.get("BENCH_CACHE") else file.cache
    return registry, Settings(
        roots=roots,
        results=place(path, file.results),
        cache=Cache(place(path, cache) if cache else default_folder()),
        cache_size=_size(file.cache_size, path),
        incomplete=file.incomplete,
        exclude=place(path, file.exclude) if file.exclude else None,
        doubt=doubted,
        clones=_clones(registry, path.parent),
    )


def public_sources(registry: Registry) -> dict[str, PublicSource]:
    """The repository of each public dataset, by the dataset's name."""
    every = {name: plugin.facts.public for name, plugin in registry.datasets.items()}
    return {name: source for name, source in every.items() if source is not None}


def _clones(registry: Registry, home: Path) -> dict[str, Path]:
    places = {name: clone_folder(home, one) for name, one in public_sources(registry).items()}
    return {name: folder for name, folder in places.items() if folder.is_dir()}


def _size(text: str | int | float | None, path: Path) -> int | None:
    try:
        return None if text is None else read_size(str(text))
    except ValueError as error:
        raise BenchError(f"{path}: cache_size: {error}") from error


def read_file(path: Path) -> SettingsFile:
    """A settings file; all defaults where there is none and BENCH_CONFIG names none.

    Raises:
        BenchError: no TOML, a wrong type or an unknown key, in one line.
    """
    try:
        raw = read_toml(path)
    except FileNotFoundError:
        if "BENCH_CONFIG" in os.environ:
            raise BenchError(f"BENCH_CONFIG names {path}, which does not exist") from None
        return SettingsFile()
    refuse_unknown(raw, SettingsFile, path)
    return typed(raw, SettingsFile, path)


def located(registry: Registry, roots: Mapping[str, Path]) -> dict[str, Dataset]:
    """Every dataset that has data, by name."""

    def opened(name: str) -> Dataset | None:
        # A composite finds its parts through the same function.
        return registry.datasets[name].locate(Roots(roots, opened))

    every = ((name, opened(name)) for name in registry.datasets)
    return {name: dataset for name, dataset in every if dataset is not None}


def stand_ins(
    registry: Registry,
    cache: Cache,
    jobs: int,
    progress: Any,
    preset: str = "",
    seed: int = 0,
    knobs: Mapping[str, float] | None = None,
) -> dict[str, Path]:
    """Roots of SYNTHETIC stand-ins, made where they are missing."""
    name = next(iter(registry.generators), None)
    if name is None:
        raise BenchError("no dataset is configured and the stand-ins' generator is not installed")
    generator = registry.generators[name]()
    preset = preset or generator.first
    # With :g, so that 2 and 2.0 name the same folder.
    words = "".join(f"-{knob}{value:g}" for knob, value in sorted((knobs or {}).items()))
    # The folder names all that the clips depend on, so that no other stand-ins are taken for these.
    folder = cache.folder / name / f"{preset}-seed{seed}-v{generator.version}{words}"
    return dict(generator.make(folder, preset, seed, jobs, progress, knobs))


def chosen_datasets(
    registry: Registry,
    settings: Settings,
    words: str,
    jobs: int,
    progress: Any,
    classes: Path | None = None,
) -> tuple[list[Dataset], Settings]:
    """The datasets meant by `all`, `public` or names; stand-ins where none at all is configured.

    Datasets that need no data on disk are used as they are.

    Args:
        registry: plugins.
        settings: where data lie.
        words: comma-separated; "casme2+samm" is a composite.
        jobs: processes that make stand-ins.
        progress: of making them.
        classes: file of the tasks of composites, as `--map` names it.

    Returns:
        the datasets, and the settings with the roots that were used.

    Raises:
        BenchError: an unknown name, or one without data while others have some; no public one.
    """
    explicit = {word.strip() for word in words.split(",")}
    registry = with_typed(registry, explicit, classes)
    names = _named(explicit, words, registry, settings)
    have = located(registry, settings.folders)
    # Clones are real data that nobody configured: with them, names of others are still stand-ins.
    if not (settings.roots or settings.clones.keys() & names or have.keys() >= set(names)):
        settings = replace(settings, roots=stand_ins(registry, settings.cache, jobs, progress))
        have = located(registry, settings.folders)
    # A pattern may match datasets that have no data; only names written out must have some.
    lacking = [name for name in names if name not in have and name in explicit]
    if lacking:
        raise no_data(lacking[0], have)
    return [have[name] for name in names if name in have], settings


def _named(explicit: set[str], words: str, registry: Registry, settings: Settings) -> list[str]:
    """Names of datasets that comma-separated words mean; `public` is every public one found."""
    if PUBLIC not in explicit:
        return choose(words, registry.datasets, "dataset")
    found = [name for name in public_sources(registry) if name in settings.folders]
    if not found:
        raise BenchError(
            f"--datasets {PUBLIC}: no public dataset is found; `bench data get` lists them, "
            "`bench data get all --clone` clones them"
        )
    others = [word for word in words.split(",") if word.strip() != PUBLIC]
    return list(dict.fromkeys([*found, *choose(others, registry.datasets, "dataset")]))


def no_data(name: str, have: Iterable[str]) -> BenchError:
    """The error for a dataset that nobody said where to find."""
    if lacking := [part for part in name.split("+") if part not in have] if "+" in name else []:
        return BenchError(f"{name}: {no_data(lacking[0], have)}")
    others = ", ".join(have) or "none"
    return BenchError(
        f'{name} has no data: set its path in bench.toml ([roots] {name} = "...") or set '
        f"BENCH_{name.upper()}_ROOT; with data: {others}. `bench info {name}` shows the layout"
    )

"""Consent to the plugins that a bench.toml names: given once, remembered by path and content.

Every command imports the plugins of the `bench.toml` in the working folder, and a folder may be a
stranger's. So they run only after `bench trust`, and again only while neither the list nor any of
their files has changed. `--plugin` is consent by itself; BENCH_TRUST=1 is, for machines that nobody
sits at.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib.machinery
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.machine import state_folder
from bench.core.typed import read_json, typed

MOST_FILES = 1000
"""A folder with more files is no plugin; a list may name the root of a disk."""

# Whatever Python may import. Bytecode in __pycache__ is never read for plugins: see `load_file`.
IMPORTED = tuple(importlib.machinery.all_suffixes())


@dataclasses.dataclass(frozen=True)
class Consent:
    """What was agreed to.

    Attributes:
        config: the settings file.
        files: sha256 of every file of its plugins, by path.
    """

    config: str
    files: dict[str, str]


def consent_to(config: Path, plugins: Sequence[Path]) -> Consent:
    """The consent that running these plugins needs.

    Raises:
        BenchError: a plugin does not exist, or has too many files.
    """
    files = {str(path): _digest(path) for plugin in plugins for path in _code(plugin)}
    return Consent(str(config.resolve()), files)


def _code(plugin: Path) -> Iterator[Path]:
    """The files of a plugin that Python may import."""
    plugin = plugin.resolve()
    if plugin.is_file():
        yield plugin
        return
    if not (plugin / "__init__.py").is_file():
        raise BenchError(f"{plugin}: expected a Python file, or a folder with an __init__.py")
    count = 0
    # With the targets of links, which are imported like any other file.
    for folder, folders, names in os.walk(plugin, followlinks=True):
        folders[:] = sorted(set(folders) - {"__pycache__"})
        count += len(names) + len(folders)
        if count > MOST_FILES:
            raise BenchError(f"{plugin}: more than {MOST_FILES} files; expected a plugin's folder")
        for name in sorted(names):
            path = Path(folder, name)
            if name.endswith(IMPORTED) and path.is_file():
                yield path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def doubt(config: Path, plugins: Sequence[Path]) -> str:
    """Why the plugins of a settings file may not run, and what to do; empty if they may."""
    if not plugins or os.environ.get("BENCH_TRUST") == "1":
        return ""
    given = given_consents().get(str(config.resolve()))
    names = ", ".join(dict.fromkeys(path.name for path in plugins))
    if given is None:
        why = f"has plugins that you have not agreed to run ({names})"
    elif changed := differences(given, consent_to(config, plugins)):
        why = f"has plugins that changed since you agreed to run them ({', '.join(changed)})"
    else:
        return ""
    return f"{config} {why}; `bench trust` shows them and asks"


def differences(given: Consent, wanted: Consent) -> list[str]:
    """Names of files that a consent does not cover."""
    return [
        Path(path).name for path, digest in wanted.files.items() if given.files.get(path) != digest
    ]


def store() -> Path:
    """The file that remembers."""
    return state_folder() / "trusted.json"


def given_consents() -> dict[str, Consent]:
    """All consents by settings file.

    Raises:
        BenchError: the file that remembers them is damaged.
    """
    try:
        raw = read_json(store())
    except FileNotFoundError:
        return {}
    return {one.config: one for one in typed(raw, list[Consent], store())}


def remember(consent: Consent) -> None:
    """Add a consent, or replace an earlier one to the same settings file."""
    _write({**given_consents(), consent.config: consent})


def forget(config: Path) -> bool:
    """Take a consent back; False if there was none."""
    left = given_consents()
    found = left.pop(str(config.resolve()), None)
    if found is not None:
        _write(left)
    return found is not None


def _write(consents: dict[str, Consent]) -> None:
    content = [dataclasses.asdict(one) for _, one in sorted(consents.items())]
    write_atomically(store(), json.dumps(content, indent=1).encode())

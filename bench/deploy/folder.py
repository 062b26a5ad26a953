"""The folder of a trained model: `model.json`, `weights.safetensors`, and files of skops.

`model.json` is a sealed file, as records are, and holds the digests of the others. It is written
last: a folder without it is no model.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.cache.files import write_atomically
from bench.core.code_hash import changes
from bench.core.contain import contained
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.sealed import Kind, seal, unseal
from bench.core.select import unknown
from bench.core.typed import DamagedError, typed
from bench.deploy.card import Card
from bench.deploy.coding import Packed, pack, unpack
from bench.deploy.trained import Trained
from bench.plugins.method import Method
from bench.plugins.registry import Registry
from bench.store.provenance import ours, sign

MODEL = Kind("model", format=1)
CARD, WEIGHTS = "model.json", "weights.safetensors"
CURE = "copy the folder again, or train the model again with `bench fit`"


@dataclass(frozen=True)
class Files:
    """What `model.json` says of a state.

    Attributes:
        values, columnwise: as in `Packed`.
        estimators: file of each scikit-learn estimator, by its name in the state.
        sha256: of each file.
    """

    values: dict[str, Any]
    sha256: dict[str, str]
    columnwise: tuple[str, ...] = ()
    estimators: dict[str, str] = field(default_factory=dict)


def save(trained: Trained, folder: Path, force: bool = False) -> None:
    """Write a model; a folder that has one already is replaced only with `force`.

    Raises:
        BenchError: the folder is in use, or the model holds what cannot be saved.
    """
    check_folder(folder, force)
    packed = pack(trained.model.state())
    names = {name: f"{safe(name, '-')}.skops" for name in packed.estimators}
    content = {WEIGHTS: packed.weights}
    content |= {names[name]: data for name, data in packed.estimators.items()}
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in content.items()}
    files = Files(dict(packed.values), digests, packed.columnwise, names)
    sealed = seal(MODEL, {**asdict(trained.card), "state": asdict(files)}, sign)
    folder.mkdir(parents=True, exist_ok=True)
    # Without it, a folder whose files are being replaced is no model.
    (folder / CARD).unlink(missing_ok=True)
    for name, data in content.items():
        write_atomically(folder / name, data)
    # Laid out for readers; the seal is of its content alone.
    text = json.dumps(json.loads(sealed), indent=1, ensure_ascii=False)
    write_atomically(folder / CARD, text.encode("utf-8", "replace"))


def check_folder(folder: Path, force: bool = False) -> None:
    """Refuse a folder that must not be written: before a long computation, and before writing.

    Raises:
        BenchError: it is a file, has another model, or files that are of no model.
    """
    if folder.exists() and not folder.is_dir():
        raise BenchError(f"-o {folder}: a file, expected a folder")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if there and CARD not in there:
        raise BenchError(f"-o {folder}: not empty, and no model; choose a new folder")
    if there and not force:
        raise BenchError(f"-o {folder}: there is a model already; --force replaces it")


def load(folder: Path, registry: Registry) -> Trained:
    """Read a model; of all code only that of its method runs.

    Raises:
        DamagedError: a file is missing, or not as it was written.
        NewerError: a later version wrote it.
        BenchError: no model, a method that is not at hand, or a state that is not of this method.
    """
    card, files, own = read_card(folder)
    method = _method(card, registry, folder)
    packed = Packed(
        values=files.values,
        columnwise=files.columnwise,
        weights=_content(folder, WEIGHTS, files),
        estimators={name: _content(folder, file, files) for name, file in files.estimators.items()},
    )
    try:
        with contained():
            model = method.restore(unpack(packed, own), card.outline)
    except Exception as error:  # whatever a state of something else leads to
        said = str(error) if isinstance(error, BenchError) else f"{type(error).__name__}: {error}"
        raise BenchError(
            f"{folder}: not restored by {card.label}: {' '.join(said.split()):.300}"
        ) from error
    return Trained(card, method, model)


def read_card(folder: Path) -> tuple[Card, Files, bool]:
    """What `model.json` says, and whether this user wrote it.

    Raises:
        BenchError: see `load`.
    """
    path = folder / CARD
    try:
        found = unseal(path, MODEL)
    except FileNotFoundError as error:
        what = "no such folder" if not folder.is_dir() else f"no {CARD} in it"
        raise BenchError(f"{folder}: {what}; expected a model that `bench fit` wrote") from error
    except DamagedError as error:
        raise DamagedError(path, error.fault, CURE) from error
    card = typed(found.content, Card, path)
    # As it was written, with whatever else it holds.
    card = dataclasses.replace(card, inputs=found.content["inputs"])
    files = typed(found.content.get("state"), Files, path)
    return card, files, ours()(found.digest, found.signature)


def _content(folder: Path, name: str, files: Files) -> bytes:
    path = folder / name
    # Sealed and still a stranger's: no name may lead out of the folder.
    if Path(name).name != name or name not in files.sha256:
        raise DamagedError(folder / CARD, f"names a file {name!r}", CURE)
    if path.exists() and not path.is_file():  # reading a pipe would never end
        raise DamagedError(path, "not a file", CURE)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedError(path, f"{error.strerror}", CURE) from error
    if hashlib.sha256(data).hexdigest() != files.sha256[name]:
        raise DamagedError(path, f"its content is not what {CARD} was written with", CURE)
    return data


def _method(card: Card, registry: Registry, folder: Path) -> Method:
    if card.method not in registry.methods:
        raise BenchError(
            f"{folder}: {unknown('method', card.method, registry.methods)}; a plugin's file is "
            "named with --plugin"
        )
    plugin = registry.methods[card.method]
    kinds = {one.__name__: one for one in _kinds(plugin)}
    if card.method_class not in kinds:
        raise BenchError(
            f"{folder}: {unknown(f'class of {card.method}', card.method_class, kinds)}"
        )
    config = {**card.inputs["config"], **card.chosen}
    names = {one.name for one in dataclasses.fields(plugin)}  # type: ignore[arg-type]
    if lost := sorted(config.keys() - names):
        raise BenchError(
            f"{folder}: {card.method} has no field {lost[0]!r} any more; install the version of "
            f"bench that trained it (commit {card.environment.get('commit') or 'unknown'})"
        )
    return typed(config, kinds[card.method_class], f"{folder / CARD}: config")


def _kinds(plugin: type[Method]) -> Iterator[type[Method]]:
    """A plugin and the readings of it that its own files define."""
    yield plugin
    for one in plugin.__subclasses__():
        if one.__module__.startswith(plugin.__module__):
            yield from _kinds(one)


def code_differs(card: Card, registry: Registry) -> list[str]:
    """What of the code behind a model is different today, a few words each."""
    plugin = registry.methods[card.method]
    before = card.inputs["version"]
    older = [] if before == plugin.version else [f"version {before} of the method"]
    return older + changes(card.source, card.borrowed, plugin)

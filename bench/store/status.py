"""The status of one record today: fresh, stale, foreign or damaged, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bench.core.code_hash import borrowed
from bench.core.errors import BenchError
from bench.core.typed import DamagedError
from bench.core.words import Provenance
from bench.plugins.configure import configure
from bench.plugins.registry import Registry
from bench.store.code import code_changes
from bench.store.environment import environment, environment_id, read_environment
from bench.store.external import read_external_file
from bench.store.record import Record
from bench.store.scan import scan_records
from bench.store.store import Store
from bench.views.catalog import CATALOG

RecordState = Literal["fresh", "stale", "foreign", "damaged"]


@dataclass(frozen=True)
class UnknownMachine:
    """The machine that made a record has no description.

    Attributes:
        environment: id of its description.
    """

    environment: str

    def __str__(self) -> str:
        return f"a machine without a description ({self.environment})"


@dataclass(frozen=True)
class Difference:
    """One way in which the machine that made a record differs from this one.

    Attributes:
        name: of a package, or of another entry of the machine's description.
        there, here: the two values; None if one is missing.
    """

    name: str
    there: Any
    here: Any

    @property
    def harmless(self) -> bool:
        """Whether it is the commit alone: code changes are judged by the hashes in a record."""
        return self.name == "commit"

    def __str__(self) -> str:
        return f"{self.name} {self.there} there, {self.here} here"


@dataclass(frozen=True)
class Explanation:
    """The status of a record and its reasons.

    Attributes:
        state: "damaged" cannot be trusted; "stale" may come out differently with today's code;
            "foreign" was made elsewhere or by a plugin that is not here; otherwise "fresh".
        why: the reasons, a sentence each.
        about: facts of the record by name; empty if it cannot be read.
    """

    state: RecordState
    why: tuple[str, ...]
    about: Mapping[str, Any]


VOUCHED: dict[Provenance, str] = {
    "reproduced": "made by others, and run again here with equal predictions.",
    "reported": "reported: not signed by this user's key; `bench repro` can reproduce it.",
    "unsealed": "its file has no seal (an older format), so nothing tells what made it.",
}


def explain(path: Path, store: Store, registry: Registry) -> Explanation:
    """Say what a record is good for today; reading changes nothing.

    Args:
        path: of a record's file.
        store: the results folder it belongs to.
        registry: today's plugins.

    Raises:
        BenchError: there is no such file.
    """
    found = next(scan_records([path], store.task, store.reproduced()), None)
    if found is None:
        raise BenchError(f"{path}: no record there")
    record = found.content
    if record is None:
        if isinstance(found.error, DamagedError):
            return Explanation("damaged", (f"{found.error.fault}.",), {})
        return Explanation("foreign", (f"{found.error}.",), {})
    about = {
        "method": record.label,
        "preset": record.preset,
        "task": record.inputs["task"],
        "fold": record.fold,
        "seed": record.inputs["seed"],
        "status": record.status,
        "configuration": record.inputs["config"],
        "seconds": record.seconds,
        "device": record.processor or "not recorded",
        "provenance": record.provenance,
    }
    if record.chosen:
        about["chosen by inner folds"] = record.chosen
    if record.error:
        about["error"] = record.error.strip()
    # Before the changes, which need the plugin.
    if missing := _missing(record, registry):
        return Explanation("foreign", missing, about)
    if changes := _changes(record, registry):
        return Explanation("stale", changes, about)
    differences = _elsewhere(record, store)
    elsewhere = any(isinstance(one, UnknownMachine) or not one.harmless for one in differences)
    why = (f"made elsewhere: {'; '.join(map(str, differences))}.",) if elsewhere else ()
    if record.provenance != "run":
        state: RecordState = "fresh" if record.provenance == "reproduced" else "foreign"
        return Explanation(state, (VOUCHED[record.provenance], *why), about)
    if elsewhere:
        return Explanation("foreign", why, about)
    if differences:
        known = record.borrowed or not borrowed(registry.methods[record.inputs["method"]])
        code = "and what it imports from bench are" if known else "is (imports were not recorded)"
        same = f"made on this machine, {differences[0]}; its method {code} unchanged."
        return Explanation("fresh", (same,), about)
    return Explanation("fresh", ("made on this machine by today's code and packages.",), about)


def explain_external(path: Path) -> Explanation:
    """Say what imported predictions are good for.

    Raises:
        FileNotFoundError: there is no such file.
        NewerError: a later version wrote it.
    """
    try:
        one = read_external_file(path)
    except DamagedError as error:
        return Explanation("damaged", (f"{error.fault}.",), {})
    about = {
        "name": one.name,
        "task": one.task,
        "protocol": one.protocol,
        "file": one.origin,
        "source": one.source or "not stated",
        "selection": one.selection,
        "clips": len(one.predicted) or f"not named, counts of {len(one.matrices)} subjects",
        "provenance": "reported",
    }
    why = "imported predictions: reported by others, and nothing here can run them again."
    return Explanation("foreign", (why,), about)


def _missing(record: Record, registry: Registry) -> tuple[str, ...]:
    name = record.inputs["method"]
    if name in registry.methods:
        return ()
    return (f"no installed plugin is named {name}; pass its file with --plugin.",)


def _changes(record: Record, registry: Registry) -> tuple[str, ...]:
    """Why a run today would not reproduce the record's key or code."""
    plugin = registry.methods[record.inputs["method"]]
    reasons = []
    if record.inputs["version"] != plugin.version:
        reasons.append(
            f"its method was version {record.inputs['version']}, today's is {plugin.version}."
        )
    if changed := code_changes(record, plugin, registry.datasets):
        verb = "has" if len(changed) == 1 else "have"
        names = ", ".join(changed)
        reasons.append(f"{names} {verb} changed since (--refresh stale runs it again).")
    for name, version in record.inputs["views"].items():
        if name not in CATALOG:
            reasons.append(f"its view {name} no longer exists.")
        elif CATALOG[name].version != version:
            reasons.append(f"its view {name} was version {version}, now {CATALOG[name].version}.")
    try:
        (today,) = configure(registry, record.label, record.preset)
    except BenchError as error:
        reasons.append(f"its configuration no longer exists: {error}")
        return tuple(reasons)
    # Through JSON, as the record went: tuples have become lists there.
    before, now = record.inputs["config"], json.loads(json.dumps(today.config))
    changed = [
        f"{name} {before.get(name)!r} → {now.get(name)!r}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
    if changed:
        reasons.append(f"its preset has changed: {', '.join(changed)}.")
    return tuple(reasons)


def _elsewhere(record: Record, store: Store) -> list[UnknownMachine | Difference]:
    """How the machine, its packages and the commit differ from those here."""
    if record.environment == environment_id():
        return []
    made = read_environment(store.folder, record.environment)
    if made is None:
        return [UnknownMachine(record.environment)]
    theirs, ours = asdict(made), asdict(environment())
    packages = theirs.pop("packages"), ours.pop("packages")
    pairs = [(theirs, ours), packages]
    return [
        Difference(name, there.get(name), here.get(name))
        for there, here in pairs
        for name in sorted(there.keys() | here.keys())
        if there.get(name) != here.get(name)
    ]

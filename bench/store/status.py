"""What one record is worth today: fresh, stale, foreign or damaged, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from bench.core.errors import BenchError
from bench.core.typed import DamagedError, NewerError
from bench.plugins.code_hash import borrowed
from bench.plugins.configure import configure
from bench.plugins.registry import Registry
from bench.store.code import code_changes
from bench.store.environment import environment, environment_id, read_environment
from bench.store.record import Record
from bench.store.record_file import misfit, read_record
from bench.store.store import Store
from bench.views.catalog import CATALOG

Worth = Literal["fresh", "stale", "foreign", "damaged"]


@dataclass(frozen=True)
class Explanation:
    """A verdict on a record.

    Attributes:
        worth: "damaged" cannot be trusted; "stale" would come out otherwise, or might, with
            today's code; "foreign" was made by what is not here; "fresh" is none of these.
        why: reasons, a sentence each.
        about: facts of the record by name; empty where it cannot be read.
    """

    worth: Worth
    why: tuple[str, ...]
    about: Mapping[str, Any]


def explain(path: Path, store: Store, registry: Registry) -> Explanation:
    """Look at a record without changing it.

    Args:
        path: of a record's file.
        store: the results folder it belongs to.
        registry: today's plugins.

    Raises:
        BenchError: there is no such file.
    """
    try:
        record = read_record(path)
    except FileNotFoundError as error:
        raise BenchError(f"{path}: no record there") from error
    except DamagedError as error:
        return Explanation("damaged", (f"{str(error).removeprefix(f'{path}: ')}.",), {})
    except NewerError as error:
        return Explanation("foreign", (f"{error}.",), {})
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
    }
    task = store.task(record.inputs["data"])
    if task and (wrong := misfit(record, task.clips, len(task.classes))):
        return Explanation("damaged", (f"{wrong}.",), about)
    if missing := _missing(record, registry):
        return Explanation("foreign", missing, about)
    if changes := _changes(record, registry):
        return Explanation("stale", changes, about)
    differences = _elsewhere(record, store)
    if any(not one.startswith("commit ") for one in differences):
        return Explanation("foreign", (f"made elsewhere: {'; '.join(differences)}.",), about)
    if differences:
        lent = record.borrowed or not borrowed(registry.methods[record.inputs["method"]])
        kept = "and what it imports of bench are" if lent else "is (its imports were not kept)"
        why = f"made on this machine, {differences[0]}; its method {kept} the same."
        return Explanation("fresh", (why,), about)
    return Explanation("fresh", ("made on this machine by today's code and packages.",), about)


def _missing(record: Record, registry: Registry) -> tuple[str, ...]:
    name = record.inputs["method"]
    if name in registry.methods:
        return ()
    return (f"no plugin here is named {name}: name its file with --plugin.",)


def _changes(record: Record, registry: Registry) -> tuple[str, ...]:
    """What would make a run today another unit than this one."""
    plugin = registry.methods[record.inputs["method"]]
    found = []
    if record.inputs["version"] != plugin.version:
        found.append(
            f"its method was version {record.inputs['version']}, today's is {plugin.version}."
        )
    if changed := code_changes(record, plugin, registry.datasets):
        verb = "has" if len(changed) == 1 else "have"
        names = ", ".join(changed)
        found.append(f"{names} {verb} changed since (--refresh stale runs it again).")
    for name, version in record.inputs["views"].items():
        if name not in CATALOG:
            found.append(f"its view {name} is no longer there.")
        elif CATALOG[name].version != version:
            found.append(f"its view {name} was version {version}, now {CATALOG[name].version}.")
    try:
        (today,) = configure(registry, record.label, record.preset)
    except BenchError as error:
        found.append(f"its configuration is no longer there: {error}")
        return tuple(found)
    before, now = record.inputs["config"], json.loads(json.dumps(today.config))
    changed = [
        f"{name} {before.get(name)!r} → {now.get(name)!r}"
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]
    if changed:
        found.append(f"its preset has changed: {', '.join(changed)}.")
    return tuple(found)


def _elsewhere(record: Record, store: Store) -> list[str]:
    """How the machine, its packages and the commit differ from those here."""
    if record.environment == environment_id():
        return []
    made = read_environment(store.folder, record.environment)
    if made is None:
        return [f"a machine that nothing is known of ({record.environment})"]
    theirs, ours = asdict(made), asdict(environment())
    packages = theirs.pop("packages"), ours.pop("packages")
    pairs = [(theirs, ours), packages]
    return [
        f"{name} {there.get(name)} there, {here.get(name)} here"
        for there, here in pairs
        for name in sorted(there.keys() | here.keys())
        if there.get(name) != here.get(name)
    ]

"""What one record is worth today: fresh, stale, foreign or damaged, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench.cache.files import key
from bench.core.errors import BenchError
from bench.plugins.code_hash import borrowed, changes
from bench.plugins.configure import configure
from bench.plugins.registry import Registry
from bench.store.environment import environment, environment_id
from bench.store.record import FORMAT, Record
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
        record = Record(**json.loads(path.read_bytes()))
        label, kept, made = record.label, key(record.inputs, record.fold), record.inputs["config"]
    except OSError as error:
        raise BenchError(f"{path}: no record there ({error.strerror})") from error
    except (ValueError, TypeError, KeyError) as error:
        why = f"it cannot be read as a record: {type(error).__name__}: {error}"
        return Explanation("damaged", (why,), {})
    about = {
        "method": label,
        "preset": record.preset,
        "task": record.inputs["task"],
        "fold": record.fold,
        "seed": record.inputs["seed"],
        "status": record.status,
        "configuration": made,
        "seconds": record.seconds,
    }
    if damage := _damage(record, kept, store):
        return Explanation("damaged", damage, about)
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


def _damage(record: Record, kept: str, store: Store) -> tuple[str, ...]:
    """What contradicts itself in a record."""
    tasks = store.tasks()
    data = record.inputs["data"]
    found = []
    if record.format != FORMAT:
        found.append(f"it is of format {record.format}, this bench reads {FORMAT}.")
    if kept != record.key:
        found.append("its key is not that of its inputs: it was changed by hand.")
    if record.status == "ok" and len(record.clips) != len(record.scores):
        found.append(f"{len(record.clips)} clips, but {len(record.scores)} rows of scores.")
    if data in tasks and (unknown := set(record.clips) - set(tasks[data]["clips"])):
        found.append(f"clips that its task does not have: {', '.join(sorted(unknown)[:3])}.")
    return tuple(found)


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
    if changed := changes(record.source, record.borrowed, plugin):
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
    path = store.folder / "environments" / f"{record.environment}.json"
    if not path.is_file():
        return [f"a machine that nothing is known of ({record.environment})"]
    theirs, ours = json.loads(path.read_bytes()), json.loads(json.dumps(environment()))
    packages = theirs.pop("packages", {}), ours.pop("packages", {})
    pairs = [(theirs, ours), packages]
    return [
        f"{name} {there.get(name)} there, {here.get(name)} here"
        for there, here in pairs
        for name in sorted(there.keys() | here.keys())
        if there.get(name) != here.get(name)
    ]

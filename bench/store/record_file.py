"""Records as files: a JSON object with the fields of `Record`, and those of other versions as well.

Reading never writes: a file that is damaged, or of a later format, stays as and where it is.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import cache, lru_cache
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple, get_type_hints

from bench.cache.files import canonical, key, keys_with
from bench.core.errors import BenchError
from bench.core.names import Protocol, TaskName
from bench.core.sealed import Kind, as_written, seal, unseal
from bench.core.typed import DamagedError, typed
from bench.store.provenance import Origin, unknown
from bench.store.record import FORMAT, PLACES, Inputs, Record

FILE_NAME = re.compile(r"[0-9A-Za-z]{0,64}")

CENTURY = 3e9
"""Seconds; sums of longer times would overflow."""

RECORD = Kind("record", format=FORMAT, unsealed=2)
NO_CONTENT = {"format", "digest", "signature", "provenance", "extra"}
IN_FILE = tuple(one.name for one in fields(Record) if one.name not in NO_CONTENT)
FIELDS = frozenset(IN_FILE)
"""Those that are content of the file."""
SHARED = ("borrowed", "clips", "dataset_code")
"""Fields whose value many records have in common."""
PLACES_SHARED = [(name, PLACES[name]) for name in SHARED]

_values = attrgetter(*IN_FILE)

CURE = "the next `bench run` of its fold replaces it"


def read_record(path: Path, origin: Origin = unknown) -> Record:
    """Read a record of any format up to `FORMAT`.

    Args:
        path: of its file.
        origin: its provenance, by digest and signature.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it is no record, or contradicts itself; names the field.
        NewerError: a later version wrote it.
    """
    try:
        return _read(path, origin)
    except DamagedError as error:
        raise DamagedError(path, error.fault, CURE) from error


def _read(path: Path, origin: Origin) -> Record:
    record, about = _as_written(path, origin) or _explained(path, origin)
    if found := list(_contradictions(record, about)):
        raise DamagedError(path, "; ".join(found))
    return record


def _as_written(path: Path, origin: Origin) -> tuple[Record, _About] | None:
    """A record that `encode` wrote, by one pass over its text; None for any other file."""
    # Imported here: most commands read no file, and listings must start at once.
    import msgspec

    if (found := as_written(path)) is None:
        return None
    data, digest, signature = found
    try:
        read = _decoder().decode(data)
        if (read.kind, read.format) != (RECORD.name, RECORD.format):
            return None
        about = _about_text(bytes(read.inputs))
        values = list(_values(read))
        for name, place in PLACES_SHARED:
            values[place] = _shared(name, bytes(values[place]))
    except (msgspec.MsgspecError, DamagedError, ValueError, RecursionError):
        return None
    # The key is a hash of the inputs as they were written, with whatever else they hold.
    values[PLACES["inputs"]] = about.inputs
    # By position, as all that is in a file comes first: by name takes half as long again.
    values += [FORMAT, digest, signature, origin(digest, signature)]
    return Record(*values), about


@cache
def _decoder() -> Any:
    """Of the text of a record in today's format, with the fields of `Record` and no others."""
    import msgspec

    kinds = get_type_hints(Record)
    kinds |= dict.fromkeys(("inputs", *SHARED), msgspec.Raw)
    content = [(name, kinds[name]) for name in IN_FILE]
    envelope = [("kind", str), ("format", int), ("seal", str)]
    file = msgspec.defstruct(
        "File",
        [*content, *envelope, ("signature", str, "")],
        kw_only=True,
        forbid_unknown_fields=True,
        gc=False,
    )
    return msgspec.json.Decoder(file)


# In memory once, not once for each record.
@lru_cache(maxsize=5000)
def _shared(name: str, text: bytes) -> Any:
    """The value of a field that many records have in common, from its JSON text."""
    import msgspec

    return msgspec.json.decode(text, type=get_type_hints(Record)[name])


@lru_cache(maxsize=100)
def _about_text(inputs: bytes) -> _About:
    """From the JSON text of inputs; raises DamagedError where these are of a wrong type."""
    import msgspec

    content = msgspec.json.decode(inputs)
    typed(content, Inputs, "inputs")
    return _about(canonical(content))


def _explained(path: Path, origin: Origin) -> tuple[Record, _About]:
    """A record of any format, or what is wrong with it; raises as `read_record`."""
    sealed = unseal(path, RECORD)
    raw = sealed.content
    extra = {name: raw[name] for name in raw.keys() - FIELDS}
    known = {name: raw[name] for name in raw.keys() & FIELDS} if extra else raw
    record = typed(known, Record, path)
    about = _about(canonical(raw["inputs"]))
    return record.with_(
        inputs=about.inputs,
        extra=extra,
        format=sealed.format,
        digest=sealed.digest,
        signature=sealed.signature,
        provenance=origin(sealed.digest, sealed.signature),
    ), about


class _About(NamedTuple):
    """What follows from the inputs of a record, which all records of its cell have in common.

    Attributes:
        inputs: as the file has them.
        key: of a unit, from the name of its fold.
        family: as `Cell.family`.
        wrong: words that would be read only later, when a board is made or a file is named by them.
    """

    inputs: Inputs
    key: Callable[[object], str]
    family: str
    wrong: tuple[str, ...]


# Records are read cell by cell. Each would else have inputs of its own in memory, and the same
# modules by name.
@lru_cache(maxsize=100)
def _about(inputs: str) -> _About:
    """From the canonical JSON of inputs of the right type."""
    content = json.loads(inputs)
    family = key({name: value for name, value in content.items() if name != "seed"})[:12]
    return _About(content, keys_with(content), family, tuple(_wrong_inputs(content)))


def _wrong_inputs(inputs: Inputs) -> Iterator[str]:
    try:
        TaskName.parse(inputs["task"])
        Protocol.parse(inputs["protocol"])
    except BenchError as error:
        yield str(error)
    if not 0 <= inputs["seed"] < 2**63:
        yield f"inputs.seed: {inputs['seed']}, expected a number from 0 on"


def encode(record: Record, sign: Callable[[str], str] | None = None) -> bytes:
    """The file of a record, in format `FORMAT`; unknown keys come back where they were."""
    known = {name: getattr(record, name) for name in FIELDS}
    # `known` after `extra`, so that no unknown key can replace a field.
    return seal(RECORD, {**record.extra, **known}, sign)


def _contradictions(record: Record, about: _About) -> Iterator[str]:
    if about.key(record.fold) != record.key:
        yield "its key is not that of its inputs: it was changed by hand"
    yield from about.wrong
    yield from _wrong_words(record.family, record.environment, record.inputs["data"])
    if len(set(record.clips)) < len(record.clips):
        yield "a clip twice"
    # Earlier formats may have been written with another definition.
    if record.digest and about.family != record.family:
        yield "its family is not that of its inputs"
    method = record.inputs["method"]
    # Not by `Label.parse`, whose error would name no file.
    if record.label.partition(":")[0] != method or record.label.endswith(":"):
        yield f"label: {record.label!r}, which is not a row of {method!r}"
    # What did not end ok has no scores that could contradict anything.
    if record.status != "ok":
        return
    clips = len(record.clips)
    if len(record.scores) != clips:
        yield f"{clips} clips, but {len(record.scores)} rows of scores"
    if any(len(scores) != clips for _, scores in record.trace):
        yield f"{clips} clips, but a checkpoint with another number of rows"
    every = [record.scores, *(scores for _, scores in record.trace)]
    if len(widths := {len(row) for scores in every for row in scores}) > 1 or 0 in widths:
        yield f"rows of {' and '.join(map(str, sorted(widths)))} scores"
    if not all(map(math.isfinite, chain.from_iterable(chain.from_iterable(every)))):
        yield "scores that are not finite numbers"
    if record.inner_step is not None and record.inner_step not in dict(record.trace):
        yield f"inner_step: {record.inner_step}, which is not a step of its trace"
    if "fit" not in record.seconds:
        yield "seconds.fit: missing"
    if not all(0 <= seconds < CENTURY for seconds in record.seconds.values()):
        yield "seconds that are not a time"


# The same few in all records of a cell.
@lru_cache(maxsize=100)
def _wrong_words(family: str, environment: str, data: str) -> tuple[str, ...]:
    """Words of a record that name files, and must not lead out of their folder."""
    names = {"family": family, "environment": environment, "data": data}
    return tuple(
        f"{name}: {word!r}, expected letters and digits"
        for name, word in names.items()
        if not FILE_NAME.fullmatch(word)
    )


def misfit(record: Record, clips: Sequence[str], classes: int) -> str:
    """How a record differs from the fold that it is of; empty where it fits.

    Args:
        record: a sound one.
        clips: ids of the held-out clips of the fold.
        classes: number of the task's classes.
    """
    if record.clips != clips and (unknown := [clip for clip in record.clips if clip not in clips]):
        return f"clips that its fold does not have: {', '.join(unknown[:3])}"
    if len(record.clips) != len(clips):
        return f"{len(record.clips)} of the {len(clips)} clips of its fold"
    if record.scores and len(record.scores[0]) != classes:
        return f"{len(record.scores[0])} scores for each clip, and its task has {classes} classes"
    return ""

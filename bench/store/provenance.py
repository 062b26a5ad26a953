"""Where records come from: run by this user, rerun with equal predictions, or only reported.

What a run writes is signed: its `signature` is an HMAC of its digest with a key that only this user
can read. A record without a valid one was made elsewhere, or forged. `bench repro` leaves signed
evidence for each record of somebody else's whose predictions came again, below `reproduced/`.

The signature says whose run wrote a file, not that the run was honest: plugins run as the user, so
their code can read the key, and so can the machine's administrator. On another machine, or with
another home folder, one's own records count as reported.
"""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from bench.cache.files import write_atomically
from bench.core.errors import BenchError
from bench.core.machine import state_folder
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import DamagedError, typed
from bench.core.words import Provenance

EVIDENCE = Kind("evidence", format=1)

Origin = Callable[[str, str], Provenance]
"""The provenance of a record by its digest and signature."""

CURE = "`bench repro` of its cell writes it again"


@dataclass(frozen=True)
class Evidence:
    """One record that came again with equal predictions.

    Attributes:
        record: digest of the record.
        key: of its unit.
        clips: predictions that were compared; the class of each was the same.
        largest: difference of two scores.
        environment: id of the machine that ran it again.
        signature: of the file, by the key of who ran it.
    """

    record: str
    key: str
    clips: int
    largest: float
    environment: str
    signature: str = ""


def sign(digest: str) -> str:
    """The signature of a digest by this user's key; empty where no key can be kept."""
    key = _key(create=True)
    return hmac.digest(key, digest.encode(), "sha256").hex() if key else ""


def ours() -> Callable[[str, str], bool]:
    """Whether this user's key made the signature (second) of a digest (first)."""
    key = _key()
    # Copied for each: a new one costs twice as much.
    begun = hmac.new(key, digestmod="sha256")

    def check(digest: str, signature: str) -> bool:
        # compare_digest takes text of ASCII only.
        if not key or not digest or not signature.isascii():
            return False
        code = begun.copy()
        code.update(digest.encode())
        expected = code.hexdigest()
        return hmac.compare_digest(expected, signature)

    return check


def unknown(digest: str, signature: str) -> Provenance:
    """Of a record that nobody looks into: its file says nothing else."""
    return "reported"


def origin(again: Collection[str]) -> Origin:
    """Of records by this user's key; `again` are digests that there is evidence for."""
    is_ours = ours()

    def provenance(digest: str, signature: str) -> Provenance:
        if not digest:
            return "unsealed"
        if is_ours(digest, signature):
            return "run"
        return "reproduced" if digest in again else "reported"

    return provenance


def evidence_path(results: Path, record: str) -> Path:
    """Where the evidence for a record of that digest lies."""
    return results / "reproduced" / f"{record}.json"


def write_evidence(results: Path, one: Evidence) -> Path:
    """Keep signed evidence in the results folder of the record."""
    path = evidence_path(results, one.record)
    content = {name: value for name, value in asdict(one).items() if name != "signature"}
    write_atomically(path, seal(EVIDENCE, content, sign))
    return path


def read_evidence(path: Path) -> Evidence:
    """The evidence of a file, whoever signed it.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it holds something else.
        NewerError: a later version wrote it.
    """
    try:
        found = unseal(path, EVIDENCE)
        one = typed({**found.content, "signature": found.signature}, Evidence, path)
        if one.record != path.stem:
            raise DamagedError(path, "its name is not that of its record")
    except DamagedError as error:
        raise DamagedError(path, error.fault, CURE) from error
    # Of another user's reruns nothing here can be checked.
    return one if ours()(found.digest, found.signature) else replace(one, signature="")


def reproduced(paths: Iterable[Path]) -> frozenset[str]:
    """Digests of the records that this user ran again, by the files of evidence."""
    return frozenset(_reproduced(paths))


def _reproduced(paths: Iterable[Path]) -> Iterator[str]:
    for path in paths:
        with suppress(BenchError, FileNotFoundError):
            if (one := read_evidence(path)).signature:
                yield one.record


def _key(create: bool = False) -> bytes:
    """This user's key; empty where there is none and none can be made."""
    path = state_folder() / "signing-key"
    with suppress(OSError):
        return path.read_bytes()
    if not create:
        return b""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        # For nobody else to read, from the first moment on.
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        # Of two runs that start at once one makes the key, and both use it.
        with suppress(FileExistsError):
            os.link(new, path)
        new.unlink()
        return path.read_bytes()
    return b""

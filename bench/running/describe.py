"""Describing the clips that a run waits for: every clip opened once, whatever the methods."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from bench.cache.cache import Cache
from bench.planning.plan import Cell, Unit
from bench.plugins.configure import Configured
from bench.running.engines.engine import engine
from bench.running.engines.job import Engine, Job, Lost
from bench.running.jobs import Describe, Outcome, bare, description_key
from bench.running.options import RunOptions
from bench.running.worker import describe

ClipKey = tuple[str, str]
"""A clip's id and the digest of its bytes."""


@dataclass
class Found:
    """How describing went.

    Attributes:
        failed: how a description failed, by its key.
        unreadable: a sentence for every clip that cannot be read.
    """

    failed: dict[str, Outcome] = field(default_factory=dict)
    unreadable: dict[ClipKey, str] = field(default_factory=dict)


def _cells(waiting: Sequence[Unit]) -> list[Cell]:
    # By identity: a cell holds arrays, which do not hash.
    return list({id(unit.cell): unit.cell for unit in waiting}.values())


def wanted_descriptions(waiting: Sequence[Unit]) -> dict[tuple[str, str], dict[ClipKey, str]]:
    """Keys of the descriptions that the units need: by row label and task name, then by clip."""
    return {
        (cell.row.label, cell.task.name): {
            (clip.id, digest): description_key(cell.row, clip, digest)
            for clip, digest in zip(cell.task.clips, cell.task.digests, strict=True)
        }
        for cell in _cells(waiting)
    }


def lacking_jobs(waiting: Sequence[Unit], cache: Cache) -> list[Job[ClipKey]]:
    """One job per clip of which the cache lacks a description, for all methods at once."""
    rows: dict[ClipKey, dict[str, Configured]] = defaultdict(dict)
    clips: dict[ClipKey, Describe] = {}
    for cell in _cells(waiting):
        task = cell.task
        for clip, digest in zip(task.clips, task.digests, strict=True):
            name = (clip.id, digest)
            entry = description_key(cell.row, clip, digest)
            # The dict first, because the cache looks on the disk.
            if entry not in rows[name] and not cache.has("descriptions", entry):
                rows[name][entry] = cell.row
                # Without methods yet: they are known when all cells have been looked at.
                clips[name] = Describe(task.dataset, bare(clip), digest, (), cache.folder)
    return [
        Job(
            name,
            dataclasses.replace(clip, rows=tuple((k, r.method) for k, r in rows[name].items())),
        )
        for name, clip in clips.items()
    ]


def describe_all(
    jobs: list[Job[ClipKey]],
    cache: Cache,
    options: RunOptions,
    ended: Callable[[None, float], None],
) -> Found:
    """Describe clips; a failure, hang or crash costs only the method that caused it.

    Args:
        jobs: from `lacking_jobs`.
        cache: gets the descriptions.
        options: the engine; `timeout` is for one method on one clip.
        ended: called after each clip.
    """
    found = Found()

    def over(
        todo: list[Job[ClipKey]], timeout: float | None
    ) -> Iterator[tuple[Job[ClipKey], Lost]]:
        runner: Engine[ClipKey] = engine(dataclasses.replace(options, timeout=timeout))
        for job, outcome in runner(describe, todo):
            # A clip that is described again, one method at a time, has been counted.
            if todo is jobs:
                ended(None, 0.0)
            if isinstance(outcome, Lost):
                yield job, outcome
                continue
            if outcome.unreadable:
                found.unreadable[job.name] = outcome.unreadable
            for key, error in outcome.failed.items():
                found.failed[key] = Outcome("failed", error=error)

    timeout = options.timeout
    most = max((len(job.payload.rows) for job in jobs), default=1)
    # The limit is for one method, and one job describes for as many as `most`.
    lost = [job for job, _ in over(jobs, None if timeout is None else timeout * most)]
    # A worker that died or hung while describing for several methods does not say for which:
    # those clips are described again, one method at a time.
    single = [
        Job(job.name, dataclasses.replace(job.payload, rows=(row,)))
        for job in lost
        for row in job.payload.rows
        # Methods that came before the one at fault have stored theirs.
        if not cache.has("descriptions", row[0])
    ]
    for job, gone in over(single, timeout):
        found.failed[job.payload.rows[0][0]] = Outcome(gone.status, error=gone.error)
    return found

"""Describing the clips that a run waits for: every clip opened once, whatever the methods."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bench.cache.cache import Cache
from bench.planning.plan import Cell, Unit
from bench.plugins.configure import Configured
from bench.plugins.method import Method
from bench.running.engines.engine import engine
from bench.running.engines.job import Busy, Engine, Job, Lost
from bench.running.jobs import Describe, Outcome, bare, description_key
from bench.running.options import RunOptions
from bench.running.progress import Progress
from bench.running.unreadable import remember
from bench.running.worker import describe

GIVE_UP = 3
"""Clips in a row that a method crashes or hangs on before its others are skipped. One suffices to
fail its folds; the others are described for later runs, as long as that works."""

Rows = tuple[tuple[str, Method], ...]
"""Methods with the key of what they return."""

ClipKey = tuple[str, str]
"""A clip's id and the digest of its bytes."""


@dataclass
class Found:
    """How describing went.

    Attributes:
        failed: how a description failed, by its key.
        unread: keys of descriptions that need a frame that cannot be read.
        unreadable: a sentence for every clip that cannot be read.
    """

    failed: dict[str, Outcome] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    unreadable: dict[ClipKey, str] = field(default_factory=dict)

    def verdict(self, keys: Mapping[ClipKey, str]) -> tuple[Outcome | None, set[str]]:
        """Of what a method describes, by clip: its first failure, and the clips it cannot read."""
        error = next((self.failed[key] for key in keys.values() if key in self.failed), None)
        return error, {clip for (clip, _), key in keys.items() if key in self.unread}


def _by_setting(waiting: Iterable[Unit]) -> list[Cell]:
    """A cell for each method and task: what is described does not depend on the seed."""
    # By identity: a task holds arrays, which do not hash.
    return list({(id(u.cell.row), id(u.cell.task)): u.cell for u in waiting}.values())


def wanted_descriptions(waiting: Iterable[Unit]) -> dict[tuple[str, str], dict[ClipKey, str]]:
    """Keys of the descriptions that the units need: by row label and task name, then by clip."""
    return {
        (cell.row.label, cell.task.name): {
            (clip.id, digest): description_key(cell.row, clip, digest)
            for clip, digest in zip(cell.task.clips, cell.task.digests, strict=True)
        }
        for cell in _by_setting(waiting)
    }


def lacking_jobs(waiting: Iterable[Unit], cache: Cache) -> list[Job[ClipKey]]:
    """One job per clip of which the cache lacks a description, for all methods at once."""
    rows: dict[ClipKey, dict[str, Configured]] = defaultdict(dict)
    clips: dict[ClipKey, Describe] = {}
    for cell in _by_setting(waiting):
        task = cell.task
        for clip, digest in zip(task.clips, task.digests, strict=True):
            name = (clip.id, digest)
            entry = description_key(cell.row, clip, digest)
            # The dict first, because the cache looks on the disk.
            if entry not in rows[name] and not cache.has("descriptions", entry):
                rows[name][entry] = cell.row
                # Without methods yet: they are known when all cells have been looked at.
                clips[name] = Describe(task.dataset, clip, digest, (), cache.folder)
    return [Job(name, _bare(job, rows[name])) for name, job in clips.items()]


def rotated(jobs: list[Job[ClipKey]], shard: str) -> list[Job[ClipKey]]:
    """The jobs as one part of a shared plan should take them: each part begins elsewhere.

    All parts need the descriptions of all clips. A worker skips what the cache has by then, so
    parts that begin apart describe a share each and not all of it.
    """
    number, _, of = shard.partition("/")
    start = (int(number) - 1) * len(jobs) // int(of) if of else 0
    return jobs[start:] + jobs[:start]


def _bare(job: Describe, rows: Mapping[str, Configured]) -> Describe:
    """The job for some methods by key, with no more of the clip than they may see."""
    methods = tuple((entry, row.method) for entry, row in rows.items())
    clip = bare(job.clip, (method for _, method in methods))
    return dataclasses.replace(job, clip=clip, rows=methods)


def describe_all(
    jobs: list[Job[ClipKey]],
    cache: Cache,
    options: RunOptions,
    progress: Progress,
) -> Found:
    """Describe clips; a failure, hang or crash costs only the method that caused it.

    Args:
        jobs: from `lacking_jobs`.
        cache: gets the descriptions.
        options: the engine; `timeout` is for one method on one clip.
        progress: told of each clip, and in a line of each method that is given up.
    """
    found = Found()
    crashes = _Crashes(progress.note)
    runner: Engine[ClipKey] = engine(
        options, cache, progress.note, lambda work: progress.now(_words(work))
    )
    todo, first = jobs, True
    while todo:
        again: list[Job[ClipKey]] = []
        # A clip is described again for the other methods after one has crashed.
        for job, outcome in runner(describe, crashes.without_given_up(todo, found)):
            if first:
                progress.ended(None, 0.0)
            rows = job.payload.rows
            if not isinstance(outcome, Lost):
                # Not after a crash: whoever reads the clip to see whether it still holds would
                # crash as well.
                remember(cache, outcome.unread)
                for key, sentence in outcome.unread.items():
                    found.unread.add(key)
                    found.unreadable[job.name] = sentence
                for key, error in outcome.failed.items():
                    found.failed[key] = Outcome("failed", error=error)
                crashes.survived(rows)
                continue
            method = dict(rows).get(outcome.step)
            if method is None:
                # None had been called: reading the clip is what does not end well.
                found.unread |= {key for key, _ in rows}
                why = (outcome.error.strip().splitlines() or ["no reason"])[-1]
                found.unreadable[job.name] = f"{job.name[0]}: reading it failed: {why}"
                continue
            found.failed[outcome.step] = Outcome(outcome.status, error=outcome.error)
            crashes.died(method, outcome)
            # Those before it too, if they failed: what became of them was lost with the worker.
            rest = tuple(
                row
                for row in rows
                if row[0] != outcome.step and not cache.has("descriptions", row[0])
            )
            if rest:
                again.append(Job(job.name, dataclasses.replace(job.payload, rows=rest)))
        todo, first = again, False
    return found


def _words(work: Sequence[Busy[ClipKey]]) -> list[str]:
    """The methods at work; "reading" before there is one."""
    methods = (dict(one.job.payload.rows).get(one.step) for one in work)
    names = (method.name if method else "reading" for method in methods)
    return [one.text(name) for one, name in zip(work, names, strict=True)]


@dataclass
class _Crashes:
    """Methods that crash or hang on one clip after the other: each try costs a worker process.

    Attributes:
        note: told of each that is given up.
        in_a_row: by method, the clips in a row.
        given_up: by method, the last of those crashes.
    """

    note: Callable[[str], None]
    in_a_row: Counter[Method] = field(default_factory=Counter)
    given_up: dict[Method, Lost] = field(default_factory=dict)

    def died(self, method: Method, how: Lost) -> None:
        """Count a crash, and give the method up if it is one too many."""
        self.in_a_row[method] += 1
        if self.in_a_row[method] >= GIVE_UP and method not in self.given_up:
            self.given_up[method] = how
            self.note(
                f"{method.name}: describe did not return on {GIVE_UP} clips in a row; its other "
                f"clips are skipped: {how.error}"
            )

    def survived(self, rows: Rows) -> None:
        """A clip is done: no method that described it crashed."""
        for _, method in rows:
            self.in_a_row.pop(method, None)

    def without_given_up(
        self, jobs: Iterable[Job[ClipKey]], found: Found
    ) -> Iterator[Job[ClipKey]]:
        """Jobs without those methods, as they are when a worker asks for the next."""
        for job in jobs:
            rows = tuple(row for row in job.payload.rows if row[1] not in self.given_up)
            for key, method in job.payload.rows:
                if (how := self.given_up.get(method)) is not None:
                    why = f"skipped, as {GIVE_UP} clips in a row did not return: {how.error}"
                    found.failed[key] = Outcome(how.status, error=why)
            # One without methods still counts as a clip that has ended.
            yield Job(job.name, dataclasses.replace(job.payload, rows=rows))

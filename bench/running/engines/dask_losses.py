"""How often the Dask worker of a task was lost while it ran: twice is enough.

Dask's own limit is the scheduler's for all its users, and counts tasks that waited on a lost worker
as well: in a long run on machines that come and go these would have lost too many by no fault of
theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOPIC = "bench"
"""Of Dask's events: a worker begins a task."""
MOST = 2
"""Workers that a task may cost."""


@dataclass
class Losses:
    """Where the tasks of a run are at work, and how many workers each has lost.

    Attributes:
        client: of the scheduler.
        mark: of the run; others may use the same scheduler.
        flying: the jobs that have not ended by the key of their task, each with its task.
        running: the worker of each key that is at work.
        count: of lost workers by key.
    """

    client: Any
    mark: str
    flying: Mapping[str, tuple[Any, Any, Any]]
    running: dict[str, str] = field(default_factory=dict)
    count: Counter[str] = field(default_factory=Counter)

    def listen(self) -> None:
        """Have Dask tell of tasks that begin, and of workers that leave."""
        self.client.subscribe_topic(TOPIC, self.began)
        self.client.subscribe_topic("all", self.changed)

    def began(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """A worker has begun a task. Called in Dask's thread, as are the others."""
        _, message = event
        if message["run"] == self.mark:
            self.running[message["key"]] = message["worker"]

    async def changed(self, event: tuple[float, Mapping[str, Any]]) -> None:
        """Something has changed there; a task whose second worker is lost is cancelled."""
        _, message = event
        # One that was retired, as when a cluster shrinks, is no loss.
        if message.get("action") != "remove-worker" or message.get("expected"):
            return
        gone = []
        for key in message["processing-tasks"]:
            if self.running.get(key) == message["worker"]:
                del self.running[key]
                self.count[key] += 1
                if self.count[key] == MOST and key in self.flying:
                    gone.append(self.flying[key][1])
        if gone:
            await self.client.cancel(gone, asynchronous=True)

    def too_many(self, key: str) -> bool:
        """Whether a task that has ended was cancelled for its losses; forgets it."""
        self.running.pop(key, None)
        return self.count.pop(key, 0) >= MOST

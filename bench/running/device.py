"""What a unit was fitted on, seen rather than asked: a method may leave the GPU it is offered."""

from __future__ import annotations

import sys
from typing import NamedTuple


class Used(NamedTuple):
    """A device.

    Attributes:
        device: "cpu" or "cuda".
        gpu: the GPU's name; None on the CPU.
    """

    device: str
    gpu: str | None = None


NOWHERE = Used("")
"""Of a unit that did not end ok."""


def allocations() -> int:
    """How often this process has put something on a GPU; 0 until torch is used with one."""
    torch = sys.modules.get("torch")  # asking must not import it: that costs seconds
    if torch is None or not torch.cuda.is_initialized():
        return 0
    devices = range(torch.cuda.device_count())
    # All bytes ever allocated, because memory in use may be back to what it was before the fit.
    return sum(torch.cuda.memory_stats(i).get("allocation.all.allocated", 0) for i in devices)


def used(before: int) -> Used:
    """The device of a fit that began when `allocations` was `before`."""
    if allocations() == before:
        return Used("cpu")
    return Used("cuda", sys.modules["torch"].cuda.get_device_name())

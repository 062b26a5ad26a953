"""Python's search for reference cycles, which many objects at once make slow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused() -> Iterator[None]:
    """While open, no search for cycles: records have none, and all would be searched many times."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            # What was made meanwhile goes to the oldest generation, or the next collections would
            # search it one after the other.
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()

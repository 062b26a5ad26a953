"""A clip as a method sees it: pixels and what was computed from them.

No label, no subject and no path, so that nothing a method describes can depend on the class it is
asked to recognise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bench.cache.cache import Cache
from bench.core.types import Array


@dataclass(frozen=True)
class Views:
    """One clip as a method sees it: call the functions of `bench.views` on it.

    Attributes:
        sources: arrays that came with the clip, by view name. "frames" is uint8 (n, h, w) grey or
            (n, h, w, 3) RGB from onset to offset; "flow_image" is uint8 (3, 28, 28); "landmarks" is
            float32 (68, 2), in widths and heights of the onset.
        apex: the apex's position among the frames (the middle one where none is annotated).
        digest: identifies the clip's content; the key under which its views are cached.
        cache: where computed views are kept; None computes them each time.
        seen: names of the views asked for so far, for the check that a method declares them.
        some_frames: decodes the frames at some positions alone; None where all are at hand.
    """

    sources: Mapping[str, Array]
    apex: int = 0
    digest: str = ""
    cache: Cache | None = None
    seen: set[str] = field(default_factory=set, compare=False)
    some_frames: Callable[[tuple[int, ...]], Array] | None = field(default=None, compare=False)

"""Which frames of a folder are a clip's onset..offset, where copies number them differently."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from bench.data.reading.listing import Frames
from bench.data.reading.spans import Span


class Alignment(NamedTuple):
    """A clip's frames, numbered as its table numbers them.

    Attributes:
        frames: onset..offset; empty where the folder does not hold the clip.
        repaired: what was repaired, "" for nothing.
        problem: what is lacking, or why there are no frames; "" for nothing.
    """

    frames: Frames
    repaired: str = ""
    problem: str = ""


def align(frames: Frames, span: Span, shared: bool) -> Alignment:
    """The frames of onset..offset.

    The rules, in this order:
      1. A folder with every frame onset..offset is numbered as the table is.
      2. A folder of exactly as many frames as onset..offset, numbered without gaps from elsewhere,
         was renumbered: copies count from 0 or 1.
      3. A folder that more likely was renumbered and is incomplete, or was resampled, does not
         hold the clip: which of its frames is the apex cannot be told.
      4. What there is of onset..offset is the clip, unless that is less than half.

    Args:
        frames: all of the folder.
        span: onset, apex and offset as annotated.
        shared: the folder holds several clips, so it can be no single clip renumbered.
    """
    length = span.offset - span.onset + 1
    if not frames:
        return Alignment([], problem="no frames in its folder")
    # An empty name sorts before all others, so that numbers alone are compared.
    start = bisect_left(frames, (span.onset, ""))
    within = frames[start : bisect_right(frames, (span.offset + 1, ""))]
    if len(within) == length:
        return Alignment(within)
    first, last = frames[0][0], frames[-1][0]
    gapless = last - first + 1 == len(frames)
    if not shared and len(frames) == length and (gapless or not within):
        renumbered = [(span.onset + i, name) for i, (_, name) in enumerate(frames)]
        return Alignment(
            renumbered, f"frames numbered from {first} renumbered to start at their onset"
        )
    held = f"{len(frames)} frames numbered {first}..{last}"
    said = f"{held}, annotated {span.onset}..{span.offset} ({length} frames)"
    if not within or (not shared and _looks_renumbered(len(frames), first, last, span)):
        why = "" if shared else ": renumbered, and incomplete or resampled?"
        return Alignment([], problem=f"{said}{why}")
    lacking = f"{length - len(within)} of {length} frames onset..offset are not on disk"
    if 2 * len(within) < length:
        return Alignment([], problem=f"{lacking}: too few to use ({held})")
    if span.apex is not None and span.apex not in dict(within):
        lacking += ", the apex among them"
    return Alignment(within, problem=lacking)


def _looks_renumbered(count: int, first: int, last: int, span: Span) -> bool:
    """Whether a folder from 0 or 1 is nearer in length to the clip than to its video so far."""
    if first > 1 or first >= span.onset or last >= span.offset:
        return False
    length = span.offset - span.onset + 1
    return abs(count - length) < abs(count - (span.offset - first + 1))

"""Onset, apex and offset as annotated, repaired by stated rules where they contradict."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """Frame numbers of one clip, onset <= apex <= offset; no apex where none is known."""

    onset: int
    apex: int | None
    offset: int


def repair(onset: int | None, apex: int | None, offset: int | None) -> tuple[Span | None, str]:
    """Make a usable span of annotated frame numbers.

    The rules, in this order:
      1. Without an onset there is no span.
      2. Onset and offset the wrong way round are swapped, if the apex is between them.
      3. Where the offset is missing or before the onset, the clip ends at an apex after the onset.
      4. An apex outside onset..offset is no apex.

    Returns:
        the span (None: unusable) and what was done about it ("" when nothing was).
    """
    said = f"onset {onset}, apex {apex}, offset {offset}"
    if onset is None:
        return None, f"no onset ({said})"
    note = ""
    if offset is None or offset < onset:
        # In CAS(ME)^3 an offset of 0 means that there is none.
        if offset and (apex is None or offset <= apex <= onset):
            onset, offset, note = offset, onset, f"onset and offset swapped ({said})"
        elif apex is not None and apex > onset:
            offset, note = apex, f"ends at its apex ({said})"
        else:
            return None, f"no usable offset ({said})"
    if apex is not None and not onset <= apex <= offset:
        return Span(onset, None, offset), f"apex outside onset..offset ignored ({said})"
    return Span(onset, apex, offset), note

"""Whether a jpeg holds all of its pixels: decoders fill what is missing with grey, silently."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bench.core.types import Array

END = b"\xff\xd9"
END_MARKER, START_OF_SCAN, PROGRESSIVE = 0xD9, 0xDA, 0xC2
# FF00 is a byte of FF, FFFF a fill byte; FFD0 to FFD7 are restarts within a scan.
IN_SCAN = {0x00, 0xFF, *range(0xD0, 0xD8)}
# No FF in it, which would begin a marker; irregular, so that no run of blocks decodes to nothing.
_BITS = bytes(37 * i * i % 251 for i in range(1, 65))
# Where a scan has restarts, bits are skipped up to the next one: whichever is due is among these.
PADDING = _BITS + b"".join(bytes((0xFF, restart)) + _BITS for restart in range(0xD0, 0xD8))


def ends_early(data: bytes, decode: Callable[[bytes], Array]) -> bool:
    """Whether the end marker comes before the last block.

    A decoder that meets the marker early stops reading and fills the rest. If bits put before the
    marker change the pixels, then they were read, and so some were missing.

    Args:
        data: the file.
        decode: returns the pixels of other bytes.
    """
    end = _end(data)
    # Where there is no end marker at all, decoders refuse the file themselves.
    if end < 0:
        return False
    # A marker may follow bytes of FF, which would make a marker of the first bits.
    before = data[:end].rstrip(b"\xff")
    return not np.array_equal(decode(before + END), decode(before + PADDING + END))


def may_end_early(pixels: Array) -> bool:
    """Whether the last pixel of a baseline jpeg has the mid-grey that decoders fill with.

    It tells which files are worth decoding again. Bits missing from the last block alone, at most
    16 x 16 pixels, pass unseen.

    Args:
        pixels: (h, w) or (h, w, 3) uint8.
    """
    last = pixels[-1, -1]
    # Brightness alone: colour is interpolated from the blocks above, which may be real.
    brightness = last @ [0.299, 0.587, 0.114] if pixels.ndim == 3 else last
    return bool(126.5 <= brightness <= 129.5)


def _end(data: bytes) -> int:
    """The place of the end marker, -1 where there is none."""
    return next((at for marker, at in _markers(data) if marker == END_MARKER), -1)


def lacks_scans(data: bytes) -> bool:
    """Whether a progressive jpeg ends before a scan that would have refined its pixels."""
    components: dict[int, set[int]] = {}
    for marker, at in _markers(data):
        if marker == PROGRESSIVE:
            # Length, precision, height and width come first, then the number of components.
            components = {data[at + 10 + 3 * i]: set() for i in range(data[at + 9])}
        elif marker == START_OF_SCAN:
            count = data[at + 4]
            first, last, approximation = data[at + 5 + 2 * count : at + 8 + 2 * count]
            # The lower half is how many bits are left to later scans.
            if approximation & 0x0F == 0:
                for i in range(count):
                    components[data[at + 5 + 2 * i]].update(range(first, last + 1))
        elif marker == END_MARKER:
            break
    return any(len(done) < 64 for done in components.values())


def _markers(data: bytes) -> Iterator[tuple[int, int]]:
    """Every marker with its place, to the end of the file.

    Segments are skipped by their length: an EXIF thumbnail has an end marker of its own.
    """
    at = 2
    while 0 <= at < len(data) - 1:
        marker = data[at + 1]
        if data[at] != 0xFF or marker in IN_SCAN:
            at = data.find(b"\xff", at + (2 if data[at] == 0xFF and marker != 0xFF else 1))
            continue
        yield marker, at
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")

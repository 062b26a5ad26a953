"""Seeds derived from words and numbers, independent of the order in which work is done."""

from __future__ import annotations

import hashlib


def derived_seed(*parts: object) -> int:
    """A 63-bit seed from words and numbers, equal on every machine."""
    # A separator that no name contains, so that ("a", "bc") and ("ab", "c") differ.
    text = "\x1f".join(map(str, parts)).encode()
    # Not hash(), which Python salts anew in every process; shifted to fit a signed 64-bit integer.
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big") >> 1

"""Words as file names: no two words share one, none is long, none leaves its folder."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

LONGEST = 80
"""Characters of a name that is the word itself; others have 77 at most."""


@lru_cache(maxsize=10_000)
def safe(word: str, mark: str = "/") -> str:
    """A word as the name of a file or folder.

    The first mark becomes a hyphen: "casme2/5" is "casme2-5". A word of which that cannot be read
    back (one with a hyphen before, a blank, too many characters) also gets a hash, which no other
    name has a place for: "s 1" is "s-1~6b1c2...", and "casme2-5" is "casme2-5~0f3a9...".

    Args:
        word: a name of a task, a subject or a method; anything a stranger's file may hold.
        mark: what such words have between their two parts: "/", of methods ":", of others "-".

    Returns:
        At most 80 characters: ASCII letters, digits and `._+@~-`, none of them a leading dot.
    """
    slug = re.sub(r"[^A-Za-z0-9._+@-]", "-", word)
    reads_back = slug.replace("-", mark, 1) == word
    if slug and reads_back and len(slug) <= LONGEST and not slug.startswith("."):
        return slug
    # A name from a damaged disk may hold half a character.
    mark_of = hashlib.sha256(word.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{slug[:60].lstrip('.')}~{mark_of}"


@lru_cache(maxsize=10_000)
def former(word: str) -> str:
    """The name that a word had in earlier versions, where different words could share one."""
    return "".join(c if c.isalnum() or c in "._-+" else "-" for c in word)

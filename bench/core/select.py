"""Choosing names by words: exact, globs, `all`; with did-you-mean where nothing matches."""

from __future__ import annotations

import difflib
import fnmatch
from collections.abc import Iterable

from bench.core.errors import BenchError
from bench.core.names import task_forms


def choose(words: str | Iterable[str], known: Iterable[str], what: str) -> list[str]:
    """Names meant by comma-separated words: exact names, globs, or `all`; each once, in order.

    Raises:
        BenchError: a word that matches nothing, with the nearest names.
    """
    # An iterator would be used up by the first word.
    known = list(known)
    parts = words.split(",") if isinstance(words, str) else words
    # A dict and not a set, since names keep their order.
    chosen: dict[str, None] = {}
    for word in (part.strip() for part in parts):
        hits = known if word == "all" else fnmatch.filter(known, word)
        if not hits:
            raise unknown(what, word, known)
        chosen.update(dict.fromkeys(hits))
    return list(chosen)


def choose_tasks(words: str, names: Iterable[str]) -> list[str]:
    """Names of tasks meant by words as in `choose`; "casme2/5" means all its revisions and subsets.

    Raises:
        BenchError: a word that matches nothing, with the nearest names.
    """
    forms: dict[str, dict[str, None]] = {}
    for name in names:
        for form in task_forms(name):
            forms.setdefault(form, {})[name] = None
    hits = choose(words, forms, "task")
    return list(dict.fromkeys(name for form in hits for name in forms[form]))


def unknown(what: str, word: str, known: Iterable[str]) -> BenchError:
    """The error for a name nobody knows: did you mean, and the list."""
    known = list(known)
    near = nearest(word, known)
    hint = f"; did you mean {' or '.join(near)}? Known" if near else "; known"
    return BenchError(f"unknown {what} {word!r}{hint}: {', '.join(known) or 'none'}")


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The two names most like a word, the likest first; fewer where none is like it."""
    return difflib.get_close_matches(word, list(known), n=2, cutoff=0.6)

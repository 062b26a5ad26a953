"""Foreign text in our outputs: one function per format, so that no word becomes markup.

Labels, subjects, clips, file names, error texts and sources come from other people's files. Each
function returns text that its format shows as it was written, on one line.
"""

from __future__ import annotations

import html as standard
import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories that programs obey and readers do not see: controls (escape sequences, line
breaks), format characters (bidirectional overrides, tags), lone surrogates, separators."""

# Persian and Devanagari need them, and they reorder nothing.
JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    r"""For a terminal, a comment or a figure: hidden characters become \x1b, \n or \u202e."""
    # Nearly all text is plain, and tables have thousands of cells.
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character in JOINERS or unicodedata.category(character) not in HIDDEN:
        return character
    return character.encode("unicode_escape").decode("ascii")


def paragraphs(text: str) -> str:
    """Like `visible`, for text that has lines of its own: keeps line breaks and tabs."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def html(text: str) -> str:
    """For the content of an element, or an attribute in quotes."""
    return standard.escape(visible(text))


_INLINE = re.compile(
    r"""
      [<>|*`~\\${}]                        # tags, cells, emphasis, code, mathematics, attributes
    | (?<![^\W_])_ | _(?![^\W_])           # emphasis, which snake_case is not
    | &(?=\#?\w+;)                         # entities
    | (?<=\])[(\[:] | (?<=\[)[\^\[]        # links, references, footnotes
    | :(?=//) | (?<=mailto): | (?<=xmpp):  # addresses, of which GitHub makes links
    | (?<=www)\. | (?<=\w)@(?=\w)
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What makes a line a heading, a list, a rule or an admonition; "-.012" is none of these.
_START = re.compile(r"^(\s*)(\#|[-+=:](?=[-+=\s]|$)|!(?=!))|^(\s*\d+)([.)])(?=\s|$)")
_ADDRESS = re.compile(r"(https?://[\w./:%?=&#~+-]*[\w/])", re.ASCII)


def markdown(text: str, links: bool = False) -> str:
    """For a paragraph, a heading or a cell of a table, in GitHub's markdown and that of mkdocs.

    Entities rather than backslashes, of which each dialect knows others; what is no markup where
    it stands (brackets of an interval, underscores within a word) stays readable.

    Args:
        text: any text.
        links: leave web addresses as they are, which GitHub makes links of.
    """
    if links:
        parts = _ADDRESS.split(text)
        # Every second part is an address.
        return "".join(one if i % 2 else markdown(one) for i, one in enumerate(parts))
    text = _INLINE.sub(lambda m: _entity(m[0]), visible(text))
    return _START.sub(lambda m: f"{m[1] or m[3] or ''}{_entity(m[2] or m[4])}", text)


def _entity(character: str) -> str:
    return f"&#{ord(character)};"


_LATEX = {
    **{character: f"\\{character}" for character in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "|": r"\textbar{}",
    "<": r"\ensuremath{<}",
    "Δ": r"\ensuremath{\Delta}",
    ">": r"\ensuremath{>}",
}


def latex(text: str) -> str:
    """For the body of a document or a cell; a comment needs `visible` alone."""
    body = "".join(_LATEX.get(character, character) for character in visible(text))
    # After the line break of a table, a bracket or a star is its argument.
    return f"{{{body[0]}}}{body[1:]}" if body[:1] in ("[", "*") else body


_FORMULA = re.compile(r"(^|;)(\s*)(?=[=+\-@])")


def csv(value: object) -> object:
    """For a cell: text that a spreadsheet would run as a formula gets an apostrophe in front.

    Numbers stay numbers, also those written as text. After a semicolon too, which separates cells
    where the decimal comma is used.
    """
    if not isinstance(value, str) or _is_number(value):
        return value
    # A leading tab or return, which spreadsheets skip, is visible by now.
    return _FORMULA.sub(r"\1\2'", visible(value))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.isprintable()

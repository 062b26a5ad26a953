"""What a board's document consists of, independent of markdown and html."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Heading:
    """A heading; `anchor` names a place that contents lead to."""

    text: str
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph.

    Attributes:
        text: what it says.
        quoted: it is a remark on what stands above.
        ours: in these words of ours, backticks mark code; foreign ones are shown as they are.
    """

    text: str
    quoted: bool = False
    ours: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list.

    Attributes:
        items: names, each with a remark.
        anchors: of the sections that the names lead to, if they do.
        ours: as of paragraphs.
    """

    items: tuple[tuple[str, str], ...]
    anchors: tuple[str, ...] = ()
    ours: bool = False


@dataclass(frozen=True)
class Grid:
    """A table as text.

    Attributes:
        about: what it shows, in a sentence or two; above the table.
        names: of the columns.
        lines: a cell for each column.
        right: columns of numbers, by position.
        muted: lines that are not ranked, by position.
    """

    about: str
    names: list[str]
    lines: list[list[str]]
    right: frozenset[int] = frozenset()
    muted: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A picture in a file beside the document.

    Attributes:
        about: what it shows, for those who do not see it.
        file: its name.
    """

    about: str
    file: str


@dataclass(frozen=True)
class Link:
    """A sentence that leads to another file."""

    text: str
    file: str
    anchor: str = ""


@dataclass(frozen=True)
class Details:
    """Blocks that stay closed until a reader opens them."""

    summary: str
    blocks: tuple[Block, ...]


Block = Heading | Paragraph | Bullets | Grid | Picture | Link | Details

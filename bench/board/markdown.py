"""The board as markdown: `leaderboard.md`, and `literature.md` beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote

from rich.cells import cell_len

from bench.board import document
from bench.board.blocks import Block, Bullets, Details, Grid, Heading, Link, Paragraph, Picture
from bench.board.board import Board
from bench.board.columns import Column
from bench.core.escape import markdown as escape


def markdown(board: Board, columns: Sequence[Column] = (), beside_files: bool = False) -> str:
    """Write the whole board; the same records give the same bytes.

    Args:
        board: what to write.
        columns: those asked for; both tables by default.
        beside_files: link the figures and `literature.md`, which `publish` writes beside it.
    """
    return _text(document.document(board, columns, beside_files, forests=beside_files))


def literature(board: Board) -> str:
    """The published results of all its tasks."""
    return _text(document.literature(board))


def _text(blocks: Iterable[Block]) -> str:
    return "\n\n".join(map(_block, blocks)) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, level, anchor):
            place = f'<a id="{anchor}"></a>\n\n' if anchor else ""
            return f"{place}{'#' * level} {escape(text)}"
        case Paragraph(text, quoted, ours):
            words = text if ours else escape(text)
            return f"> {words}" if quoted else words
        case Bullets(items, anchors, ours):
            return "\n".join(_bullets(items, anchors, ours))
        case Grid(about):
            return f"{escape(about)}\n\n{_grid(block)}" if about else _grid(block)
        case Picture(about, file):
            return f"![{_bracketed(about)}]({quote(file)})"
        case Link(text, file, anchor):
            return f"{escape(text)}: [{file}]({quote(file)}#{anchor})"
        case Details(summary, blocks):
            # GitHub reads what stands between blank lines; MkDocs needs the attribute.
            inner = "\n\n".join(map(_block, blocks))
            head = f'<details markdown="1"><summary>{escape(summary)}</summary>'
            return f"{head}\n\n{inner}\n\n</details>"


def _bullets(items: Sequence[tuple[str, str]], anchors: Sequence[str], ours: bool) -> Iterator[str]:
    for i, (name, remark) in enumerate(items):
        if ours:
            yield f"- **{name}**: {remark}"
        else:
            head = f"[{_bracketed(name)}](#{anchors[i]})" if anchors else escape(name)
            yield f"- {head}: {escape(remark)}"


def _bracketed(text: str) -> str:
    # Brackets are no markup elsewhere, but here one would end the text of a link.
    return escape(text).replace("[", "&#91;").replace("]", "&#93;")


def _grid(grid: Grid) -> str:
    # Of a published result, the source is to be followed: the last column.
    clean = [
        [escape(cell, grid.names[i] == "source") for i, cell in enumerate(row)]
        for row in grid.lines
    ]
    # The column of ranks is ours, and readable as it is.
    heads = [name if name == "#" else escape(name) for name in grid.names]
    lines = [heads, *clean]
    wide = [max(3, *(cell_len(line[i]) for line in lines)) for i in range(len(heads))]
    rule = "|".join(
        "-" * (width + 1) + (":" if i in grid.right else "-") for i, width in enumerate(wide)
    )
    # By hand: tabulate pads every heading by two more, and a narrow table is the point.
    first, *others = (f"| {_padded(line, wide, grid.right)} |" for line in lines)
    return "\n".join([first, f"|{rule}|", *others])


def _padded(line: Sequence[str], wide: Sequence[int], right: frozenset[int]) -> str:
    gaps = [" " * (width - cell_len(cell)) for cell, width in zip(line, wide, strict=True)]
    cells = zip(line, gaps, strict=True)
    return " | ".join(g + c if i in right else c + g for i, (c, g) in enumerate(cells))

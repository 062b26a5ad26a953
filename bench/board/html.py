"""The board as one HTML page that needs no other file: dark and light, for any width."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench.board import document
from bench.board.blocks import Block, Bullets, Details, Grid, Heading, Link, Paragraph, Picture
from bench.board.board import Board
from bench.board.columns import Column
from bench.core.escape import html as escape

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --soft: #5c5c5c; --paper: #fff; --line: #d9d9d9;
  --stripe: #f5f5f3; --link: #0059a8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e6e3; --soft: #a8a5a0; --paper: #17181a;
  --line: #3a3b3e; --stripe: #202124; --link: #7db8f0; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
a { color: var(--link); } p, li { max-width: 45rem; }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .9rem .3rem 0; text-align: left; vertical-align: top; }
thead th { border-bottom: 2px solid var(--ink); white-space: nowrap; }
tbody td { border-bottom: 1px solid var(--line); }
tbody tr:hover { background: var(--stripe); } tr.muted { color: var(--soft); }
.number { text-align: right; white-space: nowrap; }
details { margin: .75rem 0; } summary { cursor: pointer; color: var(--soft); }
td { white-space: nowrap; } td:last-child { white-space: normal; min-width: 9rem; }
img { display: block; width: min(43rem, max(100%, 34rem)); height: auto; margin: 1.25rem 0;
  padding: .5rem; box-sizing: border-box; border-radius: 4px; background: #fff; }
"""


def html(board: Board, columns: Sequence[Column] = ()) -> str:
    """Write the whole board; the same records give the same bytes."""
    title = escape(document.title(board))
    pictures = dict(_pictures(board))
    body = "\n".join(
        _block(one, pictures) for one in document.document(board, columns, forests=True)
    )
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{STYLE}</style>\n<body>\n{body}\n</body></html>\n"
    )


def _pictures(board: Board) -> Iterator[tuple[str, str]]:
    """The addresses of forest plots, which hold them, by file name."""
    if any(map(document.has_forest, board.tables)):
        # Imported late: matplotlib takes long to load, and many boards have no figure.
        from bench.board.forest import forests

        for name, data in forests(board, ["svg"]):
            # Not as a part of the page, where the ids of two would clash.
            yield name, f"data:image/svg+xml;base64,{b64encode(data).decode()}"


def html_table(
    rows: Sequence[Sequence[str]],
    right: Iterable[int] = (),
    muted: Iterable[int] = (),
) -> str:
    """A table whose first line is its heading; it scrolls where the page is narrower.

    Args:
        rows: the heading and the lines.
        right: positions of columns of numbers.
        muted: positions of lines, without the heading, that stand back.
    """
    numbers, back = frozenset(right), frozenset(muted)
    head, *lines = rows
    body = (
        f"<tr{' class=muted' if i in back else ''}>{_cells('td', line, numbers)}</tr>"
        for i, line in enumerate(lines)
    )
    return "\n".join(
        [
            '<div class="scroll"><table>',
            f"<thead><tr>{_cells('th', head, numbers)}</tr></thead>",
            "<tbody>",
            *body,
            "</tbody></table></div>",
        ]
    )


def _cells(tag: str, line: Sequence[str], numbers: frozenset[int]) -> str:
    return "".join(
        f"<{tag}{' class=number' if i in numbers else ''}>{escape(cell)}</{tag}>"
        for i, cell in enumerate(line)
    )


def _block(block: Block, pictures: Mapping[str, str]) -> str:
    match block:
        case Heading(text, level, anchor):
            place = f' id="{anchor}"' if anchor else ""
            return f"<h{level}{place}>{escape(text)}</h{level}>"
        case Paragraph(text, quoted, ours):
            element = f"<p>{words(text, ours)}</p>"
            return f"<blockquote>{element}</blockquote>" if quoted else element
        case Bullets(items, anchors, ours):
            return f"<ul>\n{_bullets(items, anchors, ours)}\n</ul>"
        case Grid(about, names, lines, right, muted):
            table = html_table([names, *lines], right, muted)
            return f"<p>{escape(about)}</p>\n{table}" if about else table
        case Picture(about, file):
            image = f'<img src="{escape(pictures[file])}" alt="{escape(about)}">'
            return f'<div class="scroll">{image}</div>'
        case Link(text, file, anchor):
            return f'<p>{escape(text)}: <a href="{escape(file)}#{anchor}">{escape(file)}</a></p>'
        case Details(summary, blocks):
            inner = "\n".join(_block(one, pictures) for one in blocks)
            return f"<details><summary>{escape(summary)}</summary>\n{inner}\n</details>"


def _bullets(items: Sequence[tuple[str, str]], anchors: Sequence[str], ours: bool) -> str:
    lines = []
    for i, (name, remark) in enumerate(items):
        word = words(name, ours)
        head = f'<a href="#{anchors[i]}">{word}</a>' if anchors else f"<b>{word}</b>"
        lines.append(f"<li>{head}: {words(remark, ours)}</li>")
    return "\n".join(lines)


def words(text: str, ours: bool) -> str:
    """Escaped text; in words of ours, backticks mark code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text)) if ours else escape(text)

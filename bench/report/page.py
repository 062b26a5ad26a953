"""The page: headings, pictures with captions, tables; plain HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from bench.board.html import html_table
from bench.cache.output import MAKER
from bench.core.escape import html as escape
from bench.core.file_names import safe

STYLE = """
body { font: 16px/1.5 serif; max-width: 60em; margin: 2em auto; padding: 0 1em; color: #111; }
img { max-width: 100%; height: auto; }
figure { margin: 1em 0; }
figcaption { color: #333; }
table { border-collapse: collapse; font-size: 14px; }
th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid #ccc; }
.scroll { overflow-x: auto; }
.synthetic { border: 2px solid #D55E00; padding: .5em 1em; }
"""


@dataclass(frozen=True)
class Part:
    """A piece of the report: a picture, a table, or a remark alone.

    Attributes:
        title: heading.
        caption: what is seen, and of how many.
        name: file name of the picture, without its ending.
        figure: the picture.
        table: a heading and lines.
    """

    title: str
    caption: str
    name: str = ""
    figure: Figure | None = None
    table: Sequence[Sequence[str]] = ()


def report_folder(results: Path, method: str, task: str) -> Path:
    """Where `bench explain` reports on a method and task, unless told otherwise.

    Args:
        results: folder of the results.
        method: label of the row: mfvan:delta.
        task: casme2/5.
    """
    return results / "explain" / f"{safe(method, ':')}-{safe(task)}"


def html(title: str, synthetic: str, summary: Sequence[str], parts: Sequence[Part]) -> str:
    """The page, with pictures by their file names beside it.

    Args:
        title: heading.
        synthetic: what a reader must know where the data are stand-ins, else empty.
        summary: sentences below the heading.
        parts: in order.
    """
    banner = f'<p class="synthetic">{escape(synthetic)}</p>\n' if synthetic else ""
    lines = "\n".join(f"<p>{escape(sentence)}</p>" for sentence in summary)
    body = "\n".join(map(_part, parts))
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f'<meta name="generator" content="{MAKER}">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
        f"<h1>{escape(title)}</h1>\n{banner}{lines}\n{body}\n</html>\n"
    )


def _part(part: Part) -> str:
    title, caption = escape(part.title), escape(part.caption)
    text = f"<h2>{title}</h2>\n"
    if part.table:
        text += f'<div class="scroll">{html_table(part.table)}</div>\n'
    if part.figure is None:
        return f"{text}<p>{caption}</p>"
    return (
        f'{text}<figure><img src="{escape(part.name)}.png" alt="{title}">\n'
        f"<figcaption>{caption}</figcaption></figure>"
    )

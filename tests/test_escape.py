"""No foreign text becomes markup: every output format, with hostile text in every foreign field.

A board that holds a hostile text everywhere must have the structure of one that holds a plain word
everywhere, and show the text where that one shows the word.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import hostile
import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from bench.board.html import html
from bench.board.latex import latex
from bench.board.markdown import literature, markdown
from bench.board.plain import to_csv, to_json
from bench.board.terminal import grids
from bench.cli.screen import Screen
from bench.core import escape
from bench.report.page import Part
from bench.report.page import html as page

WORD = "word"
BOARD = hostile.board()
FORMULA = re.compile(r"\s*[=+\-@]")
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")
ADDRESS = re.compile(r"https?://|www\.|\w@\w")
every_text = pytest.mark.parametrize("text", hostile.HOSTILE, ids=range(len(hostile.HOSTILE)))


def pair(write, text):
    """What a format makes of the plain board and of the hostile one."""
    return [write(hostile.poisoned(BOARD, word)) for word in (WORD, text)]


def squeezed(text):
    return " ".join(text.split())


def shows(text, plain, poisoned):
    """The poisoned texts are the plain ones with the hostile text, made visible, as the word."""
    shown = escape.visible(text)
    assert [squeezed(one.replace(WORD, shown)) for one in plain] == [*map(squeezed, poisoned)]


class Page(HTMLParser):
    """Tags with their attributes in order, and the texts between them."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.texts = [], [""]
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, *sorted(name for name, _ in attrs)))
        self.texts.append("")

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")
        self.texts.append("")

    def handle_data(self, data):
        self.texts[-1] += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_decl(self, decl):
        assert decl == "doctype html"

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")


def commonmark(text):
    """As GitHub renders it, with its tables and struck text."""
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)


def mkdocs(text):
    """As the documentation renders it."""
    library = pytest.importorskip("markdown")
    extensions = ["toc", "tables", "attr_list", "admonition", "footnotes", "def_list", "md_in_html"]
    # The ids of headings are their words.
    return re.sub(r' id="[^"]*"', "", library.markdown(text, extensions=extensions))


@every_text
@pytest.mark.parametrize("render", [commonmark, mkdocs])
def test_markdown(render, text):
    for write in (lambda board: markdown(board, beside_files=True), literature):
        plain, poisoned = (Page(render(one)) for one in pair(write, text))
        assert plain.tags == poisoned.tags
        shows(text, plain.texts, poisoned.texts)


def test_markdown_has_no_addresses_but_of_sources():
    (text,) = (one for one in hostile.HOSTILE if one.startswith("https"))
    board = hostile.poisoned(BOARD, text)
    # GitHub makes links of bare addresses.
    assert not ADDRESS.search(markdown(board))
    assert ADDRESS.search(literature(board))
    unpublished = tuple(dataclasses.replace(table, published=()) for table in board.tables)
    assert not ADDRESS.search(literature(dataclasses.replace(board, tables=unpublished)))


@every_text
def test_html(text):
    plain, poisoned = map(Page, pair(html, text))
    assert plain.tags == poisoned.tags
    shows(text, plain.texts, poisoned.texts)


LATEX = re.compile(
    r"(?P<comment>%[^\n]*\n)|(?P<command>\\[a-zA-Z]+(?:\{\})?|\\.)|(?P<special>[&{}$#_^~<>])"
    r"|(?P<text>[^\\%&{}$#_^~<>]+)"
)
MEANING = {
    **{f"\\{character}": character for character in "&%$#_{}"},
    r"\textbackslash{}": "\\",
    r"\textasciicircum{}": "^",
    r"\textasciitilde{}": "~",
    r"\textbar{}": "|",
}
RULES = {
    *(rf"\{word}" for word in ("toprule", "midrule", "bottomrule", "cmidrule", "begin", "end")),
    *(rf"\{word}" for word in ("caption", "label", "footnotesize", "scriptsize", "setlength")),
    *(rf"\{word}" for word in ("tabcolsep", "multicolumn", "textbf", "textit", "textsuperscript")),
    *(rf"\{word}" for word in ("par", "smallskip", "raggedright", "quad", ",")),
}


def tokens(text):
    """LaTeX as commands and specials, and the texts between them."""
    commands, texts, at = [], [""], 0
    text = (
        text.replace(r"\ensuremath{\Delta}", "Δ")
        .replace(r"\ensuremath{<}", "‹")
        .replace(r"\ensuremath{>}", "›")
    )
    # Names of files and the form of a table are ours, made of safe characters.
    text = re.sub(r"\\label\{[\w:.+@~-]*\}|\\begin\{tabularx\}.*", r"\\label", text)
    # A group of one character is that character, kept from being an argument.
    text = re.sub(r"\{([\[*])\}", r"\1", text)
    while at < len(text):
        match = LATEX.match(text, at)
        assert match, text[at : at + 40]
        at, word = match.end(), match[0]
        if match["text"]:
            texts[-1] += word
        elif word in MEANING:
            texts[-1] += MEANING[word]
        elif match["comment"]:
            texts += [word, ""]
        else:
            assert word in RULES or word in ("&", r"\\", "{", "}"), word
            commands.append(word)
            texts.append("")
    return commands, [one.replace("‹", "<").replace("›", ">") for one in texts]


@every_text
def test_latex(text):
    (commands, plain), (others, poisoned) = map(tokens, pair(latex, text))
    assert commands == others
    shows(text, plain, poisoned)
    # After the break of a line, LaTeX takes a bracket or a star for its argument.
    assert not re.search(r"\\\\\s*[\[*]", pair(latex, text)[1])


@every_text
def test_csv(text):
    plain, poisoned = (list(csv.reader(io.StringIO(one))) for one in pair(to_csv, text))
    assert [len(line) for line in plain] == [len(line) for line in poisoned]
    for cell in (cell for line in poisoned for cell in line):
        assert cell.isprintable()
        # Spreadsheets with a decimal comma take a semicolon for the end of a cell.
        for part in cell.split(";"):
            assert not FORMULA.match(part) or NUMBER.fullmatch(part), cell
    # Apart from the apostrophes, nothing is changed.
    bare = [cell.replace("'", "") for line in poisoned for cell in line]
    shows(text.replace("'", ""), [cell for line in plain for cell in line], bare)


def test_numbers_in_csv_stay_numbers():
    for value in (-0.5, 3, None, True, "-0.5", "+1e-3", "", ".5"):
        assert escape.csv(value) == value
    assert escape.csv("-0.5; -x") == "'-0.5; '-x"
    assert escape.csv("=1") == "'=1"


@every_text
def test_json(text):
    _, poisoned = pair(to_json, text)
    assert poisoned.isascii()
    assert json.loads(poisoned)["tables"][0]["task"] == text


@every_text
@pytest.mark.parametrize("console", [Screen, Console])
def test_terminal(console, text):
    plain, poisoned = [], []
    for kept, word in ((plain, WORD), (poisoned, text)):
        file = io.StringIO()
        # Room for every name in one line: narrower, they are broken at blanks.
        for grid in grids(hostile.poisoned(BOARD, word).tables[0], 10_000):
            console(file=file, width=10_000, color_system=None).print(grid)
        kept += file.getvalue().splitlines()
    assert all(line.isprintable() for line in poisoned)
    assert len(plain) == len(poisoned)
    assert escape.visible(text).strip() in "\n".join(poisoned)


@every_text
def test_screen(text):
    for show in (Screen.say, Screen.print):
        file = io.StringIO()
        show(Screen(file=file, width=100_000, color_system=None), text)
        shown = file.getvalue()
        wanted = escape.visible(text) if show is Screen.say else escape.paragraphs(text)
        assert shown.rstrip() == wanted.expandtabs().rstrip()


def test_plain_text_stays_as_it_is():
    for text in ("mfvan:delta", ".621 [.541, .690] ±.012", "snake_case", "a+b, c-d", "–", "日本語"):
        assert escape.markdown(text) == escape.visible(text) == escape.html(text) == text
        assert escape.csv(text) == text
    assert escape.markdown("see https://example.org/a_b, p. 3", links=True) == (
        "see https://example.org/a_b, p. 3"
    )


@pytest.mark.parametrize(
    "text", ["\x1b[31m[red]x\n[/]", "[/bold]", "a\u202eb", "[link=x]", ":smile:"]
)
def test_errors_are_one_line(world, text):
    shown = escape.visible(text)
    for words in (
        ["info", text],
        ["run", "-m", text, "-d", "toy"],
        ["run", "-m", "mean", "-d", "toy", "--seeds", text],
        ["results", "import", text],
        ["list", "--plugin", text],
    ):
        done = world.bench(*words)
        assert done.code == 2, words
        (line,) = done.err.splitlines()
        assert line.isprintable()
        assert shown in line or repr(text)[1:-1] in line, line


@every_text
def test_report(text):
    """The page of `bench explain`."""
    pages = []
    for word in (WORD, text):
        parts = [Part(word, word, table=[[word, word], [word, word]]), Part(word, word, "name")]
        pages.append(Page(page(word, word, [word, word], parts)))
    plain, poisoned = pages
    assert plain.tags == poisoned.tags
    shows(text, plain.texts, poisoned.texts)


def test_a_terminal_without_our_letters(tmp_path):
    """Dashes of tables, and names in any script, where standard output knows ASCII alone."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "BENCH_CACHE": str(tmp_path)}
    for words in (["list", "methods"], ["info", "mfvan"], ["info", "日本"]):
        command = [sys.executable, "-m", "bench", *words]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode == (2 if words[-1] == "日本" else 0), done.stderr
        assert b"unexpected" not in done.stderr
        assert (done.stdout + done.stderr).isascii()

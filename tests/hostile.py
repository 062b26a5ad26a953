"""Text that other people's files may hold, and a board with it in every field that is theirs."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

from bench.board.board import Board, Table
from bench.evaluation.crossing import Crossing
from bench.evaluation.notes import (
    ExternalPredictions,
    IncompleteVariants,
    NoCommonSeed,
    Partial,
    Stale,
)
from bench.evaluation.paired import Difference
from bench.evaluation.row import Epochs, FitTime, Row, Score
from bench.evaluation.variants import Variant, Variants
from bench.literature.caveats import ImpossibleScores, OtherPreset
from bench.literature.comparison import Comparison

HOSTILE = (
    "</td></tr></table><script>alert(1)</script><img src=x onerror=alert(1)>",
    "<!-- <style>*{display:none}</style>",
    "a\n\n# Heading\n\n- item\n\n    code\n\n| a | b |\n|---|---|\n| c | d |",
    "# Heading",
    "- item",
    "---",
    "12. item",
    "> quote",
    "[click](https://evil.example) ![see](https://evil.example/x.png) [r][r]\n\n[r]: https://evil.example",
    "https://evil.example www.evil.example me@evil.example <https://evil.example>",
    "| cell || cell \\| cell |",
    "*emphasis* **strong** _under_ __score__ ~~struck~~ `code` ```fence",
    "$x$ $$y$$ {: .class } {{ template }} [^1] [[wiki]] &lt;script&gt; &#60;b&#62;",
    "\\immediate\\write18{touch owned}\n\\input{/etc/passwd} % \\\\ & _ ^ ~ # { }",
    "[1ex] & x \\\\ \\hline",
    "* \\\\",
    "^^M^^5cinput",
    "=cmd|'/c calc'!A1",
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    'a";=1+1',
    "a; =HYPERLINK(1)",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07\x1b[2J\x08\x7f\x9b31m",
    "user\u202egnp.exe\u2066 \u200f zero\u200bwidth \ufeff\u2028\u2029\U000e0041",
    "[red]markup[/red] [/] [link=https://evil.example]x[/link] :smile: [bold",
    "$(touch owned) `touch owned` ; touch owned",
    "../../../../etc/cron.d/owned",
    "lone \udc80 surrogate",
    "NUL \x00 and \x85 next line",
    "'\"",
    "long " * 100,
)

METRICS = ("uf1", "uar", "accuracy", "f1")
"""Words that no file may choose."""


def poisoned(value: Any, word: str) -> Any:
    """The same value with a word in place of every text in it."""
    if isinstance(value, str):
        return value if value in METRICS else word
    if isinstance(value, dict):
        return {poisoned(k, word): poisoned(v, word) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(poisoned(one, word) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (field.name for field in dataclasses.fields(value))
        changed = {name: poisoned(getattr(value, name), word) for name in fields}
        return dataclasses.replace(value, **changed)
    return value


def board() -> Board:
    """A board in which everything occurs that a board can hold."""
    score = Score(0.5, 0.25, 0.75, 0.125)
    scores = dict.fromkeys(METRICS, score)
    row = Row(
        label="m:a", preset="quick", family="f", title="M", fidelity="paper", selection="last",
        folds=2, of=2, seeds=(0, 1), scores=scores, recall=[0.5, float("nan")],
        parts={"d": {"uf1": 0.5, "uar": 0.25}}, oracle=score, fit_seconds=1.5, parameters=1234,
        rank=1, notes=(Stale(("x",)), Partial(1, 2, {"failed": 1})), inner=score,
        epochs=Epochs((1, 2), ((0.25, 0.5),)),
        fit_times=(FitTime("cpu", 1, 1.0), FitTime("g", 1, 2.0)),
    )  # fmt: skip
    incomplete = dataclasses.replace(row, label="n", rank=None, notes=())
    external = dataclasses.replace(row, label="x", notes=(ExternalPredictions("log"),))
    difference = Difference(0.1, -0.1, 0.3, 0.2, True, 2, 0.4)
    changed = Variant("m:a", {"a": [1, "x"], "b": "y"}, scores, difference)
    group = Variants(
        "m", "quick", (Variant("m", {"a": 1}, scores), changed),
        Crossing("a", "b", ("1", "2"), ("3", "4"), (("m", "m:a"), ("m:a", "m"))),
        ("uf1", "uar"),
        (IncompleteVariants(("m:b",)), NoCommonSeed("m", ("m:c",))),
    )  # fmt: skip
    published = [
        Comparison("M", label, part, {"uf1": 0.5}, {"uf1": score} if label else {}, "last",
                   "printed", "a paper", (OtherPreset("quick"), ImpossibleScores("no")))
        for label, part in itertools.product(("m:a", None), ("full", "d"))
    ]  # fmt: skip
    table = Table(
        task="d/2", protocol="loso", synthetic=False, fingerprint="f0", classes=("low", "high"),
        counts=(3, 4), subjects=2, apex="given", rows=(row, incomplete), test_best=(external,),
        published=tuple(published), environments=("machine",), variants=(group,),
    )  # fmt: skip
    return Board((table, dataclasses.replace(table, synthetic=True)), {"machine": "a cpu"})

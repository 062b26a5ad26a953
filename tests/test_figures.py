"""No figure cuts off what is written in it: every kind, with short names and with the longest."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text
from test_board import METHODS, comparison, row, table
from test_mfvan_measures import clip
from test_mfvan_measures import fitted as network
from test_show import CLIP, dataset, moved

from bench.board.board import Board
from bench.board.critical_difference import rank_figure
from bench.board.epochs import epoch_figure
from bench.board.forest import forest_figure, forests
from bench.board.style import LONGEST, SETTINGS, SMALLEST, png, stamped, svg
from bench.board.text import interval_text
from bench.core.drawing import fitted, plots
from bench.data.figure import draw
from bench.deploy.clips import OwnClip
from bench.deploy.predictions import Prediction
from bench.deploy.strip import strip
from bench.evaluation.paired import Difference
from bench.evaluation.row import Epochs, Score
from bench.methods.mfvan.pictures import plate
from bench.report import ablation, epochs, scores
from bench.report.occlusion import GRID, occlusion_figure
from bench.statistics import CriticalDifference
from bench.views.clip_views import Views
from studies.person.__main__ import Leak
from studies.person.__main__ import figure as leak_figure

ROOT = Path(__file__).parents[1]


def forest(name: Callable[[str], str], _: Path) -> Figure:
    rows = [row(name(one), 0.7 - i / 20, 1 + i // 2) for i, one in enumerate(METHODS)]
    rows.append(row(name("majority"), 0.24, None, reference=True))
    rows.append(row(name("theirs"), 0.4, None, fidelity="external"))
    published = (comparison("LBP-TOP", name("lbptop")),)
    made = table(*rows, task=name("3db/3"), published=published)
    return forest_figure(dataclasses.replace(made, ceiling=0.845))


def ranks(name: Callable[[str], str], _: Path) -> Figure:
    found = CriticalDifference(np.array([1.2, 2.0, 3.1, 4.0, 4.7]), 1.5)
    return rank_figure([name(one) for one in METHODS], found, "average rank by uf1 over 4 tasks")


def traced(name: Callable[[str], str], _: Path) -> Figure:
    curve = Epochs((1, 2, 60), ((0.1, 0.4, 0.5), (0.2, 0.3, 0.6)))
    figure = epoch_figure(row("a", 0.5, epochs=curve, oracle=Score(0.7), inner=Score(0.6)))
    figure.suptitle(name("dualinception (quick) on megc2019flow/3"))
    return figure


def variants(name: Callable[[str], str], _: Path) -> Figure:
    return ablation.ablation_figure([row(name(one), 0.5) for one in METHODS])


def curves(name: Callable[[str], str], _: Path) -> Figure:
    bands = (np.arange(5), np.arange(15.0).reshape(3, 5) * 1e5)
    return epochs.curve_figure({("epoch", name(f"loss {i}")): bands for i in range(5)})


def occlusion(name: Callable[[str], str], _: Path) -> Figure:
    maps = [np.random.default_rng(i).normal(0, 1e-4, (GRID, GRID)) for i in range(4)]
    names = [f"{name(f'casme2/01/EP02_0{i}f')}\n{name('happiness')}" for i in range(4)]
    return occlusion_figure(maps, [moved()] * 4, names)


CLASSES = ("happiness", "disgust", "surprise", "repression", "others")


def confusion(name: Callable[[str], str], _: Path) -> Figure:
    counts = np.random.default_rng(0).integers(0, 99, (5, 5))
    return scores.confusion_figure(counts, [name(one) for one in CLASSES])


def classes(name: Callable[[str], str], _: Path) -> Figure:
    return scores.class_figure(np.eye(5, dtype=int) * 250, [name(one) for one in CLASSES])


def subjects(name: Callable[[str], str], _: Path) -> Figure:
    people = [name(f"casme2/sub{i:02}") for i in range(60)]
    return scores.subject_figure(np.stack([np.eye(3, dtype=int) * 12] * 60), people)


def frames(name: Callable[[str], str], root: Path) -> Figure:
    one = dataclasses.replace(CLIP, emotion=name("happiness"), name=name("EP02_01f"))
    return draw(one, moved(), dataset("casme2", root))


def planes(name: Callable[[str], str], root: Path) -> Figure:
    one = dataclasses.replace(CLIP, emotion=name("happiness"), name=name("EP02_01f"))
    shipped = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    return draw(one, Views({"flow_image": shipped}), dataset("megc2019flow", root))


def attention(name: Callable[[str], str], _: Path) -> Figure:
    names = [name("casme2/01/EP02_01f"), name("b")]
    return plate(network(), [clip(0), clip(1)], names, name("what the mask removes is dark"))


CARD = SimpleNamespace(
    classes=CLASSES, label="ststnet (quick)", inputs={"task": "megc2019flow/3"}, synthetic=True
)


def predicted(name: Callable[[str], str], _: Path, card: SimpleNamespace = CARD) -> Figure:
    where = f"{name('holidays/2026')}/{'deeper/' * 40 if name is long else ''}EP02_01f.mp4"
    one = OwnClip(where, "1", 10, 12, 14, "spotted", "spotted", "model", moved())
    scores = (0.1, -1.25, 3.5, 0.0, 1e-4)
    found = Prediction(where, "1", scores, 10, 12, 14, "spotted", "spotted", "model", None)
    classes = tuple(map(name, CLASSES))
    made = SimpleNamespace(**{**vars(card), "classes": classes, "label": name("ststnet (quick)")})
    return strip(one, found, made)


def leaked(name: Callable[[str], str], _: Path) -> Figure:
    def gained(value: float) -> Difference:
        return Difference(value, value - 0.1, value + 0.1, 0.01, False, 1)

    return leak_figure(
        [
            Leak(
                name(f"{one} on casme2/5"), 246, 0.9, 0.05, {}, {},
                {"uf1": gained(0.1), "accuracy": gained(-0.2)},
            )
            for one in METHODS
        ]
    )  # fmt: skip


KINDS = {
    "forest_figure": (forest,),
    "rank_figure": (ranks,),
    "epoch_figure": (traced,),
    "ablation_figure": (variants,),
    "curve_figure": (curves,),
    "occlusion_figure": (occlusion,),
    "confusion_figure": (confusion,),
    "class_figure": (classes,),
    "subject_figure": (subjects,),
    "draw": (frames, planes),
    "plate": (attention,),
    "strip": (predicted,),
    "figure": (leaked,),
}
"""Each function that draws a figure, with those here that call it."""
HELPERS = {"blank", "stamped", "fitted"}
EVERY = [one for kinds in KINDS.values() for one in kinds]


ROOMS = ("bench", "methods", "datasets", "replications", "studies", "benchmarks")


def test_every_function_that_draws_is_among_them():
    found = set()
    for path in [path for room in ROOMS for path in ROOT.glob(f"{room}/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            returns = getattr(node, "returns", None)
            if returns and ast.unparse(returns) == "Figure" and not node.name.startswith("_"):
                found.add(node.name)
    assert found - HELPERS == set(KINDS)


def test_pictures_are_saved_in_few_places():
    """A picture that is not saved by `png` or `svg` could pass the tests here by."""
    saving = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in ROOT.glob(f"{room}/**/*.py")
        if re.search(r"[.](savefig|print_figure|print_png)[(]", path.read_text("utf-8"))
    }
    # `show` fits its figure as well; the sheets of stand-ins have the same words always.
    others = {"bench/cli/data/show.py", "datasets/synthetic/sheet.py"}
    assert saving == {"bench/board/style.py", *others}


def written(figure: Figure, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, np.ndarray]]:
    """Texts that end up in the picture, with their corners in shares of it."""
    found = []
    plain = Text.draw

    def noted(self, renderer, *args, **options):
        if self.get_visible() and self.get_text().strip():
            box = self.get_window_extent(renderer)
            size = self.get_figure(root=True).bbox.size
            found.append((self.get_text(), np.array([box.p0, box.p1]) / size))
        return plain(self, renderer, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Text, "draw", noted)
        figure.draw_without_rendering()
    return found


def long(name: str) -> str:
    return f"{name} {'and more ' * 20}"[:LONGEST]


CASES = [
    *((kind, str) for kind in EVERY),
    *((kind, long) for kind in (forest, confusion, traced)),
    *(
        pytest.param(kind, long, marks=pytest.mark.slow)
        for kind in EVERY
        if kind not in (forest, confusion, traced)
    ),
]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_all_text_lies_inside(kind, name, tmp_path, monkeypatch):
    with rc_context(SETTINGS):
        figure = stamped(kind(name, tmp_path), True)
        # As every writer of pictures does; large ones take long to compress.
        assert png(figure) if name is str else fitted(figure, SMALLEST)
        texts = written(figure, monkeypatch)
        width, height = figure.get_size_inches()
    assert len(texts) > 3
    outside = [text for text, box in texts if box.min() < -0.001 or box.max() > 1.001]
    assert outside == []
    # Grown as far as the words need, and no further.
    assert max(width, height) < (13 if name is str else 45)
    assert min(one.get_window_extent().width for one in plots(figure)) / figure.dpi > 0.3


def test_a_long_path_loses_its_middle_and_never_the_word_synthetic(tmp_path):
    with rc_context(SETTINGS):
        figure = predicted(long, tmp_path)
    title = figure.get_suptitle()
    assert title.startswith("SYNTHETIC: holidays/2026 ")
    assert "EP02_01f.mp4: ststnet" in title
    assert len(title) < 160


def test_without_room_the_words_would_be_outside(monkeypatch):
    """The test can fail: this is what the layout alone makes of a long title."""
    with rc_context(SETTINGS):
        figure = stamped(traced(long, Path()), True)
        figure.set_size_inches(2, 2)
        assert any(box.max() > 1.001 for _, box in written(figure, monkeypatch))


def test_a_lean_svg_keeps_every_word_and_number_that_is_read():
    words = ["1.00009", "a  b", 'rotate(-0 "c")', "font-family: d;", "<g id='x'/>"]
    rows = [row(name, 1.0 - i / 20, i + 1) for i, name in enumerate(words)]
    with rc_context(SETTINGS):
        text = svg(forest_figure(table(*rows))).decode()
    tree = ElementTree.fromstring(text)
    found = {one.text for one in tree.iter("{http://www.w3.org/2000/svg}text")}
    assert {*words, interval_text(rows[0].scores["uf1"])} <= found
    attributes = [value for one in tree.iter() for value in one.attrib.values()]
    assert any(re.search(r"\d\.\d\d", value) for value in attributes)
    assert not any(re.search(r"\d\.\d{3}", value) for value in attributes)


def test_a_forest_plot_twice_is_the_same_bytes():
    rows = [row(one, 0.7 - i / 20) for i, one in enumerate(METHODS)]
    board = Board((table(*rows), table(*rows[:2], task="casme2/5")))
    first, again = dict(forests(board)), dict(forests(board))
    assert first == again
    # Two rows are read in the table.
    assert sorted(Path(name).suffix for name in first) == [".png", ".svg"]
    assert all(b"mer-bench" in data for data in first.values())

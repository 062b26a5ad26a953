"""`bench publish`: a site of whole pages and links, safe from foreign words, in a real browser."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import hostile
import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bench.board import build
from bench.board.plain import to_json
from bench.cache.output import MAKER, MARK
from bench.cli.common import workspace
from bench.core.errors import BenchError
from bench.core.words import Provenance
from bench.evaluation.differences import PLACES, Differences, differences
from bench.evaluation.paired import difference
from bench.evaluation.scoring import confusions
from bench.literature import judged
from bench.report.page import report_folder
from bench.site.content import Content, Section, gather
from bench.site.downloads import downloads
from bench.site.facts import facts
from bench.site.files import files as files_of
from bench.site.light import LARGEST, TOTAL, light
from bench.site.pages import pages
from bench.site.render import _numbers
from bench.site.tables import heads, lines
from bench.site.write import write_site
from bench.statistics.metrics import uf1
from bench.store.store import Store
from benchmarks.publish import drawn


@pytest.fixture(scope="module")
def content(tmp_path_factory) -> Content:
    """A board of four drawn methods on two tasks."""
    folder = tmp_path_factory.mktemp("drawn")
    drawn(folder, methods=4, tasks=2)
    registry, _ = workspace(None, folder)
    store = Store(folder)
    return gather(store, registry, store.records())


@pytest.fixture(scope="module")
def site(content, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(files_of(content), folder)
    return folder


class Page(HTMLParser):
    """Ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on"), f"a script in an attribute: {name}"
            if name in ("id", "href", "src", "popovertarget"):
                (self.ids if name == "id" else self.links).append(
                    f"#{value}" if name == "popovertarget" else value
                )


def html_pages(files: dict[str, bytes]) -> dict[str, str]:
    return {name: data.decode() for name, data in files.items() if name.endswith(".html")}


def check_links(files: dict[str, bytes]) -> None:
    found = {name: Page(text) for name, text in html_pages(files).items()}
    for name, page in found.items():
        assert len(page.ids) == len(set(page.ids)), f"{name}: an id twice"
        for link in page.links:
            if link.startswith(("https://", "http://", "data:,")):
                continue
            address, anchor = urldefrag(unquote(link))
            target = Path(name).parent / address if address else Path(name)
            parts: list[str] = []
            for part in target.parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            path = "/".join(parts)
            assert path in files, f"{name} links to {link}"
            if anchor:
                assert anchor in found[path].ids, f"{name} links to {link}"


def test_every_page_is_valid_and_every_link_leads_somewhere(content):
    html5lib = pytest.importorskip("html5lib")
    files = files_of(content)
    kinds = {name.partition("/")[0] for name in html_pages(files)}
    assert {"index.html", "tasks", "methods", "datasets", "compare.html"} < kinds
    assert {"literature.html", "provenance.html", "downloads.html"} < kinds
    for name, text in html_pages(files).items():
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(text)
        assert not parser.errors, (name, parser.errors[:3])
    check_links(files)


def test_provenance_lists_the_rows_that_were_not_run_here_and_no_others(content):
    def page(content: Content) -> str:
        return dict(pages(content))["provenance.html"].decode()

    def told(section: Section, *words: Provenance) -> Section:
        rows = [
            replace(row, provenance=words[i] if i < len(words) else "run")
            for i, row in enumerate(section.table.rows)
        ]
        return replace(section, table=replace(section.table, rows=tuple(rows)))

    first, *others = content.sections
    rest = tuple(map(told, others))
    every = page(replace(content, sections=(told(first), *rest)))
    assert "Every row of this site was run" in every
    assert "Rows that were not run here" not in every
    some = page(replace(content, sections=(told(first, "reported"), *rest)))
    listed = some.partition("Rows that were not run here")[2].partition("<h2>")[0]
    assert listed.count("<tr>") == 2  # of the heading and of the row
    assert f">{first.table.rows[0].name}</a>" in listed
    assert "Every row of this site was run" not in some


def test_a_method_page_says_what_is_read_how_large_it_is_and_how_its_epoch_is_selected(content):
    registry, _ = workspace(None, content.results)
    section = content.sections[0]
    counts = {"ststnet": 1234, "flowsvm": None}
    rows = [
        replace(section.table.rows[0], label=name, title=name, parameters=count)
        for name, count in counts.items()
    ]
    made = replace(section, table=replace(section.table, rows=tuple(rows)), done={})
    files = dict(pages(replace(content, sections=(made,), registry=registry)))
    network, svm = (files[f"methods/{name}.html"].decode() for name in counts)
    for page in (network, svm):
        assert "<dt>reads<dd>flow image: The onset-to-apex TV-L1 flow as STSTNet reads it" in page
        assert "The last: the number of epochs is fixed beforehand" in page
    assert "<dt>trained parameters<dd>1,234" in network
    assert "trained parameters" not in svm
    assert "<dt>also uses, where a dataset has it<dd>optical flow: Flow from onset" in svm
    assert "Defaults are the paper's." in network.replace("&#39;", "'")
    assert "paper&#39;s" not in svm.partition("<h2>Configuration")[2].partition("</table>")[0]
    two = facts(None, [(made, rows[0]), (made, replace(rows[0], label="b", selection="oracle"))])
    assert [line.split(":")[0] for line in two["epoch that is scored"]] == ["ststnet", "b"]


def test_words_in_backticks_of_a_dataset_are_code(content):
    registry, _ = workspace(None, content.results)
    first = content.sections[0]
    made = replace(first, table=replace(first.table, task="megc2019flow/3"))
    files = dict(pages(replace(content, sections=(made,), registry=registry)))
    page = files["datasets/megc2019flow.html"].decode()
    assert "`" not in page
    assert "<code>" in page
    assert not re.search(r"(19|20)\d\d, (19|20)\d\d", page)


def test_nothing_is_loaded_from_another_host(content):
    for name, text in html_pages(files_of(content)).items():
        assert not re.search(r'(src|<link[^>]* href)="(https?:)?//', text), name


def test_the_same_records_give_the_same_bytes_and_a_small_site(content):
    files = files_of(content)
    assert files == files_of(content)
    assert sum(map(len, files.values())) < 2_000_000


def test_predictions_give_the_scores_of_the_board(content):
    from sklearn.metrics import f1_score

    archive = zipfile.ZipFile(io.BytesIO(downloads(content)["data/predictions.zip"]))
    for section in content.sections:
        lines = archive.read(f"{section.name}.csv").decode().splitlines()
        head, *rest = [line.split(",") for line in lines]
        for row in section.rows:
            (column,) = [i for i, word in enumerate(head) if word.startswith(f"{row.name} ")]
            truth, predicted = zip(*((line[2], line[column]) for line in rest), strict=True)
            theirs = f1_score(truth, predicted, average="macro")
            assert theirs == pytest.approx(row.scores["uf1"].value)


def test_the_start_page_groups_methods_by_rank_not_by_score(content):
    section = content.sections[0]
    ranks = (1, 3, 1, 2)
    rows = tuple(replace(r, rank=n) for r, n in zip(section.table.rows, ranks, strict=True))
    moved = replace(section, table=replace(section.table, rows=rows))
    names = [row.name for row in rows]
    text = dict(pages(replace(content, sections=(moved,))))["index.html"].decode()
    (line,) = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL)
    words = re.sub(r"<[^>]*>", "", line)
    assert f"{names[0]}, {names[2]}" in words
    assert f"2: {names[3]}; 3: {names[1]}" in words


def test_a_row_without_a_score_sorts_below_all_that_have_one(content):
    section = content.sections[0]
    first, *others = section.table.rows
    made = lines(section, [replace(first, scores={}, folds=0), *others])
    place = [head.title for head in heads(section)].index("UAR")
    orders = [line.cells[place][1] for line in made]
    assert orders[0] < min(orders[1:])


def test_differences_are_those_of_compare_whatever_the_order_of_the_rows(content):
    section = content.sections[0]
    # A reference stands last whatever it scores, and rows of two configurations share a name.
    rows = tuple(replace(row, label="method00") for row in section.table.rows[::-1])
    done = {
        new.key: section.done[old.key]
        for old, new in zip(section.table.rows[::-1], rows, strict=True)
    }
    found = differences(rows, {key: confusions(section.task, of) for key, of in done.items()})
    # Sorted otherwise than the differences were computed.
    table = replace(section.table, rows=rows[::-1], differences=found)
    moved = replace(section, table=table)
    assert len(found.pairs) == 6
    assert len(found.by_rows()) == 12
    for pair, ours in found.by_rows().items():
        theirs = difference(*(confusions(section.task, done[key]) for key in pair), uf1)
        assert (ours.value, ours.low, ours.high) == pytest.approx(
            (theirs.value, theirs.low, theirs.high), abs=10**-PLACES
        )
        assert ours.seeds == 1
    text = dict(pages(replace(content, sections=(moved,))))["compare.html"].decode()
    assert len(re.findall(r"<td>[+−]\.\d", text)) == 6
    assert all(f"method00 {row.family}" in text for row in rows)


def test_two_rows_are_compared_on_the_seeds_that_both_have(content):
    section = content.sections[0]

    def seeded(row, seeds):
        records = section.done[row.key]
        # The folds of each seed shifted by one, so that seeds differ.
        of_seed = {
            seed: [
                replace(
                    one,
                    inputs={**one.inputs, "seed": seed},
                    scores=[line[seed:] + line[:seed] for line in one.scores],
                )
                for one in records
            ]
            for seed in seeds
        }
        return replace(row, seeds=seeds), [one for of in of_seed.values() for one in of]

    wanted = ((0, 1, 2), (1, 2), (2,), (0,))
    made = [seeded(*pair) for pair in zip(section.table.rows, wanted, strict=True)]
    rows = tuple(row for row, _ in made)
    done = {row.key: records for row, records in made}
    keys = [row.key for row in rows]
    kept = differences(rows, {key: confusions(section.task, of) for key, of in done.items()})
    moved = replace(section, table=replace(section.table, rows=rows, differences=kept))
    found = kept.by_rows()
    shared = {(0, 1): (1, 2), (0, 2): (2,), (0, 3): (0,), (1, 2): (2,)}
    assert {one[:2] for one in kept.pairs} == shared.keys()
    for (i, j), seeds in shared.items():
        cells = [
            confusions(section.task, [one for one in done[key] if one.inputs["seed"] in seeds])
            for key in (keys[i], keys[j])
        ]
        theirs = difference(*cells, uf1)
        ours = found[keys[i], keys[j]]
        assert (ours.value, ours.low, ours.high) == pytest.approx(
            (theirs.value, theirs.low, theirs.high), abs=10**-PLACES
        )
        assert ours.seeds == len(seeds)
    text = dict(pages(replace(content, sections=(moved,))))["compare.html"].decode()
    assert text.count("of 2 seeds") == 1
    assert text.count("no common seed") == 2


def test_imported_predictions_have_rows_matrices_and_downloads(world):
    assert world.run(methods="mean,majority").code == 0
    assert world.bench("results", "export", "toy-3/mean", "-o", "theirs.csv").code == 0
    csv = world.folder / "theirs.csv"
    for label, selection in (("theirs", "last"), ("chosen", "test-best")):
        csv.write_text(csv.read_text().replace(",last,", f",{selection},"))
        done = world.bench(
            "results", "import", "theirs.csv", "--task", "toy/3", "--label", label,
            "--selection", selection,
        )  # fmt: skip
        assert done.code == 0, done
    assert world.bench("publish", "-o", "site").code == 0
    site = world.folder / "site"
    (task,) = site.glob("tasks/*.html")
    assert "Epoch chosen on the test subjects" in task.read_text()
    assert "n&nbsp;=&nbsp;18" in (site / "methods" / "theirs.html").read_text()
    with zipfile.ZipFile(site / "data" / "predictions.zip") as archive:
        head = archive.read(archive.namelist()[0]).decode().splitlines()[0]
    assert "theirs" in head
    assert "chosen" in head
    check_links({p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*.*")})


def test_a_board_is_published_from_its_predictions_or_by_its_numbers_alone(world):
    assert world.run(methods="mean,mean:noisy,majority").code == 0
    assert world.bench("board", "-o", "made", "--with-predictions").code == 0
    shown = {}
    for folder, archived in (("site", True), ("plain", False)):
        done = world.bench("publish", "made", "-o", folder)
        assert done.code == 0, done
        site = world.folder / folder
        text = (site / "methods" / "mean.html").read_text()
        assert "mean:noisy" in text
        shown[folder] = (site / "compare.html").read_text(), text
        assert "Confusion matrices" in text
        assert 'class="pairs"' in shown[folder][0]
        assert (site / "data" / "predictions.zip").exists() == archived
        (task,) = site.glob("tasks/*.html")
        assert "mean" in task.read_text()
        check_links({p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*.*")})
        (world.folder / "made" / "predictions.tar.gz").unlink(missing_ok=True)
    # What reveals no clip is kept with the board: its numbers alone show the same.
    assert shown["site"] == shown["plain"]
    assert world.bench("publish", "made/leaderboard.json", "-o", "plain").code == 0


def test_a_board_of_before_differences_were_kept_is_published_without(world):
    assert world.run(methods="mean,majority").code == 0
    assert world.bench("board", "-o", "made").code == 0
    path = world.folder / "made" / "leaderboard.json"
    raw = json.loads(path.read_text())
    for table in raw["tables"]:
        assert len(table.pop("differences")["pairs"]) == 1
        assert all(len(row.pop("confusion")) == 3 for row in table["rows"])
    path.write_text(json.dumps(raw))
    assert world.bench("publish", "made", "-o", "site").code == 0
    assert "before boards kept" in (world.folder / "site" / "compare.html").read_text()
    text = (world.folder / "site" / "methods" / "mean.html").read_text()
    assert "Confusion matrices" not in text


def test_forty_rows_have_a_line_for_each_pair_in_the_json(tmp_path):
    drawn(tmp_path, methods=40, tasks=1)
    registry, _ = workspace(None, tmp_path)
    (table,) = (board := build(Store(tmp_path), registry)).tables
    assert len(table.differences.pairs) == 780
    text = to_json(board)
    lines = [line.strip() for line in text.splitlines()]
    assert (
        sum(bool(re.fullmatch(r"\[\d+, \d+(, [-.\de]+){3}, 1\],?", line)) for line in lines) == 780
    )
    assert len(text) < 150_000


def poisoned(content: Content, word: str) -> Content:
    """The same board with a word in every place that other people's files can fill."""
    from bench.evaluation.row import RowKey

    sections = []
    for section in content.sections:
        rows = tuple(
            replace(row, label=f"{word}{i}", title=word, family=f"f{i}", rank=1)
            for i, row in enumerate(section.table.rows)
        )
        table = replace(
            section.table,
            rows=rows,
            differences=Differences(tuple(r.key for r in rows), section.table.differences.pairs),
            classes=tuple(f"{word}{i}" for i, _ in enumerate(section.table.classes)),
            apex=word,
        )
        pairs = zip(section.table.rows, rows, strict=True)
        done = {
            RowKey(new.label, new.preset, new.family): [
                replace(record, label=new.label, family=new.family)
                for record in section.done[RowKey(old.label, old.preset, old.family)]
            ]
            for old, new in pairs
        }
        task = replace(section.task, classes=table.classes)
        sections.append(Section(table, task, done))
    board = replace(content.board, tables=tuple(s.table for s in sections), machines={word: word})
    return replace(content, board=board, sections=tuple(sections))


@pytest.mark.parametrize("word", hostile.HOSTILE[:3] + hostile.HOSTILE[24:28])
def test_foreign_words_become_no_markup(content, word):
    files = files_of(poisoned(content, word))
    usual = set().union(*(Page(text).tags for text in html_pages(files_of(content)).values()))
    for name, text in html_pages(files).items():
        assert Page(text).tags <= usual, name
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066\u2028]", text), name
    check_links(files)
    tables = re.findall(r'<table class="pairs"', files["compare.html"].decode())
    assert len(tables) == len(content.sections)


def test_a_table_of_stand_ins_is_marked_on_every_page_that_names_it(content):
    sections = tuple(replace(s, table=replace(s.table, synthetic=True)) for s in content.sections)
    board = replace(content.board, tables=tuple(s.table for s in sections))
    for name, text in html_pages(
        files_of(replace(content, board=board, sections=sections))
    ).items():
        if "drawn00/3" in text:
            assert "SYNTHETIC" in text, name


def test_a_site_replaces_its_own_files_and_no_others(tmp_path, content):
    folder = tmp_path / "site"
    write_site({"index.html": b"a", "tasks/old.html": b"b"}, folder)
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_text("mine")
    write_site({"index.html": b"c"}, folder)
    assert sorted(p.name for p in folder.rglob("*")) == [
        ".git",
        "config",
        "index.html",
        "site.json",
    ]


def test_a_board_may_lie_in_a_site_whatever_is_published_next(world):
    assert world.run().code == 0
    loop = [("publish", "-o", "site"), ("board", "-o", "site/board", "--with-predictions")]
    for _ in range(2):
        for command in loop:
            done = world.bench(*command)
            assert done.code == 0, done
    board = world.folder / "site" / "board"
    kept = {path.name: path.read_bytes() for path in board.iterdir()}
    assert {"leaderboard.csv", "leaderboard.json", "predictions.tar.gz"} <= kept.keys()
    assert world.bench("publish", "-o", "site").code == 0
    assert {path.name: path.read_bytes() for path in board.iterdir()} == kept
    # A stranger's file of such a name is not of the board.
    (board / "leaderboard.csv").write_text("mine")
    done = world.bench("publish", "-o", "site")
    assert done.code == 2
    assert "leaderboard.csv" in done.err


def test_the_start_page_says_what_each_protocol_holds_out(content):
    kinds = ("loso", "kfold:5", "lovo")
    rows = tuple(replace(row, rank=None) for row in content.sections[0].table.rows)
    sections = tuple(
        replace(
            content.sections[0], table=replace(content.sections[0].table, protocol=one, rows=rows)
        )
        for one in kinds
    )
    text = dict(pages(replace(content, sections=sections)))["index.html"].decode()
    assert re.findall(r"<dt>(.*?)<dd>(.*?)\.", text) == [
        ("loso", "Each subject is held out once"),
        ("kfold:5", "The subjects are split into groups, and each group is held out once"),
        ("lovo", "Each clip is left out once, with clips of the same person in training: "
         "a diagnostic, never ranked"),
    ]  # fmt: skip
    words = re.findall(r"(a diagnostic, never ranked|no ranked method)<", text)
    assert words == ["no ranked method"] * 2 + ["a diagnostic, never ranked"]
    alone = dict(pages(replace(content, sections=sections[1:2])))["index.html"].decode()
    assert "ach subject is held out" not in alone


def test_differences_have_a_minus_and_do_not_break():
    assert _numbers("UF1 -.012 [-.300, +.021], UAR .5") == "UF1 −.012 [−.300,\u00a0+.021], UAR .5"
    assert _numbers(".842 (-.136)") == ".842 (−.136)"
    assert _numbers("UF1 [95 %]") == "UF1 [95\u00a0%]"
    # A setting is a word.
    assert _numbers("weight=-.5, a-.5, -o") == "weight=-.5, a-.5, -o"


@pytest.mark.parametrize("name", ["notes.txt", "index.html"])
def test_a_folder_with_other_files_is_refused(world, name):
    assert world.run().code == 0
    site = world.folder / "site"
    site.mkdir()
    (site / name).write_text("mine")
    done = world.bench("publish", "-o", "site")
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert name in line
    assert [path.name for path in site.iterdir()] == [name]
    assert (site / name).read_text() == "mine"


def test_publish_writes_a_site_that_names_the_methods(world):
    assert world.run(methods="mean,mean:noisy,majority").code == 0
    done = world.bench("publish", "-o", "site")
    assert done.code == 0, done
    text = (world.folder / "site" / "methods" / "mean.html").read_text()
    for word in ("toy/3", "mean:noisy", "as its author says", "Confusion", "Variants on"):
        assert word in text
    assert world.bench("publish", "results", "-o", "site").code == 0


def test_pictures_of_real_data_are_published_only_without_faces(world):
    assert world.run().code == 0
    assert world.bench("explain", "mean", "--task", "toy/3", "--seconds", "0").code == 0
    report = world.results / "explain" / "mean-toy-3"
    (report / "occlusion.png").write_bytes((report / "recall_classes.png").read_bytes())
    assert world.bench("publish", "-o", "site").code == 0
    shown = {path.name for path in (world.folder / "site" / "figures").rglob("*.png")}
    assert "recall_classes.png" in shown
    assert "occlusion.png" not in shown


def reported(content: Content, pictures: int) -> Content:
    """Each row as one of SYNTHETIC data, with a report of so many noisy pictures."""
    (section,) = content.sections
    made = replace(section, table=replace(section.table, synthetic=True))
    texture = np.random.default_rng(0).normal(128, 30, (220, 370, 3)).clip(0, 255).astype(np.uint8)
    note, raw = PngInfo(), io.BytesIO()
    note.add_text("Software", MAKER)
    Image.fromarray(texture).save(raw, "png", pnginfo=note)
    assert len(raw.getvalue()) > 200_000
    for row in made.rows:
        folder = report_folder(content.results, row.label, made.table.task)
        folder.mkdir(parents=True)
        for i in range(pictures):
            (folder / f"occlusion{i}.png").write_bytes(raw.getvalue())
    return replace(content, sections=(made,))


def test_ten_explained_rows_stay_below_two_megabytes(tmp_path):
    pictures = 2
    drawn(tmp_path, methods=10, tasks=1)
    registry, _ = workspace(None, tmp_path)
    store = Store(tmp_path)
    files = files_of(reported(gather(store, registry, store.records()), pictures))
    assert sum(map(len, files.values())) < 2_000_000
    small = [data for name, data in files.items() if name.endswith(".png")]
    assert len(small) == 10 * pictures
    assert max(map(len, small)) <= LARGEST[0]
    for data in small:
        assert MARK.search(data)
        with Image.open(io.BytesIO(data)) as picture:
            assert picture.width >= 360
    check_links(files)


def test_more_pictures_than_a_site_can_hold_are_left_out_last_first():
    note, raw = PngInfo(), io.BytesIO()
    note.add_text("Software", MAKER)
    Image.new("RGB", (40, 40)).save(raw, "png", pnginfo=note)
    plain = raw.getvalue() + b"." * (LARGEST[-1] - len(raw.getvalue()))
    many = {f"{i:03}": plain for i in range(TOTAL // len(plain) + 5)}
    kept = light(many)
    assert list(kept) == list(many)[:-5]
    assert set(kept.values()) == {plain}
    with pytest.raises(BenchError, match=r"^a[.]png is a damaged picture"):
        light({"a.png": b"\x89PNG" * 20_000})


def test_publish_of_nothing_is_one_line(world):
    done = world.bench("publish", "-o", "site")
    assert done.code == 2
    assert "bench run" in done.err
    assert not (world.folder / "site").exists()


def test_the_shipped_verdicts_are_of_the_shipped_table_and_code():
    kept = json.loads((Path(judged.__file__).parent / "verdicts.json").read_bytes())
    assert kept["made_from"] == judged.made_from(), "run `python -m bench.literature.judged`"


@pytest.mark.slow
def test_the_shipped_verdicts_are_what_the_code_says():
    kept = json.loads((Path(judged.__file__).parent / "verdicts.json").read_bytes())
    assert kept == json.loads(json.dumps(judged.computed()))

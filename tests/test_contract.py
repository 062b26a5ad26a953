"""Which clips a task has is part of it: identity, contract, what is left out and how it is said."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import trees

from bench import Clip, Dataset, DatasetFacts, Index, Labelling
from bench.board.contract import apart_text, clips_text, contract_text
from bench.cache.cache import Cache
from bench.cache.root import foreign
from bench.core.dataset import Roots
from bench.core.errors import DataError
from bench.data.check import check
from bench.data.contract import Contract, LeaveOut, make_contract
from bench.data.fingerprint import copied, copies, digests, identities
from bench.data.task import read_tasks
from bench.datasets.casme2 import Casme2
from bench.datasets.samm import Samm
from bench.datasets.smic import Smic
from bench.datasets.threedb import ThreeDB
from bench.literature.table import literature

WORDS = ("low", "mid", "high")


@dataclass(frozen=True)
class Spans(Dataset):
    """One file of numbers; a clip is one of its rows."""

    name: ClassVar[str] = "spans"
    facts: ClassVar[DatasetFacts] = DatasetFacts("Spans", "nobody", 2026, "", "free", "all.json")
    labellings: ClassVar = {"3": Labelling(WORDS, {word: word for word in WORDS})}
    ships: ClassVar = frozenset({"numbers"})

    def index(self) -> Index:
        rows = json.loads((self.root / "all.json").read_text())
        return Index(
            tuple(
                Clip("spans", f"p{i % 11:02d}", f"c{i:02d}", WORDS[i % 3], self.root, ("all.json",))
                for i in range(len(rows))
            )
        )

    def read(self, clip: Clip) -> dict[str, np.ndarray]:
        rows = json.loads((self.root / "all.json").read_text())
        return {"numbers": np.array(rows[int(clip.name[1:])], float)}


def spans(folder: Path, clips: int = 44) -> Spans:
    rng = np.random.default_rng(0)
    rows = [(rng.normal(0, 0.1, 2) + 2 * (i % 3)).tolist() for i in range(clips)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "all.json").write_text(json.dumps(rows))
    return Spans(folder)


def test_clips_of_one_file_are_clips_of_their_own(tmp_path):
    (task,) = read_tasks(spans(tmp_path), ["3"], Cache(tmp_path / "cache")).all()
    assert len(set(task.digests)) == len(task.clips) == 44


def test_clips_of_one_file_are_scored_each_by_its_own_part(world):
    """Classes two standard deviations of one apart twenty times over: the score is exactly 1."""
    text = Path(__file__).read_text()
    head = "import json\nfrom dataclasses import dataclass\nfrom pathlib import Path\n"
    head += "from typing import ClassVar\nimport numpy as np\n"
    head += "from bench import Clip, Dataset, DatasetFacts, Index, Labelling\n"
    start, end = text.index("WORDS ="), text.index("def spans(")
    (world.folder / "spans.py").write_text(head + text[start:end])
    spans(world.folder / "spans")
    (world.folder / "bench.toml").write_text(
        'plugins = ["toy.py", "spans.py"]\n[roots]\nspans = "spans"\n'
    )
    done = world.bench("run", "-m", "mean", "-d", "spans", "--engine", "serial")
    assert done.code == 0, done.err
    board = json.loads(world.bench("board", "--format", "json").out)
    (row,) = board["tables"][0]["rows"]
    assert row["scores"]["uf1"]["value"] == 1.0


def test_a_clip_is_the_same_for_a_composite_and_its_part(tmp_path):
    for name in ("casme2", "samm", "smic"):
        (tmp_path / name).mkdir()
    parts = (Smic(tmp_path / "smic"), Casme2(tmp_path / "casme2"), Samm(tmp_path / "samm"))
    both = ThreeDB(tmp_path, parts)
    clip = Clip("casme2", "01", "a", "happiness", tmp_path, ())
    (part,) = identities(parts[1], [clip], ["d"])
    (composite,) = identities(both, [replace(clip, emotion="positive")], ["d"])
    assert part == composite
    assert identities(parts[2], [clip], ["d"]) != [part]


@pytest.mark.parametrize("how", ["reading", "classes"])
def test_an_edit_of_a_dataset_runs_its_records_again(world, how):
    text = world.plugin.read_text()
    start, end = text.index("@dataclass(frozen=True)\nclass Toy"), text.index("class Nearest")
    data = world.folder / "data.py"
    data.write_text(text[:end])
    world.plugin.write_text(text[:start] + text[end:])
    (world.folder / "bench.toml").write_text(
        'plugins = ["toy.py", "data.py"]\n[roots]\ntoy = "data"\n'
    )
    assert "Ran 6 folds" in world.run().err
    assert "Nothing left to run" in world.run().err
    before = text[:end]
    after = {
        "reading": before.replace("np.array(json", "0 * np.array(json"),
        "classes": before.replace('"mid": "mid"', '"mid": "low"'),
    }[how]
    assert after != before
    data.write_text(after)
    # As a later process would see it.
    from bench.core import code_hash

    code_hash.forget()
    assert "Ran 6 folds" in world.run().err


def test_copied_folders_are_reported_and_shared_files_are_not(tmp_path):
    for name in ("a", "b", "c"):
        trees.write_frames(tmp_path / name, ["1.png"], b"c" if name == "c" else b"same")
    clips = [Clip("db", "1", n, "x", tmp_path / n, ("1.png",)) for n in ("a", "b", "c")]
    clips.append(replace(clips[2], name="d"))  # another clip of the same file
    marks = digests(clips, Cache(tmp_path / "cache"), "db")
    (said,) = copies(clips, marks)
    assert said.startswith("db/1/a, db/1/b: equal files")
    assert copied(clips) == [said]
    # As a dataset's check says it.
    folder = "smic/SMIC_all_cropped/HS/s1/micro/negative/s1_ne_0{}"
    for at in (1, 2):
        trees.write_frames(tmp_path / folder.format(at), ["reg_image1.bmp"], b"frame")
    report = check(Smic(tmp_path / "smic"))
    assert [note for note in report.notes if "equal files" in note] == [
        "smic/s1/s1_ne_01, smic/s1/s1_ne_02: equal files, byte for byte; was a folder copied?"
    ]


# What is left out.


def toy_with(world, **clips: str) -> None:
    """The toy dataset with clips in its table that have no files: name and emotion."""
    text = world.plugin.read_text()
    gone = """
                for f in files
            ),
            missing=tuple(
                Clip("toy", "p0", *line.split(), self.root, ())
                for line in (self.root / "gone.txt").read_text().splitlines()
            ),
"""
    world.plugin.write_text(text.replace("\n                for f in files\n            )\n", gone))
    lacking(world, **clips)


def lacking(world, **clips: str) -> None:
    lines = (f"{name} {emotion}\n" for name, emotion in clips.items())
    (world.folder / "data" / "gone.txt").write_text("".join(lines))


def test_only_clips_of_the_task_count(world):
    toy_with(world, gone="strange")
    assert world.run().code == 0


def test_a_task_that_lacks_a_clip_says_which_and_what_to_do(world):
    toy_with(world, gone="mid")
    done = world.run()
    assert done.code == 2
    (said,) = done.err.strip().splitlines()
    assert "toy/3 lacks 1 of its 19 clips: toy/p0/gone (no usable frames)" in said
    assert "--incomplete" in said
    assert "--exclude FILE" in said
    # Another task of the same dataset, which does not need it, runs.
    assert world.run("--tasks", "toy/2").code == 0
    both = world.run("--tasks", "all")
    assert both.code == 2
    assert "toy/3 lacks 1" in both.err


def test_what_is_there_runs_under_a_name_of_its_own(world):
    toy_with(world)
    assert world.run().code == 0
    lacking(world, gone="mid")
    done = world.run("--incomplete")
    assert done.code == 0, done.err
    assert "toy/3 (18 of 19): 18 of 19 clips; 1 missing." in done.err
    tables = json.loads(world.bench("board", "--format", "json").out)["tables"]
    assert {table["task"] for table in tables} == {"toy/3", "toy/3 (18 of 19)"}
    assert world.bench("board", "--tasks", "toy/3", "--format", "json").out.count('"rank"') == 2
    again = world.run("--incomplete")
    assert "Nothing left to run" in again.err
    assert "Ran" not in world.bench("plan", "-m", "mean", "-d", "toy", "--incomplete").err


def test_a_task_and_a_part_of_it_are_never_taken_together(world):
    (world.folder / "without.txt").write_text("toy/p0/c1-mid\n")
    for more in ((), ("--exclude", "without.txt")):
        assert world.run(*more, methods="mean,mean:noisy").code == 0
    part = "toy/3 (17 of 18)"
    folders = {path.split("/")[0] for path in world.records()}
    assert len(folders) == 2
    compared = world.bench("compare", "mean", "mean:noisy", "--json")
    assert [pair["task"] for pair in json.loads(compared.out)] == ["toy/3", part]
    said = world.bench("compare", "mean", "mean:noisy").out
    assert "average ranks: no second task" in said
    # The plain name is the whole task where there is one, and the part where there is not.
    assert world.bench("repro", "toy/3/mean", "--engine", "serial").code == 0
    assert world.bench("repro", f"{part}/mean", "--engine", "serial").code == 0
    shutil.rmtree(world.results / "records/toy-3")
    assert world.bench("repro", "toy/3/mean", "--engine", "serial").code == 0


def test_reports_find_a_task_by_its_plain_name(world):
    from bench.plugins.registry import load
    from bench.report.evidence import gather
    from bench.store.store import Store

    (world.folder / "without.txt").write_text("toy/p0/c1-mid\n")
    world.run("--exclude", "without.txt")
    found = gather(Store(world.results), load((world.plugin,)), "mean", "toy/3")
    assert found.truth.task == "toy/3 (17 of 18)"


def test_clips_are_left_out_by_name(world):
    (world.folder / "without.txt").write_text("# moved\ntoy/p0/c1-mid\n\ntoy/p1/c1-mid # blurred\n")
    done = world.run("--exclude", "without.txt")
    assert done.code == 0, done.err
    assert "toy/3 (16 of 18): 16 of 18 clips; 2 excluded." in done.err
    clips = {clip for raw in world.records().values() for clip in contents(raw)["clips"]}
    assert len(clips) == 16
    assert not {"toy/p0/c1-mid", "toy/p1/c1-mid"} & clips
    facts = json.loads(
        world.bench("plan", "-m", "mean", "-d", "toy", "--exclude", "without.txt", "--json").out
    )
    assert facts[0]["contract"]["excluded"] == ["toy/p0/c1-mid", "toy/p1/c1-mid"]
    assert facts[0]["done"] == 6


def contents(raw: dict) -> dict:
    return raw.get("content", raw)


def test_exclusions_come_from_a_config_file_too(world):
    (world.folder / "runs").mkdir()
    (world.folder / "runs/run.toml").write_text('exclude = "without.txt"\n')
    (world.folder / "runs/without.txt").write_text("toy/p0/c1-mid\n")
    assert "toy/3 (17 of 18)" in world.run("--config", "runs/run.toml").err


def test_both_may_stand_in_the_settings(world):
    (world.folder / "without.txt").write_text("toy/p0/c1-mid\n")
    toy_with(world, gone="mid")
    text = 'incomplete = true\nexclude = "without.txt"\n'
    settings = world.folder / "bench.toml"
    settings.write_text(text + settings.read_text())
    assert "toy/3 (17 of 19): 17 of 19 clips; 1 missing; 1 excluded." in world.run().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("toy/p0/c1-mit\n", "line 1: no clip 'toy/p0/c1-mit' among 18; did you mean toy/p0/c1-mid"),
        ("\n", "names no clip"),
        ("\udcff", "not a text file"),
        (None, "No such file"),
    ],
)
def test_a_wrong_file_of_exclusions_is_refused_in_a_line(world, text, said):
    if text is not None:
        (world.folder / "e.txt").write_bytes(text.encode("utf-8", "surrogateescape"))
    done = world.run("--exclude", "e.txt")
    assert done.code == 2
    (line,) = done.err.strip().splitlines()
    assert said in line


def test_repro_leaves_out_what_the_records_leave_out(world):
    (world.folder / "without.txt").write_text("toy/p0/c1-mid\n")
    toy_with(world, gone="mid")
    assert world.run("--exclude", "without.txt", "--incomplete").code == 0
    done = world.bench("repro", "toy/3/mean", "--engine", "serial")
    assert done.code == 0, done.err


def test_a_file_that_cannot_be_opened_costs_its_clip(tmp_path):
    data = Few(tmp_path)
    cache = Cache(tmp_path / "cache")
    with pytest.raises(DataError, match=r"few/3 lacks 1 of its 3 clips: few/1/b \(.*gone\.png"):
        read_tasks(data, ["3"], cache).all()
    (task,) = read_tasks(data, ["3"], cache, leave_out=LeaveOut(incomplete=True)).all()
    assert task.name == "few/3 (2 of 3)"
    assert task.contract.missing == ("few/1/b",)


def test_a_link_to_nowhere_costs_no_clip_of_its_folder(tmp_path):
    data = Few(tmp_path)
    clips = [clip for clip in data.index().clips if clip.name != "b"]
    before = digests(clips, Cache(tmp_path / "cache"), "few")
    (tmp_path / "other.png").symlink_to(tmp_path / "nowhere")
    assert digests(clips, Cache(tmp_path / "other"), "few") == before


class Few(Spans):
    """Three clips, of which one has a file that is not there."""

    name = "few"

    def index(self) -> Index:
        files = {"a": "a.png", "b": "gone.png", "c": "c.png"}
        trees.write_frames(self.root, ["a.png", "c.png"], b"x")
        return Index(
            tuple(
                Clip("few", "1", name, word, self.root, (file,))
                for (name, file), word in zip(files.items(), WORDS, strict=True)
            )
        )


@pytest.fixture
def broken(world):
    """A clip that cannot be read, and a method `blind` that reads none."""
    text = world.plugin.read_text()
    blind = """

@dataclass(frozen=True)
class Blind(Mean):
    name = "blind"
    needs = frozenset()

    def describe(self, clip):
        return np.zeros(2)
"""
    world.plugin.write_text(text + blind)
    (world.folder / "data/p0/c1-mid.json").write_text("[1, ")
    return world


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_a_bad_frame_stops_only_the_methods_that_read_it(broken, engine):
    done = broken.run(methods="mean,blind", engine=engine)
    assert done.code == 2
    assert "toy: c1-mid.json is truncated" in done.err
    assert "--incomplete" in done.err
    assert {path.split("/")[1] for path in broken.records()} == {"blind"}


def test_a_bad_frame_costs_its_clip_on_request(broken):
    done = broken.run("--incomplete", methods="mean,blind")
    assert done.code == 0, done.err
    assert "toy/3 (17 of 18): 17 of 18 clips; 1 unreadable." in done.err
    tables = json.loads(broken.bench("board", "--format", "json").out)["tables"]
    shown = {(t["task"], r["label"], r["folds"], r["of"]) for t in tables for r in t["rows"]}
    assert shown == {("toy/3", "blind", 6, 6), ("toy/3 (17 of 18)", "mean", 6, 6)}
    # The plan knows it now: nothing is left, and each method has the task that it is scored on.
    words = ("-m", "mean,blind", "-d", "toy", "--incomplete")
    facts = json.loads(broken.bench("plan", *words, "--json").out)
    assert [(f["method"], f["task"], f["done"], f["folds"]) for f in facts] == [
        ("mean", "toy/3 (17 of 18)", 6, 6),
        ("blind", "toy/3", 6, 6),
    ]
    again = broken.run("--incomplete", methods="mean,blind")
    assert "Nothing left to run" in again.err
    assert broken.bench("repro", "toy/3/mean", "--engine", "serial").code == 0


def test_a_clip_that_ends_its_reader_does_not_end_the_plan(world):
    text = world.plugin.read_text()
    ends = 'if clip.id == "toy/p0/c1-mid":\n            os._exit(3)\n        try:'
    world.plugin.write_text(text.replace("try:", ends, 1))
    done = world.run("--incomplete", engine="processes")
    assert done.code == 0, done.err
    assert "toy/3 (17 of 18): 17 of 18 clips; 1 unreadable." in done.err
    assert world.bench("plan", "-m", "mean", "-d", "toy", "--incomplete").code == 0


def test_a_clip_that_can_be_read_again_is_back(broken):
    """As after a disk was away: what is remembered of a file is only a hint."""
    from bench.running import unreadable

    broken.run("--incomplete", methods="mean")
    broken.patch.setattr(unreadable, "can_be_read", lambda dataset, clip: True)
    assert (
        '"toy/3"' in broken.bench("plan", "-m", "mean", "-d", "toy", "--incomplete", "--json").out
    )


def test_all_that_a_run_leaves_in_the_cache_is_known_to_be_ours(broken):
    broken.run("--incomplete", methods="mean,blind")
    assert foreign(broken.folder / "cache") == []
    assert broken.bench("data", "cache", "--clear", "unreadable").code == 0


# What the contract holds.


def test_unmapped_words_are_counted_but_those_left_out_on_purpose_are_not(tmp_path):
    clips = tuple(
        Clip("words", "1", str(i), word, tmp_path, ())
        for i, word in enumerate(["low", "mid", "low?", "low?", "", "rare"])
    )

    class Words(Spans):
        name = "words"
        labellings = {
            "1": Labelling(("low",), {"low": "low"}, ignored=frozenset({"rare"})),
            "2": Labelling(("low", "mid"), {"low": "low", "mid": "mid"}),
        }

        def index(self) -> Index:
            return Index(clips)

    one, two = read_tasks(Words(tmp_path), ["1", "2"], Cache(tmp_path / "cache")).all()
    assert one.contract.unmapped == {"low?": 2}
    assert two.contract.unmapped == {"low?": 2}


@pytest.mark.parametrize(
    "other",
    [
        {"expected": (9, 9)},
        {"repaired": ("a: renumbered",)},
        {"dropped": ("a: twice",)},
        {"problems": ("db/s/a: 1 of 5 frames are not on disk",)},
        {"unlisted": ("db/s/a",)},
        {"missing": ("a",)},
        {"unreadable": ("a",)},
        {"excluded": ("a",)},
        {"unmapped": {"happy": 1}},
        {"revision": "2019"},
    ],
)
def test_all_of_it_is_in_the_fingerprint(tmp_path, other):
    (task,) = read_tasks(spans(tmp_path), ["3"], Cache(tmp_path / "cache")).all()
    changed = replace(task, contract=replace(task.contract, **other))
    assert changed.fingerprint != task.fingerprint


def test_sentences_may_be_reworded_and_name_no_folder_of_this_machine(tmp_path):
    one, two = (Contract(repaired=(f"a: {text}",)) for text in ("renumbered", "numbered anew"))
    assert one.identity == two.identity
    for place in ("here", "there"):
        trees.smic_images(tmp_path / place)
        double = tmp_path / place / "SMIC_all_cropped/HS/s1/micro/positive/s1_ne_01"
        trees.write_frames(double, ["reg_image1.bmp"], b"x")
    tasks = [
        read_tasks(Smic(tmp_path / place), ["3"], Cache(tmp_path / "cache")).all()[0]
        for place in ("here", "there")
    ]
    assert str(tmp_path) not in str(tasks[0].contract)
    assert tasks[0].contract == tasks[1].contract


# The board.


@pytest.mark.parametrize(
    ("found", "expected", "more", "said"),
    [
        ((20,), (246,), {}, "20 of 246"),
        ((246,), (246,), {}, "246 of 246"),
        ((249,), (246,), {}, "249, published 246"),
        ((3, 1), (2, 2), {}, "4, other classes"),
        ((51,), (), {}, "51"),
        ((50,), (), {"excluded": ("a",)}, "50 of 51"),
    ],
)
def test_clips_in_a_few_words(found, expected, more, said):
    contract = Contract(found, expected, **more)
    assert clips_text(contract) == said
    # The line of a plan counts clips, whatever stands behind their number.
    count, comma, against = said.partition(", ")
    assert contract_text(contract).startswith(f"{count} clips{comma}{against}")


def counted(world, expected: str) -> None:
    """The toy dataset reports under the name of CASME II, with counts of papers to compare."""
    text = world.plugin.read_text()
    before = '"high": "high"}),\n        "2"'
    text = text.replace(before, before.replace("})", f"}}, expected={expected})"))
    text = text.replace(
        "    def index(self)",
        "    @classmethod\n    def literature(cls) -> str:\n"
        '        return "3db"\n\n    def index(self)',
        1,
    )
    world.plugin.write_text(text)


@pytest.mark.parametrize(("expected", "alike"), [("(6, 6, 6)", True), ("(60, 60, 126)", False)])
def test_other_clips_than_the_papers_never_stand_beside_them(world, expected, alike):
    assert any(row.task == "3db/3" for row in literature())
    counted(world, expected)
    done = world.run()
    assert done.code == 0, done.err
    found = {
        form: world.bench("board", "--format", form).out
        for form in ("markdown", "html", "latex", "csv", "json", "terminal")
    }
    (table,) = json.loads(found["json"])["tables"]
    assert bool(table["published"]) is alike
    assert bool(table["apart"]) is not alike
    for form in ("markdown", "html", "latex", "terminal"):
        text = " ".join(found[form].split())
        assert ("as published" if alike else "18 of 246") in text
        assert ("No published results are shown" in text) is not alike
    assert (world.results / "literature.md").exists() is alike
    (line,) = csv.DictReader(io.StringIO(found["csv"]))
    assert (line["clips"], line["expected"]) == ("18", "18" if alike else "246")
    row = table["rows"][0]
    assert (row["clips"], row["expected"]) == (18, 18 if alike else 246)
    assert table["contract"]["expected"] == json.loads(expected.replace("(", "[").replace(")", "]"))
    said = "18 of 18 clips, as published" if alike else "18 of 246 clips"
    assert f"toy/3: {said}." in done.err
    assert f"toy/3: {said}." in world.bench("plan", "-m", "mean", "-d", "toy").err


def test_real_counts_are_the_papers(tmp_path):
    """246 clips in five classes, as papers on CASME II count them (Yan et al. 2014)."""
    trees.casme2_images(tmp_path)
    trees.casme2_table(tmp_path / "CASME2-coding-20140508.xlsx")
    data = Casme2.locate(Roots({"casme2": tmp_path}))
    made = read_tasks(data, ["5"], Cache(tmp_path / "cache"))
    (task,) = made.tasks
    assert clips_text(task.contract) == "246 of 246"
    assert task.contract.as_published
    assert task.name == "casme2/5@2014"
    assert os.fspath(tmp_path) not in str(task.contract)


def test_problems_of_the_task_and_of_the_whole_dataset_are_in_it(tmp_path):
    here, other = (
        Clip("db", "s", name, word, tmp_path, ("1.jpg",))
        for name, word in (("a", "low"), ("b", "none"))
    )
    texts = ("db/s/a: a gap", "db/s/b: a gap", "the table is not a known revision")
    index = Index((here, other), problems=texts)

    class Words(Dataset):
        name = "words"
        labellings: ClassVar = {"1": Labelling(("low",), {"low": "low"})}

    contract = make_contract(Words(tmp_path), index, Words.labellings["1"], [here], [], [])
    assert contract.problems == (texts[0], texts[2])
    assert "2 problems" in contract_text(contract)


def test_clips_outside_the_published_list_stand_apart_in_equal_numbers(tmp_path):
    clips = [Clip("db", "s", name, name[0], tmp_path, ("1.jpg",)) for name in ("low", "high")]
    labelling = Labelling(("l", "h"), {"l": "l", "h": "h"}, expected=(1, 1))

    class Words(Dataset):
        name = "words"
        labellings: ClassVar = {"2": labelling}

    def made(official: dict[str, str]) -> Contract:
        index = Index(tuple(clips))
        return make_contract(Words(tmp_path), index, labelling, clips, [], [], official)

    assert made({}).as_published
    assert made({"db/s/low": "l", "db/s/high": "h"}).as_published
    swapped = made({"db/s/low": "h", "db/s/high": "l"})
    assert swapped.unlisted == ("db/s/high", "db/s/low")
    assert apart_text(swapped) == (
        "No published results are shown: 2 clips are not those of the published list."
    )

"""Records of other versions, damaged ones, and that reading changes nothing."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest

from bench.cache.files import key
from bench.core.typed import NewerError
from bench.plugins.registry import load
from bench.report.evidence import gather
from bench.store.provenance import sign
from bench.store.record import FORMAT, Inputs, Record
from bench.store.record_file import encode, read_record
from bench.store.store import Store
from tests.sealing import edit, unsealed, write

REQUIRED = {
    *("key", "inputs", "fold", "status", "label", "preset", "family", "source", "clips"),
    *("scores", "seconds", "format"),
}
INPUTS = ["method", "version", "config", "views", "task", "data", "protocol", "seed"]
OURS = {"extra", "digest", "signature", "provenance"}
"""Fields that are no content of the file."""
OPTIONAL = {"parameters", "inner_step", "gpu"}
"""Fields that may be null."""

COMMANDS = {
    "list": ("results", "list"),
    "board": ("board", "--format", "json"),
    "compare": ("compare", "mean", "mean:noisy"),
    "run": ("run", "-m", "mean", "-d", "toy", "--engine", "serial"),
}


@pytest.fixture
def ran(world):
    world.run("--trace", methods="mean,mean:noisy")
    return world


def paths(world) -> list[Path]:
    return sorted((world.results / "records").rglob("*.json"))


def one(world) -> Path:
    return paths(world)[0]


def family(inputs: dict[str, Any]) -> str:
    return key({name: value for name, value in inputs.items() if name != "seed"})[:12]


def digest(folder: Path) -> dict[str, str]:
    """Of every file below a folder."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def first_format(raw: dict[str, Any]) -> None:
    """Turn a record into one of format 1."""
    for name in ("device", "gpu", "dataset_code"):
        del raw[name]
    unsealed(raw, 1)


Fault = tuple[tuple[str, ...], str, bool]


def faults() -> Iterator[Fault]:
    """Every field of a record missing, null and of a wrong type; whether that damages it."""
    for name in (field.name for field in fields(Record) if field.name not in OURS):
        yield (name,), "missing", name in REQUIRED
        yield (name,), "null", name not in OPTIONAL
        yield (name,), "wrong", True
    for name in get_type_hints(Inputs):
        yield ("inputs", name), "missing", name in INPUTS
        yield ("inputs", name), "null", True
        yield ("inputs", name), "wrong", True


def spoil(raw: dict[str, Any], where: tuple[str, ...], how: str) -> None:
    for name in where[:-1]:
        raw = raw[name]
    if how == "missing":
        raw.pop(where[-1], None)
    else:
        wrong = 7.5 if isinstance(raw.get(where[-1]), str) or where[-1] == "gpu" else "a text"
        raw[where[-1]] = None if how == "null" else wrong


def test_all_fields_are_tried():
    assert len(list(faults())) == 3 * (
        len(fields(Record)) - len(OURS) + len(get_type_hints(Inputs))
    )
    assert len(list(faults())) >= 100


@pytest.mark.parametrize("command", COMMANDS)
def test_a_record_with_any_wrong_field_is_named_and_nothing_breaks(world, command):
    world.run(methods="mean,mean:noisy")
    world.patch.setattr("bench.evaluation.scoring.RESAMPLES", 50)
    path = one(world)
    sound = path.read_text()
    for where, how, damages in faults():
        raw = json.loads(sound)
        spoil(raw, where, how)
        write(path, raw)
        before = digest(world.results / "records")
        done = world.bench(*COMMANDS[command])
        case = f"{'.'.join(where)} {how}: {done}"
        # With a damaged record one of the two methods lacks a fold.
        assert done.code == (2 if command == "compare" and damages else 0), case
        assert "Traceback" not in done.err, case
        assert (f"{path}: " in re.sub("\n", "", done.err)) == damages, case
        if command == "run" and damages:
            assert json.loads(path.read_text())["scores"] == json.loads(sound)["scores"], case
        else:
            assert digest(world.results / "records") == before, case


def test_a_record_says_device_gpu_and_the_code_of_its_dataset(ran):
    record = read_record(one(ran))
    assert (record.format, record.device, record.gpu) == (FORMAT, "cpu", None)
    assert list(record.dataset_code) == ["toy"]


def test_a_record_comes_back_as_it_was_with_what_is_unknown(ran):
    path = one(ran)
    edit(path, lambda raw: raw.update(new={"a": [1, None]}, extra="theirs"))
    edit(path, lambda raw: raw["inputs"].update(sort="other", seed=0))
    edit(path, lambda raw: raw.update(family=family(raw["inputs"])))
    edit(path, lambda raw: raw.update(key=key(raw["inputs"], raw["fold"])), signed=True)
    record = read_record(path)
    assert record.extra == {"new": {"a": [1, None]}, "extra": "theirs"}
    assert json.loads(encode(record, sign)) == json.loads(path.read_text())


def test_an_unknown_key_is_no_damage(ran):
    edit(one(ran), lambda raw: raw.update(new=1))
    before = digest(ran.results)
    assert ran.bench("results", "list").err == ""
    assert digest(ran.results) == before


def test_format_1_is_read_and_its_board_is_the_same(ran):
    before = json.loads(ran.bench("board", "--format", "json").out)
    for path in paths(ran):
        edit(path, first_format)
    record = read_record(one(ran))
    assert (record.format, record.processor, record.dataset_code) == (1, "", {})
    raw = json.loads(encode(record))
    assert (raw["format"], raw["scores"]) == (FORMAT, record.scores)
    after = json.loads(ran.bench("board", "--format", "json").out)
    for row in (row for board in (before, after) for row in board["tables"][0]["rows"]):
        del row["fit_times"], row["provenance"]
    assert before == after
    done = ran.run()
    assert "6 reused from earlier runs" in done.err
    assert "stale" not in done.err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_later_format_is_refused_in_a_line_and_stays(ran, command):
    edit(one(ran), lambda raw: raw.update(format=FORMAT + 1, scores={"of": "another shape"}))
    before = digest(ran.results)
    done = ran.bench(*COMMANDS[command])
    assert done.code == 2
    assert re.fullmatch(rf"bench: .*toy-p0.json has format {FORMAT + 1}, .*", done.err.strip())
    assert digest(ran.results) == before


def test_a_later_format_raises_and_is_never_called_damaged(ran):
    edit(one(ran), lambda raw: raw.update(format=99))
    with pytest.raises(NewerError):
        Store(ran.results).contents()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda raw: raw["scores"].pop(), "3 clips, but 2 rows of scores"),
        (lambda raw: raw["scores"][0].pop(), "rows of 2 and 3 scores"),
        (lambda raw: [row.clear() for row in raw["scores"]], "rows of 0 and 3 scores"),
        (lambda raw: raw["trace"][0][1].pop(), "a checkpoint with another number of rows"),
        (lambda raw: raw.update(inner_step=7), "inner_step: 7, which is not a step of its trace"),
        (lambda raw: raw["seconds"].pop("fit"), "seconds.fit: missing"),
        (lambda raw: raw["inputs"].update(seed=1), "it was changed by hand"),
        (lambda raw: raw.update(fold="toy/p1"), "it was changed by hand"),
        (lambda raw: raw.update(label="maen"), "not a row of 'mean'"),
        (lambda raw: raw["clips"].__setitem__(0, "toy/p9/x"), "does not have: toy/p9/x"),
        (
            lambda raw: [r.pop() for s in (raw["scores"], raw["trace"][0][1]) for r in s],
            "2 scores for each clip, and its task has 3 classes",
        ),
    ],
)  # fmt: skip
def test_a_record_that_contradicts_itself_is_damaged(ran, change, words):
    edit(one(ran), change)
    before = digest(ran.results / "records")
    for command in ("list", "board"):
        done = ran.bench(*COMMANDS[command])
        assert done.code == 0
        assert words in done.err
    assert digest(ran.results / "records") == before


def test_a_run_keeps_what_it_replaces_and_says_so(ran):
    path = one(ran)
    whole = json.loads(path.read_text())["scores"]
    for text in ("{", "[]"):
        path.write_text(text)
        done = ran.run("--trace")
        assert f"damaged, rerun; the old file is kept in damaged/: {path}" in done.err
        assert "the next `bench run`" not in done.err
        assert json.loads(path.read_text())["scores"] == whole
    kept = sorted((ran.results / "damaged").iterdir())
    assert [file.read_text() for file in kept] == ["{", "[]"]
    listed = ran.bench("results", "list").err
    assert all(str(Path("results/damaged") / file.name) in listed for file in kept)


def test_a_run_names_damaged_records_of_others(ran):
    path = one(ran)
    path.write_text("{")
    done = ran.run("--trace", methods="mean:noisy")
    assert done.code == 0
    assert f"damaged, left out: {path}: not JSON" in done.err
    assert path.read_text() == "{"


def test_many_damaged_records_are_counted(ran):
    for path in paths(ran):
        path.write_text("{}")
    done = ran.bench("board")
    assert done.err.count("damaged, left out") == 5
    assert "7 more" in done.err
    assert ran.bench("results", "list").err.count("damaged: ") == 12


def test_a_report_names_the_damaged_records_it_leaves_out(ran):
    one(ran).write_text("{}")
    found = gather(Store(ran.results), load((ran.plugin,)), "mean", "toy/3")
    assert len(found.done) == 5
    assert ["toy-p0.json: format: missing" in line for line in found.damaged] == [True]


@pytest.mark.parametrize(
    ("folder", "change", "words"),
    [
        ("tasks", lambda raw: raw.update(clips=[]), "clips: [], expected a table"),
        ("tasks", lambda raw: raw.pop("classes"), "classes: missing"),
        ("tasks", lambda raw: raw.update(clips={}), "expected at least one"),
        ("tasks", lambda raw: raw["clips"]["toy/p0/c0-low"].pop(), "clips.toy/p0/c0-low: ["),
        ("tasks", lambda raw: raw["clips"]["toy/p0/c0-low"].__setitem__(2, 9), "one of 3 classes"),
        ("tasks", lambda raw: raw.update(fingerprint="0"), "which is not its file's name"),
        ("tasks", None, "its content does not match its seal"),
        ("environments", lambda raw: raw.update(packages=3), "packages: 3, expected a table"),
        ("environments", lambda raw: raw.pop("python"), "python: missing"),
        ("environments", lambda raw: raw.update(python="4"), "its name is not that of its content"),
        ("environments", None, "its content does not match its seal"),
        ("external", lambda raw: raw.update(predicted=[]), "predicted: [], expected a table"),
        ("external", lambda raw: raw["predicted"].popitem(), "not of the clips of"),
        ("external", lambda raw: raw["predicted"].update({"toy/p0/c0-low": 5}), "of the classes"),
        ("external", lambda raw: raw.update(protocol="lopo"), "unknown protocol 'lopo'"),
        ("external", None, "its content does not match its seal"),
    ],
)
def test_other_files_that_are_wrong_are_named_and_the_rest_goes_on(ran, folder, change, words):
    """The damaged file is that of toy/3; the cells of toy/2 do not suffer."""
    ran.run("--tasks", "2", methods="mean,mean:noisy")
    path = theirs(ran) if folder == "external" else of_toy3(ran, folder)
    if change is None:
        path.write_text(path.read_text().replace("0", "1", 1))
    else:
        edit(path, change)
    before = digest(ran.results)
    for command in ("board", "compare", "list"):
        done = ran.bench(*COMMANDS[command])
        assert done.code == 0, done
        assert re.search(rf"damaged.*: {re.escape(str(path))}: .*{re.escape(words)}.*; ", done.err)
        assert done.err.count("\n") == 1, done.err
        assert "toy/2" in done.out
        # Their file says who shows what: without it nothing of the task can be scored.
        assert ("toy/3" in done.out) == (folder != "tasks" or command == "list")
    assert digest(ran.results) == before
    done = ran.run(methods="mean,mean:noisy")
    assert done.code == 0
    if folder != "external":
        assert f"written again; the old file is kept in damaged/: {path}" in done.err
        assert ran.bench("board").err == ""
        assert (ran.results / "damaged" / f"{folder}-{path.name}").is_file()


def of_toy3(world, folder: str) -> Path:
    """The file of toy/3's clips, or of this machine."""
    found = (world.results / folder).glob("*.json")
    return next(p for p in found if json.loads(p.read_text()).get("task") in ("toy/3", None))


def theirs(world) -> Path:
    """The file of external predictions of toy/3."""
    task = json.loads(of_toy3(world, "tasks").read_text())
    rows = [f"{clip},{label},0" for clip, (_, _, label) in task["clips"].items()]
    (world.folder / "theirs.csv").write_text("\n".join(["clip,truth,predicted", *rows]))
    done = world.bench("results", "import", "theirs.csv", "--task", "toy/3", "--label", "Theirs")
    assert done.code == 0, done.err
    (path,) = (world.results / "external").rglob("*.json")
    return path


@pytest.mark.parametrize("folder", ["tasks", "environments", "external"])
def test_other_files_of_a_later_version_are_refused_in_a_line_and_stay(ran, folder):
    path = theirs(ran) if folder == "external" else of_toy3(ran, folder)
    edit(path, lambda raw: raw.update(format=3, packages=0, clips=0, predicted=0))
    before = digest(ran.results)
    done = ran.bench("board")
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "has format 3, and this version" in done.err
    assert digest(ran.results) == before


def test_a_task_that_is_gone_is_said_with_what_it_costs(ran):
    ran.run("--tasks", "2")
    path = of_toy3(ran, "tasks")
    path.unlink()
    done = ran.bench("board")
    assert done.code == 0
    assert f"{path}: missing, so 12 records are left out" in done.err


def test_external_predictions_of_the_first_version_are_read(ran):
    task = json.loads(next((ran.results / "tasks").iterdir()).read_text())
    folder = ran.results / "external" / "toy-3"
    folder.mkdir(parents=True)
    content = {
        "name": "Theirs",
        "task": "toy/3",
        "data": task["fingerprint"],
        "protocol": "loso",
        "origin": "x",
        "predicted": dict.fromkeys(task["clips"], 0),
    }
    (folder / "Theirs.json").write_text(json.dumps(content))
    assert "Theirs" in ran.bench("board").out


def test_damaged_records_of_another_machine_are_left_out(ran):
    ran.results.rename(ran.folder / "theirs")
    good, bad, *_ = sorted((ran.folder / "theirs" / "records").rglob("*.json"))
    bad.write_text("{}")
    here = ran.results / good.relative_to(ran.folder / "theirs")
    here.parent.mkdir(parents=True)
    here.write_text("{")
    done = ran.bench("results", "import", "theirs")
    assert done.code == 0
    assert "1 damaged" in done.out
    assert f"{bad.name}: format: missing" in done.err
    assert len(Store(ran.results).records()) == 11
    assert here.read_text() == good.read_text()


def test_stale_by_the_code_of_the_dataset(world):
    text = world.plugin.read_text()
    start, end = text.index("@dataclass(frozen=True)\nclass Toy"), text.index("class Nearest")
    data = world.folder / "data.py"
    data.write_text(text[:end])
    world.plugin.write_text(text[:start] + text[end:])
    settings = world.folder / "bench.toml"
    settings.write_text(settings.read_text().replace('"toy.py"', '"toy.py", "data.py"'))
    world.run()
    assert "stale" not in world.run().err
    for path in paths(world):
        edit(path, lambda raw: raw["dataset_code"].update(toy="0"))
    assert "6 of these are stale" in world.run().err
    assert "stale: the code of dataset toy changed" in world.bench("board", "--format", "csv").out
    why = world.bench("results", "explain", str(one(world))).out
    assert "stale: the code of dataset toy has changed since" in why
    assert world.run("--refresh", "stale").code == 0
    assert "stale" not in world.run().err


def test_a_composite_records_the_code_of_its_parts():
    from bench.datasets.smic import Smic
    from bench.datasets.threedb import ThreeDB
    from bench.store.code import dataset_code

    root = Path("nowhere")
    found = dataset_code(ThreeDB(root, (Smic(root),)))
    assert set(found) == {"3db", "smic"}
    assert found["3db"] != found["smic"]


def test_a_folder_in_place_of_a_record_is_damaged_and_kept(world):
    world.run()
    path = next(world.results.rglob("records/**/*.json"))
    path.unlink()
    path.mkdir()
    for words in (("results", "list"), ("board",), ("plan", "-m", "mean", "-d", "toy")):
        assert world.bench(*words).code == 0
        assert path.is_dir()
    assert "a folder, expected a file" in world.bench("board").err
    done = world.run()
    assert "1 fold" in done.err
    assert path.is_file()
    assert any(one.is_dir() for one in (world.results / "damaged").iterdir())


def test_a_file_in_place_of_the_records_is_said(world):
    world.run()
    shutil.rmtree(world.results / "records")
    (world.results / "records").touch()
    for words in (("results", "list"), ("board",)):
        done = world.bench(*words)
        assert (done.code, "no results" in done.err) == (2, True)


def test_a_label_without_a_variant_after_its_colon_is_damage_with_a_name(world):
    world.run()
    path = next(world.results.rglob("records/**/*.json"))
    edit(path, lambda raw: raw.update(label="mean:"))
    done = world.bench("board")
    assert done.code == 0
    assert f"{path.name}: label: 'mean:'" in done.err

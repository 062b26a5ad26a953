"""The predictions of a board beside it: packed without loss, and the board computed again."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import shutil
import tarfile
from pathlib import Path

import pytest

from bench.core.errors import BenchError
from bench.store.archive import NAME, pack, unpack
from bench.store.neighbours import Neighbours, write_neighbours
from bench.store.store import Store

BOARDS = Path(__file__).parents[1] / "results" / "boards"
PUBLISHED = sorted(path.parent for path in BOARDS.glob(f"*/{NAME}"))


WORDS = ("low", "mid", "high")


@pytest.fixture
def ran(world):
    """A method that ended ok and one that failed."""
    world.run()
    world.patch.setenv("TOY_FAULT", "raise")
    world.run("--limit-folds", "2", methods="faulty")
    return world


def more(world) -> None:
    """What else a results folder can hold: another protocol, imports, measures."""
    world.run("--protocol", "lovo")
    clips = (
        f"toy/p{p}/c{i}-{word},{word},{word}" for p in range(6) for i, word in enumerate(WORDS)
    )
    (world.folder / "said.csv").write_text("\n".join(("clip,truth,predicted", *clips)))
    done = world.bench("results", "import", "said.csv", "--task", "toy/3", "--label", "said")
    assert done.code == 0, done.err
    for record in Store(world.results).records():
        write_neighbours(world.results, record.inputs, Neighbours("f", 18, 0.25))


def files(folder: Path) -> dict[str, bytes]:
    """The files of a board, without its predictions."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != NAME}


def test_a_board_is_computed_again_bit_for_bit(ran):
    more(ran)
    assert ran.bench("board", "-o", "one", "--with-predictions").code == 0
    shutil.rmtree(ran.results)
    done = ran.bench("board", "--from", "one", "-o", "two", "--with-predictions")
    assert done.code == 0, done.err
    one, two = files(ran.folder / "one"), files(ran.folder / "two")
    assert one == two
    assert {"leaderboard.md", "leaderboard.csv", "leaderboard.json"} <= one.keys()
    text = one["leaderboard.json"].decode()
    # What is easily lost: failed folds, imports, the measures of identity.
    assert all(word in text for word in ('"failed": 2', "said", '"same_person": 0.25', "lovo"))
    assert (ran.folder / "one" / NAME).read_bytes() == (ran.folder / "two" / NAME).read_bytes()


def test_the_board_is_computed_and_not_copied(ran):
    ran.bench("board", "-o", "one", "--with-predictions")
    before = ran.bench("board", "--format", "csv").out
    path = ran.folder / "one" / "leaderboard.json"
    path.write_text(path.read_text().replace('"folds": 6', '"folds": 99'))
    assert ran.bench("board", "--from", "one", "--format", "csv").out == before
    packed = str(ran.folder / "one" / NAME)
    assert ran.bench("board", "--from", packed, "--format", "csv").out == before
    # By its name the file itself is shown.
    assert ran.bench("board", "--from", str(path), "--format", "csv").out != before


def test_the_order_of_files_and_their_times_do_not_matter(ran):
    one = pack(Store(ran.results), lambda _: True)
    paths = list(ran.results.rglob("*.json"))
    random.Random(0).shuffle(paths)
    for path in paths:
        target = ran.folder / "copy" / path.relative_to(ran.results)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    assert pack(Store(ran.folder / "copy"), lambda _: True) == one
    none = pack(Store(ran.folder / "none"), lambda _: True)
    assert pack(Store(ran.results), lambda _: False) == none


def test_no_path_of_the_machine_is_packed(ran):
    assert str(ran.folder) in "".join(map(json.dumps, ran.records().values()))
    ran.bench("board", "-o", "one", "--with-predictions")
    text = gzip.decompress((ran.folder / "one" / NAME).read_bytes())
    assert str(ran.folder).encode() not in text
    unpack(ran.folder / "one" / NAME, ran.folder / "two")
    every = Store(ran.folder / "two").contents()
    assert not every.damaged
    assert {record.provenance for record in every.records} == {"run"}
    assert {record.status for record in every.records} == {"ok", "failed"}


def test_to_somebody_else_they_are_reported_with_equal_numbers(ran):
    ran.bench("board", "-o", "one", "--with-predictions")
    ran.patch.setenv("XDG_STATE_HOME", str(ran.folder / "else"))
    ran.bench("board", "--from", "one", "-o", "two")
    one, two = (rows(ran.folder / name / "leaderboard.csv") for name in ("one", "two"))
    assert [row.pop("provenance") for row in one][:1] == ["run"]
    assert {row.pop("provenance") for row in two} == {"reported"}
    for row in (*one, *two):
        row.pop("notes")
    assert one == two


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_a_changed_member_is_left_out_by_name(ran):
    ran.bench("board", "-o", "one", "--with-predictions")
    unpack(ran.folder / "one" / NAME, ran.folder / "two")
    path = next((ran.folder / "two" / "records").rglob("*.json"))
    path.write_text(path.read_text().replace("0.", "1.", 1))
    write(ran.folder / "one" / NAME, {p: p.read_bytes() for p in every(ran.folder / "two")}, ran)
    done = ran.bench("board", "--from", "one")
    assert f"one/{NAME}/records/" in done.err
    assert "does not match its seal" in done.err


def every(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def write(target: Path, members: dict[Path, bytes], world) -> None:
    with tarfile.open(target, "w:gz") as tar:
        for path, data in members.items():
            about = tarfile.TarInfo(path.relative_to(world.folder / "two").as_posix())
            about.size = len(data)
            tar.addfile(about, io.BytesIO(data))


def member(name: str, **changes) -> tarfile.TarInfo:
    about = tarfile.TarInfo(name)
    for key, value in changes.items():
        setattr(about, key, value)
    return about


@pytest.mark.parametrize(
    "about",
    [
        member("../records/a/b/c/d/e.json"),
        member("/tasks/a.json"),
        member("tasks/../a.json"),
        member("tasks/.a.json"),
        member("tasks/a/b.json"),
        member("tasks/a.py"),
        member("tasks/a.json\n"),
        member("other/a.json"),
        member("tasks/a.json", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("tasks/a.json", type=tarfile.LNKTYPE, linkname="tasks/b.json"),
        member("tasks/a.json", type=tarfile.DIRTYPE),
        member("tasks/a.json", type=tarfile.FIFOTYPE),
    ],
    ids=lambda about: f"{about.name!r} {about.type!r}",
)
def test_an_archive_of_a_stranger_writes_nothing_else(tmp_path, about):
    packed, folder = tmp_path / NAME, tmp_path / "into"
    with tarfile.open(packed, "w:gz") as tar:
        tar.addfile(about)
    with pytest.raises(BenchError, match="expected files of a results folder only"):
        unpack(packed, folder)
    assert not list(folder.rglob("*"))


def test_too_much_twice_and_no_archive_are_refused_in_a_line(tmp_path, monkeypatch):
    packed = tmp_path / NAME
    with tarfile.open(packed, "w:gz") as tar:
        for _ in range(2):
            tar.addfile(member("tasks/a.json", size=9), io.BytesIO(b"123456789"))
    with pytest.raises(BenchError, match="twice"):
        unpack(packed, tmp_path / "a")
    for name, most in (("MOST_BYTES", 8), ("MOST_IN_ALL", 8), ("MOST_FILES", 0)):
        with monkeypatch.context() as patch:
            patch.setattr(f"bench.store.archive.{name}", most)
            with pytest.raises(BenchError, match="at most"):
                unpack(packed, tmp_path / name)
    for data in (b"", b"text", gzip.compress(b"text"), packed.read_bytes()[:60]):
        packed.write_bytes(data)
        with pytest.raises(BenchError, match=NAME):
            unpack(packed, tmp_path / "b")


def test_what_cannot_be_is_said_in_a_line(ran):
    assert "name a folder" in ran.bench("board", "--with-predictions").err
    ran.bench("board", "-o", "one", "--with-predictions")
    # Those of another board would stay beside the new one.
    done = ran.bench("board", "-o", "one")
    assert (done.code, "--with-predictions" in done.err) == (2, True)
    (ran.folder / "one" / NAME).unlink()
    done = ran.bench("board", "--from", "one", "-o", "two", "--with-predictions")
    assert (done.code, "without predictions" in done.err) == (2, True)
    (ran.folder / "one" / NAME).write_text("mine")
    done = ran.bench("board", "-o", "one", "--with-predictions")
    assert (done.code, "bench did not write it" in done.err) == (2, True)


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in BOARDS.glob(f"*/{NAME}")), ids=str
)
def test_every_number_of_a_published_board_is_computed_again(folder, world):
    """Numbers: who ran it, and which code has changed since, differ from reader to reader."""
    assert world.bench("board", "--from", str(folder), "-o", "again").code == 0
    texts = {"provenance", "notes", "rank"}
    there, here = (
        [{k: v for k, v in row.items() if k not in texts} for row in rows(path / "leaderboard.csv")]
        for path in (folder, world.folder / "again")
    )
    assert here == there

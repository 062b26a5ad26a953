"""Files that a user names: nothing of theirs is lost, and no device, pipe or link is replaced."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bench.board.publish import FORMATS
from bench.cache.files import write_atomically
from bench.cache.output import MARK, Output, write_outputs
from bench.core.errors import BenchError

PRECIOUS = b"years of work\n# Leaderboard, mentioned below\ntask,protocol,synthetic,\n"


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A results folder with two methods, made once."""
    from conftest import HERE

    folder = tmp_path_factory.mktemp("shared")
    (folder / "toy.py").write_bytes((HERE / "toy.py").read_bytes())
    for person in range(3):
        (folder / "data" / f"p{person}").mkdir(parents=True)
        for i, emotion in enumerate(("low", "mid", "high")):
            place = folder / "data" / f"p{person}" / f"c{i}-{emotion}.json"
            place.write_text(f"[{i * 2 + person / 10}, {i}]")
    (folder / "bench.toml").write_text('plugins = ["toy.py"]\n[roots]\ntoy = "data"\n')
    return folder


@pytest.fixture
def ran(world, results):
    """The world with these results."""
    world.patch.setenv("BENCH_CONFIG", str(results / "bench.toml"))
    if not (results / "results").exists():
        assert world.run(methods="mean,mean:noisy,majority").code == 0
    return world


WRITING = {
    "board.md": ["board"],
    "board.csv": ["board"],
    "board.json": ["board"],
    "board.tex": ["board"],
    "board.html": ["board"],
    "table.py": ["board", "--format", "latex"],
    "clips.csv": ["results", "export", "toy-3/mean"],
}


def complains(done, *words):
    assert done.code == 2, done
    (line,) = done.err.splitlines()
    for word in words:
        assert word in line


@pytest.mark.parametrize("name", WRITING)
def test_a_file_of_someone_else_needs_force_and_ours_does_not(ran, name):
    path = ran.folder / name
    path.write_bytes(PRECIOUS)
    words = [*WRITING[name], "-o", str(path)]
    complains(ran.bench(*words), str(path), "--force")
    assert path.read_bytes() == PRECIOUS
    assert ran.bench(*words, "--force").code == 0
    written = path.read_bytes()
    assert PRECIOUS not in written
    assert ran.bench(*words).code == 0
    assert path.read_bytes() == written
    # What `mktemp` made is nobody's work.
    path.write_bytes(b"")
    assert ran.bench(*words).code == 0


def test_every_format_bears_its_own_mark_and_no_other(ran):
    """The plain text of PRECIOUS holds the first words of boards, but not at its beginning."""
    texts = {}
    for name, one in FORMATS.items():
        if name == "parquet":
            pytest.importorskip("pyarrow")
        ran.bench("board", "-o", f"marked.{one.extension}")
        texts[name] = Path(f"marked.{one.extension}").read_bytes()
    for name, one in FORMATS.items():
        assert not one.mark.search(PRECIOUS)
        assert [n for n, text in texts.items() if one.mark.search(text)] == [name]


def test_the_ending_says_the_format(ran):
    for name, one in FORMATS.items():
        if name == "parquet":  # which is not text
            continue
        path = ran.folder / f"x.{one.extension}"
        assert ran.bench("board", "-o", str(path)).code == 0
        assert path.read_text() == ran.bench("board", "--format", name).out
    complains(ran.bench("board", "-o", "precious.py"), "precious.py", ".tex", "--format")
    assert not Path("precious.py").exists()


@pytest.mark.parametrize(
    "name", ["leaderboard.md", "leaderboard.csv", "leaderboard.json", "literature.md"]
)
def test_a_folder_with_a_file_of_someone_else_is_left_as_it_is(ran, name):
    folder = ran.folder / "published"
    folder.mkdir()
    (folder / name).write_bytes(PRECIOUS)
    complains(ran.bench("board", "-o", str(folder)), name, "--force")
    assert [path.name for path in folder.iterdir()] == [name]
    assert (folder / name).read_bytes() == PRECIOUS
    assert ran.bench("board", "-o", str(folder), "--force").code == 0
    # This board has no published results, so their file is still another's.
    assert (ran.bench("board", "-o", str(folder)).code == 0) == (name != "literature.md")


def test_a_run_says_so_before_it_begins(world):
    world.results.mkdir()
    board = world.results / "leaderboard.md"
    board.write_bytes(PRECIOUS)
    complains(world.run(), str(board))
    assert board.read_bytes() == PRECIOUS
    assert not (world.results / "records").exists()


def test_explain_compare_and_new(ran):
    for words, file in (
        (["explain", "mean", "-t", "toy/3", "--seconds", "0", "-o", "report"], "report/index.html"),
        (["explain", "mean", "-t", "toy/3", "--seconds", "0", "-o", "r"], "r/confusion.png"),
        (["compare", "mean", "majority", "-o", "ranks.png"], "ranks.png"),
        (["new", "method", "mine"], "mine.py"),
        (["new", "method", "other"], "test_other.py"),
    ):
        path = ran.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(PRECIOUS)
        before = sorted(path.parent.iterdir())
        complains(ran.bench(*words), Path(file).name, "--force")
        assert path.read_bytes() == PRECIOUS
        assert sorted(path.parent.iterdir()) == before
        if words[0] != "compare":
            assert ran.bench(*words, "--force").code == 0
            assert path.read_bytes() != PRECIOUS
    assert ran.bench("explain", "mean", "-t", "toy/3", "--seconds", "0", "-o", "r").code == 0


def shape(path):
    """What a path is, and is the same as."""
    found = path.lstat()
    return found.st_mode, found.st_ino, found.st_rdev


def test_a_pipe_is_written_into(ran):
    pipe = ran.folder / "pipe.md"
    os.mkfifo(pipe)
    before, read = shape(pipe), []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    assert ran.bench("board", "-o", str(pipe)).code == 0
    reader.join(10)
    assert read == [ran.bench("board", "--format", "markdown").out]
    assert shape(pipe) == before


def test_a_pipe_that_nobody_reads_is_refused(ran):
    os.mkfifo(ran.folder / "pipe.md")
    complains(ran.bench("board", "-o", "pipe.md"), "pipe.md", "reader")


def test_an_empty_name_is_not_the_working_folder(ran):
    before = sorted(ran.folder.iterdir())
    complains(ran.bench("board", "-o", ""), "-o", "empty")
    complains(ran.bench("explain", "mean", "toy/3", "-o", ""), "-o", "empty")
    assert sorted(ran.folder.iterdir()) == before


def test_a_device_stays_one(ran):
    before = shape(Path("/dev/null")), shape(Path("/dev/full"))
    assert ran.bench("board", "-o", "/dev/null").code == 0
    complains(ran.bench("board", "-o", "/dev/full"), "/dev/full")
    complains(ran.bench("results", "export", "toy-3/mean", "-o", "/dev/full"), "/dev/full")
    assert (shape(Path("/dev/null")), shape(Path("/dev/full"))) == before
    assert stat.S_ISCHR(before[0][0])


def test_what_a_link_names_is_written_and_the_link_stays(ran):
    target, link = ran.folder / "target.md", ran.folder / "link.md"
    link.symlink_to("target.md")
    for _ in range(2):
        assert ran.bench("board", "-o", str(link)).code == 0
        assert link.is_symlink()
        assert target.read_text().startswith("# Leaderboard")
    target.write_bytes(PRECIOUS)
    complains(ran.bench("board", "-o", str(link)), "--force")
    assert target.read_bytes() == PRECIOUS
    loop = ran.folder / "loop.md"
    loop.symlink_to(loop)
    complains(ran.bench("board", "-o", str(loop)), "loop.md")
    complains(ran.bench("board", "-o", str(ran.folder / "target.md" / "x.md")), "target.md")


def test_standard_output_is_added_to(tmp_path):
    """As /dev/stdout it may be a file that already holds something."""
    log = tmp_path / "log"
    code = (
        "import re, sys; from pathlib import Path; from bench.cache.output import *; "
        "print('first'); write_outputs([Output(Path('/dev/stdout'), b'second\\n', MARK)]); "
        "print('third')"
    )
    with log.open("wb") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert log.read_text() == "first\nsecond\nthird\n"


@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_files_of_our_own_replace_nothing_else(tmp_path, kind):
    """A link in a results folder from elsewhere must not lead a write out of it."""
    path, precious = tmp_path / "file", tmp_path / "precious"
    precious.write_bytes(PRECIOUS)
    {
        "link": lambda: path.symlink_to(precious),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
    }[kind]()
    before = shape(path)
    with pytest.raises(BenchError, match="expected a file"):
        write_atomically(path, b"new")
    assert shape(path) == before
    assert precious.read_bytes() == PRECIOUS
    assert sorted(tmp_path.iterdir()) == [path, precious]


def test_nothing_is_written_if_one_file_must_not_be(tmp_path):
    (tmp_path / "b").write_bytes(PRECIOUS)
    with pytest.raises(BenchError):
        write_outputs([Output(tmp_path / name, b"new", MARK) for name in "ab"])
    assert not (tmp_path / "a").exists()

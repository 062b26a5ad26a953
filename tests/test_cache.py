"""The cache is marked, removes only what is its own, and heals or says in a line what is wrong."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.cache.cache import Cache
from bench.cache.eviction import categories, clear, in_use, prune
from bench.cache.files import key
from bench.cache.root import TAG, CacheError, claim
from bench.core.errors import BenchError

NAME = key("an entry")
SIGNATURE = b"Signature: 8a477f597d28d172789f06886806bc55"  # https://bford.info/cachedir/


def filled(folder: Path) -> Cache:
    cache = Cache(folder)
    for category in ("views", "descriptions", "apexes", "artefacts/teachers"):
        cache.put(category, NAME, np.arange(5))
    cache.remember("digests", "casme2", {"a": "1"})
    return cache


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_it_is_marked_when_it_is_made(tmp_path):
    for make in (lambda cache: cache.put("views", NAME, np.zeros(3)), lambda cache: in_use(cache)):
        cache = Cache(tmp_path / "new" / "cache")
        with make(cache) or in_use(cache):
            tag = (cache.folder / TAG).read_bytes()
        assert tag.startswith(SIGNATURE)
        assert b"mer-bench" in tag
        shutil.rmtree(cache.folder)
        cache.put.__globals__["_claim"].cache_clear()


def test_a_cache_that_was_never_marked_is_and_a_folder_of_others_is_not(tmp_path):
    filled(tmp_path / "old")
    (tmp_path / "old" / TAG).unlink()
    assert clear(Cache(tmp_path / "old"), "views").entries == 1
    assert (tmp_path / "old" / TAG).read_bytes().startswith(SIGNATURE)
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.tex").write_text("precious")
    cache = filled(home)  # works, if somebody wants it there
    assert not (home / TAG).exists()
    before = tree(home)
    for remove in (lambda: clear(cache, "views"), lambda: prune(cache, 0)):
        with pytest.raises(CacheError, match=r"holds other files \(thesis\.tex\)"):
            remove()
    assert tree(home) == before


@pytest.mark.parametrize("text", ["", "Signature: 8a477f597d28d172789f06886806bc55\n# pip", "x"])
def test_a_tag_of_another_program_does_not_count_and_a_damaged_one_is_mended(tmp_path, text):
    cache = filled(tmp_path)
    (tmp_path / TAG).write_text(text)
    (tmp_path / "wheels").mkdir()
    with pytest.raises(CacheError, match="not marked as a cache of bench"):
        clear(cache, "views")
    assert cache.has("views", NAME)
    (tmp_path / "wheels").rmdir()
    assert clear(cache, "views").entries == 1
    (tmp_path / "tag").write_bytes(SIGNATURE + b" mer-bench")
    (tmp_path / TAG).unlink()
    (tmp_path / TAG).symlink_to(tmp_path / "tag")
    with pytest.raises(CacheError):
        prune(cache, 0)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="takes root")
@pytest.mark.parametrize("whose", ["", TAG])
def test_another_user_s_cache_is_not_cleared(tmp_path, whose):
    cache = filled(tmp_path / "cache")
    os.chown(cache.folder / whose, 12345, -1)
    with pytest.raises(CacheError, match="belongs to another user"):
        clear(cache, "views")


PLACES = st.sampled_from(
    f". views views/ab views/{NAME[:2]} descriptions artefacts/teachers apexes digests Documents "
    f"compiled compiled/lbp_{'a' * 40} .running synthetic synthetic/tiny-seed0-v2/casme2".split()
)
NAMES = st.sampled_from(
    f"{NAME} {NAME}.npz.bak {NAME[:-1]}.npz x{NAME}.npz {key('elsewhere')}.npz notes.txt a.npz "
    "b.nbi a.json.old photo.jpg.orig .DS_Store host.name".split()
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(strangers=st.lists(st.tuples(PLACES, NAMES), max_size=6))
def test_files_of_others_are_never_removed(tmp_path_factory, strangers):
    folder = tmp_path_factory.mktemp("cache")
    cache = filled(folder)
    (folder / "synthetic/tiny-seed0-v2/casme2").mkdir(parents=True)
    (folder / "synthetic/tiny-seed0-v2/casme2/SYNTHETIC.json").write_text("{}")
    theirs = {}
    for place, name in strangers:
        path = folder / place / name
        # Of ours by name and place, as an entry that somebody copied there is.
        if path.suffix == ".npz" and (path.parent.name == name[:2] or "-seed0" in place):
            continue
        if place == "compiled/lbp_" + "a" * 40 and name == "b.nbi":
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("theirs")
        theirs[path.relative_to(folder).as_posix()] = b"theirs"
    for category in categories(cache):
        clear(cache, category.name)
    prune(cache, 0)
    left = tree(folder)
    left.pop(TAG)
    assert left == theirs


def test_links_lead_nowhere(tmp_path):
    cache = filled(tmp_path / "cache")
    outside = tmp_path / "outside"
    outside.mkdir()
    precious = outside / f"{key('precious')}.npz"
    precious.write_text("precious")
    folder = cache.path("views", key("precious")).parent
    folder.parent.mkdir(exist_ok=True)
    folder.symlink_to(outside)
    cache.path("views", key("linked")).parent.mkdir(exist_ok=True)
    cache.path("views", key("linked")).symlink_to(precious)
    prune(cache, 0)
    clear(cache, "views")
    assert precious.read_text() == "precious"


def test_a_name_that_is_no_category_is_refused(world):
    world.run()
    documents = world.folder / "cache" / "Documents"
    documents.mkdir()
    (documents / "thesis.tex").write_text("precious")
    for name in ("Documents", "..", ".", "", "views/..", ".running", TAG):
        if name:
            done = world.bench("data", "cache", "--clear", name)
            assert (done.code, "cache category" in done.err) == (2, True)
    assert (documents / "thesis.tex").exists()
    assert "Documents" not in world.bench("data", "cache").out


def test_stand_ins_are_listed_and_cleared(tmp_path):
    cache = filled(tmp_path)
    root = tmp_path / "synthetic" / "tiny-seed0-v2-head2" / "casme2"
    (root / "Cropped").mkdir(parents=True)
    (root / "SYNTHETIC.json").write_text("{}")
    (root / "Cropped" / "1.jpg").write_text("1")
    assert {one.name: one.entries for one in categories(cache)}["synthetic"] == 2
    assert clear(cache, "synthetic").entries == 2
    assert not (tmp_path / "synthetic").exists()


def test_no_flipped_bit_gives_another_array(tmp_path):
    cache = Cache(tmp_path)
    values = {"a": np.arange(3, dtype=np.int16), "b": np.eye(2, dtype=np.float32)}
    cache.put("views", NAME, values)
    path = cache.path("views", NAME)
    whole = path.read_bytes()
    for at in range(0, 8 * len(whole), 3):
        spoilt = bytearray(whole)
        spoilt[at // 8] ^= 1 << at % 8
        path.write_bytes(bytes(spoilt))
        assert cache.get("views", NAME) is None
        assert not path.exists()
        path.write_bytes(whole[: at // 8])
        assert cache.get("views", NAME) is None
    path.write_bytes(whole)
    assert np.array_equal(cache.get("views", NAME)["b"], values["b"])


@given(at=st.integers(0, 10**4), cut=st.booleans(), bit=st.integers(0, 7))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_memo_is_ignored_and_written_again(tmp_path, at, cut, bit):
    cache, known = Cache(tmp_path), {"é": "1", "b": "2"}
    path = tmp_path / "digests" / "casme2.json"
    path.unlink(missing_ok=True)
    cache.remember("digests", "casme2", known)
    data = bytearray(path.read_bytes())
    at %= len(data)
    data[at] ^= 1 << bit
    path.write_bytes(data[:at] if cut else data)
    assert cache.memo("digests", "casme2") == {}
    cache.remember("digests", "casme2", {"c": "3"})
    assert cache.memo("digests", "casme2") == {"c": "3"}
    cache.remember("digests", "casme2", known)
    assert cache.memo("digests", "casme2") == known | {"c": "3"}


def raising(number: int):
    def fail(*args, **options):
        raise OSError(number, os.strerror(number), "a file")

    return fail


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EACCES, errno.EIO])
def test_an_entry_that_cannot_be_opened_is_not_taken_for_damaged(tmp_path, monkeypatch, number):
    cache = filled(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", raising(number))
        with pytest.raises(CacheError, match=rf"^the cache {tmp_path} cannot be used: "):
            cache.get("views", NAME)
    assert cache.array("views", NAME) is not None


@pytest.mark.parametrize("number", [errno.EROFS, errno.EACCES, errno.EMFILE])
def test_what_cannot_be_written_is_one_line(tmp_path, monkeypatch, number):
    cache = filled(tmp_path)
    monkeypatch.setattr("bench.cache.cache.write_atomically", raising(number))
    monkeypatch.setattr(Path, "touch", raising(number))
    advice = "ulimit" if number == errno.EMFILE else "set BENCH_CACHE"
    for write in (
        lambda: cache.put("views", NAME, np.zeros(2)),
        lambda: cache.remember("digests", "casme2", {"a": "2"}),
        lambda: in_use(cache).__enter__(),
    ):
        with pytest.raises(CacheError, match=advice):
            write()


def test_a_full_disk_stays_a_full_disk(tmp_path, monkeypatch):
    cache = filled(tmp_path)
    monkeypatch.setattr("bench.cache.cache.write_atomically", raising(errno.ENOSPC))
    with pytest.raises(OSError, match="No space"):
        cache.put("views", NAME, np.zeros(2))


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_a_cache_that_cannot_be_written_ends_the_run_in_one_line(world, monkeypatch, engine):
    (world.folder / "file").touch()
    monkeypatch.setenv("BENCH_CACHE", str(world.folder / "file" / "cache"))
    done = world.run(engine=engine)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "cannot be used: Not a directory" in done.err


def test_a_cache_that_fails_under_a_method_is_not_the_method_s_fault(world, monkeypatch):
    world.run("--limit-folds", "1")
    shutil.rmtree(world.folder / "cache" / "descriptions")
    monkeypatch.setattr("bench.cache.cache.write_atomically", raising(errno.EROFS))
    done = world.run()
    assert done.code == 2
    assert "the cache" in done.err
    assert "Read-only file system" in done.err
    assert {one["status"] for one in world.records().values()} == {"ok"}


def test_a_run_that_ends_while_another_prunes_does_no_harm(tmp_path, monkeypatch):
    cache = filled(tmp_path)
    with in_use(cache):
        (mark,) = (tmp_path / ".running").iterdir()
        monkeypatch.setattr(os, "kill", lambda *_: mark.unlink())
        assert prune(cache, 10**9) == 0


def test_strange_marks_and_unmade_folders_do_no_harm(tmp_path):
    cache = filled(tmp_path)
    (tmp_path / ".running").mkdir(exist_ok=True)
    for name in ("notes", "host.abc", ".DS_Store", f"{os.uname().nodename}.99999999999"):
        (tmp_path / ".running" / name).touch()
    assert prune(cache, 10**9) == 0
    assert clear(cache, "views").entries == 1
    assert (tmp_path / ".running" / "notes").exists()
    assert prune(Cache(tmp_path / "none"), 0) == 0
    with pytest.raises(BenchError, match="unknown cache category"):
        clear(Cache(tmp_path / "none"), "views")
    with pytest.raises(CacheError):
        claim(tmp_path / TAG / "below")


@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_a_folder_of_the_cache_that_is_a_file_is_named_by_whoever_meets_it(world, engine):
    (world.folder / "cache").mkdir()
    (world.folder / "cache" / "descriptions").touch()
    done = world.run("--jobs", "1", engine=engine)
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "the cache " in done.err
    assert world.records() == {}


def test_a_damaged_description_is_made_again_before_it_is_needed(world):
    world.run("--limit-folds", "1")
    whole = sorted((world.folder / "cache" / "descriptions").rglob("*.npz"))
    assert len(whole) == 18
    for i, path in enumerate(whole):
        data = path.read_bytes()
        path.write_bytes((b"", data[:50], data[:-1], data[:-9] + b"?" + data[-8:])[i % 4])
    done = world.run()
    assert done.code == 0
    assert {one["status"] for one in world.records().values()} == {"ok"}
    assert len(world.records()) == 6

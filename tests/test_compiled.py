"""Compiled kernels: the same bits from the compiler and the cache, and only this user's code."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.core.activity import listen
from bench.core.checksum import add_checksum
from bench.core.compiled import compiled
from bench.core.private import why_not

CODE = """
import hashlib, numpy
from bench.learning import additive
rows = numpy.random.default_rng(0).random((40, 255))
blocks = rows[:, :250].reshape(40, 5, 50)
kernels = ("chi2", "intersection")
memos = [additive.PairMemo(kernel, limit=64).gram(rows, rows) for kernel in kernels]
found = [*memos, additive.chi2_of_blocks(blocks, blocks)]
print(*(hashlib.sha256(values.tobytes()).hexdigest() for values in found))
"""


def test_kernels_give_the_same_bits_compiled_and_from_the_cache(tmp_path):
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", CODE]
    first, second = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert list(tmp_path.rglob("*.nbi"))
    assert first == second


def double(x):
    return 2 * x


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A function that compiles afresh, as a new process would, with its files in `tmp_path`."""
    monkeypatch.setattr("bench.core.compiled.compiled_folder", lambda: tmp_path)
    return lambda: compiled(double)


def called(made) -> int:
    """Call a kernel; returns how often it came from the disk."""
    assert made(21) == 42
    return sum(made.stats.cache_hits.values())


def test_a_kernel_that_is_compiled_says_so(kernel):
    told: list[str] = []
    listen(told.append)
    try:
        called(kernel())
        called(kernel())
    finally:
        listen(lambda _: None)
    # The second comes from the disk.
    assert told == ["compiling double", ""]


DAMAGES = {
    "empty": lambda data, at: b"",
    "cut": lambda data, at: data[:at],
    "flipped": lambda data, at: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :],
    "longer": lambda data, at: data + b"\0",
    "another's": lambda data, at: pickle.dumps("0.60.0"),
}


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    damage=st.sampled_from(sorted(DAMAGES)),
    suffixes=st.sampled_from([(".nbi",), (".nbc",), (".nbi", ".nbc")]),
    share=st.floats(0, 0.999),
)
def test_damaged_files_are_replaced(kernel, tmp_path, damage, suffixes, share):
    called(kernel())
    assert called(kernel()) == 1
    for path in tmp_path.rglob("*.nb?"):
        if path.suffix in suffixes:
            data = path.read_bytes()
            path.write_bytes(DAMAGES[damage](data, int(share * len(data))))
    assert called(kernel()) == 0
    assert called(kernel()) == 1
    assert not [path for path in tmp_path.rglob(".*") if path.is_file()]


class Planted:
    """What runs code when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return Path.touch, (self.mark,)


@pytest.mark.parametrize("summed", [False, True])
def test_what_others_could_have_written_is_never_unpickled(kernel, tmp_path, summed):
    called(kernel())
    mark = tmp_path / "planted"
    data = pickle.dumps(Planted(mark))
    for path in tmp_path.rglob("*.nb?"):
        path.write_bytes(add_checksum(data) if summed else data)
        path.chmod(0o660 if summed else 0o600)
    assert called(kernel()) == 0
    assert not mark.exists()
    # The files that replace them are closed to others.
    assert {path.stat().st_mode & 0o777 for path in tmp_path.rglob("*.nb?")} == {0o600}


def test_a_folder_that_cannot_be_written_costs_compiling_alone(kernel, tmp_path, monkeypatch):
    def full(*args, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bench.core.kernel_files.tempfile.mkstemp", full)
    assert called(kernel()) == 0


def test_without_a_folder_kernels_still_run(monkeypatch):
    monkeypatch.setattr("bench.core.compiled.compiled_folder", lambda: None)
    assert called(compiled(double)) == 0


def test_whose_folder_it_must_be(tmp_path):
    own = tmp_path / "own"
    assert why_not(own, ours=False) == ""
    assert own.stat().st_mode & 0o777 == 0o700
    for mode in (0o770, 0o702, 0o777):
        own.chmod(mode)
        assert "others can write to it" in why_not(own, ours=False)
    own.chmod(0o755)  # others may look
    assert why_not(own, ours=False) == ""
    link = tmp_path / "link"
    link.symlink_to(own)
    assert "is not a folder" in why_not(link, ours=False)
    (tmp_path / "file").touch()
    assert why_not(tmp_path / "file", ours=False).startswith(f"{tmp_path / 'file'}")
    assert "Not a directory" in why_not(tmp_path / "file" / "below", ours=False)
    if os.geteuid() == 0:
        os.chown(own, 12345, -1)
        assert "belongs to another user" in why_not(own, ours=False)


ASK = "from bench.core.private import compiled_folder as f; print(f()); f()"


def test_a_folder_of_ours_is_closed_to_others_without_a_word(tmp_path):
    folder = tmp_path / "compiled"
    folder.mkdir()
    folder.chmod(0o775)
    unset = {n: v for n, v in os.environ.items() if n != "NUMBA_CACHE_DIR"}
    environment = {**unset, "BENCH_CACHE": str(tmp_path)}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert (done.stdout.split(), done.stderr) == ([str(folder)], "")
    assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("variable", ["BENCH_CACHE", "NUMBA_CACHE_DIR"])
def test_another_folder_is_taken_and_said_once(tmp_path, variable):
    shared = tmp_path / "shared"
    folder = shared / "compiled" if variable == "BENCH_CACHE" else shared
    shared.mkdir()
    if variable == "BENCH_CACHE":
        folder.symlink_to(tmp_path)
        fault = "is not a folder"
    else:
        folder.chmod(0o777)
        fault = "belongs to another user, or others can write to it"
    unset = {n: v for n, v in os.environ.items() if n != "NUMBA_CACHE_DIR"}
    home = tmp_path / "home"
    environment = {**unset, variable: str(shared), "XDG_CACHE_HOME": str(home)}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(home / "mer-bench" / "compiled")]
    assert done.stderr.count(f"{folder} {fault}") == 1
    home.rename(tmp_path / "elsewhere")
    home.touch()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["None"]
    assert "recompiled in every process; set NUMBA_CACHE_DIR" in done.stderr

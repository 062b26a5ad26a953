"""Files of typed data: a wrong one is a line with file, key, what came and what was expected."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TypedDict

import pytest

from bench.core.errors import BenchError
from bench.core.typed import (
    DamagedError,
    NewerError,
    check_format,
    read_json,
    refuse_unknown,
    typed,
)


class Part(TypedDict):
    size: int


@dataclass(frozen=True)
class Whole:
    name: str
    parts: dict[str, Part] = field(default_factory=dict)
    points: list[tuple[int, float]] = field(default_factory=list)
    end: float | None = None


def test_what_is_right_comes_through_and_what_is_unknown_is_left_out():
    raw = {"name": "a", "parts": {"b": {"size": 1}}, "points": [[1, 2]], "other": 3}
    assert typed(raw, Whole, "f") == Whole("a", {"b": {"size": 1}}, [(1, 2.0)])


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ({}, "f.json: name: missing"),
        ([], "f.json: the file: [], expected a table of keys and values"),
        ({"name": 3}, "f.json: name: 3, expected a string"),
        ({"name": None}, "f.json: name: None, expected a string"),
        ({"name": "a", "end": "x"}, "f.json: end: 'x', expected a number"),
        (
            {"name": "a", "parts": {"b": {"size": 1}, "c": {"size": "big"}}},
            "f.json: parts.c.size: 'big', expected an integer",
        ),
        ({"name": "a", "parts": {"b": {}}}, "f.json: parts.b.size: missing"),
        ({"name": "", "points": [[3]]}, "f.json: points.0: [3], expected a list of length 2"),
        ({"name": "x" * 99, "end": []}, "f.json: end: [], expected a number"),
        ({"name": ["x" * 99]}, f"f.json: name: ['{'x' * 35}..., expected a string"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_line(raw, line):
    with pytest.raises(DamagedError) as error:
        typed(raw, Whole, "f.json")
    assert str(error.value) == line


def test_an_unknown_key_names_the_nearest():
    with pytest.raises(DamagedError, match=r"f.toml: unknown key 'nmae'; did you mean name\?"):
        refuse_unknown({"nmae": 1}, Whole, "f.toml")


def test_formats(tmp_path):
    file = tmp_path / "f.json"
    assert check_format({"format": 2}, file, 2) == 2
    assert check_format({}, file, 2, default=1) == 1
    for wrong in ({}, [], {"format": "2"}, {"format": True}, {"format": 0}, {"format": 1.0}):
        with pytest.raises(DamagedError, match="expected a number from 1 to 2"):
            check_format(wrong, file, 2)
    with pytest.raises(NewerError, match=r"f.json has format 3, .* upgrade bench"):
        check_format({"format": 3}, file, 2)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_a_line(tmp_path, data):
    file = tmp_path / "f.json"
    file.write_bytes(data)
    with pytest.raises(DamagedError, match=r"f.json: not JSON"):
        read_json(file)


def test_what_cannot_be_opened_is_not_called_damaged(tmp_path):
    loop = tmp_path / "loop.json"
    loop.symlink_to(loop)
    with pytest.raises(BenchError, match="cannot be read: Too many levels") as error:
        read_json(loop)
    assert not isinstance(error.value, DamagedError)
    with pytest.raises(DamagedError, match="a folder, expected a file"):
        read_json(tmp_path)
    with pytest.raises(FileNotFoundError):
        read_json(tmp_path / "nothing.json")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("roots = 3", ["roots: 3, expected a table"]),
        ("roots = {casme2 = 5}", ["roots.casme2: 5, expected a string"]),
        ('plugins = "x.py"', ["plugins: 'x.py', expected a list"]),
        ('plugins = ["toy.py", 4]', ["plugins.1: 4, expected a string"]),
        ("cache_size = []", ["cache_size: [], expected an integer or a number or a string"]),
        ("cache_size = true", ["cache_size: True, expected"]),
        ("results = 1979-05-27", ["results: datetime.date(1979, 5, 27), expected a string"]),
        ("cahce = 'x'", ["unknown key 'cahce'; did you mean cache"]),
        ("roots = [", ["not TOML", "end of document"]),
        ('[roots]\ncasme22 = "x"', ["unknown dataset 'casme22'", "casme2"]),
    ],
)
def test_settings_that_are_wrong_are_a_line(world, text, words):
    (world.folder / "bench.toml").write_text(text)
    done = world.bench("plan", "-d", "casme2", "-m", "majority")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "bench.toml: " in done.err
    for word in words:
        assert word in done.err


def test_settings_of_every_right_type(world):
    settings = world.folder / "bench.toml"
    for size in ('"20GB"', "20000000000", "2e10"):
        settings.write_text(
            f'results = "r"\ncache = "c"\ncache_size = {size}\nplugins = ["toy.py"]\n'
            '[roots]\ntoy = "data"\n'
        )
        assert world.run("--limit-folds", "1").code == 0
    (record,) = (world.folder / "r" / "records").rglob("*.json")
    assert json.loads(record.read_text())["status"] == "ok"

"""`bench doctor`: what stops runs is bad, the rest is not."""

from __future__ import annotations

import json
import shutil
from collections import namedtuple

import pytest

from bench.check import installation as doctor


def parts(done) -> dict[str, dict]:
    return {row["part"]: row for row in json.loads(done.out)}


def test_a_good_machine_is_good(world):
    done = world.bench("doctor", "--plugin", "toy.py", "--json")
    found = parts(done)
    assert done.code == 0, found
    assert found["toy"]["status"] == "good"
    assert {"python", "threads", "numba cache", "torch", "disk of cache", "results"} <= set(found)
    assert not world.results.exists()
    assert "packages" in world.bench("doctor", "--plugin", "toy.py").out


def test_a_root_that_is_gone_is_bad(world):
    shutil.rmtree(world.folder / "data")
    done = world.bench("doctor", "--plugin", "toy.py", "--json")
    assert done.code == 1
    assert parts(done)["toy"]["status"] == "bad"


def test_a_full_disk_is_bad(world):
    usage = namedtuple("usage", "total used free")
    world.patch.setattr(doctor.shutil, "disk_usage", lambda path: usage(1e9, 1e9, 5e7))
    done = world.bench("doctor", "--plugin", "toy.py", "--json")
    assert done.code == 1
    assert parts(done)["disk of results"]["status"] == "bad"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("numpy>=999.1", "does not satisfy >=999.1"),
        ("nosuchpackage>=1", "nosuchpackage is missing"),
    ],
)
def test_a_package_that_lacks_is_named(monkeypatch, line, said):
    monkeypatch.setattr(doctor, "requires", lambda name: [line, 'pytest>=999; extra == "dev"'])
    (found,) = doctor.packages()
    assert found.status == "bad"
    assert said in found.detail
    assert "pytest" not in found.detail


def test_torch_that_does_not_load_is_bad(monkeypatch):
    def fails(name):
        raise OSError("libtorch.so: cannot open")

    monkeypatch.setattr(doctor.importlib, "import_module", fails)
    assert doctor.torch().status == "bad"

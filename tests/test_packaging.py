"""The same plugins are found in a wheel, an editable install and a bare checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from bench.plugins.registry import load

ROOT = Path(__file__).parents[1]


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
@pytest.mark.parametrize("works", [True, False])
def test_chromium_is_installed_from_fresh_package_lists_or_said_to_be_missing(tmp_path, works):
    """The part of `.ci/run` that asks apt, with one that knows a package only after an update."""
    apt = (
        '#!/bin/sh\necho "$1" >> asked\n[ "$1" = update ] || grep -q update asked\n'
        if works
        else "#!/bin/sh\nexit 100\n"
    )
    program = tmp_path / "apt-get"
    program.write_text(apt.replace("grep", str(shutil.which("grep"))))
    program.chmod(0o755)
    part = (ROOT / ".ci" / "run").read_text().partition("# Tests of the site")[2]
    script = f"set -euo pipefail\n#{part.partition(chr(10) + 'fi' + chr(10))[0]}\nfi\necho on\n"
    done = subprocess.run(
        [str(shutil.which("bash")), "-c", script], cwd=tmp_path, env={"PATH": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "on\n"), done.stderr
    assert ("no Chromium" in done.stderr) != works
    if works:
        assert (tmp_path / "asked").read_text().split() == ["update", "install"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of this tree, built outside it."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    tracked = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.split("\n")
    if not any(tracked):
        pytest.skip("not a git checkout: the tree's files cannot be told from leftovers")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", str(source), "--no-deps", "-q"]
    subprocess.run([*command, "--no-build-isolation", "-w", str(folder)], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_tree_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as file:
        inside = {name for name in file.namelist() if ".dist-info/" not in name}
    templates = (ROOT / "bench/plugins/templates").iterdir()
    expected = {"bench/py.typed"}
    expected |= {f"bench/plugins/templates/{path.name}" for path in templates}
    expected.add("bench/literature/verdicts.json")
    for kind in ("static", "templates"):
        expected |= {f"bench/site/{kind}/{p.name}" for p in (ROOT / "bench/site" / kind).iterdir()}
    for room, package in (
        ("bench", "bench"),
        ("methods", "bench/methods"),
        ("datasets", "bench/datasets"),
        ("replications", "bench/replications"),
    ):
        for kind in ("*.py", "*.csv", "*.toml"):
            for path in (ROOT / room).rglob(kind):
                expected.add(f"{package}/{path.relative_to(ROOT / room)}")
    assert inside == expected


def listing(path: str, folder: Path) -> dict:
    """What `bench list --json` says in another folder, with that import path."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "list", "--json"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_an_installed_wheel_and_a_bare_checkout_list_every_plugin(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path / "installed")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    registry = load()
    for path in (tmp_path / "installed", ROOT):
        found = listing(str(path), elsewhere)
        assert [row["name"] for row in found["methods"]] == list(registry.methods)
        assert [row["name"] for row in found["datasets"]] == list(registry.datasets)
        assert not found["broken"]


def test_the_wheel_is_what_runs_where_it_is_installed(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as file:
        file.extractall(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "import bench.methods.majority as m; print(m.__file__)"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()).is_relative_to(tmp_path)


def test_running_leaves_nothing_in_an_installed_package(wheel, tmp_path):
    """What it left would survive an uninstall and hide an editable install."""
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as file:
        file.extractall(installed)
    before = set(installed.rglob("*"))
    code = (
        "import numpy as np; from bench.views.flow import tvl1; "
        "image = np.arange(2500, dtype=np.uint8).reshape(50, 50); "
        "print(tvl1.flow(image, image).shape, tvl1.__file__)"
    )
    names = {**os.environ, "PYTHONPATH": str(installed), "PYTHONDONTWRITEBYTECODE": "1"}
    names |= {"BENCH_CACHE": str(tmp_path / "cache"), "NUMBA_CACHE_DIR": ""}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=names,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(installed) in done.stdout
    assert set(installed.rglob("*")) == before
    assert list((tmp_path / "cache" / "compiled").rglob("*.nbi"))


@pytest.mark.parametrize("name", ["bench.setup", "bench.bench", "bench.tests"])
def test_the_checkout_itself_is_no_part_of_the_package(name):
    done = subprocess.run(
        [sys.executable, "-c", f"import {name}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "ModuleNotFoundError" in done.stderr

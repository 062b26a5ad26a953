"""Public datasets: where they come from, cloning them, and `--datasets public`."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from bench.core.clones import commit_of
from bench.core.dataset import PublicSource
from bench.data.clone import clone, clone_line
from bench.plugins import settings
from bench.plugins.configure import configure
from bench.plugins.registry import load
from bench.plugins.settings import chosen_datasets, public_sources, read_settings

TOY = 'FACTS = Facts("Toy", "nobody", 2026, "https://example.org", "code")'
needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(*words: str) -> str:
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", *identity, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(world) -> PublicSource:
    """The toy's data as a repository named Toys, with a file that nobody reads."""
    folder = world.folder / "remote" / "Toys"
    shutil.move(world.folder / "data", folder)
    (folder / "face.jpg").write_bytes(b"a face")
    git("init", "-q", str(folder))
    git("-C", str(folder), "add", "-A")
    git("-C", str(folder), "commit", "-q", "-m", "data")
    git("-C", str(folder), "config", "uploadpack.allowFilter", "true")
    commit = git("-C", str(folder), "rev-parse", "HEAD")
    (folder / "p0" / "c0-low.json").write_text("[9, 9]")
    git("-C", str(folder), "commit", "-q", "-a", "-m", "later")
    people = tuple(f"p{i}" for i in range(6))
    source = PublicSource(f"file://{folder}", commit, people)
    announce(world, source)
    return source


def announce(world, source: PublicSource) -> None:
    """Make the toy public, and take it out of bench.toml."""
    text = world.plugin.read_text()
    text = text.replace('free", "PERSON/NAME.json")', f'free", "", (), {source!r})')
    text = text.replace("import numpy as np\n", "import numpy as np\n" + IMPORT, 1)
    world.plugin.write_text(text)
    (world.folder / "bench.toml").write_text('plugins = ["toy.py"]\n')


IMPORT = "from bench.core.dataset import PublicSource\n"


@needs_git
def test_a_clone_has_only_what_is_read_and_is_found_without_a_setting(world, repository) -> None:
    shown = world.bench("data", "get", "toy")
    assert (shown.code, shown.err) == (0, "")
    for part in (repository.address, repository.commit, "free", "Toy", "found     no; by --clone"):
        assert part in shown.out
    assert not (world.folder / "public").exists(), "without --clone nothing is run"
    done = world.bench("data", "get", "toy", "--clone")
    assert done.code == 0, done.err
    there = world.folder / "public" / "Toys"
    assert sorted(path.name for path in there.iterdir()) == [".git", *(f"p{i}" for i in range(6))]
    assert commit_of(there) == repository.commit
    assert f"found     {there}" in done.out
    ran = world.bench("run", "-m", "mean", "-d", "public", "--engine", "serial")
    assert ran.code == 0, ran.err
    assert "toy/3, loso" in ran.out
    shutil.rmtree(world.folder / "remote")
    assert world.bench("data", "get", "toy", "--clone").code == 0, "it is there: nothing to clone"


@needs_git
def test_the_line_that_is_shown_does_the_same(world, repository) -> None:
    (one,) = json.loads(world.bench("data", "get", "toy", "--json").out)
    assert one["found"] is None
    subprocess.run(one["clone"], shell=True, check=True, capture_output=True, cwd=world.folder)
    (one,) = json.loads(world.bench("data", "get", "toy", "--json").out)
    assert one["found"] == str(world.folder / "public" / "Toys")


@needs_git
def test_a_clone_elsewhere_says_what_to_write(world, repository) -> None:
    place = world.folder / "else where"
    shown = world.bench("data", "get", "toy", "--clone", "--folder", str(place))
    line = f'toy = "{place / "Toys"}"'
    assert f"[roots]\n{line}\n" in shown.out
    with (world.folder / "bench.toml").open("a") as file:
        file.write(f"[roots]\n{line}\n")
    assert world.bench("run", "-m", "mean", "-d", "public", "--engine", "serial").code == 0


@needs_git
def test_without_a_network_one_line_says_what_to_do_by_hand(world, repository) -> None:
    shutil.rmtree(world.folder / "remote")
    failed = world.bench("data", "get", "toy", "--clone")
    assert failed.code == 2
    line = failed.err.strip().splitlines()[-1]
    assert re.search(r"cannot be cloned \(fatal: .*\); is there a network\? Else by hand: ", line)
    assert f"copy {', '.join(repository.paths)} of the repository at commit " in line
    assert line.endswith(f"into {world.folder / 'public' / 'Toys'}, under the same paths")
    assert list((world.folder / "public").iterdir()) == [], "half a clone is none"
    # What the line says works.
    for person in repository.paths:
        (world.folder / "public" / "Toys" / person).mkdir(parents=True)
        (world.folder / "public" / "Toys" / person / "c-low.json").write_text("[1, 2]")
    assert "toy at" in world.bench("data", "check", "toy").out


def test_without_git_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    source = PublicSource("https://example.org/a/b", "0" * 40, ("x",))
    with pytest.raises(settings.BenchError, match=r"git is not installed; by hand: copy x of"):
        clone(source, tmp_path / "public" / "b")


def test_what_is_not_public_is_said(world) -> None:
    failed = world.bench("data", "get", "casme2")
    assert failed.code == 2
    assert "casme2 is not public: Free for academic research under a signed" in failed.err
    assert "unknown public dataset 'megc'" in world.bench("data", "get", "megc").err


def test_no_public_dataset_names_the_command_that_gets_one(world) -> None:
    failed = world.bench("run", "-m", "mean", "-d", "public")
    assert failed.code == 2
    assert "no public dataset is found; `bench data get` lists them" in failed.err


def test_every_public_dataset_of_this_package_can_be_got(world) -> None:
    sources = public_sources(load())
    assert {"megc2019flow", "casme2lbptop", "megc2019lbptop", "landmarks"} <= sources.keys()
    shown = world.bench("data", "get").out
    for name, source in sources.items():
        assert name in shown
        assert re.fullmatch("[0-9a-f]{40}", source.commit)
        assert (
            clone_line(source, Path("public") / source.repository)
            .split(" && ")[0]
            .replace("public/", f"{world.folder}/public/")
            in shown
        )
        assert source.paths
        assert not [path for path in source.paths if path.startswith("/") or ".." in path]


def test_with_clones_alone_other_names_are_still_stand_ins(world, monkeypatch) -> None:
    (world.folder / "bench.toml").write_text("")
    (world.folder / "public" / "HTNet").mkdir(parents=True)
    made = []

    def stand_ins(*given: object) -> dict[str, Path]:
        made.append(given)
        return {"casme2": world.folder}

    monkeypatch.setattr(settings, "stand_ins", stand_ins)
    registry, found = read_settings()
    names = {
        words: [one.name for one in chosen_datasets(registry, found, words, 1, None)[0]]
        for words in ("all", "public", "megc*", "megc2019flow")
    }
    assert set(map(tuple, names.values())) == {("megc2019flow",)}
    assert not made
    datasets, _ = chosen_datasets(registry, found, "casme2", 1, None)
    assert [one.name for one in datasets] == ["casme2"]
    assert made


def test_minutes_is_quick_with_fewer_epochs_and_never_a_papers_full_run() -> None:
    registry = load()
    shorter = {name: m for name, m in registry.methods.items() if "minutes" in m.presets}
    assert {"htnet", "rcn"} <= shorter.keys()
    for method in shorter.values():
        quick, minutes = (replace(method(), **method.presets[p]) for p in ("quick", "minutes"))
        assert minutes.epochs < quick.epochs
        assert replace(minutes, epochs=quick.epochs) == quick
    rows = {row.label: row for row in configure(registry, "all", "minutes")}
    for name, method in registry.methods.items():
        expected = next((p for p in ("minutes", "quick") if p in method.presets), "paper")
        assert rows[name].preset == expected


def test_without_git_the_commit_of_a_clone_is_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    monkeypatch.setenv("PATH", "")
    assert commit_of(tmp_path) == "unknown"

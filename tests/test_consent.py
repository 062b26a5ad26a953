"""The plugins of a bench.toml are a stranger's code until its user has agreed to run them."""

from __future__ import annotations

import json
import os
import py_compile
import shutil
from pathlib import Path

import pytest

from bench.plugins import trust

LEFT = '\nfrom pathlib import Path\nPath({!r}).write_text("ran")\n'


@pytest.fixture
def stranger(world, monkeypatch):
    """A working folder from elsewhere, whose plugin leaves a file where it is imported."""
    monkeypatch.delenv("BENCH_TRUST")
    mark = world.folder / "ran"
    world.plugin.write_text(world.plugin.read_text() + LEFT.format(str(mark)))
    return world


def ran(world):
    """Whether the plugin was imported since the last call; forgotten, it is imported again."""
    mark = world.folder / "ran"
    found = mark.exists()
    mark.unlink(missing_ok=True)
    for name in [name for name in os.sys.modules if name.startswith("bench_plugin_")]:
        del os.sys.modules[name]
    return found


READING = (
    ["list"],
    ["info", "majority"],
    ["board"],
    ["results", "list"],
    ["literature", "check"],
    ["data", "cache"],
)
RUNNING = (["run", "-m", "mean"], ["plan"], ["repro", "toy-3/mean"], ["info", "mean"])


def test_no_command_runs_what_nobody_agreed_to(stranger):
    assert stranger.run("--plugin", "toy.py").code == 0
    assert ran(stranger)
    for words in READING:
        done = stranger.bench(*words)
        assert done.code in (0, 1), (words, done.err)
        assert not ran(stranger), words
    for words in RUNNING:
        done = stranger.bench(*words)
        assert done.code == 2, words
        assert "bench.toml" in done.err
        assert "`bench trust`" in done.err
        assert not ran(stranger), words
    assert stranger.bench("run").err.count("\n") == 1


def test_completion_runs_nothing(stranger):
    from bench.cli.complete import complete_methods

    ran(stranger)
    assert "majority" in complete_methods("")
    assert not ran(stranger)


def test_consent_holds_until_something_changes(stranger):
    ran(stranger)
    shown = stranger.bench("trust", "--yes")
    assert shown.code == 0
    assert str(stranger.plugin) in shown.out
    assert (
        trust.consent_to(stranger.folder / "bench.toml", [stranger.plugin]).files[
            str(stranger.plugin)
        ]
        in shown.out
    )
    assert not ran(stranger)
    assert stranger.bench("info", "mean").code == 0
    assert ran(stranger)
    # Other settings are not code.
    settings = stranger.folder / "bench.toml"
    settings.write_text('cache_size = "1GB"\n' + settings.read_text())
    assert stranger.bench("info", "mean").code == 0
    assert ran(stranger)
    stranger.plugin.write_text(stranger.plugin.read_text() + "\n")
    done = stranger.bench("run")
    assert done.code == 2
    assert "changed since you agreed to run them (toy.py)" in done.err
    assert not ran(stranger)
    assert "changed since: toy.py" in stranger.bench("trust", "--list").out
    assert stranger.bench("trust", "--yes").code == 0
    assert stranger.bench("info", "mean").code == 0
    assert stranger.bench("trust", "--forget").code == 0
    ran(stranger)
    assert stranger.bench("info", "mean").code == 2
    assert not ran(stranger)
    assert stranger.bench("trust", "--forget").code == 2


def test_consent_is_for_one_place_and_for_the_plugins_of_the_list(stranger):
    assert stranger.bench("trust", "--yes").code == 0
    other = stranger.folder / "other"
    other.mkdir()
    for name in ("toy.py", "bench.toml"):
        shutil.copy(stranger.folder / name, other / name)
    stranger.patch.setenv("BENCH_CONFIG", str(other / "bench.toml"))
    ran(stranger)
    assert stranger.bench("run").code == 2
    stranger.patch.setenv("BENCH_CONFIG", str(stranger.folder / "bench.toml"))
    (stranger.folder / "more.py").write_text(LEFT.format(str(stranger.folder / "ran")))
    (stranger.folder / "bench.toml").write_text('plugins = ["toy.py", "more.py"]\n')
    assert "changed since you agreed to run them (more.py)" in stranger.bench("run").err
    assert not ran(stranger)


def test_a_folder_is_trusted_with_all_that_it_can_import(stranger):
    folder = stranger.folder / "plug"
    folder.mkdir()
    stranger.plugin.rename(folder / "__init__.py")
    (folder / "helper.py").write_text("VALUE = 1\n")
    (folder / "notes.txt").write_text("no code")
    elsewhere = stranger.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "linked.py").write_text("VALUE = 1\n")
    (folder / "sub").symlink_to(elsewhere)
    (stranger.folder / "bench.toml").write_text('plugins = ["plug"]\n[roots]\ntoy = "data"\n')
    assert stranger.bench("trust", "--yes").code == 0
    (folder / "notes.txt").write_text("still none")
    assert stranger.bench("info", "mean").code == 0
    for file in (folder / "helper.py", elsewhere / "linked.py", folder / "new.so"):
        before = file.read_text() if file.exists() else None
        file.write_text("VALUE = 2\n")
        assert file.name in stranger.bench("run").err
        file.unlink() if before is None else file.write_text(before)
        assert stranger.bench("info", "mean").code == 0


def test_bytecode_beside_a_plugin_is_never_run(stranger):
    """The source is what its user has read."""
    folder = stranger.folder / "plug"
    folder.mkdir()
    stranger.plugin.rename(folder / "__init__.py")
    init = folder / "__init__.py"
    init.write_text(
        "from . import helper\n" + init.read_text().split("\nfrom pathlib import Path\nPath(")[0]
    )
    helper = folder / "helper.py"
    for source in (init, helper):
        honest = source.read_text() if source.exists() else "VALUE = 1\n"
        source.write_text(LEFT.format(str(stranger.folder / "ran")) + honest)
        # Such bytecode is taken for that of any source.
        py_compile.compile(
            str(source), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )
        source.write_text(honest)
    (stranger.folder / "bench.toml").write_text('plugins = ["plug"]\n[roots]\ntoy = "data"\n')
    assert stranger.bench("trust", "--yes").code == 0
    ran(stranger)
    assert stranger.bench("info", "mean").code == 0
    assert not ran(stranger)


def test_a_variable_or_the_command_line_agree_too(stranger):
    ran(stranger)
    assert stranger.bench("info", "mean", "--plugin", "toy.py").err == ""
    assert ran(stranger)
    stranger.patch.setenv("BENCH_TRUST", "1")
    assert stranger.bench("info", "mean").err == ""
    assert ran(stranger)
    stranger.patch.setenv("BENCH_TRUST", "0")
    assert stranger.bench("info", "mean").code == 2


def test_nobody_to_ask_is_no_consent(stranger):
    stranger.patch.setattr("sys.stdin", open(os.devnull))  # noqa: SIM115, PTH123
    done = stranger.bench("trust")
    assert done.code == 2
    assert "--yes" in done.err
    assert not trust.store().exists()


def test_what_remembers_is_the_users_alone_and_may_be_damaged(stranger):
    assert stranger.bench("trust", "--yes").code == 0
    file = trust.store()
    assert file.is_relative_to(stranger.folder / "state")
    (one,) = json.loads(file.read_text())
    assert one["config"] == str(stranger.folder / "bench.toml")
    for text in ("", "{}", '[{"config": 1}]'):
        file.write_text(text)
        done = stranger.bench("info", "mean")
        assert done.code == 2
        assert str(file) in done.err
        assert done.err.count("\n") == 1


@pytest.mark.parametrize("plugins", ["gone.py", "/", "/dev/zero", "data"])
def test_what_is_no_plugin_cannot_be_agreed_to(stranger, plugins):
    (stranger.folder / "bench.toml").write_text(f'plugins = ["{plugins}"]\n')
    done = stranger.bench("trust", "--yes")
    assert done.code == 2
    assert done.err.count("\n") == 1


HOSTILE = {
    "a home of nobody": 'results = "~nobody-of-this-name/x"',
    "NUL": 'results = "a\\u0000b"',
    "NUL in a root": '[roots]\ncasme2 = "\\u0000"',
    "long": f'results = "{"x" * 5000}"',
    "nested": f"x = {'[' * 100_000}",
    "types": "plugins = 3",
    "size": f'cache_size = "{"9" * 400}"',
    "infinite size": "cache_size = inf",
    "escapes": '"\\u001b[31m[red]" = 1',
    "not UTF-8": b"\xff\xfe",
    "megabytes": "#" * 2_000_000,
}


@pytest.mark.parametrize("option", ["bench.toml", "--config"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_settings_are_one_line(world, name, option):
    text = HOSTILE[name]
    file = world.folder / ("bench.toml" if option == "bench.toml" else "run.toml")
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = world.bench(
        "run", "--dry-run", *(["--config", str(file)] if option == "--config" else [])
    )
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert line.isprintable()
    assert file.name in line or name == "long"


@pytest.mark.parametrize("kind", ["folder", "endless", "loop", "pipe"])
def test_settings_that_are_no_file(world, kind):
    file = world.folder / "bench.toml"
    file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.symlink_to("/dev/zero" if kind == "endless" else file.name)
    done = world.bench("plan", "-m", "mean")
    assert done.code == 2
    assert done.err.count("\n") == 1


def test_a_config_may_come_through_a_pipe(world):
    reading, writing = os.pipe()
    os.write(writing, b'methods = "mean"\ndatasets = "toy"\n')
    os.close(writing)
    assert world.bench("plan", "--config", f"/dev/fd/{reading}").code == 0
    os.close(reading)


def test_state_lies_in_the_users_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert Path(tmp_path) in trust.store().parents

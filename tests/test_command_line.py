"""Bad input: one clear line and exit code 2; help and listings: at once."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.sealing import edit


def complains(outcome, *words: str) -> None:
    """One line on standard error that holds all the words; exit code 2."""
    assert outcome.code == 2, outcome
    lines = outcome.err.strip().splitlines()
    assert len(lines) == 1, outcome.err
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in lines[0]


def test_an_unknown_method(world):
    complains(world.run(methods="maen"), "unknown method 'maen'", "did you mean", "mean")


def test_an_unknown_variant(world):
    complains(world.run(methods="mean:nosy"), "variant of mean", "noisy")


def test_an_unknown_dataset(world):
    complains(world.bench("run", "-d", "casme22"), "unknown dataset", "casme2")


def test_an_unknown_task(world):
    complains(world.run("--tasks", "7"), "--tasks '7'")


def test_an_unknown_preset(world):
    complains(world.run("--preset", "quik"), "unknown preset", "quick")


def test_an_unknown_protocol(world):
    complains(world.run("--protocol", "lopo"), "unknown protocol 'lopo'", "loso")


def test_seeds_that_are_no_numbers(world):
    complains(world.run("--seeds", "a-b"), "--seeds 'a-b'", "0-4")
    complains(world.run("--seeds", "4-2"), "--seeds '4-2'", "counts down; write 2-4")
    for words in ("²", "٣", "0-", "-1", "1,,2", "", "9" * 5000):
        complains(world.run("--seeds", words), "--seeds '", "0-4")


def test_a_root_without_data(world):
    (world.folder / "bench.toml").write_text('plugins = ["toy.py"]\n[roots]\ntoy = "nowhere"\n')
    complains(world.run(), "toy", "nowhere")


def test_a_dataset_that_was_not_configured(world):
    done = world.bench("run", "-m", "mean", "-d", "samm")
    complains(done, "samm has no data", "BENCH_SAMM_ROOT")


def test_an_unknown_key_or_root_in_the_settings(world):
    (world.folder / "bench.toml").write_text('plugins = ["toy.py"]\n[root]\ntoy = "data"\n')
    complains(world.run(), "bench.toml", "did you mean roots?")
    (world.folder / "bench.toml").write_text('plugins = ["toy.py"]\n[roots]\ntoyy = "data"\n')
    complains(world.run(), "bench.toml", "unknown dataset 'toyy'")


def test_settings_that_are_no_toml(world):
    (world.folder / "bench.toml").write_text("roots = [")
    complains(world.run(), "bench.toml")


def test_a_clip_that_cannot_be_read_is_named(world):
    file = world.folder / "data" / "p1" / "c0-low.json"
    file.write_text("[1.0,")
    done = world.run()
    assert done.code == 2
    assert "c0-low.json is truncated" in done.err


def test_a_record_of_another_format(world):
    world.run()
    path = next((world.results / "records").rglob("*.json"))
    edit(path, lambda raw: raw.update(format=99))
    complains(world.run(), path.name, "format 99", "--results")
    assert json.loads(path.read_text())["format"] == 99


def test_a_plugin_that_fails_to_import(world):
    world.plugin.write_text("import numpy\nraise ValueError('broken here')\n")
    complains(world.run(), "toy.py", "ValueError: broken here", "line 2")


def test_a_plugin_that_does_not_exist(world):
    complains(world.bench("list", "--plugin", "nothing.py"), "nothing.py", "no such file")


def test_two_plugins_of_one_name(world):
    other = world.folder / "other.py"
    other.write_text(world.plugin.read_text())
    done = world.bench("list", "--plugin", str(other))
    complains(done, "two dataset plugins are named 'toy'", "toy.py", "other.py")


def test_a_results_folder_that_cannot_be_written(world):
    (world.folder / "file").write_text("")
    complains(world.run("--results", "file/results"), "cannot write to the results folder")


def test_a_board_of_nothing(world):
    complains(world.bench("board"), "no results", "bench run")


def test_methods_and_tasks_that_do_not_go_together_are_said(world):
    done = world.run(methods="mean,lbptop")
    assert done.code == 0
    assert "lbptop on toy/3 skipped: needs lbp_top, but toy provides only numbers" in done.err


def test_nothing_to_run(world):
    complains(world.run(methods="lbptop"), "nothing to run", "needs lbp_top")


def test_globs_and_tasks(world):
    world.run("--tasks", "2,3", methods="mea*")
    tasks = {raw["inputs"]["task"] for raw in world.records().values()}
    assert tasks == {"toy/2", "toy/3"}


def test_kfold_deals_subjects(world):
    world.run("--protocol", "kfold:3")
    folds = [raw["clips"] for raw in world.records().values()]
    people = [{clip.split("/")[1] for clip in clips} for clips in folds]
    assert len(people) == 3
    assert sum(map(len, people)) == 6


def test_hde_on_a_single_database_is_refused(world):
    complains(world.run("--protocol", "hde"), "hde holds out one database")


def test_a_dry_run_leaves_nothing(world):
    done = world.run("--dry-run")
    assert "toy/3" in done.out
    assert not world.results.exists()


def test_the_plan_knows_what_is_done(world):
    world.run("--limit-folds", "2")
    done = world.bench("plan", "-m", "mean", "-d", "toy", "--json")
    (cell,) = json.loads(done.out)
    assert (cell["folds"], cell["done"]) == (6, 2)
    assert cell["seconds_left"] > 0


def test_boards_in_every_format(world):
    world.run()
    table = json.loads(world.bench("board", "--format", "json").out)["tables"][0]
    assert table["rows"][0]["scores"]["uf1"]["value"] == 1.0
    line = world.bench("board", "--format", "csv").out.splitlines()
    assert dict(zip(line[0].split(","), line[1].split(","), strict=True))["uar"] == "1.0"
    first = world.bench("board", "--format", "markdown").out
    assert first == world.bench("board", "--format", "markdown").out
    assert first == (world.results / "leaderboard.md").read_text()
    assert "\\toprule" in world.bench("board", "--format", "latex").out
    assert "<table>" in world.bench("board", "--format", "html").out
    world.bench("board", "-o", "published")
    assert (world.folder / "published" / "leaderboard.md").read_text() == first


def test_merging_another_machines_results(world):
    world.run("--seeds", "0", "--results", "a")
    world.run("--seeds", "1", "--results", "b")
    done = world.bench("results", "import", "b", "--results", "a")
    assert "Imported 6 files" in done.out
    listed = world.bench("results", "list", "--results", "a", "--json")
    assert [(row["seed"], row["ok"]) for row in json.loads(listed.out)] == [(0, 6), (1, 6)]
    complains(world.bench("results", "import", "data", "--results", "a"), "not a results folder")


def test_a_new_method_runs_at_once_on_frames(world):
    done = world.bench("new", "method", "mymethod")
    assert done.code == 0
    listed = world.bench("list", "methods", "--plugin", "mymethod.py", "--json")
    names = {row["name"] for row in json.loads(listed.out)["methods"]}
    assert "mymethod" in names
    complains(world.bench("new", "method", "mymethod"), "exists")
    complains(world.bench("new", "method", "My-Method"), "one lower-case word")


def test_info_on_everything(world):
    listed = json.loads(world.bench("list", "--json").out)
    assert not listed["broken"]
    for row in (*listed["methods"], *listed["datasets"]):
        done = world.bench("info", row["name"])
        assert done.code == 0
        assert row["title"] in done.out


@pytest.mark.parametrize("words", [["-h"], ["list"], ["list", "--json"], ["info", "mfvan"]])
def test_listings_import_nothing_heavy(words):
    code = (
        "import sys; sys.argv = ['bench', *sys.argv[1:]]\n"
        "from bench.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        # A package that was imported has modules of its own; numpy's name alone may stand there.
        "heavy = {'numpy', 'torch', 'sklearn', 'skimage', 'scipy', 'numba', 'cv2', 'matplotlib',"
        "    'timm', 'PIL'}\n"
        "inner = {name.partition('.')[0] for name in sys.modules if '.' in name}\n"
        "print('HEAVY', sorted(heavy & inner))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, text=True, check=True
    )
    assert "HEAVY []" in done.stdout


def test_stand_ins_run_the_quick_preset_and_their_references(world):
    (world.folder / "data" / "SYNTHETIC.json").write_text("{}")
    done = world.bench("plan", "-m", "mean", "-d", "toy", "--json")
    cells = json.loads(done.out)
    assert {"mean", "majority", "auoracle"} <= {cell["method"] for cell in cells}
    assert {cell["preset"] for cell in cells if cell["method"] == "mean"} == {"quick"}
    assert all(cell["synthetic"] for cell in cells)
    assert "Running on SYNTHETIC stand-ins, preset quick; --preset paper" in done.err
    asked = world.bench("plan", "-m", "mean", "-d", "toy", "--preset", "paper", "--json")
    assert {cell["preset"] for cell in json.loads(asked.out)} == {"paper"}


def test_a_plugin_that_exits_at_import_is_a_line(world):
    (world.folder / "leaves.py").write_text("import sys\nsys.exit(0)\n")
    done = world.bench("list", "--plugin", "leaves.py")
    assert done.code == 2
    assert "leaves.py fails to import: ExitError: SystemExit(0) was raised; guard" in done.err
    assert done.err.count("--plugin") == 1


def test_a_file_in_place_of_the_cache_is_a_line(world):
    (world.folder / "file").touch()
    world.patch.setenv("BENCH_CACHE", str(world.folder / "file"))
    done = world.run()
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "file" in done.err
    assert "to a folder that can be written" in done.err


def test_a_range_of_seeds_that_nobody_means_is_a_line(world):
    for words in ("0-99999999", "0-600,1000-1600"):
        complains(world.run("--seeds", words), "expected at most 1000 numbers")


def test_the_error_of_a_failed_fold_is_shown(world):
    world.patch.setenv("TOY_FAULT", "raise")
    world.run(methods="faulty")
    done = world.bench("results", "explain", "toy-3/faulty:toy-p0")
    assert "error: Traceback" in done.out
    assert "RuntimeError: cannot fit" in done.out


def test_a_plan_counts_only_the_folds_that_it_asks_for(world):
    world.run()
    words = ("plan", "-m", "mean", "-d", "toy", "--limit-folds", "2", "--json")
    (cell,) = json.loads(world.bench(*words).out)
    assert (cell["folds"], cell["done"], cell["seconds_left"]) == (2, 2, 0)


def test_paths_of_the_settings_are_relative_to_their_file(world):
    home = world.folder / "home"
    home.mkdir()
    world.patch.setenv("HOME", str(home))
    world.patch.delenv("BENCH_CACHE")
    settings = world.folder / "bench.toml"
    settings.write_text('results = "~/kept"\ncache = "mine"\n' + settings.read_text())
    (world.folder / "elsewhere").mkdir()
    world.patch.chdir(world.folder / "elsewhere")
    # Plugins are relative to the file, too.
    assert world.run().code == 0
    assert (home / "kept" / "records").is_dir()
    assert (world.folder / "mine" / "descriptions").is_dir()


def test_brackets_in_an_error_are_printed_as_they_are(world):
    plugin = world.plugin.read_text().replace("cannot fit", "expected [n, classes], not [/x]")
    world.plugin.write_text(plugin)
    world.patch.setenv("TOY_FAULT", "raise")
    done = world.run(methods="faulty")
    assert done.code == 1
    assert "RuntimeError: expected [n, classes], not [/x]" in done.err


def test_a_plugin_of_the_settings_is_checked_by_name(world):
    assert "unknown method" not in world.bench("check", "mean", "--json").err

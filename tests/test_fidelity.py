"""How closely methods follow their sources: judgements, evidence, and what boards show of them."""

from __future__ import annotations

import dataclasses
import importlib
import json
import re
import sys
from pathlib import Path

import pytest

from bench import BenchError, Fidelity, exact, reconstructed, stated
from bench.check import authors
from bench.check.authors import Authors, authors_of, compared, numbers, settings
from bench.core.clones import clone_of
from bench.plugins.registry import load

METHODS = load().methods
HERE = Path(__file__).parent


@pytest.mark.parametrize("name", METHODS)
def test_every_field_of_a_built_in_method_says_where_its_value_comes_from(name):
    fields = {field.name for field in dataclasses.fields(METHODS[name])}
    assert fields == set(METHODS[name].sources)


CODE = re.compile(r"\S+\.\w+:\d+(?: and \S+\.\w+:\d+)* at ([0-9a-f]{7}|commit unknown)\b")
PAPER = re.compile(r"\b(section|equation|table|abstract|title)\b")


@pytest.mark.parametrize("name", METHODS)
def test_a_source_is_a_line_of_a_known_commit_or_a_place_in_a_paper_or_ours(name):
    """`FILE:LINE at COMMIT`, or the place in a paper; "commit unknown", "section not known"."""
    fidelity = METHODS[name].facts.fidelity
    told = " ".join(part.evidence for _, part in fidelity.parts)
    commits = {*re.findall(r"[\w-]+/[\w.-]+ at ([0-9a-f]{7})\b", told), "commit unknown"}
    for field, source in METHODS[name].sources.items():
        lines = CODE.findall(source)
        ours = source.startswith(("our choice", "scikit-learn's default"))
        assert lines or ours or PAPER.search(source), (field, source)
        assert {*lines} <= commits, (field, source)
        assert "public code" not in source, (field, source)


@pytest.mark.parametrize(
    "source", ["public code, main.py", "main.py at 1afb56e", "main.py:90", "the paper: 64 channels"]
)
def test_a_file_without_line_or_commit_is_no_source(source):
    assert not CODE.search(source)
    assert not PAPER.search(source)


EXACT = [name for name in METHODS if METHODS[name].facts.fidelity.network.word == "exact"]


# timm's networks are not rebuilt here: the library's own are called.
@pytest.mark.parametrize("name", sorted({*EXACT} - {"timm"}))
def test_exact_has_a_comparison_behind_it(name):
    """Networks called exact come with the adapter that compares them, and name its commit."""
    compared_with = authors_of(METHODS[name])
    evidence = METHODS[name].facts.fidelity.network.evidence
    assert any(f"{one.repository} at {one.commit[:7]}" in evidence for one in compared_with)


def test_the_differences_that_facts_state_are_those_of_the_documented_run():
    rows = (HERE.parent / "docs" / "fidelity.md").read_text().splitlines()
    table = {row.split(" | ")[0].removeprefix("| "): row for row in rows if row.startswith("| ")}
    stated = {
        name: re.findall(r"[0-9.]+e-[0-9]+", METHODS[name].facts.fidelity.network.evidence)
        for name in METHODS
    }
    assert sum(map(bool, stated.values())) >= 8
    for name, numbers_ in stated.items():
        assert all(number in table[name] for number in numbers_), name


def test_every_reconstructed_network_says_what_it_follows():
    """Boards print it under what reconstructed names stand for."""
    networks = {name: METHODS[name].facts.fidelity.network for name in METHODS}
    told = {n: one.evidence for n, one in networks.items() if one.word == "reconstructed"}
    assert len(told) >= 9
    for name, evidence in told.items():
        assert re.search("after |abstract|paper", evidence), name


def test_many_networks_are_exact():
    assert len(EXACT) >= 8


def test_a_board_shows_the_weakest_part():
    parts = exact("a"), stated("b"), reconstructed("c")
    assert Fidelity(*parts).weakest == "reconstructed"
    assert Fidelity(parts[1], parts[0], parts[0]).weakest == "stated"
    assert Fidelity(parts[0], parts[0], parts[0]).weakest == "exact"


def test_a_word_stands_for_all_parts_but_exact_needs_evidence():
    assert Fidelity.of("paper").weakest == "stated"
    with pytest.raises(BenchError, match="expected stated, reconstructed or original"):
        Fidelity.of("exact")


def test_a_preset_that_changes_what_was_judged_loses_the_word():
    mmnet = METHODS["mmnet"]
    assert mmnet.fidelity_of("paper", "") == "stated"
    assert mmnet.fidelity_of("3class", "") == "stated"
    assert mmnet.fidelity_of("quick", "") == "changed"
    assert METHODS["lgccon"].fidelity_of("quick", "") == "changed"
    assert METHODS["mfvan"].fidelity_of("paper", "delta") == "changed"
    # All fields as judged, under another name.
    assert METHODS["mfvan"].fidelity_of("paper", "global+ri+scale123") == "reconstructed"
    # Published here first, presets and all.
    assert METHODS["timm"].fidelity_of("quick", "") == "original"


def test_no_preset_that_changes_a_field_keeps_the_word():
    """Written out field by field, without the code under test."""
    seen = 0
    for name, method in METHODS.items():
        for preset, fields in method.presets.items():
            same = all(getattr(method(), field) == value for field, value in fields.items())
            own = method.facts.fidelity.weakest == "original"
            if not same and not own and preset not in method.as_judged:
                assert method.fidelity_of(preset, "") == "changed", (name, preset)
                seen += 1
    assert seen >= 25


def test_preprocessing_is_judged_by_what_a_dataset_ships():
    ststnet = METHODS["ststnet"]
    assert ststnet.fidelity_of("paper", "") == "reconstructed"
    assert ststnet.fidelity_of("paper", "", {"flow_image"}) == "stated"
    assert ststnet.fidelity_of("paper", "weights=1d3520a81afb", {"flow_image"}) == "stated"
    assert ststnet.fidelity_of("paper", "epochs=3+weights=1d3520a81afb") == "changed"
    assert "TV-L1" in ststnet.facts.fidelity.given({"frames"}).gaps
    assert ststnet.facts.fidelity.given({"flow_image"}).gaps == ""
    offapex = METHODS["offapex"].facts.fidelity
    assert "TV-L1" in offapex.given({"frames", "action_units"}).gaps
    shipped = offapex.given({"flow_image"})
    assert "TV-L1" not in shipped.gaps
    assert "preprocessing: flow image as the dataset ships it" in shipped.gaps
    assert METHODS["flowsvm"].facts.fidelity.given({"flow_image"}).weakest == "original"


def test_facts_can_be_kept_in_a_set():
    every = [plugin.facts for plugin in METHODS.values()]
    assert {facts.title for facts in set(every)} == {facts.title for facts in every}


def test_comparisons_tell_equal_from_different():
    assert numbers("network", "x", [1.0, 2.0], [1.0, 2.0 + 1e-6]).agrees
    assert not numbers("network", "x", [1.0, 2.0], [1.0, 2.001]).agrees
    assert not numbers("network", "x", [1.0], [1.0, 2.0]).agrees
    # Zeros agree with everything that is broken.
    assert not numbers("network", "x", [0.0, 0.0], [0.0, 0.0]).agrees
    found = settings({"epochs": (30, 30), "rate": (0.1, 0.2)})
    assert [(one.agrees, one.detail) for one in found] == [(True, "30"), (False, "0.1, theirs 0.2")]


@pytest.mark.parametrize("name", ["rcn", "lgccon"])
def test_the_momentum_of_a_recipe_is_that_of_its_optimiser(name):
    """ModelTrain_Final.py:174 at 0c516cb and solver.prototxt:14 at a34d137 have .9."""
    assert authors.momentum(METHODS[name]()) == 0.9


def test_a_folder_that_is_no_clone_is_refused(tmp_path):
    authors = Authors("owner/name", "1234567890", lambda code: iter(()), ("main.py",))
    with pytest.raises(
        BenchError, match=r"no main\.py, .* expected a clone of owner/name at 1234567"
    ):
        clone_of(authors, tmp_path)
    (tmp_path / "name").mkdir()
    (tmp_path / "name/main.py").touch()
    assert clone_of(authors, tmp_path) == tmp_path / "name"
    assert compared(authors, tmp_path / "name").comparisons == ()


def test_modules_of_a_clone_are_forgotten_and_those_of_its_neighbour_are_not(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder in ("clone", "clone2"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"of_{folder}.py").touch()
    monkeypatch.syspath_prepend(tmp_path / "clone2")
    # As `--code clone` gives it.
    with authors.importable(Path("clone")):
        importlib.import_module("of_clone")
        importlib.import_module("of_clone2")
    assert "of_clone" not in sys.modules
    assert sys.modules.pop("of_clone2")


def test_a_script_of_another_commit_is_said(tmp_path):
    (tmp_path / "net.py").write_text("class Other: pass\n")
    with pytest.raises(BenchError, match=r"net\.py: no Net .*another commit"):
        authors.definitions(tmp_path, "net.py", ("Net",), {})


def test_public_code_that_is_not_run_here_is_named_with_the_reason(world):
    done = world.bench("fidelity", "dssn")
    assert done.code == 2
    for word in (METHODS["dssn"].facts.url, "763f257", "Theano"):
        assert word in done.err
    assert "no public code is known" in world.bench("fidelity", "offapex").err


@pytest.fixture
def adapters(monkeypatch) -> dict[str, tuple[Authors, ...]]:
    """Adapters by method, in place of those in the methods' folders."""
    found: dict[str, tuple[Authors, ...]] = {}
    monkeypatch.setattr(authors, "authors_of", lambda method: found.get(method.name, ()))
    return found


def agreeing(code):
    yield numbers("network", "logits", [1.0], [1.0])


def differing(code):
    yield numbers("network", "logits", [1.0], [2.0])


def lacking(code):
    raise ModuleNotFoundError("No module named 'einops'", name="einops")
    yield


def public(name, compare) -> Authors:
    return Authors(f"owner/{name}", "1234567890", compare, ("a.py",))


def clone(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "a.py").touch()


def test_what_cannot_be_compared_is_named_and_the_others_are(world, tmp_path, adapters):
    adapters["ststnet"] = (public("good", agreeing),)
    adapters["htnet"] = (public("lacking", lacking),)
    adapters["rcn"] = (public("elsewhere", differing),)
    clone(tmp_path, "good")
    clone(tmp_path, "lacking")
    command = ("fidelity", "all", "--code", str(tmp_path), "--markdown")
    done = world.bench(*command)
    assert done.code == 0
    assert "| ststnet | owner/good" in done.out
    assert "left out htnet: " in done.err
    assert "pip install einops" in done.err
    assert "left out rcn: " in done.err
    clone(tmp_path, "elsewhere")
    assert world.bench(*command).code == 1


def test_where_nothing_can_be_compared_every_reason_is_named(world, tmp_path, adapters):
    adapters["htnet"] = (public("lacking", lacking),)
    adapters["rcn"] = (public("elsewhere", agreeing), public("other", agreeing))
    clone(tmp_path, "lacking")
    done = world.bench("fidelity", "htnet,rcn", "--code", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    htnet, first, second, last = done.err.splitlines()
    assert htnet.startswith("left out htnet: ")
    assert "pip install einops" in htnet
    assert first.startswith("left out rcn: ")
    assert "owner/elsewhere" in first
    assert second.startswith("left out rcn: ")
    assert "owner/other" in second
    assert last == "bench: nothing could be compared, for the 3 reasons above"
    alone = world.bench("fidelity", "htnet", "--code", str(tmp_path))
    assert alone.code == 2
    assert re.fullmatch(r"bench: htnet: .*pip install einops\n", alone.err)


def test_a_method_with_two_repositories_is_compared_with_those_that_are_there(
    world, tmp_path, adapters
):
    def recipe(code):
        yield from settings({"epochs": (30, 30), "rate": (0.1, 0.2)})

    adapters["rcn"] = (public("network", agreeing), public("recipe", recipe))
    how = world.bench("fidelity", "rcn").out
    assert how.count("git clone") == 2
    command = ("fidelity", "rcn", "--code", str(tmp_path))
    clone(tmp_path, "recipe")
    done = world.bench(*command, "--json")
    assert done.code == 0
    assert [one["repository"] for one in json.loads(done.out)["rcn"]] == ["owner/recipe"]
    assert "left out rcn: " in done.err
    clone(tmp_path, "network")
    row = world.bench(*command, "--markdown").out.splitlines()[-1]
    assert row.startswith("| rcn | owner/network at unknown; owner/recipe at unknown | logits: ")
    assert row.endswith("| epochs | rate: 0.1, theirs 0.2 |")

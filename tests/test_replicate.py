"""Published numbers from published files: claims, what they read, and the command."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.io import savemat
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score
from sklearn.metrics.pairwise import additive_chi2_kernel
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from test_megc2019flow import clone as drawn_flow
from test_ststnet import ThreeStreams

from bench import BenchError
from bench.data.megc2019 import official
from bench.data.reading.coded import THREE
from bench.datasets import casme2lbptop
from bench.literature.replication import Claim, Number, Source, find, find_claims, recomputed
from bench.literature.replication.artefacts import constant, printed, unpickled
from bench.literature.replication.claim import agrees

CLAIMS = find_claims()
PAGE = Path(__file__).parents[1] / "docs" / "replicate.md"
RNG = np.random.default_rng(14)
CLIPS = list(official())
TRUTH = np.array([THREE.index(word) for word in official().values()])
GUESS = np.where(RNG.random(len(CLIPS)) < 0.7, TRUTH, RNG.integers(0, 3, len(CLIPS)))
DATABASE = np.array([clip.split("/")[0] for clip in CLIPS])
SMALL = {"SIZE": 60, "CLIPS": (3,) * 26, "FEAR_OR_SADNESS": (5, 9)}
"""Drawn LBP-TOP: fewer features and rows than CASME II's, by the names in the dataset's module."""
ROWS = np.arange(sum(SMALL["CLIPS"]))
PLUGIN = """
from bench.literature.replication import Claim, Number, Source

def recompute(first, second):
    return {"size": (first / "a.txt").stat().st_size, "half": float((second / "b.txt").read_text())}

CLAIMS = {
    "own": Claim(
        title="Own",
        where="Table 1",
        how="sizes",
        sources=(
            Source("me/first", "1" * 40, ("a.txt",)),
            Source("me/second", "2" * 40, ("b.txt",)),
        ),
        recompute=recompute,
        numbers=(Number("size", "3"), Number("half", "0.51", "0.50", "a | b")),
    )
}
"""


def expected(
    rows: np.ndarray, truth: np.ndarray = TRUTH, guess: np.ndarray = GUESS
) -> dict[str, float]:
    """Scores of some clips by scikit-learn."""
    t, p = truth[rows], guess[rows]
    return {
        "UF1": f1_score(t, p, average="macro"),
        "UAR": recall_score(t, p, average="macro"),
        "accuracy": accuracy_score(t, p),
        "macro precision": precision_score(t, p, average="macro"),
        "clips": len(t),
    }


def folds(rows: np.ndarray) -> dict[str, list[int]]:
    """Rows by subject, as the logs spell these: sub01, s1, 006."""
    found: dict[str, list[int]] = {}
    for row in rows.tolist():
        database, subject, _ = CLIPS[row].split("/")
        found.setdefault(("sub" if database == "casme2" else "") + subject, []).append(row)
    return found


def megc_log(rows: np.ndarray, truth: np.ndarray = TRUTH, guess: np.ndarray = GUESS) -> str:
    """A log of MEGC 2019."""
    return "".join(
        f"{CLIPS[i].split('/')[0]} {CLIPS[i].split('/')[1]}\n"
        f"{CLIPS[i].split('/')[2]} {truth[i]} {guess[i]}\n"
        for i in rows
    )


EVERY = np.arange(len(CLIPS))


def ststnet_matlab(clone: Path, *_: Path) -> dict[str, float]:
    (clone / "STSTNet_logfile.txt").write_text(megc_log(EVERY))
    parts = {
        f"{name} {part}": value
        for part in ("smic", "casme2", "samm")
        for name, value in expected(EVERY[part == DATABASE]).items()
    }
    return expected(EVERY) | parts | {"wrong labels": 0}


def ststnet_python(clone: Path) -> dict[str, float]:
    text, so_far = "", []
    for i, (name, rows) in enumerate(folds(EVERY).items()):
        so_far += rows
        # One of the scores so far is another.
        running = f1_score(TRUTH[so_far], GUESS[so_far], average="macro") + 0.1 * (i == 20)
        text += (
            f"Subject: {name} \nPredicted   : {GUESS[rows].tolist()} \n"
            f"Ground Truth: {TRUTH[rows].tolist()} \nUF1: {round(running, 4)} | UAR: nan \n"
        )
    text += f"Final Evaluation: \nUF1: {round(running, 4)} | UAR: nan \n"
    (clone / "STSTNet_python_logfile.txt").write_text(text)
    return expected(EVERY) | {"running UF1 as printed": 67}


def capsulenet_log(clone: Path) -> dict[str, float]:
    rows, wrong = EVERY[7:], TRUTH.copy()
    wrong[100] = (wrong[100] + 1) % 3
    (clone / "result_log.csv").write_text(megc_log(rows, wrong))
    listed = {f"{name} with listed classes": value for name, value in expected(rows).items()}
    return expected(rows, wrong) | listed | {"clips": 435, "wrong labels": 1}


def capsulenet_again(clone: Path) -> dict[str, float]:
    (clone / "result_log.csv").write_text(megc_log(EVERY))
    other = GUESS.copy()
    other[0] = (other[0] + 1) % 3
    # In another order, and with subjects that are not padded.
    text = megc_log(EVERY[::-1], TRUTH, other).replace("casme2 0", "casme2 ")
    (clone / "result_log_reproduced.csv").write_text(text)
    return expected(EVERY, guess=other) | {"predictions as before": 441}


def stored(clone: Path, name: str) -> dict[str, float]:
    path = clone / name
    path.parent.mkdir(exist_ok=True)
    meter = SimpleNamespace(Y_true=TRUTH, Y_pred=GUESS)
    path.write_bytes(pickle.dumps({"meter": meter, "batches_scores": [(np.float64(0.5), 1.0)]}))
    return expected(EVERY)


def htnet(clone: Path) -> dict[str, float]:
    lists = {
        name: {"pred": GUESS[rows].tolist(), "truth": TRUTH[rows].tolist()}
        for name, rows in folds(EVERY).items()
    }
    text = f"a, b = 1, 2\nthree_dataset_pred_truth = {lists!r}\nraise SystemExit('was run')\n"
    (clone / "confusion_matrix.py").write_text(text)
    return ststnet_matlab(clone)


def meb(clone: Path) -> dict[str, float]:
    pooled, averaged, means = [], [], []
    for name, rows in folds(EVERY).items():
        mean = f1_score(TRUTH[rows], GUESS[rows], average="macro")
        right = accuracy_score(TRUTH[rows], GUESS[rows])
        means.append(round(mean, 4))
        head = f"Subject: {name.removeprefix('sub')}, n={len(rows)} | train_mean: 0.9 | test_mean:"
        pooled += [f"Metric\n{head} {round(value, 4)}\n" for value in (mean, right, 0.1)]
        averaged.append(f"{head} {round(mean, 4)}\n")
    cells = [{"outputs": [{"name": "stdout", "text": part}]} for part in (pooled, averaged)]
    path = clone / "experiments" / "paper_experiments"
    path.mkdir(parents=True)
    body = json.dumps({"cells": [{"source": []}, *cells]})
    (path / "Figure 2. Different F1-metrics.ipynb").write_text(body)
    part = {
        f"micro F1 {name}": expected(EVERY[name == DATABASE])["accuracy"] for name in set(DATABASE)
    }
    found = {"micro F1": expected(EVERY)["accuracy"], "correct": (TRUTH == GUESS).sum()}
    return part | found | {"clips": 442, "mean of subjects' F1": np.mean(means)}


def ststnet_weights(clone: Path, flow: Path) -> dict[str, float]:
    import torch

    net = ThreeStreams().eval()
    drawn_flow(flow)
    images = {"sub01": 0, "006": 1, "s01": 2}
    (clone / "STSTNet_Weights").mkdir()
    (clone / "STSTNet_Weights" / "s01.pth").touch()
    lines, guesses = [], []
    for name, i in images.items():
        with torch.random.fork_rng([]):
            torch.manual_seed(i)
            for value in net.state_dict().values():
                # Whole numbers are counts of batches, which nothing reads.
                if value.is_floating_point():
                    value.uniform_(0.1, 1.0)
            net.fc.weight.data.normal_()
        torch.save(net.state_dict(), clone / "STSTNet_Weights" / f"{name}.pth")
        # As the public code has them: blue first, which is strain.
        planes = torch.zeros(1, 3, 28, 28) + torch.tensor([30.0, 20, 10]).reshape(3, 1, 1) + i
        planes[:, :, 5] += 100
        guesses.append(int(net(planes).argmax()))
    # One prediction of the log is another.
    logged = [(guesses[0] + 1) % 3, *guesses[1:]]
    for (name, truth), guess in zip((("sub01", 1), ("006", 0), ("s01", 2)), logged, strict=True):
        lines.append(f"Subject: {name} \nPredicted   : [{guess}] \nGround Truth: [{truth}] \n")
    (clone / "STSTNet_python_logfile.txt").write_text("".join(lines))
    return {"clips": 3, "predictions as in the log": 2, "UF1": f1_of([1, 0, 2], guesses)}


def f1_of(truth: list[int], guess: list[int]) -> float:
    return f1_score(truth, guess, average="macro", labels=[0, 1, 2], zero_division=0)


def casme2(clone: Path, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drawn labels with features; the rows, classes and people of the clips that have a class."""
    labels = ROWS % 5
    clone.mkdir(exist_ok=True)
    savemat(clone / "CASME2_feature_block55_P4.mat", {"feature": rows.T}, do_compression=False)
    savemat(clone / "CASME2_label.mat", {"label": labels[:, None].astype(np.uint8)})
    keep = np.setdiff1d(ROWS, np.array(SMALL["FEAR_OR_SADNESS"]) - 1)
    words = np.array(("happiness", "disgust", "surprise", "repression", "others"))[labels]
    return keep, words[keep], (ROWS // 3)[keep]


def accuracies(rows: np.ndarray, words: np.ndarray, people: np.ndarray) -> dict[str, float]:
    """The same by scikit-learn; leaving out clips only for the nearest neighbour."""

    def right(machine, x):
        guess = cross_val_predict(machine, x, words, groups=people, cv=LeaveOneGroupOut())
        return float(np.mean(guess == words))

    # The nearest is the clip itself.
    distance = -additive_chi2_kernel(rows)
    gram = np.exp(-distance / distance.mean())
    found = KNeighborsClassifier(1).fit(rows, people).kneighbors(rows, 2)[1][:, 1]
    return {
        "clips": len(rows),
        "χ² SVM, loso": right(SVC(kernel="precomputed", C=10), gram),
        "nearest neighbour, lovo": np.mean(words[found] == words),
        "nearest neighbour, loso": right(KNeighborsClassifier(1), rows),
        "neighbours of the same person": np.mean(people[found] == people),
    }


def casme2_lbptop(clone: Path) -> dict[str, float]:
    # Some of the person, some of the class, much noise.
    size = SMALL["SIZE"]
    rows = RNG.random((len(ROWS), size))
    rows += 0.3 * (RNG.random((26, size)) < 0.5)[ROWS // 3]
    rows += 0.2 * (RNG.random((5, size)) < 0.5)[ROWS % 5]
    keep, *about = casme2(clone, rows)
    return accuracies(rows[keep], *about)


def casme2_script(clone: Path) -> dict[str, float]:
    rows = np.repeat(np.eye(5)[ROWS % 5], SMALL["SIZE"] // 5, axis=1)
    casme2(clone, rows * 3)
    return {"clips": len(ROWS), "accuracy": 1.0, "classes predicted": 5}


def casme2_stlbpip(features: Path, clone: Path) -> dict[str, float]:
    keep, *about = casme2(clone, np.ones((len(ROWS), SMALL["SIZE"])))
    rows = RNG.random((len(ROWS), 20))
    rows[:, 0] += ROWS % 5
    savemat(features / "CASME2_feature_STLBP_IP.mat", {"feature": rows.T})
    return accuracies(rows[keep], *about)


DRAWN = {
    "ststnet-weights": ststnet_weights,
    "casme2-lbptop": casme2_lbptop,
    "casme2-script": casme2_script,
    "casme2-stlbpip": casme2_stlbpip,
    "ststnet-matlab": ststnet_matlab,
    "ststnet-python": ststnet_python,
    "capsulenet-log": capsulenet_log,
    "capsulenet-again": capsulenet_again,
    "capsulenet-stored": lambda clone: stored(
        clone, "outputs/scores_capsule_resnet_sampled_freeze.pkl"
    ),
    "capsulenet-trained": lambda clone: stored(
        clone, "trained/scores_capsule_resnet_sampled_fer_freeze.pkl"
    ),
    "htnet-predictions": htnet,
    "meb-sssnet": meb,
}
"""Writes a drawn artefact and returns what must come of it."""


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_computes_what_scikit_learn_does_from_a_drawn_artefact(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for constant_, value in SMALL.items():
        monkeypatch.setattr(casme2lbptop, constant_, value)
    clones = [tmp_path / str(i) for i, _ in enumerate(CLAIMS[name].sources)]
    for clone in clones:
        clone.mkdir()
    wanted = DRAWN[name](*clones)
    found = recomputed(CLAIMS[name], clones)
    # Drawn predictions are not the published ones, which must show.
    assert not found.verified
    values = {one.name: one.value for one in found.findings}
    assert {key: values[key] for key in wanted if key in values} == pytest.approx(
        {key: value for key, value in wanted.items() if key in values}
    )
    assert len(wanted.keys() & values.keys()) >= min(3, len(values))
    # What is read is what the sources name.
    for source, clone in zip(CLAIMS[name].sources, clones, strict=True):
        assert all((clone / file).is_file() for file in source.files)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_says_where_everything_is(name):
    claim = CLAIMS[name]
    for source in claim.sources:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", source.repository)
        assert re.fullmatch("[0-9a-f]{40}", source.commit)
        assert source.files
    assert claim.where or not any(number.printed for number in claim.numbers)
    assert not claim.how.endswith(".")


def test_there_are_many_claims():
    assert len(CLAIMS) >= 8


@pytest.mark.parametrize("name", CLAIMS)
def test_the_page_shows_every_claim_as_it_is(name):
    """The page is the tool's output; a claim that was changed needs it anew."""
    section = PAGE.read_text().partition(f"### {name}\n")[2].partition("\n##")[0]
    for number in CLAIMS[name].numbers:
        assert f"| {number.name} | {number.printed} | {number.target} |" in section
    assert all(f"{one.repository} at {one.commit[:7]}" in section for one in CLAIMS[name].sources)


def test_the_page_shows_how_to_add_a_claim(tmp_path):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    (tmp_path / "mine.py").write_text(code)
    (tmp_path / "log.txt").write_text(megc_log(EVERY))
    claim = find_claims([tmp_path / "mine.py"])["mymethod-log"]
    found = recomputed(claim, [tmp_path])
    assert found.findings[0].value == pytest.approx(expected(EVERY)["UF1"])


@pytest.mark.parametrize("name", CLAIMS)
def test_the_published_files_still_give_what_the_claim_says(name):
    folder = os.environ.get("BENCH_CLONES")
    if not folder:
        pytest.skip("set BENCH_CLONES to a folder with the clones that `bench replicate` lists")
    from bench.literature.replication import clones_for

    found = recomputed(CLAIMS[name], clones_for(CLAIMS[name], Path(folder)))
    assert found.verified, [one for one in found.findings if not one.verified]


@pytest.mark.parametrize(
    ("value", "text", "same"),
    [
        (0.73526, "0.7353", True),
        (0.73524, "0.7353", False),
        (0.72498, "0.7250", True),
        (0.72498, "0.725", True),
        (0.7605, "0.7186", False),
        (442, "442", True),
        (441, "442", False),
        (336 / 442, "0.7601809954751131", True),
        (-0.021, "-0.02", True),
        (float("nan"), "0.5", False),
    ],
)
def test_digits_decide_whether_numbers_are_equal(value, text, same):
    assert agrees(value, text) == same


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("UF1", "73.5 %"), "is no number"),
        (("UF1",), "neither printed nor expected"),
        (("UF1", "0.5", "0.6"), "say why"),
        (("clips", "", "435"), "say why"),
    ],
)
def test_a_number_that_explains_nothing_is_refused(words, message):
    with pytest.raises(BenchError, match=message):
        Number(*words)


def test_a_quantity_that_is_not_computed_is_named(tmp_path):
    source = Source("me/x", "1" * 40, ())
    claim = Claim("X", "", "x", (source,), lambda clone: {"UF1": 1.0}, (Number("UAR", "0.5"),))
    with pytest.raises(BenchError, match=r"no 'UAR' among UF1"):
        recomputed(claim, [tmp_path])


@pytest.fixture
def own(world):
    """A claim of two repositories, with their clones."""
    (world.folder / "own.py").write_text(PLUGIN)
    for name, file, text in (("first", "a.txt", "abc"), ("second", "b.txt", "0.501")):
        (world.folder / "clones" / name).mkdir(parents=True)
        (world.folder / "clones" / name / file).write_text(text)
    return lambda *words: world.bench("replicate", *words, "--plugin", "own.py")


def test_equal_and_different_numbers(own):
    done = own("own", "--code", "clones")
    assert done.code == 0
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in done.out.splitlines()]
    assert ["size", "3", "3", "equal", ""] in rows
    assert ["half", "0.51", "0.50", "differs", "a | b"] in rows
    body = json.loads(own("own", "--code", "clones", "--json").out)["own"]
    assert body["verified"] is True
    assert body["commits"] == {"me/first": "unknown", "me/second": "unknown"}
    assert [one["equal"] for one in body["findings"]] == [True, False]
    markdown = own("own", "--code", "clones", "--markdown").out
    assert "| half | 0.51 | 0.50 | differs | a &#124; b |" in markdown


def test_a_number_that_is_no_longer_the_claims_fails(own, world):
    (world.folder / "clones/first/a.txt").write_text("abcd")
    done = own("own", "--code", "clones")
    assert done.code == 1
    assert re.search(r"size +│ 3 +│ 4 +│ UNEXPECTED", done.out)


@pytest.mark.parametrize("text", ["no number", ""])
def test_a_file_that_is_not_what_it_was_is_one_line(own, world, text):
    (world.folder / "clones/second/b.txt").write_text(text)
    done = own("own", "--code", "clones")
    assert done.code == 2
    assert "Own: cannot be recomputed from clones/first, clones/second (ValueError" in done.err
    assert "Traceback" not in done.err


def test_without_clones_it_says_which_to_get(own):
    done = own("own")
    assert done.code == 0
    assert "git clone https://github.com/me/first\n" in done.out
    assert f"git -C second checkout {'2' * 40}\n" in done.out
    assert [one["name"] for one in json.loads(own("own", "--json").out)["own"]["numbers"]] == [
        "size",
        "half",
    ]


def test_claims_without_their_clones_are_named_and_not_dropped_in_silence(own):
    done = own("all", "--code", "clones")
    assert done.code == 0
    left = re.findall(r"left out ([\w-]+): clones: no ", done.err)
    assert sorted([*left, "own"]) == sorted([*CLAIMS, "own"])
    alone = own("ststnet-matlab", "--code", "clones")
    assert alone.code == 2
    assert "expected a clone of christy1206/STSTNet at 1afb56e" in alone.err
    assert own("ststnet-mat").code == 2


def test_a_clone_of_another_commit_is_said(own, world):
    clone = world.folder / "clones/first"
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "x")):
        about = ("-c", "user.name=x", "-c", "user.email=x@example.org")
        assert os.spawnlp(os.P_WAIT, "git", "git", "-C", str(clone), *about, *words) == 0
    assert ", claimed at 1111111" in own("own", "--code", "clones").out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CLAIMS = [1]", "must be a dict"),
        ("CLAIMS = {'x': 1}", "must be a dict"),
        (PLUGIN.replace('"own"', '"meb-sssnet"'), "'meb-sssnet' exists already"),
    ],
)
def test_a_module_with_something_else_is_refused(world, text, message):
    (world.folder / "own.py").write_text(text)
    done = world.bench("replicate", "--plugin", "own.py")
    assert done.code == 2
    assert message in done.err
    assert "Traceback" not in done.err


def test_installed_packages_bring_claims(monkeypatch, tmp_path):
    (tmp_path / "brought.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    point = SimpleNamespace(module="brought")
    monkeypatch.setattr(
        find, "entry_points", lambda group: [point] * (group == "bench.replications")
    )
    assert "own" in find_claims()
    point.module = "nowhere.to.be.found"
    with pytest.raises(BenchError, match=r"nowhere\.to\.be\.found fails to import"):
        find_claims()


class Harm:
    """Pickled as a call that writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(self.path),)


def test_a_pickle_cannot_run_code(tmp_path):
    (tmp_path / "bad.pkl").write_bytes(pickle.dumps({"meter": Harm(tmp_path / "harm")}))
    with pytest.raises(BenchError, match=r"bad\.pkl: no pickle of numbers"):
        unpickled(tmp_path / "bad.pkl")
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_come_out_of_a_pickle(tmp_path, protocol):
    meter = SimpleNamespace(a=np.arange(3), b=np.float32([[0.5]]), c=np.float64(2))
    (tmp_path / "x.pkl").write_bytes(pickle.dumps([meter, "word", 1.5], protocol))
    found, *rest = unpickled(tmp_path / "x.pkl")
    assert rest == ["word", 1.5]
    assert (found.a.tolist(), found.b.tolist(), found.c) == ([0, 1, 2], [[0.5]], 2)


@pytest.mark.parametrize(
    "text", ["", "other = 1", "wanted = open('x')", "wanted = [1", "wanted += 1"]
)
def test_a_python_file_without_the_constant_is_refused(tmp_path, text):
    (tmp_path / "x.py").write_text(text)
    with pytest.raises(BenchError, match="another commit"):
        constant(tmp_path / "x.py", "wanted")


@pytest.mark.parametrize("text", ["", "{}", '{"cells": [1]}', "[1]"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "x.ipynb").write_text(text)
    with pytest.raises(BenchError, match="no notebook"):
        printed(tmp_path / "x.ipynb")


def test_findings_are_plain_data(tmp_path):
    DRAWN["ststnet-python"](tmp_path)
    found = recomputed(CLAIMS["ststnet-python"], [tmp_path])
    assert json.loads(json.dumps(dataclasses.asdict(found)))["findings"][0]["value"] == 442

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench.core.errors import BenchError
from bench.evaluation.row import Score
from bench.literature import table as literature
from bench.literature.comparison import comparisons
from bench.literature.verdict import verdicts as verdicts_of

TABLE = Path(__file__).parents[1] / "bench/literature/published.csv"
HEADER = ",".join(literature.COLUMNS)


@pytest.fixture(scope="module")
def rows():
    return literature.read(TABLE)


def write(folder, *lines):
    path = folder / "published.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def line(value, *, dataset="casme2", classes="5", metric="accuracy", certainty="read", **words):
    pooling, selection = words.get("pooling", "pooled"), words.get("selection", "last")
    kind = words.get("kind", "macro" if metric == "f1" else "")
    url = words.get("url", "" if certainty == "unverified" else "https://arxiv.org/abs/1")
    how, part = f"loso,{pooling},{selection}", words.get("part", "full")
    what = f"m,M,{dataset},{part},{classes},{how},{metric},{kind},{value}"
    return f"{what},{certainty},s,{url},LOSO,"


def test_the_whole_table_is_read(rows):
    assert len(rows) == 463
    assert [row.line for row in rows] == list(range(2, 465))
    assert all(0 < row.value <= 1 for row in rows)
    assert {row.certainty for row in rows} == {"read", "derived", "unverified"}
    first = rows[0]
    assert (first.method, first.task, first.metric, first.value) == (
        "lbptop",
        "3db/3",
        "uf1",
        0.5882,
    )
    assert any(row.method is None for row in rows)


@pytest.mark.parametrize("text", ["0.7945", ".7945", "79.45", "79.45%"])
def test_percentages_and_fractions_are_one(tmp_path, text):
    (row,) = literature.read(write(tmp_path, line(text)))
    assert (row.value, row.decimals) == (0.7945, 4)


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1.0), ("1.0", 1.0), ("1.85%", 0.0185), ("2", 0.02)]
)
def test_only_between_1_and_2_a_percentage_needs_its_sign(tmp_path, text, value):
    (row,) = literature.read(write(tmp_path, line(text)))
    assert row.value == value


def test_uncertain_numbers_of_classes_belong_to_no_task(tmp_path):
    stated = ["5", "5?", "?", "unstated", "5 (SMIC 3)"]
    read = literature.read(write(tmp_path, *(line(0.5, classes=text) for text in stated)))
    assert [row.task for row in read] == ["casme2/5", None, None, None, "casme2/5"]
    (row,) = literature.read(write(tmp_path, line(0.5, dataset="smic", classes="5 (SMIC 3)")))
    assert row.task == "smic/3"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (line("n/a"), "line 2: value is 'n/a'"),
        (line("-0.5"), "line 2: value"),
        (line("250"), "at most 1 or 100 %"),
        (line("1.85"), "value is '1.85', expected a fraction of at most 1; if it is a percentage"),
        (line("0.5", metric="wf1"), "line 2: metric is 'wf1', expected one of accuracy, f1"),
        (line("0.5", certainty="sure"), "line 2: certainty is 'sure'"),
        (line("0.5", metric="f1", kind=""), "f1_kind is '', expected one of macro, pr, weighted"),
        (line("0.5", kind="pr"), "f1_kind is 'pr', expected nothing for accuracy"),
        (line("0.5", url=""), "certainty is read and url '', expected a url"),
        (line("0.5", certainty="unverified", url="x"), "certainty is unverified and url 'x'"),
        (line("0.5", pooling="mean"), "line 2: pooling is 'mean', expected one of pooled"),
        (line("0.5", selection="best"), "line 2: selection is 'best', expected one of last"),
    ],
)
def test_a_bad_line_is_named(tmp_path, bad, message):
    with pytest.raises(BenchError, match=message):
        literature.read(write(tmp_path, bad))


def test_a_bad_file_is_named(tmp_path):
    with pytest.raises(BenchError, match="cannot read the table of published scores"):
        literature.read(tmp_path / "none.csv")
    path = tmp_path / "published.csv"
    path.write_text("method,name\n")
    with pytest.raises(BenchError, match="lacks the columns dataset, part"):
        literature.read(path)


def test_a_result_is_what_one_source_says_of_one_part(rows):
    results = literature.results(rows)
    assert sum(map(len, results)) == len(rows)
    assert [row.metric for row in results[0]] == ["uf1", "uar"]
    for result in results:
        assert len({row.metric for row in result}) == len(result)
        assert len({(row.dataset, row.part, row.classes, row.source) for row in result}) == 1


@pytest.fixture(scope="module")
def verdicts(rows):
    names = ("LBP-TOP", "STSTNet (MATLAB)", "MFVAN", "Bi-WOOF", "OFF-ApexNet")
    few = [row for row in rows if row.name in names]
    return {found.lines: found for found in verdicts_of(few)}


def test_known_verdicts(verdicts):
    impossible = verdicts[4, 5]
    assert impossible.feasible == "no"
    assert "implies UF1 from 0.388 to 0.558" in impossible.reason
    assert verdicts[2, 3].feasible == "yes"
    # 0.7460 of 442 clips.
    (apex,) = [v for v in verdicts.values() if "accuracy 0.7460 is not a multiple" in v.reason]
    assert apex.feasible == "no"
    # The authors' F1 is 2PR/(P+R), so that it differs from UF1 is no contradiction.
    biwoof = verdicts[10, 11, 18, 19]
    assert "differ" not in biwoof.reason
    assert biwoof.parts


@pytest.mark.slow
def test_every_row_has_its_verdict(rows):
    verdicts = verdicts_of(rows)
    assert sum(len(found.lines) for found in verdicts) == 463
    assert {found.feasible for found in verdicts} == {"yes", "no", "unknown"}
    assert all(found.reason for found in verdicts)


def test_macro_precision_printed_as_uar_shows(verdicts, rows):
    named = {row.line: row for row in rows}
    (found,) = [
        found
        for lines, found in verdicts.items()
        if named[lines[0]].name.startswith("STSTNet (MATLAB)")
        and named[lines[0]].part == "casme2"
        and found.feasible == "no"
    ]
    assert "UAR 0.8686 on 88/32/25 clips implies UF1" in found.reason


def test_another_number_of_clips_is_named(verdicts, rows):
    wanted = {(row.method, row.task): row.line for row in rows if row.value == 0.7945}
    (found,) = [v for lines, v in verdicts.items() if wanted["mfvan", "casme2/5"] in lines]
    assert found.feasible == "no"
    assert "not a multiple of 1/246" in found.reason


def test_f1_is_checked_as_the_macro_f1(tmp_path):
    lines = [line(v, metric=m) for v, m in (("0.7114", "accuracy"), ("0.20", "f1"))]
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert (found.lines, found.feasible) == ((2, 3), "no")
    assert set(found.nearest) == {"accuracy", "f1"}


def test_two_names_of_one_score_may_not_differ(tmp_path):
    lines = [line(v, metric=m) for v, m in (("0.6304", "f1"), ("0.6296", "uf1"))]
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert found.feasible == "no"
    assert "UF1 0.6296 differ" in found.reason
    lines[0] = line("0.6304", metric="f1", kind="weighted")
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert found.feasible == "yes"


def test_one_score_with_fewer_decimals_is_no_contradiction(tmp_path):
    lines = [line(v, metric=m) for v, m in (("0.63", "f1"), ("0.6296", "uf1"))]
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert "differ" not in found.reason


def test_what_cannot_be_checked_says_why(rows):
    row = replace(rows[0], metric="accuracy", dataset="samm", part="full")
    (folds,) = verdicts_of([replace(row, pooling="fold-mean")])
    (unstated,) = verdicts_of([replace(row, classes=None)])
    (averaged,) = verdicts_of([replace(row, pooling="subject-mean")])
    assert [found.feasible for found in (folds, unstated, averaged)] == ["unknown"] * 3
    assert "means over folds" in folds.reason
    assert "number of clips per class is unknown" in unstated.reason
    assert "means over subjects" in averaged.reason


def test_prose_decides_nothing(rows):
    """The protocol and the source in words once decided what could be checked."""
    (row,) = (row for row in rows if row.line == 2)
    words = replace(row, protocol="loso, 5-fold", source="subject-averaged")
    assert [found.feasible for found in verdicts_of([row])] == ["yes"]
    assert [found.feasible for found in verdicts_of([words])] == ["yes"]


TABLE_III = {
    "AlexNet (flow)": "0.7308 0.6959 0.6933 0.7154 0.6201 0.6373 0.7994 0.8312 0.6104 0.6642",
    "SqueezeNet (flow)": "0.6380 0.5964 0.5930 0.6166 0.5381 0.5603 0.6894 0.7278 0.5039 0.5362",
    "GoogLeNet (flow)": "0.6335 0.5698 0.5573 0.6049 0.5123 0.5511 0.5989 0.6414 0.5124 0.5992",
    "VGG16 (flow)": "0.6833 0.6439 0.6425 0.6516 0.5800 0.5964 0.8166 0.8202 0.4870 0.4793",
    "OFF-ApexNet": "0.7460 0.7104 0.7196 0.7096 0.6817 0.6695 0.8764 0.8681 0.5409 0.5392",
    "STSTNet (MATLAB)": "0.7692 0.7389 0.7353 0.7605 0.6801 0.7013 0.8382 0.8686 0.6588 0.6810",
    "Bi-WOOF": "0.6833 0.6304 0.6296 0.6227 0.5727 0.5829 0.7805 0.8026 0.5211 0.5139",
}
"""Accuracy and F1 of all, then UF1 and UAR of all, SMIC, CASME II and SAMM: arXiv:1902.03634."""


@pytest.mark.parametrize("name", TABLE_III)
def test_table_iii_is_held_as_printed(rows, name):
    places = [("full", "accuracy"), ("full", "f1")]
    places += [(p, m) for p in ("full", "smic", "casme2", "samm") for m in ("uf1", "uar")]
    own = [row for row in rows if row.name == name and row.source == "STSTNet Table III"]
    assert {(row.part, row.metric): str(row.claim) for row in own} == dict(
        zip(places, TABLE_III[name].split(), strict=True)
    )
    assert {row.f1_kind for row in own} == {None, "pr"}
    full = [group for group in literature.results(own) if group[0].part == "full"]
    assert [len(group) for group in full] == [4]


def test_a_score_without_an_address_is_unverified(rows):
    for row in rows:
        assert (row.certainty == "unverified") == (row.url == "")
        assert row.url == "" or row.url.startswith(("https://", "http://orca.cf.ac.uk"))
        if any(word in row.source for word in ("memory", "reading note", "recalled from")):
            assert row.certainty == "unverified"


def test_a_composite_is_checked_against_its_parts(tmp_path):
    """All parts flawless and the whole not: each is possible, together they are not."""
    parts = [
        line("1.0000", dataset="3db", classes="3", metric="uar", part=p) for p in ("smic", "samm")
    ]
    whole = line("0.5000", dataset="3db", classes="3", metric="uar")
    ways = {"with": [whole, *parts], "without": [whole]}
    found = {n: verdicts_of(literature.read(write(tmp_path, *w)))[0] for n, w in ways.items()}
    assert found["without"].feasible == "yes"
    assert (found["with"].feasible, found["with"].parts) == ("no", True)
    # At least the mean of 162/250, 77/109 and 58/83, SMIC's and SAMM's clips.
    assert "UAR would be from 0.6844 to 1.0000, not 0.5000" in found["with"].reason


def test_no_score_derived_from_others_is_held_to_its_last_digit(tmp_path):
    """131 of 164 are .79878: two roundings of the terms may have made .7989 of it."""
    words = {"dataset": "smic", "classes": "3"}
    (exact,) = verdicts_of(literature.read(write(tmp_path, line("0.7989", **words))))
    (loose,) = verdicts_of(
        literature.read(write(tmp_path, line("0.7989", certainty="derived", **words)))
    )
    assert (exact.feasible, loose.feasible) == ("no", "yes")


def test_only_what_can_be_looked_up_and_is_alike_is_compared():
    """GEME's composite has no address; STSTNet's F1 there is not a macro F1; RCN-A is at work."""

    def ours(label, complete=True):
        scores = {name: Score(0.5) for name in ("uf1", "uar", "accuracy", "f1")}
        words = {"preset": "paper", "fidelity": "code", "complete": complete, "notes": ()}
        return SimpleNamespace(label=label, name=label, scores=scores, parts={}, **words)

    rows = [ours("geme"), ours("ststnet"), ours("rcn", complete=False)]
    found = comparisons("3db/3", "loso", "3db", rows)
    assert all(not one.ours for one in found if one.label == "rcn")
    assert any(one.published for one in found if one.label == "rcn")
    full = {one.name: one for one in found if one.label and one.part == "full"}
    assert full["GEME"].certainty == "unverified"
    assert (full["GEME"].published["uf1"], full["GEME"].ours) == (0.7395, {})
    assert set(full["STSTNet (MATLAB)"].ours) == {"uf1", "uar", "accuracy"}
    assert "arxiv.org/abs/1902.03634" in full["STSTNet (MATLAB)"].source

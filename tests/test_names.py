"""Names are parsed in one place, and their text comes back unchanged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.errors import BenchError
from bench.core.names import (
    ClipId,
    Label,
    Person,
    Protocol,
    RowSelector,
    TaskName,
    TaskSelector,
    task_forms,
)

WORD = st.text(st.characters(exclude_characters=":/@"), min_size=1)
KINDS = {
    Label: st.builds(Label, WORD, WORD | st.just("")),
    RowSelector: st.builds(RowSelector, WORD, WORD | st.just("")),
    TaskName: st.builds(
        TaskName, WORD, WORD, WORD | st.just(""), st.sampled_from(["", "245 of 246"])
    ),
    TaskSelector: st.builds(TaskSelector, st.builds(TaskName, WORD, WORD).map(str), WORD),
    Person: st.builds(Person, WORD, WORD),
    ClipId: st.builds(ClipId, WORD, WORD, WORD),
    Protocol: st.builds(Protocol, st.just("kfold"), st.integers(2))
    | st.sampled_from([Protocol("loso"), Protocol("hde")]),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_text_comes_back(kind):
    @given(KINDS[kind])
    def check(name):
        assert kind.parse(str(name)) == name

    check()


@pytest.mark.parametrize("kind", KINDS)
@given(text=st.text(st.sampled_from("ab:/@5kfold"), max_size=12))
def test_any_text_is_read_whole_or_refused_in_one_line(kind, text):
    outcome = outcome_of(kind, text)
    assert outcome == text or (repr(text) in outcome and "\n" not in outcome)


def outcome_of(kind, text: str) -> str:
    try:
        return str(kind.parse(text))
    except BenchError as error:
        return str(error)


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        (Label, "mfvan:", "expected NAME or NAME:VARIANT"),
        (RowSelector, "@quick", "expected LABEL"),
        (TaskName, "casme2", "expected DATASET/CLASSES"),
        (TaskSelector, "casme2/5@", "expected TASK or"),
        (Person, "casme2/01/x", "expected DATABASE/SUBJECT"),
        (ClipId, "casme2/01", "expected DATABASE/SUBJECT/NAME"),
        (Protocol, "lopo", "known: loso, kfold:K, hde"),
        (Protocol, "loso:5", "known: loso, kfold:K, hde"),
        (Protocol, "kfold:1", "at least 2"),
        (Protocol, "kfold:05", "at least 2"),
    ],
)
def test_what_is_wrong_is_said(kind, text, expected):
    with pytest.raises(BenchError, match=expected):
        kind.parse(text)


def test_a_variant_may_hold_a_colon():
    assert Label.parse("timm:vit@a:b") == Label("timm", "vit@a:b")


def test_a_task_is_meant_by_its_plain_name_its_revision_or_its_data():
    name = "casme2/5@2014 (245 of 246)"
    assert TaskName.parse(name) == TaskName("casme2", "5", "2014", "245 of 246")
    assert task_forms(name) == (name, "casme2/5@2014", "casme2/5")
    for words in (*task_forms(name), "casme2/5@31a6", "casme2/5@2014@31a6"):
        assert TaskSelector.parse(words).means(name, "31a60e8f")
    for words in ("casme2/3", "casme2/5@2019", "casme2/5@31b", "casme2/5@2014 (246 of 246)"):
        assert not TaskSelector.parse(words).means(name, "31a60e8f")


def test_the_forms_of_a_clip():
    clip = ClipId.parse("casme2/01/EP02_01f")
    assert clip.forms == ("casme2/01/EP02_01f", "01/EP02_01f", "EP02_01f")
    assert str(clip.person) == "casme2/01"

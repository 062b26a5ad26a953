"""What cells of annotation tables say, and spans that contradict themselves."""

import pytest

from bench.data.reading import (
    action_units,
    clean,
    gender,
    number,
    objective_class,
    repair,
    subject_number,
)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (1.0, "1"),
        (46, "46"),
        (None, ""),
        ("  EP02\xa0_01f ", "EP02 _01f"),
        ("／", "/"),
        ("Apex\nFrame", "Apex Frame"),
        (1.5, "1.5"),
        (float("inf"), "inf"),
    ],
)
def test_cells_become_text(cell: object, text: str) -> None:
    assert clean(cell) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("F", "female"), ("Male ", "male"), ("", None), ("n/a", None), ("2", None)],
)
def test_genders(text: str, expected: str | None) -> None:
    assert gender(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("46", 46), ("46.0", 46), ("046", 46), ("/", None), ("", None), ("?", None), ("-3", None)],
)
def test_frame_numbers(text: str, expected: int | None) -> None:
    assert number(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L10", {10}),
        ("R1+R2", {1, 2}),
        ("4+7", {4, 7}),
        ("(R6 or R12) + R15", {6, 12, 15}),
        ("4", {4}),
        ("12.0", {12}),
        ("AU12C + au4", {4, 12}),
        ("4+?", {4}),
        ("17 and L14", {14, 17}),
        ("0", set()),
        ("?", None),
        ("", None),
        ("none", None),
    ],
)
def test_action_units(text: str, expected: set[int] | None) -> None:
    assert action_units(text) == (None if expected is None else frozenset(expected))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("3", "III"), ("VII", "VII"), ("iv", "IV"), ("0", None), ("8", None), ("", None)],
)
def test_objective_classes(text: str, expected: str | None) -> None:
    assert objective_class(text) == expected


@pytest.mark.parametrize(
    ("text", "prefix", "expected"),
    [
        ("sub01", "sub|s", 1),
        ("1", "sub", 1),
        ("006", "", 6),
        ("spNO.216", r"spno\.", 216),
        ("s0", "s", None),
        ("EP01", "sub", None),
        ("", "s", None),
    ],
)
def test_subject_numbers(text: str, prefix: str, expected: int | None) -> None:
    assert subject_number(text, prefix) == expected


@pytest.mark.parametrize(
    ("given", "expected", "said"),
    [
        ((10, 12, 20), (10, 12, 20), ""),
        ((10, None, 20), (10, None, 20), ""),
        ((10, 10, 20), (10, 10, 20), ""),
        ((10, 25, 20), (10, None, 20), "apex outside"),
        ((10, 5, 20), (10, None, 20), "apex outside"),
        ((20, 12, 10), (10, 12, 20), "swapped"),
        ((20, None, 10), (10, None, 20), "swapped"),
        ((10, 15, 0), (10, 15, 15), "ends at its apex"),
        ((10, 15, None), (10, 15, 15), "ends at its apex"),
        ((3647, 2668, 2694), None, "no usable offset"),
        ((10, None, None), None, "no usable offset"),
        ((10, 0, 0), None, "no usable offset"),
        ((None, 12, 20), None, "no onset"),
        ((7, 7, 7), (7, 7, 7), ""),
    ],
)
def test_spans_are_mended_by_rule(given: tuple, expected: tuple | None, said: str) -> None:
    span, note = repair(*given)
    assert span == expected
    assert said in note
    assert bool(note) == bool(said)

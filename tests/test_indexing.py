"""From rows to clips: duplicates, gaps, renumbered frames, rows that lack something."""

from pathlib import Path

import pytest
import trees

from bench.core.dataset import Index
from bench.data.reading import COLUMNS, Row, build_index

BLANK = dict.fromkeys(COLUMNS, "")


def row(
    name: str = "a", onset: object = 3, apex: object = 5, offset: object = 7, **more: str
) -> Row:
    numbers = {"onset": str(onset), "apex": str(apex), "offset": str(offset)}
    return {
        **BLANK,
        "subject": "01",
        "name": name,
        "emotion": "Fear",
        "row": "2",
        **numbers,
        **more,
    }


@pytest.fixture
def frames(tmp_path: Path) -> Path:
    trees.write_frames(tmp_path, [f"img{n}.jpg" for n in range(1, 12)], b"x")
    return tmp_path


def index(folder: Path | None, *rows: Row) -> Index:
    return build_index("db", rows, lambda _: folder, folder or Path())


def test_a_clip(frames: Path) -> None:
    found = index(frames, row(action_units="L4", objective="2"))
    (clip,) = found.clips
    assert (clip.id, clip.emotion, clip.objective) == ("db/01/a", "fear", "II")
    assert clip.files == tuple(f"img{n}.jpg" for n in range(3, 8))
    assert (clip.apex, clip.apex_source, clip.action_units) == (2, "given", {4})
    assert (found.repaired, found.dropped, found.missing) == ((), (), ())


def test_equal_rows_count_once_and_of_differing_ones_the_fullest_stays(frames: Path) -> None:
    found = index(frames, row(), row(), row("b", apex=""), row("b"), row("c"), row("c", 4))
    assert [clip.name for clip in found.clips] == ["a", "b", "c"]
    assert found.clips[1].apex == 2
    assert found.repaired == (
        "db/01/a: 2 identical rows",
        "db/01/b: 2 different rows, the most complete kept",
        "db/01/c: 2 different rows, the most complete kept",
    )


def test_the_order_of_rows_does_not_matter(frames: Path) -> None:
    rows = [row("c"), row("c", 4), row("b", apex=""), row("b"), row("a")]
    assert index(frames, *rows).clips == index(frames, *rows[::-1]).clips


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (row(subject="", row="17"), "db: row 17 has no subject or no clip name"),
        (row("", row="18"), "db: row 18 has no subject or no clip name"),
        (row(onset="?"), "db/01/a: no onset"),
        (row(apex="/", offset=0), "db/01/a: no usable offset"),
    ],
)
def test_rows_without_a_clip_are_dropped_and_said(frames: Path, given: Row, said: str) -> None:
    found = index(frames, given)
    assert found.clips == ()
    assert [text.startswith(said) for text in found.dropped] == [True]


def test_notes_below_the_table_are_no_rows(frames: Path) -> None:
    note = {**BLANK, "subject": "", "name": "in all 255", "row": "300"}
    assert index(frames, row(), note) == index(frames, row())


def test_repairs_are_said(frames: Path) -> None:
    found = index(frames, row("a", 7, 5, 3), row("b", 3, 9, 7), row("c", apex="/"))
    assert [clip.apex for clip in found.clips] == [2, None, None]
    assert [text.split(" (")[0] for text in found.repaired] == [
        "db/01/a: onset and offset swapped",
        "db/01/b: apex outside onset..offset ignored",
        "db/01/c: apex '/' is not a frame number",
    ]


def test_gaps_are_said_and_the_apex_moves_to_the_frame_before(frames: Path) -> None:
    (frames / "img5.jpg").unlink()
    (frames / "img6.jpg").unlink()
    found = index(frames, row())
    assert found.clips[0].files == ("img3.jpg", "img4.jpg", "img7.jpg")
    assert found.clips[0].apex == 1
    assert found.repaired == ("db/01/a: 2 of 5 frames onset..offset are not on disk",)


def test_frames_numbered_from_one_are_taken_when_they_are_as_many(frames: Path) -> None:
    rows = (row("a", 101, 103, 111), row("b", 101, 103, 112), row("c", 101, 103, 110))
    found = index(frames, *rows)
    assert [len(clip.files) for clip in found.clips] == [11]
    assert found.clips[0].apex == 2
    assert found.repaired == ("db/01/a: frames 1..11 renumbered as 101..111",)
    assert trees.missing(found) == ("db/01/b", "db/01/c")


def test_clips_without_a_folder_are_missing() -> None:
    found = index(None, row())
    assert trees.missing(found) == ("db/01/a",)
    # Annotated: whether a task needs it depends on its class.
    assert [(c.emotion, c.files, c.apex) for c in found.missing] == [("fear", (), None)]

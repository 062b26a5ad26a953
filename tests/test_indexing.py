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


def test_rows_of_one_clip_are_joined_where_they_agree(frames: Path) -> None:
    found = index(frames, row(), row(), row("b", apex=""), row("b", objective="2"))
    assert [clip.name for clip in found.clips] == ["a", "b"]
    assert (found.clips[1].apex, found.clips[1].objective) == (2, "II")
    assert found.repaired == (
        "db/01/a: 2 identical rows",
        "db/01/b: 2 rows, joined as they complete each other",
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("onset", "4", "onset 3 or 4"),
        ("offset", "9", "offset 7 or 9"),
        ("apex", "6", "apex 5 or 6"),
        ("emotion", "disgust", "emotion disgust or Fear"),
    ],
)
def test_rows_that_contradict_each_other_are_a_problem_and_none_is_chosen(
    frames: Path, field: str, value: str, said: str
) -> None:
    other = {**row(row="18"), field: value}
    for rows in ([row(row="5"), other, row("b")], [other, row("b"), row(row="5")]):
        found = index(frames, *rows)
        assert [clip.name for clip in found.clips] == ["b"]
        assert [clip.name for clip in found.missing] == ["a"]
        assert found.problems == (f"db/01/a: rows 5 and 18 contradict each other: {said}",)
    # A cell that differs in letter case alone does not.
    assert len(index(frames, row(), {**row(), "emotion": "FEAR"}).clips) == 1


def test_the_order_of_rows_does_not_matter(frames: Path) -> None:
    rows = [row("c"), row("c", 4), row("b", apex=""), row("b"), row("a")]
    assert index(frames, *rows).clips == index(frames, *rows[::-1]).clips


@pytest.mark.parametrize("given", [row(subject="", row="17"), row("", row="17")])
def test_rows_without_subject_or_name_are_dropped_and_said(frames: Path, given: Row) -> None:
    found = index(frames, given)
    assert found.clips == ()
    assert found.dropped == ("db: row 17 has no subject or no clip name",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (row(onset=""), "db/01/a: no onset"),
        (row(onset="?"), "db/01/a: no onset"),
        (row(apex="/", offset=0), "db/01/a: no usable offset"),
        (row(apex="", offset=""), "db/01/a: no usable offset"),
    ],
)
def test_clips_without_onset_or_offset_are_missing_from_their_task(
    frames: Path, given: Row, said: str
) -> None:
    found = index(frames, given)
    assert (found.clips, found.dropped) == ((), ())
    assert [(clip.id, clip.emotion) for clip in found.missing] == [("db/01/a", "fear")]
    assert found.problems[0].startswith(said)
    assert found.problems[0].endswith("in row 2 of the table")


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


def test_gaps_are_problems_and_the_apex_moves_to_the_frame_before(frames: Path) -> None:
    (frames / "img5.jpg").unlink()
    (frames / "img6.jpg").unlink()
    found = index(frames, row())
    assert found.clips[0].files == ("img3.jpg", "img4.jpg", "img7.jpg")
    assert found.clips[0].apex == 1
    assert found.repaired == ()
    assert found.problems == (
        "db/01/a: 2 of 5 frames onset..offset are not on disk, the apex among them",
    )


def test_a_clip_of_which_less_than_half_is_there_is_missing(frames: Path) -> None:
    (frames / "img1.jpg").unlink()
    found = index(frames, row(onset=8, apex=10, offset=16))
    assert trees.missing(found) == ("db/01/a",)
    assert "5 of 9 frames onset..offset are not on disk: too few to use" in found.problems[0]


@pytest.mark.parametrize(
    ("first", "count", "onset", "offset"),
    [
        (1, 11, 101, 111),  # elsewhere altogether
        (1, 11, 6, 16),  # some numbers mean other frames
        (0, 11, 1, 11),  # all but one do
        (0, 11, 5, 15),
    ],
)
def test_frames_renumbered_are_taken_when_they_are_as_many(
    tmp_path: Path, first: int, count: int, onset: int, offset: int
) -> None:
    names = [f"img{n}.jpg" for n in range(first, first + count)]
    trees.write_frames(tmp_path, names, b"x")
    found = index(tmp_path, row("a", onset, onset + 4, offset))
    assert found.clips[0].files == tuple(names)
    assert found.clips[0].apex == 4
    assert found.repaired == (
        f"db/01/a: frames numbered from {first} renumbered to start at their onset",
    )
    assert found.problems == ()


@pytest.mark.parametrize(
    ("count", "onset", "offset"),
    [
        (10, 21, 61),  # resampled to ten frames
        (10, 6, 46),  # of which half a clip seems to be there
        (40, 21, 61),  # one is lost: which is the apex?
    ],
)
def test_frames_renumbered_and_incomplete_are_no_clip(
    tmp_path: Path, count: int, onset: int, offset: int
) -> None:
    trees.write_frames(tmp_path, [f"img{n}.jpg" for n in range(1, count + 1)], b"x")
    found = index(tmp_path, row("a", onset, onset + 20, offset))
    assert trees.missing(found) == ("db/01/a",)
    assert f"{count} frames numbered 1..{count}, annotated {onset}.." in found.problems[0]


def test_a_whole_video_that_ends_early_is_not_taken_for_renumbered(tmp_path: Path) -> None:
    trees.write_frames(tmp_path, [f"img{n}.jpg" for n in range(1, 60)], b"x")
    found = index(tmp_path, row("a", 30, 40, 60))
    assert found.clips[0].files[0] == "img30.jpg"
    assert found.problems == ("db/01/a: 1 of 31 frames onset..offset are not on disk",)


def test_a_folder_of_several_clips_is_never_renumbered(frames: Path) -> None:
    rows = (row("a", 101, 103, 111), row("b", 201, 203, 211), row("c", 1, 4, 11))
    found = index(frames, *rows)
    assert [clip.id for clip in found.clips] == ["db/01/c"]
    assert trees.missing(found) == ("db/01/a", "db/01/b")
    assert found.repaired == ()


def test_of_several_folders_the_one_with_most_of_the_clip_is_taken(tmp_path: Path) -> None:
    for name, first in (("a", 30), ("a2", 70), ("a3", 110)):
        trees.write_frames(tmp_path / name, [f"{n}.jpg" for n in range(first, first + 11)], b"x")
    folders = [tmp_path / name for name in ("a", "a2", "a3")]
    rows = [row(f"a_{on}", on, on + 5, on + 10) for on in (30, 70, 110, 150)]
    found = build_index("db", rows, lambda _: folders, tmp_path)
    assert {clip.name: clip.folder.name for clip in found.clips} == {
        "a_30": "a",
        "a_70": "a2",
        "a_110": "a3",
    }
    assert trees.missing(found) == ("db/01/a_150",)


def test_clips_of_the_same_frames_are_a_problem(frames: Path) -> None:
    found = index(frames, row("a"), row("b"), row("c", 4, 5, 7))
    assert len(found.clips) == 3
    assert found.problems == (f"db/01/a, db/01/b consist of the same frames in {frames}",)


def test_a_clip_longer_than_any_expression_is_said(frames: Path) -> None:
    def said(rate: int) -> tuple[str, ...]:
        return build_index(
            "db", [row(onset=1, offset=11)], lambda _: frames, frames, rate=rate
        ).notes

    assert said(2) == ("db/01/a: annotated as 11 frames, 6 s, longer than any facial expression",)
    assert said(3) == ()


WORDS = ("anger", "happy", "sadness", "surprise", "others")


def spelt_index(frames: Path, *emotions: str) -> Index:
    rows = [row(f"c{i}", emotion=word, subject=f"{i:02d}") for i, word in enumerate(emotions)]
    return build_index("db", rows, lambda row: frames / row["name"], frames, words=WORDS)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("Happiness", "happy"),
        ("surprise.", "surprise"),
        ("Surprised", "surprise"),
        ("Other", "others"),
        ("SAD", "sadness"),
        ("惊讶", "surprise"),
        (" angry ,", "anger"),
    ],
)
def test_other_spellings_are_read_as_the_datasets_own_and_said(
    tmp_path: Path, given: str, read: str
) -> None:
    (clip,) = spelt_index(tmp_path, given).missing
    assert clip.emotion == read
    assert spelt_index(tmp_path, given).repaired == (f"db/00/c0: emotion {given!r} read as {read}",)


def test_letter_case_is_no_other_spelling(tmp_path: Path) -> None:
    assert spelt_index(tmp_path, "Happy", "OTHERS").repaired == ()


def test_unknown_emotions_are_problems_with_counts_and_the_nearest_word(tmp_path: Path) -> None:
    found = spelt_index(tmp_path, "supprise", "supprise", "joy", "anger", "")
    problems = [text for text in found.problems if text.startswith("emotion")]
    assert problems[0] == (
        "emotion 'joy' belongs to no class, 1 clip (db/02/c2); "
        "known: anger, happy, others, sadness, surprise"
    )
    assert problems[1] == (
        "emotion 'supprise' belongs to no class, 2 clips (db/00/c0, db/01/c1); "
        "did you mean surprise?"
    )


def test_lost_subjects_are_problems(frames: Path) -> None:
    rows = [
        row("a", subject="01"),
        row("b", subject="02", emotion="joy"),
        row("c", 1, 4, 9, subject="03"),
        row("d", subject="04", emotion=""),
    ]
    folders = {"01": frames, "02": frames, "03": None, "04": frames}
    found = build_index("db", rows, lambda row: folders[row["subject"]], frames, words=("fear",))
    assert found.problems[-1] == "of 2 of 4 subjects no clip can be used: db/02, db/03"


def test_images_that_are_no_frames_are_refused_with_the_reason(tmp_path: Path) -> None:
    for clip in ("a", "b"):
        names = ["img3.jpg", "img4.jpg", "img4 (1).jpg", "img5.jpg", "img5.webp", "img6.jpg"]
        trees.write_frames(tmp_path / clip, [*names, "img7.jpg", "Thumbs.db"], b"x")
    found = build_index("db", [row("a"), row("b")], lambda r: tmp_path / r["name"], tmp_path)
    assert len(found.clips) == 2
    assert [text.split(":")[0] for text in found.refused] == [
        "2 files, such as a/img5.webp",
        "2 files, such as a/img4 (1).jpg",
    ]
    assert "find . -name '*.webp' -exec magick mogrify -format png {} +" in found.refused[0]


def test_clips_without_a_folder_are_missing() -> None:
    found = index(None, row())
    assert trees.missing(found) == ("db/01/a",)
    # Annotated: whether a task needs it depends on its class.
    assert [(c.emotion, c.files, c.apex) for c in found.missing] == [("fear", (), None)]

"""Frames, folders and tables on disk."""

import os
from pathlib import Path

import pytest

from bench.core.errors import DataError
from bench.data.reading import (
    find_home,
    find_tables,
    list_frames,
    named_folders,
    numbered_frames,
    subfolder,
    subfolders,
)


def files(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def is_person(name: str) -> bool:
    return name.startswith("sub")


def test_frames_sort_as_numbers(tmp_path: Path) -> None:
    files(tmp_path, "img10.jpg", "img9.jpg", "img100.JPG", "img011.jpg")
    assert numbered_frames(tmp_path) == [
        (9, "img9.jpg"),
        (10, "img10.jpg"),
        (11, "img011.jpg"),
        (100, "img100.JPG"),
    ]


def test_what_is_no_frame_is_passed_over(tmp_path: Path) -> None:
    files(
        tmp_path, "a1.jpg", ".a2.jpg", "a3.txt", "a4 (1).jpg", "a.jpg", "4", "a5.jpg.part", "٣.jpg"
    )
    (tmp_path / "a6.jpg").mkdir()
    (tmp_path / "a7.jpg").symlink_to(tmp_path / "a7.jpg")
    (tmp_path / "a8.jpg").symlink_to(tmp_path / "nowhere")
    (tmp_path / "a9.jpg").symlink_to(tmp_path / "a1.jpg")
    assert numbered_frames(tmp_path) == [(1, "a1.jpg"), (9, "a9.jpg")]
    assert numbered_frames(tmp_path / "nowhere") == []


def test_of_two_kinds_of_name_the_usual_one_wins(tmp_path: Path) -> None:
    files(tmp_path, "a2.jpg", "b1.jpg", "b2.jpg", "b3.jpg")
    assert [name for _, name in numbered_frames(tmp_path)] == ["b1.jpg", "b2.jpg", "b3.jpg"]


def test_names_with_blanks_and_other_scripts(tmp_path: Path) -> None:
    files(tmp_path / "clip 臉", "Bild 7 é 12.png", "line\nbreak 3.png")
    found = numbered_frames(subfolders(tmp_path)[0])
    assert found == [(3, "line\nbreak 3.png"), (12, "Bild 7 é 12.png")]


def test_home_is_the_nearest_or_the_preferred(tmp_path: Path) -> None:
    (tmp_path / "raw" / "sub01").mkdir(parents=True)
    (tmp_path / "x" / "Cropped" / "sub01").mkdir(parents=True)
    assert find_home(tmp_path, is_person) == tmp_path / "raw"
    assert find_home(tmp_path, is_person, ("crop",)) == tmp_path / "x" / "Cropped"
    assert find_home(tmp_path, is_person, depth=0) is None


def test_loops_end(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert find_home(tmp_path, is_person, depth=6) is None
    assert named_folders(tmp_path, is_person, depth=6) == {}


def test_named_folders_nearest_first(tmp_path: Path) -> None:
    near, far = tmp_path / "b" / "sub1", tmp_path / "a" / "c" / "SUB1"
    near.mkdir(parents=True)
    far.mkdir(parents=True)
    (near / "sub2").mkdir()
    found = named_folders(tmp_path, lambda name: name.lower().startswith("sub"), 3)
    assert found == {"sub1": near}


def test_tables_nearest_first(tmp_path: Path) -> None:
    home = tmp_path / "set" / "Cropped"
    home.mkdir(parents=True)
    files(tmp_path / "set", "coding.xlsx", "~$coding.xlsx", "coding.txt", ".coding.xlsx")
    files(tmp_path / "set" / "docs", "Coding-old.XLS")
    files(tmp_path, "coding.csv", "other.csv")
    found = find_tables(tmp_path / "set", home, "cod")
    assert [path.name for path in found] == ["coding.xlsx", "Coding-old.XLS", "coding.csv"]
    assert find_tables(tmp_path / "set", home, "facs") == []


def test_tables_two_folders_down_where_none_is_nearer(tmp_path: Path) -> None:
    files(tmp_path / "annotation" / "partA", "part_A_label.xlsx")
    files(tmp_path / "sub1" / "a", "label.csv")
    home = tmp_path / "data"
    (home / "sub1" / "a").mkdir(parents=True)
    files(home / "sub1", "label.csv")
    assert [path.name for path in find_tables(tmp_path, home, "part")] == ["part_A_label.xlsx"]
    files(tmp_path, "part.csv")
    assert [path.name for path in find_tables(tmp_path, home, "part")] == ["part.csv"]


def test_letter_case_of_a_folder_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "Color ").mkdir()
    assert subfolder(tmp_path, "color") == tmp_path / "Color "
    assert subfolder(tmp_path, "depth") is None


@pytest.mark.parametrize(
    "form",
    [
        "{}.jpg",
        "img{}_crop.jpg",
        "img{}-aligned.PNG",
        "reg_img{} .jpg",
        "img.{}.jfif",
        "a1b{:03}.bmp",
    ],
)
def test_ways_to_name_frames(tmp_path: Path, form: str) -> None:
    files(tmp_path, *(form.format(n) for n in range(8, 12)))
    assert numbered_frames(tmp_path) == [(n, form.format(n)) for n in range(8, 12)]
    assert list_frames(tmp_path).refused == ()


def test_words_after_the_number_count_only_where_all_have_them(tmp_path: Path) -> None:
    files(tmp_path, "img1.jpg", "img2.jpg", "img3_mean.jpg")
    assert [at for at, _ in numbered_frames(tmp_path)] == [1, 2]
    (refused,) = list_frames(tmp_path).refused
    assert refused.name == "img3_mean.jpg"
    assert "no frame number at the end" in refused.reason


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("img46 (1).jpg", "second copy"),
        ("img46 - Copy.jpg", "second copy"),
        ("img46.webp", "convert them to png"),
        ("img46.PGM", "convert them to png"),
        ("clip.avi", "ffmpeg -i CLIP.avi"),
        ("apex.png", "no frame number"),
    ],
)
def test_what_looks_like_a_frame_and_is_none_is_refused(
    tmp_path: Path, name: str, said: str
) -> None:
    files(tmp_path, name, "Thumbs.db", "notes 1.txt")
    assert numbered_frames(tmp_path) == []
    (refused,) = list_frames(tmp_path).refused
    assert refused.name == name
    assert said in refused.reason


def test_a_folder_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o000)
    if os.access(tmp_path / "a", os.R_OK):
        pytest.skip("this user may read everything")
    with pytest.raises(DataError, match="Permission denied"):
        numbered_frames(tmp_path / "a")

"""`bench predict` on videos, folders of frames and tables of them."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from drawn import drawn_model
from PIL import Image
from test_faces import padded
from videos import pattern, turned, write_video

from bench import BenchError
from bench.check.toydata import APEX, LENGTH, toy_clips
from bench.deploy.clips import SIZE, Keys, open_clip, wanted
from bench.deploy.folder import load
from bench.deploy.predict import predict_files
from bench.plugins.registry import load as load_registry
from bench.views.clip_views import Views
from bench.views.interval_spotting import spotted_interval

CLIPS = toy_clips(1, 1, first=5)
GIVEN = Keys("0", str(APEX), str(LENGTH - 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A model of drawn clips."""
    return drawn_model(tmp_path_factory.mktemp("model"), toy_clips(4, 2))


@pytest.fixture
def model(folder):
    return load(folder, load_registry())


def as_folder(path: Path, frames: np.ndarray, first: int = 0) -> Path:
    path.mkdir(parents=True)
    for at, frame in enumerate(frames):
        Image.fromarray(frame).save(path / f"img{first + at}.png")
    return path


def as_video(path: Path, frames: np.ndarray) -> Path:
    return write_video(path, frames, ("ffv1", "gray") if frames.ndim == 3 else ("ffv1", "bgr0"))


def moving(length: int, at: int, strength: int = 60) -> np.ndarray:
    """A SYNTHETIC face with a margin, whose mouth darkens for ten frames about one."""
    frames = np.repeat(padded()[None], length, axis=0)
    for frame, shade in enumerate(np.interp(np.arange(length), [at - 5, at, at + 5], [0, 1, 0])):
        mouth = frames[frame, 200:225, 140:185].astype(float)
        frames[frame, 200:225, 140:185] = np.clip(mouth - strength * shade, 0, 255)
    return frames


def test_a_video_and_a_folder_of_the_same_frames_score_as_the_dataset_would(model, tmp_path):
    frames = CLIPS.sources[1]["frames"]
    expected = model.scores([model.describe(Views({"frames": frames}, APEX))])[0]
    for path in (as_video(tmp_path / "one.mkv", frames), as_folder(tmp_path / "two", frames)):
        made = predict_files(model, path, GIVEN, crop="none")
        (row,) = made.rows
        assert row.scores == tuple(expected)
        assert made.classes[row.label] == "1"
        assert (row.onset, row.apex, row.offset, row.span) == (0, APEX, LENGTH - 1, "given")
        assert (row.apex_source, row.face, row.trained_on) == ("given", "as it is", None)


def test_an_apex_that_is_not_given_is_spotted_and_said(model, tmp_path):
    path = as_folder(tmp_path / "clip", CLIPS.sources[2]["frames"], first=100)
    (row,) = predict_files(model, path, Keys(), crop="none").rows
    assert (row.onset, row.offset, row.span) == (100, 110, "whole")
    assert row.apex_source == "spotted"
    assert abs(row.apex - (100 + APEX)) <= 2


def test_the_face_is_found_and_aligned(model, tmp_path):
    path = as_video(tmp_path / "raw.mkv", moving(20, 9))
    (one,) = wanted(path, Keys())
    clip = open_clip(one, "align", None, "given", print)
    frames = clip.views.sources["frames"]
    assert frames.shape == (20, *SIZE, 3)
    assert clip.face == "box"
    assert abs(clip.apex - 9) <= 2
    nobody = as_video(tmp_path / "nobody.mkv", pattern(12, 120, 160))
    with pytest.raises(BenchError, match=r"nobody\.mkv: no face found in frame 0; --crop none"):
        predict_files(model, nobody, Keys())


def test_of_a_long_video_the_briefest_strong_movement_is_taken(model, tmp_path):
    path = as_video(tmp_path / "long.mkv", moving(150, 100))
    made = predict_files(model, path, Keys())
    (row,) = made.rows
    assert row.span == "spotted"
    assert abs(row.apex - 100) <= 2
    assert 14 <= row.offset - row.onset <= 16, "half a second at 30 frames a second"
    assert "nothing says that it is a micro-expression" in made.remarks[0]
    # Named key frames are never second-guessed.
    (row,) = predict_files(model, path, Keys("10", "", "3.0s")).rows
    assert (row.onset, row.offset, row.span) == (10, 90, "given")


def test_a_turned_and_an_uneven_video_are_said(model, tmp_path):
    frames = pattern(12, 96, 128)
    upright = turned(write_video(tmp_path / "phone.mp4", frames, ("mpeg4", "yuv420p")))
    made = predict_files(model, upright, Keys(), crop="none")
    assert made.remarks[0].endswith("frames are turned upright, as the file says")
    times = [0, 33, 66, 400, 433, 466, 500, 533, 566, 600, 633, 666]
    uneven = write_video(tmp_path / "uneven.mkv", frames, times=times)
    made = predict_files(model, uneven, Keys(), crop="none")
    assert "frames are shown for unequal times" in made.remarks[0]
    (row,) = predict_files(model, uneven, Keys("0.4s", "", "0.6s"), crop="none").rows
    assert (row.onset, row.offset) == (3, 9), "seconds are looked up, not computed"


@pytest.mark.parametrize("length", [1, 2, 16, 17, 18, 40])
def test_an_interval_is_spotted_in_videos_of_any_length(length):
    frames = [np.full((40, 40), 90, np.uint8) for _ in range(length)]
    onset, apex, offset = spotted_interval(iter(frames), 30.0)
    assert 0 <= onset <= apex <= offset < length


def test_slow_movement_is_no_interval():
    """A slow drift of the whole block against a short one elsewhere: the short one counts."""
    base = np.tile(np.arange(0, 250, 2, dtype=float), (125, 1)) / 2
    frames = np.repeat(base[None], 200, axis=0)
    frames[:, 10:40, 10:40] += np.linspace(0, 90, 200)[:, None, None]
    brief = np.interp(np.arange(200), [135, 140, 145], [0, 30, 0])
    frames[:, 80:100, 80:100] += brief[:, None, None]
    onset, apex, offset = spotted_interval(iter(frames.astype(np.uint8)), 30.0)
    assert abs(apex - 140) <= 2
    assert (onset, offset) == (apex - 8, apex + 8)


def table(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_table_names_clips_of_both_kinds_and_several_of_one_video(model, tmp_path):
    frames = [one["frames"] for one in CLIPS.sources]
    as_video(tmp_path / "v" / "all.mkv", np.concatenate(frames))
    as_folder(tmp_path / "f" / "third", frames[2], first=7)
    path = table(
        tmp_path / "clips.csv",
        ("path", "clip", "subject", "onset", "apex", "offset"),
        ("v/all.mkv", "first", "anna", "0", "6", "10"),
        ("v/all.mkv", "second", "anna", "11", "17", "21"),
        ("f/third", "third", "ben", "7", "13", "17"),
    )
    made = predict_files(model, path, Keys(), crop="none")
    assert [(row.clip, row.subject) for row in made.rows] == [
        ("first", "anna"), ("second", "anna"), ("third", "ben"),
    ]  # fmt: skip
    assert [made.classes[row.label] for row in made.rows] == ["0", "1", "2"]
    assert [row.apex for row in made.rows] == [6, 17, 13]


def test_everything_is_written_and_drawn(model, folder, world):
    as_folder(world.folder / "clips" / "a", CLIPS.sources[0]["frames"])
    as_folder(world.folder / "clips" / "=b", CLIPS.sources[1]["frames"])
    done = world.bench("predict", str(folder), "clips", "--crop", "none", "--submission", "megc")
    assert done.code == 0, done.err
    for words in ("* spotted", "outside the laboratory is not known", "Assumed of MEGC's"):
        assert words in done.out
    home = world.folder / "predictions" / "clips"
    with (home / "predictions.csv").open() as file:
        first, second = csv.DictReader(file)
    assert (first["clip"], second["predicted"]) == ("'=b", "0"), "no formula, and in their order"
    assert (home / "megc.csv").read_text().splitlines()[0] == "subject,video,onset,offset,emotion"
    pictures = sorted(home.glob("*.png"))
    assert len(pictures) == 2
    with Image.open(pictures[0]) as image:
        assert image.width > 1000
    refused = world.bench("predict", str(folder), "clips", "--crop", "none")
    assert (refused.code, "--force" in refused.err) == (2, True)
    again = world.bench("predict", str(folder), "clips", "--crop", "none", "--force", "--json")
    assert len(json.loads(again.out)["predictions"]) == 2


def truncated(path: Path) -> Path:
    whole = write_video(path.with_name("whole.mp4"), pattern(40, 64, 64), ("mpeg4", "yuv420p"))
    path.write_bytes(whole.read_bytes()[: len(whole.read_bytes()) // 2])
    return path


def cut(path: Path) -> Path:
    whole = as_video(path.with_name("whole.mkv"), pattern(40, 64, 64)).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    return path


def empty(path: Path) -> Path:
    path.touch()
    return path


def text(path: Path) -> Path:
    path.write_text("no video")
    return path


@pytest.mark.parametrize(
    ("made", "keys", "said"),
    [
        (truncated, Keys(), "cannot be read as a video|truncated"),
        (empty, Keys(), "an empty file, 0 bytes"),
        (text, Keys(), "cannot be read as a video"),
        (lambda path: path, Keys(), "no such file or folder"),
        (lambda path: path.parent, Keys(), "no frames in it; expected images whose names"),
        (
            lambda path: as_video(path, pattern(9)),
            Keys("99"),
            "--onset 99: no such frame .* 0 to 8",
        ),
        (cut, Keys("", "38"), "--apex 38: no such frame .* were cut off: it is truncated"),
        (lambda path: as_video(path, pattern(9)), Keys("5", "3"), "expected onset <= apex"),
        (lambda path: as_video(path, pattern(9)), Keys("9s"), "ends at 0.27s"),
        (lambda path: as_video(path, pattern(9)), Keys("x"), "expected a frame number, or seconds"),
        (lambda path: as_folder(path, pattern(9)), Keys("1s"), "have numbers, no times"),
    ],
)
def test_what_is_no_clip_is_one_line(model, made, keys, said, tmp_path):
    path = made(tmp_path / "clip.mkv")
    with pytest.raises(BenchError, match=said) as error:
        predict_files(model, path, keys, crop="none")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((("path",), ("gone.mp4",)), "row 2: .*gone.mp4: no such file"),
        ((("subject",), ("a",)), "no row contains the column headers path"),
        ((("path", "onset"), ("clip", "x")), "--onset 'x': expected a frame number"),
    ],
)
def test_a_table_that_does_not_do_is_one_line(model, rows, said, tmp_path):
    as_folder(tmp_path / "clip", pattern(5))
    with pytest.raises(BenchError, match=said):
        predict_files(model, table(tmp_path / "clips.csv", *rows), Keys(), crop="none")


PEAK = """
import resource, sys
from bench.cli import main
sys.argv = ["bench", "predict", *sys.argv[1:]]
try:
    main()
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)
"""


@pytest.mark.slow
def test_a_video_of_ten_minutes_takes_less_than_a_gigabyte(folder, tmp_path):
    (tmp_path / "none.toml").touch()
    face = np.pad(padded(), ((65, 65), (80, 80), (0, 0)), mode="edge")[:480, :480]
    frames = np.broadcast_to(face, (18_000, *face.shape))
    path = write_video(tmp_path / "ten.mp4", frames, ("mpeg4", "yuv420p"))
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(folder), str(path), "-o", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"BENCH_CONFIG": str(tmp_path / "none.toml")},
    )
    assert "18000 frames; its briefest strong movement" in done.stdout, done.stderr
    assert int(done.stderr.split()[-1]) < 1000, "MB"

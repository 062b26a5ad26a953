"""Frames of videos by number: exact in every format, and one clear line for what is none."""

from __future__ import annotations

import wave
from pathlib import Path

import av
import numpy as np
import pytest

from bench import DataError
from bench.data.reading.video import open_video, read_video, video_frames
from tests.videos import LOSSLESS, pattern, turned, write_video

CODECS = {
    "a.mkv": LOSSLESS,
    "grey.mkv": ("ffv1", "gray"),
    "a.avi": ("mjpeg", "yuvj420p"),
    "reordered.avi": ("mpeg4", "yuv420p"),
    "a.mp4": ("libx264", "yuv420p"),
    "a.mpg": ("mpeg2video", "yuv420p"),
    "a.gif": ("gif", "rgb8"),
}


def decoded(path: Path) -> np.ndarray:
    """All frames by PyAV, from the first to the last, without seeking."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    grey = frames[0].format.name.startswith("gray")
    return np.stack([frame.to_ndarray(format="gray" if grey else "rgb24") for frame in frames])


@pytest.mark.parametrize("name", CODECS)
def test_any_frames_in_any_order_are_those_of_decoding_from_the_start(tmp_path, name):
    frames = pattern(90)
    frames = frames[..., 0] if name == "grey.mkv" else frames
    options = {"bf": "2"} if name in {"reordered.avi", "a.mpg"} else {"g": "10"}
    path = write_video(tmp_path / name, frames, CODECS[name], **options)
    every = decoded(path)
    video = open_video(path)
    assert (len(video), video.size, video.variable, video.lost) == (90, (24, 32), False, 0)
    assert video.rate == pytest.approx(30, rel=0.01)
    rng = np.random.default_rng(1)
    for _ in range(4):
        numbers = rng.integers(0, 90, 5).tolist()
        np.testing.assert_array_equal(read_video(path, numbers), every[numbers])
    np.testing.assert_array_equal(read_video(path, range(90)), every)


def test_a_lossless_video_gives_the_pixels_that_were_written(tmp_path):
    frames = pattern(12)
    np.testing.assert_array_equal(
        read_video(write_video(tmp_path / "a.mkv", frames), range(12)), frames
    )


def test_frames_of_a_camera_held_upright_are_turned(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(5), ("libx264", "yuv420p"))
    video = open_video(turned(path))
    assert video.size == (32, 24)
    # A quarter turn clockwise, which numpy counts as negative.
    np.testing.assert_array_equal(
        read_video(turned(path), [3])[0], np.rot90(read_video(path, [3])[0], -1)
    )


def test_seconds_are_of_the_nearest_frame_where_the_rate_varies(tmp_path):
    video = open_video(write_video(tmp_path / "a.mkv", pattern(5), times=[0, 80, 113, 146, 400]))
    assert video.variable
    assert [video.nearest(t) for t in (-1, 0, 0.09, 0.1, 0.27, 0.28, 99)] == [0, 0, 1, 2, 3, 4, 4]


def test_a_replaced_video_is_read_again(tmp_path):
    path = write_video(tmp_path / "a.mkv", pattern(5))
    assert len(open_video(path)) == 5
    write_video(path, pattern(9))
    assert len(open_video(path)) == 9


def test_frames_come_one_by_one(tmp_path):
    video = open_video(write_video(tmp_path / "a.mkv", pattern(40)))
    frames = video_frames(video, range(10, 30))
    np.testing.assert_array_equal(next(frames), pattern(40)[10])
    assert sum(1 for _ in frames) == 19


def sound(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    return path


def cut(path: Path, share: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda p: p / "none.mp4", "No such file"),
        (lambda p: p, "no file, but a folder"),
        (lambda p: write_text(p / "a.mp4", ""), "an empty file, 0 bytes"),
        (lambda p: write_text(p / "a.mp4", "no video" * 99), "cannot be read as a video"),
        (lambda p: write_text(p / "a.mp4", "#EXTM3U\n#EXTINF:5,\nb.ts\n"), "cannot be read"),
        (lambda p: sound(p / "a.mp4"), "cannot be read as a video"),
        (
            lambda p: cut(write_video(p / "a.mp4", pattern(30), ("libx264", "yuv420p")), 0.6),
            "cannot be read as a video",
        ),
    ],
)
def test_what_is_no_video_is_named_in_one_line(tmp_path, make, said):
    with pytest.raises(DataError) as raised:
        open_video(make(tmp_path))
    assert said in str(raised.value)
    assert str(tmp_path) in str(raised.value)
    assert "\n" not in str(raised.value)


def write_text(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_a_truncated_video_gives_the_frames_it_has_and_names_the_first_it_lacks(tmp_path):
    path = cut(write_video(tmp_path / "a.avi", pattern(30), ("mjpeg", "yuvj420p")), 0.6)
    video = open_video(path)
    assert 0 < len(video) < 30
    assert video.lost == 30 - len(video)
    assert read_video(path, [0, 1]).shape == (2, 24, 32, 3)
    with pytest.raises(DataError, match=r"no frame 29; it has \d+, numbered from 0, and \d+ more"):
        read_video(path, [29])


def test_a_truncated_mkv_is_one_by_how_long_it_says_it_lasts(tmp_path):
    whole = write_video(tmp_path / "a.mkv", pattern(60))
    assert open_video(whole).lost == 0
    video = open_video(cut(whole, 0.5))
    assert 0 < len(video) < 31
    # Its length in seconds, rounded: one frame less than there were is sure.
    assert video.lost == 59 - len(video)


def test_a_damaged_frame_is_named_and_none_is_made_up_for_it(tmp_path):
    path = write_video(tmp_path / "a.mp4", pattern(30), ("libx264", "yuv420p"), bf="0")
    with av.open(str(path)) as container:
        packet = [one for one in container.demux(video=0) if one.size][20]
    data = bytearray(path.read_bytes())
    data[packet.pos : packet.pos + packet.size] = bytes(packet.size)
    path.write_bytes(data)
    assert read_video(path, range(20)).shape == (20, 24, 32, 3)
    with pytest.raises(DataError, match=r"a\.mp4: frame 20"):
        read_video(path, range(30))


def test_two_frames_of_ten_minutes_cost_what_is_between_them_and_their_key_frames(
    tmp_path, monkeypatch
):
    from bench.data.reading import video as module

    # One frame a second for ten minutes, every fiftieth a key frame.
    times = [1000 * at for at in range(600)]
    path = write_video(tmp_path / "a.mkv", pattern(600, 8, 8), times=times, g="50")
    decoded, count = module._decoded, []
    monkeypatch.setattr(
        module, "_decoded", lambda *given: (count.append(1) or one for one in decoded(*given))
    )
    frames = read_video(path, [110, 570])
    np.testing.assert_array_equal(frames, pattern(600, 8, 8)[[110, 570]])
    assert open_video(path).times[-1] == 599
    assert len(count) == (110 - 100 + 1) + (570 - 550 + 1)


def test_sound_beside_the_frames_makes_no_difference(tmp_path):
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as container:
        # Without loss, so that both hold the same frames whatever the encoder does.
        shown = container.add_stream("libx264", rate=30, options={"qp": "0"})
        shown.height, shown.width, shown.pix_fmt = 24, 32, "yuv420p"
        heard = container.add_stream("aac", rate=16000)
        for at, pixels in enumerate(pattern(10)):
            container.mux(shown.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            noise = np.zeros((1, 1024), np.float32)
            sound = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 16000, 1024 * at
            container.mux(heard.encode(sound))
        container.mux(shown.encode(None))
        container.mux(heard.encode(None))
    silent = write_video(tmp_path / "b.mp4", pattern(10), ("libx264", "yuv420p"), qp="0")
    assert len(open_video(path)) == 10
    np.testing.assert_array_equal(read_video(path, range(10)), read_video(silent, range(10)))

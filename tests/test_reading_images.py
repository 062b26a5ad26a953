"""Pixels: every kind of file becomes uint8, or one line that names it."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench.core.clip import Clip
from bench.core.errors import DataError
from bench.data.reading import read_frames, read_image

RNG = np.random.default_rng(0)
COLOUR = RNG.integers(0, 256, (12, 10, 3), dtype=np.uint8)
GREY = COLOUR[..., 0]


def saved(path: Path, image: Image.Image, **options: object) -> Path:
    image.save(path, **options)
    return path


def clip_of(folder: Path, *names: str) -> Clip:
    return Clip("db", "1", "a", "x", folder, names)


@pytest.mark.parametrize("kind", ["png", "bmp", "tif"])
def test_lossless_files_come_back_as_they_were(tmp_path: Path, kind: str) -> None:
    colour = saved(tmp_path / f"a.{kind}", Image.fromarray(COLOUR))
    grey = saved(tmp_path / f"b.{kind}", Image.fromarray(GREY))
    np.testing.assert_array_equal(read_image(colour), COLOUR)
    np.testing.assert_array_equal(read_image(grey), GREY)
    assert read_image(colour).dtype == np.uint8


def test_jpg(tmp_path: Path) -> None:
    smooth = np.linspace(0, 255, 120).reshape(12, 10).astype(np.uint8)
    path = saved(tmp_path / "a.jpg", Image.fromarray(smooth), quality=98)
    assert np.abs(read_image(path).astype(int) - smooth).max() < 6


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("progressive", [False, True])
def test_both_decoders_of_jpg_agree(tmp_path: Path, mode: str, progressive: bool) -> None:
    noise = RNG.integers(0, 256, (120, 91, 3), dtype=np.uint8)
    image = Image.fromarray(noise).convert(mode)
    path = saved(tmp_path / "a.jpg", image, quality=80, progressive=progressive)
    fast = read_image(path)
    path.write_bytes(path.read_bytes() + b"\0" * 100)  # beyond what the quick way takes
    np.testing.assert_array_equal(read_image(path), fast)
    with Image.open(path) as opened:
        np.testing.assert_array_equal(np.array(opened), fast)


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_16_bit_keeps_its_high_byte(tmp_path: Path, kind: str) -> None:
    deep = (GREY.astype(np.uint16) << 8) + 77
    path = saved(tmp_path / f"a.{kind}", Image.fromarray(deep))
    np.testing.assert_array_equal(read_image(path), GREY)


def test_16_bit_colour(tmp_path: Path) -> None:
    import cv2

    deep = (COLOUR.astype(np.uint16) << 8) + 77
    (tmp_path / "a.png").write_bytes(cv2.imencode(".png", deep[..., ::-1])[1].tobytes())
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), COLOUR)


def test_cmyk_palette_and_transparency_become_rgb(tmp_path: Path) -> None:
    red = Image.new("RGB", (10, 12), (204, 0, 0))  # in the usual palette
    for path in (
        saved(tmp_path / "a.jpg", red.convert("CMYK"), quality=98),
        saved(tmp_path / "b.png", red.convert("P")),
        saved(tmp_path / "c.png", red.convert("RGBA")),
    ):
        image = read_image(path)
        assert image.shape == (12, 10, 3)
        assert np.abs(image.astype(int) - (204, 0, 0)).max() < 8
    assert read_image(saved(tmp_path / "d.png", red.convert("1"))).shape == (12, 10)


def test_frames_of_a_clip(tmp_path: Path) -> None:
    saved(tmp_path / "a1.png", Image.fromarray(GREY))
    saved(tmp_path / "a2.png", Image.fromarray(255 - GREY))
    frames = read_frames(clip_of(tmp_path, "a2.png", "a1.png"))
    np.testing.assert_array_equal(frames, np.stack([255 - GREY, GREY]))
    saved(tmp_path / "a3.png", Image.fromarray(COLOUR))
    frames = read_frames(clip_of(tmp_path, "a1.png", "a3.png"))
    np.testing.assert_array_equal(frames, np.stack([np.dstack([GREY] * 3), COLOUR]))


def test_sizes_follow_the_onset(tmp_path: Path) -> None:
    flat = Image.new("L", (20, 24), 90)
    saved(tmp_path / "a1.png", Image.fromarray(GREY))
    saved(tmp_path / "a2.png", flat)
    frames = read_frames(clip_of(tmp_path, "a1.png", "a2.png"))
    assert frames.shape == (2, 12, 10)
    assert (frames[1] == 90).all()
    assert read_frames(clip_of(tmp_path, "a2.png", "a1.png")).shape == (2, 24, 20)


def bomb(width: int, height: int) -> bytes:
    """A png of some hundred bytes that claims to be huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    noise = RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, kind)
    return buffer.getvalue()


BROKEN = {
    "empty.jpg": b"",
    "text.jpg": b"this is no image",
    "half.jpg": encoded("JPEG")[:3000],
    "end.jpg": encoded("JPEG")[:-60],
    "half.png": encoded("PNG")[:3000],
    "half.bmp": encoded("BMP")[:3000],
    "head.png": encoded("PNG")[:20],
    "bomb.png": bomb(60_000, 60_000),
    "large.png": bomb(9_000, 9_000),
    "short.png": bomb(900, 900),
}


@pytest.mark.parametrize("name", BROKEN)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_broken_frame_is_named_in_one_line(tmp_path: Path, name: str) -> None:
    saved(tmp_path / "good.png", Image.fromarray(COLOUR))
    (tmp_path / name).write_bytes(BROKEN[name])
    with pytest.raises(DataError) as caught:
        read_frames(clip_of(tmp_path, "good.png", name))
    assert str(caught.value).startswith(f"{tmp_path / name}: ")
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_frame_that_claims_to_be_huge_is_not_decoded(tmp_path: Path) -> None:
    (tmp_path / "large.png").write_bytes(BROKEN["large.png"])
    with pytest.raises(DataError, match="9000 x 9000 pixels, more than any camera"):
        read_image(tmp_path / "large.png")


def test_a_file_of_too_many_bytes_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.jpg").open("wb") as file:
        file.truncate(10**9)  # takes no room on the disk
    with pytest.raises(DataError, match="1000000000 bytes, more than any frame"):
        read_image(tmp_path / "a.jpg")


def test_a_missing_frame_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"none\.png: cannot be read: No such file"):
        read_frames(clip_of(tmp_path, "none.png"))
    with pytest.raises(DataError, match="db/1/a has no frames"):
        read_frames(clip_of(tmp_path))

"""Deep, turned, cut and oversized images: what a camera saw, or one line that names the file."""

from __future__ import annotations

import io
import struct
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from bench.core.clip import Clip
from bench.core.errors import DataError
from bench.data.reading import read_frames, read_image
from bench.data.reading.depth import DEPTHS, to_bytes

SCENE = np.random.default_rng(0).integers(20, 130, (24, 20), dtype=np.uint8)
SCENE[0, 0] = 130  # so that its 8-bit form holds the eighth bit, and 12-bit forms the twelfth


def save(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


def clip_of(folder: Path, *names: str) -> Clip:
    return Clip("db", "1", "a", "x", folder, names)


@pytest.mark.parametrize("kind", ["png", "tif"])
@pytest.mark.parametrize("bits", DEPTHS)
def test_a_deep_image_keeps_every_grey_level_of_its_camera(
    tmp_path: Path, bits: int, kind: str
) -> None:
    path = save(tmp_path / f"a.{kind}", SCENE.astype(np.uint16) << (bits - 8))
    np.testing.assert_array_equal(read_image(path), SCENE)


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_deep_colour(tmp_path: Path, kind: str) -> None:
    import cv2

    colour = np.dstack([SCENE, SCENE // 2, SCENE // 3])
    deep = colour.astype(np.uint16) << 4
    path = tmp_path / f"a.{kind}"
    path.write_bytes(cv2.imencode(f".{kind}", deep[..., ::-1])[1].tobytes())
    np.testing.assert_array_equal(read_image(path), colour)


@pytest.mark.parametrize(
    "deep",
    [
        SCENE.astype(np.float32),
        SCENE.astype(np.float32) / 255,
        SCENE.astype(np.float32) * 16,
        SCENE.astype(np.int32),
        SCENE.astype(np.int32) << 8,
    ],
    ids=["0..255", "0..1", "0..4095", "int32", "int32 of 16 bits"],
)
def test_floats_and_32_bit_integers(tmp_path: Path, deep: np.ndarray) -> None:
    np.testing.assert_array_equal(read_image(save(tmp_path / "a.tif", deep)), SCENE)


@pytest.mark.parametrize("value", [-1, np.nan, np.inf, 70_000])
@pytest.mark.parametrize("kind", [np.float32, np.int32])
def test_values_of_no_camera_are_refused_by_name(
    tmp_path: Path, kind: type[np.generic], value: float
) -> None:
    if kind is np.int32 and not np.isfinite(value):
        pytest.skip("integers are finite")
    deep = SCENE.astype(kind)
    deep[1, 1] = value
    path = save(tmp_path / "a.tif", deep)
    with pytest.raises(DataError, match="expected 0 to 65535") as caught:
        read_image(path)
    assert str(path) in str(caught.value)


def test_all_frames_of_a_clip_share_one_mapping(tmp_path: Path) -> None:
    dark = np.full((8, 8), 400, np.uint16)  # alone it would be of 10 bits
    save(tmp_path / "1.png", dark)
    save(tmp_path / "2.png", dark * 2)
    save(tmp_path / "3.png", dark * 8)  # 12 bits
    frames = read_frames(clip_of(tmp_path, "1.png", "2.png", "3.png"))
    assert frames[:, 0, 0].tolist() == [25, 50, 200]


@given(
    deep=st.lists(st.integers(0, 65535), min_size=2, max_size=40),
    real=st.booleans(),
    data=st.data(),
)
@settings(max_examples=200, deadline=None)
def test_the_mapping_keeps_order_and_is_one_for_all(
    deep: list[int], real: bool, data: st.DataObject
) -> None:
    pixels = np.array([deep], np.float32 if real else np.uint16)
    found = to_bytes(pixels, float(pixels.max()))
    order = np.argsort(pixels[0], kind="stable")
    assert (np.diff(found[0][order].astype(int)) >= 0).all()
    # A frame's pixels do not depend on what else is in it, only on the clip's brightest.
    some = data.draw(st.integers(0, len(deep) - 1))
    part = to_bytes(pixels[:, some : some + 1], float(pixels.max()))
    assert part[0, 0] == found[0, some]
    # More than 8 bits are never taken for fewer: the brightest half keeps its top bit.
    if not real and pixels.max() >= 128:
        bits = next(depth for depth in DEPTHS if pixels.max() < 2**depth)
        assert found.max() == int(pixels.max()) >> (bits - 8)


@given(
    order=st.lists(st.integers(0, 4), min_size=1, max_size=7),
    kinds=st.lists(st.sampled_from(["grey", "colour", "deep", "float"]), min_size=5, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_some_frames_are_those_frames_of_all(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], kinds: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("clip")
    make = {
        "grey": lambda i: SCENE + np.uint8(i),
        "colour": lambda i: np.dstack([SCENE + np.uint8(i)] * 2 + [SCENE]),
        "deep": lambda i: (SCENE.astype(np.uint16) + i) << (2 * (i % 3)),
        "float": lambda i: SCENE.astype(np.float32) * (i + 1) / 255,
    }
    names = [f"{i}.tif" for i in range(5)]
    for i, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        save(folder / name, make[kind](i))
    clip = clip_of(folder, *names)
    whole, some = read_frames(clip)[order], read_frames(clip, order)
    # Grey alone where all frames together are colour: equal channels then.
    some = some if some.ndim == whole.ndim else np.repeat(some[..., None], 3, axis=3)
    np.testing.assert_array_equal(some, whole)


@pytest.mark.parametrize("kind", ["jpg", "png", "tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path: Path, kind: str, orientation: int) -> None:
    image = Image.fromarray(np.dstack([SCENE, SCENE[::-1], SCENE[:, ::-1]]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a.{kind}"
    image.save(path, exif=exif)
    # Pillow's own reading of the tag is the outside source.
    with Image.open(path) as opened:
        expected = np.array(ImageOps.exif_transpose(opened))
    np.testing.assert_array_equal(read_image(path), expected)
    assert expected.shape[:2] == ((24, 20) if orientation < 5 else (20, 24))


@pytest.mark.parametrize("orientation", [3, 6])
def test_exif_orientation_of_deep_images(tmp_path: Path, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = ImageOps.exif_transpose
    for name, deep in (("a.png", SCENE.astype(np.uint16) << 4), ("a.tif", SCENE / np.float32(255))):
        Image.fromarray(deep).save(tmp_path / name, exif=exif)
        plain = Image.fromarray(SCENE)
        plain.getexif()[0x0112] = orientation
        np.testing.assert_array_equal(read_image(tmp_path / name), np.array(turned(plain)))


def test_a_damaged_exif_block_costs_nothing(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.fromarray(SCENE).save(buffer, "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" * 3)
    (tmp_path / "a.jpg").write_bytes(buffer.getvalue())
    assert read_image(tmp_path / "a.jpg").shape == (24, 20)


def jpeg(grey: bool, **options: object) -> bytes:
    noise = np.random.default_rng(1).integers(0, 256, (75, 101, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    image = Image.fromarray(noise[..., 0] if grey else noise)
    image.save(buffer, "JPEG", quality=85, **options)
    return buffer.getvalue()


JPEGS = {
    "grey": jpeg(True),
    "colour": jpeg(False),
    "whole chroma": jpeg(False, subsampling=0),
    "restarts": jpeg(False, restart_marker_blocks=3),
    "progressive": jpeg(False, progressive=True),
}


@pytest.mark.parametrize("name", JPEGS)
def test_a_whole_jpeg_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEGS[name])
    with Image.open(tmp_path / "a.jpg") as image:
        np.testing.assert_array_equal(read_image(tmp_path / "a.jpg"), np.array(image))


def lacks_only_bits_of_the_last_block(found: np.ndarray, whole: np.ndarray) -> None:
    np.testing.assert_array_equal(found[:-16], whole[:-16])
    np.testing.assert_array_equal(found[:, :-32], whole[:, :-32])


@pytest.mark.parametrize("name", JPEGS)
@given(share=st.floats(0, 1), thumbnail=st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_jpeg_with_an_early_end_marker_is_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, share: float, thumbnail: bool
) -> None:
    data = JPEGS[name]
    path = tmp_path_factory.mktemp("jpeg") / "a.jpg"
    path.write_bytes(data)
    whole = read_image(path)
    scan = data.index(b"\xff\xda") + 14
    cut = scan + round(share * (len(data) - 2 - scan))
    early = data[:cut] + b"\xff\xd9"
    if thumbnail:  # an end marker of its own, before the image's
        inner = b"Exif\0\0" + b"\xff\xd8\xff\xd9"
        early = early[:2] + b"\xff\xe1" + struct.pack(">H", len(inner) + 2) + inner + early[2:]
    path.write_bytes(early)
    try:
        found = read_image(path)
    except DataError:
        return
    lacks_only_bits_of_the_last_block(found, whole)


@pytest.mark.parametrize("within", [0, 1, 2])
def test_a_jpeg_that_ends_at_a_restart_is_refused(tmp_path: Path, within: int) -> None:
    data = JPEGS["restarts"]
    path = tmp_path / "a.jpg"
    path.write_bytes(data)
    whole = read_image(path)
    restarts = [at for at in range(len(data)) if data[at] == 0xFF and data[at + 1] & 0xF8 == 0xD0]
    assert len(restarts) > 8  # numbered from 0 to 7, and again
    for at in restarts:
        path.write_bytes(data[: at + within] + b"\xff\xd9")
        with pytest.raises(DataError, match="truncated"):
            lacks_only_bits_of_the_last_block(read_image(path), whole)


def test_a_progressive_jpeg_that_ends_between_two_scans_is_refused(tmp_path: Path) -> None:
    for data in (JPEGS["progressive"], jpeg(True, progressive=True)):
        scans = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xda"]
        assert len(scans) > 3
        # Tables of the next scan may come before it.
        for at in scans[1:]:
            cut = max(data.rfind(b"\xff\xc4", scans[0], at), scans[0])
            cut = at if b"\xff\xda" in data[cut:at] or cut == scans[0] else cut
            (tmp_path / "a.jpg").write_bytes(data[:cut] + b"\xff\xd9")
            with pytest.raises(DataError, match="truncated"):
                read_image(tmp_path / "a.jpg")


def test_a_file_of_several_images_is_refused(tmp_path: Path) -> None:
    pages = [Image.fromarray(SCENE + np.uint8(i)) for i in range(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with pytest.raises(DataError, match="3 images in one file"):
        read_image(tmp_path / "a.tif")


@pytest.mark.parametrize("level", [127, 128, 129])
def test_a_picture_that_is_grey_itself_is_read(tmp_path: Path, level: int) -> None:
    path = tmp_path / "a.jpg"
    Image.new("L", (40, 30), level).save(path)
    assert (read_image(path) == level).all()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_small_file_that_claims_to_be_huge_is_refused_at_once(tmp_path: Path, mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (64, 64)).save(buffer, "JPEG")
    data = bytearray(buffer.getvalue())
    frame = data.index(b"\xff\xc0")
    for height, width in ((7900, 7900), (5000, 5000), (4320, 7680)):
        data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
        (tmp_path / "a.jpg").write_bytes(data)
        began = time.process_time()
        with pytest.raises(DataError, match=f"{width} x {height} pixels") as caught:
            read_image(tmp_path / "a.jpg")
        assert "at most 33177600" in str(caught.value) or "cannot be in a file" in str(caught.value)
        assert time.process_time() - began < 1  # decoding takes longer


def test_what_is_no_image_is_said_without_a_trace_of_the_decoder(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"RIFF....WEBPVP8 ")
    with pytest.raises(DataError) as caught:
        read_image(tmp_path / "a.jpg")
    assert "no JPEG, PNG, BMP or TIFF image" in str(caught.value)
    assert "BytesIO" not in str(caught.value)

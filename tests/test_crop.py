"""`bench data crop`: raw frames become aligned faces that the same loader reads."""

from __future__ import annotations

import numpy as np
import PIL.Image
import pytest
from test_faces import landmarks, needs_model, portrait


@pytest.fixture
def raw(world):
    """CASME II's raw tree with two clips of a SYNTHETIC face, and settings that name it."""
    frame = np.pad(portrait(), ((60, 100), (150, 90), (0, 0)), mode="edge")
    root = world.folder / "CASME2"
    for name in ("EP01_01", "EP02_01f"):
        folder = root / f"CASME2_RAW_selected/sub01/{name}"
        folder.mkdir(parents=True)
        for n in (9, 10, 11):
            PIL.Image.fromarray(frame).save(folder / f"img{n}.jpg")
    table = "Subject,Filename,OnsetFrame,ApexFrame,OffsetFrame,Action Units,Estimated Emotion\n"
    for name in ("EP01_01", "EP02_01f"):
        table += f"01,{name},9,10,11,12,happiness\n"
    (root / "CASME2-coding.csv").write_text(table)
    (world.folder / "bench.toml").write_text('[roots]\ncasme2 = "CASME2"\n')
    return root


def test_cropped_frames_are_read_by_the_same_loader(world, raw):
    from bench.datasets.casme2 import Casme2

    (raw / "landmarks").mkdir()
    np.save(raw / "landmarks/01_EP02_01f.npy", landmarks((190, 120), (250, 120)))
    done = world.bench("data", "crop", "casme2", "new", "--size", "100x120")
    assert done.code == 0, done.err
    assert "2 clips: 1 by landmarks on disk, 1 by" in done.out
    dataset = Casme2(world.folder / "new")
    before, after = Casme2(raw).index().clips, dataset.index().clips
    assert [c.id for c in after] == [c.id for c in before]
    assert [c.apex for c in after] == [1, 1]
    for clip in after:
        assert dataset.read(clip)["frames"].shape == (3, 120, 100, 3)
    detected, given = (dataset.read(clip)["frames"][0].astype(int) for clip in after)
    assert np.abs(detected - given).mean() > 1  # the landmarks were used, not the detector
    points = dataset.read(after[1])["landmarks"]
    assert points[36:42].mean(axis=0) == pytest.approx([0.28, 0.345], abs=1e-3)
    assert points[42:48].mean(axis=0) == pytest.approx([0.72, 0.345], abs=1e-3)


@needs_model
def test_landmarks_are_written_beside_the_frames(world, raw):
    from bench.datasets.casme2 import Casme2

    (raw / "landmarks").mkdir()
    np.save(raw / "landmarks/01_EP02_01f.npy", landmarks((190, 120), (250, 120)))
    done = world.bench("data", "landmarks", "casme2")
    assert done.code == 0, done.err
    assert "1 files written" in done.out
    dataset = Casme2(raw)
    found, given = (dataset.read(clip)["landmarks"] for clip in dataset.index().clips)
    assert given[36:42].mean(axis=0) == pytest.approx([190 / 380, 120 / 330], abs=1e-3)
    expected = [(150 + 41) / 380, (60 + 60) / 330]
    assert found[36:42].mean(axis=0) == pytest.approx(expected, abs=0.02)


def test_without_a_model_landmarks_say_where_to_get_one(world, raw, monkeypatch):
    monkeypatch.setattr("bench.data.reading.mesh.CARRIERS", {})
    done = world.bench("data", "landmarks", "casme2")
    assert done.code == 2
    assert "no model of the face mesh: --model FILE" in done.err
    (raw / "a.tflite").write_bytes(b"nothing")
    done = world.bench("data", "landmarks", "casme2", "--model", str(raw / "a.tflite"))
    assert "a.tflite: not a face mesh model" in done.err


def test_clips_without_a_face_are_all_named(world, raw):
    for path in raw.rglob("img9.jpg"):
        PIL.Image.new("RGB", (300, 300), (90, 90, 90)).save(path)
    done = world.bench("data", "crop", "casme2", "new")
    assert done.code == 2
    assert "2 clips without a face: casme2/01/EP01_01: no face" in done.err
    assert "casme2/01/EP02_01f: no face" in done.err
    assert not (world.folder / "new").exists()


def test_bad_input_of_crop(world, raw):
    assert "--size '9'" in world.bench("data", "crop", "casme2", "new", "--size", "9").err
    assert "CASME2 is not empty" in world.bench("data", "crop", "casme2", "CASME2").err
    assert "samm has no data" in world.bench("data", "crop", "samm", "new").err
    (raw / "SYNTHETIC.json").write_text("{}")
    assert "stand-ins are already cropped" in world.bench("data", "crop", "casme2", "new").err

"""Faces of raw clips: landmarks of the user, a model or a detector, one alignment for a clip."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.cache.cache import Cache
from bench.core.clip import Clip
from bench.core.dataset import Index
from bench.core.errors import BenchError, DataError
from bench.data.fingerprint import digests
from bench.data.reading.faces import face_box, find_face
from bench.data.reading.landmarks import read_landmarks, with_landmarks, write_landmarks
from bench.data.reading.mesh import SIDE, installed_model, load_model, mesh
from bench.datasets.synthetic.identity import STYLES
from bench.datasets.synthetic.plan import stream
from bench.datasets.synthetic.sheet import _portrait
from bench.datasets.synthetic.subject import meet
from bench.views import landmarks as view
from bench.views.clip_views import Views
from bench.views.landmarks import TEMPLATE, aligned, eyes_of, ibug, similarity

MODEL = installed_model()
needs_model = pytest.mark.skipif(
    MODEL is None, reason="no installed package carries MediaPipe's face_landmark.tflite"
)
CLIP = Clip("casme2", "01", "EP01", "x", Path(), ("img1.jpg",))


def landmarks(left=(40.0, 60.0), right=(100.0, 62.0)) -> np.ndarray:
    """68 points with round eyes."""
    points = np.zeros((68, 2))
    for eye, first in ((left, 36), (right, 42)):
        turn = np.arange(6) * np.pi / 3
        points[first : first + 6] = np.array(eye) + 5 * np.stack([np.cos(turn), np.sin(turn)], 1)
    points[48:60] = (left[0] + right[0]) / 2, max(left[1], right[1]) + 60
    return points


def portrait(number: int = 2) -> np.ndarray:
    """A SYNTHETIC face at rest, (170, 140, 3) uint8."""
    person = meet(stream(0, "casme2", "face", number), STYLES["casme2"])
    return (255 * _portrait(person)).astype(np.uint8)


def test_the_detector_finds_a_face_in_a_larger_picture():
    face = portrait()
    raw = np.pad(face, ((200, 300), (400, 150), (0, 0)), mode="edge")
    left, top, side = face_box(raw)
    assert left < 400 + 45 < 400 + 95 < left + side
    assert top < 200 + 60 < 200 + 120 < top + side
    assert 120 < side < 200
    assert face_box(np.full((300, 300), 90, np.uint8)) is None


def padded(number: int = 2) -> np.ndarray:
    """A SYNTHETIC face with a margin of 90 px."""
    return np.pad(portrait(number), ((90, 90), (90, 90), (0, 0)), mode="edge")


def test_the_users_landmarks_come_before_the_detector(tmp_path):
    detected = find_face(tmp_path, CLIP, padded(), None)
    assert (detected.source, detected.points) == ("box", None)
    assert np.abs(detected.eyes - [[90 + 41, 90 + 60], [90 + 101, 90 + 60]]).max() < 12
    (tmp_path / "landmarks").mkdir()
    np.save(tmp_path / "landmarks/01_EP01.npy", landmarks())
    index = with_landmarks(Index((CLIP, replace(CLIP, name="EP02"))), tmp_path)
    assert index.notes == (f"1 of 2 clips have landmarks in {tmp_path / 'landmarks'}",)
    given = find_face(tmp_path, index.clips[0], padded(), None)
    assert given.source == "files"
    assert given.points == pytest.approx(landmarks())
    assert given.eyes == pytest.approx(np.array([[40, 60], [100, 62]]))
    assert find_face(tmp_path, index.clips[1], padded(), None).source == "box"


def test_a_clip_without_a_face_is_named(tmp_path):
    with pytest.raises(DataError, match=r"casme2/01/EP01: no face found in img1.jpg.*01_EP01"):
        find_face(tmp_path, CLIP, np.full((300, 300, 3), 90, np.uint8), None)


def test_landmarks_are_part_of_what_a_clip_is(tmp_path):
    (tmp_path / "img1.jpg").write_bytes(b"1")
    clip = replace(CLIP, folder=tmp_path)
    path = tmp_path / "landmarks/01_EP01.csv"
    found = []
    for shift in (0, 0, 1):
        write_landmarks(path, landmarks() + shift)
        marked = replace(clip, landmarks=path)
        found += digests([clip, marked], Cache(tmp_path / "cache"), "casme2")
    assert len(set(found[::2])) == 1
    assert found[1] == found[3] != found[5]
    assert found[0] not in found[1::2]


def test_the_view_is_what_the_clip_has_or_the_mean_face():
    given = np.array(TEMPLATE, np.float32) + 0.01
    assert np.array_equal(view.landmarks(Views({"landmarks": given})), given)
    mean = view.landmarks(Views({}))
    assert mean.shape == (68, 2)
    assert np.allclose(mean[:17], (mean[16::-1] - [0.5, 0]) * [-1, 1] + [0.5, 0], atol=0.011)


class Seen:
    """A network that says its input's brightest pixel 468 times, apart by the mesh's shape."""

    def __init__(self, shape: np.ndarray) -> None:
        self.shape = shape

    def setInput(self, blob: np.ndarray) -> None:  # noqa: N802 (OpenCV's name)
        bright = blob[0].sum(axis=0)
        self.place = np.unravel_index(bright.argmax(), bright.shape)[::-1]

    def forward(self) -> np.ndarray:
        points = np.zeros((468, 3))
        points[:, :2] = self.shape + self.place
        return points.reshape(1, -1, 1, 1)


@pytest.mark.parametrize("tilt", [0.0, 0.3])
def test_points_come_back_to_the_picture(tilt):
    """Whatever square the model sees, what it finds lies where it was."""
    spot = np.array([210, 160])
    image = np.zeros((300, 400), np.uint8)
    image[spot[1] - 1 : spot[1] + 2, spot[0] - 1 : spot[0] + 2] = 255
    shape = np.random.default_rng(0).uniform(-60, 60, (468, 2))
    shape -= shape.mean(axis=0)
    for eye, x in (((33, 160, 158, 133, 153, 144), -40), ((362, 385, 387, 263, 373, 380), 40)):
        shape[list(eye)] = x, tilt * x
    found = mesh(Seen(shape), image, (130, 90, 150))
    assert found.shape == (468, 2)
    middle = (found - shape.mean(axis=0)).mean(axis=0)
    assert middle == pytest.approx(spot, abs=3 if tilt == 0 else 6)
    assert SIDE == 192


def test_what_is_no_model_is_said(tmp_path):
    (tmp_path / "a.tflite").write_bytes(b"not a model at all")
    for path in (tmp_path / "a.tflite", tmp_path / "none.tflite"):
        with pytest.raises(BenchError, match=f"{path.name}: not a face mesh model"):
            load_model(path)


@needs_model
def test_the_models_landmarks_lie_on_the_face(tmp_path):
    face = find_face(tmp_path, CLIP, padded(), MODEL)
    assert face.source == "model"
    assert np.abs(face.eyes - [[90 + 41, 90 + 60], [90 + 101, 90 + 60]]).max() < 6
    expected = np.array(TEMPLATE) * [140, 170] + 90
    assert np.abs(face.points - expected).mean() < 6
    grey = find_face(tmp_path, CLIP, padded()[..., 1], MODEL)
    assert np.abs(grey.points - face.points).mean() < 2


@needs_model
def test_the_models_landmarks_turn_with_the_face(tmp_path):
    import cv2

    image = padded()
    turn = cv2.getRotationMatrix2D((160, 175), 12, 1.1)
    tilted = cv2.warpAffine(image, turn, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    before = find_face(tmp_path, CLIP, image, MODEL).points
    after = find_face(tmp_path, CLIP, tilted, MODEL).points
    assert np.abs(before @ turn[:, :2].T + turn[:, 2] - after).mean() < 3


def test_every_form_of_landmarks(tmp_path):
    points = landmarks().round(3)
    np.save(tmp_path / "a.npy", np.stack([points, points + 9]))
    np.savetxt(tmp_path / "b.csv", points, delimiter=",")
    np.savetxt(tmp_path / "c.csv", np.stack([points.ravel(), points.ravel() + 9]), delimiter=",")
    (tmp_path / "d.json").write_text(json.dumps(points.tolist()))
    for name in ("a.npy", "b.csv", "c.csv", "d.json"):
        assert read_landmarks(tmp_path / name) == pytest.approx(points)
    assert read_landmarks(tmp_path / "b.csv").shape == (68, 2)


def test_landmarks_that_are_none_are_named(tmp_path):
    path = tmp_path / "a.json"
    mirrored = landmarks(left=(100, 62), right=(40, 60))
    for text, words in (
        ("[[1, 2], [3, 4]]", "expected 68"),
        ("{", "cannot be read"),
        (json.dumps(mirrored.tolist()), "not a frontal face"),
        ("[]", "expected 68"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=f"a.json: .*{words}"):
            read_landmarks(path)


def test_iris_points_are_read_as_the_mesh():
    points = np.random.default_rng(0).uniform(0, 99, (478, 2))
    assert np.array_equal(ibug(points), ibug(points[:468]))
    assert len(np.unique(ibug(points), axis=0)) == 68
    points[[33, 160, 158, 133, 153, 144]] = 15, 3
    points[[362, 385, 387, 263, 373, 380]] = 45, 4
    assert eyes_of(ibug(points)).tolist() == [[15, 3], [45, 4]]


def test_a_similarity_keeps_shape_and_brings_the_eyes_to_their_place():
    eyes = np.array([[310.0, 200.0], [420.0, 240.0]])
    matrix = similarity(eyes, (224, 200))
    assert eyes @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(
        np.array([[56, 77.28], [144, 77.28]])
    )
    turn = matrix[:, :2]
    assert turn @ turn.T == pytest.approx(np.eye(2) * (88 / np.hypot(110, 40)) ** 2)


@pytest.mark.parametrize("distance", [40, 160])
def test_aligned_eyes_lie_at_their_place_in_small_and_large_frames(distance):
    """Blobs drawn at the eyes of a tilted face are found again where they should be."""
    eyes = np.array([[200.0, 150.0], [200.0 + distance, 150.0 + distance / 8]])
    down, right = np.mgrid[:400, :500]
    blobs = [np.exp(-((right - x) ** 2 + (down - y) ** 2) / (distance / 10) ** 2) for x, y in eyes]
    frames = np.repeat((255 * sum(blobs)).astype(np.uint8)[None], 3, axis=0)
    faces = aligned(frames, eyes, (100, 100))
    assert (faces.shape, faces.dtype) == ((3, 100, 100), np.uint8)
    for half, x in ((np.s_[:, :50], 28.0), (np.s_[:, 50:], 72.0)):
        part = faces[0][half].astype(float)
        rows, columns = np.mgrid[:100, :50]
        found = (part * columns).sum() / part.sum() + (0 if x < 50 else 50)
        assert found == pytest.approx(x, abs=0.3)
        assert (part * rows).sum() / part.sum() == pytest.approx(34.5, abs=0.3)
    assert (faces == faces[0]).all()

"""Faces of raw clips: landmarks of the user, the detector, one alignment for all frames."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.clip import Clip
from bench.datasets.synthetic.identity import STYLES
from bench.datasets.synthetic.plan import stream
from bench.datasets.synthetic.sheet import _portrait
from bench.datasets.synthetic.subject import meet
from bench.errors import DataError
from bench.reading.faces import face_box, find_eyes, read_landmarks
from bench.views.landmarks import aligned, eyes_of, similarity

CLIP = Clip("casme2", "01", "EP01", "x", Path(), ("img1.jpg",))


def landmarks(left=(40.0, 60.0), right=(100.0, 62.0)) -> np.ndarray:
    """68 points with round eyes."""
    points = np.zeros((68, 2))
    for eye, first in ((left, 36), (right, 42)):
        turn = np.arange(6) * np.pi / 3
        points[first : first + 6] = np.array(eye) + 5 * np.stack([np.cos(turn), np.sin(turn)], 1)
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


def test_eyes_come_from_the_users_landmarks_before_the_detector(tmp_path):
    (tmp_path / "landmarks").mkdir()
    face = np.pad(portrait(), ((90, 90), (90, 90), (0, 0)), mode="edge")
    detected = find_eyes(tmp_path, CLIP, face)
    np.save(tmp_path / "landmarks/01_EP01.npy", landmarks())
    given = find_eyes(tmp_path, CLIP, face)
    assert given == pytest.approx(np.array([[40, 60], [100, 62]]))
    assert np.abs(detected - [[90 + 41, 90 + 60], [90 + 101, 90 + 60]]).max() < 12


def test_a_clip_without_a_face_is_named(tmp_path):
    with pytest.raises(DataError, match=r"casme2/01/EP01: no face was found in img1.jpg.*01_EP01"):
        find_eyes(tmp_path, CLIP, np.full((300, 300, 3), 90, np.uint8))


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
        ("[[1, 2], [3, 4]]", "expected 68 or 478"),
        ("{", "cannot be read"),
        (json.dumps(mirrored.tolist()), "not a face seen from in front"),
        ("[]", "expected 68 or 478"),
    ):
        path.write_text(text)
        with pytest.raises(DataError, match=f"a.json: .*{words}"):
            read_landmarks(path)


def test_eyes_of_mediapipes_points():
    points = np.zeros((478, 2))
    points[[33, 133, 362, 263], 0] = 10, 20, 40, 50
    assert eyes_of(points).tolist() == [[15, 0], [45, 0]]
    with pytest.raises(ValueError, match="5 landmarks"):
        eyes_of(points[:5])


def test_a_similarity_keeps_shape_and_brings_the_eyes_to_their_place():
    eyes = np.array([[310.0, 200.0], [420.0, 240.0]])
    matrix = similarity(eyes, (224, 200))
    assert eyes @ matrix[:, :2].T + matrix[:, 2] == pytest.approx(
        np.array([[60, 78.4], [140, 78.4]])
    )
    turn = matrix[:, :2]
    assert turn @ turn.T == pytest.approx(np.eye(2) * (80 / np.hypot(110, 40)) ** 2)


@pytest.mark.parametrize("distance", [40, 160])
def test_aligned_eyes_lie_at_their_place_in_small_and_large_frames(distance):
    """Blobs drawn at the eyes of a tilted face are found again where they should be."""
    eyes = np.array([[200.0, 150.0], [200.0 + distance, 150.0 + distance / 8]])
    down, right = np.mgrid[:400, :500]
    blobs = [np.exp(-((right - x) ** 2 + (down - y) ** 2) / (distance / 10) ** 2) for x, y in eyes]
    frames = np.repeat((255 * sum(blobs)).astype(np.uint8)[None], 3, axis=0)
    faces = aligned(frames, eyes, (100, 100))
    assert (faces.shape, faces.dtype) == ((3, 100, 100), np.uint8)
    for half, x in ((np.s_[:, :50], 30.0), (np.s_[:, 50:], 70.0)):
        part = faces[0][half].astype(float)
        rows, columns = np.mgrid[:100, :50]
        found = (part * columns).sum() / part.sum() + (0 if x < 50 else 50)
        assert found == pytest.approx(x, abs=0.3)
        assert (part * rows).sum() / part.sum() == pytest.approx(35.0, abs=0.3)
    assert (faces == faces[0]).all()

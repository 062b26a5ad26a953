"""The public landmarks of SLSTT as features: drawn faces in its layout, and the real files."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from clones import clone

from bench import DataError
from bench.datasets.landmarks import UNLISTED, Landmarks
from bench.views.landmarks import PLACED, TEMPLATE, eyes_of

FILES = {
    "casme2/landmarks/sub01/EP02_01f": "casme2/01/EP02_01f",
    "casme2/landmarks/sub01/EP03_02": "casme2/01/EP03_02",
    "samm/landmarks/006/006_1_2": "samm/006/006_1_2",
    "smic/landmarks/s1/s1_ne_01": "smic/s1/s1_ne_01",
}


def drawn(root: Path) -> Path:
    for i, name in enumerate(FILES):
        path = root / "preprocess" / "databases" / f"{name}.npy"
        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, np.rint(100 * (i + 2) * np.array(TEMPLATE)).astype(np.int64))
    return root


def test_files_are_clips_and_their_classes_are_the_lists(tmp_path: Path) -> None:
    drawn(tmp_path / "SLSTT")
    for root in (tmp_path, tmp_path / "SLSTT"):
        clips = Landmarks(root).index().clips
        assert [clip.id for clip in clips] == list(FILES.values())
        assert [clip.emotion for clip in clips] == ["positive", UNLISTED, "negative", "negative"]
        assert Landmarks.labellings["3"].label(clips[1]) is None


def test_features_are_the_shape_of_the_face_and_nothing_of_where_it_is(tmp_path: Path) -> None:
    dataset = Landmarks(drawn(tmp_path))
    clip = dataset.index().clips[0]
    path = clip.folder / clip.files[0]
    face = np.array(TEMPLATE) * 200 + np.random.default_rng(0).normal(size=(68, 2))
    np.save(path, face)
    first = dataset.read(clip)["features"]
    np.testing.assert_allclose(eyes_of(first.reshape(68, 2)), PLACED)
    turn = np.deg2rad(20)
    turned = face @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    np.save(path, 3 * turned + [40, -7])
    np.testing.assert_allclose(dataset.read(clip)["features"], first, atol=1e-12)
    face[30] += 5  # the tip of the nose
    np.save(path, face)
    changed = dataset.read(clip)["features"].reshape(68, 2) != first.reshape(68, 2)
    assert np.flatnonzero(changed.any(axis=1)).tolist() == [30]


def test_another_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a clone of the repository SLSTT"):
        Landmarks(tmp_path).index()


def test_the_real_files() -> None:
    dataset = Landmarks(clone("landmarks"))
    index = dataset.index()
    assert (len(index.clips), index.missing) == (578, ())
    databases = Counter(clip.database for clip in index.clips)
    assert databases == {"casme2": 255, "samm": 159, "smic": 164}
    labelling = dataset.labellings["3"]
    tally = Counter(labelling.label(clip) for clip in index.clips)
    assert (tally[0], tally[1], tally[2]) == labelling.expected
    faces = np.array([dataset.read(clip)["features"] for clip in index.clips]).reshape(-1, 68, 2)
    # Noses are below the eyes and lips below noses, in every picture.
    assert (faces[:, 33, 1] > PLACED[0][1]).all()
    assert (faces[:, 57, 1] > faces[:, 33, 1]).all()

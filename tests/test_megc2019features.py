"""The public LBP-TOP and HOOF of MEGC 2019: drawn features in their layout, and the real ones."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import trees
from clones import clone

from bench import DataError
from bench.core.names import ClipId
from bench.data import megc2019
from bench.datasets.megc2019features import ArchivedFeatures, Megc2019HOOF, Megc2019LBPTOP

KINDS = (Megc2019LBPTOP, Megc2019HOOF)
MEMBERS = {
    "casme2-sub01-EP02_01f": "casme2/01/EP02_01f",
    "samm-6-006_1_2": "samm/006/006_1_2",
    "smic-s01-s01_ne_01": "smic/s1/s1_ne_01",
}


def drawn(kind: type[ArchivedFeatures], root: Path, without: str = "", scale: float = 1) -> Path:
    """An archive of three clips, in which every value tells clip and setting."""
    from scipy.io import savemat

    (root / kind.folder).mkdir(parents=True)
    with zipfile.ZipFile(root / kind.folder / "Features.zip", "w") as archive:
        for i, (folder, shape) in enumerate(kind.settings.values()):
            archive.writestr(f"{folder}/Features/", "")
            for j, name in enumerate(MEMBERS):
                file = io.BytesIO()
                savemat(file, {kind.variable: np.full(shape, scale * (10.0 * i + j))})
                if name != without:
                    archive.writestr(f"{folder}/Features/{name}.mat", file.getvalue())
    return root


@pytest.mark.parametrize("kind", KINDS)
def test_every_clip_is_there_in_every_setting_and_none_twice(kind, tmp_path: Path) -> None:
    dataset = kind(drawn(kind, tmp_path))
    clips = {clip.id: clip for clip in dataset.index().clips}
    for i, (word, (_, shape)) in enumerate(kind.settings.items()):
        for j, name in enumerate(MEMBERS.values()):
            clip = clips.pop(f"{name}{word}")
            features = dataset.read(clip)["features"]
            np.testing.assert_array_equal(features, np.full(np.prod(shape), 10.0 * i + j))
            labelling = dataset.labellings[f"3{word}"]
            assert labelling.classes[labelling.label(clip)] == megc2019.official()[name]
            others = [w for w in dataset.labellings if w != f"3{word}"]
            assert {dataset.labellings[w].label(clip) for w in others} == {None}
    assert not clips


@pytest.mark.parametrize("kind", KINDS)
def test_roots_in_use_and_what_lacks(kind, tmp_path: Path) -> None:
    drawn(kind, tmp_path / "ACII19-Apex-Time-Network", without="samm-6-006_1_2")
    for root in (tmp_path, tmp_path / "ACII19-Apex-Time-Network"):
        index = kind(root).index()
        assert len(index.clips) == 2 * len(kind.settings)
        assert "samm/006/006_1_2" in trees.missing(index)
        assert len(index.clips) + len(index.missing) == index.expected
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="expected a clone of the repository ACII19"):
        kind(tmp_path / "empty").index()


def test_what_no_archive_has_is_named(tmp_path: Path) -> None:
    dataset = Megc2019HOOF(drawn(Megc2019HOOF, tmp_path, scale=np.inf))
    with pytest.raises(DataError, match=r"HOOF_TIM10_4/.*\.mat: HOOF of shape \(4, 9\); expected"):
        dataset.read(dataset.index().clips[0])
    (tmp_path / "HOOF" / "Features.zip").write_bytes(b"PK nonsense")
    with pytest.raises(DataError, match=r"Features\.zip: not a readable zip file"):
        dataset.index()


@pytest.mark.parametrize("kind", KINDS)
def test_the_real_archive(kind) -> None:
    dataset = kind(clone(kind.name))
    index = dataset.index()
    assert (len(index.clips), index.missing) == (442 * 4, ())
    for word, labelling in dataset.labellings.items():
        tally = Counter(labelling.label(clip) for clip in index.clips)
        assert (tally[0], tally[1], tally[2]) == labelling.expected
        people = {clip.person for clip in index.clips if labelling.label(clip) is not None}
        assert len(people) == labelling.subjects, word
    for clip in index.clips[::100]:
        features = dataset.read(clip)["features"]
        # Histograms: of three planes, or of as many moments as the setting has.
        assert features.min() >= 0
        assert round(features.sum(), 6) in {3, 9, 64}
        assert ClipId.parse(clip.id).database == clip.database

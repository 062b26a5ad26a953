"""The public LBP-TOP of CASME II: drawn features in its layout, and the real files where cloned."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from clones import clone

from bench import DataError
from bench.data import megc2019
from bench.datasets.casme2lbptop import CLIPS, FEATURES, LABELS, SIZE, Casme2LBPTOP

NUMBERS = {"happiness": 0, "disgust": 1, "surprise": 2, "repression": 3, "others": 4}


def drawn(root: Path, clips: int = 255, size: int = SIZE, label: int = 4) -> Path:
    """Its two files, of features that tell the row: those of row i are i + 1."""
    from scipy.io import savemat

    root.mkdir(parents=True, exist_ok=True)
    columns = np.tile(np.arange(clips) + 1.0, (size, 1))
    savemat(root / FEATURES, {"feature": columns}, do_compression=True)
    labels = np.zeros((clips, 1), np.uint8)
    labels[0] = label
    savemat(root / LABELS, {"label": labels})
    return root


def test_rows_are_clips_of_their_subjects_and_nine_are_no_happiness(tmp_path: Path) -> None:
    dataset = Casme2LBPTOP(drawn(tmp_path))
    clips = dataset.index().clips
    assert [clip.id for clip in clips[8:11]] == [
        "casme2/01/row009",
        "casme2/02/row010",
        "casme2/02/row011",
    ]
    assert tuple(Counter(clip.subject for clip in clips).values()) == CLIPS
    assert Counter(clip.emotion for clip in clips) == {
        "others": 1,
        "happiness": 245,
        "fear or sadness": 9,
    }
    features = dataset.read(clips[169])["features"]
    assert (features.shape, features[0]) == ((SIZE,), 170)


def test_roots_in_use_and_what_lacks(tmp_path: Path) -> None:
    drawn(tmp_path / "CASME2-Micro-Expression-Database-SVM")
    assert len(Casme2LBPTOP(tmp_path).index().clips) == 255
    (tmp_path / "CASME2-Micro-Expression-Database-SVM" / LABELS).unlink()
    with pytest.raises(DataError, match="expected a clone of the repository"):
        Casme2LBPTOP(tmp_path).index()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"clips": 254}, r"label\.mat: labels of shape \(254,\); expected 255 numbers"),
        ({"label": 5}, r"label\.mat: labels of shape \(255,\); expected 255 numbers from 0 to 4"),
        ({"size": 177}, r"P4\.mat: 177 features of a clip, expected 4425"),
    ],
)
def test_other_files_are_named(tmp_path: Path, changes: dict, said: str) -> None:
    dataset = Casme2LBPTOP(drawn(tmp_path, **changes))
    with pytest.raises(DataError, match=said):
        dataset.read(dataset.index().clips[0])


def test_a_replaced_file_is_read_again(tmp_path: Path) -> None:
    dataset = Casme2LBPTOP(drawn(tmp_path))
    clip = dataset.index().clips[0]
    assert dataset.read(clip)["features"][0] == 1
    (tmp_path / FEATURES).write_bytes(b"damaged")
    with pytest.raises(DataError, match=r"P4\.mat: not a readable mat file"):
        dataset.read(clip)


def test_the_real_files_agree_with_the_list_of_megc_2019() -> None:
    dataset = Casme2LBPTOP(clone("casme2lbptop"))
    clips = dataset.index().clips
    for word in ("5", "3"):
        labelling = dataset.labellings[word]
        tally = Counter(labelling.label(clip) for clip in clips)
        assert tuple(tally[i] for i in range(len(labelling.classes))) == labelling.expected
        people = {clip.person for clip in clips if labelling.label(clip) is not None}
        assert len(people) == labelling.subjects
    # Each subject's clips per class are the organisers'.
    three = dataset.labellings["3"]
    ours = Counter(
        (clip.subject, three.classes[label])
        for clip in clips
        if (label := three.label(clip)) is not None
    )
    listed = megc2019.official("casme2/")
    assert ours == Counter((clip.split("/")[1], word) for clip, word in listed.items())
    assert dataset.read(clips[0])["features"].sum() == pytest.approx(75, rel=1e-6)

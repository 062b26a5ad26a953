"""The public flow images of MEGC 2019."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import trees

from bench.core.errors import DataError
from bench.datasets.megc2019flow import FOLDER, TABLE, Megc2019Flow

REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "htnet"
ROWS = (
    ("casme2", "sub01", "EP02_01f", 1),
    ("samm", "006", "006_1_2", 0),
    ("smic", "s01", "s01_ne_01", 2),
)


def clone(root: Path, space: str = " ", rows: tuple = ROWS) -> Path:
    import cv2

    (root / "datasets" / FOLDER).mkdir(parents=True)
    lines = ["dataset,sub,filename_o,label,apex,imagename,sub_filename"]
    for i, (database, subject, name, label) in enumerate(rows):
        lines.append(f"{database},{subject},{name},{label},,,")
        planes = np.zeros((28, 28, 3), np.uint8) + np.array([30, 20, 10], np.uint8) + i
        planes[5] += 100
        data = cv2.imencode(".png", planes)[1].tobytes()
        (root / "datasets" / FOLDER / f"{subject}_{name}{space}.png").write_bytes(data)
    (root / TABLE).write_text("\n".join(lines))
    return root


@pytest.mark.parametrize("space", [" ", ""])
def test_clips_are_named_as_in_their_databases(tmp_path: Path, space: str) -> None:
    index = Megc2019Flow(clone(tmp_path, space)).index()
    assert [(c.id, c.emotion) for c in index.clips] == [
        ("casme2/01/EP02_01f", "positive"),
        ("samm/006/006_1_2", "negative"),
        ("smic/s1/s1_ne_01", "surprise"),
    ]


def test_planes_are_horizontal_vertical_strain(tmp_path: Path) -> None:
    dataset = Megc2019Flow(clone(tmp_path))
    flow = dataset.read(dataset.index().clips[1])["flow_image"]
    assert (flow.shape, flow.dtype) == ((3, 28, 28), np.uint8)
    assert flow[:, 4, 5].tolist() == [11, 21, 31]
    assert flow[:, 5, 4].tolist() == [111, 121, 131]


def test_roots_in_use(tmp_path: Path) -> None:
    clone(tmp_path / "HTNet")
    for root in (tmp_path, tmp_path / "HTNet", tmp_path / "HTNet" / "datasets"):
        assert len(Megc2019Flow(root).index().clips) == 3


def test_what_lacks_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="expected a clone of the HTNet repository"):
        Megc2019Flow(tmp_path).index()
    clone(tmp_path)
    (tmp_path / "datasets" / FOLDER / "006_006_1_2 .png").unlink()
    index = Megc2019Flow(tmp_path).index()
    assert (trees.missing(index), len(index.clips)) == (("samm/006/006_1_2",), 2)


@pytest.mark.parametrize("row", [("other", "s1", "a", 1), ("samm", "x", "a", 1)])
def test_a_row_it_does_not_know_is_named(tmp_path: Path, row: tuple) -> None:
    with pytest.raises(DataError, match=f"{TABLE}: row 2"):
        Megc2019Flow(clone(tmp_path, rows=(row,))).index()


def test_an_image_of_another_size_is_named(tmp_path: Path) -> None:
    import cv2

    dataset = Megc2019Flow(clone(tmp_path))
    clip = dataset.index().clips[0]
    data = cv2.imencode(".png", np.zeros((28, 27, 3), np.uint8))[1].tobytes()
    (clip.folder / clip.files[0]).write_bytes(data)
    with pytest.raises(DataError, match=r"EP02_01f \.png: shape \(28, 27, 3\), expected"):
        dataset.read(clip)


@pytest.mark.skipif(not REAL.is_dir(), reason="no clone of the HTNet repository at hand")
def test_the_real_repository() -> None:
    dataset = Megc2019Flow(REAL)
    index = dataset.index()
    labelling = dataset.labellings["3"]
    tally = Counter(labelling.label(clip) for clip in index.clips)
    assert (tally[0], tally[1], tally[2]) == labelling.expected
    assert Counter(clip.database for clip in index.clips) == {
        "smic": 164,
        "casme2": 145,
        "samm": 133,
    }
    assert len({clip.person for clip in index.clips}) == 68
    assert dataset.read(index.clips[-1])["flow_image"].shape == (3, 28, 28)

"""Features, optical flow and landmarks of one's own, without code."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy.io import savemat
from sklearn.model_selection import LeaveOneGroupOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from bench import DataError
from bench.data.reading import read_landmarks
from bench.data.reading.flow import read_flow
from bench.plugins.settings import located, read_settings
from tests.conftest import World
from tests.videos import pattern, write_video

PEOPLE, EACH = 6, 5


@pytest.fixture
def own(world: World) -> World:
    (world.folder / "bench.toml").unlink()
    world.patch.delenv("BENCH_CONFIG")
    return world


def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, subjects and labels of thirty clips."""
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 3, PEOPLE * EACH)
    features = rng.normal(size=(PEOPLE * EACH, 12)) + labels[:, None] * np.eye(3)[0].repeat(4)
    subjects = np.repeat([f"p{i:02d}" for i in range(PEOPLE)], EACH)
    return features, subjects, np.array(["low", "mid", "high"])[labels]


def dataset(name: str = "mine"):
    registry, settings = read_settings()
    return located(registry, settings.folders)[name]


def write(world: World, kind: str) -> list[str]:
    """The features in a file of a kind; the options of `bench new dataset`."""
    features, subjects, labels = drawn()
    home = world.folder
    if kind in ("npz", "mat"):
        values = {"features": features, "subject": subjects, "label": labels}
        if kind == "npz":
            np.savez(home / "mine.npz", **values)
        else:
            savemat(
                home / "mine.mat",
                {k: v.astype(object) if v.dtype.kind == "U" else v for k, v in values.items()},
            )
        return ["--clips", f"mine.{kind}"]
    if kind == "npy":
        np.save(home / "mine.npy", features)
        rows = [("subject", "label"), *zip(subjects, labels, strict=True)]
        with (home / "clips.csv").open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return ["--clips", "clips.csv", "--features", "mine.npy"]
    import pandas as pd

    frame = pd.DataFrame(features, columns=[f"f{i}" for i in range(12)])
    frame = frame.assign(subject=subjects, label=labels)
    if kind == "csv":
        frame.to_csv(home / "mine.csv", index=False)
    elif kind == "parquet":
        frame.to_parquet(home / "mine.parquet", index=False)
    elif kind == "files":
        for i, row in enumerate(features):
            np.save(home / f"c{i}.npy", row)
        frame = frame[["subject", "label"]].assign(path=[f"c{i}.npy" for i in range(len(features))])
        frame.to_csv(home / "mine.csv", index=False)
    return ["--clips", "mine.parquet" if kind == "parquet" else "mine.csv"]


@pytest.mark.parametrize("kind", ["npz", "mat", "npy", "csv", "parquet", "files"])
def test_predictions_are_those_of_scikit_learn_leaving_one_subject_out(own, kind):
    options = write(own, kind)
    said = own.bench("new", "dataset", "mine", *options)
    assert said.code == 0, said.err
    assert "30 clips (features) in 3 classes" in said.out
    ran = own.bench("run", "-d", "mine", "-m", "featuresvm", "--engine", "serial")
    assert ran.code == 0, ran.err
    features, subjects, labels = drawn()
    classes = sorted(set(labels))
    expected: list[str] = []
    for train, test in LeaveOneGroupOut().split(features, groups=subjects):
        model = make_pipeline(StandardScaler(), SVC(kernel="linear", break_ties=True))
        expected += model.fit(features[train], labels[train]).predict(features[test]).tolist()
    found = {
        clip: classes[int(np.argmax(row))]
        for _, _, clips, rows in own.predictions().values()
        for clip, row in zip(clips, rows, strict=True)
    }
    order = [clip.id for clip in dataset().index().clips]
    # Clips are sorted by their names: row10 comes before row2.
    rows = sorted(range(30), key=lambda i: (subjects[i], str(order_name(kind, i))))
    by_row = {order[at]: expected[i] for at, i in enumerate(rows)}
    assert found == by_row


def order_name(kind: str, row: int) -> str:
    """The name that a row without a clip's name gets."""
    return f"c{row}.npy" if kind == "files" else f"row{row + 1}"


def test_a_matrix_with_another_number_of_rows_is_refused(own):
    options = write(own, "npy")
    np.save(own.folder / "mine.npy", drawn()[0][:-1])
    assert own.bench("new", "dataset", "mine", *options).code == 0
    ran = own.bench("run", "-d", "mine", "-m", "featuresvm", "--engine", "serial")
    assert ran.code == 2
    assert "mine.npy: features of shape (29, 12)" in ran.err
    assert "30 clips" in ran.err


def face() -> np.ndarray:
    """68 points of a frontal face, px: those of the template, in a picture of 200 x 200."""
    from bench.views.landmarks import TEMPLATE

    return np.array(TEMPLATE) * 200


def openface(path, frames: int) -> None:
    names = [f"{axis}_{i}" for axis in "xy" for i in range(68)]
    lines = [", ".join(["frame", "confidence", *names])]
    for at in range(frames):
        points = face() + at
        lines.append(", ".join(map(str, [at + 1, 0.98, *points[:, 0], *points[:, 1]])))
    path.write_text("\n".join(lines) + "\n")


def test_openface_gives_the_points_of_the_onset_within_its_video(tmp_path):
    openface(tmp_path / "a.csv", 9)
    np.testing.assert_allclose(read_landmarks(tmp_path / "a.csv"), face())
    np.testing.assert_allclose(read_landmarks(tmp_path / "a.csv", 4), face() + 4)
    # Of fewer frames it is the clip's alone.
    np.testing.assert_allclose(read_landmarks(tmp_path / "a.csv", 100), face())


@pytest.mark.parametrize("kind", ["pts", "txt"])
def test_text_files_of_68_points_are_landmarks(tmp_path, kind):
    lines = [f"{x:.3f} {y:.3f}" for x, y in face()]
    if kind == "pts":
        lines = ["version: 1", "n_points: 68", "{", *lines, "}"]
    path = tmp_path / f"a.{kind}"
    path.write_text("\n".join(lines))
    np.testing.assert_allclose(read_landmarks(path), face(), atol=1e-3)
    path.write_text("\n".join(lines[:-4]))
    with pytest.raises(DataError, match="expected 68"):
        read_landmarks(path)


def test_landmarks_and_flow_beside_a_video_are_what_methods_see(own):
    import cv2

    from bench.views.opening import views_of

    write_video(own.folder / "v.mkv", pattern(20, 40, 40))
    (own.folder / "points").mkdir()
    openface(own.folder / "points" / "v.csv", 20)
    flow = np.random.default_rng(0).normal(size=(2, 40, 40)).astype(np.float32)
    np.save(own.folder / "f.npy", flow)
    cv2.writeOpticalFlow(str(own.folder / "g.flo"), np.ascontiguousarray(flow.transpose(1, 2, 0)))
    rows = "subject,label,path,onset,offset,landmarks,flow\n"
    rows += "1,a,v.mkv,2,6,points/v.csv,f.npy\n2,b,v.mkv,9,12,points\\v.csv,g.flo\n"
    rows += "3,a,v.mkv,14,17,,gone.npy\n"
    (own.folder / "clips.csv").write_text(rows)
    assert own.bench("new", "dataset", "mine", "--clips", "clips.csv").code == 0
    one, two, three = dataset().index().clips
    assert dataset().read(one).keys() == {"frames", "landmarks", "optical_flow"}
    for clip in (one, two):
        views = views_of(dataset(), clip, "digest", None)
        np.testing.assert_array_equal(views.sources["optical_flow"], flow)
    points = dataset().read(two)["landmarks"]
    np.testing.assert_allclose(points, (face() + 9) / 40, rtol=1e-5)
    assert dataset().read(three).keys() == {"frames"}
    assert "no file gone.npy of its flow" in own.bench("data", "check", "mine").out


def test_flow_alone_serves_the_methods_of_flow(own):
    rng = np.random.default_rng(1)
    rows = ["subject,label,path"]
    for i in range(6):
        np.save(own.folder / f"c{i}.npy", rng.normal(size=(30, 28, 2)) + i % 2)
        rows.append(f"{i // 2},{'ab'[i % 2]},c{i}.npy")
    (own.folder / "clips.csv").write_text("\n".join(rows))
    said = own.bench("new", "dataset", "mine", "--clips", "clips.csv")
    assert "6 clips (flow)" in said.out, said.err
    ran = own.bench("run", "-d", "mine", "-m", "flowsvm,lbptop", "--engine", "serial")
    assert ran.code == 0, ran.err
    assert "lbptop on mine/2 skipped: needs lbp_top, but mine provides only" in ran.err


def test_flow_of_another_shape_is_named(tmp_path):
    np.save(tmp_path / "f.npy", np.zeros((3, 4, 5)))
    with pytest.raises(DataError, match=r"f\.npy: shape \(3, 4, 5\)"):
        read_flow(tmp_path / "f.npy")

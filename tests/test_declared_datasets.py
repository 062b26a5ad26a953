"""Datasets without code: a table of clips and a few lines of TOML."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bench import BenchError
from bench.cache.cache import Cache
from bench.data.task import read_tasks
from bench.plugins.settings import located, read_settings
from tests.conftest import World
from tests.videos import pattern, write_video

LABELS = ("sad", "glad", "startled")


def table(path: Path, rows: list[tuple]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


@pytest.fixture
def lab(world: World) -> World:
    """Two videos of three people each; two clips of every person, four frames long."""
    (world.folder / "bench.toml").unlink()
    world.patch.delenv("BENCH_CONFIG")
    rows: list[tuple] = [("person", "video", "onset", "apex", "offset", "emotion")]
    for v in range(2):
        video = world.folder / "lab" / f"v{v}.mkv"
        write_video(video, pattern(40, seed=v), g="8")
        for k in range(6):
            span = (6 * k + 1, 6 * k + 3, 6 * k + 4)
            rows.append((f"{v}{k // 2}", video.name, *span, LABELS[(k + v) % 3].title()))
    table(world.folder / "lab" / "clips.csv", rows)
    return world


def dataset(name: str = "mylab"):
    registry, settings = read_settings()
    return located(registry, settings.folders)[name]


def test_clips_of_one_video_are_apart_and_have_the_frames_of_their_spans(lab):
    said = lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    assert said.code == 0, said.err
    clips = dataset().index().clips
    assert len({clip.id for clip in clips}) == 12
    assert {clip.name for clip in clips if clip.subject == "00"} == {"v0_1", "v0_7"}
    (one,) = (clip for clip in clips if clip.name == "v0_7")
    assert (one.span, one.apex, one.length) == ((7, 10), 2, 4)
    frames = pattern(40)[7:11]
    np.testing.assert_array_equal(dataset().read(one)["frames"], frames)
    np.testing.assert_array_equal(dataset().read_some(one, (0, 2))["frames"], frames[[0, 2]])
    (task,) = read_tasks(dataset(), ["3"], Cache(lab.folder / "cache")).all()
    assert task.frames == 4


def test_two_commands_and_no_python_give_a_board(lab):
    lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    ran = lab.bench("run", "-d", "mylab", "-m", "majority,apexpixels", "--engine", "serial")
    assert ran.code == 0, ran.err
    assert "mylab/3" in ran.out
    assert "apexpixels" in ran.out
    checked = lab.bench("data", "check", "mylab")
    assert checked.code == 0, checked.out
    assert "glad 4, sad 4, startled 4; 6 subjects" in checked.out
    assert "mylab" in lab.bench("list", "datasets").out
    assert "dataset.toml" in lab.bench("info", "mylab").out


def scores(world: World) -> dict[str, list]:
    """Of every clip, whichever method and fold it was scored in."""
    return {
        f"{path.split('/')[0]} {clip}": row
        for path, (_, _, clips, rows) in world.predictions().items()
        for clip, row in zip(clips, rows, strict=True)
    }


def test_the_same_clips_as_folders_of_frames_give_the_same_predictions(lab):
    rows: list[tuple] = [("subject", "path", "label", "apex")]
    for one in csv.DictReader((lab.folder / "lab" / "clips.csv").open()):
        seed = int(one["video"][1])
        name = f"{one['video'][:-4]}_{one['onset']}"
        folder = lab.folder / "cut" / f"p{one['person']}" / name
        folder.mkdir(parents=True)
        for at in range(int(one["onset"]), int(one["offset"]) + 1):
            Image.fromarray(pattern(40, seed=seed)[at]).save(folder / f"img{at}.png")
        place = folder.relative_to(lab.folder / "cut").as_posix()
        rows.append((one["person"], place, one["emotion"], one["apex"]))
    table(lab.folder / "cut" / "clips.csv", rows)
    found = []
    for home in ("lab", "cut"):
        lab.bench("new", "dataset", "mylab", "--clips", f"{home}/clips.csv")
        ran = lab.bench("run", "-d", "mylab", "-m", "apexpixels", "--engine", "serial")
        assert ran.code == 0, ran.err
        found.append(scores(lab))
        (lab.folder / "bench.toml").unlink()
        lab.results.rename(lab.folder / f"results_{home}")
    assert len(found[0]) >= 12
    assert found[0] == found[1]


def test_a_changed_span_is_another_clip_though_name_and_video_are_the_same(lab):
    lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    keys = []
    for offset in ("4", "5"):
        rows = list(csv.reader((lab.folder / "lab" / "clips.csv").open()))
        rows[1][4] = offset
        table(lab.folder / "lab" / "clips.csv", [tuple(row) for row in rows])
        ran = lab.bench("run", "-d", "mylab", "-m", "majority", "--engine", "serial")
        assert ran.code == 0, ran.err
        keys.append({record["key"] for record in lab.records().values()})
    assert len(keys[1]) == 2 * len(keys[0])


def test_seconds_mean_the_nearest_frames(lab):
    rows = list(csv.reader((lab.folder / "lab" / "clips.csv").open()))
    timed = [[*row[:2], *(f"{int(x) / 30:.2f}" for x in row[2:5]), row[5]] for row in rows[1:]]
    table(lab.folder / "lab" / "timed.csv", [tuple(rows[0]), *map(tuple, timed)])
    lab.bench("new", "dataset", "frames", "--clips", "lab/clips.csv")
    said = lab.bench("new", "dataset", "timed", "--clips", "lab/timed.csv", "-o", "lab/timed.toml")
    assert said.code == 0, said.err
    assert 'unit = "seconds"' in (lab.folder / "lab" / "timed.toml").read_text()
    spans = [
        [(c.span, c.apex) for c in dataset(name).index().clips] for name in ("frames", "timed")
    ]
    assert spans[0] == spans[1]


def test_what_is_no_table_of_clips_is_one_line(lab):
    (lab.folder / "none.csv").write_text("person,video,onset,offset,emotion\r\n")
    for clips, expected in (("none.csv", "no rows below its headers"), ("lab", "lab: a folder")):
        said = lab.bench("new", "dataset", "another", "--clips", clips)
        assert said.code == 2
        assert expected in said.err
        assert len(said.err.strip().splitlines()) == 1


@pytest.mark.parametrize("kind", ["tsv", "xlsx", "parquet"])
def test_tables_of_every_kind_mean_the_same(lab, kind):
    import pandas as pd

    frame = pd.read_csv(lab.folder / "lab" / "clips.csv", dtype=str)
    path = lab.folder / "lab" / f"same.{kind}"
    if kind == "tsv":
        frame.to_csv(path, sep="\t", index=False)
    elif kind == "xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    said = lab.bench("new", "dataset", "mylab", "--clips", path)
    assert said.code == 0, said.err
    assert len(dataset().index().clips) == 12


def test_it_travels_to_worker_processes(lab):
    lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    one = dataset()
    same = pickle.loads(pickle.dumps(one))
    assert type(same) is type(one)
    ran = lab.bench("run", "-d", "mylab", "-m", "apexpixels", "--jobs", "2", "--limit-folds", "2")
    assert ran.code == 0, ran.err


def test_a_video_that_cannot_be_read_is_one_line_and_costs_its_clips_alone(lab):
    (lab.folder / "lab" / "v1.mkv").write_bytes(b"")
    lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    checked = lab.bench("data", "check", "mylab")
    assert checked.code == 1
    assert "v1.mkv: an empty file, 0 bytes" in checked.out
    assert len(dataset().index().clips) == 6
    ran = lab.bench("run", "-d", "mylab", "-m", "majority", "--engine", "serial")
    assert ran.code == 2
    assert "lacks 6 of its 12 clips" in ran.err
    ran = lab.bench("run", "-d", "mylab", "-m", "majority", "--incomplete", "--engine", "serial")
    assert ran.code == 0, ran.err
    assert "6 of 12" in ran.out


def test_a_span_beyond_the_end_of_its_video_is_named(lab):
    rows = list(csv.reader((lab.folder / "lab" / "clips.csv").open()))
    rows[6][2:5] = ["36", "38", "45"]
    table(lab.folder / "lab" / "clips.csv", [tuple(row) for row in rows])
    lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    checked = lab.bench("data", "check", "mylab")
    assert "6 of 10 frames onset..offset are not on disk" in checked.out


BAD = [
    ('table = "clips.csv"\n', "tasks: missing"),
    ('table = "clips.csv"\ntabel = 1\n[tasks.2.classes]\na=["x"]\nb=["y"]\n', "did you mean table"),
    ('[tasks.2.classes]\na=["x"]\nb=["y"]\n', "no table"),
    ('table = "c.csv"\n[tasks.2.classes]\na=["x"]\n', "1 classes; expected two"),
    ('table = "c.csv"\n[tasks.2.classes]\na=["x"]\nb=["X"]\n', "'X' is in classes 'a' and 'b'"),
    ('table = "c.csv"\nunit = "ms"\n[tasks.2.classes]\na=["x"]\nb=["y"]\n', "unit: 'ms'"),
    (
        'table = "c.csv"\n[columns]\nsubjct = "p"\n[tasks.2.classes]\na=["x"]\nb=["y"]\n',
        "did you mean subject",
    ),
    ("table = \n", "not TOML"),
    (
        'table = "c.csv"\n[columns]\npath = ""\n[tasks.2.classes]\na=["x"]\nb=["y"]\n',
        "columns.path: empty",
    ),
    (
        'kind = "features"\nfeatures = "f.npz"\n[columns]\nsubject = "who"\n'
        '[tasks.2.classes]\na=["x"]\nb=["y"]\n',
        "columns are those of a table",
    ),
    ('table = "c.csv"\nfeatures = "f.npy"\n[tasks.2.classes]\na=["x"]\nb=["y"]\n', "kind"),
]


@pytest.mark.parametrize(("text", "said"), BAD)
def test_a_wrong_definition_is_one_line_that_says_what_to_write(lab, text, said):
    (lab.folder / "lab" / "dataset.toml").write_text(text)
    (lab.folder / "bench.toml").write_text('[datasets.mylab]\nfile = "lab"\n')
    with pytest.raises(BenchError) as raised:
        read_settings()
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_table_without_files_says_where_it_looked(lab):
    table(
        lab.folder / "away" / "clips.csv",
        [("subject", "label", "video"), ("1", "a", "x.mp4"), ("2", "b", "y.mp4")],
    )
    said = lab.bench("new", "dataset", "away", "--clips", "away/clips.csv")
    assert said.code == 2
    assert "no column names files or folders that are in away" in said.err
    assert "video 'x.mp4'" in said.err
    assert not (lab.folder / "bench.toml").exists()


def test_the_name_of_a_plugin_is_refused(lab):
    said = lab.bench("new", "dataset", "casme2", "--clips", "lab/clips.csv")
    assert said.code == 2
    assert "'casme2' names CASME II" in said.err


def test_a_settings_file_keeps_what_it_holds(lab):
    before = '# mine\n[roots]\ncasme2 = "/data/c"\n'
    (lab.folder / "bench.toml").write_text(before)
    assert lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv").code == 0
    assert (lab.folder / "bench.toml").read_text().startswith(before)
    again = lab.bench("new", "dataset", "mylab", "--clips", "lab/clips.csv")
    assert again.code == 2
    assert "edit lab/dataset.toml" in again.err
    excluded = lab.folder / "without.txt"
    excluded.write_text("mylab/00/v0_1\n")
    ran = lab.bench("plan", "-d", "mylab", "-m", "majority", "--exclude", "without.txt")
    assert ran.code == 0, ran.err
    assert "11 of 12" in ran.out


@pytest.mark.slow
def test_the_drawn_laboratory_of_the_documentation_is_a_board_in_two_commands(lab):
    from docs.examples.draw_lab import draw

    draw(lab.folder / "drawn")
    said = lab.bench("new", "dataset", "mylab", "--clips", "drawn/clips.csv")
    assert "40 clips (videos or frames) in 3 classes" in said.out, said.err
    ran = lab.bench("run", "-d", "mylab", "-m", "lbptop,majority", "--engine", "serial")
    assert ran.code == 0, ran.err
    assert "40 clips, 8 subjects, SYNTHETIC" in ran.out


def test_cropped_clips_of_a_video_are_a_dataset_of_their_own(lab):
    from test_faces import portrait

    frames = np.repeat(portrait()[None], 12, axis=0)
    write_video(lab.folder / "faces" / "v.mkv", frames)
    rows = [("subject", "path", "onset", "apex", "offset", "label", "AU")]
    rows += [("1", "v.mkv", 2, 4, 6, "a", "L12B+4"), ("2", "v.mkv", 5, 8, 9, "b", "")]
    table(lab.folder / "faces" / "clips.csv", rows)
    assert lab.bench("new", "dataset", "faces", "--clips", "faces/clips.csv").code == 0
    before = dataset("faces").index().clips
    done = lab.bench("data", "crop", "faces", "new", "--size", "60x80")
    assert done.code == 0, done.err
    (lab.folder / "bench.toml").write_text('[datasets.faces]\nfile = "new"\n')
    after = dataset("faces").index().clips
    for old, new in zip(before, after, strict=True):
        kept = ("id", "emotion", "apex", "length", "coded_units")
        assert [getattr(new, k) for k in kept] == [getattr(old, k) for k in kept]
        assert dataset("faces").read(new)["frames"].shape == (old.length, 80, 60, 3)
    assert before[0].coded_units == {(12, "L", 2), (4, "", 0)}


def test_a_loader_in_python_reads_what_it_says(lab):
    lab.bench("new", "dataset", "loaded", "--python")
    home = lab.folder / "data2"
    rows = [("subject", "filename", "onset", "apex", "offset", "emotion")]
    for i, word in enumerate(("anger", "happiness", "surprise", "disgust")):
        folder = home / f"sub0{i + 1}" / "c"
        folder.mkdir(parents=True)
        for at in range(3, 6):
            Image.fromarray(pattern(9, seed=i)[at]).save(folder / f"img{at}.png")
        rows.append((i + 1, "c", 3, 4, 5, word))
    table(home / "coding.csv", rows)
    (lab.folder / "bench.toml").write_text('plugins = ["loaded.py"]\n[roots]\nloaded = "data2"\n')
    checked = lab.bench("data", "check", "loaded")
    assert checked.code == 0, checked.out + checked.err
    assert "negative 2, positive 1, surprise 1; 4 subjects" in checked.out


def test_a_path_may_be_put_together_of_columns(lab):
    home = lab.folder / "apart"
    rows: list[tuple] = [("person", "recording", "onset", "offset", "emotion")]
    for i in range(4):
        write_video(home / f"p{i}" / "talk.avi", pattern(12, seed=i), ("png", "rgb24"))
        rows += [(f"p{i}", "talk", 1, 4, "glad"), (f"p{i}", "talk", 6, 9, "sad")]
    table(home / "clips.csv", rows)
    said = lab.bench("new", "dataset", "mylab", "--clips", "apart/clips.csv")
    assert said.code == 0, said.err
    text = (home / "dataset.toml").read_text()
    assert 'path = "{person}/{recording}.avi"' in text
    clips = dataset().index().clips
    assert {clip.name for clip in clips} == {"talk_1", "talk_6"}
    np.testing.assert_array_equal(dataset().read(clips[1])["frames"], pattern(12)[6:10])
    (home / "p0").rename(home / "sub07")
    rows = [(row[0].replace("p0", "7"), *row[1:]) for row in rows]
    table(home / "clips.csv", rows[:3])
    (home / "dataset.toml").write_text(
        text.replace("{person}/", "sub{Person:02}/").replace("clips = 8", "clips = 2")
    )
    assert lab.bench("data", "check", "mylab").code == 0


def test_a_time_behind_the_end_of_a_video_is_no_frame(lab):
    rows = [("subject", "label", "path", "onset", "offset")]
    rows += [
        ("1", "a", "v0.mkv", 0.1, 0.3),
        ("2", "b", "v0.mkv", 0.5, 1.3),
        ("3", "b", "v0.mkv", 1, 9),
    ]
    table(lab.folder / "lab" / "late.csv", rows)
    assert lab.bench("new", "dataset", "late", "--clips", "lab/late.csv").code == 0
    # 40 frames last 1.33 s; 1.3 s is nearest to the last of them.
    assert [clip.span for clip in dataset("late").index().clips] == [(3, 9), (15, 39)]
    assert "of 241 frames onset..offset are not on disk" in lab.bench("data", "check", "late").out

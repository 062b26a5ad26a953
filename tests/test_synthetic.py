"""The SYNTHETIC sets on disk: layouts, tables, loaders, determinism, interruption."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from bench.core.clip import UNIT_CODES
from bench.core.errors import BenchError, DataError
from bench.datasets.casme2 import Casme2
from bench.datasets.samm import Samm
from bench.datasets.smic import Smic
from bench.datasets.synthetic import PRESETS, Knobs, build, make, read_truth
from bench.datasets.synthetic.knobs import Cast, Preset
from bench.datasets.synthetic.plan import PlannedClip, make_plan

CASTS = {
    "smic": Cast((1, 20), (12, 14), {"disgust": 2, "happiness": 2, "surprise": 2}, {}),
    "casme2": Cast(
        (4, 5), (12, 14), {"disgust": 1, "repression": 1, "happiness": 1}, {"others": 2}, (10,)
    ),
    "samm": Cast((6, 37), (12, 14), {"anger": 1, "happiness": 1, "surprise": 1}, {"others": 1}),
}
MINIATURE = Preset(Knobs(), CASTS)


@pytest.fixture(autouse=True)
def miniature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "find_preset", lambda name: MINIATURE)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "find_preset", lambda name: MINIATURE)
        folder = tmp_path_factory.mktemp("synthetic") / "set"
        make(folder, jobs=1)
    return folder


def planned() -> tuple[PlannedClip, ...]:
    return make_plan(MINIATURE, MINIATURE.knobs, 0)


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rows(path: Path, sheet: int = 0) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(sheet).to_python()


def test_same_seed_same_bytes_whatever_the_jobs(made: Path, tmp_path: Path) -> None:
    make(tmp_path / "again", jobs=2)
    assert contents(tmp_path / "again") == contents(made)


def test_another_seed_makes_other_people(made: Path, tmp_path: Path) -> None:
    make(tmp_path / "other", seed=1, jobs=1)
    mine = {hash_ for path, hash_ in contents(made).items() if path.endswith(".jpg")}
    theirs = {
        hash_ for path, hash_ in contents(tmp_path / "other").items() if path.endswith(".jpg")
    }
    assert mine
    assert not mine & theirs


def test_layouts(made: Path) -> None:
    paths = [path for path in contents(made) if path.endswith(".jpg")]
    patterns = {
        "smic": r"smic/SMIC_all_cropped/HS/(s\d+)/micro/(negative|positive|surprise)/"
        r"\1_(ne|po|sur)_\d\d/reg_image\d{6}\.jpg",
        "casme2": r"casme2/Cropped/sub\d\d/EP\d\d_\d+f?/reg_img[1-9]\d*\.jpg",
        "samm": r"samm/(\d{3})/\1_\d+_\d+/\1_\d{5}\.jpg",
    }
    matched = {n: [p for p in paths if re.fullmatch(x, p)] for n, x in patterns.items()}
    assert sum(map(len, matched.values())) == len(paths) == sum(c.frames for c in planned())
    colour, gray = (cv2.imread(str(made / matched[n][0]), -1) for n in ("casme2", "samm"))
    assert colour.shape == (170, 140, 3)
    assert gray.shape == (170, 140)


def test_casme2_table(made: Path) -> None:
    head, *body = rows(made / "casme2" / "CASME2-coding-20140508.xlsx")
    expected = ["Subject", "Filename", "", "OnsetFrame", "ApexFrame", "OffsetFrame", ""]
    assert head == [*expected, "Action Units", "Estimated Emotion"]
    clips = {(c.person, c.name): c for c in planned() if c.database == "casme2"}
    assert {(row[0], row[1]) for row in body} == set(clips)
    assert [row[4] for row in body if row[1] == "EP12_01f"] == ["/"]
    for row in body:
        clip = clips[row[0], row[1]]
        numbers = {int(n) for n in re.findall(r"\d+", str(row[7]).removesuffix(".0"))}
        assert numbers == {unit.number for unit in clip.units if unit.coded}
        assert row[5] - row[3] + 1 == clip.frames


def test_samm_table_has_its_header_in_row_14(made: Path) -> None:
    book = CalamineWorkbook.from_path(str(made / "samm" / "SAMM_Micro_FACS_Codes_v2.xlsx"))
    assert book.sheet_names == ["MICRO_ONLY"]
    table = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert "SYNTHETIC" in table[0][0]
    assert table[13][:3] == ["Subject", "Filename", "Inducement Code"]
    assert len(table) == 14 + sum(c.database == "samm" for c in planned())
    assert {row[9] for row in table[14:]} == {"Anger", "Happiness", "Surprise", "Other"}
    assert all(1 <= row[10] <= 7 for row in table[14:])


def test_loaders_find_what_was_planned(made: Path) -> None:
    for loader in (Smic, Casme2, Samm):
        dataset = loader(made / loader.name)
        assert dataset.synthetic
        index = dataset.index()
        mine = {(c.person, c.name): c for c in planned() if c.database == loader.name}
        assert {(c.subject, c.name) for c in index.clips} == set(mine)
        listed = {key for key, clip in mine.items() if clip.listed}
        three = dataset.labellings["3"]
        assert {(c.subject, c.name) for c in index.clips if three.label(c) is not None} == listed
        clip = index.clips[0]
        arrays = dataset.read(clip)
        assert len(arrays["frames"]) == mine[clip.subject, clip.name].frames
        truth = read_truth(dataset.root, clip.subject, clip.name)
        coded = {int(u[0]) for u, seen in zip(truth["units"], truth["coded"], strict=True) if seen}
        assert set(np.flatnonzero(arrays[UNIT_CODES][:, 0])) == coded
        assert loader is Smic or coded == (clip.action_units or set())


def test_list_is_spelt_as_in_megc_2019(made: Path) -> None:
    lines = (made / "combined_3class_gt.csv").read_text().splitlines()
    assert len(lines) == sum(clip.listed for clip in planned())
    assert any(re.fullmatch(r"smic,s01,s01_(ne|po|sur)_01,[012]", line) for line in lines)
    assert any(re.fullmatch(r"casme2,sub04,EP\d\d_\d\df?,[01]", line) for line in lines)
    assert any(re.fullmatch(r"samm,6,006_1_1,[012]", line) for line in lines)


def test_truth_has_the_promised_arrays(made: Path) -> None:
    clip = next(c for c in planned() if c.database == "samm")
    truth = read_truth(made / "samm", clip.person, clip.name)
    assert truth["action_units"].shape == (22,)
    assert truth["action_units"].sum() == pytest.approx(sum(u.peak for u in clip.units), rel=1e-5)
    assert truth["true_flow"].shape == truth["true_au_flow"].shape == (2, 170, 140)
    assert truth["true_flow"].dtype == np.float16
    assert truth["valid"].dtype == bool
    assert truth["curves"].shape == (len(clip.units), clip.frames)
    assert not truth["curves"][:, 0].any()
    with pytest.raises(DataError, match="no truth of 006 nothing"):
        read_truth(made / "samm", "006", "nothing")


def test_every_root_is_marked(made: Path) -> None:
    for place in (made, made / "smic", made / "casme2", made / "samm"):
        facts = json.loads((place / "SYNTHETIC.json").read_text())
        assert facts["note"].startswith("SYNTHETIC")
        assert len(facts["action_units"]) == 22
        assert facts["frame_size"] == [140, 170]


def test_a_second_make_does_nothing(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("made anew")

    monkeypatch.setattr(build, "_fill", fail)
    assert make(made, jobs=1)["samm"] == made / "samm"
    with pytest.raises(BenchError, match=r"differs in seed"):
        make(made, seed=5, jobs=1)


def test_an_interrupted_make_is_redone(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "set"

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make(folder, jobs=1, progress=interrupt)
    assert list(tmp_path.iterdir()) == []
    seen: list[tuple[int, int]] = []
    make(folder, jobs=1, progress=lambda *numbers: seen.append(numbers))
    assert contents(folder) == contents(made)
    assert seen[-1] == (len(planned()), len(planned()))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_folders_of_others_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "diary.txt").write_text("mine")
    with pytest.raises(BenchError, match="holds other files"):
        make(tmp_path, jobs=1)
    with pytest.raises(BenchError, match="is a file"):
        make(tmp_path / "diary.txt", jobs=1)
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


@pytest.mark.parametrize(
    ("arguments", "message"), [({"smic_format": "png"}, "'jpg' or 'bmp'"), ({"seed": -1}, "seed")]
)
def test_bad_arguments(tmp_path: Path, arguments: dict[str, object], message: str) -> None:
    with pytest.raises(BenchError, match=message):
        make(tmp_path / "set", **arguments)


def test_knobs_from_the_command_line(world) -> None:
    done = world.bench("data", "make", "set", "--knob", "noise=2", "--knob", "identity=.5", "-j1")
    assert done.code == 0, done.err
    knobs = json.loads((world.folder / "set/SYNTHETIC.json").read_text())["knobs"]
    assert (knobs["noise"], knobs["identity"], knobs["head"]) == (
        2,
        0.5,
        PRESETS["tiny"].knobs.head,
    )
    for word, said in (
        ("noises=2", "did you mean noise?"),
        ("noise", "expected a name and a number such as"),
        ("identity=3", "knob identity is 3.0; it must be from 0 to 2"),
    ):
        assert said in world.bench("data", "make", "other", "--knob", word).err


def test_a_set_made_before_a_knob_existed_is_still_that_set(made: Path) -> None:
    marker = made / "SYNTHETIC.json"
    facts = json.loads(marker.read_text())
    del facts["knobs"]["identity"]
    marker.write_text(json.dumps(facts))
    before = contents(made)
    assert make(made, jobs=1)["smic"] == made / "smic"
    assert contents(made) == before


def test_identity_spreads_people() -> None:
    from bench.datasets.synthetic.identity import STYLES, draw_identity
    from bench.datasets.synthetic.plan import stream

    def widths(spread: float) -> list[float]:
        people = range(30)
        streams = (stream(0, "samm", "face", number) for number in people)
        return [draw_identity(rng, STYLES["samm"], spread).mouth_width for rng in streams]

    assert np.std(widths(0)) < 1e-9
    assert np.std(widths(2)) == pytest.approx(2 * np.std(widths(1)))

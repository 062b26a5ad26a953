"""The loaders on SYNTHETIC stand-ins: all clips, frames and truth, rule and list agree."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.core.clip import UNIT_CODES
from bench.data.check import check
from bench.plugins.registry import load
from bench.plugins.settings import located

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    generator = load().generators["synthetic"]()
    folder = tmp_path_factory.mktemp("made") / "tiny"
    return dict(generator.make(folder, "tiny", 0, 2, lambda done, total: None))


def test_every_stand_in_is_good(roots: dict[str, Path]) -> None:
    datasets = located(load(), roots)
    assert set(datasets) == {"3db", "casme2", "samm", "smic"}
    for dataset in datasets.values():
        report = check(dataset)
        assert report.good, str(report)
        assert report.synthetic
        on_disk = len(list((dataset.root / "truth").glob("*.npz")))
        assert report.clips == on_disk or dataset.name == "3db"


def test_frames_come_with_the_true_action_units(roots: dict[str, Path]) -> None:
    for dataset in located(load(), roots).values():
        clip = dataset.index().clips[0]
        arrays = dataset.read(clip)
        assert set(arrays) == dataset.sources == {"frames", UNIT_CODES}
        assert len(arrays["frames"]) == len(clip.files)
        units = arrays[UNIT_CODES]
        assert (units.shape, units.dtype) == ((100, 8), np.float32)
        assert units.any()


def test_rule_and_list_agree(roots: dict[str, Path]) -> None:
    composite = located(load(), roots)["3db"]
    listed = replace(composite, root=roots["smic"].parent)
    assert listed.index() == composite.index()
    assert listed.index().notes == ()

"""The study of how much of a score is the person, on drawn features."""

import pytest

from bench import BenchError
from studies.person.__main__ import main


def study(world, *words):
    world.patch.setattr("sys.argv", ["studies.person", *map(str, words)])
    world.capture.readouterr()
    main()
    return world.capture.readouterr().out


def test_a_line_for_every_row_with_both_protocols(world):
    world.run(methods="mean")
    with pytest.raises(BenchError, match="loso and lovo"):
        study(world)
    world.run("--protocol", "lovo", methods="mean,mean:noisy")
    picture = world.folder / "person.png"
    lines = study(world, "-o", picture).splitlines()
    assert len(lines) == 3
    cells = [cell.strip() for cell in lines[2].strip("|").split("|")]
    # Six people of three clips each: 6 * 3 * 2 / (18 * 17).
    assert cells[:2] == ["mean, toy/3", "18"]
    assert cells[3] == "11.8 %"
    assert picture.read_bytes().startswith(b"\x89PNG")

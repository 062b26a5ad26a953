"""The campaign of faults: a short selection always, all of it with `-m slow`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest

from . import campaign
from .campaign import KINDS, plan

# One of each kind that needs no worker process of its own, twice those that damage files.
QUICK = [
    "disk full", "damaged record", "damaged record", "damaged task", "damaged environment",
    "damaged external", "damaged cache", "damaged cache", "hostile table", "hostile table",
    "hostile image", "hostile image", "hostile names", "hostile import", "hostile import",
    "read-only folder", "special -o target", "special -o target", "hostile option",
    "two runs at once", "command killed",
]  # fmt: skip


@pytest.fixture
def scratch():
    """A folder that users without rights, who are among the faults, can reach."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def effects(outcomes):
    """What went wrong, in words."""
    return [f"{one.kind} ({one.number}): {one.detail[-3000:]}" for one in outcomes if not one.clean]


def test_no_fault_of_a_selection_has_an_effect(scratch):
    by_name = {kind.name: kind for kind in KINDS}
    outcomes = campaign.campaign([by_name[name] for name in QUICK], 1, scratch)
    assert len(outcomes) == len(QUICK)
    assert not effects(outcomes), "\n".join(effects(outcomes))


@pytest.mark.slow
def test_no_fault_has_an_effect(scratch):
    kinds = plan(520)
    outcomes = campaign.campaign(kinds, 0, scratch, jobs=2)
    assert len(outcomes) == len(kinds) >= 500
    assert {one.kind for one in outcomes} == {kind.name for kind in KINDS}
    assert not effects(outcomes), "\n".join(effects(outcomes))


def test_an_effect_is_seen(tmp_path, monkeypatch):
    """A campaign that sees nothing would be green: every column is made to show its effect."""

    def fault(case, rng):
        (case.outside / "precious.py").write_text("gone")
        case.bench("board", before=lambda: time.sleep(9), limit=0.2)
        case.bench("list", before=lambda: 1 / 0)
        case.missed += 1

    campaign.templates(tmp_path / "templates", {"done"})
    monkeypatch.setattr(campaign.Case, "predictions", lambda case: {})
    kind = campaign.Kind("bad", 1, fault)
    one = campaign.inject(kind, 0, 0, tmp_path / "fault", tmp_path / "templates")
    counts = (one.lost, one.differing, one.tracebacks, one.hangs, one.touched)
    assert counts == (1, 4, 1, 1, 1)
    assert "precious.py" in one.detail

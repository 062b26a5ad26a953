"""The cache's bound: what was not used for longest goes first, what a run needs never."""

from __future__ import annotations

import json
import os
import socket
import subprocess

import numpy as np
import pytest

from bench.cache.cache import Cache
from bench.cache.eviction import categories, clear, in_use, prune, read_size
from bench.cache.files import key
from bench.core.errors import BenchError

NAMES = [key(i) for i in range(6)]


def filled(folder) -> Cache:
    """Six entries in the bounded rooms, the first used longest ago, and one in another."""
    cache = Cache(folder)
    for i, name in enumerate(NAMES):
        cache.put(room(i), name, np.zeros(1000))
        os.utime(cache.path(room(i), name), (1e9 + i, 1e9 + i))
    cache.put("apexes", NAMES[0], np.zeros(1000))
    return cache


def room(i: int) -> str:
    return ("views", "descriptions", "artefacts/teachers")[i % 3]


def left(cache: Cache) -> list[int]:
    return [i for i, name in enumerate(NAMES) if cache.path(room(i), name).is_file()]


def size(cache: Cache) -> int:
    return cache.path("apexes", NAMES[0]).stat().st_size


def test_the_least_recently_used_goes_first(tmp_path):
    cache = filled(tmp_path)
    assert cache.array("views", NAMES[0]) is not None  # used: now the last to go
    removed = prune(cache, 3 * size(cache) + 1)
    assert left(cache) == [0, 4, 5]
    assert removed == 3 * size(cache)
    assert cache.path("apexes", NAMES[0]).is_file()


def test_within_the_bound_or_without_one_nothing_goes(tmp_path):
    cache = filled(tmp_path)
    assert prune(cache, None) == prune(cache, 6 * size(cache)) == 0
    assert left(cache) == [0, 1, 2, 3, 4, 5]


def test_what_a_run_used_stays_though_it_is_over_the_bound(tmp_path):
    cache = filled(tmp_path)
    with in_use(cache):
        assert cache.has("descriptions", NAMES[1])
        assert not cache.has("views", NAMES[1])
        cache.array("artefacts/teachers", NAMES[2])
        prune(cache, 0)
        assert left(cache) == [1, 2]
    prune(cache, 0)
    assert left(cache) == []


def test_another_process_run_is_spared_and_a_dead_one_is_not(tmp_path):
    cache = filled(tmp_path)
    sleeper = subprocess.Popen(["sleep", "60"])
    mark = tmp_path / ".running" / f"{socket.gethostname()}.{sleeper.pid}"
    mark.parent.mkdir()
    mark.touch()
    os.utime(mark, (1e9 + 3, 1e9 + 3))
    try:
        prune(cache, 0)
        assert left(cache) == [3, 4, 5]
        with pytest.raises(BenchError, match="a run is using the cache"):
            clear(cache, "views")
    finally:
        sleeper.kill()
        sleeper.wait()
    prune(cache, 0)
    assert left(cache) == []
    assert not mark.exists()


@pytest.mark.parametrize(
    ("text", "size"), [("20GB", 20 * 10**9), ("1.5 tb", 15 * 10**11), ("700", 700), ("3k", 3000)]
)
def test_sizes(text, size):
    assert read_size(text) == size


def test_a_size_that_is_none(world):
    done = world.run("--cache-size", "much")
    assert done.code == 2
    assert done.err == (
        "bench run: Invalid value for '--cache-size': 'much', expected a size such as 20GB or "
        "500MB\n"
    )
    (world.folder / "bench.toml").write_text('cache_size = "much"\n')
    assert "bench.toml: cache_size: 'much', expected a size such as" in world.bench("list").err


def test_a_run_keeps_to_its_bound_and_the_next_gives_the_same(world):
    world.run()
    before = world.predictions()
    cache = Cache(world.folder / "cache")
    held = {one.name: one for one in categories(cache)}
    assert held["descriptions"].entries == 18
    # All folds are done: nothing was used by this run, so all may go.
    assert world.run("--cache-size", "0").code == 0
    assert {one.name: one.entries for one in categories(cache)}["descriptions"] == 0
    world.run("--seeds", "1", "--cache-size", "0")
    # What the run itself used stays until the next one.
    assert {one.name: one.entries for one in categories(cache)}["descriptions"] == 18
    after = world.predictions()
    assert before.items() < after.items()
    assert len(after) == 2 * len(before)


def test_the_bound_of_the_settings(world):
    world.run()
    settings = world.folder / "bench.toml"
    settings.write_text('cache_size = "1B"\n' + settings.read_text())
    world.run()
    assert not list((world.folder / "cache/descriptions").rglob("*.npz"))
    settings.write_text(settings.read_text().replace("1B", "lots"))
    done = world.run()
    assert done.code == 2
    assert "bench.toml: cache_size: 'lots', expected a size" in done.err


def test_listing_and_clearing_categories(world):
    world.run()
    listed = {one["name"]: one for one in json.loads(world.bench("data", "cache", "--json").out)}
    assert {"descriptions", "digests"} <= set(listed)
    assert listed["descriptions"]["size"] > 18 * 100
    assert "descriptions" in world.bench("data", "cache").out
    done = world.bench("data", "cache", "--clear", "description")
    assert (done.code, "did you mean descriptions" in done.err) == (2, True)
    assert "18 entries" in world.bench("data", "cache", "--clear", "descriptions").out
    assert not (world.folder / "cache/descriptions").exists()
    assert world.run("--seeds", "1").code == 0

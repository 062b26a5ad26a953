"""The network between Dask's processes is cut: each side is in a network namespace of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.test_dask import recorded, scores, when_recorded

pytest.importorskip("distributed")

HERE, THERE = "10.77.9.1", "10.77.9.2"
PATIENCE = "12s"
"""After which Dask gives up a connection: 30 s by default, and no less than 11."""


class Cable:
    """Two namespaces, joined by a cable; the network of the machine stays as it is."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[str]] = []
        self.ends: dict[str, str] = {}
        for address in (HERE, THERE):
            shell = "echo here; exec sleep 600"
            end = subprocess.Popen(
                ["unshare", "--net", "sh", "-c", shell], stdout=subprocess.PIPE, text=True
            )
            self.processes.append(end)
            self.ends[address] = str(end.pid)
            assert end.stdout
            if not end.stdout.readline():
                self.remove()
                pytest.skip("no network namespaces: `unshare --net` is refused")
        self.ip(HERE, f"link add eth0 type veth peer name eth0 netns {self.ends[THERE]}")
        for address in self.ends:
            for words in ("link set lo up", f"addr add {address}/24 dev eth0", "link set eth0 up"):
                self.ip(address, words)

    def ip(self, address: str, words: str) -> None:
        """`ip WORDS` at an end."""
        subprocess.run([*self.at(address), "ip", *words.split()], check=True)

    def at(self, address: str) -> list[str]:
        """Words that have a command run at an end."""
        return ["nsenter", "--net", "-t", self.ends[address]]

    def start(self, address: str, *words: str) -> subprocess.Popen[str]:
        """A Python module with arguments."""
        process = subprocess.Popen(
            [*self.at(address), sys.executable, "-m", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE if words[0] == "bench" else subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(process)
        return process

    def cut(self) -> None:
        """No packet arrives any more, and no process is told."""
        self.ip(THERE, "link set eth0 down")

    def remove(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cable(monkeypatch):
    if os.name != "posix" or os.geteuid() or not all(map(shutil.which, ("ip", "nsenter"))):
        pytest.skip("network namespaces need root, `ip` (iproute2) and `nsenter` (util-linux)")
    for name in ("TCP", "CONNECT"):
        monkeypatch.setenv(f"DASK_DISTRIBUTED__COMM__TIMEOUTS__{name}", PATIENCE)
    monkeypatch.setenv("TOY_FAULT", "slow")
    found = Cable()
    yield found
    found.remove()


@pytest.mark.slow
@pytest.mark.parametrize("lost", ["scheduler", "worker"])
def test_a_cut_network_costs_nothing_that_had_ended(world, cable, lost):
    scheduler = THERE if lost == "scheduler" else HERE
    port = ("--port", "8786", "--no-dashboard")
    cable.start(scheduler, "dask", "scheduler", "--host", scheduler, *port)
    worker = ("dask", "worker", f"tcp://{scheduler}:8786", "--no-nanny", "--nthreads", "1")
    cable.start(HERE if lost == "scheduler" else THERE, *worker)
    words = f"run -m faulty -d toy --seeds 0-1 --engine dask --scheduler tcp://{scheduler}:8786"
    run = cable.start(HERE, "bench", *words.split())
    when_recorded(world.results, 2)
    if lost == "worker":
        cable.start(HERE, *worker)
    early = {path: path.read_bytes() for path in world.results.rglob("records/**/*.json")}
    cable.cut()
    # With Dask's own 30 s it took 41 s.
    _, said = run.communicate(timeout=120)
    if lost == "scheduler":
        assert run.returncode == 2
        (line,) = [one for one in said.splitlines() if one.startswith("bench: ")]
        assert "connection to the Dask scheduler was lost" in line
        assert "Traceback" not in said
        assert 2 <= recorded(world.results) < 12
        # Again, on this machine.
        world.patch.delenv("TOY_FAULT")
        assert world.run("--seeds", "0-1", methods="faulty").code == 0
    else:
        assert run.returncode == 0, said
    assert recorded(world.results) == 12
    assert all(path.read_bytes() == raw for path, raw in early.items())
    world.patch.delenv("TOY_FAULT", raising=False)
    world.run("--seeds", "0-1", "--results", "undisturbed", methods="faulty")
    assert scores(world.results) == scores(world.folder / "undisturbed")

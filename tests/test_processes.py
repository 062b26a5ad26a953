"""The pool of worker processes, below the command line."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bench.core.errors import BenchError
from bench.running.engines.job import KEPT, Job, Lost
from bench.running.engines.processes import processes
from bench.running.engines.worker_process import WorkerProcess


def double(number):
    return 2 * number


def nap(seconds):
    time.sleep(seconds)
    return os.getpid()


def start_method(_):
    return multiprocessing.get_start_method()


def two_steps(payload):
    yield "first"
    time.sleep(payload)
    yield "second"
    time.sleep(payload)
    return payload


def compiling(_):
    from bench.core.activity import tell

    tell("compiling kernel")
    threading.Thread(target=tell, args=("not from here",)).start()
    time.sleep(5)
    tell("")
    return "done"


def broken(_):
    raise LookupError("no such thing")


def orphan_maker(mark):
    subprocess.Popen([sys.executable, "-c", f"import time; time.sleep(60); open({mark!r}, 'w')"])
    os.kill(os.getpid(), signal.SIGKILL)


def of_shared(shared, payload):
    shared.append(payload)  # what a job changes must not reach the next one
    return os.getpid(), list(shared)


def dies_once(shared, mark):
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return shared


class Unwilling:
    """Does not pickle."""

    def __reduce__(self):
        raise TypeError("no")


def run(function, payloads, workers=1, timeout=None):
    jobs = (Job(number, payload) for number, payload in enumerate(payloads))
    ended = processes(function, jobs, workers, timeout, ())
    return {job.name: outcome for job, outcome in ended}


@pytest.fixture
def started(monkeypatch):
    """Every worker process that was started."""
    found = []
    real = WorkerProcess.__init__

    def noted(self, *arguments):
        real(self, *arguments)
        found.append(self)

    monkeypatch.setattr(WorkerProcess, "__init__", noted)
    return found


def test_it_is_told_what_workers_are_at():
    told = []
    job = Job("one", None)
    ended = list(processes(compiling, [job], 1, 0.5, (), now=told.extend))
    # Compiling is no step: the time limit counts it.
    assert [outcome.status for _, outcome in ended] == ["timeout"]
    assert all(one.job is job for one in told)
    assert list(dict.fromkeys(one.doing for one in told)) == ["starting", "compiling kernel"]
    assert told[-1].text("fitting") == "fitting: compiling kernel"


def test_every_job_has_an_outcome_and_no_more_workers_start_than_jobs(started):
    assert run(double, range(2), workers=24) == {0: 0, 1: 2}
    assert len(started) == 2


def test_workers_are_used_again(started):
    assert run(double, range(50), workers=2) == {i: 2 * i for i in range(50)}
    assert len(started) <= 2


def test_a_job_starts_processes_as_any_script_does():
    assert run(start_method, [0]) == {0: multiprocessing.get_context().get_start_method()}


def test_what_a_job_raises_is_its_outcome():
    (lost,) = run(broken, [0]).values()
    assert (lost.status, lost.step) == ("failed", None)
    assert "LookupError: no such thing" in lost.error


def test_a_payload_that_does_not_pickle_is_an_outcome():
    found = run(double, [lambda: 0, 4])
    assert isinstance(found[0], Lost)
    assert found[1] == 8


def test_the_time_limit_is_for_one_step():
    assert run(two_steps, [0.9], timeout=0.5)[0] == 0.9  # 1.8 s in all, stopped at 1.55 s a step
    (lost,) = run(two_steps, [30], timeout=0.5).values()
    assert (lost.status, lost.step) == ("timeout", "first")


def kill_starting(monkeypatch, count):
    """Kill the first workers right after they were started."""
    real, left = WorkerProcess.__init__, [count]

    def killed(self, *arguments):
        real(self, *arguments)
        if left[0]:
            left[0] -= 1
            self._process.kill()

    monkeypatch.setattr(WorkerProcess, "__init__", killed)


def test_workers_killed_while_they_start_cost_nothing(monkeypatch):
    kill_starting(monkeypatch, 4)
    assert run(double, range(3), workers=2) == {0: 0, 1: 2, 2: 4}


def test_workers_that_never_start_are_a_line(monkeypatch):
    kill_starting(monkeypatch, 1000)
    with pytest.raises(BenchError, match=r"in a row ended while they started \(SIGKILL\)"):
        run(double, range(3))


def test_what_a_job_started_ends_with_its_worker(tmp_path):
    (lost,) = run(orphan_maker, [str(tmp_path / "mark")]).values()
    assert lost.status == "killed"
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path / "mark") not in listed.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")
def test_no_worker_outlives_a_killed_parent_even_while_it_holds_the_interpreter_lock(tmp_path):
    code = (
        "import sys; sys.path.insert(0, {root!r})\n"
        "from tests.test_processes import holding, run\n"
        "if __name__ == '__main__': run(holding, [{mark!r}])\n"
    ).format(root=str(Path(__file__).parent.parent), mark=str(tmp_path / "pid"))
    (tmp_path / "main.py").write_text(code)
    parent = subprocess.Popen([sys.executable, str(tmp_path / "main.py")])
    worker = int(wait_for(lambda: (tmp_path / "pid").read_text()))
    parent.kill()
    parent.wait()
    # A zombie until it is reaped by whoever adopts it, so its state is asked for.
    wait_for(lambda: gone(worker))


def holding(mark):
    import ctypes

    Path(mark).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(60)  # PyDLL keeps the lock, so that no thread of Python's runs


def gone(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def wait_for(look, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if found := look():
                return found
        except (OSError, ValueError):
            pass
        time.sleep(0.05)
    raise AssertionError("nothing came")


def test_ctrl_c_leaves_no_worker(started):
    # A shell starts what runs in the background with Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(2, signal.raise_signal, (signal.SIGINT,)).start()
    with pytest.raises(KeyboardInterrupt):
        run(nap, [60, 60], workers=2)
    assert all(worker.exit_code() is not None for worker in started)


def test_workers_need_no_shared_memory(world, monkeypatch):
    """Semaphores lie in /dev/shm, which containers may lack or mount read-only."""

    def read_only(*args: object, **options: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("multiprocessing.synchronize.SemLock.__init__", read_only)
    done = world.run("--jobs", "2", engine="processes")
    assert (done.code, len(world.records())) == (0, 6)


def ended(function, jobs, workers=1):
    return {job.name: outcome for job, outcome in processes(function, jobs, workers, None, ())}


def test_a_shared_part_is_sent_to_a_worker_once_and_is_that_of_the_job(monkeypatch):
    sent = []
    begin = WorkerProcess.begin

    def spied(worker):
        held = list(worker._held)
        begin(worker)
        sent.append(list(worker._held) != held)

    monkeypatch.setattr(WorkerProcess, "begin", spied)
    parts = [[f"shared {i}"] for i in range(2 * KEPT)]
    # Each part for three jobs in a row, and all of them again when the first are forgotten.
    order = [i for i in [*range(len(parts)), 0] for _ in range(3)]
    jobs = [Job(n, n, parts[i]) for n, i in enumerate(order)]
    outcomes = ended(of_shared, iter(jobs))
    assert [outcomes[n][1] for n in range(len(order))] == [
        [f"shared {i}", n] for n, i in enumerate(order)
    ]
    assert len({process for process, _ in outcomes.values()}) == 1
    assert sum(sent) == len(parts) + 1


def test_a_new_worker_gets_the_shared_part_of_its_job(tmp_path):
    mark = str(tmp_path / "died")
    assert ended(dies_once, [Job(0, mark, "shared"), Job(1, mark, "shared")]) == {
        0: "shared",
        1: "shared",
    }


def test_a_shared_part_that_does_not_pickle_is_an_outcome():
    unwilling = Unwilling()
    outcomes = ended(of_shared, [Job(0, 0, unwilling), Job(1, 1, ["sound"])])
    assert isinstance(outcomes[0], Lost)
    assert outcomes[1][1] == ["sound", 1]


def test_jobs_are_made_as_workers_ask_for_them():
    made = []

    def jobs():
        for n in range(50):
            made.append(n)
            yield Job(n, n)

    running = processes(double, jobs(), 1, None, ())
    next(running)
    assert len(made) <= 4, "one at work, one ahead, and those that have just ended"
    assert len(list(running)) == 49

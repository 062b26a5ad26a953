"""What runs in a worker process: jobs come through a pipe, and messages go back.

A job comes as the number of its shared part, that part where it is new here, and the payload.
A message is a pair: ("ready", None) once; ("step", name) where a job enters one; ("doing", words)
on what takes its time besides; ("done", outcome); ("raised", error) where no job is to blame;
("refused", words) where a plugin cannot be imported.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from os import _exit as leave_at_once  # as it is now: a plugin's `os._exit` is caught
from pathlib import Path
from typing import Any, NoReturn

from bench.core.activity import listen
from bench.core.errors import BenchError
from bench.running.engines.job import KEPT, Lost, call
from bench.running.gpus import visible

Plugins = tuple[Path, ...] | tuple[tuple[Path, Path], ...]
"""Plugin files; or copies of them, each with the path that names its module."""


def serve(
    connection: Connection,
    parent: int,
    function: Callable[..., Any],
    plugins: Plugins,
    gpu: int | None = None,
) -> None:
    """Run jobs until the pipe closes.

    Args:
        connection: to the parent.
        parent: its process id.
        function: called for each job.
        plugins: files to import before a job can be unpickled.
        gpu: number of the only one that this process may see.
    """
    _settle(parent)
    if gpu is not None:
        # Before anything imports torch, which reads it once. The method is offered "cuda".
        name = "CUDA_VISIBLE_DEVICES"
        os.environ[name] = visible(gpu, os.environ.get(name))
    # The parent is gone, or needs this process no more: either ends it without a word.
    with suppress(EOFError, OSError):
        try:
            _load(plugins)
        except BenchError as error:
            connection.send(("refused", str(error)))
        else:
            connection.send(("ready", None))
            _work(connection, function)
    _end()


def _end() -> NoReturn:
    """End this process without taking all its modules apart, which may cost a second."""
    with suppress(BaseException):
        # What libraries want done at the end; multiprocessing ends forked processes like this.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    leave_at_once(0)


def _work(connection: Connection, function: Callable[..., Any]) -> None:
    home = os.getpid()
    listen(partial(_tell, connection, home))
    # Pickled, as they came: what a fold changes in its method must not reach the next one.
    held: dict[int, bytes] = {}
    while True:
        number, shared, payload = connection.recv()
        if shared is not None:
            held[number] = shared
            # In the order in which they came, as the parent counts: see `WorkerProcess.begin`.
            for old in list(held)[:-KEPT]:
                del held[old]
        packed = [held[number], payload] if number else [payload]
        message = _run(function, packed, lambda step: connection.send(("step", step)))
        # A process that the method forked, and that returned from `fit` as well.
        if os.getpid() != home:
            leave_at_once(0)
        connection.send_bytes(message)


def _tell(connection: Connection, home: int, words: str) -> None:
    # Not from a thread of the method's, whose words would mix with the outcome, nor from a process
    # that it forked.
    if threading.current_thread() is threading.main_thread() and os.getpid() == home:
        connection.send(("doing", words))


def _run(
    function: Callable[..., Any], packed: list[bytes], entered: Callable[[Any], None]
) -> memoryview:
    def opened(*parts: bytes) -> Any:
        # Unpickling imports the plugin, which may do anything: it is part of the job.
        return function(*map(ForkingPickler.loads, parts))

    try:
        outcome = call(opened, tuple(packed), entered)
        message = ("done", outcome)
    except Exception as error:
        message = ("raised", error)
    try:
        return ForkingPickler.dumps(message)
    except Exception:
        return ForkingPickler.dumps(("done", Lost("failed", traceback.format_exc())))


def _load(plugins: Plugins) -> None:
    if plugins:
        from bench.plugins.load_file import load_file

        for plugin in plugins:
            load_file(*plugin if isinstance(plugin, tuple) else (plugin,))


def _settle(parent: int) -> None:
    """Ctrl-C is the parent's business, and no worker outlives its parent."""
    if hasattr(os, "setpgid"):
        # A group of its own: the terminal sends Ctrl-C to the parent alone, and what the method
        # starts is stopped together with the worker.
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # Blocked by the parent from before this process began; see `WorkerProcess`.
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    # Or a method's own processes would start as this one did: workers of a DataLoader in seconds
    # instead of milliseconds. The first of the list is what the method's authors got in a script.
    multiprocessing.set_start_method(multiprocessing.get_all_start_methods()[0], force=True)
    # From Python 3.14 on that is a server, of which each child would import torch for itself.
    multiprocessing.set_forkserver_preload(["torch"])
    # Standard output is for the command's own results, which may be piped to a program.
    with suppress(OSError):
        os.dup2(2, 1)
    if not (sys.platform == "linux" and _die_with_parent()):
        # A daemon thread, so that it does not keep a worker alive that is done.
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()
    # It may have died before the kernel was asked.
    if os.getppid() != parent:
        leave_at_once(1)


def _die_with_parent() -> bool:
    """Ask the kernel (Linux) to kill this process when its parent dies, whatever it is doing."""
    import ctypes

    PR_SET_PDEATHSIG = 1
    try:
        return bool(ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL) == 0)
    except (OSError, AttributeError):  # no such call in this C library
        return False


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    # sys.exit would end this thread only.
    leave_at_once(1)

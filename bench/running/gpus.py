"""Which devices a run uses, settled before its first job."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from bench.core.errors import BenchError
from bench.running.options import RunOptions

DEVICES = re.compile(r"auto|cpu|cuda|cuda:[0-9]{1,3}(,cuda:[0-9]{1,3})*")


def checked(words: str) -> str:
    """A device as typed, without blanks.

    Raises:
        BenchError: not "auto", "cpu", "cuda" or GPUs by number.
    """
    plain = words.replace(" ", "")
    if not DEVICES.fullmatch(plain):
        raise BenchError(
            f"--device {words!r:.40}: expected auto, cpu, cuda, or GPUs by number such as "
            "cuda:0,cuda:1"
        )
    return plain


def gpu_count() -> int:
    """GPUs that torch can use here."""
    from importlib.util import find_spec

    # Asking torch costs seconds; without a driver there is nothing to ask.
    if not Path("/proc/driver/nvidia").exists() or find_spec("torch") is None:
        return 0
    import torch

    return torch.cuda.device_count() if torch.cuda.is_available() else 0


def settled(options: RunOptions, note: Callable[[str], None]) -> RunOptions:
    """The options with the device that each job is offered, and the GPUs that workers share.

    "auto" is all GPUs, or the CPU without any; "cuda" is the first GPU. Each worker sees one GPU.

    Args:
        options: of the run.
        note: told in a line what the user should know.

    Raises:
        BenchError: a GPU that is not there.
    """
    words = checked(options.device)
    if words == "cpu":
        return replace(options, device="cpu", gpus=())
    if options.engine == "dask":
        return replace(options, device=_of_dask_workers(words, options, note), gpus=())
    wanted = _wanted(words)
    if not wanted:
        return replace(options, device="cpu", gpus=())
    # This process cannot be shown fewer GPUs than it has seen already.
    if options.engine == "serial":
        return replace(options, device=f"cuda:{wanted[0]}" if wanted[0] else "cuda", gpus=())
    return replace(options, device="cuda", gpus=tuple(wanted))


def check_device(options: RunOptions) -> None:
    """Whether the device is there; those of Dask workers are known only to them.

    Raises:
        BenchError: an unknown word, or a GPU that this machine lacks.
    """
    words = checked(options.device)
    # Nothing can be lacking of these, and asking torch costs seconds.
    if options.engine != "dask" and words not in ("auto", "cpu"):
        _wanted(words)


def _wanted(words: str) -> list[int]:
    """Numbers of the GPUs that a device means; raises `BenchError` for one that is not there."""
    there = gpu_count()
    if words == "auto":
        return list(range(there))
    wanted = list(dict.fromkeys(int(word.partition(":")[2] or 0) for word in words.split(",")))
    if lacking := [number for number in wanted if number >= there]:
        have = ", ".join(f"cuda:{number}" for number in range(there)) or "none that torch can use"
        raise BenchError(
            f"--device {words}: no GPU {lacking[0]} here (GPUs: {have}); --device cpu runs without"
        )
    return wanted


def _of_dask_workers(words: str, options: RunOptions, note: Callable[[str], None]) -> str:
    """The device that jobs are offered on Dask workers, which must be the same on all of them."""
    if words not in ("auto", "cuda"):
        raise BenchError(
            f"--device {words}: each Dask worker sees the GPUs of its CUDA_VISIBLE_DEVICES; "
            "expected auto, cpu or cuda"
        )
    # Imported late: most runs need no Dask.
    from bench.running.engines.dask_client import connected, each

    counts = each(connected(options, note), gpu_count)
    without = [worker for worker, count in counts.items() if not count]
    if not without:
        return "cuda"
    if words == "cuda":
        raise BenchError(
            f"--device cuda: worker {without[0]} has no GPU that torch can use; --device auto runs "
            "on the CPU where some have none"
        )
    if len(without) < len(counts):
        note(f"{len(without)} of {len(counts)} Dask workers have no GPU: all run on the CPU")
    return "cpu"


def visible(gpu: int, shown: str | None) -> str:
    """`CUDA_VISIBLE_DEVICES` of a worker that is to see one GPU.

    Args:
        gpu: its number among those that this process sees.
        shown: the variable here; batch systems set it to the GPUs of the job.
    """
    every = [word.strip() for word in (shown or "").split(",") if word.strip()]
    return every[gpu] if gpu < len(every) else str(gpu)

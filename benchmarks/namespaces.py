"""Dask workers in network namespaces of their own, as if each were another machine.

A bridge joins them: 10.77.0.1 is this process, 10.77.0.11 and so on the workers. This process
leaves for a namespace, too, so that the network of the machine stays as it is, and whatever was
made ends with the processes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

BRIDGE, HOME = "bench", "10.77.0.1"
MARK = "BENCH_NAMESPACES"
"""Set in the environment of a process that is in its namespace."""

_numbers = iter(range(11, 255))

PLUGGED_IN = 'read go && ip link set lo up && ip addr add "$0/24" dev eth0 && ip link set eth0 up'
"""Once the parent has made eth0. The shell's `$0` is the address, and `$@` the command."""


def enter(module: str) -> None:
    """Run a module of this package again in a network namespace with a bridge.

    Args:
        module: its name; with the arguments of this process.
    """
    unshare = ["unshare", "--map-root-user", "--net"]
    if MARK not in os.environ:
        if not (shutil.which("ip") and shutil.which("unshare")):
            sys.exit("--namespaces needs Linux with `ip` (iproute2) and `unshare` (util-linux)")
        trial = f"ip link add {BRIDGE} type bridge && ip link add one type veth peer name two"
        tried = subprocess.run([*unshare, "sh", "-c", trial], capture_output=True, text=True)
        if tried.returncode:
            fault = " ".join(tried.stderr.split())
            sys.exit(f"--namespaces needs root or user namespaces, and bridge and veth: {fault}")
        command = [*unshare, sys.executable, "-m", module, *sys.argv[1:]]
        os.execvpe(unshare[0], command, {**os.environ, MARK: "1"})
    _ip("link", "set", "lo", "up")
    _ip("link", "add", BRIDGE, "type", "bridge")
    _ip("addr", "add", f"{HOME}/24", "dev", BRIDGE)
    _ip("link", "set", BRIDGE, "up")


def started(command: list[str]) -> subprocess.Popen[bytes]:
    """A process in a new namespace on the bridge; 244 in all.

    Args:
        command: of a server, which gets its address as `--host`.
    """
    number = next(_numbers)
    host = f"10.77.0.{number}"
    script = f'echo here; {PLUGGED_IN} && exec "$@"'
    process = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", script, host, *command, "--host", host],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    assert process.stdout
    # Only now it has left this namespace.
    process.stdout.readline()
    end = ("type", "veth", "peer", "name", "eth0", "netns", str(process.pid))
    _ip("link", "add", f"w{number}", *end)
    _ip("link", "set", f"w{number}", "master", BRIDGE, "up")
    process.stdin.write(b"\n")
    process.stdin.close()
    return process


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)

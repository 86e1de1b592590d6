"""Servers under measurement: real processes on a real socket."""

import os
import re
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from benchmarks.database import BenchDatabase
from gis_core.operations import proxy, services
from gis_core.operations.services import Group, Service


@contextmanager
def running(service: Service | Sequence[Service], ready: str) -> Iterator[list[int]]:
    """A service, or several that belong together, started and ready; gives the pid of the first process of each."""
    group = Group(f"bench-{os.getpid()}-{time.monotonic_ns()}")
    try:
        for one in [service] if isinstance(service, Service) else service:
            group.start(one)
        if ready:
            group.wait_ready(ready)
        yield group.pids
    finally:
        group.stop()


def web(made: BenchDatabase, port: int) -> list[Service]:
    """Arpent's web processes and their proxy as `./arpent serve` starts them, on the benchmark's database."""
    *ours, front = proxy.site(made.place, port)
    logs = made.place.data / "bench/log"
    return [
        *(
            replace(one, env=one.env | made.environment("web"), log=logs / f"web-{rank}.log")
            for rank, one in enumerate(ours, 1)
        ),
        replace(front, log=logs / "proxy.log"),
    ]


def worker(made: BenchDatabase) -> Service:
    ours = services.worker(made.place)
    return replace(ours, env=made.environment("worker"), log=made.place.data / "bench/log/worker.log")


def free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
    return port


def pss_mib(*pids: int) -> float:
    """Proportional set size of processes and all their descendants, in MiB."""
    total = 0
    for one in tree(*pids):
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
        total += int(found[1]) if found else 0
    return total / 1024


def cpu_seconds(*pids: int) -> float:
    """Processor time of processes, of their descendants, and of those of them that have ended."""
    total = 0
    for one in tree(*pids):
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))
    return total / os.sysconf("SC_CLK_TCK")


def tree(*pids: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except (OSError, IndexError):
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = list[int](), list(pids)
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found

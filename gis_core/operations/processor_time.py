"""What kept the processors busy while the tests ran: the tests and what they waited for, PostgreSQL, all else."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gis_core.operations.progress import say

PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Spent:
    """Seconds of processors since the machine, or the process, began."""

    machine: float
    idle: float
    tests: float
    postgresql: float

    def line(self, before: "Spent") -> str:
        """What was spent since."""
        whole, idle = self.machine - before.machine, self.idle - before.idle
        tests, postgresql = self.tests - before.tests, self.postgresql - before.postgresql
        others = max(0.0, whole - idle - tests - postgresql)
        return (
            f"Processeurs : tests {tests:.0f} s, leur PostgreSQL {postgresql:.0f} s, le reste de la machine "
            f"{others:.0f} s, inoccupés {100 * idle / whole if whole else 0:.0f} % du temps"
        )


@contextmanager
def say_processor_time(postmaster: int | None) -> Iterator[None]:
    """Say at the end what was spent in the block, on the whole machine and by our children that have ended."""
    before = spent(postmaster)
    yield
    say(spent(postmaster).line(before))


def spent(postmaster: int | None) -> Spent:
    """By now. A server that is not there has spent nothing."""
    of_machine = [int(field) / PER_SECOND for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:8]]
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Spent(
        machine=sum(of_machine),
        idle=of_machine[3] + of_machine[4],
        tests=ended.ru_utime + ended.ru_stime,
        postgresql=seconds_in(Path(f"/proc/{postmaster}/stat")),
    )


def seconds_in(stat: Path) -> float:
    """Of a process and its children that have ended, out of its file in /proc (proc(5): utime to cstime)."""
    try:
        return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:15])) / PER_SECOND
    except OSError:
        return 0.0

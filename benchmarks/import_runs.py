"""An import in a process of its own that is watched: its report, how it ended, its memory."""

import json
import subprocess
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.database import BenchDatabase
from benchmarks.server import pss_mib
from gis_core.operations.environment import PYTHON, ROOT

PACE_S = 0.5
PATIENCE_S = 1800


@dataclass(frozen=True)
class ImportRun:
    """What an import reported, its exit code, and its memory with its reader's all along (MiB)."""

    report: dict[str, Any]
    exit_code: int
    memory: float

    @property
    def seconds(self) -> float:
        """How long it took by its own report."""
        begun, ended = (datetime.fromisoformat(self.report[name]) for name in ("started_at", "ended_at"))
        return (ended - begun).total_seconds()


def run_import(made: BenchDatabase, name: str, *order: str) -> ImportRun:
    """Run a command of `manage.py` that imports; `name` is that of its report's file."""
    path = made.place.data / f"bench/{name}.json"
    command = [str(PYTHON), str(ROOT / "manage.py"), *order, "--report", str(path)]
    process = subprocess.Popen(command, env=made.environment("worker"), cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline, memory = time.monotonic() + PATIENCE_S, 0.0
    while process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
        memory = max(memory, pss_mib(process.pid))
        time.sleep(PACE_S)
    return ImportRun(json.loads(path.read_text()), process.returncode, memory)

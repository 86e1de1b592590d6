"""The second start of the demonstration, as its user types it, in a data folder of its own."""

import os
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import server
from benchmarks.rows import Row
from gis_core.ops.environment import ROOT
from gis_core.ops.failure import OperationFailedError

SECOND_START = Row("deuxième démarrage de ./arpent demo", None, "s", "at most", 15)
PATIENCE_S = 600


def second_start_row() -> list[Row]:
    """Start and stop once, then time the start until `demo --detach` comes back: `/health/ready` has answered."""
    with tempfile.TemporaryDirectory(prefix="arpent-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        port, data = str(server.free_port()), str(folder / "data")
        start = ("demo", "--detach", "--data", data, "--port", port)
        try:
            arpent(folder, *start)
            arpent(folder, "stop", "--data", data)
            begun = time.monotonic()
            arpent(folder, *start)
            taken = time.monotonic() - begun
        finally:
            arpent(folder, "stop", "--data", data)
    return [replace(SECOND_START, ours=taken)]


def arpent(folder: Path, *words: str) -> None:
    """One `./arpent` command without our variables; raises with the end of what it said."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ARPENT_", "DJANGO_"))}
    env["ARPENT_DEMO_PHOTOS"] = "0"
    said = folder / "said.log"
    with said.open("wb") as output:
        done = subprocess.run(
            [str(ROOT / "arpent"), *words],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=PATIENCE_S,
            check=False,
        )
    if done.returncode != 0:
        raise OperationFailedError(f"./arpent {' '.join(words)} : {said.read_text(errors='replace')[-300:]}")

"""The certified provider of npm (oidc-provider), started for a test; its userinfo is signed, as ProConnect has it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_core.operations.environment import PYTHON, ROOT

LIBRARY = ROOT / "webmap" / "node_modules" / "oidc-provider" / "lib" / "index.js"


@contextmanager
def certified(port: int, algorithm: str, callback: str, signed_out: str) -> Iterator[str]:
    """Its address, while it listens; `callback` and `signed_out` are what is declared there."""
    node = Path(PYTHON).with_name("node")
    script = Path(__file__).with_name("oidc_provider.mjs")
    command = [node, script, LIBRARY, str(port), algorithm, callback, signed_out]
    # The package's `node` starts the real one: both are of one group, and end together.
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline().strip() == "listens"
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)

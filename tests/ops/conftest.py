import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gis_core.operations import services
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place


@contextmanager
def temporary_place() -> Iterator[Place]:
    """A data folder that PostgreSQL's user can reach, as pytest's own are not; nothing of it survives."""
    folder = Path(tempfile.mkdtemp(prefix="arpent-ops-"))
    folder.chmod(0o755)
    place = Place(folder / "data")
    try:
        with pytest.MonkeyPatch.context() as patch:
            # On a busy machine a site takes minutes until it answers.
            patch.setattr(services, "READY_SECONDS", 600)
            yield place
    finally:
        Cluster(place).stop()
        shutil.rmtree(Cluster(place).data, ignore_errors=True)
        shutil.rmtree(folder)


@contextmanager
def before_others(priority: int) -> Iterator[None]:
    """We, and what we start, come before other processes; only root may ask for that."""
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, priority)
    yield
    if os.geteuid() == 0:
        os.setpriority(os.PRIO_PROCESS, 0, usual)


def plain_environment() -> dict[str, str]:
    """The machine's environment without settings of ours, but that root stays root where it must."""
    ours = {name for name in os.environ if name.startswith(("ARPENT_", "DJANGO_"))} - {"ARPENT_AS_ROOT"}
    return {name: value for name, value in os.environ.items() if name not in ours}


@pytest.fixture
def place() -> Iterator[Place]:
    with temporary_place() as found:
        yield found


@pytest.fixture(scope="session", autouse=True)
def kept_initdb() -> Iterator[None]:
    """What initdb makes is made once for each set of its options, and copied: two thirds of a second each time."""
    run = Cluster._as_owner
    with tempfile.TemporaryDirectory(prefix="arpent-initdb-") as folder, pytest.MonkeyPatch.context() as patch:

        def copy_initdb(cluster: Cluster, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
            if program != "initdb":
                return run(cluster, program, *arguments)
            _flag, target, *options = arguments
            kept = Path(folder, " ".join(options))
            if kept.is_dir():
                subprocess.run(["cp", "--archive", str(kept), target], check=True)
                return subprocess.CompletedProcess([program, *arguments], 0, "", "")
            done = run(cluster, program, *arguments)
            if done.returncode == 0:
                subprocess.run(["cp", "--archive", target, str(kept)], check=True)
            return done

        patch.setattr(Cluster, "_as_owner", copy_initdb)
        yield

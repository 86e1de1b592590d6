"""A cluster that is migrated once and kept in the tests' folder: what tests of a whole installation begin with."""

import fcntl
import os
import subprocess
from datetime import date
from pathlib import Path

from django.conf import settings

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import ROOT, Place, open_lock, variables
from gis_core.operations.manage import command_line
from tests.ops.conftest import temporary_place
from tests.template_database import app_folders, digest, fingerprint_of_files

PREFIX = "migrated-"


def give_migrated(place: Place) -> None:
    """A stopped cluster with every migration, and the platform's key, for a data folder that has none."""
    place.data.mkdir(exist_ok=True)
    variables(place, "owner")
    tests = Place.current()
    of_files = fingerprint_of_files(ROOT, [*app_folders(), ROOT / "requirements.lock", Path(__file__)])
    # Some layers are declared with the day on which that is done in their legend.
    kept = tests.data / (PREFIX + digest(of_files, date.today(), settings.TIME_ZONE))
    tests.run.mkdir(parents=True, exist_ok=True)
    lock = open_lock(tests.run / "migrated.lock", fcntl.LOCK_EX)
    assert lock is not None
    with os.fdopen(lock, "rb"):
        if not kept.is_dir():
            remove_kept(tests)
            make(kept)
        copy(kept, place.cluster)


def make(kept: Path) -> None:
    unfinished = kept.with_name(PREFIX + "unfinished")
    with temporary_place() as place:
        cluster = Cluster(place)
        with cluster.lease():
            command = command_line("migrate", "--noinput")
            subprocess.run(command, cwd=ROOT, env=variables(place, "owner"), check=True, capture_output=True)
        copy(cluster.data, unfinished)
    unfinished.rename(kept)


def copy(source: Path, target: Path) -> None:
    """With owners and rights, by reference where the file system can."""
    subprocess.run(["cp", "--archive", "--reflink=auto", str(source), str(target)], check=True)


def remove_kept(tests: Place) -> None:
    """What another content made, and what was interrupted."""
    for left in tests.data.glob(PREFIX + "*"):
        subprocess.run(["rm", "--recursive", "--force", str(left)], check=True)

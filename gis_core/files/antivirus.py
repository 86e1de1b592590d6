"""The antivirus of the installation, where it has one: the command `ARPENT_ANTIVIRUS`."""

import logging
import os
import subprocess
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from gis_core.errors import Invalid, Unavailable

log = logging.getLogger("arpent.antivirus")
TIMEOUT_S = 60
CLEAN, INFECTED = 0, 1
"""What the command ends with, as `clamdscan -` does; anything else says that it could not check the file."""


def check_for_viruses(path: Path) -> None:
    """Give a file to the command, on its standard input; nothing without one. Raises Invalid, Unavailable."""
    if not settings.ANTIVIRUS:
        return
    code = run_command(settings.ANTIVIRUS, path)
    if code == INFECTED:
        raise Invalid(_("The antivirus refuses it."), parameter="file")
    if code != CLEAN:
        log.error("the antivirus could not check a file: %s ended with %s", settings.ANTIVIRUS[0], code)
        raise Unavailable(_("The antivirus does not answer: no file can be added now. Tell your administrator."))


def run_command(command: list[str], path: Path) -> int | None:
    """What the command ends with; None where it did not start or took too long. It gets nothing of our environment."""
    with path.open("rb") as file:
        try:
            done = subprocess.run(
                command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=TIMEOUT_S,
                check=False, env={"PATH": os.defpath},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return None
    return done.returncode

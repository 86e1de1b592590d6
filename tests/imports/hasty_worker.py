"""A worker that takes another for dead after four silent seconds, not ten: `python -m tests.imports.hasty_worker`.

It beats more often in proportion. Whoever waits for such a death waits less; all that follows is the product's.
"""

import os
import sys

import django

MODULE = "tests.imports.hasty_worker"
# The product's are 2 and 10 seconds.
BEAT_S, LOST_AFTER_S = 0.8, 4.0


def hasten() -> None:
    """For this process, in which the worker's command is not imported yet."""
    from gis_core import tasks
    from gis_core.jobs import services

    assert (services.BEAT_S / services.LOST_AFTER_S, tasks.SWEEP_STEP_S) == (BEAT_S / LOST_AFTER_S, services.BEAT_S)
    services.BEAT_S, services.LOST_AFTER_S, tasks.SWEEP_STEP_S = BEAT_S, LOST_AFTER_S, BEAT_S


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "gis_core.settings"
    django.setup()
    hasten()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", "worker", *sys.argv[1:]])

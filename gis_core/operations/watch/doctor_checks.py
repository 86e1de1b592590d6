"""What the doctor finds to be mended of the database, the files and the clock, as far as the worker may look at it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gis_core.operations.doctor import database, machine
from gis_core.operations.doctor.finding import Finding, run_checks
from gis_core.operations.environment import Place
from gis_core.operations.watch.day_measures import DOCTOR, SIZE_DAYS, keep, latest, measures_since

type Ask = Callable[[], list[Finding] | None]
"""What a check says; None where it could not be asked."""
type Failures = list[dict[str, Any]]
"""Of each failure the `check` that says so, the one that `asks` it, its `message` and `remedy`."""


def checks() -> dict[str, Ask]:
    place = Place(Path(settings.DATA_DIR))
    on_machine = {"clock": machine.clock, "locale": machine.text_encoding}
    in_database = database.CHECKS | {"files": partial(database.files, place=place)}
    # What holds the jobs up itself is said by `findings.waiting_needs`, sooner.
    del in_database["jobs"]
    machine_checks: dict[str, Ask] = {
        name: partial(ask_machine, name, check, place) for name, check in on_machine.items()
    }
    return machine_checks | {name: partial(ask_database, check) for name, check in in_database.items()}


def ask_machine(name: str, check: Callable[[Place], Any], place: Place) -> list[Finding] | None:
    said = list(run_checks([(name, partial(check, place))]))
    return None if any(one.state == "unknown" for one in said) else said


def ask_database(check: database.DatabaseCheck) -> list[Finding] | None:
    """None where the worker's role may not ask it: the command, run by root, does."""
    try:
        with transaction.atomic():
            connection.ensure_connection()
            return list(check(connection.connection))
    except Exception:
        return None


def former_failures() -> Failures:
    """As they were last kept."""
    measure = latest(measures_since(SIZE_DAYS, DOCTOR), DOCTOR)
    return list(measure.detail["failures"]) if measure else []


def keep_failures(only: Collection[str] | None = None) -> None:
    """Ask every check, or these alone, and keep what fails; what cannot be asked now stays as it was."""
    former = former_failures()
    failures: Failures = []
    for name, ask in checks().items():
        said = ask() if only is None or name in only else None
        if said is None:
            failures += [one for one in former if one["asks"] == name]
        else:
            failures += [failure_of(name, one) for one in said if one.state == "failure"]
    keep(DOCTOR, len(failures), {"failures": failures})


def failure_of(name: str, finding: Finding) -> dict[str, str]:
    return {"check": finding.check, "asks": name, "message": finding.message, "remedy": finding.remedy}


def ask_failing_again() -> None:
    """Every ten minutes the checks that failed are asked again: what was mended is over without waiting for a night."""
    if failing := {one["asks"] for one in former_failures()}:
        keep_failures(failing)


def by_check(failures: Failures) -> dict[str, tuple[str, str]]:
    """The failures of one check together: message and remedy."""
    merged = {}
    for name, group in groupby(sorted(failures, key=lambda one: str(one["check"])), lambda one: str(one["check"])):
        same = list(group)
        merged[name] = (
            " ; ".join(dict.fromkeys(one["message"].rstrip(".") for one in same)),
            " ".join(dict.fromkeys(one["remedy"] for one in same)),
        )
    return merged

"""What the retention table does on the worker: counts what would go, and each night erases what the agency chose."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import ArpentError, Conflict, NotFound
from gis_core.jobs.files import OPEN
from gis_core.jobs.services import start_job
from gis_core.members.rights import SYSTEM, Rights, acting_as
from gis_core.models import Job, JobQuerySet, RetentionChoice, User
from gis_core.operations import security_journal
from gis_core.ownership import private_files
from gis_core.ownership.jobs import check_agency
from gis_core.ownership.retention import (
    RETENTIONS,
    RetentionKind,
    When,
    choices_in_force,
    chosen_kind,
    count_due,
    instant,
    total_of,
)
from gis_core.ownership.stock import note_gone

if TYPE_CHECKING:
    from gis_core.tasks import RunningJob

log = logging.getLogger("arpent.retention")
KIND: Final = "retention_trial"


def trials(rights: Rights, kind: str = "") -> JobQuerySet:
    """The trials of the agency, newest first: of the whole table, or of one kind."""
    return Job.objects.visible_to(rights).filter(kind=KIND, parameters__kind=kind)


@transaction.atomic
def start_trial(*, kind: str = "", days: int | None = None, user: User, rights: Rights, **more: Any) -> Job:
    """Queue a count of what would go: of every kind, or of one with a time that is tried (`days`).

    Raises Forbidden, Conflict.
    """
    check_agency(rights)
    if trials(rights, kind).filter(state__in=OPEN).exists():
        raise Conflict(_("A count is under way: wait until it is done."))
    parameters = {"kind": kind, "days": days, **more}
    title = _("What retention would erase")
    return start_job(kind=KIND, title=title, owner=None, started_by=user, parameters=parameters, rights=rights)


def try_out(running: RunningJob) -> dict[str, Any]:
    """Count, by kind and member; nothing is erased, whatever kinds do to be counted is undone."""
    check_agency(running.rights)
    slug, days = running.parameters["kind"], running.parameters["days"]
    if not slug:
        counts = count_all(lambda share: running.report_progress(share))
        return {"counts": counts, "stocks": count_stocks()}
    kind = chosen_kind(slug)
    if kind is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return {"counts": {slug: count_due(kind, days)}}


def count_all(progress: Any = lambda _share: None) -> dict[str, Any]:
    """What would go this night, by kind; None for kinds that are not counted."""
    chosen, kinds = choices_in_force(), RETENTIONS.all()
    counts = {}
    for rank, kind in enumerate(kinds):
        choice = chosen.get(kind.slug)
        counts[kind.slug] = count_due(kind, choice.days if choice and choice.applies else None)
        progress((rank + 1) / len(kinds))
    return counts


def count_stocks() -> dict[str, Any]:
    """What there is now, by kind: [how many rows or files, the day of the oldest]; without kinds that nobody counts."""
    return {kind.slug: kind.stock().as_json() for kind in RETENTIONS.all() if kind.stock is not None}


def apply_choices(timestamp: int) -> None:
    """Every night: what the agency switched on goes, each kind whole or not at all; so do results about persons."""
    note_gone("person_files", private_files.remove_old())
    with acting_as(SYSTEM):
        for slug, choice in choices_in_force().items():
            kind = chosen_kind(slug)
            if kind is not None and choice.applies:
                apply(kind, choice)


def apply(kind: RetentionKind, choice: RetentionChoice) -> None:
    """Erase what is older, and keep how much that was. What fails is said in the log, and is tried the next night."""
    assert kind.when == When.CHOSEN
    assert kind.erase is not None
    days = max(choice.days, kind.least_days)
    try:
        with transaction.atomic():
            counts = kind.erase(instant(days))
            note_gone(kind.slug, total_of(counts))
    except ArpentError as error:
        log.warning("a kind was not erased", extra={"fields": {"kind": kind.slug, "why": str(error.message)}})
        return
    security_journal.record("retention_applied", kind=kind.slug, days=days, rows=total_of(counts))

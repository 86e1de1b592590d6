"""The same as the page Exploitation, as figures of /metrics (`gis_core.manifest` names each)."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings

from gis_core.database.statements import fetch_all
from gis_core.jobs.services import LOST_AFTER_S
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from gis_core.operations.watch.alerts import open_alerts
from gis_core.operations.watch.day_measures import (
    CERTIFICATE,
    FORECAST_DAYS,
    FREE,
    SIZE,
    SIZE_DAYS,
    latest,
    measures_since,
)
from gis_core.operations.watch.disks import disks
from gis_core.operations.watch.findings import FAILED_TASKS
from gis_core.operations.watch.traffic import slowest_statements
from gis_core.points import STORED_KINDS

type ByLabels = Mapping[tuple[str, ...], float]


def versions() -> ByLabels:
    ((postgresql,),) = fetch_all("select pg_catalog.current_setting('server_version')", {})
    return {(settings.VERSION, postgresql.split(" ")[0]): 1.0}


def disk_free() -> ByLabels:
    return {(disk.label,): float(disk.free) for disk in disks()}


def disk_total() -> ByLabels:
    return {(disk.label,): float(disk.total) for disk in disks()}


def disk_full_in() -> ByLabels:
    """Seconds until a disk is full, of those that fill."""
    present = disks(measures_since(FORECAST_DAYS, FREE))
    return {(disk.label,): disk.full_in * 86_400 for disk in present if disk.full_in is not None}


def stored_bytes() -> ByLabels:
    """What each member has of each kind; the member is empty for the agency's."""
    kinds = {kind.name for kind in STORED_KINDS.all()}
    with acting_as(SYSTEM):
        slugs = dict(Member.objects.values_list("pk", "slug"))
    last = {(one.owner_id, one.subject): one for one in measures_since(SIZE_DAYS, SIZE)}
    return {
        (slugs.get(owner, "") if owner else "", kind): float(one.amount)
        for (owner, subject), one in last.items()
        if (kind := subject.partition(":")[2]) in kinds
    }


def folder_bytes() -> ByLabels:
    """The database and each folder, as measured at night."""
    kinds = {kind.name for kind in STORED_KINDS.all()}
    last = {one.subject.partition(":")[2]: one for one in measures_since(SIZE_DAYS, SIZE)}
    return {(name,): float(one.amount) for name, one in last.items() if name not in kinds}


def certificate_end() -> float:
    """In seconds since 1970; 0 where the certificate is refused, or where none was looked at."""
    measure = latest(measures_since(SIZE_DAYS, CERTIFICATE), CERTIFICATE)
    return float(measure.amount) if measure else 0.0


def statement_seconds() -> ByLabels:
    """Of the slowest statements of the week."""
    return {(one.text[:120],): one.seconds for one in slowest_statements() or ()}


def failed_tasks() -> ByLabels:
    return {(task,): float(count) for task, count in fetch_all(FAILED_TASKS, {})}


def workers() -> float:
    """Programs of background jobs that live."""
    ((count,),) = fetch_all(
        "select count(*) from public.procrastinate_workers where last_heartbeat > now() - make_interval(secs => %(s)s)",
        {"s": LOST_AFTER_S},
    )
    return float(count)


def sessions() -> float:
    ((count,),) = fetch_all("select count(*) from public.django_session where expire_date > now()", {})
    return float(count)


def needs() -> ByLabels:
    """1 for each alert that is open."""
    with acting_as(SYSTEM):
        return {(code,): 1.0 for code in open_alerts().values_list("code", flat=True)}

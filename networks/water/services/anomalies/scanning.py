"""Scanning a member's network: what is found opens, what is found no more closes, what people ignored stays so.

Runs under the worker's role, set by set in the database. Safe to repeat; two scans of a network wait for each other.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _
from psycopg import sql
from psycopg.types.json import Jsonb

from gis_core.database import clock as database_clock
from gis_core.database.outages import database_is_gone
from gis_core.database.statements import fetch_all
from gis_core.errors import Forbidden
from gis_core.graph import parts_of
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Job, Member, User
from layers.catalogue.models import Photo
from networks.water import code_lists
from networks.water.models import Anomaly, Scan
from networks.water.services.anomalies.checks import CHECKS, COPIES, EDGES, PART
from networks.water.services.anomalies.covers import compare_covers
from networks.water.services.anomalies.kinds import FAMILIES, JOINED_WITHIN_M, KINDS, NEAR_M, SEWER

log = logging.getLogger("arpent.networks")
KIND: Final = "scan_network"
KEPT: Final = timedelta(days=365)
"""How long what was repaired stays in the list."""
# Which rows there are and how often they were changed: the same again says that nothing was.
STATE: Final = sql.SQL(
    "select string_agg(concat_ws(':', rows, last, versions), ' ' order by place) from ("
    "select 1 as place, count(*) as rows, max(id) as last, sum(version) as versions from {node}"
    " where owner_id = %(owner)s"
    " union all select 2, count(*), max(id), sum(version) from {pipe} where owner_id = %(owner)s"
    " union all select 3, count(*), max(id), sum(version) from {service} where owner_id = %(owner)s) one"
)
OWNERS: Final = sql.SQL("select distinct owner_id from {pipe} order by 1")
INSERTED: Final = sql.SQL("""
    insert into water_anomaly as known (owner_id, shared_with, family, kind, severity, object_kind, object_id,
        other_kind, other_id, measured, geom, state, reason, detected_at)
    select distinct on (kind, object_kind, object_id, other_kind, other_id) %(owner)s, '{{}}', %(family)s, kind,
        coalesce(severity, (%(severities)s::jsonb ->> kind)::int), object_kind, object_id, other_kind, other_id,
        measured, place, 'open', '', now()
    from scan_found
    on conflict (owner_id, family, kind, object_kind, object_id, other_kind, other_id) do update
    set measured = excluded.measured, geom = excluded.geom, severity = excluded.severity,
        state = case known.state when 'repaired' then 'open' else known.state end,
        reason = case known.state when 'repaired' then '' else known.reason end,
        detected_at = case known.state when 'repaired' then now() else known.detected_at end,
        decided_at = case known.state when 'repaired' then null else known.decided_at end,
        decided_by_id = case known.state when 'repaired' then null else known.decided_by_id end,
        event_id = case known.state when 'repaired' then null else known.event_id end
    where known.state = 'repaired' or (known.measured, known.geom, known.severity)
        is distinct from (excluded.measured, excluded.geom, excluded.severity)
""")
GONE: Final = sql.SQL("""
    update water_anomaly a set state = 'repaired', decided_at = now()
    where owner_id = %(owner)s and family = %(family)s and state <> 'repaired' and not exists (
        select from scan_found f where (f.kind, f.object_kind, f.object_id, f.other_kind, f.other_id)
            = (a.kind, a.object_kind, a.object_id, a.other_kind, a.other_id))
""")


def start_scan(*, owner: Member, family: str, by: User, rights: Rights) -> Job:
    """Queue a scan, unless one of this network waits or runs. Raises Forbidden."""
    if not rights.has_role(owner.pk, TECHNICIANS):
        raise Forbidden(_("Only network technicians have networks scanned."))
    waiting = Job.objects.filter(kind=KIND, owner=owner, parameters__family=family).filter(
        state__in=(Job.State.WAITING, Job.State.RUNNING)
    )
    if job := waiting.first():
        return job
    names = {"water": _("drinking water"), "sewer": _("sewer network")}
    title = _("Anomalies: %(network)s of %(member)s") % {"network": names[family], "member": owner.name}
    given = {"family": family}
    return start_job(kind=KIND, title=title, owner=owner, started_by=by, parameters=given, rights=rights)


def members_scanned(rights: Rights) -> list[Member]:
    """The members whose networks the asker may have scanned."""
    members = Member.objects.visible_to(rights).order_by("name")
    return [member for member in members if rights.has_role(member.pk, TECHNICIANS)]


def scan_changed() -> int:
    """Scan every network that changed since its last scan; how many there were. Each in a transaction of its own: one
    that cannot be scanned keeps no other from it, and is raised at the end."""
    done, failed = 0, None
    for family in FAMILIES:
        for owner in owners_of(family):
            try:
                with transaction.atomic():
                    done += scan_if_changed(owner, family)
            except Exception as error:
                if database_is_gone(error):
                    raise
                log.exception("a network could not be scanned", extra={"fields": {"member": owner, "family": family}})
                failed = error
    if failed:
        raise failed
    return done


def scan_if_changed(owner: int, family: str) -> bool:
    last = Scan.objects.filter(owner=owner, family=family).first()
    if last and last.network_state == state_of_network(owner, family):
        return False
    scan(owner, family)
    return True


@transaction.atomic
def scan(
    owner: int, family: str, progress: Callable[[float | None, str], None] = lambda share, message: None
) -> dict[str, Any]:
    """Scan one network; the report says how many of each kind there are, and the seconds that each check took."""
    given = {"owner": owner, "family": family, "near": NEAR_M, "within": JOINED_WITHIN_M, "fed": source_kinds(family)}
    seconds: dict[str, float] = {}
    run_statement(
        sql.SQL("select pg_advisory_xact_lock(hashtextextended('arpent scan ' || %(family)s, %(owner)s))"),
        family,
        given,
    )
    run_statement(sql.SQL("select set_config('work_mem', '64MB', true)"), family, given)
    state = state_of_network(owner, family)
    progress(0.0, _("Reading the network"))
    with time_step(seconds, "copy"):
        copy(family, given)
    checks = [one for one in CHECKS if family in one.families]
    for place, check in enumerate(checks):
        label = str(KINDS[check.name].label) if check.name in KINDS else ""
        progress(0.2 + 0.7 * place / len(checks), label)
        with time_step(seconds, check.name):
            run_statement(check.statement, family, given)
    if family == SEWER:
        progress(0.88, str(KINDS["cover_off_ground"].label))
        with time_step(seconds, "cover_off_ground"):
            compare_covers(owner)
    progress(0.9, _("Keeping what was found"))
    with time_step(seconds, "keep"):
        store_anomalies(given)
    report = {"counts": counts(owner, family), "seconds": {name: round(spent, 2) for name, spent in seconds.items()}}
    values = {"scanned_at": database_clock.now(), "network_state": state, "report": report}
    Scan.objects.update_or_create(owner_id=owner, family=family, defaults=values)
    return report


@contextmanager
def time_step(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Adds the seconds spent inside to those of a name."""
    begun = time.monotonic()
    yield
    seconds[name] = seconds.get(name, 0.0) + time.monotonic() - begun


def copy(family: str, given: dict[str, Any]) -> None:
    """The network in temporary tables, with its connected parts."""
    for table in ("pipe", "node", "service", "end", "part", "cell", "pair", "found"):
        run_statement(sql.SQL("drop table if exists {}").format(sql.Identifier("scan_" + table)), family, given)
    run_statement(PART, family, given)
    parts = parts_of(run_statement(EDGES, family, given))
    with connection.cursor() as cursor, cursor.copy("copy scan_part (node, part) from stdin") as copying:
        for row in parts.items():
            copying.write_row(row)
    for statement in COPIES:
        run_statement(statement, family, given)


def store_anomalies(given: dict[str, Any]) -> None:
    severities = Jsonb({name: int(kind.severity) for name, kind in KINDS.items()})
    run_statement(sql.SQL("analyze scan_found"), "", given)
    run_statement(INSERTED, "", given | {"severities": severities})
    run_statement(GONE, "", given)
    old = database_clock.now() - KEPT
    owner, family = given["owner"], given["family"]
    Anomaly.objects.filter(owner=owner, family=family, state=Anomaly.State.REPAIRED, decided_at__lt=old).delete()


def counts(owner: int, family: str) -> dict[str, int]:
    """How many are open, by kind."""
    rows = fetch_all(
        "select kind, count(*) from water_anomaly where owner_id = %s and family = %s and state = 'open'"
        " group by kind order by kind",
        [owner, family],
    )
    return dict(rows)


def state_of_network(owner: int, family: str) -> str:
    """Changes with the network and, for sewers, with the models of the ground that covers are compared with, and with
    who may read them."""
    state = str(run_statement(STATE, family, {"owner": owner})[0][0])
    if family != SEWER:
        return state
    grounds = Photo.objects.filter(kind=Photo.Kind.GROUND).aggregate(count=Count("pk"), last=Max("edition"))
    return f"{state} {grounds['count']}:{grounds['last'] or 0}"


def scans_seen_by(family: str, rights: Rights) -> list[Scan]:
    """The last scan of each network that the asker sees, by member."""
    rows = Scan.objects.visible_to(rights).filter(family=family)
    return list(rows.select_related("owner").order_by("owner__name"))


def owners_of(family: str) -> list[int]:
    return [owner for (owner,) in run_statement(OWNERS, family, {})]


def source_kinds(family: str) -> list[str]:
    """The kinds of nodes that a part of the network must be connected with."""
    return list(code_lists.SINKS if family == SEWER else code_lists.SOURCES)


def run_statement(statement: sql.SQL | sql.Composed, family: str, given: dict[str, Any]) -> list[Any]:
    """Run a statement about a family's tables: its rows, none for a statement that has none."""
    if isinstance(statement, sql.SQL):
        sewer = family == SEWER
        statement = statement.format(
            node=sql.Identifier(f"{family}_node"),
            pipe=sql.Identifier(f"{family}_pipe"),
            service=sql.Identifier(f"{family}_connection"),
            system=sql.SQL("system" if sewer else "null::text"),
            heights=sql.SQL("invert_z, cover_z" if sewer else "null::float8 as invert_z, null::float8 as cover_z"),
        )
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall()) if cursor.description else []

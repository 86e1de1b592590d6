"""Which version of a planning document is in force when; layers are announced anew when a day changes the answer.

A version begins on the day of its approval. It ends on its DATEFIN or, where none is given, on the day of the next
version: the first one approved later that covers all of its communes. Of two versions approved on one day, the one
that covers more communes than the other, and all of them, holds; where both cover the same ones, the one that was
delivered last. A safeguard plan (PSMV) lives beside the plan around it, so it ends only by another one.
"""

from datetime import date

from django.db import connection, transaction

from gis_core.database import clock as database_clock
from layers.catalogue.services import announce_changed_slugs

LAYERS = (
    "plu-zones",
    *(f"plu-{what}-{kind}" for what in ("prescriptions", "informations") for kind in ("surf", "lin", "pct")),
)
DATES = """
    update planning_document d set starts_date = made.starts, ends_date = made.ends
    from (
        select one.id,
            case when one.state in ('01', '02') or one.state in ('04', '05', '06', '09')
                      and coalesce(one.ended_date, next.day) is null then null
                 else one.approved_date end as starts,
            coalesce(one.ended_date, next.day) as ends
        from planning_document one
        left join lateral (
            select min(later.approved_date) as day from planning_document later
            where (later.approved_date > one.approved_date
                    or later.approved_date = one.approved_date
                       and (later.id > one.id or not one.communes @> later.communes))
                and later.id <> one.id and later.state not in ('01', '02')
                and later.communes @> one.communes and (later.kind = 'PSMV') = (one.kind = 'PSMV')) next on true) made
    where made.id = d.id and (d.starts_date, d.ends_date) is distinct from (made.starts, made.ends)
"""
PUBLISHED = """
    update planning_document set published = not published
    where published
        <> (starts_date is not null and starts_date <= %(day)s and (ends_date is null or ends_date > %(day)s))
"""


def refresh(day: date | None = None) -> int:
    """Compute the days of all versions and which are published; how many documents appear or go."""
    with connection.cursor() as cursor:
        cursor.execute(DATES)
        cursor.execute(PUBLISHED, {"day": day or database_clock.today()})
        changed: int = cursor.rowcount
    return changed


@transaction.atomic
def pass_the_day(day: date | None = None) -> bool:
    """Announce the layers when a date has come on which a version begins or ends; whether there was one."""
    changed = refresh(day)
    if changed:
        announce_changed_slugs(LAYERS)
    return bool(changed)

"""Works that meet by a detour: one hinders traffic where the other leads it around (one that is to be computed again
leads nobody).
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from networks.roadworks.models import Work
from networks.roadworks.services.conflicts import (
    CLOSING,
    CROSSING_M,
    HINDERING,
    MOST,
    MOST_PAIRS,
    WITHIN_M,
    Conflict,
    ConflictQuery,
    Severity,
    at_other_hours,
    in_bulk,
    share_days,
    when,
)

HERE: Final = gettext_lazy("The detour of these works passes here, and these hinder it:")
THERE: Final = gettext_lazy("They hinder traffic on the detour of these works:")
LED_HERE: Final = """
    with pieces as materialized (
        select p as geom, st_expand(p, %(within)s) as box
        from st_subdivide(st_geomfromewkb(%(stretch)s), 16) p),
    near as materialized (
        select distinct d.work_id, d.geom, d.direction from pieces p
            join road_detour d on d.geom && p.box and st_dwithin(d.geom, p.geom, %(within)s)
        where d.starts_on is not null)
    select w.id + 0, max(met.metres),
        bool_and(arpent.passes_open(n.geom, n.direction, st_geomfromewkb(%(stretch)s), %(way)s, %(within)s))
    from near n join road_work w on w.id = n.work_id, lateral (
        select st_length(st_intersection(n.geom, st_buffer(st_geomfromewkb(%(stretch)s), %(within)s))) as metres) met
    where w.id <> %(but)s and w.state <> 'cancelled' and w.starts_on <= %(last)s and w.ends_on >= %(first)s
        and met.metres >= %(crossing)s
    group by 1 order by 2 desc limit %(most)s
"""
ON_MINE: Final = """
    with mine as materialized (
        select d.id, d.geom as whole, d.direction, st_buffer(d.geom, %(within)s) as around, p as geom,
            st_expand(p, %(within)s) as box
        from road_detour d, st_subdivide(d.geom, 16) p where d.work_id = %(but)s
            and d.starts_on is not null),
    near as materialized (
        select distinct w.id + 0 as id, w.geom, w.closed_way, m.id as detour, m.whole, m.direction, m.around
        from mine m join road_work w on w.geom && m.box and st_dwithin(w.geom, m.geom, %(within)s)
        where w.id <> %(but)s and w.state <> 'cancelled' and w.starts_on <= %(last)s and w.ends_on >= %(first)s
            and w.measure = any(%(hindering)s)),
    shared as (
        select id, max(st_length(st_intersection(geom, around))) as metres,
            bool_and(arpent.passes_open(whole, direction, geom, closed_way, %(within)s)) as passes
        from near group by id)
    select id, metres, passes from shared where metres >= %(crossing)s order by 2 desc limit %(most)s
"""


MARKS: Final = """
    with asked as materialized (
        select w.id, w.geom, w.starts_on, w.ends_on, w.measure, w.closed_way from road_work w
        where w.id = any(%(ids)s) and w.state <> 'cancelled'),
    led as (
        select a.id as mine, w.id as other, true as here,
            st_length(st_intersection(d.geom, st_buffer(a.geom, %(within)s))) as metres,
            arpent.passes_open(d.geom, d.direction, a.geom, a.closed_way, %(within)s) as passes
        from asked a join road_detour d on d.geom && st_expand(a.geom, %(within)s) and d.starts_on is not null
                and st_dwithin(d.geom, a.geom, %(within)s)
            join road_work w on w.id = d.work_id
        where a.measure = any(%(hindering)s) and w.id <> a.id and w.state <> 'cancelled'
            and w.starts_on <= a.ends_on + 1 and w.ends_on >= a.starts_on - 1
        union all
        select a.id, w.id, false, st_length(st_intersection(w.geom, st_buffer(d.geom, %(within)s))),
            arpent.passes_open(d.geom, d.direction, w.geom, w.closed_way, %(within)s)
        from asked a join road_detour d on d.work_id = a.id and d.starts_on is not null
            join road_work w on w.geom && st_expand(d.geom, %(within)s) and st_dwithin(w.geom, d.geom, %(within)s)
        where w.measure = any(%(hindering)s) and w.id <> a.id and w.state <> 'cancelled'
            and w.starts_on <= a.ends_on + 1 and w.ends_on >= a.starts_on - 1)
    select mine, other, here, max(metres), bool_and(passes) from led where metres >= %(crossing)s group by 1, 2, 3
    order by 1, 4 desc limit %(most)s
"""


def find_detour_conflicts(works: Mapping[int, Work], rights: Rights) -> Iterator[tuple[int, Conflict]]:
    """The same of many works, in one question."""
    given = {"ids": list(works), "hindering": list(HINDERING), "within": WITHIN_M, "crossing": CROSSING_M}
    pairs = fetch_all(MARKS, given | {"most": MOST_PAIRS})
    others = in_bulk({other for _mine, other, *_others in pairs}, rights)
    for mine, pk, here, metres, passes in pairs:
        if pk in others and share_days(query := ConflictQuery.of(works[mine]), other := others[pk]):
            measure, message = (query.measure, HERE) if here else (other.measure, THERE)
            yield mine, conflict_with_detour(query, other, measure, metres, str(message), passes)


def by_detours(query: ConflictQuery, rights: Rights) -> Iterator[Conflict]:
    """Works whose detour passes here, where these hinder traffic; works that hinder it on the detour of these."""
    given: dict[str, Any] = {
        "stretch": bytes(query.stretch.ewkb),
        # The day before and after, too: a night ends in the morning.
        "first": query.starts_on - timedelta(days=1),
        "last": query.ends_on + timedelta(days=1),
        "but": query.work_id or 0,
        "hindering": list(HINDERING),
        "way": query.closed_way,
        **{"within": WITHIN_M, "crossing": CROSSING_M, "most": MOST},
    }
    led = fetch_all(LED_HERE, given) if query.measure in HINDERING else []
    mine = fetch_all(ON_MINE, given) if query.work_id else []
    others = in_bulk([pk for pk, *_others in (*led, *mine)], rights)
    others = {pk: one for pk, one in others.items() if share_days(query, one)}
    for pk, metres, passes in led:
        if pk in others:
            yield conflict_with_detour(query, others[pk], query.measure, metres, str(HERE), passes)
    for pk, metres, passes in mine:
        if pk in others:
            yield conflict_with_detour(query, others[pk], others[pk].measure, metres, str(THERE), passes)


def conflict_with_detour(
    query: ConflictQuery, other: Work, measure: str, metres: float, message: str, passes: bool
) -> Conflict:
    """`passes`: the detour takes the direction that one-way works leave open."""
    severity = Severity.GRAVE if measure in CLOSING and not passes else Severity.SERIOUS
    severity, hours = at_other_hours(query, other) or (severity, "")
    return Conflict(work=other, severity=severity, why=f"{message} {when(query, other)} {hours}".strip(), metres=metres)

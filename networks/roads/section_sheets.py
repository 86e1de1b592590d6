"""What the sheet of a section of road says beyond its columns: where its two ends lead, and what meets it without a
junction, where no route, detour or works can turn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from layers.features.sheet import Addition, Property, Values
from networks.roads.references import format_route

NODE_IDS: Final = frozenset({"start_node_id", "end_node_id"})
"""Numbers that tell people nothing."""

ENDS: Final = """
    with asked as materialized (
        select s.id, s.geom, s.level, s.start_node_id, s.end_node_id from road_section s where s.id = any(%(ids)s)
    ), ends as materialized (
        select a.id, a.level, e.name, n.id as node, n.geom from asked a
            cross join lateral (values ('start', a.start_node_id), ('end', a.end_node_id)) e(name, node)
            join road_node n on n.id = e.node
        where e.name = 'start' or a.end_node_id <> a.start_node_id
    )
    select e.id, e.name, met.others, crossed.route, crossed.name
    from ends e
        cross join lateral (
            select count(*) as others from (
                select s.id from road_section s where s.start_node_id = e.node
                union select s.id from road_section s where s.end_node_id = e.node) at
            where at.id <> e.id) met
        left join lateral (
            select s.route, coalesce(s.name_left, s.name_right, s.reference) as name from road_section s
            where met.others = 0 and s.geom && st_expand(e.geom, 0.5) and st_dwithin(s.geom, e.geom, 0.5)
                and s.id <> e.id and s.level = e.level
            order by st_distance(s.geom, e.geom), s.id limit 1) crossed on true
    union all
    select a.id, 'between', count(*), null, null
    from asked a join road_node n on n.geom && st_expand(a.geom, 0.5) and st_dwithin(n.geom, a.geom, 0.5)
        and n.id not in (a.start_node_id, a.end_node_id)
    where exists (select from road_section s where s.start_node_id = n.id and s.level = a.level)
        or exists (select from road_section s where s.end_node_id = n.id and s.level = a.level)
    group by a.id
"""
"""By section and end how many other sections meet there, and where none does the one on whose line it lies; `between`:
how many ends of others lie on its own."""


def sections(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    results = fetch_all(ENDS, {"ids": [int(row["id"]) for row in rows]})
    facts: dict[int, list[Property]] = {int(row["id"]): [] for row in rows}
    for pk, name, *values in sorted(results, key=lambda row: ORDER.index(row[1])):
        facts[pk] += lines(name, *values)
    return {pk: Addition(properties=properties, hidden=NODE_IDS) for pk, properties in facts.items()}


ORDER: Final = ("start", "end", "between")


def lines(name: str, count: int, route: str | None, called: str | None) -> Iterator[Property]:
    if name == "between":
        message = ngettext("%(count)s section comes onto this one: split this one there",
                         "%(count)s sections come onto this one: split this one there", count)  # fmt: skip
        yield fact(name, _("Without a junction"), count, message % {"count": count})
        return
    label = _("At its start") if name == "start" else _("At its end")
    other = format_route(route) if route else called
    if count:
        message = ngettext("%(count)s other section", "%(count)s other sections", count)
        yield fact(name, label, count, message % {"count": count})
    elif other:
        message = _("comes onto %(road)s without a junction: split that other section here")
        yield fact(name, label, count, message % {"road": other})
    else:
        yield fact(name, label, count, _("dead end"))


def fact(name: str, label: str, value: int, display: str) -> Property:
    return Property(name=name, label=label, value=value, display=display)

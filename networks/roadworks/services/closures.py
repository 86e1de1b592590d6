"""The closed stretch of road that traffic goes around: its sections, and the ends that ways join."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from networks.roadworks.models import Work

type Pair = tuple[int, int]

MOST_SECTIONS: Final = 2_000
LONGEST_M: Final = 50_000
MOST_ENDS: Final = 6
MOST_PARTS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """What is closed: sections or a stretch (EPSG:2154), on which days; `work` is the one that closes it.

    `way` is the direction that alone is closed, along the stretch (`Work.Way`); empty for both.
    """

    sections: Sequence[int] = ()
    stretch: GEOSGeometry | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    work: int | None = None
    way: str = ""

    @classmethod
    def of(cls, work: Work) -> Closure:
        return cls(stretch=work.geom, starts_on=work.starts_on, ends_on=work.ends_on, work=work.pk,
                   way=work.closed_way or "")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Closed:
    """A section that is closed; `traffic_way` is that of the traffic which passed it and does no more."""

    id: int
    start: int
    end: int
    traffic_way: str
    start_xy: tuple[float, float]
    end_xy: tuple[float, float]

    def directed(self) -> Sequence[Pair]:
        forward, backward = (self.start, self.end), (self.end, self.start)
        return {"forward": [forward], "backward": [backward], "both": [forward, backward]}.get(self.traffic_way, [])


def find_closed_sections(closure: Closure) -> list[Closed]:
    """Sections that traffic passes and that are closed. Raises Invalid."""
    ids = list(dict.fromkeys(closure.sections))
    if closure.stretch is not None:
        if closure.stretch.length > LONGEST_M:
            message = _("The stretch is longer than %(most)s km.")
            raise Invalid(message % {"most": LONGEST_M // 1000}, parameter="geometry")
        ids += sections_under(closure.stretch)
    if len(ids) > MOST_SECTIONS:
        raise Invalid(_("The stretch has more than %(most)s sections.") % {"most": MOST_SECTIONS}, parameter="geometry")
    rows = every_row(
        "select id, start_node_id, end_node_id, traffic_way, arpent.runs_along(%(stretch)s::geometry, geom),"
        " st_x(st_startpoint(geom)), st_y(st_startpoint(geom)),"
        " st_x(st_endpoint(geom)), st_y(st_endpoint(geom)) from road_section where id = any(%(ids)s)"
        " and arpent.road_takes_traffic(nature, status, manager, traffic_way) order by id",
        ids=ids, stretch=closure.stretch.ewkb if closure.stretch is not None else None,
    )  # fmt: skip
    if not rows:
        message = _("No road that takes traffic is closed there: draw the stretch along a section of the roads.")
        raise Invalid(message, parameter="sections" if closure.sections else "geometry")
    return [
        Closed(pk, start, end, traffic_closed(passed, way_on(closure.way, along)), (x, y), (u, v))
        for pk, start, end, passed, along, x, y, u, v in rows
    ]


def way_on(closed: str, along: bool) -> str:
    """A direction along a stretch, as one on a section that goes the same way or the other one."""
    if not closed or along:
        return closed
    return "backward" if closed == "forward" else "forward"


def traffic_closed(passed: str, closed: str) -> str:
    """Of the traffic that passes a section, the part that is closed: "both", "forward", "backward", "none"."""
    if not closed:
        return passed
    return closed if passed in ("both", closed) else "none"


def sections_under(stretch: GEOSGeometry) -> list[int]:
    """Those that a stretch runs along, drawn on them or beside them."""
    return [pk for (pk,) in every_row("select arpent.sections_under(%(geom)s)", geom=stretch.ewkb)]


def pairs_of(closed: Sequence[Closed]) -> list[Pair]:
    """Where traffic entered and left what is closed, in each direction that it was passed. Raises Invalid."""
    pairs: list[Pair] = []
    open_at = still_open([one.id for one in closed], {node for one in closed for node in (one.start, one.end)})
    parts = apart(closed)
    if len(parts) > MOST_PARTS:
        message = _("The closed sections lie in %(count)s places: ask for one place at a time.")
        raise Invalid(message % {"count": len(parts)}, parameter="geometry")
    for part in parts:
        ends = ends_of(part, open_at)
        if len(ends) > MOST_ENDS:
            message = _("The stretch has %(count)s ends: ask for one road at a time.")
            raise Invalid(message % {"count": len(ends)}, parameter="geometry")
        ahead: dict[int, set[int]] = {}
        for start, end in (pair for one in part for pair in one.directed()):
            ahead.setdefault(start, set()).add(end)
        pairs += [(start, end) for start, end in permutations(ends, 2) if leads(ahead, start, end)]
    if not pairs:
        message = _("Nobody passes through this stretch: it is a dead end, and there is nothing to lead around it.")
        raise Invalid(message, parameter="geometry")
    return pairs


def still_open(closed: Sequence[int], nodes: Collection[int]) -> set[int]:
    """Of these nodes, those that an open road reaches."""
    rows = every_row(
        "select n.id from unnest(%(nodes)s::bigint[]) n(id) where exists (select from road_section s"
        " where (s.start_node_id = n.id or s.end_node_id = n.id) and s.id <> all(%(closed)s)"
        " and arpent.road_takes_traffic(s.nature, s.status, s.manager, s.traffic_way))",
        nodes=list(nodes),
        closed=list(closed),
    )
    return {pk for (pk,) in rows}


def apart(closed: Sequence[Closed]) -> list[list[Closed]]:
    """The closed sections that hang together: the two carriageways of a road are two parts."""
    parts: list[tuple[set[int], list[Closed]]] = []
    for one in closed:
        nodes, held = {one.start, one.end}, [one]
        rest = []
        for others, sections in parts:
            if nodes & others:
                nodes |= others
                held = sections + held
            else:
                rest.append((others, sections))
        parts = [*rest, (nodes, held)]
    return [sections for _nodes, sections in parts]


def ends_of(part: Sequence[Closed], open_at: Collection[int]) -> list[int]:
    """The ends of the stretch that lead on; where it has no two, every node that an open road reaches."""
    count: dict[int, int] = {}
    for one in part:
        for node in (one.start, one.end):
            count[node] = count.get(node, 0) + 1
    ends = sorted(node for node, times in count.items() if times == 1 and node in open_at)
    return ends if len(ends) > 1 else sorted(node for node in count if node in open_at)


def leads(ahead: Mapping[int, Collection[int]], start: int, end: int) -> bool:
    seen, front = {start}, [start]
    while front:
        for node in ahead.get(front.pop(), ()):
            if node == end:
                return True
            if node not in seen:
                seen.add(node)
                front.append(node)
    return False


def extent_of(ids: Sequence[int]) -> str:
    ((box,),) = every_row("select st_envelope(st_collect(geom)) from road_section where id = any(%(ids)s)", ids=ids)
    return str(box)


def every_row(statement: str, **given: Any) -> list[Any]:
    return fetch_all(statement, given)

"""The way around a closed stretch of road, for each direction of traffic and a vehicle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import atan2, degrees, hypot
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, LineString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.http.admission import TRACE, limit_concurrency
from layers.features.display import display_number
from networks.roads.references import format_route
from networks.roadworks.french import the
from networks.roadworks.gauges import GAUGES, MEASURES, Gauge, gauge_label
from networks.roadworks.headings import heading_of
from networks.roadworks.services.closures import (
    Closure,
    Pair,
    every_row,
    extent_of,
    find_closed_sections,
    pairs_of,
    way_on,
)

FIRST_REACH_M: Final = 2_500.0
NEXT_REACH_M: Final = 10_000.0
LAST_REACH_M: Final = 60_000.0
EXPLAINED_M: Final = NEXT_REACH_M
"""Where one looks for what cuts the only way: it lies near the works, and half a county takes long to search."""
FASTEST_MS: Final = 110 / 3.6
"""No section is passed faster (`arpent.road_seconds`): a better way does not leave a box that takes longer to cross."""
LIMITS: Final = {"height_m": "max_height_m", "width_m": "max_width_m", "length_m": "max_length_m",
                 "weight_t": "max_weight_t", "axle_t": "max_axle_t"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A road of a way, and how far one follows it."""

    name: str
    metres: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The best way around in a direction (`both`: the same roads serve the other direction)."""

    direction: str
    line: LineString
    length_m: float
    seconds: float
    steps: Sequence[Step]
    sections: Sequence[int]
    both: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A direction that has no way around, and why: the section whose limit cuts the only way, and that limit."""

    direction: str
    why: str
    blocking: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DetourResult:
    """The answer: ways, directions without one, the sections closed, other works on the same days (id: title), the
    largest vehicle of the list that passes in the directions that have no way for the one that was asked for.
    """

    ways: Sequence[Way]
    missing: Sequence[Missing]
    closed: Sequence[int]
    works: Mapping[int, str]
    offered: str = ""


@dataclass(slots=True)
class Search:
    """Where ways are looked for: what is closed, the vehicle, sections that other works close and those works; of the
    sections of which they close one direction alone, which.
    """

    closure: Closure
    extent: str
    closed: list[int]
    gauge: Gauge
    avoided: dict[int, int] = field(default_factory=dict)
    one_way: dict[int, str] = field(default_factory=dict)
    works: dict[int, str] = field(default_factory=dict)

    def sections_closed_to(self, way: str) -> list[int]:
        """Sections that other works close in one direction alone, or (way "") in both."""
        return [section for section in self.avoided if self.one_way.get(section, "") == way]


@limit_concurrency(TRACE)
def detours(closure: Closure, gauge: Gauge) -> DetourResult:
    """The ways around. Raises Invalid: nothing is closed there, or the stretch has no two ends."""
    closed = find_closed_sections(closure)
    pairs = pairs_of(closed)
    ids = [one.id for one in closed]
    search = Search(closure=closure, extent=extent_of(ids), closed=ids, gauge=gauge)
    by_pair = ways_between(search, pairs)
    places = {one.start: one.start_xy for one in closed} | {one.end: one.end_xy for one in closed}
    headings = {pair: heading(places[pair[0]], places[pair[1]]) for pair in pairs}
    without = [pair for pair in pairs if pair not in by_pair]
    missing = [
        Missing(direction=headings[pair], why=message, blocking=blocking)
        for pair, (message, blocking) in why_none(search, without).items()
    ]
    return DetourResult(
        ways=once(
            [by_pair[pair] for pair in pairs if pair in by_pair], [headings[pair] for pair in pairs if pair in by_pair]
        ),
        missing=missing,
        closed=ids,
        works={pk: title for pk, title in search.works.items() if pk in search.avoided.values()},
        offered=largest_passing(search, without),
    )


# -- what is closed ---------------------------------------------------------------------------------------------------


def avoid_works(search: Search, reach: float) -> None:
    """Announced works that close roads on the same days within reach: their sections are avoided, in the direction that
    they close.
    """
    closure = search.closure
    if closure.starts_on is None:
        return
    near = every_row(
        "select w.id, w.title, w.geom, w.closed_way from road_work w"
        " where w.geom && st_expand(%(extent)s::geometry, %(reach)s) and w.announced and w.state = 'planned'"
        " and w.measure in ('closed', 'one_way') and w.starts_on <= %(last)s and w.ends_on >= %(first)s"
        " and w.id is distinct from %(own)s and w.id <> all (%(known)s)",
        extent=search.extent, reach=reach, own=closure.work, known=list(search.works),
        first=closure.starts_on, last=closure.ends_on or closure.starts_on,
    )  # fmt: skip
    if not near:
        return
    search.works |= {pk: title for pk, title, _geom, _way in near}
    under = every_row(
        "select w.id, w.way, under.id, arpent.runs_along(w.geom::geometry, s.geom)"
        " from unnest(%(ids)s::bigint[], %(geoms)s::text[], %(ways)s::text[]) w(id, geom, way),"
        " arpent.sections_under(w.geom::geometry) as under(id) join road_section s on s.id = under.id",
        ids=[pk for pk, *_others in near], geoms=[str(geom) for _pk, _title, geom, _way in near],
        ways=[way or "" for *_others, way in near],
    )  # fmt: skip
    for pk, way, section, along in under:
        if section not in search.closed:
            avoid(search, section, pk, way_on(way, along))


def avoid(search: Search, section: int, work: int, way: str) -> None:
    """What several works close in different directions is closed in both."""
    former = search.one_way.get(section, "") if section in search.avoided else way
    search.one_way[section] = way if way == former else ""
    search.avoided[section] = work


# -- ways -------------------------------------------------------------------------------------------------------------


def ways_between(search: Search, pairs: Sequence[Pair]) -> dict[Pair, Way]:
    """The best way of each pair that has one: in a box that grows until none outside it could be better."""
    reach = FIRST_REACH_M
    while True:
        rows = rows_within(search, pairs, min(reach, LAST_REACH_M))
        seconds = {(start, end): reached for start, end, _step, _node, edge, reached in rows if edge == -1}
        if reach >= LAST_REACH_M:
            break
        wanted = [pair for pair in pairs if pair in seconds]
        needed = max((seconds[pair] for pair in wanted), default=0.0) * FASTEST_MS / 2
        if len(wanted) == len(pairs) and needed <= reach:
            break
        farther = reach * 1.01 if len(wanted) == len(pairs) else NEXT_REACH_M if reach < NEXT_REACH_M else LAST_REACH_M
        reach = max(needed, farther)
    return {pair: way_of(rows, pair) for pair in pairs if pair in seconds}


def rows_within(search: Search, pairs: Sequence[Pair], reach: float, *, limited: bool = True) -> list[Any]:
    gauge = search.gauge if limited else Gauge()
    avoid_works(search, reach)
    return every_row(
        "select * from arpent.road_ways(%(starts)s, %(ends)s, %(closed)s, %(no_forward)s,"
        " %(no_backward)s, st_expand(%(extent)s::geometry, %(reach)s),"
        " %(height)s, %(width)s, %(long)s, %(weight)s, %(axle)s)",
        starts=sorted({start for start, _end in pairs}), ends=sorted({end for _start, end in pairs}),
        closed=[*search.closed, *search.sections_closed_to("")], no_forward=search.sections_closed_to("forward"),
        no_backward=search.sections_closed_to("backward"), extent=search.extent, reach=reach,
        height=gauge.height_m, width=gauge.width_m, long=gauge.length_m, weight=gauge.weight_t, axle=gauge.axle_t,
    )  # fmt: skip


def way_of(rows: Sequence[Any], pair: Pair) -> Way:
    passed = [(node, edge) for start, end, _step, node, edge, _reached in rows if (start, end) == pair and edge != -1]
    seconds = next(reached for start, end, _s, _n, edge, reached in rows if (start, end) == pair and edge == -1)
    nodes, edges = [node for node, _edge in passed], [edge for _node, edge in passed]
    ((line,),) = every_row("select arpent.road_way_line(%(nodes)s, %(edges)s)", nodes=nodes, edges=edges)
    drawn = GEOSGeometry(line)
    assert isinstance(drawn, LineString)
    return Way(
        direction="", line=drawn, length_m=drawn.length, seconds=seconds, steps=steps_over(edges), sections=edges
    )


def once(ways: Sequence[Way], directions: Sequence[str]) -> list[Way]:
    """Ways with their directions; one that the other direction takes backwards is told once."""
    kept: list[Way] = []
    for way, direction in zip(ways, directions, strict=True):
        back = list(reversed(way.sections))
        same = next((rank for rank, one in enumerate(kept) if not one.both and list(one.sections) == back), None)
        if same is None:
            kept.append(with_direction(way, direction=direction))
        else:
            kept[same] = with_direction(kept[same], direction=_("both directions"), both=True)
    return kept


def with_direction(way: Way, *, direction: str, both: bool = False) -> Way:
    return Way(direction=direction, line=way.line, length_m=way.length_m, seconds=way.seconds, steps=way.steps,
               sections=way.sections, both=both)  # fmt: skip


def heading(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Where one heads for, by the compass."""
    east, north = end[0] - start[0], end[1] - start[1]
    if hypot(east, north) < 1:
        return _("the only direction")
    return heading_of(90 - degrees(atan2(north, east)))


# -- why there is none ------------------------------------------------------------------------------------------------


def why_none(search: Search, pairs: Sequence[Pair]) -> dict[Pair, tuple[str, tuple[int, str] | None]]:
    """Which limit or which other works cut the only way of each, as far as that is seen near by."""
    reasons: dict[Pair, tuple[str, tuple[int, str] | None]] = {}
    if search.gauge != Gauge():
        message = _("no way for “%(vehicle)s”: %(limit)s cuts the only way there is.")
        for pair, way in ways_near(search, pairs, limited=False).items():
            limit, blocking = limit_on(way.sections, search.gauge)
            reasons[pair] = message % {"vehicle": gauge_label(search.gauge), "limit": limit}, blocking
    if search.avoided:
        message = _("other works close the only way on the same days: %(works)s.")
        freed = Search(closure=Closure(), extent=search.extent, closed=search.closed, gauge=search.gauge)
        for pair, way in ways_near(freed, [pair for pair in pairs if pair not in reasons]).items():
            titles = {search.works[search.avoided[one]] for one in way.sections if one in search.avoided}
            reasons[pair] = message % {"works": ", ".join(sorted(titles))}, None
    none = _("no other road open to this vehicle joins both ends within %(km)s km.") % {
        "km": display_number(LAST_REACH_M / 1000)
    }
    return {pair: reasons.get(pair, (none, None)) for pair in pairs}


def largest_passing(search: Search, pairs: Sequence[Pair]) -> str:
    """The code of the largest vehicle of the list that has a way near by in each of these directions, or nothing."""
    if not pairs or search.gauge == Gauge():
        return ""
    for code in reversed(list(GAUGES)):
        _label, gauge = GAUGES[code]
        smaller = Search(closure=search.closure, extent=search.extent, closed=search.closed, gauge=gauge)
        if not gauge.passes_for(search.gauge) and len(ways_near(smaller, pairs)) == len(pairs):
            return code
    return ""


def describe_missing(missing: Sequence[Missing]) -> list[str]:
    """A sentence for each reason: « Vers l’est, vers l’ouest : aucun itinéraire… »."""
    directions: dict[str, list[str]] = {}
    for one in missing:
        directions.setdefault(one.why, []).append(one.direction)
    template = _("%(direction)s: %(why)s")
    sentences = [
        template % {"direction": ", ".join(dict.fromkeys(ways)), "why": why} for why, ways in directions.items()
    ]
    return [one[:1].upper() + one[1:] for one in sentences]


def ways_near(search: Search, pairs: Sequence[Pair], *, limited: bool = True) -> dict[Pair, Way]:
    """A way of each pair that has one within the reach of explanations: the graph is read once."""
    rows = rows_within(search, pairs, EXPLAINED_M, limited=limited) if pairs else []
    there = {(start, end) for start, end, _step, _node, edge, _reached in rows if edge == -1}
    return {pair: way_of(rows, pair) for pair in pairs if pair in there}


def limit_on(sections: Sequence[int], gauge: Gauge) -> tuple[str, tuple[int, str]]:
    """The tightest limit that stops the vehicle on these sections, and where: “the limit of 19 t of the rue Haute”; the
    section and its limit alone.
    """
    limits: list[tuple[float, str, tuple[int, str]]] = []
    for name, column in LIMITS.items():
        needed = getattr(gauge, name)
        for one in label_sections(sections):
            limit = one[column]
            if needed is not None and limit is not None and limit < needed:
                template = _("the limit of %(limit)s (%(what)s) of “%(road)s”")
                kind, unit = MEASURES[name]
                said = f"{display_number(limit)} {unit}"
                description = template % {"limit": said, "what": kind, "road": one["label"]}
                # Roads that lead to the same place have the same name in several communes.
                where = f"{description} ({one['commune']})" if one["commune"] else description
                limits.append((limit / needed, where, (one["id"], said)))
    _share, template, blocking = min(limits)
    return template, blocking


# -- in words ---------------------------------------------------------------------------------------------------------


def label_sections(sections: Sequence[int]) -> list[dict[str, Any]]:
    """What sections are called, how long they are, and their limits, in the order given."""
    columns = ("id", "commune", "route", "name_left", "name_right", "nature", *LIMITS.values(), "metres")
    rows = every_row(
        "select s.id, (select c.name from gis_core_commune c where c.insee = s.insee_left), s.route,"
        " s.name_left, s.name_right, s.nature, s.max_height_m, s.max_width_m, s.max_length_m,"
        " s.max_weight_t, s.max_axle_t, st_length(s.geom)"
        " from unnest(%(ids)s::bigint[]) with ordinality asked(id, rank) join road_section s on s.id = asked.id"
        " order by asked.rank",
        ids=list(sections),
    )
    made = [dict(zip(columns, row, strict=True)) for row in rows]
    return [one | {"label": label_of(one)} for one in made]


def label_of(section: Mapping[str, Any]) -> str:
    """A numbered road by its number, another by its name."""
    if section["route"]:
        return format_route(section["route"])
    return str(section["name_left"] or section["name_right"] or _("a road without a name"))


def steps_over(sections: Sequence[int]) -> list[Step]:
    """The roads of a way in order; a roundabout belongs to the road before it."""
    steps: list[tuple[str, float]] = []
    for one in label_sections(sections):
        around = one["nature"] == "rond_point" and steps
        steps.append((steps[-1][0] if around else one["label"], one["metres"]))
    return [Step(name, sum(metres for _name, metres in run)) for name, run in groupby(steps, key=lambda one: one[0])]


def describe_steps(steps: Sequence[Step]) -> str:
    """« Prendre la D 2020 sur 1,2 km, puis la rue des Lilas sur 300 m. »"""
    road_label = the if (get_language() or "").startswith("fr") else str
    template = _("%(road)s for %(distance)s")
    parts = [template % {"road": road_label(one.name), "distance": distance(one.metres)} for one in steps]
    return _("Take %(roads)s.") % {"roads": _(", then ").join(parts)} if parts else ""


def distance(metres: float) -> str:
    if metres < 950:
        return f"{display_number(max(10, round(metres / 10) * 10), 0)} m"
    return f"{display_number(metres / 1000, 1)} km"

"""From a reference to a place and back, over the axes that are kept: a question to an index each."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _

from gis_core.errors import Invalid, NotFound
from layers.features.display import display_number
from networks.roads.references import NotAReferenceError, Reference, Side, reference_of, shown_route

SLACK_M: Final = 1.0
WITHIN_M: Final = 30.0
"""How far from a numbered road a place still has a reference on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A place on a numbered road: `x`, `y` in EPSG:2154 and `lon`, `lat`; `distance_m` from the place that was asked,
    and on which side of the road that lies, as markers grow.
    """

    reference: Reference
    section: int
    x: float
    y: float
    lon: float
    lat: float
    distance_m: float = 0.0
    lies: str = ""

    def told(self) -> dict[str, Any]:
        one = self.reference
        return {
            "reference": str(one),
            **{"route": one.route, "marker": one.marker, "metres": round(one.metres, 2), "side": one.side},
            **{"section": self.section, "x": round(self.x, 3), "y": round(self.y, 3)},
            **{"lon": round(self.lon, 7), "lat": round(self.lat, 7)},
            **{"distance_m": round(self.distance_m, 2), "lies": self.lies},
        }


MARK: Final = """
    select a.id, a.carriageway, m.at_m, m.next_number, m.next_m, a.length_m
    from road_axis a join road_axis_mark m on m.axis_id = a.id and m.number = %(number)s
    where a.route = %(route)s and a.carriageway = any(%(sides)s)
    order by array_position(%(sides)s, a.carriageway::text) limit 1
"""
PLACE: Final = """
    select p.section_id, st_x(at), st_y(at), st_x(st_transform(at, 4326)), st_y(st_transform(at, 4326)), p.end_m
    from (select * from road_axis_part where axis_id = %(axis)s and end_m >= %(at)s order by end_m limit 1) p,
        greatest(0, least(1, (%(at)s - p.start_m) / nullif(p.end_m - p.start_m, 0))) as share,
        st_lineinterpolatepoint(p.geom, share) as at
"""
END: Final = "select max(end_m) from road_axis_part where axis_id = %(axis)s"
NEAR: Final = """
    with asked as materialized (select st_setsrid(st_makepoint(%(x)s, %(y)s), 2154) as geom),
    near as (
        select p.*, asked.geom as place, st_distance(p.geom, asked.geom) as distance,
            st_linelocatepoint(p.geom, asked.geom) as share
        from asked join road_axis_part p on p.geom && st_expand(asked.geom, %(within)s)
            and st_dwithin(p.geom, asked.geom, %(within)s))
    select a.route, a.carriageway, near.axis_id, near.section_id, near.start_m + share * (near.end_m - near.start_m),
        st_x(at), st_y(at), st_x(st_transform(at, 4326)), st_y(st_transform(at, 4326)), distance,
        sign(st_x(ahead) * (st_y(place) - st_y(at)) - st_y(ahead) * (st_x(place) - st_x(at)))
    from near join road_axis a on a.id = near.axis_id, st_lineinterpolatepoint(near.geom, share) as at,
        st_lineinterpolatepoint(near.geom, least(1, share + 0.001)) as beyond,
        st_lineinterpolatepoint(near.geom, greatest(0, share - 0.001)) as before,
        st_makepoint(st_x(beyond) - st_x(before), st_y(beyond) - st_y(before)) as ahead
    where %(route)s = '' or a.route = %(route)s order by distance, a.carriageway, near.start_m limit 1
"""
BEFORE: Final = """
    select number, at_m from road_axis_mark where axis_id = %(axis)s and at_m <= %(at)s + 0.000001
    order by at_m desc limit 1
"""


def locate(text: str) -> Found:
    """The place of a reference that somebody typed. Raises Invalid, NotFound; both say what there is instead."""
    try:
        asked = reference_of(text)
    except NotAReferenceError as error:
        words = _("“%(text)s” is no place on a road: write a road, a marker and metres, as in “D 2020 PR 12+350”.")
        raise Invalid(words % {"text": text[:80]}, parameter="reference") from error
    return place_of(asked)


def place_of(asked: Reference) -> Found:
    """Raises NotFound for a road or marker that is not there, Invalid for metres that are beyond."""
    sides = [asked.side] if asked.side else ["U", "D", "G"]
    # Where a road has one carriageway both sides are it.
    sides += [one for one in ("U", "D") if one not in sides]
    row = one_row(MARK, route=asked.route, number=asked.marker, sides=sides)
    if row is None:
        raise not_there(asked)
    axis, carriageway, start, next_number, next_m, _length = row
    at = start + asked.metres
    if next_m is not None and at > next_m + SLACK_M:
        words = _("PR %(next)s comes %(metres)s m after PR %(marker)s on the %(route)s: %(asked)s m is beyond it.")
        told = {"next": next_number, "metres": display_number(next_m - start, 0), "marker": asked.marker,
                "route": shown_route(asked.route), "asked": display_number(asked.metres, 0)}  # fmt: skip
        raise Invalid(words % told, parameter="reference")
    (end,) = one_row(END, axis=axis) or (0.0,)
    if at > end + SLACK_M:
        words = _("The %(route)s ends %(metres)s m after PR %(marker)s.")
        told = {"route": shown_route(asked.route), "metres": display_number(end - start, 0), "marker": asked.marker}
        raise Invalid(words % told, parameter="reference")
    found = one_row(PLACE, axis=axis, at=min(at, end))
    assert found is not None
    section, x, y, lon, lat, _end = found
    side: Side = carriageway
    reference = Reference(route=asked.route, marker=asked.marker, metres=asked.metres, side=side)
    return Found(reference=reference, section=section, x=x, y=y, lon=lon, lat=lat)


def not_there(asked: Reference) -> NotFound:
    first = one_row("select min(m.number), max(m.number) from road_axis a join road_axis_mark m on m.axis_id = a.id"
                    " where a.route = %(route)s", route=asked.route)  # fmt: skip
    if first is None or first[0] is None:
        words = _("No numbered road %(route)s with markers is known here.")
        return NotFound(words % {"route": shown_route(asked.route)})
    words = _("The %(route)s has no PR %(marker)s here: its markers go from %(first)s to %(last)s.")
    told = {"route": shown_route(asked.route), "marker": asked.marker, "first": first[0], "last": first[1]}
    return NotFound(words % told)


def reference_at(x: float, y: float, *, route: str = "", within_m: float = WITHIN_M) -> Found:
    """The reference of a place (EPSG:2154), on the nearest numbered road or on one. Raises NotFound."""
    row = one_row(NEAR, x=x, y=y, within=within_m, route=route)
    if row is None:
        words = _("No numbered road lies within %(metres)s m.")
        raise NotFound(words % {"metres": display_number(within_m, 0)})
    number, carriageway, axis, section, at, px, py, lon, lat, distance, lies = row
    mark = one_row(BEFORE, axis=axis, at=at)
    if mark is None:
        words = _("This place lies before the first marker of the %(route)s.")
        raise NotFound(words % {"route": shown_route(number)})
    reference = Reference(route=number, marker=mark[0], metres=max(0.0, at - mark[1]), side=carriageway)
    side = "left" if lies > 0 else "right" if lies < 0 else ""
    return Found(reference=reference, section=section, x=px, y=py, lon=lon, lat=lat, distance_m=distance, lies=side)


def one_row(statement: str, **given: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        row = cursor.fetchone()
    return tuple(row) if row is not None else None

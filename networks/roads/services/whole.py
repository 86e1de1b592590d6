"""A numbered road as one object: where it lies, its sections, its carriageways as they are measured, its markers."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all, fetch_one
from gis_core.desk.tables import Table
from gis_core.errors import NotFound
from gis_core.files.writing.rows import Column
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.catalogue.services import visible_layer
from layers.features.display import code_label, is_english
from layers.features.sheet import Link
from networks.roads import code_lists
from networks.roads.along import links_from
from networks.roads.models import RoadAxis, RoadMarker
from networks.roads.references import NotAReferenceError, Road, road_of_slug
from networks.roads.services.calibrating import with_department
from networks.roads.services.overview import describe_faults
from networks.roads.services.referring import RoadPlace

SECTIONS: Final = "road-sections"
ASSETS: Final = "road-assets"
MOST_MARKERS: Final = 8
"""Markers that a remark names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    name: str
    km: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriageway:
    """As it is measured: its kilometres, and in words what is amiss."""

    code: str
    km: float
    markers: int
    amiss: list[str]
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A marker of either carriageway; `to_next` are the metres to the next number, where it is measured."""

    id: int
    number: int
    sides: str
    lon: float
    lat: float
    x: float
    y: float
    at_m: float | None = None
    to_next: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadSheet:
    """`full_name` is the road as people are told of it: with its Département where another one has this number."""

    road: Road
    full_name: Road
    sections: int
    km: float
    bbox_4326: tuple[float, float, float, float]
    managers: Sequence[Manager]
    carriageways: Sequence[Carriageway]
    markers: Sequence[Marker]

    @property
    def first(self) -> int | None:
        return self.markers[0].number if self.markers else None

    @property
    def last(self) -> int | None:
        return self.markers[-1].number if self.markers else None


ROADS: Final = "select department from road_section where route = %(route)s group by department order by department"
ABOUT: Final = """
    with here as materialized (
        select geom from road_section where route = %(route)s and department = %(department)s),
    whole as (select count(*) as sections, sum(st_length(geom)) as metres,
        st_transform(st_setsrid(st_extent(geom)::geometry, 2154), 4326) as box from here)
    select sections, metres, st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box) from whole where sections > 0
"""
# Its sections and its markers, as the map draws them at once.
DRAWN: Final = """
    select st_asgeojson(st_transform(st_forcecollection(st_collect(array[
        (select st_multi(st_linemerge(st_collect(st_simplify(geom, 0.5)))) from road_section
            where route = %(route)s and department = %(department)s),
        (select st_multi(st_collect(geom)) from road_marker
            where route = %(route)s and department = %(department)s)])), 4326), 6)
"""
MANAGERS: Final = """
    select manager, manager_name, sum(st_length(geom)) from road_section
    where route = %(route)s and department = %(department)s group by manager, manager_name order by 3 desc limit 6
"""
MARKERS: Final = """
    select k.number, k.carriageway, k.id, st_x(k.geom), st_y(k.geom), st_x(seen), st_y(seen), m.at_m,
        m.next_m - m.at_m
    from road_marker k left join (
            select m.marker_id, min(m.at_m) as at_m, min(m.next_m) as next_m from road_axis a
                join road_axis_mark m on m.axis_id = a.id
            where a.route = %(route)s and a.department = %(department)s and not a.stale group by m.marker_id) m
        on m.marker_id = k.id, st_transform(k.geom, 4326) as seen
    where k.route = %(route)s and k.department = %(department)s
    order by k.number, position(k.carriageway in 'UDG'), k.id
"""


def road_of_request(text: str, rights: Rights) -> Road:
    """The road of an address, among those whose sections the asker sees. Raises NotFound."""
    visible_layer(SECTIONS, rights)
    try:
        query = road_of_slug(text)
    except NotAReferenceError as error:
        raise NotFound(
            _("“%(text)s” is the number of no road: write it as in “D 2020”.") % {"text": text[:40]}
        ) from error
    known = [department for (department,) in fetch_all(ROADS, {"route": query.route})]
    if query.department in known:
        return query
    if len(known) == 1 and "" in (query.department, known[0]):
        return Road(query.route, known[0])
    if len(known) > 1 and not query.department:
        choices = _(" or ").join(_("“%(road)s”") % {"road": Road(query.route, one)} for one in known)
        message = _("Several Départements have a %(route)s: write %(choices)s.")
        raise NotFound(message % {"route": Road(query.route), "choices": choices})
    raise NotFound(_("No numbered road %(route)s is known here.") % {"route": query})


def road_sheet(road: Road) -> RoadSheet:
    """All that is known of a numbered road: lengths in km, box in degrees, managers, markers. Raises NotFound."""
    row = fetch_one(ABOUT, road._asdict())
    if row is None:
        raise NotFound(_("No numbered road %(route)s is known here.") % {"route": road})
    sections, metres, *box = row
    markers = markers_of(road)
    return RoadSheet(
        road=road,
        full_name=with_department(road),
        sections=sections,
        km=metres / 1000,
        bbox_4326=tuple(box),
        managers=managers_of(road),
        carriageways=carriageways_of(road, markers),
        markers=markers,
    )


def managers_of(road: Road) -> list[Manager]:
    english = is_english()
    return [
        Manager(
            name=name or code_label(code_lists.MANAGERS, code, english=english) or _("Not recorded"), km=metres / 1000
        )
        for code, name, metres in fetch_all(MANAGERS, road._asdict())
    ]


def markers_of(road: Road) -> list[Marker]:
    """One of each number: that of the single carriageway or of the right one."""
    results = []
    for number, rows in groupby(fetch_all(MARKERS, road._asdict()), key=lambda row: row[0]):
        each = list(rows)
        _number, _side, pk, x, y, lon, lat, at_m, to_next = each[0]
        sides = "".join(row[1] for row in each)
        results.append(
            Marker(id=pk, number=number, sides=sides, lon=lon, lat=lat, x=x, y=y, at_m=at_m, to_next=to_next)
        )
    return results


def carriageways_of(road: Road, markers: Sequence[Marker]) -> list[Carriageway]:
    """As they were measured; what is amiss names its markers."""
    numbers = dict(RoadMarker.objects.filter(**road._asdict()).values_list("pk", "number"))

    def marker_names(ids: Sequence[int]) -> str:
        parts = [f"PR {numbers[one]}" for one in ids if one in numbers]
        return ", ".join(parts[:MOST_MARKERS]) + (" …" if len(parts) > MOST_MARKERS else "")

    rows = RoadAxis.objects.filter(**road._asdict()).order_by("carriageway").prefetch_related("marks")
    return [
        Carriageway(
            code=one.carriageway, km=one.length_m / 1000, markers=len(one.marks.all()),
            amiss=describe_faults(one.faults, marker_names), stale=one.stale,
        )
        for one in rows
    ]  # fmt: skip


def as_feature(road: Road, rights: Rights) -> dict[str, Any]:
    """The road as the map shows it: like a feature, of no layer."""
    result = road_sheet(road)
    message = _("Numbered road, PR %(first)s to %(last)s") if result.markers else _("Numbered road")
    links = [{"title": _("The road's page"), "url": page_of(road)}] if rights.signed_in else []
    lines = [
        ("department", _("Département"), road.department),
        ("managers", _("Managers"), ", ".join(one.name for one in result.managers)),
    ]
    (drawn,) = fetch_one(DRAWN, road._asdict()) or (None,)
    return {
        "slug": road.slug,
        "title": str(result.full_name),
        "subtitle": message % {"first": result.first, "last": result.last},
        "properties": [
            {"name": name, "label": label, "value": value, "unit": None, "display": value}
            for name, label, value in lines
            if value
        ],
        "links": links,
        "geometry": json.loads(drawn) if drawn else None,
        "bbox_4326": [round(one, 7) for one in result.bbox_4326],
    }


def links_of(place: RoadPlace, rights: Rights) -> Iterator[Link]:
    """Pages that go on from a place: a new asset there, and what other apps add."""
    reference = str(place.reference)
    assets = Layer.objects.visible_to(rights).filter(slug=ASSETS).first()
    if assets is not None and assets.may_edit(rights):
        address = reverse("road_asset_new", args=["point"])
        yield Link(title=_("Add an asset here"), url=f"{address}?{urlencode({'start': reference})}")
    yield from links_from(reference, rights)


def page_of(road: Road) -> str:
    return reverse("road", args=[road.slug])


def marker_table(road_sheet: RoadSheet) -> Table:
    """Its markers, for spreadsheets."""
    columns = [
        Column("route", _("Road"), "text"),
        Column("department", _("Département"), "text"),
        Column("number", "PR", "integer"),
        Column("carriageway", _("Carriageway"), "text"),
        Column("at_m", _("Metres from the beginning"), "number"),
        Column("to_next", _("Metres to the next marker"), "number"),
        Column("x", "X (Lambert-93)", "number"),
        Column("y", "Y (Lambert-93)", "number"),
    ]
    rows = [
        [str(Road(road_sheet.road.route)), road_sheet.road.department, one.number, one.sides, round_metres(one.at_m),
         round_metres(one.to_next), round(one.x, 2), round(one.y, 2)]
        for one in road_sheet.markers
    ]  # fmt: skip
    return columns, rows


def round_metres(metres: float | None) -> float | None:
    return None if metres is None else round(metres, 1)

"""What the sheets of sections and of markers say beyond their columns: the road as people write it, and its page."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.contrib.gis.db.models.functions import Length
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.members.rights import Rights
from gis_core.models import Commune
from layers.features.display import display, is_english
from layers.features.sheet import Addition, Link, Property, Values
from networks.roads.models import RoadSection
from networks.roads.references import Road
from networks.roads.services.whole import page_of

SIDES = {
    "insee_left": ("Commune à gauche", "Commune on the left"),
    "insee_right": ("Commune à droite", "Commune on the right"),
}


def sections(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    ids = [int(row["id"]) for row in rows]
    measured = RoadSection.objects.filter(pk__in=ids).annotate(metres=Length("geom")).values_list("pk", "metres")
    lengths = {pk: metres.m for pk, metres in measured}
    codes = {str(row[name]) for row in rows for name in SIDES if row.get(name)}
    communes = dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name")) if codes else {}
    return {pk: section(row, lengths.get(pk), communes, rights) for row in rows if (pk := int(row["id"]))}


def section(row: Values, length: float | None, communes: Mapping[str, str], rights: Rights) -> Addition:
    """It is called by its road, then by its street."""
    road = road_of_row(row)
    street = str(row.get("name_left") or row.get("name_right") or "")
    return Addition(
        title=str(Road(road.route)) if road else None,
        subtitle=street or None if road else None,
        properties=[*route_line(road), *commune_lines(row, communes), *length_line(length)],
        links=links(road, rights),
    )


def markers(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    routes = {str(row["route"]) for row in rows}
    results = RoadSection.objects.filter(route__in=routes).values_list("route", "department").distinct()
    roads = {Road(route or "", department) for route, department in results}
    return {pk: marker(row, roads, rights) for row in rows if (pk := int(row["id"]))}


def marker(row: Values, roads: Collection[Road], rights: Rights) -> Addition:
    """A marker without sections leads to no road."""
    road = Road(str(row["route"]), str(row.get("department") or ""))
    return Addition(
        title=f"{Road(road.route)} PR {row['number']}",
        properties=[*route_line(road)],
        links=links(road if road in roads else None, rights),
    )


def road_of_row(row: Values) -> Road | None:
    route = row.get("route")
    return Road(str(route), str(row.get("department") or "")) if route else None


def links(road: Road | None, rights: Rights) -> list[Link]:
    if road is None or not rights.signed_in:
        return []
    return [Link(title=_("The whole %(road)s") % {"road": Road(road.route)}, url=page_of(road))]


def route_line(road: Road | None) -> Iterator[Property]:
    if road is not None:
        label = "Road" if is_english() else "Route"
        yield Property(name="route", label=label, value=road.route, display=str(Road(road.route)))


def commune_lines(row: Values, communes: Mapping[str, str]) -> Iterator[Property]:
    for name, labels in SIDES.items():
        code = str(row.get(name) or "")
        if code in communes:
            yield Property(name=name, label=labels[is_english()], value=code, display=f"{communes[code]} ({code})")


def length_line(metres: float | None) -> Iterator[Property]:
    if metres is not None:
        label, length = pgettext("road", "Length"), display(metres, "length_m")
        yield Property(name="measured_length", label=label, value=round(metres, 1), unit="m", display=length)

"""What the parcel sheet says of networks on and around a ground, and of the defence against fire.

It says what is known and how far it lies, never what it follows: whether a ground "is served" is for the authority to
say. Both sections are of the asker's members alone: the rows are read as the asker, under the row policies. Nothing of
who is served is told.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import shapely
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from gis_core.database.statements import fetch_all
from gis_core.members.rights import Rights
from layers.features.display import code_label, display_date, display_number, with_unit
from layers.features.sheet import Property
from layers.parcels.own_sections import fact
from layers.parcels.sections import Answer, Crossing, Ground, Line, Link, Section, Source, Vintage
from networks.water import code_lists
from networks.water.code_lists import IN_SERVICE
from networks.water.services.manholes import verdict_label
from networks.water.streets import Streets

AROUND_M = 15
MOST_LINES = 12
"""Of the pipes of each network, and of manholes: the nearest."""
CONNECTION_AROUND_M = 3
FIRE_AROUND_M = 400
NEAREST_HYDRANTS = 3
ROADS_AROUND_M = 600
ROAD_WITHIN_M = 100
HERE_M = 0.05
LAST_INSPECTION = (
    "select i.{} from sewer_manhole_inspection i where i.manhole = t.id and i.struck_at is null"
    " and i.verdict <> 'unseen' order by i.done_date desc, i.id desc limit 1"
)
PIPE = {
    "id": "t.id",
    "reference": "t.reference",
    "state": "t.service_state",
    "material": "t.material",
    "diameter": "t.diameter_mm",
    "precision": "t.precision_xy",
    "distance": "st_distance(t.geom, t.ground)",
}
CONNECTION = {"id": "t.id", "distance": "st_distance(t.geom, t.ground)", "state": "t.service_state"}
WATER_PIPES = Source(table="water_pipe", columns=PIPE, layer="water-pipes", around_m=AROUND_M)
SEWER_PIPES = Source(table="sewer_pipe", columns={**PIPE, "system": "t.system"}, layer="sewer-pipes", around_m=AROUND_M)
WATER_CONNECTIONS = Source(
    table="water_connection", columns=CONNECTION, layer="water-connections", around_m=CONNECTION_AROUND_M
)
SEWER_CONNECTIONS = Source(
    table="sewer_connection",
    columns={**CONNECTION, "system": "t.system"},
    layer="sewer-connections",
    around_m=CONNECTION_AROUND_M,
)
MANHOLES = Source(
    table="sewer_node",
    columns={
        "id": "t.id",
        "reference": "coalesce(nullif(t.reference, ''), t.name)",
        "distance": "st_distance(t.geom, t.ground)",
        "inspected": f"({LAST_INSPECTION.format('done_date')})",
        "verdict": f"({LAST_INSPECTION.format('verdict')})",
    },
    where="kind = 'manhole'",
    layer="sewer-nodes",
    around_m=CONNECTION_AROUND_M,
)
HYDRANTS = Source(
    table="water_node",
    columns={
        "id": "t.id",
        "reference": "coalesce(nullif(t.reference, ''), t.name)",
        "state": "t.service_state",
        "diameter": "t.diameter_mm",
        "flow": "t.flow_m3h",
        "distance": "st_distance(t.geom, t.ground)",
        "x": "st_x(t.geom)",
        "y": "st_y(t.geom)",
        "out": (
            "(select u.reason from water_hydrant_unavailability u"
            " where u.hydrant = t.id and u.until_at is null limit 1)"
        ),
        "measured": (
            "(select max(i.done_date) from water_hydrant_inspection i"
            " where i.hydrant = t.id and i.kind = 'technical' and i.struck_at is null)"
        ),
    },
    where="kind = 'hydrant'",
    layer="water-nodes",
    around_m=FIRE_AROUND_M,
)
DRAINS = ("02", "03")
RAINS = ("01", "03")
"""Systems that take wastewater, and those that take rain: the combined one takes both."""


def sees_networks(rights: Rights) -> bool:
    """Whether rows of a member may be open to the asker."""
    return rights.agency or bool(rights.members())


def metres(value: float) -> str:
    return with_unit(display_number(value, 0), "m")


# -- networks ---------------------------------------------------------------------------------------------------------


def networks(
    ground: Ground,
    rights: Rights,
    water: Sequence[Crossing],
    sewers: Sequence[Crossing],
    connections: Sequence[Crossing],
    drains: Sequence[Crossing],
    manholes: Sequence[Crossing],
) -> Answer:
    """Pipes that cross the ground, then the nearest around; its manholes; what connections it has."""
    pipes = [*pipe_lines("water-pipes", water), *pipe_lines("sewer-pipes", sewers)]
    facts = [
        fact("drinking_water", _("Drinking water"), *nearest(water)),
        fact("wastewater", _("Wastewater"), *nearest(of_systems(sewers, DRAINS))),
        fact("stormwater", _("Stormwater"), *nearest(of_systems(sewers, RAINS))),
        fact("water_connections", _("Connections to drinking water"), *count_dwellings(connections)),
        fact("sewer_connections", _("Connections to the sewers"), *count_dwellings(drains)),
    ]
    return Answer(
        facts=facts,
        lines=[*pipes, *(manhole_line(one.values) for one in nearest_first(manholes))],
        notes=notes([*water, *sewers], len(pipes), manholes),
        vintages=[Vintage(layer=layer) for layer in ("water-pipes", "sewer-pipes") if pipes],
    )


def of_systems(pipes: Sequence[Crossing], systems: Sequence[str]) -> list[Crossing]:
    return [one for one in pipes if one.values["system"] in systems]


def nearest(pipes: Sequence[Crossing]) -> tuple[float | None, str]:
    """How far the nearest pipe in service is: a distance, never "served"."""
    results = [one.values["distance"] for one in pipes if one.values["state"] == IN_SERVICE]
    if not results:
        return None, _("no pipe known within %(metres)s") % {"metres": metres(AROUND_M)}
    if min(results) < HERE_M:
        return 0.0, _("a pipe crosses the ground")
    return round(min(results), 1), _("pipe at %(metres)s") % {"metres": metres(max(1.0, min(results)))}


def count_dwellings(connections: Sequence[Crossing]) -> tuple[int, str]:
    """Connections in service on the ground, or at its limit."""
    count = sum(one.values["state"] == IN_SERVICE for one in connections)
    if not count:
        return 0, _("none known")
    return count, ngettext("%(count)s known", "%(count)s known", count) % {"count": count}


def pipe_lines(layer: str, pipes: Sequence[Crossing]) -> list[Line]:
    return [pipe_line(layer, one) for one in nearest_first(pipes)]


def nearest_first(crossings: Sequence[Crossing]) -> list[Crossing]:
    """The nearest, as many as are listed."""
    return sorted(crossings, key=lambda one: (one.values["distance"], one.values["id"]))[:MOST_LINES]


def pipe_line(layer: str, one: Crossing) -> Line:
    values = one.values
    here = values["distance"] < HERE_M
    where = _("crosses the ground") if here else _("at %(metres)s") % {"metres": metres(max(1.0, values["distance"]))}
    parts = [where, code_label(code_lists.MATERIALS, values["material"])]
    parts += [with_unit(str(values["diameter"]), "mm")] if values["diameter"] else []
    parts += [code_label(code_lists.SERVICE_STATES, values["state"])] if values["state"] != IN_SERVICE else []
    return Line(
        key=f"{layer}:{values['id']}",
        title=" ".join(filter(None, [pipe_name(values), values["reference"]])),
        detail=" · ".join(filter(None, parts)),
        measure=one.measure if here else None,
        layer=layer,
        feature=values["id"],
        facts=[accuracy(values["precision"])],
    )


def manhole_line(values: Mapping[str, Any]) -> Line:
    """Where a manhole is, and what its last inspection concludes."""
    here = values["distance"] < HERE_M
    where = _("inside the ground") if here else _("at %(metres)s") % {"metres": metres(max(1.0, values["distance"]))}
    day = [display_date(values["inspected"])] if values["inspected"] else []
    return Line(
        key=f"manhole:{values['id']}",
        title=" ".join(filter(None, [_("Manhole"), values["reference"]])),
        detail=" · ".join([where, verdict_label(values["verdict"] or ""), *day]),
        layer="sewer-nodes",
        feature=values["id"],
        links=[Link(title=_("Open the manhole"), url=reverse("manhole", args=[values["id"]]))],
    )


def pipe_name(values: Mapping[str, Any]) -> str:
    match values.get("system"):
        case None:
            return _("Drinking water pipe")
        case "01":
            return _("Stormwater sewer")
        case "03":
            return _("Combined sewer")
    return _("Wastewater sewer")


def accuracy(precision: str | None) -> Property:
    """The class in plain words (order of 15 February 2012, article 1)."""
    labels = {
        "A": _("class A: known within 40 cm (50 cm if flexible)"),
        "B": _("class B: known within 1.5 m"),
        "C": _("class C: off by more than 1.5 m, or nobody knows"),
    }
    return fact(
        "precision_xy", _("Accuracy in plan"), precision, labels.get(precision or "", pgettext("accuracy", "not known"))
    )


def notes(pipes: Sequence[Crossing], limit: int, manholes: Sequence[Crossing]) -> list[str]:
    results = []
    if not pipes:
        results.append(
            _("No pipe is known within %(metres)s. That does not prove that there is none.")
            % {"metres": metres(AROUND_M)}
        )
    if len(pipes) > limit:
        results.append(_("Of each network, the %(count)s nearest pipes are listed.") % {"count": MOST_LINES})
    if len(manholes) > MOST_LINES:
        results.append(_("Of the manholes, the %(count)s nearest are listed.") % {"count": MOST_LINES})
    if any(one.values["precision"] not in ("A", "B") for one in pipes):
        results.append(_("Pipes of class C, or of no known class, may lie somewhere else than on the plan."))
    return [
        *results,
        _(
            "Before any works: this sheet does not replace the declarations of works (DT, DICT) made through the"
            " national one-stop service. Whether the ground is served is for the authority to say."
        ),
    ]


# -- defence against fire ---------------------------------------------------------------------------------------------

ROADS = """
    with asked as materialized (select st_setsrid(st_geomfromwkb(%(ground)s), 2154) as ground)
    select st_asbinary(geom) from cadastre_road, asked where geom && st_expand(ground, %(around)s)
"""


def fire(ground: Ground, rights: Rights, results: Sequence[Crossing]) -> Answer:
    """The nearest hydrants, along the roads where there is a way."""
    rows = [one.values for one in results]
    ways = along_roads(ground, rows) if rows else {}
    rows.sort(key=lambda one: (ways.get(one["id"], np.inf), one["distance"], one["id"]))
    lines = [hydrant_line(one, ways.get(one["id"])) for one in rows[:NEAREST_HYDRANTS]]
    parts = []
    if not rows:
        parts.append(_("No hydrant is known within %(metres)s.") % {"metres": metres(FIRE_AROUND_M)})
    elif any(one["id"] not in ways for one in rows[:NEAREST_HYDRANTS]):
        parts.append(_("Where no way along the roads is found, the distance is straight."))
    parts.append(_("The departmental rules on defence against fire say which flow and which distance are wanted."))
    return Answer(
        facts=count_of(rows), lines=lines, notes=parts, vintages=[Vintage(layer="water-nodes")] if rows else []
    )


def count_of(rows: Sequence[Mapping[str, Any]]) -> list[Property]:
    count = sum(available(one) for one in rows)
    message = ngettext("%(count)s available hydrant", "%(count)s available hydrants", count)
    return [
        fact("hydrants", _("Within %(metres)s") % {"metres": metres(FIRE_AROUND_M)}, count, message % {"count": count})
    ]


def available(values: Mapping[str, Any]) -> bool:
    return values["out"] is None and values["state"] == IN_SERVICE


def along_roads(ground: Ground, rows: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """Metres along the roads from the ground to each hydrant that has a way."""
    shape = shapely.from_wkb(ground.geom)
    results = fetch_all(ROADS, {"ground": shapely.to_wkb(shapely.envelope(shape)), "around": ROADS_AROUND_M})
    lines = shapely.from_wkb(np.array([bytes(one) for (one,) in results], dtype=object))
    streets = Streets(lines)
    start = streets.stand(np.array([shape], dtype=object), ROAD_WITHIN_M)
    ends = streets.stand(shapely.points([(one["x"], one["y"]) for one in rows]), ROAD_WITHIN_M)
    result = streets.ways(start, ends).metres
    return {one["id"]: float(way) for one, way in zip(rows, result, strict=True) if np.isfinite(way)}


def hydrant_line(values: Mapping[str, Any], way: float | None) -> Line:
    straight = metres(values["distance"])
    where = (
        _("%(along)s along the roads, %(straight)s straight") % {"along": metres(way), "straight": straight}
        if way is not None
        else _("%(straight)s straight") % {"straight": straight}
    )
    flow = with_unit(display_number(values["flow"], 1), "m³/h") if values["flow"] is not None else _("not measured")
    facts = [fact("flow_m3h", _("Flow at 1 bar"), values["flow"], flow)]
    if values["measured"]:
        facts.append(fact("measured", _("Measured on"), values["measured"], display_date(values["measured"])))
    return Line(
        key=f"hydrant:{values['id']}",
        title=values["reference"] or _("Hydrant no. %(id)s") % {"id": values["id"]},
        detail=where if available(values) else f"{where} · {_('unavailable')}",
        layer="water-nodes",
        feature=values["id"],
        facts=facts,
        links=[Link(title=_("Open the hydrant"), url=reverse("hydrant", args=[values["id"]]))],
    )


SECTIONS = (
    Section(
        slug="networks",
        title=gettext_lazy("Networks"),
        order=80,
        collect=networks,
        sources=(WATER_PIPES, SEWER_PIPES, WATER_CONNECTIONS, SEWER_CONNECTIONS, MANHOLES),
        layers=("water-pipes", "sewer-pipes", "water-connections", "sewer-connections", "sewer-nodes"),
        open_to=sees_networks,
    ),
    Section(
        slug="fire",
        title=gettext_lazy("Defence against fire"),
        order=82,
        collect=fire,
        sources=(HYDRANTS,),
        layers=("water-nodes",),
        open_to=sees_networks,
    ),
)

"""What the parcel sheet says of the roads along a ground: how far each is, who manages it, how wide it is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.members.rights import Rights
from layers.features.display import code_label, display_number, with_unit
from layers.parcels.own_sections import fact
from layers.parcels.sections import Answer, Crossing, Ground, Line, Section, Source, Vintage
from networks.roads import code_lists
from networks.roads.references import format_route

AROUND_M: Final = 25
HERE_M: Final = 0.05
MOST: Final = 10
ROADS: Final = Source(
    table="road_section",
    columns={
        "id": "t.id",
        "route": "t.route",
        "name": "coalesce(t.name_left, t.name_right)",
        "manager": "t.manager",
        "manager_name": "t.manager_name",
        "width": "t.width_m",
        "distance": "st_distance(t.geom, t.ground)",
    },
    where="t.level = 0",
    layer="road-sections",
    around_m=AROUND_M,
)


def roads(ground: Ground, rights: Rights, sections: Sequence[Crossing]) -> Answer:
    """Each road once, by its nearest section; the line of a road is its axis, not its edge."""
    near: dict[str, Mapping[str, Any]] = {}
    for one in sorted(sections, key=lambda one: (one.values["distance"], one.values["id"])):
        near.setdefault(name_of(one.values), one.values)
    lines = [road_line(name, values) for name, values in list(near.items())[:MOST]]
    said = f"{lines[0].title}, {lines[0].detail}" if lines else nothing()
    return Answer(
        facts=[fact("road", _("Nearest road"), lines[0].title if lines else None, said)],
        lines=lines,
        notes=[_("Distances are to the axis of the road. Whether it gives access is for the authority to say.")],
        vintages=[Vintage(layer="road-sections")] if lines else [],
    )


def nothing() -> str:
    return _("no road known within %(metres)s") % {"metres": with_unit(str(AROUND_M), "m")}


def name_of(values: Mapping[str, Any]) -> str:
    """« D 961, route de Bellegarde »."""
    route = format_route(values["route"]) if values["route"] else ""
    return ", ".join(filter(None, (route, values["name"]))) or _("Road without a name")


def road_line(name: str, values: Mapping[str, Any]) -> Line:
    distance = with_unit(display_number(max(1.0, values["distance"]), 0), "m")
    where = _("crosses the ground") if values["distance"] < HERE_M else _("at %(metres)s") % {"metres": distance}
    manager = values["manager_name"] or code_label(code_lists.MANAGERS, values["manager"])
    parts = [where, _("managed by: %(manager)s") % {"manager": manager} if manager else ""]
    parts += [with_unit(display_number(values["width"], 1), "m")] if values["width"] else []
    return Line(
        key=f"road:{values['id']}",
        title=name,
        detail=" · ".join(filter(None, parts)),
        layer="road-sections",
        feature=values["id"],
    )


SECTION = Section(
    slug="roads",
    title=gettext_lazy("Roads"),
    order=81,
    collect=roads,
    sources=(ROADS,),
    layers=("road-sections",),
)

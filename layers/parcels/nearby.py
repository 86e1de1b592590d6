"""A part of the parcel sheet for point objects of a desk: those on the ground, then the nearest around.

SECTION = nearby_section(
    "street-trees", title="Trees", order=84, table="tree", name="t.reference", columns={"height": "t.height_m"},
    detail=lambda values: f"{values['height']:g} m", around_m=50,
)
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, LiteralString

from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from layers.features.display import display_number, with_unit
from layers.parcels.sections import Answer, Crossing, Ground, Line, Section, Source, Vintage

MOST_LINES = 5
HERE_M = 0.5
"""Nearer than that, it is on the ground or at its limit."""

type Describe = Callable[[Mapping[str, Any]], str]


def nearby_section(
    layer: str,
    *,
    title: Any,
    order: int,
    table: str,
    name: LiteralString,
    columns: Mapping[str, LiteralString],
    detail: Describe,
    around_m: int,
) -> Section:
    """The section of a catalogue's layer, for who sees it: its rows on the ground or within `around_m` metres.

    `name` and `columns` are SQL over the row `t` (`layers.parcels.sections.Source`); `detail` says the rest of a line
    from the columns.
    """
    usual = {"id": "t.id", "name": name, "distance": "st_distance(t.geom, t.ground)"}
    return Section(
        slug=layer,
        title=title,
        order=order,
        collect=partial(collect, layer, detail, around_m),
        sources=(Source(table=table, columns={**usual, **columns}, layer=layer, around_m=around_m),),
        layers=(layer,),
    )


def collect(
    layer: str, detail: Describe, around_m: int, _ground: Ground, _rights: Rights, crossings: Sequence[Crossing]
) -> Answer:
    near = sorted((one.values for one in crossings), key=lambda values: (values["distance"], values["id"]))
    notes = [] if near else [_("None is known within %(metres)s.") % {"metres": metres(around_m)}]
    if len(near) > MOST_LINES:
        notes.append(_("The %(count)s nearest of %(all)s are listed.") % {"count": MOST_LINES, "all": len(near)})
    return Answer(
        lines=[nearby_line(layer, detail, values) for values in near[:MOST_LINES]],
        notes=notes,
        vintages=[Vintage(layer=layer)] if near else [],
    )


def nearby_line(layer: str, detail: Describe, values: Mapping[str, Any]) -> Line:
    here = values["distance"] < HERE_M
    where = _("on the ground") if here else _("at %(metres)s") % {"metres": metres(values["distance"])}
    return Line(
        key=f"{layer}:{values['id']}",
        title=values["name"] or _("No. %(id)s") % {"id": values["id"]},
        detail=" · ".join(filter(None, (where, detail(values)))),
        layer=layer,
        feature=values["id"],
    )


def metres(value: float) -> str:
    return with_unit(display_number(value, 0), "m")

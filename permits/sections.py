"""What the parcel sheet says of planning applications: those on the ground, and the nearest ones around."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.members.rights import Rights
from layers.features.display import display_date, display_number, with_unit
from layers.features.sheet import Property
from layers.parcels.own_sections import fact
from layers.parcels.sections import Answer, Crossing, Ground, Line, Link, Measure, Section, Source
from permits.layers import SLUG
from permits.models import Permit
from permits.numbers import format_number
from permits.procedure import describe_state

AROUND_M = 50
NEAREST = 5
PERMITS = Source(
    table="permits_permit",
    columns={
        "id": "t.id",
        "number": "t.number",
        "kind": "t.kind",
        "state": "t.state",
        "tacit": "t.tacit",
        "filed": "t.filed_date",
        "ended": "t.ended_date",
        "next": "t.next_date",
        "distance": "st_distance(t.geom, t.ground)",
    },
    where="filed_date <= %(day)s",
    layer=SLUG,
    around_m=AROUND_M,
)


def sees_files(rights: Rights) -> bool:
    """Whether files may be open to the asker. A frozen sheet keeps none: their states go on changing."""
    return rights.agency or bool(rights.roles)


def permits(ground: Ground, rights: Rights, crossings: Sequence[Crossing]) -> Answer:
    """Those that cross the ground, the latest first; then the nearest around, counted."""
    here = [one for one in crossings if one.measure.area_m2]
    around = [one for one in crossings if not one.measure.area_m2]
    here.sort(key=lambda one: one.values["filed"], reverse=True)
    around.sort(key=lambda one: (one.values["distance"], one.values["id"]))
    notes = [] if here else [_("No file that you may see is on this ground.")]
    if len(around) > NEAREST:
        note = _("Of the files around, the %(count)s nearest are listed.")
        notes.append(note % {"count": NEAREST})
    return Answer(
        facts=counts(len(here), len(around)),
        lines=[*map(line_here, here), *map(line_around, around[:NEAREST])],
        notes=notes,
    )


def counts(here: int, around: int) -> list[Property]:
    metres = with_unit(display_number(AROUND_M), "m")
    return [
        fact("permits_here", _("On this ground"), here, count_label(here)),
        fact("permits_around", _("Within %(metres)s") % {"metres": metres}, around, count_label(around)),
    ]


def count_label(count: int) -> str:
    return ngettext("%(count)s file", "%(count)s files", count) % {"count": count}


def line_here(one: Crossing) -> Line:
    values = one.values
    days = (("filed", _("Filing")), ("ended", _("Ended on")), ("next", _("Next deadline")))
    facts = [fact(f"{name}_date", label, day, display_date(day)) for name, label in days if (day := values[name])]
    return permit_line(values, f"{Permit.Kind(values['kind']).label} · {state_label(values)}", one.measure, facts)


def line_around(one: Crossing) -> Line:
    """In short: at some metres, or at the common limit. None of it is shared, which is sure."""
    values = one.values
    metres = with_unit(display_number(values["distance"], 0), "m")
    where = _("at %(metres)s") % {"metres": metres} if values["distance"] >= 0.5 else _("next to it")
    filed = display_date(values["filed"])
    return permit_line(values, f"{where} · {values['kind']} · {state_label(values)} · {filed}")


def permit_line(
    values: Mapping[str, Any], detail: str, measure: Measure | None = None, facts: Sequence[Property] = ()
) -> Line:
    return Line(
        key=f"permit:{values['id']}",
        title=format_number(values["number"]),
        detail=detail,
        measure=measure,
        layer=SLUG,
        feature=values["id"],
        facts=facts,
        links=[Link(title=_("Open the file"), url=reverse("permit", args=[values["number"]]))],
    )


def state_label(values: Mapping[str, Any]) -> str:
    state = describe_state(values["kind"], values["state"])
    return _("%(state)s (tacit)") % {"state": state} if values["tacit"] else state


SECTION = Section(
    slug="permits",
    title=gettext_lazy("Planning applications"),
    order=70,
    collect=permits,
    sources=(PERMITS,),
    layers=(SLUG,),
    open_to=sees_files,
    kept=False,
)

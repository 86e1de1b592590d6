"""What the sheet of a hydrant on the map says beyond its columns."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from layers.features.display import display_date
from layers.features.sheet import Addition, Link, Property, Values
from networks.water.services.hydrant_tables import standings
from networks.water.services.hydrants import HYDRANT, availability_of, day_of, hydrants, with_state


def describe(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    """Additions for the hydrants among nodes."""
    return {
        pk: Addition(
            properties=described, links=[Link(title=_("Inspections of the hydrant"), url=reverse("hydrant", args=[pk]))]
        )
        for pk, described in hydrant_properties(rows, rights).items()
    }


def hydrant_properties(rows: Sequence[Values], rights: Rights) -> Mapping[int, Sequence[Property]]:
    """By the id of each hydrant among the rows: whether it may be used, its last inspection, the next one."""
    ids = [row["id"] for row in rows if row.get("kind") == HYDRANT]
    if not ids:
        return {}
    labels = standings()
    results: dict[int, Sequence[Property]] = {}
    for one in with_state(hydrants(rights).filter(pk__in=ids), rights):
        state = availability_of(one)
        parts = [Property(name="hydrant_state", label=_("State"), value=state, display=labels[state])]
        for name, label, day in (
            ("hydrant_inspected", _("Last inspection"), day_of(one.last)),
            ("hydrant_due", _("Next inspection"), one.due),
        ):
            if day:
                parts.append(Property(name=name, label=label, value=day.isoformat(), display=display_date(day)))
        results[one.pk] = parts
    return results

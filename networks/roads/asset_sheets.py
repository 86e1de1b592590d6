"""What the sheet of a feature says of an asset beyond its columns: what its sign means, and its page."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from django.contrib.gis.db.models.functions import Length
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gis_core.members.rights import Rights
from layers.features.display import is_english
from layers.features.sheet import Addition, Link, Property, Values
from networks.roads import asset_code_lists
from networks.roads.iisr import is_known, name_of, normal
from networks.roads.models import RoadStretch
from networks.roads.road_sheets import length_line
from networks.roads.services.assets import ids_of_own_assets
from networks.roads.services.placing import Place, references_of

LAYERS = {"road-assets": "point", "road-stretches": "troncon"}
BINDING = frozenset({"section_id", "from_m", "to_m"})
"""How it is bound to its section, which the place on the road says in words."""


def points(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return additions("point", rows, rights)


def stretches(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return additions("troncon", rows, rights)


def additions(what: str, rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    ids = [int(row["id"]) for row in rows]
    places, opened = references_of(what, ids), ids_of_own_assets(what, ids, rights)
    lengths = lengths_of(ids) if what == "troncon" else {}
    return {
        pk: addition(row, what, places.get(pk, []), opens=pk in opened, length=lengths.get(pk))
        for row in rows
        if (pk := int(row["id"]))
    }


def addition(row: Values, what: str, places: Sequence[Place], *, opens: bool, length: float | None = None) -> Addition:
    """A sign is called by what it says; for whom its page `opens`, where it is inspected, that is a link."""
    code = normal(str(row.get("code") or ""))
    title = " ".join(part for part in (code, str(row.get("inscription") or "")) if part) or None
    subtitle = name_of(code, english=is_english()) or (
        _("Code that is not known here") if code and not is_known(code) else ""
    )
    links = []
    if opens:
        links.append(Link(title=pgettext("road", "Inspections"), url=reverse("road_asset", args=[what, row["id"]])))
    return Addition(
        title=title,
        subtitle=subtitle or None,
        properties=[*length_line(length), *place_of(places)],
        hidden=BINDING,
        links=links,
        picture=pictogram_of(code, str(row.get("inscription") or "")) if code.strip() else None,
    )


def pictogram_of(code: str, inscription: str) -> str:
    """Where the pictogram of a sign is, whatever somebody typed as its code."""
    address = reverse("road_sign", args=[" ".join(code.split())])
    return f"{address}?{urlencode({'texte': inscription[:20]})}" if inscription else address


def place_of(places: Sequence[Place]) -> Iterator[Property]:
    """Where it is on its numbered road; left and right are those of growing markers, whichever way its section runs."""
    if places:
        side = asset_code_lists.SIDES[places[0].lies][is_english()]
        yield Property(name="side", label=_("Side"), value=places[0].lies, display=side)
        text = f"{' → '.join(str(one.reference) for one in places)}, {side.lower()}"
        yield Property(name="place", label=_("Place on the road"), value=text, display=text)


def lengths_of(ids: Sequence[int]) -> Mapping[int, float]:
    rows = RoadStretch.objects.filter(pk__in=ids).annotate(metres=Length("geom"))
    return {pk: metres.m for pk, metres in rows.values_list("pk", "metres")}

"""What the sheet of a feature says of an asset beyond its columns: what its sign means, and its page."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from gis_core.rights import Rights
from layers.features.sheet import Addition, Link, Property, Values, register_sheet
from networks.roads import asset_lists
from networks.roads.iisr import is_known, name_of
from networks.roads.services.placing import Place, references_of

LAYERS = {"road-assets": "point", "road-stretches": "troncon"}


def register_sheets() -> None:
    """Called when the app starts."""
    register_sheet("road-assets", points)
    register_sheet("road-stretches", stretches)


def points(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return additions("point", rows, rights)


def stretches(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return additions("troncon", rows, rights)


def additions(what: str, rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    places = references_of(what, [int(row["id"]) for row in rows])
    return {pk: addition(row, what, places.get(pk, []), rights) for row in rows if (pk := int(row["id"]))}


def addition(row: Values, what: str, places: Sequence[Place], rights: Rights) -> Addition:
    """A sign is called by what it says; whoever has a member is led to its page, where it is inspected."""
    code = str(row.get("code") or "")
    english = (get_language() or "fr").startswith("en")
    title = " ".join(part for part in (code, str(row.get("inscription") or "")) if part) or None
    subtitle = name_of(code, english=english) or (
        _("Code that is not known here") if code and not is_known(code) else ""
    )
    links = []
    if rights.agency or rights.members():
        links.append(Link(title=pgettext("road", "Inspections"), url=reverse("road_asset", args=[what, row["id"]])))
    return Addition(
        title=title,
        subtitle=subtitle or None,
        properties=[*place_of(places)],
        links=links,
        picture=pictogram_of(code, str(row.get("inscription") or "")) if code.strip() else None,
    )


def pictogram_of(code: str, inscription: str) -> str:
    """Where the pictogram of a sign is, whatever somebody typed as its code."""
    address = reverse("road_sign", args=[" ".join(code.split())])
    return f"{address}?{urlencode({'texte': inscription[:20]})}" if inscription else address


def place_of(places: Sequence[Place]) -> Iterator[Property]:
    """Where it is on its numbered road; left and right are those of growing markers."""
    if places:
        english = (get_language() or "fr").startswith("en")
        side = asset_lists.SIDES[places[0].lies][english].lower()
        text = f"{' → '.join(str(one.reference) for one in places)}, {side}"
        yield Property(name="place", label=_("Place on the road"), value=text, display=text)

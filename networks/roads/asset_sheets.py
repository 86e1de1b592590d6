"""What the sheet of a feature says of an asset beyond its columns: what its sign means, and its page."""

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from gis_core.rights import Rights
from layers.features.sheet import Addition, Link, Values, register_sheet
from networks.roads.iisr import is_known, name_of

LAYERS = {"road-assets": "point", "road-stretches": "troncon"}


def register_sheets() -> None:
    """Called when the app starts."""
    register_sheet("road-assets", points)
    register_sheet("road-stretches", stretches)


def points(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return {int(row["id"]): addition(row, "point", rights) for row in rows}


def stretches(rows: Sequence[Values], rights: Rights) -> Mapping[int, Addition]:
    return {int(row["id"]): addition(row, "troncon", rights) for row in rows}


def addition(row: Values, what: str, rights: Rights) -> Addition:
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
    if code:
        links.append(Link(title=_("Pictogram"), url=reverse("road_sign", args=[code])))
    return Addition(title=title, subtitle=subtitle or None, links=links)

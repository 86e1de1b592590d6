"""What a valid request for each page and address of a layer's settings holds."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer, Theme
from layers.external.models import AllowedHost, ExternalLayer
from layers.settings.field_pages import COLUMNS, RULES
from layers.settings.forms import DescriptionForm
from layers.settings.services.retiring import list_tag
from layers.settings.services.saving import tag_of
from layers.settings.services.styling import NAMES
from tests import factories

Form = dict[str, Any]
LAYER = "couches/<slug:slug>/"
EXTERNALS = "couches-externes/"
ELSEWHERE = "https://ailleurs.example/{z}/{x}/{y}.png"
QML = b"""<qgis><renderer-v2 type="singleSymbol"><symbols>
<symbol type="fill" name="0"><layer class="SimpleFill"/></symbol></symbols></renderer-v2></qgis>"""
LINE = {"label": "Parcelle", "symbol": {"kind": "fill", "fill": "#d9a78b"}}


def form(route: str, method: str, slug: str) -> Form | None:
    """The body, or the query, for a layer that need not exist."""
    made = {
        (LAYER, "POST"): description,
        (f"{LAYER}style/", "POST"): style,
        (f"{EXTERNALS}ajouter/", "POST"): declaration,
        (f"{EXTERNALS}serveurs/", "POST"): lambda layer: {"host": "tuiles.example.org"},
        (f"{LAYER}champs/", "POST"): fields,
        (f"{LAYER}regles/", "POST"): rules,
        ("couches/", "POST"): lambda _layer: several(),
        ("couches/numerotation/", "POST"): lambda _layer: {},
        (f"{LAYER}archiver/", "POST"): lambda layer: {"archived": "1"},
        (f"{LAYER}supprimer/", "POST"): lambda layer: {"name": layer.title if layer else ""},
        ("api/v1/layers/<slug:slug>/distribution/", "GET"): lambda layer: {"column": "label"},
        ("api/v1/layers/<slug:slug>/style.qml", "POST"): lambda layer: {"file": SimpleUploadedFile("a.qml", QML)},
    }
    asked = (route, "GET" if method == "HEAD" else method)
    if asked not in made and route != f"{EXTERNALS}<slug:slug>/":
        return None
    with acting_as(SYSTEM):
        if route == f"{EXTERNALS}<slug:slug>/":
            return external(ExternalLayer.objects.filter(slug=slug).first()) if method == "POST" else None
        return made[asked](Layer.objects.filter(slug=slug).first())


def description(layer: Layer | None) -> Form:
    words = {"title": "Couche décrite", "theme": Theme.objects.get(slug="essai").pk, "order": 3}
    return {"seen": tag(layer, DescriptionForm.names), **words, "visibility": layer.visibility if layer else "owner"}


def several() -> Form:
    """Layers of one's own that are not shown at first any more."""
    own = Layer.objects.get(slug="couche-notre")
    return {"layer": [f"{own.slug}:{list_tag(own)}"], "several_at_first": "0"}


def style(layer: Layer | None) -> Form:
    made = {"legend": [LINE], "labels": {"column": "label"}, "scale_from": 5_000, "scale_to": None}
    return {"seen": tag(layer, lambda _layer: list(NAMES)), "style": json.dumps(made)}


def make_externals(ours: Member, theirs: Member) -> AllowedHost:
    """Layers of another server with the short names of the world's layers; a server that none of them comes from."""
    for slug, owner in (("couche-ouverte", None), ("couche-notre", ours), ("couche-autre", theirs)):
        with factories.as_owner():
            ExternalLayer.objects.create(
                slug=slug,
                title="Ailleurs",
                theme=Theme.objects.get(slug="essai"),
                attribution="Ailleurs",
                owner=owner,
                visibility="owner" if owner else "public",
                kind="xyz",
                service=ELSEWHERE,
                url=ELSEWHERE,
                legend_url="https://ailleurs.example/legende.png",
            )
    with factories.as_owner():
        return AllowedHost.objects.create(host="autre.example")


def declaration(_layer: Layer | None) -> Form:
    """The server is not on the list: nothing of the network is needed to refuse it."""
    asked = {"service": ELSEWHERE, "kind": "xyz", "name": ""}
    return asked | external(None) | {"visibility": "signed_in"}


def external(layer: ExternalLayer | None) -> Form:
    words = {"title": "Ailleurs", "theme": Theme.objects.get(slug="essai").pk, "order": 1, "attribution": "Ailleurs"}
    seen_by = {"visibility": layer.visibility if layer else "owner", "version": layer.version if layer else 1}
    return words | seen_by | {"min_zoom": 0, "max_zoom": 19}


def fields(layer: Layer | None) -> Form:
    columns = layer.columns if layer else []
    labels = {f"{column['name']}-label": "Libellé" for column in columns}
    return {"seen": tag(layer, lambda _layer: COLUMNS), "title_field": "name", **labels}


def rules(layer: Layer | None) -> Form:
    return {"seen": tag(layer, lambda _layer: RULES), "key_column": "name"}


def tag(layer: Layer | None, names: Any) -> str:
    return tag_of(layer, names(layer)) if layer else ""

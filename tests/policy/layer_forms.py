"""What a valid request for each page and address of a layer's settings holds."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer, Theme
from layers.settings.field_pages import COLUMNS, RULES
from layers.settings.forms import DescriptionForm
from layers.settings.services.saving import seen
from layers.settings.services.styling import NAMES

Form = dict[str, Any]
LAYER = "couches/<slug:slug>/"
QML = b"""<qgis><renderer-v2 type="singleSymbol"><symbols>
<symbol type="fill" name="0"><layer class="SimpleFill"/></symbol></symbols></renderer-v2></qgis>"""
LINE = {"label": "Parcelle", "symbol": {"kind": "fill", "fill": "#d9a78b"}}


def form(route: str, method: str, slug: str) -> Form | None:
    """The body, or the query, for a layer that need not exist."""
    made = {
        (LAYER, "POST"): description,
        (f"{LAYER}style/", "POST"): style,
        (f"{LAYER}champs/", "POST"): fields,
        (f"{LAYER}regles/", "POST"): rules,
        ("api/v1/layers/<slug:slug>/distribution/", "GET"): lambda layer: {"column": "label"},
        ("api/v1/layers/<slug:slug>/style.qml", "POST"): lambda layer: {"file": SimpleUploadedFile("a.qml", QML)},
    }
    asked = (route, "GET" if method == "HEAD" else method)
    if asked not in made:
        return None
    with acting_as(SYSTEM):
        return made[asked](Layer.objects.filter(slug=slug).first())


def description(layer: Layer | None) -> Form:
    words = {"title": "Couche décrite", "theme": Theme.objects.get(slug="essai").pk, "order": 3}
    return {"seen": tag(layer, DescriptionForm.names), **words, "visibility": layer.visibility if layer else "owner"}


def style(layer: Layer | None) -> Form:
    made = {"legend": [LINE], "labels": {"column": "label"}, "scale_from": 5_000, "scale_to": None}
    return {"seen": tag(layer, lambda _layer: list(NAMES)), "style": json.dumps(made)}


def fields(layer: Layer | None) -> Form:
    columns = layer.columns if layer else []
    labels = {f"{column['name']}-label": "Libellé" for column in columns}
    return {"seen": tag(layer, lambda _layer: COLUMNS), "title_field": "name", **labels}


def rules(layer: Layer | None) -> Form:
    return {"seen": tag(layer, lambda _layer: RULES), "key_column": "name"}


def tag(layer: Layer | None, names: Any) -> str:
    return seen(layer, names(layer)) if layer else ""

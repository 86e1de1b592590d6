"""The documents of /ogc/ as pages for people: the platform's own templates, no script."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.display import display
from layers.features.services.query import Items
from layers.features.services.read import label_values, title_of
from layers.ogc.documents import Document
from layers.ogc.resources import HEADERS

type Properties = Mapping[str, Any]


def page(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    response = render(request, f"ogc/{template}.html", {"section": "ogc", **context})
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response


def landing(request: HttpRequest, document: Document) -> HttpResponse:
    return page(request, "landing", document=document, address=request.build_absolute_uri(request.path))


def api(request: HttpRequest, base: str, layers: Sequence[Layer]) -> HttpResponse:
    return page(request, "api", base=base, layers=layers)


def conformance(request: HttpRequest, document: Document) -> HttpResponse:
    return page(request, "conformance", classes=document["conformsTo"])


def collections(request: HttpRequest, layers: Sequence[Layer]) -> HttpResponse:
    themes = [(theme, list(ones)) for theme, ones in groupby(layers, lambda layer: layer.theme)]
    return page(request, "collections", themes=themes)


def collection(request: HttpRequest, layer: Layer, document: Document) -> HttpResponse:
    return page(request, "collection", layer=layer, document=document)


def schema(request: HttpRequest, layer: Layer, document: Document) -> HttpResponse:
    required = set(document.get("required", ()))
    rows = [
        {**property_row(name, one), "required": name in required, "read_only": one.get("readOnly", False)}
        for name, one in document["properties"].items()
    ]
    return page(request, "schema", layer=layer, rows=rows)


def queryables(request: HttpRequest, layer: Layer, document: Document) -> HttpResponse:
    rows = [property_row(name, one) for name, one in document["properties"].items()]
    return page(request, "queryables", layer=layer, rows=rows)


def property_row(name: str, property_: Document) -> dict[str, Any]:
    """A property's name, label, type in words, and what it may be."""
    return {
        "name": name,
        "label": property_.get("title", ""),
        "type": type_label(property_),
        "unit": property_.get("x-ogc-unit", ""),
        "choices": property_.get("enum", ()),
    }


def type_label(property_: Document) -> str:
    labels = {
        "string": _("text"),
        "integer": _("whole number"),
        "number": _("decimal number"),
        "boolean": _("yes or no"),
        "date": _("date"),
        "date-time": _("date and time"),
    }
    form, kind = property_.get("format", ""), property_.get("type", "")
    return labels.get(form) or labels.get(kind) or _("geometry")


def items(
    request: HttpRequest, layer: Layer, rights: Rights, items_page: Items, links: Sequence[Document]
) -> HttpResponse:
    """A table of features, and the way to the next ones."""
    fields, features = layer.fields_for(rights), json.loads(f"[{items_page.features}]")
    rows = [{"id": one["id"], "cells": cells(layer, fields, one["properties"])} for one in features]
    following = next((link["href"] for link in links if link["rel"] == "next"), None)
    context = {"fields": fields, "rows": rows, "matched": items_page.matched, "following": following}
    return page(request, "items", layer=layer, filter=request.GET.get("filter", ""), **context)


def cells(layer: Layer, fields: Sequence[Properties], values: Properties) -> list[tuple[str, str]]:
    """Labels and values of a feature as people read them, in the order of the fields."""
    labelled = label_values(layer, dict(values))
    return [(field["label"], display(labelled[field["name"]], field["type"], field.get("unit"))) for field in fields]


def item(request: HttpRequest, layer: Layer, rights: Rights, feature: Document) -> HttpResponse:
    fields, values = layer.fields_for(rights), feature["properties"]
    title = title_of(layer, {"id": feature["id"], **values})
    kind = (feature["geometry"] or {}).get("type", _("none"))
    lines = [*cells(layer, fields, values), (_("Geometry"), kind)]
    return page(request, "item", layer=layer, title=title, feature_id=feature["id"], lines=lines)

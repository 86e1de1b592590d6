"""/couches/: the layers that one administers, and what each of them is, shows and allows."""

import json
import math
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core import webmap_build
from gis_core.desk.edit_forms import FormConflict
from gis_core.desk.signed_in import page as page
from gis_core.desk.signed_in import rights_of_page
from gis_core.errors import ArpentError, Stale
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Member
from layers.catalogue.describe import layer_as_json
from layers.catalogue.models import Layer
from layers.features.services.quotas import describe_usages
from layers.settings.forms import DescriptionForm, differences
from layers.settings.retiring_pages import SeveralForm, save_several
from layers.settings.services.administering import get_administered_layer, has_own_table, list_administered_layers
from layers.settings.services.retiring import list_tag
from layers.settings.services.saving import save, tag_of
from layers.settings.services.styling import NAMES, first_scale, other_columns, save_style, tile_columns
from layers.settings.style_form import StyleForm

STYLE_EDITOR = "src/settings/main.ts"


@require_http_methods(["GET", "HEAD", "POST"])
@page
def layers(request: HttpRequest) -> HttpResponse:
    """The layers that the asker administers, by theme; several are changed at once."""
    rights = rights_of_page(request)
    form, fault = SeveralForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST":
        fault = save_several(request, form)
        if not fault:
            return redirect("layer_list")
    administered = list(list_administered_layers(rights))
    for layer in administered:
        layer.list_tag = list_tag(layer)  # type: ignore[attr-defined]
    context = {
        "section": "layers",
        "layers": administered,
        "several_owners": len({layer.owner_id for layer in administered}) > 1,
        "several": form,
        "fault": fault,
        "usage": describe_usages({layer.owner for layer in administered}),
        "checked": {one.partition(":")[0] for one in request.POST.getlist("layer")},
    }
    return render(request, "layer_settings/layers.html", context, status=400 if fault else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def description(request: HttpRequest, slug: str) -> HttpResponse:
    """What a layer is, where it comes from, who sees and who edits it."""
    rights = rights_of_page(request)
    layer = get_administered_layer(slug, rights)
    names = DescriptionForm.names(layer)
    form = DescriptionForm(request, row=layer, read=DescriptionForm.beginnings, layer=layer, rights=rights)
    context = {"form": form, "shared": partner_names(layer)}
    if request.method != "POST":
        return settings_page(request, layer, "description", names, context)
    if not form.is_valid():
        return settings_page(request, layer, "description", names, context, status=400)
    try:
        # What the form compared field by field is what is there now: nobody else changes the row meanwhile.
        tag = tag_of(layer, form.values()) if form.was_compared else request.POST.get("seen", "")
        save(slug, form.values(), tag=tag, rights=rights)
    except ArpentError as error:
        return refusal_page(request, layer, error, form, "description", names, context)
    messages.success(request, _("The settings are saved."))
    return redirect("layer_settings", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def style(request: HttpRequest, slug: str) -> HttpResponse:
    """How a layer looks: its editor runs in the browser and sends the whole style."""
    rights = rights_of_page(request)
    layer = get_administered_layer(slug, rights)
    try:
        form = StyleForm(request, layer=layer, bound=request.method == "POST")
    except ArpentError as error:
        return style_page(request, layer, StyleForm(request, layer=layer, bound=False), error=error)
    if request.method != "POST":
        return style_page(request, layer, form)
    try:
        given = form.style()
        tag = tag_of(layer, NAMES) if form.was_compared else request.POST.get("seen", "")
        save_style(slug, given, tag=tag, rights=rights)
    except FormConflict:
        raise
    except ArpentError as error:
        return style_page(request, layer, form, error=error)
    messages.success(request, _("The style is saved: the map shows it now."))
    return redirect("layer_style", slug=slug)


def style_page(request: HttpRequest, layer: Layer, form: StyleForm, error: ArpentError | None = None) -> HttpResponse:
    """The editor with the form's style, and what is wrong with it if anything is."""
    rights = rights_of_page(request)
    current = form.current_style()
    context = {
        "build": webmap_build.read(STYLE_EDITOR),
        "config": editor_config(layer, current, rights),
        "style": json.dumps(current),
        "at_first": form.at_first(),
        "faults": fault_messages(error) if error else [],
        "meanwhile": [] if isinstance(error, Stale) else None,
    }
    return settings_page(request, layer, "style", list(NAMES), context, status=status_of(error) if error else 200)


def fault_messages(error: ArpentError) -> list[str]:
    """What is wrong with each field, or else what the error says."""
    errors: dict[str, list[str]] = error.extra.get("errors", {})
    return [fault for faults in errors.values() for fault in faults] or [error.message]


def editor_config(layer: Layer, style: Mapping[str, Any], rights: Rights) -> dict[str, Any]:
    """What the editor needs: the layer as the map reads it, its style in both languages, where to ask."""
    return {
        "layer": layer_as_json(layer, rights),
        "style": style,
        "columns": tile_columns(layer),
        "other_columns": other_columns(layer),
        "tiles_url": reverse("layer_tile_columns", args=[layer.slug]),
        "distribution_url": reverse("layer_distribution", args=[layer.slug]),
        "qml_url": reverse("layer_qml", args=[layer.slug]),
        "first_scale": first_scale(layer),
        "extent_4326": extent_4326(layer.owner),
        "language": get_language() or "fr",
    }


def refusal_page(
    request: HttpRequest,
    layer: Layer,
    error: ArpentError,
    form: Form,
    tab: str,
    names: list[str],
    context: Mapping[str, Any],
) -> HttpResponse:
    """The page with what was typed and what is wrong with it, each fault at its field."""
    now = get_administered_layer(layer.slug, rights_of_page(request))
    if isinstance(error, Stale):
        context = {**context, "meanwhile": differences(form, type(form).beginnings(now))}  # type: ignore[attr-defined]
    for name, faults in error.extra.get("errors", {}).items():
        field = {"theme_id": "theme"}.get(name, name)
        form.add_error(field if field in form.fields else None, faults)
    if not form.errors:
        form.add_error(None, error.message)
    return settings_page(request, now, tab, names, context, status=status_of(error))


def settings_page(
    request: HttpRequest, layer: Layer, tab: str, names: list[str], context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """One of the pages of a layer; `tag_of` is the tag of what it shows, by which a later change is noticed."""
    page_context = {
        "section": "layers",
        "layer": layer,
        "tab": tab,
        "seen": tag_of(layer, names),
        "has_own_table": has_own_table(layer),
        "on_the_map": map_address(layer, rights_of_page(request)),
    }
    return render(request, f"layer_settings/{tab}.html", {**page_context, **context}, status=status)


def map_address(layer: Layer, rights: Rights) -> str:
    """The map on the layer, which lies above those that are shown at first."""
    slugs_below = (
        Layer.objects.visible_to(rights)
        .filter(visible_at_first=True)
        .exclude(pk=layer.pk)
        .values_list("slug", flat=True)
    )
    address = f"/#v=1&l={','.join([layer.slug, *slugs_below])}"
    if not layer.extent_4326:
        return address
    west, south, east, north = layer.extent_4326
    zoom = max(8.0, layer.min_zoom + 1, min(17.0, math.log2(4 * 360 / max(east - west, north - south, 1e-6))))
    return f"{address}&c={(west + east) / 2:.6f},{(south + north) / 2:.6f}&z={zoom:.1f}"


def partner_names(layer: Layer) -> list[str]:
    return list(Member.objects.filter(pk__in=layer.shared_with).order_by("name").values_list("name", flat=True))

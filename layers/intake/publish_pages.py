"""/imports/fichiers/ and /imports/couches/: from a file to a layer, one question at a time."""

import json
import math
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page as page
from gis_core.desk.signed_in import rights_of_page
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound
from gis_core.files.uploads import limit_uploads
from gis_core.files.writing.csvtext import csv_file_of_cells
from gis_core.http.files import file_response
from gis_core.http.middleware import signed_in_user
from gis_core.http.problem import as_problem, status_of, wants_problem
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.intake import layer_description
from layers.intake.choices import Mode, kinds_of, label_of, match_fields
from layers.intake.desk import describe_progress, loss_context
from layers.intake.forms import (
    LICENCES,
    ComingInForm,
    ExistingLayerForm,
    FieldRow,
    MappingRow,
    NewLayerForm,
    OpeningForm,
    beginnings,
    field_rows,
    fields_of_rows,
    mapping_rows,
    roles_choices,
)
from layers.intake.layer_sources import LAYER
from layers.intake.models import FileImport
from layers.intake.outcome import word_result
from layers.intake.pages import imports_page, too_large
from layers.intake.services import deliveries, imports, layer_reverting, ordering
from layers.intake.services.deliveries import delivery_of, layer_of
from layers.intake.services.maps import box_in_lambert, small_map
from layers.intake.services.ordering import import_of, updatable_layer, updatable_layers
from layers.intake.services.preparing import mode_of
from layers.intake.services.reading import crs_of, layers_in

MOST_ROWS = 100
MOST_COLUMNS = 12
State = FileImport.State


# -- files -------------------------------------------------------------------------------------------------------------


@csrf_exempt
def send(request: HttpRequest) -> HttpResponse:
    """The upload handlers must be there before the CSRF check reads the body."""
    limit_uploads(request)
    try:
        return handle_send(request)
    except RequestDataTooBig as error:
        return as_problem(error) if wants_problem(request) else too_large(request)


@csrf_protect
@require_POST
@page
def handle_send(request: HttpRequest) -> HttpResponse:
    """Files that become layers; the script is told the address of what was found in them."""
    rights = rights_of_page(request)
    member, files = request.POST.get("member", ""), request.FILES.getlist("file")
    try:
        made = deliveries.receive(files=files, member=member, user=signed_in_user(request), rights=rights)
    except ArpentError as error:
        if wants_problem(request):
            raise
        return imports_page(request, rights, status=status_of(error), refused=error.message)
    address = reverse("delivery", args=[made.pk])
    return JsonResponse({"address": address}, status=201) if wants_problem(request) else redirect(address)


@require_safe
@page
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """What is in the files; a file with one layer leads to it at once."""
    rights = rights_of_page(request)
    delivery = delivery_of(delivery_id, rights)
    layers = describe_layers(delivery)
    if delivery.state == State.CHOOSING and len(layers) == 1 and not problems(delivery):
        return redirect("delivery_layer", delivery_id, 1)
    context = {
        "section": "imports",
        "delivery": delivery,
        "layers": layers,
        "problems": problems(delivery),
        **describe_progress(delivery, rights),
    }
    return render(request, "intake/delivery.html", context)


def describe_layers(delivery: FileImport) -> list[dict[str, Any]]:
    """The layers of a delivery as they are listed."""
    return [
        {
            "number": number,
            "name": layer["name"] or data_set["file"],
            "file": data_set["file"],
            "content": layer_description.describe_content(layer),
            "crs": layer_description.describe_crs(layer),
        }
        for number, (data_set, layer) in enumerate(layers_in(delivery.contents), start=1)
    ]


def problems(delivery: FileImport) -> list[tuple[str, str]]:
    """What could not be read while the rest could: its name, and why."""
    unread = [(one["file"], one["problem"]["words"]) for one in delivery.contents if one["problem"]]
    return unread + [(part["name"], part["words"]) for one in delivery.contents for part in one.get("unread", ())]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delivery_layer(request: HttpRequest, delivery_id: int, number: int) -> HttpResponse:
    """One layer of the files: what was found; another way to read it can be chosen."""
    rights = rights_of_page(request)
    delivery = delivery_of(delivery_id, rights)
    if delivery.state != State.CHOOSING:
        return redirect("delivery", delivery_id)
    data_set, layer = layer_of(delivery, number)
    data = request.POST if request.method == "POST" else None
    form = OpeningForm(data, layer=layer, data_set=data_set)
    if request.method == "POST" and form.is_valid():
        try:
            opening = form.opening()
            deliveries.open_otherwise(delivery, number, opening, user=signed_in_user(request), rights=rights)
            return redirect("delivery_layer", delivery_id, number)
        except ArpentError as error:
            blame(form, error)
    status = 400 if form.errors else 200
    return render(request, "intake/layer.html", layer_context(delivery, number, form), status=status)


def layer_context(delivery: FileImport, number: int, form: OpeningForm) -> dict[str, Any]:
    data_set, layer = layer_of(delivery, number)
    kinds, columns = layer["geometry_types"], [one["name"] for one in layer["fields"]][:MOST_COLUMNS]
    return {
        "section": "imports",
        "delivery": delivery,
        "number": number,
        "data_set": data_set,
        "layer": layer,
        "name": layer["name"] or data_set["file"],
        "several": sum(1 for _one in layers_in(delivery.contents)) > 1,
        "content": layer_description.describe_content(layer),
        "crs": layer_description.describe_crs(layer),
        "encoding": layer_description.describe_encoding(layer),
        "validity": layer_description.describe_validity(layer),
        "remarks": [
            one
            for one in (
                layer_description.describe_missing_geometries(layer),
                layer_description.describe_partial_reading(layer),
            )
            if one
        ],
        "fields": [layer_description.describe_field(one) for one in layer["fields"]],
        "columns": columns,
        "sample": [[row.get(column) for column in columns] for row in layer["rows"]],
        "map": small_map(delivery.owner, box=box_in_lambert(layer["bounds"], crs_of(layer))) if kinds else None,
        "form": form,
    }


@require_POST
@page
def discard(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Forget the files."""
    rights = rights_of_page(request)
    delivery = delivery_of(delivery_id, rights)
    try:
        deliveries.discard(delivery, rights)
    except ArpentError as error:
        messages.error(request, error.message)
        return redirect("delivery", delivery_id)
    messages.success(request, _("%(title)s has been removed; nothing of it was published.") % {"title": delivery.title})
    return redirect("imports")


# -- choices -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_layer(request: HttpRequest, delivery_id: int, number: int) -> HttpResponse:
    """A layer of the files as a new layer of the catalogue."""
    rights = rights_of_page(request)
    delivery = delivery_of(delivery_id, rights)
    if delivery.state != State.CHOOSING:
        return redirect("delivery", delivery_id)
    data_set, layer = layer_of(delivery, number)
    data = request.POST if request.method == "POST" else None
    fields = field_rows(layer, None, data)
    title = label_of(str(layer["name"] or data_set["file"]).rpartition("/")[2].partition(".")[0])
    names = [(row.field.source, row.field.label) for row in fields]
    initial = beginnings(layer, delivery, title)
    form = NewLayerForm(data, delivery=delivery, layer=layer, rights=rights, names=names, initial=initial)
    made, status = order_import(request, rights, delivery, number, form, [row.field for row in fields if row.kept])
    if made is not None:
        return redirect("layer_import", made.pk)
    context = {**choices_context(delivery, number, form, fields=fields), "licences": LICENCES}
    return render(request, "intake/new_layer.html", context, status=status)


def choices_context(delivery: FileImport, number: int, form: ComingInForm, **more: Any) -> dict[str, Any]:
    data_set, layer = layer_of(delivery, number)
    return {
        "section": "imports",
        "delivery": delivery,
        "number": number,
        "layer": layer,
        "name": layer["name"] or data_set["file"],
        "form": form,
        "roles": roles_choices(),
        **more,
    }


def order_import(
    request: HttpRequest,
    rights: Rights,
    delivery: FileImport,
    number: int,
    form: Any,
    fields: Any,
    *,
    mode: Mode = Mode.CREATE,
    target: Layer | None = None,
) -> tuple[FileImport | None, int]:
    """The import that a filled form orders; else None and the status of the page that says why not."""
    if request.method != "POST":
        return None, 200
    if not form.is_valid():
        return None, 400
    try:
        made = ordering.order(
            delivery,
            number,
            mode=mode,
            layer=target,
            choices=form.choices(fields),
            user=signed_in_user(request),
            rights=rights,
        )
    except ArpentError as error:
        return None, blame(form, error)
    return made, 302


@require_http_methods(["GET", "HEAD", "POST"])
@page
def existing_layer(request: HttpRequest, delivery_id: int, number: int) -> HttpResponse:
    """A layer of the files onto a layer of the catalogue: first which one and how, then what fills what."""
    rights = rights_of_page(request)
    delivery = delivery_of(delivery_id, rights)
    if delivery.state != State.CHOOSING:
        return redirect("delivery", delivery_id)
    layer = layer_of(delivery, number)[1]
    slug, mode = request.GET.get("couche", ""), request.GET.get("mode", "")
    if not slug or mode not in (Mode.REPLACE, Mode.APPEND, Mode.SYNCHRONISE):
        return which_layer(request, rights, delivery, number)
    try:
        target = updatable_layer(slug, rights)
    except Invalid as error:
        raise NotFound(error.message) from error
    data = request.POST if request.method == "POST" else None
    fields: list[FieldRow] = field_rows(layer, target, data) if mode == Mode.REPLACE else []
    mapping: list[MappingRow] = [] if mode == Mode.REPLACE else mapping_rows(layer, target, data)
    coming = [row.field for row in fields if row.kept] or fields_of_rows(mapping)
    names = [(row.field.source, row.field.label) for row in fields] or [
        (column["name"], column["label"]) for column in target.columns
    ]
    field_by_column = {row.field.name: row.field.source for row in fields}
    initial = {"key": field_by_column.get(target.key_column, target.key_column)}
    form = ExistingLayerForm(
        data, delivery=delivery, layer=layer, rights=rights, target=target, mode=mode, names=names, initial=initial
    )
    made, status = order_import(request, rights, delivery, number, form, coming, mode=Mode(mode), target=target)
    if made is not None:
        return redirect("layer_import", made.pk)
    more = {"target": target, "mode": mode, "mode_label": Mode(mode).label, "fields": fields, "mapping": mapping}
    return render(request, "intake/existing_layer.html", choices_context(delivery, number, form, **more), status=status)


def which_layer(request: HttpRequest, rights: Rights, delivery: FileImport, number: int) -> HttpResponse:
    """Which layer, and how."""
    data_set, layer = layer_of(delivery, number)
    context = {
        "section": "imports",
        "delivery": delivery,
        "number": number,
        "name": layer["name"] or data_set["file"],
        "layers": fitting_layers(layer, rights),
        "chosen": request.GET.get("couche", ""),
    }
    return render(request, "intake/which_layer.html", context)


def fitting_layers(source_layer: Mapping[str, Any], rights: Rights) -> list[Layer]:
    """The layers of this kind of geometry, those whose columns the file fills first."""
    kinds = kinds_of(source_layer) or {"point": 0}
    layers = [layer for layer in updatable_layers(rights) if layer.geometry_type in kinds]
    return sorted(layers, key=lambda layer: -len(match_fields(source_layer, layer.columns)))


# -- an import ---------------------------------------------------------------------------------------------------------


@require_safe
@page
def layer_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """What an import would do, does, or did."""
    return import_page(request, import_id)


def import_page(request: HttpRequest, import_id: int, *, refused: str = "", status: int = 200) -> HttpResponse:
    rights = rights_of_page(request)
    made = import_of(import_id, rights)
    outcome = layer_description.describe_changes(word_result(made.report or made.plan or {}))
    context = {
        "section": "imports",
        "made": made,
        "mode": mode_of(made),
        "outcome": outcome,
        "difference": outcome.get("difference"),
        "removed_share": compute_removed_share(outcome.get("difference")),
        **loss_context(made, request.POST),
        "refused": refused,
        "may_revert": imports.may_revert(LAYER, made, rights),
        "refusals": outcome.get("refusals", [])[:MOST_ROWS],
        "repairs": outcome.get("repairs", [])[:MOST_ROWS],
        "more_refusals": max(0, outcome.get("refused", 0) - MOST_ROWS),
        "on_the_map": map_address(made.layer),
        "reverted": (made.report or {}).get("reverted"),
        "map": small_map(made.owner, inside=outcome.get("places", ()), outside=outcome.get("outside_places", ())),
        **describe_progress(made, rights),
    }
    return render(request, "intake/import.html", context, status=status)


def map_address(layer: Layer | None) -> str:
    """The map on a layer, at its middle."""
    if layer is None or not layer.extent_4326:
        return "/"
    west, south, east, north = layer.extent_4326
    zoom = max(layer.min_zoom, 8.0, min(19.0, math.log2(4 * 360 / max(east - west, 1e-6))))
    return f"/#v=1&c={(west + east) / 2:.6f},{(south + north) / 2:.6f}&z={zoom:.1f}&l={layer.slug}"


def compute_removed_share(difference: Mapping[str, Any] | None) -> int:
    """The share of the layer that would go, in percent."""
    if not difference or "removed" not in difference:
        return 0
    before = difference["removed"] + difference["changed"] + difference["unchanged"]
    return round(100 * difference["removed"] / before) if before else 0


@require_POST
@page
def apply(request: HttpRequest, import_id: int) -> HttpResponse:
    """Do what was tried out; where too much would go, its number must be typed."""
    rights, typed = rights_of_page(request), request.POST.get("accepted", "")
    try:
        imports.start_applying(LAYER, import_id, typed=typed, user=signed_in_user(request), rights=rights)
    except Conflict as error:
        messages.error(request, error.message)
    except Invalid as error:
        return import_page(request, import_id, refused=error.message, status=400)
    return redirect("layer_import", import_id)


@require_POST
@page
def try_again(request: HttpRequest, import_id: int) -> HttpResponse:
    """Another dry run of the same choices."""
    rights = rights_of_page(request)
    try:
        imports.choose(LAYER, import_id, {}, user=signed_in_user(request), rights=rights)
    except Conflict as error:
        messages.error(request, error.message)
    return redirect("layer_import", import_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def confirm_revert(request: HttpRequest, import_id: int) -> HttpResponse:
    """Ask whether the import is really to be taken back, then do it."""
    rights = rights_of_page(request)
    made = import_of(import_id, rights)
    if request.method == "POST":
        confirmed = {"confirmed": request.POST.get("confirmed") == "on"}
        try:
            imports.start_reverting(LAYER, import_id, confirmed, user=signed_in_user(request), rights=rights)
        except Conflict as error:
            messages.error(request, error.message)
        return redirect("layer_import", import_id)
    if made.layer is None or not imports.may_revert(LAYER, made, rights):
        return redirect("layer_import", import_id)
    mode = mode_of(made)
    edited = layer_reverting.edits_since(made, made.layer.table) if mode in (Mode.CREATE, Mode.REPLACE) else 0
    context = {"section": "imports", "made": made, "mode": mode, "edited": edited}
    return render(request, "intake/take_back.html", context)


@require_safe
@page
def report_json(request: HttpRequest, import_id: int) -> HttpResponse:
    """The report, or before it is applied the plan, for programs."""
    made, outcome = read_report(request, import_id)
    content = json.dumps(outcome, ensure_ascii=False, indent=2)
    return file_response(content, "application/json", f"import-{made.pk}.json")


@require_safe
@page
def report_csv(request: HttpRequest, import_id: int) -> HttpResponse:
    """Refused and repaired rows, for a spreadsheet."""
    made, outcome = read_report(request, import_id)
    rows: list[list[object]] = [[_("Row"), _("Reference"), _("What"), _("Why")]]
    for what, entries in ((_("refused"), outcome.get("refusals", [])), (_("repaired"), outcome.get("repairs", []))):
        rows += [[one["index"] or "", one["identifier"] or "", what, one["words"] or ""] for one in entries]
    return file_response(
        csv_file_of_cells(rows, keep_numbers=False), "text/csv; charset=utf-8", f"import-{made.pk}.csv"
    )


def read_report(request: HttpRequest, import_id: int) -> tuple[FileImport, dict[str, Any]]:
    made = import_of(import_id, rights_of_page(request))
    outcome = made.report or made.plan
    if outcome is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    kept = {"title": made.title, "mode": mode_of(made), "state": made.state, "layer": made.layer and made.layer.slug}
    return made, kept | {
        "taken_back" if name == "reverted" else name: one for name, one in word_result(outcome).items()
    }

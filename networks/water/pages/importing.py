"""/reseaux/importer/: send a network, say what its layers hold, see what would come in and be moved, load it."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.parameters import whole_number
from gis_core.desk.uploads import asker, upload_page
from gis_core.errors import ArpentError, Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.jobs.services import jobs_seen_by, standing
from gis_core.members.rights import Rights
from gis_core.members.technicians import members_working
from gis_core.models import Job
from layers.intake.cells import size_in
from layers.intake.import_loss import describe_loss
from layers.intake.posted import system_in, words_in
from layers.intake.services.maps import SmallMap, small_map
from networks.water.importers.mapping import TABLES, UNITS, LayerReading, suggested, targets_of
from networks.water.importers.planning import REPLACE
from networks.water.models import NetworkImport
from networks.water.pages.frame import page, show
from networks.water.services import importing as services

SHOWN_IMPORTS = 30
SHOWN_FAULTS = 200
SHOWN_ROWS = 20
SHOWN_ALIKE = 5
TAB = "network_import"
KINDS = (services.READ, services.LOAD, services.UNDO, services.TAKE_BACK)
WITH_UNIT = ("diameter_mm", "start_z", "end_z", "ground_z", "z", "cover_z", "invert_z")
SPREADSHEET_STARTS = ("=", "+", "-", "@", "\t", "\r")


def members_or_denied(rights: Rights) -> list[Any]:
    """Raises PermissionDenied for who works on no network."""
    members = members_working(rights)
    if not members:
        raise PermissionDenied
    return members


# -- the list, and files sent -----------------------------------------------------------------------------------------


@page
def too_large(request: HttpRequest) -> HttpResponse:
    return list_page(request, refused=_("The files are too large."), status=413)


@upload_page(too_large)
@require_http_methods(["GET", "HEAD", "POST"])
@page
def imports(request: HttpRequest) -> HttpResponse:
    """The imports of the asker's members; a network sent to one of them."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    if request.method != "POST":
        return list_page(request)
    try:
        made = services.receive(
            files=request.FILES.getlist("file"),
            member=services.member_for(request.POST.get("member", ""), rights),
            format=request.POST.get("format", ""),
            user=asker(request),
            rights=rights,
        )
    except NotFound:
        raise
    except ArpentError as error:
        return list_page(request, refused=error.message, status=status_of(error))
    return redirect("network_import_page", made.pk)


def list_page(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    """It must not read the request's body, which may be what was refused."""
    rights = rights_of_request(request)
    found = NetworkImport.objects.worked_on_by(rights).select_related("owner", "made_by")
    context = {
        "members": members_or_denied(rights),
        "formats": NetworkImport.Format.choices,
        "refused": refused,
        "past": found.defer("faults", "contents", "options")[:SHOWN_IMPORTS],
    }
    return show(request, "imports", TAB, context, status=status)


# -- one import -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@page
def network_import(request: HttpRequest, brought_id: int) -> HttpResponse:
    """One import: what it lacks, what it would do, what it did; the next step."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    made = services.import_of(brought_id, rights)
    if request.method != "POST":
        return import_page(request, made)
    try:
        return act(request, made, rights)
    except NotFound:
        raise
    except ArpentError as error:
        return import_page(request, made, refused=error.message, status=status_of(error))


def act(request: HttpRequest, made: NetworkImport, rights: Rights) -> HttpResponse:
    """Raises Invalid, Conflict."""
    action, user, posted = request.POST.get("action", ""), asker(request), request.POST
    if action == "forget":
        services.forget(made.pk, rights=rights)
        return redirect(TAB)
    if action == "load":
        confirmed, typed = bool(posted.get("confirmed")), posted.get("accepted", "")
        services.start_loading(made.pk, confirmed=confirmed, typed=typed, user=user, rights=rights)
    elif action == "undo":
        services.start_undoing(made.pk, user=user, rights=rights)
    elif action == "take_back":
        services.start_taking_back(made.pk, user=user, rights=rights)
    elif action in ("read", "tables"):
        options = options_in(posted, made)
        if action == "tables":
            return import_page(request, made, readings=readings_in(posted, made))
        if text := unread_system(posted, made):
            words = _("“%(text)s” is no EPSG code: Lambert-93 is 2154, CC48 is 3948.") % {"text": text[:40]}
            return import_page(request, made, refused=words, status=400, readings=readings_in(posted, made))
        services.read_again(made.pk, options, name=posted.get("name", ""), user=user, rights=rights)
    else:
        raise Invalid(_("This step is not known."), parameter="action")
    return redirect("network_import_page", made.pk)


def options_in(posted: QueryDict, made: NetworkImport) -> dict[str, Any]:
    """What was chosen on the page; what it does not show stays. Raises Invalid."""
    found: dict[str, Any] = {}
    if "snap_cm" in posted:
        found["snap_m"] = number_in(posted, "snap_cm") / 100
    if "known" in posted:
        found["known"] = posted["known"]
    if "leaving" in posted:
        leave = [one.rpartition(":") for one in posted.getlist("leave")]
        rows = [[file, number] for file, _colon, row in leave if (number := whole_number(row)) is not None]
        found["leave"] = "all" if posted.get("leave_all") else rows
    if "placing" in posted:
        found |= placing_in(posted)
    if "table-0" in posted:
        found["mapping"] = {label: one.as_json() for label, one in readings_in(posted, made).items()}
    return found


def placing_in(posted: QueryDict) -> dict[str, Any]:
    if posted["placing"] == "crs":
        return {"crs": int(number_in(posted, "crs")), "corner": None}
    corner = [number_in(posted, "x"), number_in(posted, "y")]
    return {"crs": None, "corner": corner, "scale": number_in(posted, "scale")}


def number_in(posted: QueryDict, name: str) -> float:
    """Raises Invalid."""
    text = posted.get(name, "").strip().replace(" ", "").replace("\u202f", "").replace(",", ".")
    if not text:
        raise Invalid(_("A number is missing: fill every field of what you chose."), parameter=name)
    try:
        found = float(text)
    except ValueError as error:
        words = _("“%(value)s” is no number.")
        raise Invalid(words % {"value": text[:40]}, parameter=name) from error
    if not abs(found) < 1e9:
        raise Invalid(_("“%(value)s” is no number.") % {"value": text[:40]}, parameter=name)
    return found


def readings_in(posted: QueryDict, made: NetworkImport) -> dict[str, LayerReading]:
    """How each layer is read, as the page says; of a table that was just chosen, as it likely is."""
    found = {}
    for place, layer in enumerate(made.contents):
        table = posted.get(f"table-{place}", "")
        if table and table != posted.get(f"shown-{place}"):
            likely = suggested(table_label(layer, table), str(layer["geometry"]), layer["fields"])
            found[layer["label"]] = LayerReading.kept(likely.as_json() | {"table": table})
            continue
        names = [name for name, _label, _codes in targets_of(table)]
        chosen = {name: posted.get(f"column-{place}-{name}", "") for name in names}
        told = {
            "table": table,
            "columns": {name: one for name, one in chosen.items() if one in layer["fields"]},
            "fixed": {name: one for name in names if (one := posted.get(f"fixed-{place}-{name}", ""))},
            "units": {name: one for name in names if (one := posted.get(f"unit-{place}-{name}", ""))},
            "values": {name: words_in(posted, place, name) for name in names},
            "crs": system_in(posted, place),
        }
        found[layer["label"]] = LayerReading.kept(told)
    return found


def unread_system(posted: QueryDict, made: NetworkImport) -> str:
    """The first system that was written and is no code."""
    texts = (posted.get(f"crs-{place}", "").strip() for place, _layer in enumerate(made.contents))
    return next((text for place, text in enumerate(texts) if text and system_in(posted, place) is None), "")


def table_label(layer: Mapping[str, Any], table: str) -> str:
    """A name that a layer of this table could have: its words decide what is suggested."""
    return str(layer["label"]) if not table.startswith("sewer") else f"ass_{layer['label']}"


# -- its page ---------------------------------------------------------------------------------------------------------


def import_page(
    request: HttpRequest,
    made: NetworkImport,
    *,
    refused: str = "",
    status: int = 200,
    readings: Mapping[str, LayerReading] | None = None,
) -> HttpResponse:
    state = NetworkImport.State
    under_way = made.state in (state.READING, state.LOADING, state.UNDOING, state.TAKING_BACK)
    context: dict[str, Any] = {"made": made, "refused": refused, "under_way": under_way, "plan": made.plan or {}}
    if under_way and (job := job_of(made, rights_of_request(request))):
        label, message = standing(job)
        context |= {"job": job, "job_label": label, "job_message": message}
    open_choice = made.state in (state.CHOOSING, state.READY) or (made.state == state.REFUSED and made.contents)
    if open_choice and made.format == NetworkImport.Format.LAYERS and made.contents:
        context |= mapping_of(made, readings)
    if made.plan and not under_way:
        told = grouped(made.faults)
        context |= {"map": map_of(made), "classes": classes_of(made), "faults": told[:SHOWN_FAULTS]}
        context["moves"] = [move_shown(one) for one in made.plan["moves"][:SHOWN_ROWS]]
        context["loose"] = [move_shown(one) for one in made.plan["loose_rows"][:SHOWN_ROWS]]
        context["near"] = made.plan["moved"] or any(one["count"] for one in made.plan["classes"])
        context["more_faults"] = sum(one["count"] for one in told[SHOWN_FAULTS:])
        context["former"] = former_of(made)
        if loss := services.loss_of(made):
            context |= {"loss": loss | {"message": describe_loss(loss)}, "typed": request.POST.get("accepted", "")}
        if made.options.get("known") == REPLACE and made.state == state.READY:
            context |= {"compared": made.plan.get("compared"), "tried": True}
        context["nothing"] = services.brings_nothing(made.plan)
        undone = (made.report or {}).get("undone") or {}
        context["snapped"] = not undone and made.state == state.LOADED and made.snaps.filter(undone=False).exists()
        context["changed_since"] = undone.get("left", 0) - undone.get("along", 0)
    return show(request, "import", TAB, context, status=status)


def grouped(faults: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What is told of rows, alike ones of a file together, but for those that may be left out one by one."""
    found: dict[Any, dict[str, Any]] = {}
    for one in faults:
        apart = one["row"] if one["spare"] and one["gravity"] == "error" else None
        key = one["file"], one["gravity"], one["message"], apart
        told = found.setdefault(key, {**one, "count": 0, "rows": []})
        told["count"] += 1
        if one["row"] and len(told["rows"]) < SHOWN_ALIKE:
            told["rows"].append(str(one["row"]))
    return [one | {"listed": ", ".join(one["rows"]), "cut": one["count"] > SHOWN_ALIKE} for one in found.values()]


def job_of(made: NetworkImport, rights: Rights) -> Job | None:
    found = jobs_seen_by(rights).filter(kind__in=KINDS, parameters__import=made.pk)
    return found.select_related("owner", "started_by").order_by("-id").first()


def former_of(made: NetworkImport) -> list[NetworkImport]:
    ids = (made.plan or {}).get("known", {}).get("imports", [])
    return list(NetworkImport.objects.filter(owner=made.owner, pk__in=ids).only("title", "loaded_at")) if ids else []


def map_of(made: NetworkImport) -> SmallMap | None:
    """Where ends are moved, and where some meet nothing."""
    plan = made.plan or {}
    moved = [round(edge) for x, y, *_to in plan.get("drawn", []) for edge in (x, y)]
    loose = [round(edge) for one in plan.get("loose_rows", []) for edge in one["place"]]
    west, south, east, north = plan.get("boxes") or (0, 0, 0, 0)
    return small_map(made.owner, inside=moved, outside=loose, box=(west, south, east, north)) if plan["boxes"] else None


def classes_of(made: NetworkImport) -> list[dict[str, Any]]:
    """The near misses by distance, with how many would be healed up to each."""
    total = 0
    found = []
    for one in (made.plan or {}).get("classes", []):
        total += one["count"]
        found.append(one | {"total": total, "cm": round(one["most"] * 100)})
    return found


def move_shown(one: Mapping[str, Any]) -> dict[str, Any]:
    """A move with where it is on the map."""
    from pyproj import Transformer

    x, y = one.get("start") or one["place"]
    lon, lat = Transformer.from_crs(2154, 4326, always_xy=True).transform(x, y)
    return {**one, "on_map": f"/#v=1&c={lon:.6f},{lat:.6f}&z=19"}


def mapping_of(made: NetworkImport, readings: Mapping[str, LayerReading] | None) -> dict[str, Any]:
    """The form of the mapping: each layer with its tables, columns and words."""
    name, chosen = "", dict(readings or {})
    if not chosen and (kept := made.options.get("mapping")):
        chosen = {label: LayerReading.kept(one) for label, one in kept.items()}
    if not chosen:
        name, chosen = services.kept_mapping(made.owner, made.contents)
    layers = [
        layer_shown(place, layer, chosen.get(layer["label"], LayerReading()))
        for place, layer in enumerate(made.contents)
    ]
    layers.sort(key=lambda layer: (not layer["table"], not layer["tables"]))
    return {"layers": layers, "mapping_name": name or _("Network"), "known_mapping": bool(name)}


def table_words() -> dict[str, Any]:
    return {
        "water-pipes": _("Pipes of drinking water"),
        "water-nodes": _("Nodes of drinking water"),
        "water-connections": _("Water connections"),
        "sewer-pipes": _("Sewers"),
        "sewer-nodes": _("Nodes of sewer networks"),
        "sewer-connections": _("Sewer connections"),
        "water-repairs": _("Repairs"),
    }


def layer_shown(place: int, layer: Mapping[str, Any], reading: LayerReading) -> dict[str, Any]:
    wanted = ("pipes",) if layer["geometry"] == "line" else ("nodes", "connections", "repairs")
    words = table_words()
    tables = [(name, words[name]) for name, (_family, what) in TABLES.items() if what in wanted]
    targets = [target_shown(place, layer, reading, *one) for one in targets_of(reading.table)]
    used = [one for one in targets if one["source"] or one["fixed"] or one["needed"]]
    return {
        "place": place,
        "label": layer["label"],
        "features": layer["features"],
        "crs": reading.crs or "",
        "found_crs": layer["crs"],
        "tables": tables if layer["geometry"] in ("line", "point") else [],
        "table": reading.table,
        "fields": list(layer["fields"]),
        "targets": used,
        "others": [one for one in targets if one not in used],
    }


def target_shown(
    place: int, layer: Mapping[str, Any], reading: LayerReading, name: str, label: Any, codes: Mapping[str, Any]
) -> dict[str, Any]:
    source = reading.columns.get(name, "")
    choices = [(code, labels[0]) for code, labels in codes.items()]
    told = reading.values.get(name, {})
    fixed = reading.fixed.get(name, "")
    words: Sequence[Any] = ()
    if codes and source and not fixed:
        found = sorted(layer["fields"].get(source, {}).items(), key=lambda one: -one[1])
        words = [(text, count, told.get(text, text if text in codes else "")) for text, count in found]
    unit = "diameter_mm" if name == "diameter_mm" else "metres"
    sample = next(iter(layer["fields"].get(source, {})), "") if source else ""
    return {
        "name": name,
        "label": label,
        "source": source,
        "sample": sample[:60],
        "size": size_in(sample) if name == "diameter_mm" and not sample.replace(".", "").isdigit() else None,
        "choices": choices,
        "words": sorted(words, key=lambda one: bool(one[2])),
        "unsaid": sum(not code for _text, _count, code in words),
        "several": source in layer["several"],
        "fixable": name in ("kind", "system", "network"),
        "fixed": fixed,
        "needed": name in ("reference", "kind", "system", "network"),
        "units": UNITS[unit] if name in WITH_UNIT and source else (),
        "unit": reading.units.get(name, UNITS[unit][0]),
        "id": f"{place}-{name}",
    }


# -- its rows ---------------------------------------------------------------------------------------------------------


@require_safe
@page
def import_rows(request: HttpRequest, brought_id: int) -> HttpResponse:
    """Every row that is told of, as a spreadsheet opens it."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    made = services.import_of(brought_id, rights)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([_("File"), _("Row"), _("Gravity"), _("What is wrong"), "X", "Y"])
    words = {"error": _("Error"), "warning": _("Remark")}
    for one in made.faults:
        place = one["place"] or ["", ""]
        writer.writerow([plain(one["file"]), one["row"] or "", words[one["gravity"]], plain(one["message"]), *place])
    headers = {"Content-Disposition": f'attachment; filename="import-{made.pk}.csv"'}
    return HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(SPREADSHEET_STARTS) else text

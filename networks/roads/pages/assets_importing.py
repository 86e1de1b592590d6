"""/voirie/patrimoine/importer/: send a file of assets, say what its fields are, load it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.uploads import asker, upload_page
from gis_core.errors import ArpentError, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.jobs.services import jobs_seen_by, standing
from gis_core.members.rights import Rights
from gis_core.members.technicians import members_working
from gis_core.models import Job
from layers.features.display import display_number
from layers.intake.cells import bare
from layers.intake.posted import system_in, words_in
from layers.intake.services.maps import small_map
from networks.roads import lists
from networks.roads.importers.asset_mapping import REMARKS, TABLES, AssetReading, is_place, targets_of
from networks.roads.importers.asset_rows import reading_of
from networks.roads.importers.asset_survey import mostly_outside
from networks.roads.models import AssetDelivery
from networks.roads.pages.asset_faults import shown, table_of
from networks.roads.pages.assets import english
from networks.roads.pages.frame import page, show
from networks.roads.services import assets_importing as services

TAB = "road_assets"
SHOWN_IMPORTS = 30
SAMPLES = 3
FIRST_LINE: Final = {"names": True, "object": False}


def members_or_denied(rights: Rights) -> list[Any]:
    """Raises PermissionDenied for who works on no roads."""
    members = members_working(rights)
    if not members:
        raise PermissionDenied
    return members


@page
def too_large(request: HttpRequest) -> HttpResponse:
    return list_page(request, refused=_("The files are too large."), status=413)


@upload_page(too_large)
@require_http_methods(["GET", "HEAD", "POST"])
@page
def imports(request: HttpRequest) -> HttpResponse:
    """The imports of the asker's members; files sent to one of them."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    if request.method != "POST":
        return list_page(request)
    try:
        made = services.receive(
            files=request.FILES.getlist("file"),
            member=services.member_for(request.POST.get("member", ""), rights),
            user=asker(request),
            rights=rights,
        )
    except NotFound:
        raise
    except ArpentError as error:
        return list_page(request, refused=error.message, status=status_of(error))
    return redirect("road_asset_import", made.pk)


def list_page(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    """It must not read the request's body, which may be what was refused."""
    rights = rights_of_request(request)
    found = AssetDelivery.objects.worked_on_by(rights).select_related("owner", "made_by")
    context = {
        "members": members_or_denied(rights),
        "refused": refused,
        "kept_days": services.KEPT.days,
        "past": found.defer("faults", "contents", "readings")[:SHOWN_IMPORTS],
    }
    return show(request, "asset_imports", TAB, context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One import: how it is read, what it did; the next step."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    made = services.delivery_of(delivery_id, rights)
    if request.method != "POST":
        return delivery_page(request, made)
    try:
        return acted(request, made, rights)
    except NotFound:
        raise
    except ArpentError as error:
        readings = readings_in(request.POST, made) if request.POST.get("action") in ("load", "check") else None
        return delivery_page(request, made, refused=error.message, status=status_of(error), readings=readings)


def acted(request: HttpRequest, made: AssetDelivery, rights: Rights) -> HttpResponse:
    """What somebody pressed. A table whose first line is to be read otherwise is looked at before it is loaded."""
    posted, user = request.POST, asker(request)
    action = posted.get("action", "")
    if action == "forget":
        services.forget(made.pk, rights=rights)
        return redirect("road_asset_imports")
    if action == "take_back":
        services.start_taking_back(made.pk, user=user, rights=rights)
        return redirect("road_asset_import", made.pk)
    readings, name = readings_in(posted, made), posted.get("name", "")
    headed = FIRST_LINE.get(posted.get("first_line", ""))
    if action == "check" or headed != made.headed:
        services.check(made.pk, readings, name=name, headed=headed, user=user, rights=rights)
    else:
        outside = posted.get("outside") == "on"
        services.choose(made.pk, readings, name=name, outside=outside, user=user, rights=rights)
    return redirect("road_asset_import", made.pk)


def readings_in(posted: QueryDict, made: AssetDelivery) -> dict[str, AssetReading]:
    """How each layer is read, as the page says; of a table that was just chosen, as it likely is."""
    found = {}
    for place, layer in enumerate(made.contents):
        table = posted.get(f"table-{place}", "")
        if table and table != posted.get(f"shown-{place}"):
            found[services.key_in(layer)] = services.likely(layer, table)
            continue
        names = [name for name, _label, _codes in targets_of(table)]
        told = {
            "table": table,
            "columns": {
                name: one for name in names if (one := posted.get(f"column-{place}-{name}", "")) in layer["fields"]
            },
            "fixed": {name: posted.get(f"fixed-{place}-{name}", "") for name in names},
            "values": {name: words_in(posted, place, name) for name in names},
            "crs": system_in(posted, place),
        }
        found[services.key_in(layer)] = AssetReading.kept(told)
    return found


def delivery_page(
    request: HttpRequest,
    made: AssetDelivery,
    *,
    refused: str = "",
    status: int = 200,
    readings: Mapping[str, AssetReading] | None = None,
) -> HttpResponse:
    state = AssetDelivery.State
    under_way = made.state in (state.READING, state.LOADING, state.TAKING_BACK)
    context: dict[str, Any] = {"made": made, "refused": refused, "under_way": under_way}
    if under_way and (job := job_of(made, rights_of_request(request))):
        label, message = standing(job)
        context |= {"job": job, "job_label": label, "job_message": message}
    if made.state in (state.CHOOSING, state.REFUSED) and made.contents:
        chosen = readings or {label: AssetReading.kept(one) for label, one in made.readings.items()}
        names = Counter(str(one["label"]) for one in made.contents)
        context["layers"] = [
            layer_shown(place, one, chosen, several=names[str(one["label"])] > 1)
            for place, one in enumerate(made.contents)
        ]
        nowhere = made.survey is not None and not made.survey["placed"]
        context["loadable"] = any(one["table"] for one in context["layers"]) and not nowhere
        context["choosable"] = any(one["tables"] for one in context["layers"])
        context["tabular"] = any(one["tabular"] for one in context["layers"])
    if not under_way and made.state != state.TAKEN_BACK:
        context |= where_shown(made) | shown(made.faults)
    return show(request, "asset_import", TAB, context, status=status)


def where_shown(made: AssetDelivery) -> dict[str, Any]:
    """Where the rows lie, in numbers and on a small map."""
    found = made.survey
    if not found:
        return {}
    places = found["dots"]
    return {
        "survey": found | {"far": found["placed"] - found["near"]},
        "away": display_number(found["away_km"], 0 if found["away_km"] >= 10 else 1) if found["elsewhere"] else "",
        "mostly_outside": mostly_outside(found),
        "map": small_map(made.owner, inside=places["inside"], outside=places["outside"]),
    }


@require_safe
@page
def delivery_rows(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """Every row that is told of, as a spreadsheet opens it."""
    rights = rights_of_request(request)
    members_or_denied(rights)
    made = services.delivery_of(delivery_id, rights)
    headers = {"Content-Disposition": f'attachment; filename="import-{made.pk}.csv"'}
    return HttpResponse(table_of(made.faults), content_type="text/csv; charset=utf-8", headers=headers)


def job_of(made: AssetDelivery, rights: Rights) -> Job | None:
    kinds = (services.READ, services.LOAD, services.TAKE_BACK)
    found = jobs_seen_by(rights).filter(kind__in=kinds, parameters__delivery=made.pk)
    return found.select_related("owner", "started_by").order_by("-id").first()


def layer_shown(
    place: int, layer: Mapping[str, Any], chosen: Mapping[str, AssetReading], *, several: bool
) -> dict[str, Any]:
    """A layer of the files with the form of its reading; `several` have its name."""
    reading = reading_of(services.source_of(layer), str(layer["label"]), chosen) or AssetReading()
    tables = {
        "road-assets": _("Assets at one place (signs, lighting …)"),
        "road-stretches": _("Assets along a stretch (barriers, kerbs …)"),
    }
    tabular, drawn = bool(layer.get("table")), str(layer["geometry"])
    allowed = [one for one in tables.items() if TABLES[one[0]] == drawn or (tabular and drawn != "line")]
    targets = [target_shown(place, layer, reading, *one) for one in targets_of(reading.table)]
    fields = list(layer.get("order") or layer["fields"])
    left = [one for one in fields if one not in (*reading.columns.values(), *layer.get("place", ()))]
    remarks = [one for one in left if bare(one) in REMARKS]
    first = {"reference", "kind", "code", "state"} | ({"comment"} if remarks else set())
    others = [one for one in targets if not is_place(one["name"])]
    return {
        "place": place,
        "label": f"{services.source_of(layer)} : {layer['label']}" if several else layer["label"],
        "features": layer["features"],
        "tables": allowed,
        "table": reading.table,
        "tabular": tabular,
        "surfaces": not tabular and not drawn,
        "fields": fields,
        "rows": layer.get("rows", []),
        "found_crs": layer["crs"],
        "crs": reading.crs,
        **places_shown(targets, layer),
        "targets": [one for one in others if one["source"] or one["name"] in first],
        "others": [one for one in others if not one["source"] and one["name"] not in first],
        "left": left,
        "remarks": remarks,
    }


def places_shown(targets: Sequence[dict[str, Any]], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Of a table, the fields that say where its rows are; those that the file seems not to need, one level down."""
    if not layer.get("table"):
        return {"drawn_by": []}
    found = [one for one in targets if is_place(one["name"])]
    known = bool(layer["geometry"])
    near = [one for one in found if one["source"] or not known or one["name"] in ("place_x", "place_y")]
    return {
        "drawn_by": layer.get("place", []),
        "places": near,
        "more_places": [one for one in found if one not in near],
    }


def target_shown(
    place: int, layer: Mapping[str, Any], reading: AssetReading, name: str, label: Any, codes: Mapping[str, Any]
) -> dict[str, Any]:
    source = reading.columns.get(name, "")
    counted = layer["fields"].get(source, {})
    known = reading.values.get(name, {})
    words = [(text, count, known.get(text, text if text in codes else "")) for text, count in counted.items()]
    return {
        "id": f"{place}-{name}",
        "name": name,
        "label": label,
        "source": source,
        "sample": ", ".join(list(counted)[:SAMPLES])[:80],
        "choices": [(code, lists.word(codes, code, english=english())) for code in codes],
        "fixable": name == "kind",
        "fixed": reading.fixed.get(name, ""),
        "words": words if codes and source else [],
        "unsaid": sum(1 for _text, _count, code in words if not code) if codes else 0,
    }

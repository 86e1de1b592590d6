"""/reseaux/importer/: send a network, say what its layers hold, see what would come in and be moved, load it."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gis_core.desk import tabs
from gis_core.desk.parameters import whole_number
from gis_core.errors import Invalid
from gis_core.http.middleware import signed_in_user
from gis_core.members.rights import Rights
from layers.intake.desk import ImportDesk
from layers.intake.finding_groups import group_findings
from layers.intake.findings import from_json
from layers.intake.layer_form import TargetForm, is_just_chosen, mapping_in, system_in, target_form
from layers.intake.layer_mapping import LayerMapping, Target
from layers.intake.models import FileImport
from layers.intake.services.maps import SmallMap, small_map
from networks.water.importers.choices import Format, NetworkChoices, parse_format
from networks.water.importers.mapping import TABLES, UNITS, reading_from, suggest_mapping, targets_of
from networks.water.services import importing as services
from networks.water.sources import NETWORK

State = FileImport.State
MOST_ROWS: Final = 20
MOST_ERRORS: Final = 200
WITH_UNIT: Final = ("diameter_mm", "start_z", "end_z", "ground_z", "z", "cover_z", "invert_z")
FIXABLE: Final = ("kind", "system", "network")
URLS: Final = ("network_import", "network_import_page", "network_import_rows")


# -- what was chosen ---------------------------------------------------------------------------------------------------


def format_in(posted: QueryDict) -> dict[str, Any]:
    """What the form that sends files says. Raises Invalid."""
    return parse_format(posted.get("format", ""))


def choices_in(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """What was chosen on the page; what it does not show stays. Raises Invalid."""
    if posted.get("action") == "load":
        return {"confirmed": bool(posted.get("confirmed")), "snap_m": (made.plan or {}).get("snap_m")}
    results: dict[str, Any] = {}
    if "snap_cm" in posted:
        results["snap_m"] = number_in(posted, "snap_cm") / 100
    if "known" in posted:
        results["known"] = posted["known"]
    if "leaving" in posted:
        leave = [one.rpartition(":") for one in posted.getlist("leave")]
        rows = [[file, number] for file, _colon, row in leave if (number := whole_number(row)) is not None]
        results["leave"] = "all" if posted.get("leave_all") else rows
    if "placing" in posted:
        results |= placing_in(posted)
    if "table-0" in posted:
        refuse_unread_system(posted, made)
        results["mapping"] = {label: one.as_json() for label, one in readings_in(posted, made).items()}
    if posted.get("name"):
        results["mapping_name"] = posted["name"]
    NetworkChoices.from_json(results).check()
    return results


def placing_in(posted: QueryDict) -> dict[str, Any]:
    if posted["placing"] == "crs":
        return {"crs": int(number_in(posted, "crs")), "corner": None}
    corner = [number_in(posted, "x"), number_in(posted, "y")]
    return {"crs": None, "corner": corner, "scale": number_in(posted, "scale")}


def number_in(posted: QueryDict, name: str) -> float:
    """The number that a field of the form holds, a comma for the point. Raises Invalid where it holds none."""
    text = posted.get(name, "").strip().replace(" ", "").replace("\u202f", "").replace(",", ".")
    if not text:
        raise Invalid(_("A number is missing: fill every field of what you chose."), parameter=name)
    try:
        result = float(text)
    except ValueError as error:
        message = _("“%(value)s” is no number.")
        raise Invalid(message % {"value": text[:40]}, parameter=name) from error
    if not abs(result) < 1e9:
        raise Invalid(_("“%(value)s” is no number.") % {"value": text[:40]}, parameter=name)
    return result


def readings_in(posted: QueryDict, made: FileImport) -> dict[str, LayerMapping]:
    """How each layer is read, as the page says; of a table that was just chosen, as it likely is."""
    readings = {}
    for place, layer in enumerate(made.contents):
        if is_just_chosen(posted, place):
            table = posted.get(f"table-{place}", "")
            likely = suggest_mapping(table_label(layer, table), str(layer["geometry"]), layer["fields"])
            readings[layer["label"]] = reading_from(likely.as_json() | {"table": table})
        else:
            readings[layer["label"]] = mapping_in(posted, place, layer, targets_of)
    return readings


def refuse_unread_system(posted: QueryDict, made: FileImport) -> None:
    """Let each system pass that is empty or an EPSG code. Raises Invalid for any other text."""
    for place, _layer in enumerate(made.contents):
        text = posted.get(f"crs-{place}", "").strip()
        if text and system_in(posted, place) is None:
            message = _("“%(text)s” is no EPSG code: Lambert-93 is 2154, CC48 is 3948.")
            raise Invalid(message % {"text": text[:40]}, parameter=f"crs-{place}")


def table_label(layer: Mapping[str, Any], table: str) -> str:
    """A name that a layer of this table could have: its words decide what is suggested."""
    return str(layer["label"]) if not table.startswith("sewer") else f"ass_{layer['label']}"


# -- the page of an import ---------------------------------------------------------------------------------------------


def import_context(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """What the parts of the page need."""
    choices = NetworkChoices.of(made)
    context: dict[str, Any] = {
        "facts": [Format(choices.format).label],
        "choices": choices,
        "plan": made.plan or {},
        "epanet": choices.format == Format.EPANET,
    }
    if made.is_open and made.contents and choices.format == Format.LAYERS:
        context |= mapping_context(made, posted)
    if made.plan:
        context |= plan_context(made)
        if made.state == State.READY and made.plan["errors"]:
            context |= errors_context(made)
    if made.report:
        context |= report_context(made)
    return context


def plan_context(made: FileImport) -> dict[str, Any]:
    plan: Mapping[str, Any] = made.plan or {}
    return {
        "map": map_of(made),
        "classes": classes_of(made),
        "moves": [move_row(one) for one in plan["moves"][:MOST_ROWS]],
        "loose": [move_row(one) for one in plan["loose_rows"][:MOST_ROWS]],
        "near": plan["moved"] or any(one["count"] for one in plan["classes"]),
        "former": former_of(made),
        "nothing": services.brings_nothing(plan),
    }


def errors_context(made: FileImport) -> dict[str, Any]:
    """What keeps the file out, in the form in which rows may be left out."""
    groups = [one for one in group_findings(from_json(made.findings)) if one.severity == "error"]
    more = sum(one.count for one in groups[MOST_ERRORS:])
    return {"errors": groups[:MOST_ERRORS], "more_errors": more, "hide_findings": True}


def report_context(made: FileImport) -> dict[str, Any]:
    undone = (made.report or {}).get("undone") or {}
    return {
        "snapped": not undone and made.state == State.APPLIED and services.has_snapped_ends(made),
        "changed_since": undone.get("left", 0) - undone.get("along", 0),
    }


def former_of(made: FileImport) -> list[FileImport]:
    ids = (made.plan or {}).get("known", {}).get("imports", [])
    former = FileImport.objects.of(NETWORK.slug, [made.owner]).filter(pk__in=ids)
    return list(former.only("title", "applied_at")) if ids else []


def map_of(made: FileImport) -> SmallMap | None:
    """Where ends are moved, and where some meet nothing."""
    plan = made.plan or {}
    moved = [round(edge) for x, y, *_to in plan.get("drawn", []) for edge in (x, y)]
    loose = [round(edge) for one in plan.get("loose_rows", []) for edge in one["place"]]
    west, south, east, north = plan.get("boxes") or (0, 0, 0, 0)
    return small_map(made.owner, inside=moved, outside=loose, box=(west, south, east, north)) if plan["boxes"] else None


def classes_of(made: FileImport) -> list[dict[str, Any]]:
    """The near misses by distance, with how many would be healed up to each."""
    total = 0
    results = []
    for one in (made.plan or {}).get("classes", []):
        total += one["count"]
        results.append(one | {"total": total, "cm": round(one["most"] * 100)})
    return results


def move_row(one: Mapping[str, Any]) -> dict[str, Any]:
    """A move with where it is on the map."""
    from pyproj import Transformer

    x, y = one.get("start") or one["place"]
    lon, lat = Transformer.from_crs(2154, 4326, always_xy=True).transform(x, y)
    return {**one, "on_map": f"/#v=1&c={lon:.6f},{lat:.6f}&z=19"}


def mapping_context(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """The form of the mapping: each layer with its tables, columns and words."""
    name, chosen = "", dict(NetworkChoices.of(made).mapping)
    if "table-0" in posted:
        chosen = readings_in(posted, made)
    if not chosen:
        name, chosen = services.likely_readings(made.owner, made.contents)
    layers = [
        layer_row(place, layer, chosen.get(layer["label"], LayerMapping())) for place, layer in enumerate(made.contents)
    ]
    layers.sort(key=lambda layer: (not layer["table"], not layer["tables"]))
    return {"layers": layers, "mapping_name": name or _("Network"), "known_mapping": bool(name)}


def table_labels() -> dict[str, Any]:
    return {
        "water-pipes": _("Pipes of drinking water"),
        "water-nodes": _("Nodes of drinking water"),
        "water-connections": _("Water connections"),
        "sewer-pipes": _("Sewers"),
        "sewer-nodes": _("Nodes of sewer networks"),
        "sewer-connections": _("Sewer connections"),
        "water-repairs": _("Repairs"),
    }


def layer_row(place: int, layer: Mapping[str, Any], reading: LayerMapping) -> dict[str, Any]:
    wanted = ("pipes",) if layer["geometry"] == "line" else ("nodes", "connections", "repairs")
    labels = table_labels()
    tables = [(name, labels[name]) for name, (_family, what) in TABLES.items() if what in wanted]
    targets = [form_of_target(place, layer, reading, one) for one in targets_of(reading.table)]
    used = [one for one in targets if one.source or one.fixed or one.needed]
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


def form_of_target(place: int, layer: Mapping[str, Any], reading: LayerMapping, target: Target) -> TargetForm:
    name = target[0]
    units = UNITS["diameter_mm" if name == "diameter_mm" else "metres"] if name in WITH_UNIT else ()
    fixable, needed = name in FIXABLE, name in ("reference", *FIXABLE)
    sized = name == "diameter_mm"
    return target_form(place, layer, reading, target, fixable=fixable, needed=needed, units=units, sized=sized)


# -- the pages ---------------------------------------------------------------------------------------------------------


def show_tables(request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
    """The columns of a table that was just chosen; nothing is kept."""
    return DESK.page_of(request, made)


def undo_snapping(request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
    """Start a job that puts the ends back, then the page again. Raises Conflict."""
    services.start_undoing(made.pk, user=signed_in_user(request), rights=rights)
    return redirect(URLS[1], made.pk)


def desk_texts() -> dict[str, Any]:
    return {
        "title": _("Import a network"),
        "lead": _(
            "Bring in a network from RAEPA, EPANET or any layer. You see what would come in, and what would be moved "
            "so that pipes meet, before anything is written."
        ),
        "files": _("The files of the network"),
        "formats": _(
            "Shapefile (with its .dbf and .prj), GeoPackage, GeoJSON, CSV, a ZIP of these, or one EPANET file (.inp). "
            "Send pipes, nodes and connections together."
        ),
        "look": _("Look at the files"),
        "empty": _("No network has been imported here yet."),
        "reverting": _("Taking back removes what this import brought; objects changed since stay."),
        "scripts": ["water/importing.js"],
    }


DESK: Final = ImportDesk(
    source=lambda: NETWORK,
    show=tabs.show_in("networks"),
    tab="network_import",
    urls=URLS,
    frame="water/desk.html",
    labels=desk_texts,
    parts={
        "given": "water/import_format.html",
        "choices": "water/import_choices.html",
        "plan": "water/import_plan.html",
        "report": "water/import_done.html",
    },
    context=import_context,
    choices=choices_in,
    given=format_in,
    list_context=lambda: {"formats": Format.choices},
    actions={"tables": show_tables, "undo": undo_snapping},
)

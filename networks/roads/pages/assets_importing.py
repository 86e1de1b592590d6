"""/voirie/patrimoine/importer/: send a file of assets, say what its fields are, see what it changes, load it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.desk import tabs
from layers.intake.feature_table.desk import Number, feature_desk
from networks.roads.importers import asset_tables
from networks.roads.sources import ASSETS


def words() -> dict[str, Any]:
    return {
        "title": _("Import assets"),
        "lead": _(
            "Bring in signs, lighting, barriers … from any file. You say which field is what; it is kept for next "
            "year’s file."
        ),
        "files": _("The files of the assets"),
        "empty": _("No file of assets has been imported here yet."),
        "trail": (_("Assets"), reverse("road_assets")),
        "result": (_("See the assets"), reverse("road_assets")),
        "styles": ["roads/assets.css"],
        "nowhere_hint": _(
            "Nothing in this table says where its rows are, as far as its names tell. Say what they are, then "
            "check: you name the fields of X and Y, or of the road, the PR and the metres."
        ),
        "place_hint": _("By X and Y, or by a reference: road, PR and metres after it, in one field or in several."),
        "more_places": _("By road, PR and metres"),
    }


def describe_numbers(survey: Mapping[str, Any]) -> tuple[Sequence[Number], str]:
    """How many rows have a road nearby."""
    far = survey["placed"] - survey["near"]
    hint = _("No section of road lies near them: they get their road once sections are there.")
    numbers = [
        (_("Within 15 m of a road"), survey["near"], False),
        (_("Without a road nearby"), far, bool(far)),
    ]
    return numbers, hint if survey["placed"] and not survey["near"] else ""


def show(request: HttpRequest, template: str, tab: str, context: dict[str, Any], status: int) -> HttpResponse:
    return tabs.show(request, template, "roads", tab, context, status)


<<<<<<< HEAD
DESK: Final = feature_desk(
    ASSETS,
    asset_tables.ASSETS,
=======
# -- what people choose ------------------------------------------------------------------------------------------------


def choices_in(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """How each layer is read, as the page says; of a table that was just chosen, as it likely is."""
    chosen = AssetChoices(
        readings={key_in(layer): reading_in(posted, place, layer) for place, layer in enumerate(made.contents)},
        mapping_name=posted.get("name", ""),
        headed=FIRST_LINE.get(posted.get("first_line", "")),
        outside=posted.get("outside") == "on",
    )
    return chosen.as_json()


def reading_in(posted: QueryDict, place: int, layer: Mapping[str, Any]) -> LayerMapping:
    if is_just_chosen(posted, place):
        return likely(layer, posted.get(f"table-{place}", ""))
    return mapping_in(posted, place, layer, targets_of)


def load(request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
    """Load what was compared; files that are to be read otherwise than they were are read, and shown, first."""
    choices, planned = choices_in(made, request.POST), made.plan or {}
    compared = choices["readings"] == planned.get("readings") and choices["headed"] == made.choices.get("headed")
    if made.state != FileImport.State.READY or not compared:
        return read_again(request, made, rights)
    imports.start_applying(ASSETS, made.pk, choices, user=asker(request), rights=rights)
    return redirect("road_asset_import", made.pk)


def read_again(request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
    """Read the files as the page says; tables whose first line is not what it was taken for are looked at anew."""
    choices, user = choices_in(made, request.POST), asker(request)
    inspect_again = choices["headed"] != made.choices.get("headed")
    imports.choose(ASSETS, made.pk, choices, inspect_again=inspect_again, user=user, rights=rights)
    return redirect("road_asset_import", made.pk)


# -- what the page shows -----------------------------------------------------------------------------------------------


def context_of(made: FileImport, posted: QueryDict) -> dict[str, Any]:
    """The form of the readings, as they were posted or are kept, and where the rows lie."""
    chosen = AssetChoices.of(made)
    readings = chosen.readings
    if posted.get("action") in ("load", "check", "read"):
        readings = {key_in(layer): reading_in(posted, place, layer) for place, layer in enumerate(made.contents)}
    survey = (made.report or made.plan or {}).get("survey")
    context: dict[str, Any] = {"chosen": chosen, "report": made.report, **where_shown(made, survey)}
    if made.is_open and made.contents:
        names = Counter(str(one["label"]) for one in made.contents)
        context["layers"] = [
            layer_shown(place, one, readings, several=names[str(one["label"])] > 1)
            for place, one in enumerate(made.contents)
        ]
        nowhere = survey is not None and not survey["placed"]
        ready = made.state == FileImport.State.READY
        context["loadable"] = ready and any(one["table"] for one in context["layers"]) and not nowhere
        context["choosable"] = any(one["tables"] for one in context["layers"])
        context["tabular"] = any(one["tabular"] for one in context["layers"])
    return context


def where_shown(made: FileImport, survey: Mapping[str, Any] | None) -> dict[str, Any]:
    """Where the rows lie, in numbers and on a small map."""
    if not survey or made.state == FileImport.State.REVERTED:
        return {}
    places = survey["dots"]
    return {
        "survey": {**survey, "far": survey["placed"] - survey["near"]},
        "away": display_number(survey["away_km"], 0 if survey["away_km"] >= 10 else 1) if survey["elsewhere"] else "",
        "mostly_outside": mostly_outside(survey),
        "map": small_map(made.owner, inside=places["inside"], outside=places["outside"]),
    }


def layer_shown(
    place: int, layer: Mapping[str, Any], chosen: Mapping[str, LayerMapping], *, several: bool
) -> dict[str, Any]:
    """A layer of the files with the form of its reading; `several` have its name."""
    reading = reading_of(str(layer["source"]), str(layer["label"]), chosen) or LayerMapping()
    tables = {
        "road-assets": _("Assets at one place (signs, lighting …)"),
        "road-stretches": _("Assets along a stretch (barriers, kerbs …)"),
    }
    tabular, drawn = bool(layer.get("table")), str(layer["geometry"])
    allowed = [one for one in tables.items() if TABLES[one[0]] == drawn or (tabular and drawn != "line")]
    targets = [target_form(place, layer, reading, one, fixable=one[0] == "kind") for one in targets_of(reading.table)]
    fields = list(layer.get("order") or layer["fields"])
    left = [one for one in fields if one not in (*reading.columns.values(), *layer.get("place", ()))]
    remarks = [one for one in left if bare(one) in REMARKS]
    first = {"reference", "kind", "code", "state"} | ({"comment"} if remarks else set())
    others = [one for one in targets if not is_place(one.name)]
    return {
        "place": place,
        "label": f"{layer['source']} : {layer['label']}" if several else layer["label"],
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
        "targets": [one for one in others if one.source or one.name in first],
        "others": [one for one in others if not one.source and one.name not in first],
        "left": left,
        "remarks": remarks,
    }


def places_shown(targets: Sequence[TargetForm], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Of a table, the fields that say where its rows are; those that the file seems not to need, one level down."""
    if not layer.get("table"):
        return {"drawn_by": []}
    results = [one for one in targets if is_place(one.name)]
    known = bool(layer["geometry"])
    near = [one for one in results if one.source or not known or one.name in ("place_x", "place_y")]
    return {
        "drawn_by": layer.get("place", []),
        "places": near,
        "more_places": [one for one in results if one not in near],
    }


DESK: Final = ImportDesk(
    source=lambda: ASSETS,
>>>>>>> words
    show=show,
    tab="road_assets",
    urls=("road_asset_imports", "road_asset_import", "road_asset_rows"),
    frame="roads/room.html",
    words=words,
    describe_numbers=describe_numbers,
)

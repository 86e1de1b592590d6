"""The pages of files whose rows become objects: say what their fields are, see what they change, load them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gis_core.desk.tabs import Show
from gis_core.http.middleware import signed_in_user
from gis_core.members.rights import Rights
from layers.features.display import display_number
from layers.intake.cells import bare
from layers.intake.desk import ImportDesk
from layers.intake.feature_table.rows import mapping_of
from layers.intake.feature_table.source import FeatureTable, FeatureTables, is_place
from layers.intake.feature_table.steps import FeatureChoices, check_kinds, key_in
from layers.intake.feature_table.survey import mostly_outside
from layers.intake.layer_form import TargetForm, is_just_chosen, mapping_in, target_form
from layers.intake.layer_mapping import LayerMapping
from layers.intake.models import FileImport
from layers.intake.services import imports
from layers.intake.services.maps import small_map
from layers.intake.source import Source

FIRST_LINE: Final = {"names": True, "object": False}

type Number = tuple[str, int, bool]
"""A number of the survey with its label, and whether it is one to worry about."""
type DescribeNumbers = Callable[[Mapping[str, Any]], tuple[Sequence[Number], str]]
"""Of a survey, the numbers that the desk counts of where rows lie, and a hint below them (empty: none)."""


def no_numbers(_survey: Mapping[str, Any]) -> tuple[Sequence[Number], str]:
    return (), ""


def feature_desk(
    source: Source,
    tables: FeatureTables,
    *,
    show: Show,
    tab: str,
    urls: tuple[str, str, str],
    frame: str = "desk/tabs.html",
    labels: Callable[[], dict[str, Any]],
    describe_numbers: DescribeNumbers = no_numbers,
) -> ImportDesk:
    """The pages of the imports of a source, in a tab (`tab`, `gis_core.desk.tabs.show_in`) of a desk.

    `labels` are those of `layers.intake.desk.ImportDesk` that are the desk's own: `title`, `lead`, and the label and
    address of the page where the objects are as `trail` (above) and `result` (the button after loading). Others, such
    as `empty`, have common words. `urls` and `frame` as there.
    """
    pages = FeaturePages(source, tables, urls[1], describe_numbers)
    return ImportDesk(
        source=lambda: source,
        show=show,
        tab=tab,
        urls=urls,
        frame=frame,
        labels=lambda: common_labels() | labels(),
        parts={
            "choices": "intake/feature_choices.html",
            "plan": "intake/feature_plan.html",
            "report": "intake/feature_report.html",
        },
        accept=check_kinds,
        choices=pages.choices_in,
        context=pages.context_of,
        actions={"load": pages.load, "check": pages.read_again, "read": pages.read_again},
    )


def common_labels() -> dict[str, Any]:
    return {
        "files": _("The files"),
        "formats": _(
            "CSV, XLSX, ODS, KML, GeoJSON, GeoPackage, Shapefile (with its .dbf and .prj), or a ZIP of these."
        ),
        "look": _("Look at the file"),
        "empty": _("No file has been imported here yet."),
        "nowhere_hint": _(
            "Nothing in this table says where its rows are, as far as its names tell. Say what they are, then check: "
            "you name the fields of X and Y."
        ),
        "place_hint": _("By X and Y, or by longitude and latitude."),
        "more_places": _("By other fields"),
        "reverting": _(
            "What it brought is removed, what it changed is as it was before. What somebody changed, inspected or "
            "photographed since stays, and is counted."
        ),
    }


@dataclass(frozen=True, slots=True)
class FeaturePages:
    """What the pages of one source show and take; `url` is the name of an import's page."""

    source: Source
    tables: FeatureTables
    url: str
    describe_numbers: DescribeNumbers

    # -- what people choose --

    def choices_in(self, made: FileImport, posted: QueryDict) -> dict[str, Any]:
        """How each layer is read, as the page says; of a table that was just chosen, as it likely is."""
        readings = self.readings_in(made, posted)
        chosen = FeatureChoices(
            readings=readings,
            mapping_name=posted.get("name", ""),
            headed=FIRST_LINE.get(posted.get("first_line", "")),
            outside=posted.get("outside") == "on",
        )
        return chosen.as_json()

    def readings_in(self, made: FileImport, posted: QueryDict) -> dict[str, LayerMapping]:
        """How each layer is read, by its key, as the page says."""
        return {key_in(layer): self.reading_in(made, posted, place, layer) for place, layer in enumerate(made.contents)}

    def reading_in(self, made: FileImport, posted: QueryDict, place: int, layer: Mapping[str, Any]) -> LayerMapping:
        if is_just_chosen(posted, place):
            return self.tables.suggest(self.tables, layer, posted.get(f"table-{place}", ""))
        chosen = mapping_in(posted, place, layer, self.tables.targets_of)
        return replace(chosen, values=self.with_rare_texts(made, layer, chosen))

    def with_rare_texts(
        self, made: FileImport, layer: Mapping[str, Any], chosen: LayerMapping
    ) -> dict[str, Mapping[str, str]]:
        """Codes of words that the form does not list, as they were: of fields with many words it lists some."""
        former = FeatureChoices.of(made, self.tables).readings.get(key_in(layer)) or LayerMapping()
        values = {name: dict(meanings) for name, meanings in chosen.values.items()}
        for name, source in chosen.columns.items():
            if source in layer["several"] and former.columns.get(name) == source:
                texts = layer["fields"][source]
                rare = {word: code for word, code in former.values.get(name, {}).items() if word not in texts}
                values[name] = rare | values.get(name, {})
        return {name: meanings for name, meanings in values.items() if meanings}

    def load(self, request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
        """Load what was compared; files that are to be read otherwise than they were are read, and shown, first."""
        choices, planned = self.choices_in(made, request.POST), made.plan or {}
        same = self.without_empty_codes(choices["readings"]) == self.without_empty_codes(planned.get("readings") or {})
        compared = same and choices["headed"] == made.choices.get("headed")
        if made.state != FileImport.State.READY or not compared:
            return self.read_again(request, made, rights)
        imports.start_applying(self.source, made.pk, choices, user=signed_in_user(request), rights=rights)
        return redirect(self.url, made.pk)

    def without_empty_codes(self, readings: Mapping[str, Any]) -> dict[str, Any]:
        """Readings as JSON; a word without a code says what a word that nobody spoke of says."""
        return {
            label: one | {"values": {name: {word: code for word, code in meanings.items() if code}
                                     for name, meanings in one["values"].items() if any(meanings.values())}}
            for label, one in readings.items()
        }  # fmt: skip

    def read_again(self, request: HttpRequest, made: FileImport, rights: Rights) -> HttpResponse:
        """Read the files as the page says; tables whose first line is not what it was taken for are looked at anew."""
        choices, user = self.choices_in(made, request.POST), signed_in_user(request)
        inspect_again = choices["headed"] != made.choices.get("headed")
        imports.choose(self.source, made.pk, choices, inspect_again=inspect_again, user=user, rights=rights)
        return redirect(self.url, made.pk)

    # -- what they are shown --

    def context_of(self, made: FileImport, posted: QueryDict) -> dict[str, Any]:
        """The form of the readings, as they were posted or are kept, and where the rows lie."""
        chosen = FeatureChoices.of(made, self.tables)
        readings = chosen.readings
        if posted.get("action") in ("load", "check", "read"):
            readings = self.readings_in(made, posted)
        survey = (made.report or made.plan or {}).get("survey")
        context: dict[str, Any] = {"chosen": chosen, "report": made.report, **self.describe_survey(made, survey)}
        if made.is_open and made.contents:
            context["layers"] = self.layer_forms(made, readings)
            nowhere = survey is not None and not survey["placed"]
            ready = made.state == FileImport.State.READY
            context["loadable"] = ready and any(one["table"] for one in context["layers"]) and not nowhere
            context["choosable"] = any(one["tables"] for one in context["layers"])
            context["tabular"] = any(one["tabular"] for one in context["layers"])
        return context

    def describe_survey(self, made: FileImport, survey: Mapping[str, Any] | None) -> dict[str, Any]:
        """Where the rows lie, in numbers and on a small map."""
        if not survey or made.state == FileImport.State.REVERTED:
            return {}
        places = survey["dots"]
        numbers, hint = self.describe_numbers(survey)
        away = survey["away_km"]
        return {
            "survey": survey,
            "numbers": numbers,
            "numbers_hint": hint,
            "away": display_number(away, 0 if away >= 10 else 1) if survey["elsewhere"] else "",
            "mostly_outside": mostly_outside(survey),
            "map": small_map(made.owner, inside=places["inside"], outside=places["outside"]),
        }

    def layer_forms(self, made: FileImport, readings: Mapping[str, LayerMapping]) -> list[dict[str, Any]]:
        names = Counter(str(one["label"]) for one in made.contents)
        return [
            self.layer_form(place, one, readings, several=names[str(one["label"])] > 1)
            for place, one in enumerate(made.contents)
        ]

    def layer_form(
        self, place: int, layer: Mapping[str, Any], chosen: Mapping[str, LayerMapping], *, several: bool
    ) -> dict[str, Any]:
        """A layer of the files with the form of its reading; `several` have its name."""
        reading = mapping_of(str(layer["source"]), str(layer["label"]), chosen) or LayerMapping()
        tabular, drawn = bool(layer.get("table")), str(layer["geometry"])
        allowed = [one for one in self.tables.tables if one.geometry == drawn or (tabular and drawn != "line")]
        return {
            "place": place,
            "label": f"{layer['source']} : {layer['label']}" if several else layer["label"],
            "features": layer["features"],
            "tables": [(one.slug, one.label) for one in allowed],
            "table": reading.table,
            "tabular": tabular,
            "surfaces": not tabular and not drawn,
            "fields": fields_of(layer),
            "rows": layer.get("rows", []),
            "found_crs": layer["crs"],
            "crs": reading.crs,
            **target_forms(self.tables.get(reading.table), place, layer, reading),
        }


def fields_of(layer: Mapping[str, Any]) -> list[str]:
    return list(layer.get("order") or layer["fields"])


def target_forms(
    table: FeatureTable | None, place: int, layer: Mapping[str, Any], reading: LayerMapping
) -> dict[str, Any]:
    """The columns of a table on the form: those asked for at once, the others, the fields that none takes."""
    taken = (*reading.columns.values(), *layer.get("place", ()))
    left = [one for one in fields_of(layer) if one not in taken]
    if table is None:
        return {"targets": [], "others": [], "left": left, "remarks": [], "drawn_by": []}
    needed = table.list_required_columns()
    targets = [
        target_form(place, layer, reading, one, fixable=one[0] in table.fixable, needed=one[0] in needed)
        for one in table.all_targets()
    ]
    remarks = [one for one in left if bare(one) in table.unguessed]
    first = {*table.first, *needed} | ({"comment"} if remarks else set())
    values = [one for one in targets if not is_place(one.name)]
    return {
        **place_forms(targets, layer),
        "targets": [one for one in values if one.source or one.name in first],
        "others": [one for one in values if not one.source and one.name not in first],
        "left": left,
        "remarks": remarks,
    }


def place_forms(targets: Sequence[TargetForm], layer: Mapping[str, Any]) -> dict[str, Any]:
    """Of a table, the fields that say where its rows are; those that the file seems not to need, one level down."""
    if not layer.get("table"):
        return {"drawn_by": []}
    places = [one for one in targets if is_place(one.name)]
    known = bool(layer["geometry"])
    near = [one for one in places if one.source or not known or one.name in ("place_x", "place_y")]
    return {
        "drawn_by": layer.get("place", []),
        "places": near,
        "more_places": [one for one in places if one not in near],
    }

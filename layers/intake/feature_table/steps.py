"""The steps of files whose rows become objects: looked at, read as people say, compared, loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from gis_core.errors import Invalid
from gis_core.models import Member
from layers.intake import findings
from layers.intake.feature_table.loading import load_rows
from layers.intake.feature_table.mapping import likely_code
from layers.intake.feature_table.rows import Delivered, key_of, mapping_of, read_rows
from layers.intake.feature_table.source import FeatureTables
from layers.intake.feature_table.survey import check_where, survey_rows
from layers.intake.findings import Finding
from layers.intake.layer_mapping import LayerMapping, with_new_texts
from layers.intake.looking import Seen, inspect_layers
from layers.intake.models import FileImport
from layers.intake.services.imports import MOST_FINDINGS, paths_of
from layers.intake.services.inbox import Sent
from layers.intake.services.mappings import keep_mappings, mapping_for
from layers.intake.services.reading import MAIN
from layers.intake.source import Plan, Progress, Report

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureChoices:
    """What people decide: how each layer is read (by `key_in`), the name under which that is kept, whether the first
    line of tables names their fields (None: as it looks), whether what lies mostly `outside` the territory comes in.
    """

    readings: Mapping[str, LayerMapping] = field(default_factory=dict)
    mapping_name: str = ""
    headed: bool | None = None
    outside: bool = False

    @classmethod
    def of(cls, made: FileImport, tables: FeatureTables) -> FeatureChoices:
        """Those of an import."""
        kept = made.choices
        readings = {label: tables.mapping_from(one) for label, one in (kept.get("readings") or {}).items()}
        name, outside = str(kept.get("mapping_name") or ""), bool(kept.get("outside"))
        return cls(readings=readings, mapping_name=name, headed=kept.get("headed"), outside=outside)

    def as_json(self) -> dict[str, Any]:
        readings = {label: one.as_json() for label, one in self.readings.items()}
        name = self.mapping_name.strip()[:LONGEST_NAME]
        return {"readings": readings, "mapping_name": name, "headed": self.headed, "outside": self.outside}


def check_kinds(files: Sequence[Sent]) -> None:
    """Check that one file at least is of a kind that layers are read of. Raises Invalid."""
    names = [one.name or "" for one in files]
    if names and not any(Path(one).suffix.lower() in MAIN for one in names):
        message = _(
            "“%(name)s” is of no kind that is read here: send CSV, XLSX, ODS, KML, GeoJSON, GeoPackage, Shapefile "
            "(with its .dbf and .prj), or a ZIP of these."
        )
        raise Invalid(message % {"name": names[0][:80]}, parameter="file")


# -- what the files hold ----------------------------------------------------------------------------------------------


def inspect(tables: FeatureTables, made: FileImport, progress: Progress) -> Sequence[Finding]:
    """Keep what the layers hold, and how each was read last time or is likely read. Raises Invalid where they hold
    nothing, ReaderUnavailable.
    """
    progress(None, _("Reading the files"))
    chosen = FeatureChoices.of(made, tables)
    seen, problems = inspect_layers(paths_of(made), chosen.headed)
    problems += [empty(one, made) for one in seen if not one.fields]
    seen = [one for one in seen if one.fields]
    if not seen:
        message = " ".join(sentence(one) for one in problems[:3])
        raise Invalid(message or _("There is no layer in these files."))
    made.contents = [one.as_json() for one in seen]
    name, readings = readings_for(tables, made.owner, made.contents)
    made.choices = made.choices | replace(chosen, mapping_name=name, readings=readings).as_json()
    return problems


def empty(one: Seen, made: FileImport) -> Finding:
    """What is amiss with a layer without fields: a Shapefile lacks a part, a table has no row."""
    if any(str(file["name"]).lower().endswith((".csv", ".xlsx", ".ods")) for file in made.files):
        code = gettext_noop("“%(name)s” holds no row: the first line names the fields, the others are the objects.")
    else:
        code = gettext_noop(
            "“%(name)s” has no field: of a Shapefile, the .dbf is missing. Send its .shp, .shx, .dbf and .prj together."
        )
    return Finding(file=one.file, code=code, params={"name": one.label})


def sentence(one: Finding) -> str:
    """What is amiss with a file, with its name where the message does not say it."""
    has_name = Path(one.file).stem in one.message
    return one.message if has_name else f"{one.file} : {one.message}"


def readings_for(
    tables: FeatureTables, owner: Member, contents: Sequence[Mapping[str, Any]]
) -> tuple[str, dict[str, LayerMapping]]:
    """How each layer was read last time, by its fields; else what is likely. The name of the first that is kept."""
    readings: dict[str, LayerMapping] = {}
    name = ""
    for layer in contents:
        kept = mapping_for(tables.slug, owner, layer["fields"], lambda mapping: dict(mapping["columns"]).values())
        if kept is None or set(kept.fields) != set(layer["fields"]):
            readings[key_in(layer)] = tables.suggest(tables, layer, "")
        else:
            name = name or kept.name
            readings[key_in(layer)] = with_texts_since(tables, tables.mapping_from(kept.mapping), layer)
    return name, readings


def with_texts_since(tables: FeatureTables, kept: LayerMapping, layer: Mapping[str, Any]) -> LayerMapping:
    """A mapping that was kept, with what words likely mean that came since."""
    table = tables.get(kept.table)
    return with_new_texts(kept, table.all_targets(), layer, partial(likely_code, table.meanings)) if table else kept


def key_in(layer: Mapping[str, Any]) -> str:
    """What a layer of the contents is known by: its file and its name."""
    return key_of(str(layer["source"]), str(layer["label"]))


def keep_readings(tables: FeatureTables, made: FileImport, chosen: FeatureChoices) -> None:
    """Keep how each layer is read under the name that was given, else its file's."""
    layers = []
    for layer in made.contents:
        reading = mapping_of(str(layer["source"]), str(layer["label"]), chosen.readings)
        if reading is not None and reading.table:
            name = chosen.mapping_name or Path(str(layer["source"])).stem or str(layer["label"])
            layers.append((name, list(layer["fields"]), asdict(reading)))
    keep_mappings(tables.slug, made.owner, layers)


# -- what they would do, and that --------------------------------------------------------------------------------------


def lacks(tables: FeatureTables, made: FileImport) -> bool:
    """Whether nobody has said of any layer what it holds."""
    return not any(one.table for one in FeatureChoices.of(made, tables).readings.values())


def plan(tables: FeatureTables, made: FileImport, progress: Progress) -> Plan:
    """Where the rows lie, and what they would change. Raises Invalid, ReaderUnavailable."""
    delivered = rows_of(tables, made)
    survey = survey_rows(tables, made.owner, delivered)
    counts, changes = load_rows(tables, made, delivered, progress, write=False)
    kept = {"survey": survey, "counts": counts, "readings": made.choices["readings"], "changes": changes}
    return Plan(plan=kept, findings=delivered.findings)


def check(tables: FeatureTables, made: FileImport) -> None:
    """Check that something is chosen, and that what was planned lies in the territory or may lie outside. Raises
    Invalid.
    """
    if lacks(tables, made):
        raise Invalid(_("Say of one layer at least what it holds."), parameter="table")
    planned = made.plan or {}
    if planned.get("readings") == made.choices["readings"] and not made.choices.get("outside"):
        check_where(planned["survey"], made.owner)


def apply(tables: FeatureTables, made: FileImport, progress: Progress) -> Report:
    """Write the objects, all or nothing. Raises Invalid."""
    progress(None, _("Reading the files"))
    chosen = FeatureChoices.of(made, tables)
    delivered = rows_of(tables, made)
    survey = survey_rows(tables, made.owner, delivered)
    try:
        if not chosen.outside:
            check_where(survey, made.owner)
        counts, _changes = load_rows(tables, made, delivered, progress)
    except Invalid as refused:
        report = {"findings": as_json(delivered.findings), "plan": {"survey": survey, "counts": {}}}
        raise Invalid(refused.message, report=report) from refused
    keep_readings(tables, made, chosen)
    return Report(report=counts | {"survey": survey}, findings=delivered.findings)


def as_json(remarks: Iterable[Finding]) -> list[dict[str, Any]]:
    return findings.as_json(remarks, MOST_FINDINGS)


def rows_of(tables: FeatureTables, made: FileImport) -> Delivered:
    """The rows of the files, read as somebody chose. Raises Invalid, ReaderUnavailable."""
    chosen = FeatureChoices.of(made, tables)
    return read_rows(tables, paths_of(made), chosen.readings, chosen.headed)

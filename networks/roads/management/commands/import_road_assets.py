"""Import assets of roads from files on this machine, as the page does: read, mapped, loaded all or nothing."""

from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from layers.intake.file_command import FileImportCommand
from layers.intake.models import FileImport
from layers.intake.services.mappings import mapping_by_name
from networks.roads.importers import asset_tables
from networks.roads.sources import ASSETS


class Command(FileImportCommand):
    help = (
        "Import assets of roads: signs, lighting, barriers … from CSV, XLSX, ODS, KML, Shapefile, GeoJSON, GeoPackage"
    )
    source = ASSETS

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--mapping", default="", metavar="NAME", help=_("a reading that was kept, or its new name"))
        parser.add_argument(
            "--column", action="append", default=[], metavar="OURS=THEIRS", help=_("a field of the file, by hand")
        )
        parser.add_argument("--kind", default="", help=_("one kind for all, as “sign”"))
        parser.add_argument("--crs", type=int, metavar="EPSG", help=_("system of the coordinates"))
        parser.add_argument(
            "--outside", action="store_true", help=_("load even what lies mostly outside the member’s territory")
        )

    def choose(self, made: FileImport, options: dict[str, Any]) -> None:
        """What was said on the command line changes what is likely."""
        kept = mapping_by_name(ASSETS.slug, made.owner, options["mapping"])
        pairs = [one.partition("=") for one in options["column"]]
        for label, likely in made.choices["readings"].items():
            reading = dict(kept.mapping) if kept else dict(likely)
            reading["columns"] = dict(reading["columns"]) | {ours: theirs for ours, _equals, theirs in pairs}
            if options["kind"]:
                check_kind(reading.get("table", ""), options["kind"])
                reading["fixed"] = {"kind": options["kind"]}
            reading["crs"] = options["crs"] or reading.get("crs")
            made.choices["readings"][label] = asset_tables.ASSETS.mapping_from(reading).as_json()
        made.choices["mapping_name"] = options["mapping"] or made.choices["mapping_name"]
        made.choices["outside"] = options["outside"]

    def summary(self, made: FileImport, *, applied: bool) -> Iterator[str]:
        report = made.report or {}
        message = _("%(created)s assets new, %(updated)s updated, %(same)s as they were, %(refused)s left out.")
        yield message % report
        if applied:
            yield _("To take it back: take_back_road_assets %(number)s") % {"number": made.pk}
        survey = report["survey"]
        where = survey | {"far": survey["placed"] - survey["near"]}
        yield _("%(outside)s lie outside the territory, %(far)s have no road nearby.") % where
        if report["kept"] or report["both"]:
            message = _("%(kept)s have corrections that were kept, %(both)s were changed here and in the file.")
            yield message % report
        if report["by_place"]:
            yield _("%(by_place)s were known by their place: their reference came or went.") % report


def check_kind(table: str, kind: str) -> None:
    """Refuse a kind that is not in the list of such assets. Raises Invalid."""
    codes = next((codes for name, _label, codes in asset_tables.ASSETS.targets_of(table) if name == "kind"), {})
    if codes and kind not in codes:
        message = _("There is no kind “%(kind)s”: take one of %(kinds)s.")
        raise Invalid(message % {"kind": kind[:40], "kinds": ", ".join(codes)}, parameter="kind")

"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest, Urls
from gis_core.wiring.points import Later
from layers.catalogue.points import LAYERS
from layers.exports.makers import Maker
from layers.exports.points import EXPORTS
from layers.features.points import EDITING, FEATURE_SHEETS, REFUSALS, FeatureSheet
from layers.intake.points import AWAITED_FOLDERS
from layers.parcels.sections import sheet_sections
from networks.water import editing, hydrant_sheet, layers, sections, sheets

EXPORT = Later("networks.water.services.exporting.make")

MANIFEST = Manifest(
    urls=(
        Urls("api/v1/", "networks.water.api.urls"),
        Urls("reseaux/", "networks.water.page_urls"),
    ),
    gives=(
        FEATURE_SHEETS(FeatureSheet("water-pipes", sheets.pipes_of("water"))),
        FEATURE_SHEETS(FeatureSheet("water-nodes", sheets.nodes_of("water"))),
        FEATURE_SHEETS(FeatureSheet("sewer-pipes", sheets.pipes_of("sewer"))),
        FEATURE_SHEETS(FeatureSheet("sewer-nodes", sheets.nodes_of("sewer"))),
        FEATURE_SHEETS(FeatureSheet("water-repairs", sheets.describe_repairs)),
        FEATURE_SHEETS(FeatureSheet("water-nodes", hydrant_sheet.describe)),
        AWAITED_FOLDERS(Later("networks.water.services.importing.awaited_folders")),
        EXPORTS(Maker("raepa-shp", "zip", EXPORT)),
        EXPORTS(Maker("raepa-csv", "zip", EXPORT)),
        EXPORTS(Maker("stareau-gpkg", "gpkg", EXPORT)),
        *sheet_sections(*sections.SECTIONS),
        LAYERS(*layers.declarations()),
        EDITING(*editing.TABLES),
        REFUSALS(*editing.REFUSALS),
    ),
)

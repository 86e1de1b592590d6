"""What this app gives to the others."""

from gis_core.wiring.manifests import Manifest
from layers.cadastre import searchers, sheet
from layers.features.points import FEATURE_SHEETS, SEARCHERS, FeatureSheet, Searcher

MANIFEST = Manifest(
    gives=(
        SEARCHERS(Searcher(searchers.search_communes, "communes")),
        SEARCHERS(Searcher(searchers.search_parcels, "parcels")),
        SEARCHERS(Searcher(searchers.search_addresses, "addresses")),
        SEARCHERS(Searcher(searchers.search_roads, "roads")),
        FEATURE_SHEETS(FeatureSheet("parcels", sheet.describe_parcels)),
        FEATURE_SHEETS(FeatureSheet("sections", sheet.describe_sections)),
        FEATURE_SHEETS(FeatureSheet("buildings", sheet.describe_buildings)),
        FEATURE_SHEETS(FeatureSheet("roads", sheet.describe_roads)),
        FEATURE_SHEETS(FeatureSheet("communes", sheet.describe_communes)),
        FEATURE_SHEETS(FeatureSheet("addresses", sheet.describe_addresses)),
    ),
)

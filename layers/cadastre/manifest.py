"""What this app gives to the others."""

from gis_core.jobs.points import JOB_KINDS, JobKind
from gis_core.ownership.declarations import DECLARED
from gis_core.points import START_STEPS
from gis_core.wiring.database import import_triggers
from gis_core.wiring.manifests import Manifest
from gis_core.wiring.points import Later
from layers.cadastre import layers, lists, ownership, searchers, sheet, sources
from layers.cadastre.geocoder import find_addresses
from layers.cadastre.start_steps import CADASTRE
from layers.catalogue.points import LAYERS
from layers.features.points import FEATURE_SHEETS, SEARCHERS, FeatureSheet, Searcher
from layers.intake.points import GEOCODERS
from layers.intake.reference_source import import_sources

MANIFEST = Manifest(
    gives=(
        DECLARED(*ownership.DECLARATIONS),
        START_STEPS(CADASTRE),
        SEARCHERS(Searcher(searchers.search_communes, "communes", yields_to_claims=True)),
        SEARCHERS(Searcher(lists.offer_list, "parcels")),
        SEARCHERS(Searcher(searchers.search_parcels, "parcels", claim=searchers.claim_parcels)),
        SEARCHERS(Searcher(searchers.search_addresses, "addresses", "address", yields_to_claims=True)),
        SEARCHERS(Searcher(searchers.search_roads, "roads", yields_to_claims=True)),
        SEARCHERS(Searcher(searchers.search_places, "named-places", yields_to_claims=True)),
        FEATURE_SHEETS(FeatureSheet("parcels", sheet.describe_parcels)),
        FEATURE_SHEETS(FeatureSheet("sections", sheet.describe_sections)),
        FEATURE_SHEETS(FeatureSheet("buildings", sheet.describe_buildings)),
        FEATURE_SHEETS(FeatureSheet("roads", sheet.describe_roads)),
        FEATURE_SHEETS(FeatureSheet("communes", sheet.describe_communes)),
        FEATURE_SHEETS(FeatureSheet("addresses", sheet.describe_addresses)),
        *import_sources(sources.ETALAB, sources.COMMUNES, sources.EDIGEO, sources.BAN),
        GEOCODERS(find_addresses),
        LAYERS(*layers.LAYERS),
        JOB_KINDS(JobKind(kind="measure_buildings", work=Later("layers.cadastre.building_heights.work"))),
    ),
    # Imports of communes change members and their territories.
    triggers=(*import_triggers("gis_core_member"), *import_triggers("gis_core_territory")),
)

"""The layers that files of assets fill, and what is their own of it: signs, places by PR, inspections. Light: manifests
import it.
"""

from functools import partial
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gis_core.wiring.points import Later
from layers.intake.feature_table.source import FeatureTable, FeatureTables
from networks.roads.importers.asset_mapping import REMARKS, SIGN_FIELDS, SPOKEN, SYNONYMS, suggest, targets_of

HERE: Final = "networks.roads.importers"
INSPECTED: Final = ("inspected_date", "due_date")
BOUND: Final = ("section_id", "from_m", "to_m", "offset_m", "side")
HAS_INSPECTIONS: Final = "exists (select from road_inspection i where i.of = '{of}' and i.asset_id = t.id)"

COMMON: Final[dict[str, Any]] = {
    "headers": SYNONYMS,
    "meanings": SPOKEN,
    "name_columns": ("reference", "comment", "code"),
    "first": ("reference", "kind", "code", "state"),
    "fixable": ("kind",),
    "defaults": {"kind": "other"},
    "unguessed": REMARKS,
    "places": Later(f"{HERE}.asset_places.places_by_references"),
    "has_places": Later(f"{HERE}.asset_places.has_references"),
    "conflict": Later(f"{HERE}.asset_checks.keep_inspected_state"),
    "watched": INSPECTED,
}
POINTS: Final = FeatureTable(
    slug="road-assets",
    label=_("Assets at one place (signs, lighting …)"),
    model=Later("networks.roads.models.RoadAsset"),
    alike=("kind", "code"),
    targets=partial(targets_of, "road-assets", ends=False),
    composed=SIGN_FIELDS,
    complete=Later(f"{HERE}.asset_signs.complete_signs"),
    reads=Later(f"{HERE}.asset_signs.own_readers"),
    computed=(*BOUND, "family"),
    stays=HAS_INSPECTIONS.format(of="point"),
    **COMMON,
)
STRETCHES: Final = FeatureTable(
    slug="road-stretches",
    label=_("Assets along a stretch (barriers, kerbs …)"),
    model=Later("networks.roads.models.RoadStretch"),
    geometry="line",
    alike=("kind",),
    targets=partial(targets_of, "road-stretches", ends=True),
    computed=BOUND,
    stays=HAS_INSPECTIONS.format(of="troncon"),
    **COMMON,
)
ASSETS: Final = FeatureTables(
    slug="road-assets",
    tables=(POINTS, STRETCHES),
    suggest=suggest,
    numbers=Later(f"{HERE}.asset_checks.count_beside_roads"),
    lock=Later("networks.roads.services.locking.share_roads"),
)

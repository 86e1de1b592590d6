"""The files that come into this desk by the steps that are common to all (`layers.intake.source`)."""

from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from gis_core.members.technicians import TECHNICIANS, members_working
from gis_core.wiring.points import Later
from layers.intake.feature_table.source import feature_source
from layers.intake.source import Source, Step
from networks.roads.importers import asset_tables

REFERENTIAL: Final[dict[str, Any]] = {
    "members": members_working,
    "roles": TECHNICIANS,
    "revert_step": Step(kind="take_back_roads", title=_("Taking back %(title)s")),
    "plan": Later("networks.roads.services.importing.plan_files"),
    "check": Later("networks.roads.services.importing.check_files"),
    "apply": Later("networks.roads.services.importing.apply_files"),
    "check_revert": Later("layers.intake.services.reverting.check_revert"),
    "revert": Later("layers.intake.services.reverting.revert"),
    "keeps_replaced": True,
    "kept": timedelta(days=7),
}
SECTIONS: Final = Source(
    slug="road-sections",
    label=_("Sections of road (BD TOPO)"),
    read_step=Step(kind="read_roads", title=_("Sections of road: %(title)s")),
    apply_step=Step(kind="import_roads", title=_("Sections of road: %(title)s")),
    tables=("tronconderoute", "routenumeroteeounommee", "pointderepere"),
    **REFERENTIAL,
)
MARKERS: Final = Source(
    slug="road-markers",
    label=_("Markers (PR)"),
    read_step=Step(kind="read_roads", title=_("Road markers: %(title)s")),
    apply_step=Step(kind="import_roads", title=_("Road markers: %(title)s")),
    **REFERENTIAL,
)
ASSETS: Final = feature_source(
    asset_tables.ASSETS,
    label=_("Assets"),
    members=members_working,
    roles=TECHNICIANS,
    read_step=Step(kind="read_road_assets", title=_("Reading of the assets %(title)s")),
    apply_step=Step(kind="load_road_assets", title=_("Loading of the assets %(title)s")),
    revert_step=Step(kind="take_back_road_assets", title=_("Taking back the assets %(title)s")),
)
FILE_SOURCES: Final = (SECTIONS, MARKERS, ASSETS)
JOB_KINDS: Final = (*SECTIONS.job_kinds(), *ASSETS.job_kinds())
"""Sections and markers have the same."""

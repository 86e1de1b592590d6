"""The files that can be brought in: their steps are in `importers`."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gis_core.members.technicians import TECHNICIANS, members_working
from gis_core.wiring.points import Later
from layers.intake.source import Source, Step

ASSETS: Final = Source(
    slug="road-assets",
    label=_("Assets"),
    members=members_working,
    roles=TECHNICIANS,
    read_step=Step(kind="read_road_assets", title=_("Reading of the assets %(title)s")),
    apply_step=Step(kind="load_road_assets", title=_("Loading of the assets %(title)s")),
    revert_step=Step(kind="take_back_road_assets", title=_("Taking back the assets %(title)s")),
    look=Later("networks.roads.importers.asset_import.look"),
    lacks=Later("networks.roads.importers.asset_import.lacks"),
    plan=Later("networks.roads.importers.asset_import.plan"),
    check=Later("networks.roads.importers.asset_import.check"),
    apply=Later("networks.roads.importers.asset_import.apply"),
    revert=Later("networks.roads.importers.asset_taking_back.take_back"),
)

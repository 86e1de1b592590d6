"""Tables of water and sewer networks, by what they are for."""

from networks.water.models.anomaly import Anomaly, AnomalyQuerySet, Scan
from networks.water.models.fire import FireCoverage, FireSettings, HydrantInspection, HydrantUnavailability
from networks.water.models.imported import Snap
from networks.water.models.manhole import ManholeInspection, ManholeSettings
from networks.water.models.network import (
    Repair,
    SewerConnection,
    SewerNode,
    SewerPipe,
    WaterConnection,
    WaterNode,
    WaterPipe,
)
from networks.water.models.outage import Outage, OutageEntry, OutagePhoto, OutageQuerySet

"""Works that begin from an outage of drinking water."""

from dataclasses import dataclass

from django.contrib.gis.geos import LineString, MultiLineString

from gis_core.errors import NotFound
from gis_core.members.rights import Rights
from networks.roadworks.services.stretches import around, metres
from networks.water.models import Outage, WaterPipe
from networks.water.services.outages import outage_seen_by
from networks.water.services.visible import visible


@dataclass(frozen=True, slots=True)
class Beginning:
    outage: Outage
    stretch: MultiLineString | None


def from_outage(outage_id: int, rights: Rights) -> Beginning:
    """The road in front of what broke, or the broken pipes where no road is known. Raises NotFound."""
    outage = outage_seen_by(outage_id, rights)
    breaks = outage.answer.get("breaks", [])
    lines: list[LineString] = []
    for one in breaks:
        lon, lat = one["point"]
        if (road := around(*metres(lon, lat))) is not None:
            lines += [one for one in road if isinstance(one, LineString)]
    if not lines:
        pipes = [one["pipe"] for one in breaks if one.get("pipe")]
        lines = [one.geom for one in visible(WaterPipe, rights).filter(pk__in=pipes)]
    return Beginning(outage, MultiLineString(lines, srid=2154) if lines else None)


def outage_of(outage_id: int | None, rights: Rights) -> Outage | None:
    """The outage that works began from, for those who may see it."""
    if outage_id is None:
        return None
    try:
        return outage_seen_by(outage_id, rights)
    except NotFound:
        return None

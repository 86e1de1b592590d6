"""Networks of two members, and what a valid order of an export of them holds."""

from typing import Any

from django.contrib.gis.geos import Point

from gis_core.models import Member
from networks.water.models import WaterNode
from tests import factories

EXCHANGE = "reseaux/echanges/"


def network(owner: Member) -> None:
    """A valve of a member."""
    with factories.as_owner():
        WaterNode.objects.create(
            owner=owner, kind="valve", reference=owner.slug, geom=Point(*factories.ORIGIN, srid=2154)
        )


def form(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    if (route, method) != (EXCHANGE, "POST"):
        return None
    return {"member": given["member"], "family": "water", "format": "raepa-csv"}

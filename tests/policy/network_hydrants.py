"""What the policy table needs of hydrants and manholes: one for each member, a computation, what people send."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from gis_core.models import Member
from networks.water.models import FireCoverage, SewerNode, WaterNode
from tests import factories

NOTHING = 999_999_999
HYDRANTS = "reseaux/hydrants/"
MANHOLES = "reseaux/regards/"


def made(owner: Member) -> dict[str, int]:
    """A hydrant, a manhole and a computation of a member."""
    x, y = factories.ORIGIN
    with factories.as_owner():
        hydrant = WaterNode.objects.create(
            owner=owner, kind="hydrant", reference="PI-1", geom=Point(x + owner.pk % 100, y + 5, srid=2154)
        )
        manhole = SewerNode.objects.create(
            owner=owner, kind="manhole", reference="R-1", geom=Point(x + owner.pk % 100, y + 7, srid=2154)
        )
        summary = {"communes": [], "hydrants": {"counted": 0, "off_road": []}}
        cover = FireCoverage.objects.create(owner=owner, distance_m=200, seconds=0.1, summary=summary, far=[])
    return {"hydrant": hydrant.pk, "cover": cover.pk, "manhole": manhole.pk}


def arguments(found: dict[str, int] | None) -> dict[str, int]:
    return found or {"hydrant": NOTHING, "cover": NOTHING, "manhole": NOTHING}


def form(route: str, method: str, given: dict[str, Any]) -> dict[str, Any] | None:
    today = timezone.localdate().isoformat()
    inspection = {"do": "inspect", "kind": "visual", "done_date": today, "done_by": "Régie", "verdict": "compliant"}
    asked = {"member": given["member"], "distance_m": 200, "flow_m3h": 0, "least_m2": 20}
    chosen = {"technical_months": 36, "visual_months": 0, "flow_m3h": 60, "distance_m": 200}
    of_manhole = {"do": "inspect", "done_date": today, "done_by": "Régie", "verdict": "good"}
    forms: dict[tuple[str, str], dict[str, Any]] = {
        (f"{HYDRANTS}<int:hydrant>/", "POST"): inspection,
        (f"{HYDRANTS}couverture/", "POST"): asked,
        (f"{HYDRANTS}reglages/<slug:slug>/", "POST"): chosen,
        (f"{MANHOLES}<int:manhole>/", "POST"): of_manhole,
        (f"{MANHOLES}reglages/<slug:slug>/", "POST"): {"inspection_months": 60},
    }
    return forms.get((route, method))

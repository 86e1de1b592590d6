"""What the policy asks of anomalies of networks: one of each member, and the bodies of what is posted."""

from typing import Any

from django.contrib.gis.geos import Point
from django.utils import timezone

from gis_core.models import Member
from networks.water.models import Anomaly
from tests import factories

ROUTE = "api/v1/networks/<str:family>/anomalies/"


def anomaly(owner: Member) -> Anomaly:
    """A dead end that nobody has looked at."""
    x, y = factories.ORIGIN
    with factories.as_owner():
        return Anomaly.objects.create(
            owner=owner, family="water", kind="dead_end", severity=3, object_kind="node", object_id=1,
            geom=Point(x, y, srid=2154), detected_at=timezone.now(),
        )  # fmt: skip


def arguments(route: str, scope: str, of: dict[str, Any], missing: int) -> dict[str, Any]:
    family = "nulle-part" if scope == "none" and route == ROUTE else "water"
    return {"family": family, "anomaly_id": of.get(f"anomaly {scope}", missing)}


def form(route: str, method: str, member: str) -> dict[str, Any] | None:
    return {"family": "water", "member": member} if (route, method) == ("reseaux/anomalies/", "POST") else None


def body(route: str, method: str, member: str) -> dict[str, Any] | None:
    """As the keywords of the test client."""
    if method != "POST" or not route.startswith(ROUTE):
        return None
    asked = {"action": "scan", "member": member} if route == ROUTE else {"action": "ignore", "reason": "Essai"}
    return {"data": asked, "content_type": "application/json"}

"""Assets of roads of two members, for the table of who gets what."""

from typing import Any

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Member
from networks.roads.models import AssetDelivery, RoadAsset
from tests import factories

ONE = "voirie/patrimoine/<str:what>/<int:asset_id>/"
IMPORTS = "voirie/patrimoine/importer/"
IMPORT = "voirie/patrimoine/importer/<int:delivery_id>/"


def made(owner: Member, whose: str) -> dict[str, int]:
    """A sign, and an import that could be forgotten."""
    with factories.as_owner():
        asset = RoadAsset.objects.create(owner=owner, kind="sign", code="B14", geom=Point(620000, 6720000, srid=2154))
        delivery = AssetDelivery.objects.create(
            title="Panneaux", owner=owner, folder=f"voirie-{owner.pk}", state="refused"
        )
    return {f"road asset {whose}": asset.pk, f"road delivery {whose}": delivery.pk}


def arguments(rows: dict[str, Any], whose: str, missing: int) -> dict[str, Any]:
    return {
        "what": "point",
        "code": "B14",
        "asset_id": rows.get(f"road asset {whose}", missing),
        "delivery_id": rows.get(f"road delivery {whose}", missing),
    }


def form(route: str, method: str, member: str) -> dict[str, object] | None:
    """What a valid request of these pages holds."""
    if method != "POST":
        return None
    if route == ONE:
        return {"mark": "2", "done_date": "2026-01-05", "done_by": "Anne"}
    if route == IMPORTS:
        return {"member": member, "file": SimpleUploadedFile("panneaux.csv", b"Id;Code;X;Y\n1;B14;620000;6720000\n")}
    return {"action": "forget"} if route == IMPORT else None

"""Assets of roads of two members, for the table of who gets what."""

from typing import Any

from django.contrib.gis.geos import LineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile

from gis_core.models import Member
from layers.intake.models import FileImport
from networks.roads.models import RoadAsset, RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate
from tests import factories

ONE = "voirie/patrimoine/<str:what>/<int:asset_id>/"
NEW = "voirie/patrimoine/<str:what>/nouveau/"
MOVE = "voirie/patrimoine/<str:what>/<int:asset_id>/deplacer/"
ROADS = {"own": "D901", "other": "D902"}
IMPORTS = "voirie/patrimoine/importer/"
IMPORT = "voirie/patrimoine/importer/<int:import_id>/"


def made(owner: Member, whose: str) -> dict[str, int]:
    """A sign, an import that could be forgotten, and a road with markers to place signs on."""
    measured_road(owner, ROADS[whose])
    with factories.as_owner():
        asset = RoadAsset.objects.create(owner=owner, kind="sign", code="B14", geom=Point(620000, 6720000, srid=2154))
        delivery = FileImport.objects.create(
            source="road-assets", title="Panneaux", owner=owner, folder=f"voirie-{owner.pk}", state="refused"
        )
    return {f"road asset {whose}": asset.pk, f"road delivery {whose}": delivery.pk}


def measured_road(owner: Member, route: str) -> None:
    ends = Point(620000, 6720000, srid=2154), Point(620090, 6720000, srid=2154)
    with factories.as_worker():
        RoadSection.objects.create(owner=owner, route=route, geom=LineString(*ends, srid=2154))
        for number, place in enumerate(ends):
            RoadMarker.objects.create(owner=owner, route=route, number=number, geom=place)
        calibrate(route)


def arguments(rows: dict[str, Any], whose: str, missing: int) -> dict[str, Any]:
    return {
        "what": "point",
        "code": "B14",
        "asset_id": rows.get(f"road asset {whose}", missing),
        "import_id": rows.get(f"road delivery {whose}", missing),
    }


def form(route: str, method: str, member: str) -> dict[str, object] | None:
    """What a valid request of these pages holds."""
    if method != "POST":
        return None
    if route == ONE:
        return {"mark": "2", "done_date": "2026-01-05", "done_by": "Anne"}
    if route in (NEW, MOVE):
        return {"kind": "sign", "start": "D 901 PR 0+20", "side": "on", "version": "1"}
    if route == IMPORTS:
        return {"member": member, "file": SimpleUploadedFile("panneaux.csv", b"Id;Code;X;Y\n1;B14;620000;6720000\n")}
    return {"action": "forget"} if route == IMPORT else None

"""What people see of the heights of buildings: in the parcel sheet, the sheet of a building, tiles and legends."""

from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.test import Client

from gis_core.members.rights import ANONYMOUS
from layers.cadastre.layers import height_lines
from layers.cadastre.models import Building
from layers.catalogue.legend import line_for
from tests import factories

pytestmark = pytest.mark.django_db
X, Y = factories.ORIGIN
MEASURED = {
    "ground_m": 98.3, "eaves_m": 4.1, "ridge_m": 7.2, "heights_source": "MNS 2025", "heights_date": date(2025, 3, 1),
}  # fmt: skip


def building(**values: Any) -> int:
    with factories.as_worker():
        shape = Polygon.from_bbox((X + 10, Y + 10, X + 20, Y + 20))
        return Building.objects.create(insee="45901", kind="01", geom=MultiPolygon(shape, srid=2154), **values).pk


def properties(pk: int) -> dict[str, Any]:
    body = Client().get(f"/api/v1/layers/buildings/features/{pk}/").json()
    return {one["name"]: one["display"] for one in body["properties"]}


def test_the_sheet_of_a_building_has_its_heights_and_their_source() -> None:
    values = properties(building(**MEASURED))
    assert values["ridge_m"] == "7,2\u00a0m"
    assert values["ground_m"] == "98,3\u00a0m"
    assert values["heights_source"] == "MNS 2025"


def test_a_height_that_is_not_known_is_no_zero() -> None:
    assert properties(building()).get("ridge_m", "—") == "—"


@pytest.mark.parametrize(
    ("ridge", "wanted"), [(2.0, "moins de 3 m"), (7.2, "6 à 9 m"), (30.0, "18 m et plus"), (None, "Hauteur inconnue")]
)
def test_the_legend_by_height_has_a_line_for_every_building(ridge: float | None, wanted: str) -> None:
    lines = height_lines(ANONYMOUS)
    at = line_for(lines, {"ridge_m": ridge})
    assert at is not None
    assert lines[at]["label"] == wanted


def test_the_layer_offers_the_legend_by_height() -> None:
    body = Client().get("/api/v1/layers/buildings/?legend=height").json()
    assert len(body["legend"]) == 7
    assert [one["name"] for one in body["legends"]] == ["height"]

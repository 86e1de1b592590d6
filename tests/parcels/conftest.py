"""A few parcels, buildings and an address around (600000, 6700000), EPSG:2154."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point, Polygon

from layers.cadastre.models import Address, Building, Parcel
from tests import factories

X, Y = 600_000.0, 6_700_000.0
INSEE = "45001"


def square(west: float, south: float, width: float, height: float | None = None) -> MultiPolygon:
    """A rectangle at so many metres from the corner of the place."""
    box = Polygon.from_bbox((X + west, Y + south, X + west + width, Y + south + (height or width)))
    return MultiPolygon(box, srid=2154)


def drawn(west: float, south: float, width: float, height: float) -> dict[str, Any]:
    """A rectangle as somebody draws it: GeoJSON in degrees."""
    shape = GEOSGeometry(square(west, south, width, height)[0].wkt, srid=2154).transform(4326, clone=True)
    return {"type": "Polygon", "coordinates": [[[x, y] for x, y in shape.coords[0]]]}


def parcel(number: int, geom: MultiPolygon, **more: Any) -> Parcel:
    return Parcel.objects.create(
        idu=f"{INSEE}0000A{number:04d}",
        insee=INSEE,
        prefix="000",
        section="0A",
        number=f"{number:04d}",
        label=f"A {number}",
        geom=geom,
        **{"area_m2": round(geom.area), "updated_date": date(2026, 1, 15), **more},
    )


@dataclass(frozen=True)
class Place:
    first: Parcel
    second: Parcel


@pytest.fixture
def place(db: None) -> Place:
    """Two parcels of 40 x 50 m side by side, a house on the first, a shed on the second that leans 10 cm over."""
    commune = factories.commune(INSEE, "Bray", square(-500, -500, 1000))
    with factories.as_owner():
        commune.search_text = " bray"
        commune.save()
        first, second = parcel(1, square(0, 0, 40, 50)), parcel(2, square(40, 0, 40, 50), area_m2=2200)
        Building.objects.create(insee=INSEE, kind="01", geom=square(5, 5, 10))
        Building.objects.create(insee=INSEE, kind="02", geom=square(39.9, 20, 6))
        Address.objects.create(
            insee=INSEE, number=3, road_name="rue des Vignes", postcode="45460", commune_name="Bray",
            label="3 rue des Vignes 45460 Bray", search_text="", parcel_idu=first.idu, geom=Point(X + 20, Y, srid=2154),
        )  # fmt: skip
    return Place(first, second)


def section(sheet: Mapping[str, Any], name: str) -> dict[str, Any]:
    """One section of a sheet as the API gives it."""
    (found,) = [one for one in sheet["sections"] if one["section"] == name]
    return dict(found)

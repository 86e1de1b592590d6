"""A street, three plots and their zones in the database, and somebody who has signed in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import md5
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiLineString, MultiPolygon
from django.test import Client
from shapely.affinity import translate

from gis_core.models import Member, User
from layers.cadastre.models import Building, Parcel, Road, Sheet
from layers.planning.models import Document, Zone
from simulation.models import ZoneRules
from tests import factories
from tests.simulation.grounds import ACROSS, EAST, NORTH, TERRAIN, WEST

X, Y = 617_000.0, 6_717_000.0
INSEE = "45901"
IDURBA = "45901_PLU_20200115"


def multi(shape: shapely.Polygon) -> MultiPolygon:
    return MultiPolygon(GEOSGeometry(translate(shape, X, Y).wkt, srid=2154), srid=2154)


def polygon(shape: shapely.Polygon) -> dict[str, Any]:
    """A footprint as it is sent: GeoJSON in EPSG:2154."""
    return dict(json.loads(shapely.to_geojson(translate(shape, X, Y))))


def volume(shape: shapely.Polygon, eaves: float = 3.0, **more: Any) -> dict[str, Any]:
    return {"footprint": polygon(shape), "base": None, "eaves": eaves, **more}


def parcel(number: int, shape: shapely.Polygon) -> Parcel:
    return Parcel.objects.create(
        idu=f"{INSEE}0000A{number:04d}", insee=INSEE, prefix="000", section="0A", number=f"{number:04d}",
        label=f"A {number}", area_m2=round(shape.area), geom=multi(shape), sheet=f"{INSEE}0000A01",
    )  # fmt: skip


@dataclass
class Town:
    member: Member
    user: User
    client: Client
    plot: Parcel
    document: Document

    def post(self, body: Mapping[str, Any], address: str = "/api/v1/simulations/check") -> Any:
        sent = json.dumps(body)
        return self.client.post(address, sent, content_type="application/json", headers={"accept": "application/json"})

    def check(self, *volumes: Mapping[str, Any], rules: Any = None, parcels: Sequence[str] = ()) -> dict[str, Any]:
        """The answer to a project on the plot."""
        body = {"parcels": list(parcels) or [self.plot.idu], "volumes": list(volumes)}
        answer = self.post(body if rules is None else {**body, "rules": rules})
        assert answer.status_code == 200, answer.content
        return dict(answer.json())

    def refusal(self, *volumes: Any, status: int = 400, **more: Any) -> dict[str, Any]:
        answer = self.post({"parcels": [self.plot.idu], "volumes": list(volumes), **more})
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
        return dict(answer.json())

    def keep(
        self, zone: str, *rules: Mapping[str, Any], owner: Member | None = None, idurba: str = IDURBA
    ) -> ZoneRules:
        with factories.as_owner():
            return ZoneRules.objects.create(
                owner=owner or self.member, idurba=idurba, zone=zone, rules=list(rules), changed_by=self.user
            )

    def zone(self, libelle: str, shape: shapely.Polygon) -> Zone:
        with factories.as_owner():
            return Zone.objects.create(
                document=self.document, libelle=libelle, typezone="U", idurba=IDURBA, geom=multi(shape),
                urlfic="https://example.org/reglement.pdf",
            )  # fmt: skip


def document(kind: str = "PLU", idurba: str = IDURBA, **more: Any) -> Document:
    with factories.as_owner():
        return Document.objects.create(
            **{
                "idurba": idurba, "kind": kind, "territory": INSEE, "communes": [INSEE], "state": "03",
                "approved_date": date(2020, 1, 15), "starts_date": date(2020, 1, 15), "published": True,
                "folder": md5(idurba.encode(), usedforsecurity=False).hexdigest(), "files": [], **more,
            }
        )  # fmt: skip


@pytest.fixture
def town(db: None) -> Town:
    """The plot of `grounds` at (X, Y) on a sheet of quality P4 (20 cm), with its neighbours and its street."""
    commune = factories.commune(INSEE, "Bray", factories.square(X - 2000, Y - 2000, 4000))
    member = factories.member(commune)
    user = factories.user(member, "permit_instructor")
    with factories.as_owner():
        Sheet.objects.create(
            idu=f"{INSEE}0000A01", insee=INSEE, prefix="000", section="0A", number="01", quality="04", scale=500,
            geom=multi(TERRAIN.buffer(200)),
        )  # fmt: skip
        plot = parcel(1, TERRAIN)
        for number, shape in enumerate((WEST, EAST, NORTH, ACROSS), 2):
            parcel(number, shape)
        street = LineString((X - 60, Y - 4), (X + 80, Y - 4), srid=2154)
        Road.objects.create(
            insee=INSEE, name="rue des Vignes", search_text="", kind="x", geom=MultiLineString(street, srid=2154)
        )
    client = Client()
    client.force_login(user)
    return Town(member, user, client, plot, document())


def building(shape: shapely.Polygon) -> Building:
    with factories.as_owner():
        return Building.objects.create(insee=INSEE, kind="01", geom=multi(shape))

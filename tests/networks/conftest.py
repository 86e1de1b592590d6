"""A member's water and sewer networks on open ground, and people of every role; distances are from one corner."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.db import connection
from django.test import Client
from django.utils import translation

from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import Commune, Member, User
from layers.catalogue.models import Layer
from layers.features.services.origin import Origin
from layers.features.services.write import UNSET, Edit, EditResult, apply_edits
from tests import factories

if TYPE_CHECKING:
    from tests.networks.water.importing import Importing

type Place = tuple[float, float]
X, Y = factories.ORIGIN
WEB = Origin("web", "")


def at(x: float, y: float) -> Point:
    """A point so many metres east and north of the corner of the commune."""
    return Point(X + x, Y + y, srid=2154)


def along(*places: Place) -> LineString:
    return LineString([(X + x, Y + y) for x, y in places], srid=2154)


@dataclass
class Network:
    """A member with the commune 45901, another with 45903, people by role; edits go through the shared service."""

    commune: Commune
    member: Member
    other: Member
    people: dict[str, User]

    def rights(self, who: str = Role.NETWORK_TECHNICIAN) -> Any:
        return rights_of(self.people[who])

    def as_(self, who: str = Role.NETWORK_TECHNICIAN) -> Any:
        return acting_as(self.rights(who))

    def client(self, who: str = Role.NETWORK_TECHNICIAN) -> Client:
        """A client that takes errors for answers, signed in as that person."""
        client = Client(raise_request_exception=False, headers={"accept": "application/json"})
        client.force_login(self.people[who])
        return client

    def edit(self, layer: str, edits: Sequence[Edit], who: str = Role.NETWORK_TECHNICIAN) -> list[EditResult]:
        with self.as_(who):
            rights = self.rights(who)
            return apply_edits(Layer.objects.get(slug=layer), edits, rights=rights, origin=WEB)

    def make(self, layer: str, geometry: GEOSGeometry, who: str = Role.NETWORK_TECHNICIAN, **values: Any) -> int:
        """The id of a new object, in service unless told otherwise."""
        values = {"service_state": "en_service"} | values
        (written,) = self.edit(layer, [Edit(action="create", properties=values, geometry=geometry)], who)
        return written.id

    def node(self, x: float, y: float, kind: str = "valve", **values: Any) -> int:
        return self.make("water-nodes", at(x, y), kind=kind, **values)

    def pipe(self, *places: Place, **values: Any) -> int:
        return self.make("water-pipes", along(*places), **values)

    def change(self, layer: str, pk: int, geometry: GEOSGeometry | None = None, **values: Any) -> None:
        self.edit(
            layer,
            [
                Edit(
                    action="update",
                    id=pk,
                    version=self.version(layer, pk),
                    properties=values,
                    geometry=UNSET if geometry is None else geometry,
                )
            ],
        )

    def remove(self, layer: str, pk: int) -> None:
        self.edit(layer, [Edit(action="delete", id=pk, version=self.version(layer, pk))])

    def version(self, layer: str, pk: int) -> int:
        return int(self.rows(f"select version from {layer.replace('-', '_')[:-1]} where id = {pk}")[0][0])

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """What the owner of the tables reads."""
        with factories.as_owner(), connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    def pipes(self, family: str = "water") -> list[tuple[list[Place], int, int]]:
        """Vertices from the corner, start and end of every pipe, in a fixed order."""
        columns = "st_astext(geom), start_node_id, end_node_id"
        found = self.rows(f"select {columns} from {family}_pipe order by st_xmin(geom), st_ymin(geom), id")
        return [
            ([(round(x - X, 3), round(y - Y, 3)) for x, y in GEOSGeometry(text).coords], start, end)
            for text, start, end in found
        ]


@pytest.fixture
def network(db: None) -> Network:
    return made_network()


@factories.as_owner()
def made_network() -> Network:
    commune, elsewhere = factories.commune("45901", "Lorris"), factories.commune("45903", "Boiscommun")
    member, other = factories.member(commune), factories.member(elsewhere)
    people = factories.everybody(member, commune)
    people["stranger"] = factories.user(other, Role.NETWORK_TECHNICIAN)
    return Network(commune, member, other, people)


@pytest.fixture
def importing(network: Network, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Importing]:
    """The network technician of the member, with files to import."""
    from tests.networks.water.importing import Importing

    settings.INBOX_DIR = tmp_path / "inbox"
    settings.INBOX_DIR.mkdir()
    with factories.as_owner():
        for person in network.people.values():
            person.language = "en"
            person.save(update_fields=["language"])
    # A test's rows are not committed: another connection would wait for them.
    monkeypatch.setattr("gis_core.jobs.services.ProgressWriter.write", lambda *_arguments: None)
    with translation.override("en"):
        yield Importing(network, tmp_path)

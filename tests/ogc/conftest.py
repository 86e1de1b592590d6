"""A layer that people edit, and who asks for it at /ogc."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from gis_core.members.rights import Role
from gis_core.tokens.authentication import create_token
from layers.catalogue.models import Layer
from layers.ogc.kept import forget_layers
from tests import factories
from tests.ogc.asking import Asker

X, Y = factories.ORIGIN


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Layers of former tests are not taken for those of the same name."""
    forget_layers()


@pytest.fixture
def layer(db: None) -> Layer:
    """Three lamps, a hundred metres from one to the next: A of 2020 with one lamp, B of 2021, C without a date."""
    made = factories.editable_layer(slug="lampes", title="Lampes")
    factories.feature(made, Point(X, Y, srid=2154), name="A", lamps=1, lit=True, installed_date="2020-05-06")
    factories.feature(made, Point(X + 100, Y, srid=2154), name="B", lamps=2, height_m=7.5, installed_date="2021-01-01")
    factories.feature(made, Point(X + 200, Y, srid=2154), name="C")
    return made


@pytest.fixture
def anyone(client: Client) -> Asker:
    """Nobody who is known."""
    return Asker(client)


@pytest.fixture
def program(layer: Layer) -> Asker:
    """A technician of the layer's owner, by an API token."""
    person = factories.user(layer.owner, Role.NETWORK_TECHNICIAN)
    _token, secret = create_token(user=person, name="bureau")
    return Asker(Client(raise_request_exception=False), {"Authorization": f"Bearer {secret}"})


@pytest.fixture
def ids(program: Asker) -> Callable[..., list[int]]:
    """The identifiers that a page of the layer holds."""

    def read(**parameters: Any) -> list[int]:
        return [one["id"] for one in program.items(**parameters)["features"]]

    return read

"""Where the map opens for an instructor whose territory is too large for applications to be seen at once."""

from typing import Any

import pytest
from django.test import RequestFactory

from gis_core.members.rights import Role
from gis_core.pages import map_config
from tests.permits.conftest import World

pytestmark = pytest.mark.django_db


def first_place(world: World, who: str) -> Any:
    request = RequestFactory().get("/")
    request.user = world.people[who]
    with world.as_(who):
        return map_config(request)["first_place"]


def test_it_opens_at_an_application_for_those_who_deal_with_them(world: World) -> None:
    assert first_place(world, Role.PERMIT_INSTRUCTOR) is None
    permit = world.file()
    assert permit.geom is not None
    place = permit.geom.transform(4326, clone=True).extent
    opened = first_place(world, Role.PERMIT_INSTRUCTOR)
    assert opened["zoom"] == 11.8
    lon, lat = opened["center"]
    assert place[0] - 1e-5 <= lon <= place[2] + 1e-5
    assert place[1] - 1e-5 <= lat <= place[3] + 1e-5
    assert first_place(world, Role.READER) is None

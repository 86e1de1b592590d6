"""What a member's layers may take: what grows beyond it is refused with the figures, what is there stays."""

from typing import Any

import pytest
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.features.services.quotas import describe_usage, measure_usage
from layers.intake.models import FileImport
from tests import factories
from tests.imports.conftest import Desk, point, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(settings: Any) -> Any:
    settings.QUOTA_LAYERS, settings.QUOTA_ROWS, settings.QUOTA_BYTES = 0, 0, 0
    return settings


def test_without_a_limit_nothing_is_measured(desk: Desk, site: Any) -> None:
    desk.published([point(1)])
    assert measure_usage(desk.member) is None
    assert describe_usage(desk.member) == ""


def test_an_import_beyond_the_rows_of_a_member_is_refused_with_the_figures(desk: Desk, site: Any) -> None:
    layer = desk.published([point(1), point(2)]).layer
    assert layer
    site.QUOTA_ROWS = 3
    made: FileImport = desk.apply(desk.brought("append", layer, [point(3), point(4)]))
    assert (made.state, "4 sur 3 objets" in made.message) == ("ready", True), made.message
    assert len(rows_of(layer, "ref")) == 2
    assert desk.apply(desk.brought("append", layer, [point(3)])).state == "applied"


def test_one_layer_more_than_a_member_may_have_is_refused(desk: Desk, site: Any) -> None:
    desk.published([point(1)])
    site.QUOTA_LAYERS = 1
    delivery = desk.file([point(2)])
    made = desk.apply(desk.order(delivery, "create", desk.choices(delivery)))
    assert "2 sur 1 couches" in made.message
    with acting_as(SYSTEM):
        assert Layer.objects.filter(owner=desk.member).count() == 1


def test_what_is_beyond_already_may_shrink(desk: Desk, site: Any) -> None:
    layer = desk.published([point(number) for number in range(1, 5)], key="ref").layer
    assert layer
    site.QUOTA_ROWS = 1
    made = desk.apply(desk.brought("synchronise", layer, [point(1), point(2), point(3)]))
    assert made.state == "applied", made.message


def test_the_list_of_layers_shows_what_is_taken(client: Client, site: Any) -> None:
    site.QUOTA_LAYERS = 5
    owner = factories.member(factories.commune())
    factories.editable_layer(owner)
    client.force_login(factories.user(owner, "gis_administrator"))
    assert "1 sur 5 couches" in client.get("/couches/", headers={"accept": "text/html"}).content.decode()

"""What a member's layers may take: what grows beyond it is refused with the figures, what is there stays."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.errors import Conflict
from gis_core.members.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services.quotas import check_growth, describe_usages, measure_usage
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
    assert describe_usages([desk.member]) == []


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


def list_layers(client: Client) -> CaptureQueriesContext:
    with CaptureQueriesContext(connection) as asked:
        client.get("/couches/", headers={"accept": "text/html"})
    return asked


def test_the_list_of_layers_asks_once_for_all_owners_and_counts_no_row(client: Client, site: Any) -> None:
    site.QUOTA_ROWS, site.QUOTA_BYTES = 100, 1_048_576
    agency = factories.member(factories.commune(), kind="agency")
    client.force_login(factories.user(agency, "agency_administrator"))
    factories.editable_layer(factories.member(factories.commune()))
    list_layers(client)
    one = list_layers(client)
    for _number in range(3):
        factories.editable_layer(factories.member(factories.commune()))
    several = list_layers(client)
    assert len(several) == len(one)
    assert not [query for query in several.captured_queries if 'count(*) from "layer_' in query["sql"]]


def test_a_photo_beyond_the_bytes_of_a_member_is_refused_by_its_bytes_alone(desk: Desk, site: Any) -> None:
    layer = desk.published([point(1)]).layer
    assert layer
    site.QUOTA_ROWS, site.QUOTA_BYTES = 1, 1_048_576
    with acting_as(SYSTEM):
        before = measure_usage(desk.member, "bytes")
        Attachment.objects.create(layer=layer, feature=1, title="x", size_bytes=2_000_000, width=1, height=1)
        with pytest.raises(Conflict, match="sur 1 Mo"):
            check_growth(desk.member, before)

"""A layer changes hands: whose its objects and photos are, before and after its first owner leaves."""

import pytest
from django.db import connection
from psycopg import sql

from gis_core.database.statements import execute, fetch_all
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from gis_core.ownership import removing
from gis_core.ownership.tables import count, tables_of
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from tests import factories


def owners(layer: Layer) -> list[int]:
    """Who the objects of a layer, then its photos, say they are of."""
    name = sql.Identifier("public", layer.table)
    with factories.as_owner():
        rows = fetch_all(sql.SQL("select owner_id from {} order by id").format(name))
        photos = fetch_all("select owner_id from features_attachment where layer_id = %s order by id", [layer.pk])
    return [owner for (owner,) in (*rows, *photos)]


@pytest.fixture
def given(db: None) -> tuple[Layer, Member, Member]:
    """A layer with two objects and a photo, its owner, and another member."""
    first, second = (factories.member(factories.commune()) for _rank in range(2))
    layer = factories.editable_layer(first)
    feature, _other = factories.feature(layer), factories.feature(layer)
    size = {"width": 1, "height": 1, "size_bytes": 4}
    with factories.as_owner():
        Attachment.objects.create(layer=layer, feature=feature, owner=first, title="Photo", **size)
    return layer, first, second


def test_the_objects_and_photos_of_a_layer_change_hands_with_it(given: tuple[Layer, Member, Member]) -> None:
    layer, first, second = given
    assert owners(layer) == [first.pk] * 3
    with acting_as(SYSTEM):
        Layer.objects.filter(pk=layer.pk).update(owner=second)
    assert owners(layer) == [second.pk] * 3


def test_a_layer_given_away_stays_whole_when_its_first_owner_leaves(given: tuple[Layer, Member, Member]) -> None:
    layer, first, second = given
    with factories.as_owner(), acting_as(SYSTEM):
        execute("set constraints all immediate")
        execute("alter table catalogue_layer disable trigger arpent_020_given")  # as before this trigger was there
        Layer.objects.filter(pk=layer.pk).update(owner=second)
        execute("alter table catalogue_layer enable trigger arpent_020_given")
        execute("set constraints all deferred")
        assert owners(layer) == [first.pk] * 3
        mine = {table.table: count(table) for table in tables_of(first)}
        assert (layer.table in mine, mine["features_attachment"]) == (False, 0)
        departure = removing.prepare(first)
        assert [(one.title, one.owner, one.rows) for one in departure.given] == [(str(layer), second.name, 3)]
        removing.remove(departure)
        assert removing.remaining(first.pk) == 0
    assert not connection.needs_rollback
    assert owners(layer) == [second.pk] * 3

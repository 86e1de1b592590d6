"""What the purge removes from the tile cache."""

import pytest
from django.test import Client

from layers.catalogue.models import Layer
from layers.catalogue.services import announce_changed
from tests import factories
from tests.tiles.conftest import address_of, kept_files, url_of
from tiles import cache
from tiles.tasks import purge_tiles

X, Y = 617_010.0, 6_717_010.0


@pytest.fixture
def kept(client: Client, db: None) -> None:
    """One tile of one layer, kept."""
    factories.parcel()
    factories.layer(slug="essai")
    assert client.get(url_of("essai", address_of(X, Y, 15))).status_code == 200
    assert len(kept_files()) == 1


def layer_of(slug: str) -> Layer:
    return Layer.objects.get(slug=slug)


def test_the_current_version_stays(kept: None) -> None:
    purge_tiles(0)
    assert len(kept_files()) == 1


def test_a_former_version_goes(kept: None) -> None:
    with factories.as_worker():
        announce_changed(layer_of("essai"))
    purge_tiles(0)
    assert kept_files() == []


def test_the_tiles_of_a_layer_that_is_gone_go(kept: None) -> None:
    cache.purge({}, limit_bytes=10**9)
    assert kept_files() == []


def test_the_cache_keeps_to_its_limit(kept: None) -> None:
    with factories.as_worker():
        layer = layer_of("essai")
    current = {layer.pk: cache.edition(layer)}
    assert cache.purge(current, limit_bytes=0) == 0
    assert kept_files() == []

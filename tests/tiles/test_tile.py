"""What a tile holds, decoded."""

import errno
import os
from collections.abc import Callable

import pytest
from django.test import Client

from layers.catalogue.models import Layer
from tests import factories
from tests.tiles.conftest import TO_WEB_MERCATOR, address_of, decoded, kept_files, url_of
from tiles import cache
from tiles.services import mvt

X, Y = 617_010.0, 6_717_010.0


@pytest.fixture
def layer(db: None) -> Layer:
    return factories.layer(slug="essai")


def test_a_tile_carries_the_declared_columns_and_no_other(client: Client, layer: Layer) -> None:
    parcel = factories.parcel()
    (feature,) = decoded(client.get(url_of("essai", address_of(X, Y, 15))), "essai")
    assert feature["properties"] == {"idu": parcel.idu, "label": parcel.label}


def test_the_feature_id_is_the_primary_key(client: Client, layer: Layer) -> None:
    parcel = factories.parcel()
    (feature,) = decoded(client.get(url_of("essai", address_of(X, Y, 15))), "essai")
    assert feature["id"] == parcel.pk


def test_coordinates_are_right_within_a_tile_unit(client: Client, layer: Layer) -> None:
    factories.parcel(geom=factories.square(X, Y, 60))
    address = address_of(X + 30, Y + 30, 16)
    (feature,) = decoded(client.get(url_of("essai", address)), "essai")
    west, south, _east, _north = address.bbox_3857()
    corners = [TO_WEB_MERCATOR.transform(X + dx, Y + dy) for dx in (0, 60) for dy in (0, 60)]
    expected = [((east - west) / address.unit_m, (north - south) / address.unit_m) for east, north in corners]
    found = [point for ring in rings(feature) for point in ring]
    inside = [corner for corner in expected if all(-64 < value < 4160 for value in corner)]
    assert inside
    assert all(min(max(abs(x - u), abs(y - v)) for u, v in found) <= 1 for x, y in inside)


def rings(feature: dict) -> list:  # type: ignore[type-arg]
    geometry = feature["geometry"]
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [ring for polygon in polygons for ring in polygon]


def test_no_more_features_than_the_limit_and_the_largest_stay(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mvt, "FEATURE_LIMIT", 2)
    sides = {factories.parcel(geom=factories.square(X + 20 * rank, Y, 5 + rank)).pk: rank for rank in range(4)}
    features = decoded(client.get(url_of("essai", address_of(X, Y, 15))), "essai")
    assert {sides[feature["id"]] for feature in features} == {2, 3}


def test_what_is_too_small_to_see_is_left_out_at_low_zoom(client: Client, db: None) -> None:
    factories.layer(slug="essai", min_zoom=0)
    factories.parcel(geom=factories.square(X, Y, 5))
    assert decoded(client.get(url_of("essai", address_of(X, Y, 9))), "essai") == []


def test_below_the_smallest_zoom_a_tile_is_empty_without_a_query(
    client: Client, layer: Layer, statements: list[str]
) -> None:
    factories.parcel()
    assert client.get(url_of("essai", address_of(X, Y, 12))).status_code == 204
    assert not [sent for sent in statements if "ST_AsMVT" in sent]


def test_a_tile_with_nothing_in_it_is_empty(client: Client, layer: Layer) -> None:
    assert client.get(url_of("essai", address_of(X, Y, 15))).status_code == 204


@pytest.mark.parametrize("z", [13, 18])
def test_a_line_layer_is_served(client: Client, db: None, z: int) -> None:
    factories.layer(slug="communes-essai", table="gis_core_commune", min_zoom=0, columns=[], title_field="name")
    commune = factories.commune()
    (feature,) = decoded(client.get(url_of("communes-essai", address_of(X, Y, z))), "communes-essai")
    assert feature["id"] == commune.pk


def test_a_tile_is_gzipped_for_those_who_take_it(client: Client, layer: Layer) -> None:
    factories.parcel()
    address = url_of("essai", address_of(X, Y, 15))
    packed, plain = client.get(address, headers={"accept-encoding": "gzip"}), client.get(address)
    assert packed["Content-Encoding"] == "gzip"
    assert not plain.has_header("Content-Encoding")
    assert decoded(packed, "essai") == decoded(plain, "essai")


def test_the_second_answer_comes_from_the_file(client: Client, layer: Layer, statements: list[str]) -> None:
    factories.parcel()
    address = url_of("essai", address_of(X, Y, 15))
    first, second = client.get(address), client.get(address)
    assert first.content == second.content
    assert len([sent for sent in statements if "ST_AsMVT" in sent]) == 1
    assert len(kept_files()) == 1


def test_a_full_disk_costs_the_copy_and_not_the_answer(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tiles.cache.os.replace", full)
    factories.parcel()
    assert client.get(url_of("essai", address_of(X, Y, 15))).status_code == 200
    assert kept_files() == []


def test_an_empty_tile_is_kept_too(client: Client, layer: Layer, statements: list[str]) -> None:
    address = url_of("essai", address_of(X, Y, 15))
    assert [client.get(address).status_code for _ in range(2)] == [204, 204]
    assert len([sent for sent in statements if "ST_AsMVT" in sent]) == 1


def test_what_a_power_cut_leaves_of_a_file_is_made_again(client: Client, layer: Layer) -> None:
    factories.parcel()
    address = url_of("essai", address_of(X, Y, 15))
    first = client.get(address)
    (name,) = kept_files()
    (cache.root() / name).write_bytes(b"")
    assert client.get(address).content == first.content


@pytest.mark.parametrize("damage", [
    lambda kept: kept[: len(kept) // 2],
    lambda kept: bytes(len(kept)),
    lambda kept: kept[:20] + bytes([kept[20] ^ 1]) + kept[21:],
    lambda kept: kept + b"x",
    lambda kept: bytes(8),
])  # fmt: skip
def test_a_damaged_tile_is_made_again(client: Client, layer: Layer, damage: Callable[[bytes], bytes]) -> None:
    factories.parcel()
    address = url_of("essai", address_of(X, Y, 15))
    first = client.get(address)
    path = cache.root() / kept_files()[0]
    kept = path.read_bytes()
    path.write_bytes(damage(kept))
    assert client.get(address).content == first.content
    assert path.read_bytes() == kept


def test_a_read_only_cache_costs_the_copy_and_not_the_answer(
    client: Client, layer: Layer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing may be written, even removing what is not there is refused."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("tiles.cache.write", refuse)
    monkeypatch.setattr("tiles.cache.Path.unlink", refuse)
    factories.parcel()
    assert client.get(url_of("essai", address_of(X, Y, 15))).status_code == 200

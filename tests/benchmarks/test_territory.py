import numpy as np
import pytest
import shapely

from benchmarks import territory

COUNT, TOWNS = 6_000, 12


@pytest.fixture(scope="module")
def land() -> territory.Territory:
    return territory.make(COUNT, TOWNS)


def test_two_calls_make_the_same_territory(land: territory.Territory):
    again = territory.make(COUNT, TOWNS)
    assert shapely.to_wkb(land.parcels).tolist() == shapely.to_wkb(again.parcels).tolist()


def test_the_communes_of_the_parcels_are_the_same_too(land: territory.Territory):
    assert np.array_equal(land.commune_of, territory.make(COUNT, TOWNS).commune_of)


def test_half_of_the_parcels_have_at_most_eight_vertices(land: territory.Territory):
    assert np.median(shapely.get_num_coordinates(land.parcels)) == 8


def test_some_parcels_have_hundreds_of_vertices(land: territory.Territory):
    assert (shapely.get_num_coordinates(land.parcels) > 200).sum() > 0


def test_every_parcel_is_valid(land: territory.Territory):
    assert shapely.is_valid(land.parcels).all()

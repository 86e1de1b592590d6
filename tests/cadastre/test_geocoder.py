"""Addresses as people write them, found among those of the platform."""

import pytest
from django.contrib.gis.geos import Point

from layers.cadastre.geocoder import find_addresses
from layers.cadastre.models import Address
from layers.features.search_terms import search_text
from layers.intake.geocoders import Place
from tests import factories

pytestmark = pytest.mark.django_db
TOWNS = {"45901": ("45300", "Pithiviers"), "45902": ("45170", "Neuville-aux-Bois")}


def address(number: int, road: str, insee: str = "45901", suffix: str = "") -> Address:
    postcode, town = TOWNS[insee]
    with factories.as_owner():
        return Address.objects.create(
            insee=insee,
            number=number,
            suffix=suffix,
            road_name=road,
            postcode=postcode,
            commune_name=town,
            label=f"{number}{suffix} {road}",
            search_text=search_text(number, suffix, road, postcode, town),
            geom=Point(factories.ORIGIN[0] + number, factories.ORIGIN[1], srid=2154),
        )


@pytest.fixture(autouse=True)
def addresses(db: None) -> None:
    address(12, "Rue des Tanneurs")
    address(12, "Rue des Tanneurs", suffix="bis")
    address(14, "Rue des Tanneurs")
    address(3, "Place de l’Église")
    address(3, "Place de l’Église", insee="45902")


def found(text: str) -> Place | None:
    return find_addresses([text])[0]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("12 rue des Tanneurs 45300 Pithiviers", "12 Rue des Tanneurs, 45300 Pithiviers"),
        ("12, RUE DES TANNEURS, PITHIVIERS", "12 Rue des Tanneurs, 45300 Pithiviers"),
        ("12 bis rue des Tanneurs 45300 Pithiviers", "12bis Rue des Tanneurs, 45300 Pithiviers"),
        ("3 place de l'eglise 45170 Neuville aux Bois", "3 Place de l’Église, 45170 Neuville-aux-Bois"),
    ],
)
def test_an_address_is_found_however_it_is_written(text: str, label: str) -> None:
    place = found(text)
    assert place is not None
    assert place.label == label
    assert place.score > 0.8


def test_a_misspelt_road_is_less_sure(db: None) -> None:
    place = found("14 rue des Taneur 45300 Pithiviers")
    assert place is not None
    assert 0.6 < place.score < 1


@pytest.mark.parametrize("text", ["", "rue des Tanneurs", "99 rue des Tanneurs 45300 Pithiviers", "12 avenue Foch"])
def test_what_is_not_there_is_not_found(text: str) -> None:
    assert found(text) is None


def test_a_road_of_two_towns_is_not_sure_without_the_town() -> None:
    place = found("3 place de l’église")
    assert place is not None
    assert place.score < 0.6


def test_each_text_has_its_own_answer() -> None:
    places = find_addresses(["14 rue des Tanneurs Pithiviers", "nulle part", "3 place de l’Église Pithiviers"])
    assert [place and place.x - factories.ORIGIN[0] for place in places] == [14, None, 3]

"""Pipes drawn by material, diameter, age or failures: on the map, in prints, beside the lengths by each."""

from typing import Any

import pytest

from gis_core.database import clock as database_clock
from layers.catalogue.alternative_legends import legend_of
from layers.catalogue.legend import line_for
from layers.catalogue.models import Layer
from layers.catalogue.validators import validate_legend
from tests.networks.conftest import Network
from tests.networks.water.test_repairs import drawn

NAMES = ["material", "diameter", "age", "failures"]


def read(network: Network, legend: str = "", who: str = "reader", layer: str = "water-pipes") -> Any:
    return network.client(who).get(f"/api/v1/layers/{layer}/", {"legend": legend} if legend else {})


def label(answer: Any, **properties: Any) -> str:
    legend = answer.json()["legend"]
    number = line_for(legend, {"service_state": "en_service", **properties})
    assert number is not None
    return str(legend[number]["label"])


@pytest.mark.parametrize("layer", ["water-pipes", "sewer-pipes"])
def test_a_layer_of_pipes_offers_its_legends_with_the_page_of_their_lengths(network: Network, layer: str) -> None:
    offered = read(network, layer=layer).json()["legends"]
    assert [one["name"] for one in offered] == NAMES
    assert offered[1]["title"] == "Diamètre"
    assert offered[1]["page"] == f"/reseaux/patrimoine/?network={layer.partition('-')[0]}#by-diameter"


def test_other_layers_offer_none_and_an_unknown_one_is_refused(network: Network) -> None:
    assert read(network, layer="parcels").json()["legends"] == []
    assert read(network, "couleur").status_code == 400
    assert read(network, "material", layer="parcels").status_code == 400


@pytest.mark.parametrize("layer", ["water-pipes", "sewer-pipes"])
@pytest.mark.parametrize("name", NAMES)
def test_each_legend_goes_by_what_tiles_carry(network: Network, layer: str, name: str) -> None:
    rights = network.rights("reader")
    with network.as_("reader"):
        read_layer = Layer.objects.get(slug=layer)
        lines = legend_of(read_layer, name, rights)
    validate_legend(lines)
    assert {column for line in lines for column in line["where"]} <= {*read_layer.tile_columns(), "id"}


def test_pipes_are_drawn_by_material_and_diameter(network: Network) -> None:
    materials, diameters = read(network, "material"), read(network, "diameter")
    assert label(materials, material="fd") == label(materials, material="fonte") == "Fonte"
    assert label(materials, material=None) == label(materials, material="inc") == "Non renseigné"
    assert label(materials, material="fd", service_state="abandon") == "Hors service"
    assert label(diameters, diameter_mm=99) == "60 à 99 mm"
    assert label(diameters, diameter_mm=100) == "100 à 149 mm"
    assert label(diameters, diameter_mm=None) == "Non renseigné"


def test_pipes_are_drawn_by_age_from_the_latest_year_that_is_known(network: Network) -> None:
    year, ages = database_clock.today().year, read(network, "age")
    assert label(ages, laid_to_year=year - 19, laid_from_year=1900) == "0 à 19 ans"
    assert label(ages, laid_to_year=year - 20) == label(ages, laid_from_year=year - 39) == "20 à 39 ans"
    assert label(ages) == "Non renseigné"


def test_pipes_are_drawn_by_the_failures_that_one_may_see(network: Network) -> None:
    often = network.pipe((0, 0), (100, 0))
    once = network.pipe((200, 0), (300, 0))
    never = network.pipe((400, 0), (500, 0))
    for x in (10, 50, 90, 250):
        drawn(network, x, 0)
    failures = read(network, "failures")
    assert label(failures, id=often) == "3 défaillances et plus"
    assert label(failures, id=once) == "1 défaillance"
    assert label(failures, id=never) == "Aucune défaillance enregistrée"
    assert label(read(network, "failures", "stranger"), id=often) == "Aucune défaillance enregistrée"

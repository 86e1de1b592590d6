"""A road has one number, however people write it."""

from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from gis_core.errors import ArpentError
from layers.features.services.write import Edit
from networks.roads.models import RoadSection
from networks.roads.references import NotAReferenceError, route_of
from networks.roads.services.calibrating import calibrate
from networks.roads.services.referring import locate
from tests import factories
from tests.networks.conftest import Network, along, at

WRITTEN = [
    "D2020", "D 2020", "RD2020", "rd 2020", "d2020", "D-2020", "D.2020", "D\u00a02020", " D  2020 ", "D0020", "N 7",
    "RN7", "A 10", "M6", "VC 12", "C3", "CR 4", "D 2020 bis", "D2020A", "D 12 E1", "D907ter", "A10 BR2",
    "Route départementale 2020", "DÉPARTEMENTALE 7", "Nationale 20", "D2020 D", "D 2020 G", "D2020G", "E 60", "D", "",
    "RM 6", "Route métropolitaine 6",
    "2020", "rue Haute", "D12345", "RA10", "D 2020 12", "Départementales 7",
]  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_the_database_reads_numbers_as_we_do(db: None, written: str) -> None:
    try:
        meant: str | None = route_of(written)
    except NotAReferenceError:
        meant = None
    with connection.cursor() as cursor:
        cursor.execute("select arpent.route_of(%s)", [written])
        assert cursor.fetchone() == (meant,)


def drawn(network: Network, **values: Any) -> int:
    edit = Edit(action="create", properties=values, geometry=along((0, 10), (2000, 10)))
    return network.edit("road-sections", [edit])[0].id


def test_a_number_that_was_typed_otherwise_is_that_of_the_same_road(network: Network) -> None:
    drawn(network, route="rd 2020")
    for number, x in ((1, 0), (2, 1000)):
        edit = Edit(action="create", properties={"route": "D 2020", "number": number}, geometry=at(x, 10))
        network.edit("road-markers", [edit])
    with factories.as_worker():
        calibrate("D2020")
    with factories.as_role("arpent_web"):
        assert str(locate("D 2020 PR 1+200").reference) == "D 2020 PR 1+200"


@pytest.mark.parametrize("route", ["", "  "])
def test_a_section_with_an_empty_number_is_of_no_road(network: Network, route: str) -> None:
    pk = drawn(network, route="D7")
    with factories.as_worker():
        RoadSection.objects.filter(pk=pk).update(route=route)
    assert RoadSection.objects.get(pk=pk).route is None


@pytest.mark.parametrize("layer", ["road-sections", "road-markers"])
def test_what_is_the_number_of_no_road_is_refused_at_its_field(network: Network, layer: str) -> None:
    geometry = at(0, 10) if layer == "road-markers" else along((0, 10), (50, 10))
    properties = {"route": "rue Haute"} | ({"number": 1} if layer == "road-markers" else {})
    with translation.override("fr"), pytest.raises(ArpentError) as refused:
        network.edit(layer, [Edit(action="create", properties=properties, geometry=geometry)])
    (told,) = refused.value.extra["errors"]
    assert (told["field"], "D 2020" in told["message"]) == ("route", True)

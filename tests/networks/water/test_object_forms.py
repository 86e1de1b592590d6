"""Forms and sheets of networks follow the nature of the object."""

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from layers.features.errors import FieldRefused
from networks.water.models import WaterPipe
from tests import factories
from tests.networks.conftest import Network, along, at

pytestmark = pytest.mark.django_db


def names(network: Network, pk: int) -> list[str]:
    """The lines of a node's sheet."""
    answer = network.client().get(f"/api/v1/layers/water-nodes/features/{pk}/").json()
    return [one["name"] for one in answer["properties"]]


def test_the_schema_says_of_which_objects_a_field_is_asked(network: Network) -> None:
    found = network.client().get("/api/v1/layers/water-nodes/schema/").json()["properties"]
    assert "valve" in found["position"]["x-arpent-when"]["kind"]
    assert "tank" not in found["position"]["x-arpent-when"]["kind"]
    assert "x-arpent-when" not in found["kind"]


def test_a_sheet_has_no_line_for_what_is_not_asked_of_its_object(network: Network) -> None:
    tank, valve = network.node(0, 0, "tank"), network.node(50, 0)
    assert ("position" in names(network, tank), "capacity_m3" in names(network, tank)) == (False, True)
    assert ("position" in names(network, valve), "capacity_m3" in names(network, valve)) == (True, False)


def test_what_an_object_holds_all_the_same_is_shown(network: Network) -> None:
    assert "position" in names(network, network.node(0, 0, "tank", position="open"))


# -- what cannot be ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layer", "values"),
    [
        ("water-pipes", {"depth_m": -1.2}),
        ("water-pipes", {"diameter_mm": -100}),
        ("water-pipes", {"declared_length_m": -3}),
        ("water-nodes", {"kind": "tank", "capacity_m3": -500}),
        ("water-nodes", {"kind": "hydrant", "flow_m3h": -60}),
        ("water-nodes", {"kind": "hydrant", "pressure_bar": -3}),
        ("sewer-nodes", {"kind": "manhole", "system": "02", "depth_m": -2}),
        ("water-repairs", {"network": "water", "cost_eur": -1}),
    ],
)
def test_what_cannot_be_negative_is_refused_at_its_field(network: Network, layer: str, values: dict[str, Any]) -> None:
    geometry = along((0, 0), (50, 0)) if layer.endswith("pipes") else at(0, 0)
    with pytest.raises(FieldRefused) as refused:
        network.make(layer, geometry, **values)
    assert list(values)[-1] in [one["field"] for one in refused.value.extra["errors"]]


@pytest.mark.parametrize("field", ["laid_from_year", "laid_to_year", "rehabilitated_year", "abandoned_year"])
def test_a_year_that_has_not_come_is_refused(network: Network, field: str) -> None:
    this_year = timezone.localdate().year
    with pytest.raises(FieldRefused, match=str(this_year)):
        network.pipe((0, 0), (50, 0), **{field: this_year + 1})
    assert network.pipe((0, 0), (50, 0), **{field: this_year})


def test_the_schema_says_the_year_that_we_have(network: Network) -> None:
    found = network.client().get("/api/v1/layers/water-pipes/schema/").json()["properties"]
    assert found["laid_from_year"]["maximum"] == timezone.localdate().year


def test_a_year_of_the_register_that_has_not_come_may_stay(network: Network) -> None:
    pipe = network.pipe((0, 0), (50, 0))
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("update water_pipe set laid_from_year = 2099 where id = %s", [pipe])
    network.change("water-pipes", pipe, laid_from_year=2099, comment="vu")
    with factories.as_owner():
        assert WaterPipe.objects.get(pk=pipe).laid_from_year == 2099

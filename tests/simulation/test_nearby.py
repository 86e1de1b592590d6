"""What lies near a project: the ground, neighbours' buildings, networks with their accuracy, easements."""

from typing import Any

import numpy as np
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.test import Client

from gis_core.members.rights import Role
from layers.cadastre.models import Parcel
from layers.catalogue.models import Layer
from simulation.engine.plots import Body
from simulation.services.nearby import earthworks_of
from tests import factories
from tests.networks.conftest import Network, made_network
from tests.networks.conftest import X as AT_X
from tests.networks.conftest import Y as AT_Y
from tests.simulation.conftest import Town, building, volume
from tests.simulation.grounds import body, box, plot

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/simulations/nearby"
HOUSE = box(2, 6, 12, 16)


def ask(town: Town, *volumes: Any) -> dict[str, Any]:
    answer = town.post({"parcels": [town.plot.idu], "volumes": list(volumes)}, ADDRESS)
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


# -- the ground -------------------------------------------------------------------------------------------------------


def rising(points: Any) -> Any:
    """A metre higher for each ten metres eastwards, from 100 m at the corner of the plot."""
    return 100 + np.asarray(points)[:, 0] / 10


def test_slope_cut_and_fill_are_those_of_the_ground_under_the_volumes() -> None:
    works = earthworks_of(plot(ground=rising), [body(HOUSE)])
    assert works
    assert (works.low, works.high) == (pytest.approx(100.2, abs=0.05), pytest.approx(101.2, abs=0.05))
    assert works.slope == pytest.approx(10)
    # The foot is the lowest ground, 100.20 m: half a metre is cut on average over 100 m².
    assert (works.cut_m3, works.fill_m3) == (pytest.approx(50, abs=0.5), 0)


def test_a_foot_that_is_given_parts_cut_from_fill() -> None:
    high: Body = body(HOUSE, base=100.7)
    works = earthworks_of(plot(ground=rising), [high])
    assert works
    assert (works.cut_m3, works.fill_m3) == (pytest.approx(12.5, abs=0.5), pytest.approx(12.5, abs=0.5))


def test_a_hole_in_the_model_says_nothing() -> None:
    assert earthworks_of(plot(ground=lambda points: np.full(len(points), np.nan)), [body(HOUSE)]) is None
    assert earthworks_of(plot(), [body(HOUSE)]) is None


def test_without_a_model_it_is_said(town: Town) -> None:
    answer = ask(town, volume(HOUSE))
    assert (answer["ground"], "Aucun modèle du sol" in answer["notes"][0]) == (None, True)


# -- neighbours -------------------------------------------------------------------------------------------------------


def test_the_nearest_building_of_a_neighbour_is_measured(town: Town) -> None:
    building(box(25, 6, 30, 12))
    building(box(14, 20, 18, 24))  # of the plot itself
    assert ask(town, volume(HOUSE))["neighbour_m"] == 13


def test_where_none_is_near_there_is_none(town: Town) -> None:
    building(box(90, 6, 95, 12))
    assert ask(town, volume(HOUSE))["neighbour_m"] is None


# -- networks ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def served(db: None) -> tuple[Network, dict[str, Any]]:
    """A pipe of class C along a plot, and a project 4 m from it."""
    network = made_network()
    network.pipe((0, 0), (100, 0), reference="T-12", precision_xy="C")
    west, south = AT_X + 20, AT_Y + 2
    ground = shapely.box(west, south, west + 40, south + 40)
    with factories.as_owner():
        Parcel.objects.create(
            idu="459010000A0900", insee="45901", prefix="000", section="0A", number="0900", label="A 900", area_m2=1600,
            geom=MultiPolygon(GEOSGeometry(ground.wkt, srid=2154), srid=2154),
        )  # fmt: skip
    footprint = {
        "type": "Polygon",
        "coordinates": [list(shapely.box(west + 5, south + 2, west + 15, south + 8).exterior.coords)],
    }
    return network, {"parcels": ["459010000A0900"], "volumes": [{"footprint": footprint, "eaves": 3}]}


def near(client: Client, given: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(ADDRESS, given, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def test_a_pipe_says_how_far_it_is_and_how_well_that_is_known(served: tuple[Network, dict[str, Any]]) -> None:
    network, given = served
    pipes = [one for one in near(network.client(), given)["networks"] if one["layer"] == "water-pipes"]
    assert [(one["reference"], one["distance_m"]) for one in pipes] == [("T-12", 4)]
    assert "C" in pipes[0]["accuracy"]


def test_who_does_not_see_a_network_is_told_nothing_of_it(served: tuple[Network, dict[str, Any]]) -> None:
    network, given = served
    client = Client()
    client.force_login(factories.user(network.other, Role.PERMIT_INSTRUCTOR))
    assert near(client, given)["networks"] == []


def test_where_no_network_is_shown_it_is_said(served: tuple[Network, dict[str, Any]]) -> None:
    network, given = served
    with factories.as_owner():
        Layer.objects.filter(key_column="reference").update(visibility=Layer.Visibility.OWNER, owner=network.other)
    assert any("Aucun réseau" in note for note in near(network.client(), given)["notes"])


def test_a_network_of_many_objects_lists_the_nearest_and_says_so(served: tuple[Network, dict[str, Any]]) -> None:
    network, given = served
    for number in range(2):
        network.pipe((0, 15 + number), (100, 15 + number), reference=f"T-{20 + number}")
    answer = near(network.client(), given)
    pipes = [one["reference"] for one in answer["networks"] if one["layer"] == "water-pipes"]
    assert pipes == ["T-12", "T-20"]
    assert any("2 ouvrages les plus proches" in note for note in answer["notes"])

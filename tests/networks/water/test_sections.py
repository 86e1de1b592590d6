"""Networks and hydrants on the parcel sheet: what is near, how far, how sure; and for whom."""

from typing import Any

import pytest
from django.contrib.gis.geos import MultiLineString
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import Role
from layers.cadastre.models import Road
from networks.water.services import hydrant_inspecting as inspecting
from tests import factories
from tests.networks.conftest import Network, along, at

IDU = "45901000AB0001"


@pytest.fixture
def ground(network: Network) -> Network:
    """The parcel is the square from 30 m to 70 m."""
    x, y = factories.ORIGIN
    factories.parcel("45901", "AB", "0001", geom=factories.square(x + 30, y + 30, 40))
    return network


def told(network: Network, section: str, who: str = Role.PERMIT_INSTRUCTOR) -> Any:
    body = {"parcels": [IDU]}
    sheet = network.client(who).post("/api/v1/parcels/sheet/", body, content_type="application/json").json()
    return next((one for one in sheet["sections"] if one["section"] == section), None)


def facts(section: Any) -> dict[str, str]:
    return {fact["name"]: fact["display"].replace("\xa0", " ") for fact in section["facts"]}


def lines(section: Any) -> list[str]:
    return [f"{line['title']} | {line['detail']}".replace("\xa0", " ") for line in section["lines"]]


def test_pipes_around_are_told_with_their_distance_and_accuracy(ground: Network) -> None:
    ground.pipe((76, 30), (76, 70), reference="C1", material="fd", diameter_mm=100, precision_xy="C")
    ground.make("sewer-pipes", along((30, 16), (70, 16)), reference="E1", system="02", precision_xy="A")
    ground.make("sewer-pipes", along((90, 30), (90, 70)), reference="E2", system="01")
    section = told(ground, "networks")
    assert facts(section) == {
        "drinking_water": "canalisation à 6 m",
        "wastewater": "canalisation à 14 m",
        "stormwater": "aucune canalisation connue à moins de 15 m",
        "water_connections": "aucun connu",
        "sewer_connections": "aucun connu",
    }
    assert lines(section) == [
        "Canalisation d’eau potable C1 | à 6 m · Fonte ductile · 100 mm",
        "Collecteur d’eaux usées E1 | à 14 m",
    ]
    assert [line["facts"][0]["display"][:8] for line in section["lines"]] == ["classe C", "classe A"]
    assert "classe C" in section["notes"][0]
    assert "DICT" in section["notes"][-1]


def test_a_pipe_that_crosses_is_measured_and_a_connection_counted(ground: Network) -> None:
    ground.pipe((5, 50), (95, 50), reference="C1")
    ground.make("water-connections", at(40, 52), address="3 rue Haute", sensitive="dialysis")
    ground.make("sewer-connections", at(40, 54), system="02")
    section = told(ground, "networks")
    (line,) = section["lines"]
    assert (line["length_m"], line["feature"] is not None) == (40.0, True)
    assert facts(section)["drinking_water"] == "une canalisation traverse le terrain"
    assert (facts(section)["water_connections"], facts(section)["sewer_connections"]) == ("1 connu", "1 connu")
    assert "dialysis" not in str(section)


def test_a_pipe_out_of_service_is_listed_and_serves_nobody(ground: Network) -> None:
    ground.pipe((76, 30), (76, 70), service_state="abandon")
    section = told(ground, "networks")
    assert facts(section)["drinking_water"].startswith("aucune")
    assert "Abandonné" in lines(section)[0]


def test_only_the_nearest_pipes_are_listed(ground: Network) -> None:
    for n in range(14):
        ground.pipe((25, 2 * n + 35), (75, 2 * n + 35))
    section = told(ground, "networks")
    assert len(section["lines"]) == 12
    assert any("12 canalisations" in note for note in section["notes"])


def test_nothing_known_proves_nothing(ground: Network) -> None:
    assert "ne prouve pas" in told(ground, "networks")["notes"][0]


def test_hydrants_are_told_along_the_road_and_straight(ground: Network) -> None:
    with factories.as_owner():
        ways = MultiLineString(along((0, 20), (97, 20)), along((97, 20), (97, 97)))
        Road.objects.create(insee="45901", name="Rue", search_text="", kind="rue", geom=ways)
    near = ground.node(97, 90, "hydrant", reference="PI-1", flow_m3h=62.0)
    ground.node(90, 22, "hydrant", reference="PI-2")
    with ground.as_():
        inspecting.make_unavailable(near, reason="Fuite", informed="", from_date=None, rights=ground.rights())
    section = told(ground, "fire")
    assert lines(section) == [
        "PI-2 | à 52 m par les voies, 22 m à vol d’oiseau",
        "PI-1 | à 127 m par les voies, 34 m à vol d’oiseau · indisponible",
    ]
    assert [line["facts"][0]["display"] for line in section["lines"]] == ["non mesuré", "62\xa0m³/h"]
    assert facts(section) == {"hydrants": "1 poteau disponible"}
    assert section["lines"][1]["links"][0]["url"] == f"/reseaux/hydrants/{near}/"


def test_without_a_way_the_distance_is_straight(ground: Network) -> None:
    ground.node(95, 50, "hydrant", reference="PI-1")
    section = told(ground, "fire")
    assert lines(section) == ["PI-1 | à 25 m à vol d’oiseau"]
    assert "à vol d’oiseau" in section["notes"][0]


def test_at_most_three_hydrants_are_listed(ground: Network) -> None:
    for n in range(5):
        ground.node(75 + 5 * n, 52, "hydrant")
    section = told(ground, "fire")
    assert (len(section["lines"]), section["facts"][0]["value"]) == (3, 5)


@pytest.mark.parametrize("section", ["networks", "fire"])
def test_others_get_nothing_of_a_members_networks(ground: Network, section: str) -> None:
    ground.pipe((5, 50), (95, 50))
    ground.node(90, 60, "hydrant")
    assert told(ground, section, Role.READER)["lines"]
    assert told(ground, section, "stranger")["lines"] == []
    assert told(ground, section, Role.TOWN_HALL) is None


def test_a_frozen_sheet_keeps_both(ground: Network) -> None:
    ground.pipe((5, 50), (95, 50), reference="C1")
    ground.node(90, 60, "hydrant", reference="PI-1")
    client = ground.client(Role.NETWORK_TECHNICIAN)
    frozen = client.post("/api/v1/parcels/sheets/", {"parcels": [IDU]}, content_type="application/json")
    assert frozen.status_code == 201, frozen.content
    kept = str(frozen.json()["content"])
    assert "C1" in kept
    assert "PI-1" in kept
    assert client.get(f"/api/v1/parcels/sheets/{frozen.json()['number']}.pdf").content.startswith(b"%PDF")


def test_the_sections_ask_one_query_more(ground: Network) -> None:
    with ground.as_(Role.READER):
        pass
    client = ground.client(Role.READER)
    body = {"parcels": [IDU], "sections": ["networks", "fire"]}

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.post("/api/v1/parcels/sheet/", body, content_type="application/json")
        return len(queries)

    asked()
    none = asked()
    for n in range(4):
        ground.node(75 + 5 * n, 52, "hydrant")
        ground.pipe((25, 2 * n + 35), (75, 2 * n + 35))
    assert asked() == none + 1

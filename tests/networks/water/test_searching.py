"""Objects of networks in the search box: by their reference, in any writing, for those who may see them."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import Role
from tests import factories
from tests.networks.conftest import Network

pytestmark = pytest.mark.django_db
VALVE = "LYS-V0131"


def suggested(client: Client, q: str) -> list[dict[str, Any]]:
    results = client.get("/api/v1/search/", {"q": q}).json()["results"]
    return [one for one in results if one["kind"] == "object"]


@pytest.mark.parametrize("q", [VALVE, "lys-v0131", "lysv131", "LYS V 131", "lys v01", "LYS"])
def test_a_valve_is_found_by_its_reference_in_any_writing(network: Network, q: str) -> None:
    valve = network.node(0, 0, "valve", reference=VALVE)
    (result,) = suggested(network.client(), q)
    assert (result["label"], result["layer"], result["id"]) == (VALVE, "water-nodes", valve)
    assert result["detail"] == "Vanne · Équipements d’eau potable"


def test_an_exact_reference_comes_before_longer_ones(network: Network) -> None:
    for reference in ("V12", "V1", "V11"):
        network.node(int(reference[1:]), 0, "valve", reference=reference)
    assert suggested(network.client(), "v1")[0]["label"] == "V1"


def test_an_object_of_others_is_not_suggested(network: Network) -> None:
    network.node(0, 0, "valve", reference=VALVE)
    assert suggested(network.client("stranger"), VALVE) == []
    assert suggested(Client(), VALVE) == []


def test_a_hidden_object_costs_as_many_queries_as_none(network: Network) -> None:
    client = network.client("stranger")
    with CaptureQueriesContext(connection) as nothing:
        client.get("/api/v1/search/", {"q": VALVE})
    network.node(0, 0, "valve", reference=VALVE)
    with CaptureQueriesContext(connection) as hidden:
        client.get("/api/v1/search/", {"q": VALVE})
    assert len(hidden) == len(nothing)


def test_a_name_of_a_sensitive_user_is_not_searched(network: Network) -> None:
    assert suggested(network.client(), "dialyse") == []


def test_an_object_of_an_imported_layer_is_found_by_its_key() -> None:
    layer = factories.editable_layer(key_column="name", title="Arbres")
    row = factories.feature(layer, name="ARB-007")
    (result,) = suggested(Client(), "arb7")
    assert (result["label"], result["detail"], result["id"]) == ("ARB-007", "Arbres", row)


def test_a_key_that_only_some_roles_see_is_not_shown_to_others() -> None:
    columns = [{**factories.EDITABLE_COLUMNS[0], "roles": [str(Role.NETWORK_TECHNICIAN)]}]
    layer = factories.editable_layer(key_column="name", columns=columns)
    factories.feature(layer, name="ARB-007")
    assert suggested(Client(), "arb7") == []


def test_a_key_that_only_some_roles_see_takes_no_place_in_the_list_of_others() -> None:
    columns = [{**factories.EDITABLE_COLUMNS[0], "roles": [str(Role.NETWORK_TECHNICIAN)]}]
    secret = factories.editable_layer(key_column="name", columns=columns)
    for number in range(30):
        factories.feature(secret, name=f"ARB-{number:03d}")
    trees = factories.editable_layer(key_column="name", title="Arbres")
    factories.feature(trees, name="ARB-0199")
    assert [one["label"] for one in suggested(Client(), "arb")] == ["ARB-0199"]


def test_the_address_of_a_connection_is_proposed_from_the_address_layer(network: Network) -> None:
    schema = network.client().get("/api/v1/layers/water-connections/schema/").json()
    assert schema["properties"]["address"]["x-arpent-suggest"] == "addresses"


def test_an_object_that_is_shared_is_found_by_whom_it_is_shared_with(network: Network) -> None:
    network.node(0, 0, "valve", reference=VALVE)
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("update water_node set shared_with = %s", [[network.other.pk]])
    assert [one["label"] for one in suggested(network.client("stranger"), VALVE)] == [VALVE]


def test_the_zeros_typed_last_are_the_beginning_of_a_number(network: Network) -> None:
    network.node(0, 0, "valve", reference=VALVE)
    assert suggested(network.client(), "LYS-V0")


@pytest.mark.parametrize("q", ["%%", "__", "'; drop table", "{}", "é", "a" * 60, "-----", "0"])
def test_an_odd_text_is_no_reference(network: Network, q: str) -> None:
    network.node(0, 0, "valve", reference=VALVE)
    assert suggested(network.client(), q) == []


def test_references_stand_in_order_the_exact_one_first(network: Network) -> None:
    for x, reference in enumerate(("V19", "V11", "V1", "V15")):
        network.node(x, 0, "valve", reference=reference)
    assert [one["label"] for one in suggested(network.client(), "v1")] == ["V1", "V11", "V15", "V19"]

"""Who is a sensitive user tells of health: seen on layers and outages by those who work on networks alone."""

import json

from tests.networks.conftest import Network, at

LAYER = "/ogc/collections/water-connections"


def test_the_layer_tells_them_to_technicians_alone(network: Network) -> None:
    pk = network.make("water-connections", at(10, 5), sensitive="care_home", sensitive_name="Les Tilleuls")
    told = network.client().get(f"{LAYER}/items/{pk}").json()["properties"]
    assert (told["sensitive"], told["sensitive_name"]) == ("care_home", "Les Tilleuls")
    hidden = network.client("reader").get(f"{LAYER}/items/{pk}").json()["properties"]
    assert not {"sensitive", "sensitive_name"} & hidden.keys()


def test_nobody_finds_them_by_asking_for_them(network: Network) -> None:
    network.make("water-connections", at(10, 5), sensitive="care_home")
    answer = network.client("reader").get(f"{LAYER}/items", {"filter": "sensitive = 'care_home'"})
    assert answer.status_code == 400


def test_an_outage_keeps_them_for_technicians_alone(network: Network) -> None:
    network.node(0, 0, "tank")
    pipe = network.pipe((0, 0), (100, 0))
    network.make("water-connections", at(50, 5), address="1 rue Haute", sensitive="school", sensitive_name="Prévert")
    asked = {"request": json.dumps({"pipe": pipe})}
    made = network.client().post("/reseaux/coupures/", asked, headers={"accept": "text/html"})
    assert made.status_code == 302, made.content
    page, paper = made["Location"], f"{made['Location']}fiche.pdf"
    assert "Prévert" in network.client().get(page, headers={"accept": "text/html"}).content.decode()
    assert "Prévert" not in network.client("reader").get(page, headers={"accept": "text/html"}).content.decode()
    assert network.client("reader").get(paper).status_code == 200

"""Profiles of real networks: which way is taken, what the pages answer."""

from typing import Any

import pytest

from gis_core.errors import Invalid, NotFound
from gis_core.members.rights import Role
from networks.water.services import profiles
from networks.water.services.profiles import MOST_PIPES, Branches, Drawn, Request, profile_for
from tests.networks.conftest import Network, along, at

PAGE = "/reseaux/profil/"
HTML = {"accept": "text/html"}


def profile(network: Network, who: str = Role.NETWORK_TECHNICIAN, **asked: Any) -> Drawn:
    with network.as_(who):
        return profile_for(Request(**asked), network.rights(who))


def manhole(network: Network, x: float, y: float, **values: Any) -> int:
    return network.make("sewer-nodes", at(x, y), kind=values.pop("kind", "manhole"), system="02", **values)


def sewer(network: Network, *places: tuple[float, float], **values: Any) -> int:
    return network.make("sewer-pipes", along(*places), system="02", **values)


@pytest.fixture
def street(network: Network) -> dict[str, int]:
    """R1 > R2 > R3 > outlet, and a branch R4 > R2."""
    made = {f"R{n}": manhole(network, *place, reference=f"R{n}", cover_z=102.0) for n, place in PLACES.items()}
    made["out"] = manhole(network, 130, 10, kind="outlet", reference="EX1")
    made["a"] = sewer(network, PLACES[1], PLACES[2], reference="A", start_z=100.0, end_z=99.8, diameter_mm=200)
    made["b"] = sewer(network, PLACES[2], PLACES[3], reference="B", start_z=99.3, end_z=99.1)
    made["c"] = sewer(network, PLACES[3], (130, 10), reference="C", start_z=99.1, end_z=98.8)
    made["d"] = sewer(network, PLACES[4], PLACES[2], reference="D")
    return made


PLACES = {1: (10.0, 10.0), 2: (50.0, 10.0), 3: (90.0, 10.0), 4: (50.0, 60.0)}


def test_pipes_in_any_order_are_drawn_along_the_flow(network: Network, street: dict[str, int]) -> None:
    drawn = profile(network, pipes=(street["c"], street["a"], street["b"]))
    assert drawn.pipes == [street["a"], street["b"], street["c"]]
    assert [point.node.reference for point in drawn.profile.points] == ["R1", "R2", "R3", "EX1"]
    assert drawn.profile.points[1].drop_m == pytest.approx(0.5)
    assert drawn.member == network.member


def test_a_sewer_goes_to_its_outlet(network: Network, street: dict[str, int]) -> None:
    assert profile(network, start=street["R4"]).pipes == [street["d"], street["b"], street["c"]]
    assert profile(network, pipe=street["b"]).pipes == [street["b"], street["c"]]


def test_between_two_nodes_of_a_sewer_the_way_follows_the_flow_whichever_comes_first(
    network: Network, street: dict[str, int]
) -> None:
    drawn = profile(network, start=street["R3"], end=street["R1"])
    assert drawn.pipes == [street["a"], street["b"]]
    assert len(drawn.notes) == 1


def test_two_branches_have_no_way_along_the_flow(network: Network, street: dict[str, int]) -> None:
    with pytest.raises(NotFound, match="même branche"):
        profile(network, start=street["R1"], end=street["R4"])


def test_nodes_are_found_by_the_reference_that_people_know(network: Network, street: dict[str, int]) -> None:
    assert profile(network, start_reference="R1", end_reference="R3").pipes == [street["a"], street["b"]]
    with pytest.raises(NotFound, match="R99"):
        profile(network, start_reference="R99")


def test_without_an_outlet_the_way_ends_where_the_network_ends(network: Network) -> None:
    start = manhole(network, 10, 10)
    first = sewer(network, (10, 10), (50, 10))
    drawn = profile(network, start=start)
    assert drawn.pipes == [first]
    assert "exutoire" in drawn.notes[0]


def test_branches_are_refused_with_the_longest_way(network: Network, street: dict[str, int]) -> None:
    with pytest.raises(Branches) as raised:
        profile(network, pipes=(street["a"], street["b"], street["c"], street["d"]))
    assert raised.value.longest == [street["d"], street["b"], street["c"]]


def test_a_source_that_is_abandoned_is_none(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    start = network.node(0, 0, "drain")
    network.node(50, 0, "tank", service_state="abandon")
    near = network.pipe((0, 0), (50, 0))
    with monkeypatch.context() as unread:
        unread.setattr(profiles, "whole_network", lambda *_asked: pytest.fail("the network was read"))
        with pytest.raises(NotFound):
            profile(network, family="water", start=start)
    network.node(100, 0, "tank")
    far = network.pipe((50, 0), (100, 0))
    assert profile(network, family="water", start=start).pipes == [near, far]


def test_drinking_water_goes_to_the_nearest_source_not_through_a_closed_valve(network: Network) -> None:
    network.node(10, 10, "tank")
    network.node(10, 90, "tank")
    network.node(10, 30, "valve", position="closed")
    user = network.node(10, 40, "junction", reference="J")
    network.pipe((10, 10), (10, 30))
    network.pipe((10, 30), (10, 40))
    far = network.pipe((10, 40), (10, 90))
    assert profile(network, family="water", start=user).pipes == [far]


def test_between_two_nodes_of_drinking_water_the_shortest_way_is_taken(network: Network) -> None:
    first, last = network.node(10, 10, "hydrant"), network.node(90, 10, "hydrant")
    network.pipe((10, 10), (50, 80), (90, 10))
    short = network.pipe((10, 10), (50, 20), (90, 10))
    assert profile(network, family="water", start=last, end=first).pipes == [short]


def test_a_way_far_around_is_found_and_a_shorter_one_outside_the_first_look_wins(network: Network) -> None:
    first, last = network.node(0, 0, "hydrant"), network.node(100, 0, "hydrant")
    network.pipe((0, 0), *[(x % 2 * 90.0 + 2, 3.0 * x) for x in range(1, 60)], (100, 0))
    corners = [(0.0, 0.0), (20.0, 1_200.0), (80.0, 1_200.0), (100.0, 0.0)]
    around = [network.pipe(*corners[at : at + 2]) for at in range(3)]
    assert profile(network, family="water", start=first, end=last).pipes == around


def test_pipes_of_another_member_are_not_there(network: Network, street: dict[str, int]) -> None:
    with pytest.raises(NotFound):
        profile(network, "stranger", pipes=(street["a"],))
    with pytest.raises(NotFound):
        profile(network, "stranger", start=street["R1"])


def test_a_pipe_out_of_service_is_on_no_way_but_may_be_asked_for(network: Network, street: dict[str, int]) -> None:
    network.change("sewer-pipes", street["b"], service_state="abandon")
    assert profile(network, start=street["R1"]).pipes == [street["a"]]
    assert profile(network, pipes=(street["b"],)).pipes == [street["b"]]


@pytest.mark.parametrize(
    "given",
    [{"family": "gas"}, {"pipes": "1,x"}, {"pipes": "0"}, {"from": "-1"}, {"scale": "3"}, {"exaggeration": "7"}],
    ids=str,
)
def test_an_address_that_makes_no_sense_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        Request.parse(given)


def test_an_address_holds_a_bounded_number_of_pipes() -> None:
    with pytest.raises(Invalid, match=str(MOST_PIPES)):
        Request.parse({"pipes": ",".join(map(str, range(1, MOST_PIPES + 2)))})


# -- pages -------------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_drawing_and_the_same_figures_in_a_table(network: Network, street: dict[str, int]) -> None:
    answer = network.client().get(PAGE, {"family": "sewer", "from": street["R1"]})
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<svg" in text
    assert f'<tr id="pipe-{street["a"]}"' in text
    assert "chute de 0,50" in text


def test_branches_are_told_on_the_page_with_a_link_to_the_longest_way(network: Network, street: dict[str, int]) -> None:
    pipes = ",".join(str(street[name]) for name in "abcd")
    answer = network.client().get(PAGE, {"family": "sewer", "pipes": pipes}, headers=HTML)
    assert answer.status_code == 400
    assert f"pipes={street['d']},{street['b']},{street['c']}" in answer.content.decode()


def test_an_unknown_reference_is_told_beside_its_field(network: Network, street: dict[str, int]) -> None:
    answer = network.client().get(PAGE, {"family": "sewer", "from_ref": "R99"}, headers=HTML)
    assert answer.status_code == 404
    assert "R99" in answer.content.decode()
    assert 'aria-invalid="true"' in answer.content.decode()


def test_the_profile_is_taken_away_as_svg_csv_and_pdf(network: Network, street: dict[str, int]) -> None:
    client, asked = network.client(), {"family": "sewer", "from": street["R1"]}
    svg = client.get(PAGE, {**asked, "format": "svg"})
    assert svg["content-type"] == "image/svg+xml"
    assert 'filename="profil-r1-ex1.svg"' in svg["content-disposition"]
    table = client.get(PAGE, {**asked, "format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert table[2].startswith("R2;Regard;102;99,8;99,3;;2,7;0,5;40;B;40;0,5;")
    for paper in ("A3", "A4"):
        pdf = client.get(f"{PAGE}pdf", {**asked, "paper": paper})
        assert pdf.content.startswith(b"%PDF")
    assert client.get(f"{PAGE}pdf", {**asked, "paper": "A0"}).status_code == 400

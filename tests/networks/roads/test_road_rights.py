"""Who adds sections and markers to a numbered road: who manages it, others where nobody does, in their territory."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import LineString
from django.utils import translation

from gis_core.errors import ArpentError
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.services.reshape import merge, split
from layers.features.services.restore import restore
from layers.features.services.write import UNSET, Edit
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.services.importing import Order, bring_in
from networks.roads.services.reporting import lines
from tests import factories
from tests.networks.conftest import WEB, Network, X, Y, along, at


@pytest.fixture
def county(network: Network) -> Member:
    """A département that manages the D 2020, with somebody who works for it."""
    member = factories.member(network.commune, kind="departement")
    network.people["county"] = factories.user(member, Role.NETWORK_TECHNICIAN)
    keep(member, manager="03")
    return member


def keep(member: Member, **values: Any) -> None:
    with factories.as_worker():
        RoadSection.objects.create(owner=member, geom=along((0, 10), (90, 10)), **({"route": "D2020"} | values))


def add_marker(network: Network, who: str, number: int = 1, x: float = 20, **values: Any) -> int:
    given = {"route": "D2020", "number": number} | values
    return network.edit("road-markers", [Edit(action="create", properties=given, geometry=at(x, 10))], who)[0].id


def add_section(network: Network, who: str, **values: Any) -> int:
    return network.edit("road-sections", [Edit(action="create", properties=values, geometry=along((90, 10), (98, 20)))],
                        who)[0].id  # fmt: skip


def refused(words: str) -> Any:
    return pytest.raises(ArpentError, match=words)


TECHNICIAN = Role.NETWORK_TECHNICIAN.value


def test_who_manages_a_road_adds_its_markers_and_sections(network: Network, county: Member) -> None:
    add_marker(network, "county")
    add_section(network, "county", route="D2020")
    assert set(RoadMarker.objects.values_list("owner", flat=True)) == {county.pk}


def test_others_add_no_marker_to_a_road_that_is_managed(network: Network, county: Member) -> None:
    with refused(county.name):
        add_marker(network, TECHNICIAN)


def test_others_add_no_section_to_a_road_that_is_managed(network: Network, county: Member) -> None:
    with refused(county.name):
        add_section(network, TECHNICIAN, route="D2020")


def test_others_give_their_sections_no_number_of_a_road_that_is_managed(network: Network, county: Member) -> None:
    mine = add_section(network, TECHNICIAN)
    with refused(county.name):
        network.edit("road-sections", [Edit(action="update", id=mine, version=1, properties={"route": "D2020"},
                                            geometry=UNSET)])  # fmt: skip


def test_others_still_change_their_own_sections_of_a_road_that_is_managed(network: Network) -> None:
    mine = add_section(network, TECHNICIAN, route="D2020")
    member = factories.member(network.commune, kind="departement")
    keep(member, manager="03")
    network.edit("road-sections", [Edit(action="update", id=mine, version=1, properties={"lanes": 2}, geometry=UNSET)])
    assert RoadSection.objects.get(pk=mine).lanes == 2


@pytest.fixture
def mine(network: Network) -> list[int]:
    """Two sections of the network's member on the D 2020, which a département came to manage since."""
    first = network.edit("road-sections", [
        Edit(action="create", properties={"route": "D2020", "manager": "05"}, geometry=along(*places))
        for places in (((0, 50), (40, 50)), ((40, 50), (90, 50)))
    ])  # fmt: skip
    keep(factories.member(network.commune, kind="departement"), manager="03")
    return [one.id for one in first]


def manager() -> Member:
    return Member.objects.get(kind="departement")


def layer() -> Layer:
    return Layer.objects.get(slug="road-sections")


def version(pk: int) -> int:
    return int(RoadSection.objects.values_list("version", flat=True).get(pk=pk))


def change(network: Network, pk: int, **values: Any) -> None:
    edit = Edit(action="update", id=pk, version=version(pk), properties=values, geometry=UNSET)
    network.edit("road-sections", [edit])


@pytest.mark.parametrize("reference", ["T1", None])
def test_others_split_their_own_section_of_a_road_that_is_managed(
    network: Network, mine: list[int], reference: str | None
) -> None:
    change(network, mine[1], reference=reference)
    line = LineString((X + 61.3, Y), (X + 63.7, Y + 99), srid=2154)
    with network.as_():
        made = split(layer(), mine[1], line, version=version(mine[1]), rights=network.rights(), origin=WEB)
    assert [RoadSection.objects.get(pk=one.id).route for one in made] == ["D2020", "D2020"]


def test_others_merge_their_own_sections_of_a_road_that_is_managed(network: Network, mine: list[int]) -> None:
    with network.as_():
        merge(layer(), [(pk, version(pk)) for pk in mine], rights=network.rights(), origin=WEB)
    assert RoadSection.objects.get(pk=mine[0]).geom.length == 90


def test_others_restore_their_own_section_of_a_road_that_is_managed(network: Network, mine: list[int]) -> None:
    network.remove("road-sections", mine[0])
    with network.as_():
        restore(layer(), mine[0], version=1, current_version=None, rights=network.rights(), origin=WEB)
    assert RoadSection.objects.get(pk=mine[0]).route == "D2020"


def test_what_a_source_said_of_a_section_comes_back_with_it(network: Network, mine: list[int]) -> None:
    with factories.as_worker():
        RoadSection.objects.filter(pk=mine[0]).update(more={"line": "abc"})
    network.remove("road-sections", mine[0])
    with network.as_():
        restore(layer(), mine[0], version=2, current_version=None, rights=network.rights(), origin=WEB)
    assert RoadSection.objects.get(pk=mine[0]).more == {"line": "abc"}


def test_others_add_no_section_over_their_own_of_a_road_that_is_managed(network: Network, mine: list[int]) -> None:
    properties = {"route": "D2020"}
    with refused(manager().name):
        network.edit("road-sections", [Edit(action="create", properties=properties,
                                            geometry=along((10, 50), (30, 50)))])  # fmt: skip


def test_a_road_that_changes_hands_has_several_managers(network: Network, mine: list[int]) -> None:
    with factories.as_owner():
        Member.objects.filter(pk=network.member.pk).update(kind="epci")
    with refused(manager().name):
        add_marker(network, TECHNICIAN)
    change(network, mine[0], manager="04")
    add_marker(network, TECHNICIAN)
    assert RoadMarker.objects.get().owner_id == network.member.pk


def test_who_manages_its_part_of_a_road_adds_sections_beside_another_manager(network: Network, county: Member) -> None:
    with factories.as_owner():
        Member.objects.filter(pk=network.member.pk).update(kind="epci")
    with refused(county.name):
        add_section(network, TECHNICIAN, route="D2020", manager="03")
    add_section(network, TECHNICIAN, route="D2020", manager="04")
    add_section(network, "county", route="D2020", manager="03", lanes=2)


def test_a_section_whose_departement_is_found_later_does_not_join_a_road_that_is_managed(network: Network) -> None:
    mine = add_section(network, TECHNICIAN, route="D2020")
    keep(factories.member(network.commune, kind="departement"), manager="03", department="45")
    change(network, mine, lanes=2)
    assert RoadSection.objects.get(pk=mine).department == ""
    with refused(manager().name):
        change(network, mine, insee_left="45901")


def test_a_marker_that_only_says_more_stays_its_owners_on_a_road_that_is_managed(network: Network) -> None:
    pk = add_marker(network, TECHNICIAN)
    keep(factories.member(network.commune, kind="departement"), manager="03")
    edit = Edit(action="update", id=pk, version=1, properties={"comment": "Penché", "number": 1}, geometry=UNSET)
    network.edit("road-markers", [edit])
    assert RoadMarker.objects.get(pk=pk).comment == "Penché"


def test_a_marker_that_is_there_already_is_told_at_its_number_with_whose_it_is(
    network: Network, county: Member
) -> None:
    add_marker(network, "county", number=12, department="45")
    with translation.override("en"), pytest.raises(ArpentError) as found:
        add_marker(network, "county", number=12, x=40, department="45", carriageway="U")
    (told,) = found.value.extra["errors"]
    assert (told["field"], "D 2020 (45)" in told["message"], county.name in told["message"]) == ("number", True, True)


def test_others_say_who_manages_their_own_section(network: Network, mine: list[int]) -> None:
    change(network, mine[0], manager="03")
    assert RoadSection.objects.get(pk=mine[0]).manager == "03"


def test_a_road_that_nobody_manages_is_completed_within_the_territory(network: Network) -> None:
    keep(network.other, manager="03")
    add_marker(network, TECHNICIAN)
    with refused("hors du territoire"), translation.override("fr"):
        add_marker(network, TECHNICIAN, number=2, x=9000)


def test_another_road_of_the_same_number_is_not_that_of_the_manager(network: Network, county: Member) -> None:
    add_marker(network, TECHNICIAN, department="28")
    assert RoadMarker.objects.get().department == "28"


@pytest.mark.parametrize("text", ["2a", "045", "4", "Loi"])
def test_a_departement_that_is_no_code_is_refused_with_its_field(network: Network, text: str) -> None:
    with translation.override("en"), refused("45, 2A or 974") as found:
        add_marker(network, TECHNICIAN, department=text)
    assert found.value.extra["errors"][0]["field"] == "department"


def bring(member: Member, tmp_path: Path, text: str) -> dict[str, Any]:
    path = tmp_path / "pr.csv"
    path.write_text(text)
    order = Order(what="markers", paths=[path], write=True)
    with translation.override("fr"), factories.as_worker(), acting_as(SYSTEM):
        report = bring_in(member, order, lambda _share, _words: None).report
        return report | {"lines": list(lines(report))}


def test_an_import_leaves_roads_to_who_manages_them_and_says_so(
    network: Network, county: Member, tmp_path: Path
) -> None:
    text = f"route;pr;x;y\nD2020;1;{X + 10};{Y + 10}\nD2020;2;{X + 50};{Y + 10}\n"
    report = bring(network.member, tmp_path, text)
    assert (report["counts"]["managed"], report["counts"]["new"]) == (2, 0)
    assert any("autre membre gère" in one for one in report["lines"])
    assert bring(county, tmp_path, text)["counts"]["new"] == 2


def test_an_import_leaves_markers_out_that_lie_far_from_territory_and_sections(
    network: Network, tmp_path: Path
) -> None:
    with factories.as_worker():
        RoadSection.objects.create(owner=network.other, route="D2020", geom=along((0, 10), (20_000, 10)))
    text = f"route;pr;x;y\nD2020;1;{X + 10};{Y + 10}\nD2020;2;{X + 15_000};{Y + 10}\n"
    report = bring(network.member, tmp_path, text)
    assert (report["counts"]["outside"], report["counts"]["new"]) == (1, 1)


def test_an_import_moves_no_marker_that_was_corrected_to_be_of_a_managed_road(network: Network, tmp_path: Path) -> None:
    with factories.as_worker():
        RoadSection.objects.create(owner=network.member, route="D7", geom=along((0, 10), (90, 10)))
    bring(network.member, tmp_path, f"route;pr;x;y\nD7;1;{X + 10};{Y + 10}\nD7;2;{X + 50};{Y + 10}\n")
    with factories.as_worker():
        RoadMarker.objects.filter(number=2).update(route="D2020")
    member = factories.member(network.commune, kind="departement")
    keep(member, manager="03")
    report = bring(network.member, tmp_path, f"route;pr;x;y\nD7;1;{X + 12};{Y + 10}\nD7;2;{X + 60};{Y + 10}\n")
    assert (report["counts"]["managed"], report["counts"]["changed"]) == (1, 1)

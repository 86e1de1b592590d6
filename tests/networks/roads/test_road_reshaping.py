"""Sections of road split, merged and turned round: what they say stays true, and references stay where they are."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point

from gis_core.errors import ArpentError
from layers.catalogue.models import Layer
from layers.features.services.reshape import merge, split
from layers.features.services.write import Edit, apply_edits
from networks.roads.models import RoadAxis, RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate, stale_roads
from networks.roads.services.referring import RoadPlace, locate, place_of, reference_at
from tests import factories
from tests.networks.conftest import WEB, Network

X, Y = factories.ORIGIN
SIDED: dict[str, Any] = {"name_left": "Rue Haute", "name_right": "Rue Basse", "insee_left": "45901",
                         "insee_right": "45903", "traffic_way": "forward"}  # fmt: skip


def section(network: Network, *places: tuple[float, float], **values: Any) -> RoadSection:
    line = LineString([(X + x, Y + y) for x, y in places], srid=2154)
    with factories.as_worker():
        made = RoadSection.objects.create(owner=network.member, geom=line, **({"route": "D2020"} | values))
        made.refresh_from_db()
    return made


def layer() -> Layer:
    return Layer.objects.get(slug="road-sections")


def cut(network: Network, one: RoadSection, x: float) -> list[RoadSection]:
    line = LineString((X + x, Y - 500), (X + x, Y + 500), srid=2154)
    with network.as_():
        written = split(layer(), one.pk, line, version=version(one.pk), rights=network.rights(), origin=WEB)
    return [RoadSection.objects.get(pk=done.id) for done in written]


def version(pk: int) -> int:
    return int(RoadSection.objects.values_list("version", flat=True).get(pk=pk))


def join(network: Network, *ids: int) -> RoadSection:
    with network.as_():
        kept, *_gone = merge(layer(), [(pk, version(pk)) for pk in ids], rights=network.rights(), origin=WEB)
    return RoadSection.objects.get(pk=kept.id)


def turn(network: Network, pk: int, **values: Any) -> RoadSection:
    line = RoadSection.objects.get(pk=pk).geom
    line.reverse()
    with network.as_():
        edit = Edit(action="update", id=pk, version=version(pk), geometry=line, properties=values)
        apply_edits(layer(), [edit], rights=network.rights(), origin=WEB)
    return RoadSection.objects.get(pk=pk)


def test_the_longest_piece_keeps_the_reference_and_the_others_say_whose_they_are(network: Network) -> None:
    one = section(network, (0, 0), (90, 0), reference="T1", condition="2", **SIDED)
    kept, piece = cut(network, one, 60)
    assert (kept.pk, kept.reference, piece.reference) == (one.pk, "T1", "T1/2")
    assert (piece.condition, piece.name_left, piece.route) == ("2", "Rue Haute", "D2020")
    _kept, third = cut(network, kept, 20)
    assert third.reference == "T1/3"
    assert kept.end_node_id == piece.start_node_id


def test_a_section_without_a_reference_is_split_too(network: Network) -> None:
    kept, piece = cut(network, section(network, (0, 0), (90, 0)), 60)
    assert (kept.reference, piece.reference) == (None, None)


def test_a_section_drawn_the_other_way_is_turned_round_when_it_joins(network: Network) -> None:
    first = section(network, (0, 0), (40, 0), reference="T1", traffic_way="forward", name_right="Rue Basse")
    other = section(network, (90, 0), (40, 0), reference="T2", traffic_way="backward", name_right="Rue Haute",
                    insee_left="45901", max_height_m=3.5)  # fmt: skip
    whole = join(network, first.pk, other.pk)
    assert (whole.pk, whole.reference, whole.geom.length) == (first.pk, "T1", 90)
    assert (whole.name_left, whole.name_right, whole.insee_right) == ("Rue Haute", "Rue Basse", "45901")
    assert (whole.traffic_way, whole.max_height_m, whole.more["merged"]) == ("forward", 3.5, ["T2"])


@pytest.mark.parametrize(
    ("values", "words"),
    [({"route": "D7"}, "D 7"), ({"status": "05"}, "05"), ({"traffic_way": "backward"}, ""), ({"level": 1}, "1")],
)
def test_sections_that_differ_stay_apart(network: Network, values: dict[str, Any], words: str) -> None:
    given = {"status": "03", "traffic_way": "forward"}
    first = section(network, (0, 0), (40, 0), **given)
    other = section(network, (40, 0), (90, 0), **(given | values))
    with pytest.raises(ArpentError) as refused:
        join(network, first.pk, other.pk)
    assert words in str(refused.value.message) or values.get("status")
    assert RoadSection.objects.count() == 2


def test_turning_a_line_round_exchanges_its_sides_and_its_traffic(network: Network) -> None:
    one = section(network, (0, 0), (40, 10), (90, 0), **SIDED)
    now = turn(network, one.pk)
    assert (now.name_left, now.name_right, now.insee_left, now.insee_right, now.traffic_way) == (
        "Rue Basse", "Rue Haute", "45903", "45901", "backward")  # fmt: skip
    assert (now.start_node_id, now.end_node_id) == (one.end_node_id, one.start_node_id)
    assert now.version == 2
    back = turn(network, one.pk)
    assert (back.name_left, back.traffic_way) == ("Rue Haute", "forward")


def test_what_the_same_change_says_is_taken_as_it_is_said(network: Network) -> None:
    one = section(network, (0, 0), (90, 0), **SIDED)
    now = turn(network, one.pk, name_left="Rue Neuve")
    assert (now.name_left, now.name_right, now.insee_left) == ("Rue Neuve", "Rue Basse", "45903")


def test_a_line_that_is_only_moved_keeps_its_sides(network: Network) -> None:
    one = section(network, (0, 0), (40, 10), (90, 0), **SIDED)
    with factories.as_worker():
        RoadSection.objects.filter(pk=one.pk).update(geom=LineString((X, Y), (X + 90, Y), srid=2154))
    assert RoadSection.objects.get(pk=one.pk).name_left == "Rue Haute"


@pytest.mark.parametrize("seed", range(4))
def test_references_stay_where_they_are_whatever_happens_to_sections(network: Network, seed: int) -> None:
    chance = Random(seed)
    # Within the commune, a square of 100 m: a road of 90 m with markers every 30 m.
    places = [(float(x), chance.uniform(30, 60)) for x in range(4, 98, 6)]
    cuts = [0, *sorted(chance.sample(range(2, len(places) - 2), 3)), len(places) - 1]
    made = [section(network, *(part if chance.random() < 0.5 else part[::-1]))
            for part in (places[first : last + 1] for first, last in pairwise(cuts))]  # fmt: skip
    with factories.as_worker():
        for number, rank in enumerate((0, 5, 10, len(places) - 1)):
            geom = Point(X + places[rank][0], Y + places[rank][1], srid=2154)
            RoadMarker.objects.create(owner=network.member, route="D2020", number=number, geom=geom)
        calibrate("D2020")
    asked = [f"D 2020 PR {chance.randrange(3)}+{chance.randrange(28)}" for _turn in range(12)]
    before = {one: found(one) for one in asked}
    one = max(made, key=lambda section: section.geom.length)
    kept, piece = cut(network, one, (one.geom.extent[0] + one.geom.extent[2]) / 2 - X)
    turn(network, kept.pk)
    check(before)
    with factories.as_worker():
        calibrate("D2020")
    check(before)
    join(network, piece.pk, kept.pk)
    check(before)
    with factories.as_worker():
        assert stale_roads() == [("D2020", "")]
        calibrate("D2020")
        assert stale_roads() == []
    check(before)


def found(text: str) -> RoadPlace:
    with factories.as_role("arpent_web"):
        return locate(text)


def check(before: dict[str, RoadPlace]) -> None:
    for text, one in before.items():
        now = found(text)
        assert ((now.x - one.x) ** 2 + (now.y - one.y) ** 2) ** 0.5 < 1
        with factories.as_role("arpent_web"):
            back = reference_at(one.x, one.y, route="D2020")
        if back.reference.marker == one.reference.marker:
            assert abs(back.reference.metres - one.reference.metres) < 1
        else:
            # The place is that of a marker, to the millimetre before or after it.
            assert min(back.reference.metres, one.reference.metres) < 1
        with factories.as_role("arpent_web"):
            again = place_of(back.reference)
        assert ((again.x - one.x) ** 2 + (again.y - one.y) ** 2) ** 0.5 < 1


def test_an_answer_never_comes_from_an_axis_that_is_stale(network: Network) -> None:
    section(network, (0, 0), (90, 0))
    with factories.as_worker():
        for number, x in ((1, 0), (2, 50)):
            RoadMarker.objects.create(
                owner=network.member, route="D2020", number=number, geom=Point(X + x, Y, srid=2154)
            )
    assert found("D 2020 PR 1+20").x == X + 20
    with factories.as_worker():
        calibrate("D2020")
        RoadMarker.objects.filter(number=1).update(geom=Point(X + 10, Y, srid=2154))
        assert RoadAxis.objects.get().stale
    assert found("D 2020 PR 1+20").x == X + 30
    with factories.as_role("arpent_web"):
        back = reference_at(X + 30, Y + 2)
    assert (str(back.reference), back.distance_m, back.lies) == ("D 2020 PR 1+20", 2.0, "left")


def draw(network: Network, one: RoadSection, *places: tuple[float, float]) -> RoadSection:
    line = LineString([(X + x, Y + y) for x, y in places], srid=2154)
    with network.as_():
        edit = Edit(action="update", id=one.pk, version=version(one.pk), geometry=line)
        apply_edits(layer(), [edit], rights=network.rights(), origin=WEB)
    return RoadSection.objects.get(pk=one.pk)


@pytest.mark.parametrize("x", [0.3, 89.7])
def test_a_section_is_not_split_beside_its_end(network: Network, x: float) -> None:
    one = section(network, (0, 0), (90, 0))
    section(network, (90, 0), (90, 50))
    section(network, (0, 0), (0, 50))
    with pytest.raises(ArpentError, match="moins d’un demi-mètre"):
        cut(network, one, x)
    assert RoadSection.objects.count() == 3


def test_a_section_shorter_than_half_a_metre_is_refused_in_words(network: Network) -> None:
    edit = Edit(action="create", geometry=LineString((X, Y), (X + 0.4, Y), srid=2154))
    with network.as_(), pytest.raises(ArpentError, match="demi-mètre de route"):
        apply_edits(layer(), [edit], rights=network.rights(), origin=WEB)


def test_a_dead_end_is_moved_by_as_little_as_one_likes(network: Network) -> None:
    one = section(network, (0, 0), (90, 0))
    now = draw(network, one, (0, 0), (90.2, 0.1))
    assert now.geom.coords[-1] == (X + 90.2, Y + 0.1)
    assert now.end_node_id == one.end_node_id
    section(network, (90.2, 0.1), (90, 50))
    assert RoadSection.objects.filter(start_node_id=now.end_node_id).exists()


def test_an_end_that_would_be_put_back_on_its_junction_is_refused_in_words(network: Network) -> None:
    one = section(network, (0, 0), (90, 0))
    section(network, (90, 0), (90, 50))
    with pytest.raises(ArpentError, match="remise"):
        draw(network, one, (0, 0), (90.3, 0))
    assert RoadSection.objects.get(pk=one.pk).version == 1


def test_an_end_near_its_junction_stays_on_it_when_the_rest_of_the_line_changes(network: Network) -> None:
    one = section(network, (0, 0), (90, 0))
    section(network, (90, 0), (90, 50))
    now = draw(network, one, (0, 0), (40, 20), (90.3, 0))
    assert now.geom.coords[1:] == ((X + 40, Y + 20), (X + 90, Y))


def test_sections_stay_apart_where_another_road_ends_between_them(network: Network) -> None:
    first, other = section(network, (0, 0), (40, 0)), section(network, (40, 0), (90, 0))
    section(network, (40, 0), (40, 60), route="D7")
    with pytest.raises(ArpentError, match="D 7"):
        join(network, first.pk, other.pk)
    assert RoadSection.objects.count() == 3


def test_a_road_that_meets_an_end_of_what_is_merged_hinders_nothing(network: Network) -> None:
    first, other = section(network, (0, 0), (40, 0)), section(network, (40, 0), (90, 0))
    street = section(network, (90, 0), (90, 60), route=None, name_left="Rue Haute")
    assert join(network, first.pk, other.pk).end_node_id == street.start_node_id


HALVES = [((0, 0), (20, -20), (40, 0)), ((40, 0), (20, 20), (0, 0))]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("first", [0, 1])
def test_the_halves_of_a_roundabout_keep_their_sides_and_their_traffic(
    network: Network, first: int, turned: bool
) -> None:
    along = {"name_left": "Rue Haute", "name_right": "Rue Basse", "traffic_way": "forward"}
    against = {"name_left": "Rue Basse", "name_right": "Rue Haute", "traffic_way": "backward"}
    halves = [
        section(network, *HALVES[first], **along),
        section(network, *HALVES[1 - first][:: -1 if turned else 1], **(against if turned else along)),
    ]
    whole = join(network, *(one.pk for one in halves))
    assert whole.geom.closed
    assert (whole.name_left, whole.name_right, whole.traffic_way) == ("Rue Haute", "Rue Basse", "forward")
    ring = [(x - X, y - Y) for x, y in whole.geom.coords]
    drawn = [*HALVES[first], *HALVES[1 - first][1:]]
    assert any(ring == [*drawn[rank:-1], *drawn[: rank + 1]] for rank in range(4))


@pytest.mark.parametrize("x", [0, 40])
def test_a_roundabout_that_one_road_meets_closes_where_it_does(network: Network, x: float) -> None:
    halves = [section(network, *way) for way in HALVES]
    road = section(network, (x, 0), (x, 70))
    whole = join(network, *(one.pk for one in halves))
    assert (whole.start_node_id, whole.end_node_id) == (road.start_node_id, road.start_node_id)


def test_a_roundabout_that_two_roads_meet_stays_in_its_pieces(network: Network) -> None:
    halves = [section(network, *way) for way in HALVES]
    for x in (0, 40):
        section(network, (x, 0), (x, 70), name_left="Rue Haute", route=None)
    with pytest.raises(ArpentError, match="Rue Haute"):
        join(network, *(one.pk for one in halves))


# -- the sheet of a section ---------------------------------------------------------------------------------------


def told(network: Network, one: RoadSection) -> dict[str, str]:
    answer = network.client().get(f"/api/v1/layers/road-sections/features/{one.pk}/")
    assert answer.status_code == 200, answer.content
    return {line["label"]: line["display"].replace("\xa0", " ") for line in answer.json()["properties"]}


def test_the_sheet_of_a_section_says_what_meets_its_two_ends(network: Network) -> None:
    one = section(network, (0, 0), (40, 0))
    section(network, (40, 0), (90, 0))
    section(network, (40, 0), (40, 60))
    lines = told(network, one)
    assert (lines["Au début"], lines["À la fin"]) == ("impasse", "2 autres tronçons")
    assert "Nœud de départ" not in lines


def test_a_street_drawn_onto_the_middle_of_a_section_is_told_on_both_sheets(network: Network) -> None:
    road = section(network, (0, 0), (90, 0))
    street = section(network, (40, 0.2), (40, 60), route=None)
    assert told(network, street)["Au début"] == "arrive sur D 2020 sans carrefour : découpez cet autre tronçon ici"
    assert told(network, road)["Sans carrefour"] == "1 tronçon arrive sur celui-ci : découpez celui-ci à cet endroit"


def test_a_road_that_ends_below_a_bridge_is_no_missing_junction(network: Network) -> None:
    bridge = section(network, (0, 0), (90, 0), level=1)
    street = section(network, (40, 0), (40, 60))
    assert "Sans carrefour" not in told(network, bridge)
    assert told(network, street)["Au début"] == "impasse"


def test_sections_are_listed_and_taken_away_with_their_nodes(network: Network) -> None:
    one = section(network, (0, 0), (40, 0))
    answer = network.client().get("/api/v1/layers/road-sections/features/")
    (row,) = answer.json()["results"]
    assert (row["properties"]["start_node_id"], row["properties"]["end_node_id"]) == (
        one.start_node_id,
        one.end_node_id,
    )

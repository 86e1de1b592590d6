"""Places on numbered roads: from a reference to a point and back, over HTTP and in the database."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.test import Client

from gis_core.models import Member
from layers.catalogue.models import Layer
from networks.roads import axis
from networks.roads.models import RoadAxis, RoadMarker, RoadNode, RoadSection
from networks.roads.references import Reference, Road
from networks.roads.services import calibrating
from networks.roads.services.calibrating import calibrate, stale_roads
from networks.roads.services.referring import place_of
from networks.roads.services.siding import set_sides
from tests import factories

URL = "/api/v1/networks/roads/locate"
X, Y = 620_000.0, 6_720_000.0


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune("45901"))


def section(member: Member, *places: tuple[float, float], **values: Any) -> RoadSection:
    line = LineString([(X + x, Y + y) for x, y in places], srid=2154)
    with factories.as_worker():
        return RoadSection.objects.create(owner=member, geom=line, **({"route": "D2020"} | values))


def marker(member: Member, number: int, x: float, y: float = 0.0, **values: Any) -> RoadMarker:
    with factories.as_worker():
        return RoadMarker.objects.create(
            owner=member, number=number, geom=Point(X + x, Y + y, srid=2154), **({"route": "D2020"} | values)
        )


def calibrated(route: str = "D2020") -> None:
    with factories.as_worker():
        calibrate(route)


def asked(status: int = 200, **given: Any) -> Any:
    answer = Client(raise_request_exception=False).get(URL, given, headers={"accept": "application/json"})
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def road(member: Member) -> Member:
    """Three kilometres digitised every way, PR 12 to 14, the second 1,037 m after the first."""
    section(member, (0, 0), (900, 0))
    section(member, (2000, 0), (900, 0))
    section(member, (2000, 0), (3000, 0))
    for number, x in ((12, 100), (13, 1137), (14, 2100)):
        marker(member, number, x, 3)
    calibrated()
    return member


def test_a_reference_has_a_place(road: Member) -> None:
    told = asked(reference="rd 2020 pr 12+350")
    assert (told["x"], told["y"], told["reference"], told["side"]) == (X + 450, Y, "D 2020 PR 12+350", "U")


@pytest.mark.parametrize(
    "text", ["D2020 12+350", "D 2020 PR12+350 D", "D2020 PR 12.350", "RD 2020 PR 12 + 350 m", "d2020 pr 12,350"]
)
def test_a_reference_is_typed_in_many_ways(road: Member, text: str) -> None:
    assert asked(reference=text)["x"] == X + 450


def test_a_place_has_a_reference(road: Member) -> None:
    told = asked(x=X + 1500, y=Y + 4)
    assert (told["reference"], told["distance_m"], told["lies"]) == ("D 2020 PR 13+363", 4.0, "left")
    assert asked(x=X + 1500, y=Y - 4)["lies"] == "right"


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"reference": "D 2020 PR 12+1400"}, 400, "037"),
        ({"reference": "D 2020 PR 14+5000"}, 400, "900"),
        ({"reference": "D 2020 PR 40+0"}, 404, "12"),
        ({"reference": "D 7 PR 1+0"}, 404, "D 7"),
        ({"reference": "rue Haute"}, 400, "D 2020 PR 12+350"),
        ({"x": X + 1500, "y": Y + 400}, 404, "30"),
        ({"x": X + 20, "y": Y}, 404, "D 2020"),
        ({"x": "abc", "y": Y}, 400, "2154"),
        ({"x": "nan", "y": Y}, 400, "2154"),
        ({"x": X}, 400, "x"),
        ({}, 400, "x"),
        ({"reference": "D 2020 PR 12+0", "x": 1, "y": 2}, 400, "x"),
        ({"x": X, "y": Y, "route": "rue Haute"}, 400, "D 2020"),
    ],
)
def test_what_is_impossible_is_explained(road: Member, given: dict[str, Any], status: int, words: str) -> None:
    assert words in asked(status, **given)["detail"]


def test_who_may_not_see_the_sections_is_told_no_place_on_them(road: Member) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug="road-sections").update(visibility=Layer.Visibility.MEMBERS)
    for question in ({"reference": "D 2020 PR 12+350"}, {"x": X + 1500, "y": Y}):
        assert "D 2020" not in asked(404, **question)["detail"]


def test_a_marker_whose_number_another_one_has_is_told(road: Member) -> None:
    other = marker(road, 13, 1200, carriageway="D")
    calibrated()
    assert RoadAxis.objects.get().faults == {"doubled": [other.pk]}


def test_markers_that_face_each_other_across_a_single_carriageway_are_one(road: Member) -> None:
    for side, y in (("D", -5), ("G", 5)):
        marker(road, 15, 2900, y, carriageway=side)
    calibrated()
    assert RoadAxis.objects.get().faults == {}


def test_sections_that_touch_share_their_node(road: Member) -> None:
    with factories.as_worker():
        assert RoadNode.objects.count() == 4
        first = RoadSection.objects.order_by("pk")[0]
        first.delete()
        assert RoadNode.objects.count() == 3


def test_a_road_that_changed_is_calibrated_again(road: Member) -> None:
    with factories.as_worker():
        assert stale_roads() == []
    marker(road, 15, 2950)
    with factories.as_worker():
        assert RoadAxis.objects.get().stale
        assert stale_roads() == [("D2020", "")]
    assert asked(reference="D2020 PR 15+20")["x"] == X + 2970


def test_each_carriageway_of_a_road_is_measured_along_its_own(member: Member) -> None:
    section(member, (0, 0), (500, 0))
    section(member, (500, 0), (600, -10), (1400, -10), (1500, 0), carriageway="D", traffic_way="forward")
    section(member, (1500, 0), (1400, 60), (600, 60), (500, 0), carriageway="G", traffic_way="forward")
    section(member, (1500, 0), (2000, 0))
    for number, x in ((1, 100), (2, 1100), (3, 1900)):
        marker(member, number, x)
    calibrated()
    right, left = asked(reference="D2020 PR 1+900 D"), asked(reference="D2020 PR 1+900 G")
    assert (right["y"], left["y"]) == (Y - 10, Y + 60)
    assert asked(x=left["x"], y=left["y"])["reference"] == "D 2020 PR 1+900 G"
    assert asked(reference="D2020 PR 1+50 G")["y"] == Y


@pytest.mark.parametrize("seed", range(5))
def test_references_of_roads_drawn_by_chance_come_back_within_a_metre(member: Member, seed: int) -> None:
    chance = Random(seed)
    places = [(0.0, 0.0)]
    while places[-1][0] < 6000:
        places.append((places[-1][0] + chance.uniform(40, 160), places[-1][1] + chance.uniform(-60, 60)))
    cuts = sorted({0, len(places) - 1, *chance.sample(range(1, len(places) - 1), 12)})
    for first, last in chance.sample(list(pairwise(cuts)), len(cuts) - 1):
        part = places[first : last + 1]
        section(member, *(part if chance.random() < 0.5 else part[::-1]))
    for number, rank in enumerate(range(2, len(places), 10)):
        marker(member, number, *places[rank])
    calibrated()
    for _turn in range(25):
        reference = f"D 2020 PR {chance.randrange(0, 4)}+{chance.randrange(0, 600)}"
        told = asked(reference=reference)
        back = asked(x=told["x"], y=told["y"])
        assert back["reference"] == told["reference"] == reference


type Place = tuple[float, float]


def test_a_road_that_changed_is_measured_once_for_a_question_with_markers_where_they_were_put(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for places in (((0, 0), (1000, 0)), ((1000, 0), (2000, 0)), ((1000, 0), (1000, 30), (1300, 30))):
        section(member, *places)
    for number, x, y in ((1, 100, 0), (2, 1150, 18), (3, 1900, 0)):
        marker(member, number, x, y)
    calibrated()
    section(member, (2000, 0), (2500, 0))
    assert RoadAxis.objects.get().stale
    monkeypatch.setattr(axis, "better_section", None)
    told = asked(reference="D 2020 PR 2+0")
    assert (told["x"], told["y"]) == (X + 1150, Y)
    assert asked(x=X + 1250, y=Y)["reference"] == "D 2020 PR 2+100"


def test_a_question_on_one_carriageway_of_a_road_that_changed_measures_that_one_alone(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side, y in (("D", 0), ("G", 12)):
        section(member, (0, y), (2000, y), carriageway=side, traffic_way="forward" if side == "D" else "backward")
    for number, x in ((1, 100), (2, 1100)):
        marker(member, number, x)
    measured: list[list[int]] = []

    def build(sections: list[axis.Section], *given: Any) -> axis.Axis:
        measured.append([one.id for one in sections])
        return axis.build(sections, *given)

    monkeypatch.setattr(calibrating, "build", build)
    assert asked(reference="D 2020 PR 1+20 G")["y"] == Y + 12
    assert measured == [[RoadSection.objects.get(carriageway="G").pk]]


class Drawn:
    """A road drawn by chance eastwards: open road, roundabouts, two carriageways for a while, gaps."""

    def __init__(self, member: Member, chance: Random) -> None:
        self.member, self.chance = member, chance
        self.x, self.y, self.wanted = 0.0, 0.0, dict[int, str]()
        self.grows = chance.random() < 0.5
        self.stands: list[tuple[str, list[Place]]] = []

    def way(self, *places: Place, traffic: str = "both", **values: Any) -> RoadSection:
        """Digitised either way."""
        turned = self.chance.random() < 0.5
        if turned and traffic == "forward":
            traffic = "backward"
        return section(self.member, *(places[::-1] if turned else places), traffic_way=traffic, **values)

    def open_road(self) -> None:
        for _turn in range(self.chance.randrange(1, 4)):
            places = [(self.x, self.y)]
            for _step in range(4):
                places.append(
                    (places[-1][0] + self.chance.uniform(40, 160), places[-1][1] + self.chance.uniform(-30, 30))
                )
            self.wanted[self.way(*places).pk] = "U"
            self.stands.append(("U", [places[2]]))
            self.x, self.y = places[-1]

    def roundabout(self) -> None:
        x, y = self.x + 20, self.y
        ring = [(x - 20, y), (x - 14, y - 14), (x, y - 20), (x + 14, y - 14), (x + 20, y)]
        back = [(x + 20, y), (x + 14, y + 14), (x, y + 20), (x - 14, y + 14), (x - 20, y)]
        for half in (ring, back):
            self.way(*half, traffic="forward", nature="rond_point")
        self.x += 40

    def two_carriageways(self) -> None:
        length, apart = self.chance.uniform(300, 900), self.chance.uniform(5, 24)
        x, y, end = self.x, self.y, self.x + length
        for side, aside, drive in (("D", -apart, 1), ("G", apart, -1)):
            places = [(x, y), (x + 40, y + aside), (x + length / 2, y + aside), (end - 40, y + aside), (end, y)][
                ::drive
            ]
            for part in (places[:3], places[2:]):
                made = self.way(*part, traffic="forward", nature="2chaussees")
                self.wanted[made.pk] = side if self.grows else "G" if side == "D" else "D"
        places = [(x + length / 3, y - apart), (x + length / 3, y + apart)]
        self.stands.append(("DG" if self.grows else "GD", places))
        self.x = end

    def gap(self) -> None:
        self.x += self.chance.uniform(60, 300)

    def mark(self) -> None:
        """Markers of the open road, and of both carriageways where there are two."""
        for number, (sides, places) in enumerate(self.stands if self.grows else self.stands[::-1]):
            for side, place in zip(sides, places, strict=True):
                marker(self.member, number, *place, carriageway=side)


@pytest.mark.parametrize("seed", range(8))
def test_references_of_roads_with_loops_pairs_and_gaps_come_back_on_their_side(member: Member, seed: int) -> None:
    chance = Random(seed)
    road = Drawn(member, chance)
    road.open_road()
    for _turn in range(5):
        chance.choice([road.roundabout, road.two_carriageways, road.gap])()
        road.open_road()
    road.mark()
    with factories.as_worker():
        set_sides(member, [Road("D2020")], lambda: None)
    assert dict(RoadSection.objects.filter(pk__in=road.wanted).values_list("pk", "carriageway")) == road.wanted
    calibrated()
    seen = 0
    for one in RoadSection.objects.filter(pk__in=road.wanted):
        place = one.geom.interpolate_normalized(chance.uniform(0.1, 0.9))
        answer = Client().get(URL, {"x": place.x, "y": place.y}, headers={"accept": "application/json"})
        if answer.status_code == 404:
            assert "avant le premier" in answer.json()["detail"]
            continue
        told = answer.json()
        assert (told["section"], told["side"]) == (one.pk, one.carriageway)
        with factories.as_role("arpent_web"):
            side = one.carriageway
            exact = Reference(route="D2020", marker=told["marker"], metres=told["metres"], side=side)  # type: ignore[arg-type]  # one of the three
            back = place_of(exact)
        assert ((back.x - place.x) ** 2 + (back.y - place.y) ** 2) ** 0.5 < 1
        seen += 1
    assert seen > 5

"""Places on numbered roads in the map's search box."""

from typing import Any

import pytest
from django.contrib.gis.geos import LineString, Point
from django.test import Client

from gis_core.models import Member
from networks.roads.models import RoadMarker, RoadSection
from networks.roads.services.calibrating import calibrate
from tests import factories

X, Y = 620_000.0, 6_720_000.0


@pytest.fixture
def road(db: None) -> Member:
    member = factories.member(factories.commune("45901"))
    with factories.as_worker():
        RoadSection.objects.create(owner=member, route="D2020", geom=LineString((X, Y), (X + 3000, Y), srid=2154))
        for number, x in ((12, 100), (13, 1137)):
            RoadMarker.objects.create(owner=member, route="D2020", number=number, geom=Point(X + x, Y, srid=2154))
        calibrate("D2020")
    return member


def ask(text: str) -> Any:
    return Client().get("/api/v1/search/", {"q": text}, headers={"accept": "application/json"})


@pytest.mark.parametrize(
    "text",
    [
        *("D 2020 PR 12+350", "RD2020 12+350", "d 2020 pr12 +350", "D2020PR12+350", "rd 2020 pk 12,350"),
        *("route départementale 2020 PR 12+350", "D2020 - PR 12 + 350 m"),
    ],
)
def test_a_reference_is_suggested_however_it_is_written(road: Member, text: str) -> None:
    first = ask(text).json()["results"][0]
    assert (first["label"], first["kind"], first["layer"]) == ("D 2020 PR 12+350", "road", "road-sections")
    assert (first["id"], first["bbox_4326"]) == (RoadSection.objects.get().pk, None)
    assert first["center_4326"][0] == pytest.approx(1.9, abs=0.3)


@pytest.mark.parametrize("text", ["D 2020", "rd2020", "D2020 PR", "route départementale 2020", "D 2020 P"])
def test_a_road_is_suggested_by_its_number_with_its_markers(road: Member, text: str) -> None:
    first = ask(text).json()["results"][0]
    assert (first["label"], first["detail"]) == ("D 2020", "Route numérotée, PR 12 à 13")
    west, _south, east, _north = first["bbox_4326"]
    assert east - west == pytest.approx(0.04, abs=0.005)


def test_a_road_that_is_suggested_leads_to_all_of_it(road: Member) -> None:
    assert ask("D 2020").json()["results"][0]["road"] == "D2020"
    assert ask("D 2020 PR 12+350").json()["results"][0]["road"] is None


def test_a_number_that_no_road_bears_suggests_no_road(road: Member) -> None:
    assert ask("D 7").json()["results"] == []


@pytest.mark.parametrize(
    ("text", "words"), [("D 2020 PR 12+1400", "1 037"), ("D 2020 PR 40+0", "12"), ("D 7 PR 1", "D 7")]
)
def test_an_impossible_reference_is_explained(road: Member, text: str, words: str) -> None:
    answer = ask(text)
    assert answer.status_code in (400, 404)
    detail = answer.json()["detail"].replace("\u202f", " ").replace("\xa0", " ").replace(",", " ")
    assert words in detail


def test_what_only_looks_like_a_reference_is_searched_as_before(road: Member) -> None:
    assert ask("D 7 12").json()["results"] == []
    assert ask("rue Haute 12").status_code == 200


def in_two_more(road: Member) -> None:
    """A D 2020 of each of two other Départements."""
    with factories.as_worker():
        for department, y in (("28", 500), ("41", 900)):
            line = LineString((X, Y + y), (X + 3000, Y + y), srid=2154)
            RoadSection.objects.create(owner=road, route="D2020", department=department, geom=line)
            for number, x in ((13, 100), (14, 1137)):
                place = Point(X + x, Y + y, srid=2154)
                RoadMarker.objects.create(owner=road, route="D2020", department=department, number=number, geom=place)
        calibrate("D2020")


def test_both_departements_are_suggested_where_the_number_is_in_two(road: Member) -> None:
    in_two_more(road)
    labels = [one["label"] for one in ask("D 2020 PR 14+20").json()["results"]]
    assert labels == ["D 2020 (28) PR 14+20", "D 2020 (41) PR 14+20"]
    assert [one["label"] for one in ask("D 2020 (28) PR 13+20").json()["results"]] == ["D 2020 (28) PR 13+20"]


def test_a_reference_that_one_departement_alone_can_answer_is_suggested(road: Member) -> None:
    in_two_more(road)
    with factories.as_worker():
        place = Point(X + 1200, Y + 900, srid=2154)
        RoadMarker.objects.create(owner=road, route="D2020", department="41", number=15, geom=place)
    assert [one["label"] for one in ask("D 2020 PR 14+200").json()["results"]] == ["D 2020 (28) PR 14+200"]


def test_a_reference_that_no_departement_can_answer_is_explained(road: Member) -> None:
    in_two_more(road)
    assert ask("D 2020 PR 14+9000").status_code == 400


def test_a_road_whose_departement_is_not_known_is_suggested_whichever_is_asked(road: Member) -> None:
    assert [one["label"] for one in ask("D 2020 (45)").json()["results"]] == ["D 2020"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("D 2020 PR 12-30", "PR 11+970"),
        ("D 2020 D PR 12+350", "en fin"),
        ("D 2020 (999) PR 12+350", "D 2020 PR 12+350"),
        ("RD 2020 PR 12+350 est", "D 2020 PR 12+350"),
    ],
)
def test_what_is_plainly_a_reference_and_cannot_be_read_is_explained(road: Member, text: str, words: str) -> None:
    answer = ask(text)
    assert answer.status_code == 400
    assert words in answer.json()["detail"].replace("\xa0", " ")


@pytest.mark.parametrize("text", ["D 2020 PR 12+", "D 2020 PR 12 + "])
def test_a_reference_whose_metres_are_about_to_be_typed_is_that_of_its_marker(road: Member, text: str) -> None:
    assert ask(text).json()["results"][0]["label"] == "D 2020 PR 12+0"


def test_words_with_a_number_that_only_contain_a_sum_are_no_reference(road: Member) -> None:
    assert ask("résidence PR 3 + 4").status_code == 200

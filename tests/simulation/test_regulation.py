"""The text of regulations, level 1: a real one in XML, a draft in JSON."""

import json
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from gis_core.files.markup import parse_xml
from simulation.engine.regulation import Regulation, RegulationError, content_with, read_json, read_xml

DATA = Path(__file__).parents[1] / "data" / "sru"


@pytest.fixture(scope="module")
def jaleyrac() -> Regulation:
    return read_xml(parse_xml((DATA / "15079_reglement_20190128.xml").read_bytes()))


def test_a_real_regulation_is_read_whole(jaleyrac: Regulation) -> None:
    assert (jaleyrac.idurba, jaleyrac.name) == ("15079_PLU_20190128", "Règlement du PLU Jaleyrac")
    assert len(jaleyrac.contents) > 50
    assert {zone for one in jaleyrac.contents for zone in one.zones} >= {"UG", "1AU", "A", "N"}


def test_a_content_says_its_titles_and_its_words(jaleyrac: Regulation) -> None:
    (one,) = [one for one in jaleyrac.contents if one.identifier == "idelem16777218x34"]
    assert one.title.startswith("I. ZoNE URbAINE")
    assert "les exploitations agricoles et forestières," in one.text.split("\n")
    assert (one.is_of("ug"), one.is_of("N")) == (True, False)


def test_what_is_general_is_of_every_zone(jaleyrac: Regulation) -> None:
    assert jaleyrac.contents[0].is_of("UG")


@pytest.mark.parametrize(
    ("zone", "expected"), [("UG", True), ("UGa", True), ("1AUh", True), ("UGA", False), ("U", False)]
)
def test_the_text_of_a_zone_is_of_its_sectors_too(jaleyrac: Regulation, zone: str, expected: bool) -> None:
    (one,) = [one for one in jaleyrac.contents if one.identifier == "idelem16777218x77"]
    assert one.is_of(zone) is expected


def test_the_text_of_a_sector_is_not_of_the_whole_zone(jaleyrac: Regulation) -> None:
    (one,) = [one for one in jaleyrac.contents if one.zones == ("UGb",)]
    assert (one.is_of("UGb"), one.is_of("UG"), one.is_of("UGa")) == (True, False, False)


def test_no_two_contents_of_a_zone_have_the_same_label(jaleyrac: Regulation) -> None:
    labels = [one.label for one in jaleyrac.contents if one.zones and one.is_of("UGb")]
    assert len(set(labels)) == len(labels)
    assert "Implantation des constructions — En secteur UGb , les nouvelles constructions doivent…" in labels


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Les terrains de camping et de caravaning.", "idelem16777218x34"),
        ("Au-delà de 10 m de long, les voies en impasse sont interdites", "idelem16777218x255"),
        ("Sont interdits", ""),
        ("m²", ""),
        ("Les piscines sont interdites", ""),
    ],
)
def test_the_words_of_a_sentence_say_its_content(jaleyrac: Regulation, sentence: str, expected: str) -> None:
    assert content_with([one for one in jaleyrac.contents if one.is_of("UGb")], sentence) == expected


def test_the_draft_of_level_1_in_json() -> None:
    made = read_json(json.loads((Path(__file__).parents[1] / "data/sru/PLU_niv1_simplifie.json").read_text()))
    assert (made.idurba, [one.zones for one in made.contents]) == ("60668_PLU_20201207", [(), ("UE2",)])
    assert "les commerces et activités de services." in made.contents[1].text.split("\n")


@pytest.mark.parametrize("text", ["<a/>", "<ReglementDU/>", "<ReglementDU><Titre/></ReglementDU>"])
def test_what_is_no_regulation_is_refused(text: str) -> None:
    with pytest.raises(RegulationError):
        read_xml(fromstring(text))


@pytest.mark.parametrize("given", [[], {}, {"titre": 3}, {"titre": [3, {"contenu": "x"}]}])
def test_json_that_is_no_regulation_is_refused(given: object) -> None:
    with pytest.raises(RegulationError):
        read_json(given)

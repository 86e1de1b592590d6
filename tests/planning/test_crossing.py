"""What crosses a ground: measured, of the day asked, on the parcel sheet and on the map."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from gis_core.members.rights import ANONYMOUS, SYSTEM, acting_as
from layers.catalogue.models import Layer
from layers.catalogue.validators import validate_labels, validate_legend
from layers.parcels.crossing import crossings
from layers.parcels.sections import Answer, Crossing, Ground, Source, reader_with
from layers.parcels.services.sheets import read
from layers.planning.labels import kind_label, state_label
from layers.planning.layers import declarations
from layers.planning.services import crossing
from tests.documents import pdf
from tests.planning.conftest import Desk, easements, ground, plan, risks

DAY = date(2021, 6, 1)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("asked")]


@pytest.fixture
def asked(db: None) -> Iterator[None]:
    """Somebody asks, as in every request."""
    with acting_as(SYSTEM):
        yield


def at(west: float = 50, south: float = 0, width: float = 100, day: date = DAY) -> Ground:
    """A square, of one hectare across both zones."""
    geom, area = bytes(ground(west, south, width).ewkb), width**2
    return Ground(parcels=(), idus=(), insee=frozenset({"45901"}), geom=geom, measured_m2=area, planar_m2=area, day=day)


def met(source: Source, ground: Ground) -> list[Crossing]:
    (found,) = crossings(ground, [source])
    return found


def said(section: str, ground: Ground) -> Answer:
    """What a section of the sheet says."""
    (found,) = [one for one in reader_with(SYSTEM).sections if one.slug == section]
    ((_section, answer),) = read([found], ground, ANONYMOUS)
    assert answer
    return answer


def titles(answer: Answer) -> list[str]:
    return [line.title for line in answer.lines]


def test_zones_are_measured_with_their_share(desk: Desk) -> None:
    desk.send(plan())
    found = met(crossing.ZONES, at())
    measured = [(one.values["libelle"], one.measure.area_m2, one.measure.share) for one in found]
    assert measured == [("UA", pytest.approx(5000), 0.5), ("N", pytest.approx(5000), 0.5)]


def test_lines_have_a_length_and_points_nothing(desk: Desk) -> None:
    desk.send(plan())
    found = met(crossing.PRESCRIPTIONS, at(west=0))
    measured = {one.values["libelle"]: (one.measure.area_m2, one.measure.length_m) for one in found}
    assert measured == {"Recul": (None, pytest.approx(100)), "Chêne": (None, None)}


def test_a_line_along_the_limit_is_to_be_checked(desk: Desk) -> None:
    desk.send(plan())
    found = {one.values["libelle"]: one.measure for one in met(crossing.PRESCRIPTIONS, at(west=0, south=5))}
    assert found["Recul"].length_m == pytest.approx(100)
    assert found["Recul"].uncertain
    inside = {one.values["libelle"]: one.measure for one in met(crossing.PRESCRIPTIONS, at(west=0))}
    assert not inside["Recul"].uncertain


def test_the_rules_of_a_past_day_are_those_of_its_version(desk: Desk) -> None:
    former = plan("20150301")
    former.tables["ZONE_URBA"][0]["LIBELLE"] = "NA"
    desk.send(former, plan("20200115"))
    assert titles(said("zoning", at(day=date(2016, 1, 1)))) == ["NA", "N"]
    assert titles(said("zoning", at())) == ["UA", "N"]


def test_a_day_before_every_document_says_so(desk: Desk) -> None:
    desk.send(plan())
    answer = said("zoning", at(day=date(2001, 1, 1)))
    assert not answer.lines
    assert answer.notes


def test_only_what_the_map_shows_is_highlighted_on_it(desk: Desk) -> None:
    desk.send(plan("20150301"), plan("20200115"))
    past, now = said("zoning", at(day=date(2016, 1, 1))), said("zoning", at())
    assert {line.layer for line in past.lines} == {None}
    assert {line.layer for line in now.lines} == {"plu-zones"}


def test_a_line_leads_to_its_written_piece(desk: Desk) -> None:
    desk.send(plan())
    (link,) = said("zoning", at()).lines[0].links
    assert link.url.endswith("/45901_reglement_20200115.pdf")


@pytest.mark.parametrize(
    ("fragment", "title", "end"),
    [
        ("#page=3", "Règlement, zone UA, p. 3", ".pdf#page=3"),
        ("#PAGE=12", "Règlement, zone UA, p. 12", ".pdf#page=12"),
        ("#sommaire", "Règlement, zone UA", ".pdf"),
        ("", "Règlement, zone UA", ".pdf"),
    ],
)
def test_the_link_to_the_regulation_names_its_zone_and_its_page(
    desk: Desk, fragment: str, title: str, end: str
) -> None:
    made = plan()
    made.tables["ZONE_URBA"][0]["NOMFIC"] += fragment
    desk.send(made)
    (link,) = said("zoning", at()).lines[0].links
    assert link.title == title
    assert link.url.endswith(f"/45901_reglement_20200115{end}")


@pytest.mark.parametrize(
    ("outline", "title"),
    [
        ([("Dispositions générales", 1), ("Zone UAa", 2), ("ZONE UA : centre", 3)], "Règlement, zone UA, p. 3"),
        ([("Zone N", 2)], "Règlement, zone UA"),
        ([], "Règlement, zone UA"),
    ],
)
def test_the_outline_of_the_regulation_says_the_page_that_nobody_named(
    desk: Desk, outline: list[tuple[str, int]], title: str
) -> None:
    made = plan()
    made.pieces["Pieces_ecrites/3_Reglement/45901_reglement_20200115.pdf"] = pdf(3, outline)
    desk.send(made)
    (link,) = said("zoning", at()).lines[0].links
    assert (link.title, link.url.endswith("#page=3")) == (title, title.endswith("p. 3"))


def test_the_link_of_a_prescription_names_its_file_and_its_page(desk: Desk) -> None:
    made = plan()
    made.tables["PRESCRIPTION_SURF"][0] |= {"NOMFIC": "absente.pdf", "URLFIC": "https://example.org/r.pdf#page=7"}
    desk.send(made)
    (wood,) = [one for one in said("prescriptions", at(100, 0)).lines if one.title == "Bois"]
    assert [(one.title, one.url) for one in wood.links] == [("absente.pdf, p. 7", "https://example.org/r.pdf#page=7")]


def test_a_piece_that_was_not_delivered_leads_to_its_address(desk: Desk) -> None:
    made = plan()
    made.tables["ZONE_URBA"][0] |= {"NOMFIC": "absente.pdf", "URLFIC": "https://example.org/r.pdf"}
    desk.send(made)
    assert said("zoning", at()).lines[0].links[0].url == "https://example.org/r.pdf"


def test_prescriptions_are_named_as_the_standard_names_them(desk: Desk) -> None:
    desk.send(plan())
    (wood,) = [one for one in said("prescriptions", at(100, 0)).lines if one.title == "Bois"]
    assert "Espace boisé classé" in wood.detail
    assert kind_label("psc", "96", "01") == "96-01"


def test_information_is_told(desk: Desk) -> None:
    desk.send(plan())
    assert titles(said("planning-information", at())) == ["Bruit"]


def test_easements_come_with_their_acts(desk: Desk) -> None:
    desk.send(easements(), source="sup")
    (line,) = said("easements", at(0, 0)).lines
    assert line.title == "AC1 · Église"
    assert line.links[0].url.endswith("/acte.pdf")
    assert line.measure
    assert line.measure.area_m2 == pytest.approx(8100)


def test_an_easement_does_not_weigh_before_its_first_act(desk: Desk) -> None:
    desk.send(easements(), source="sup")
    assert not said("easements", at(0, 0, day=date(1900, 1, 1))).lines


def test_risk_zones_are_told_with_their_plan(desk: Desk) -> None:
    desk.send(risks(), source="risks")
    answer = said("risks", at(0, 0))
    assert titles(answer) == ["R", "B"]
    assert answer.lines[0].facts[0].value == "PPRI"


@pytest.mark.parametrize(("language", "words"), [("fr", "Approuvé · 5\N{NO-BREAK SPACE}juil."), ("en", "Approved · ")])
def test_the_state_of_a_risk_plan_is_told_in_words(desk: Desk, language: str, words: str) -> None:
    desk.send(risks(), source="risks")
    with override(language):
        state = said("risks", at(0, 0)).lines[0].facts[1]
    assert state.value == "APPROUVE"
    assert state.display.startswith(words)


def test_a_state_without_a_name_stays_as_it_was_delivered() -> None:
    assert state_label("EN COURS") == "EN COURS"


def test_all_sections_read_what_crosses_the_ground_in_one_statement(desk: Desk, django_assert_num_queries: Any) -> None:
    desk.send(plan())
    desk.send(easements(), source="sup")
    desk.send(risks(), source="risks")
    planning = [
        one for one in reader_with(SYSTEM).sections if one.slug in ("zoning", "prescriptions", "easements", "risks")
    ]
    with django_assert_num_queries(1):
        answers = read(planning, at(0, 0), ANONYMOUS)
    assert all(answer and answer.lines for _section, answer in answers)


# Layers.


@pytest.mark.parametrize("declared", declarations(), ids=lambda one: one.slug)
def test_every_layer_has_a_legend_that_draws_everything(declared: Any) -> None:
    legend = declared.beginnings()["legend"]
    validate_legend(legend)
    assert legend[-1]["where"] == {}


def test_the_variants_of_the_standard_are_listed_as_one(client: Client) -> None:
    layers = client.get("/api/v1/layers/").json()["results"]
    groups = {one["slug"]: one["group"] for one in layers if one["slug"].startswith(("plu-", "sup-"))}
    assert {slug for slug, group in groups.items() if group is None} == {"plu-zones"}
    del groups["plu-zones"]
    assert len(groups) == 12
    assert {group["title"] for group in groups.values()} == {"Prescriptions et servitudes"}


def test_zones_have_the_colours_of_the_standard() -> None:
    zones = next(one for one in declarations() if one.slug == "plu-zones")
    drawn = {line["where"].get("typezone"): line["symbol"]["fill"] for line in zones.beginnings()["legend"]}
    assert {"U", "AUc", "AUs", "A", "N"} <= set(drawn)
    assert len({drawn[one] for one in ("U", "AUc", "A", "N")}) == 4


def test_zones_are_named_and_the_plan_is_read_through_them() -> None:
    zones = next(one for one in declarations() if one.slug == "plu-zones").beginnings()
    validate_labels(zones["labels"])
    assert zones["labels"]["column"] == "libelle"
    fills = [line["symbol"]["fill"] for line in zones["legend"]]
    assert all(int(fill[7:] or "ff", 16) <= 0x40 for fill in fills), fills


def test_layers_show_what_is_in_force(desk: Desk, client: Client) -> None:
    desk.send(plan("20150301"), plan("20200115"))
    answer = client.get("/api/v1/layers/plu-zones/features/").json()
    assert sorted(
        one["properties"]["libelle"] if "properties" in one else one["libelle"] for one in answer["results"]
    ) == [
        "N",
        "UA",
    ]


def test_ogc_pages_with_a_filter_read_the_views(desk: Desk, client: Client) -> None:
    desk.send(plan("20150301"), plan("20200115"))
    address = "/ogc/collections/plu-zones/items"
    found = client.get(address, {"filter": "typezone = 'U'", "bbox": "1,47,3,48"}).json()
    assert [one["properties"]["libelle"] for one in found["features"]] == ["UA"]
    assert client.get(address).json()["numberMatched"] == 2


def test_tiles_are_cut_from_the_views(desk: Desk, client: Client) -> None:
    desk.send(plan())
    west, south, east, north = Layer.objects.get(slug="plu-zones").extent_4326 or [0, 0, 0, 0]
    assert 1.8 < west < east < 2.0
    assert 47 < south < north < 48
    from math import asinh, floor, pi, radians, tan

    x = floor((west + 180) / 360 * 2**14)
    y = floor((1 - asinh(tan(radians(north))) / pi) / 2 * 2**14)
    answer = client.get(f"/tiles/plu-zones/14/{x}/{y}.mvt")
    assert answer.status_code == 200
    assert b"UA" in answer.getvalue()

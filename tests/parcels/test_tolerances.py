"""Below what a crossing is a limit to be checked: a setting of each layer that the sheet reads."""

import re
from typing import Any

import pypdfium2
import pytest
from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import ANONYMOUS, SYSTEM, Role, acting_as
from layers.catalogue.models import Layer
from layers.parcels.sections import Tolerance
from layers.planning.models import Document, Prescription
from tests import factories
from tests.parcels.conftest import Place, section, square

pytestmark = pytest.mark.django_db
SHEET = "/api/v1/parcels/450010000A0001/sheet/"
PAGE = {"accept": "text/html"}
SPACES = re.compile(r"[\u00a0\u202f]")


def settle(slug: str, **tolerance: float) -> None:
    with factories.as_owner(), acting_as(SYSTEM):
        Layer.objects.filter(slug=slug).update(**tolerance)


def of(client: Client, name: str) -> dict[str, Any]:
    return section(client.get(SHEET, {"sections": name}).json(), name)


def shown(told: dict[str, Any]) -> list[str]:
    return [SPACES.sub(" ", one["display"]) for one in told["tolerances"]]


# -- what is uncertain ------------------------------------------------------------------------------------------------


def test_a_layer_starts_with_the_usual_tolerance(place: Place) -> None:
    with acting_as(SYSTEM):
        layer = Layer.objects.get(slug="buildings")
    usual = Tolerance()
    assert (layer.tolerance_m2, layer.tolerance_percent, layer.tolerance_m) == (usual.m2, usual.percent, usual.m)


def test_a_smaller_tolerance_asserts_what_was_uncertain(client: Client, place: Place) -> None:
    settle("buildings", tolerance_m2=0.5)
    told = of(client, "buildings")
    assert (len(told["lines"]), told["uncertain"], told["tolerances"]) == (2, [], [])
    assert told["facts"][0]["value"] == pytest.approx(100.6, rel=4e-3)


def test_a_larger_tolerance_lists_more_apart(client: Client, place: Place) -> None:
    settle("buildings", tolerance_m2=200, tolerance_percent=6)
    told = of(client, "buildings")
    assert (told["lines"], len(told["uncertain"])) == ([], 2)


def test_area_and_share_must_both_be_small(client: Client, place: Place) -> None:
    settle("buildings", tolerance_m2=200, tolerance_percent=4)
    assert len(of(client, "buildings")["lines"]) == 1


def test_the_tolerance_of_one_layer_is_not_that_of_others(client: Client, place: Place) -> None:
    settle("plu-zones", tolerance_m2=0)
    assert len(of(client, "buildings")["uncertain"]) == 1


@pytest.fixture
def document(place: Place) -> Document:
    """In force."""
    made = factories.planning_document()
    with factories.as_owner():
        Document.objects.filter(pk=made.pk).update(starts_date="2020-01-15")
    return made


def prescription(document: Document, kind: str, geom: GEOSGeometry) -> None:
    with factories.as_owner():
        Prescription.objects.create(document=document, libelle=kind, typepsc="01", stypepsc="00", kind=kind, geom=geom)


@pytest.fixture
def prescriptions(document: Document) -> None:
    """A strip of 3 m², a line of which the parcel has 3 m, a tree 3 m inside it."""
    west, south = square(0, 0, 1).extent[:2]
    prescription(document, "surface", square(-1, 0, 1.3, 10))
    prescription(document, "line", LineString((west - 5, south + 20), (west + 3, south + 20), srid=2154))
    prescription(document, "point", Point(west + 3, south + 20, srid=2154))


@pytest.mark.usefixtures("prescriptions")
def test_each_layer_of_a_section_has_its_own(client: Client) -> None:
    settle("plu-prescriptions-lin", tolerance_m=4)
    assert [one["title"] for one in of(client, "prescriptions")["uncertain"]] == ["surface", "line"]
    settle("plu-prescriptions-pct", tolerance_m=3.5)
    settle("plu-prescriptions-surf", tolerance_m2=2)
    told = of(client, "prescriptions")
    assert [one["title"] for one in told["uncertain"]] == ["line", "point"]
    assert [(one["layer"], one["m2"], one["percent"], one["m"]) for one in told["tolerances"]] == [
        ("plu-prescriptions-lin", None, None, 4),
        ("plu-prescriptions-pct", None, None, 3.5),
    ]
    assert shown(told) == ["moins de 4 m d’une ligne", "moins de 3,5 m entre la limite et un point"]


# -- what the sheet says ----------------------------------------------------------------------------------------------


def test_the_sheet_says_below_what_a_limit_is_to_be_checked(client: Client, place: Place) -> None:
    settle("buildings", tolerance_m2=7.5)
    told = of(client, "buildings")
    assert told["tolerances"][0] | {"display": ""} == {
        "layer": "buildings", "m2": 7.5, "percent": 1, "m": None, "display": ""
    }  # fmt: skip
    assert shown(told) == ["moins de 7,5 m² et de 1 %"]


def test_so_does_the_paper(client: Client, place: Place) -> None:
    settle("buildings", tolerance_m2=7.5)
    pages = pypdfium2.PdfDocument(client.get(SHEET.replace("sheet/", "sheet.pdf")).content)
    text = " ".join(SPACES.sub(" ", page.get_textpage().get_text_bounded()) for page in pages)
    assert "Limite à vérifier : moins de 7,5 m² et de 1 %" in text


def test_a_common_limit_is_to_be_checked_whatever_the_tolerance(client: Client, document: Document) -> None:
    prescription(document, "surface", square(-10, 0, 10, 50))
    settle("plu-prescriptions-surf", tolerance_m2=0)
    told = of(client, "prescriptions")
    assert (len(told["uncertain"]), told["tolerances"]) == (1, [])


def test_tolerances_are_read_with_the_rights_to_the_layers(client: Client, place: Place) -> None:
    """The layers of all sections, once, with their dates and tolerances."""
    with CaptureQueriesContext(connection) as asked:
        client.get(SHEET)
    assert sum('FROM "catalogue_layer"' in one["sql"] for one in asked) == 1


# -- the setting ------------------------------------------------------------------------------------------------------


def page_of(client: Client, slug: str) -> str:
    return client.get(f"/couches/{slug}/", headers=PAGE).content.decode()


def given(client: Client, slug: str, **changed: Any) -> dict[str, Any]:
    """What the form of a layer sends when nothing but this was changed."""
    page = page_of(client, slug)
    with acting_as(SYSTEM):
        kept = Layer.objects.get(slug=slug)
    sent = {name: getattr(kept, name) for name in ("title", "title_en", "order", "visibility", "abstract")}
    sent |= {name: getattr(kept, name) for name in ("tolerance_m2", "tolerance_percent", "tolerance_m")}
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]  # type: ignore[index]
    return sent | {"seen": seen, "theme": kept.theme_id, "attribution": kept.attribution} | changed


@pytest.fixture
def agency(client: Client) -> Client:
    client.force_login(factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))
    return client


def send(client: Client, slug: str, **changed: Any) -> Any:
    return client.post(f"/couches/{slug}/", given(client, slug, **changed), headers=PAGE)


def test_an_administrator_sets_the_tolerance_of_a_layer(agency: Client) -> None:
    assert send(agency, "plu-zones", tolerance_m2="2.5", tolerance_percent="0.5").status_code == 302
    with acting_as(SYSTEM):
        layer = Layer.objects.get(slug="plu-zones")
    assert (layer.tolerance_m2, layer.tolerance_percent, layer.tolerance_m) == (2.5, 0.5, 1)


@pytest.mark.parametrize(
    ("slug", "offered"),
    [
        ("plu-zones", ["m2", "percent"]),
        ("buildings", ["m2", "percent"]),
        ("risques-zones", ["m2", "percent"]),
        ("sup-assiettes-surf", ["m2", "percent"]),
        ("plu-prescriptions-lin", ["m"]),
        ("plu-informations-pct", ["m"]),
        ("parcels", []),
        ("communes", []),
        ("sup-generateurs-surf", []),
    ],
)
def test_a_layer_offers_the_tolerance_that_the_sheet_asks_of_it(agency: Client, slug: str, offered: list[str]) -> None:
    assert re.findall(r'name="tolerance_(\w+)"', page_of(agency, slug)) == offered
    told = agency.get(f"/api/v1/layers/{slug}/").json()["tolerance"]
    assert [name for name, value in (told or {}).items() if value is not None] == offered


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"tolerance_m2": "-1"}, "supérieure ou égale à 0"),
        ({"tolerance_m2": "1001"}, "inférieure ou égale à 1000"),
        ({"tolerance_percent": "101"}, "inférieure ou égale à 100"),
        ({"tolerance_m2": "nan"}, "Saisissez un nombre"),
        ({"tolerance_percent": "peu"}, "Saisissez un nombre"),
        ({"tolerance_m2": ""}, "obligatoire"),
    ],
)
def test_a_tolerance_that_is_none_is_told_at_its_field(agency: Client, changed: dict[str, str], words: str) -> None:
    answer = send(agency, "plu-zones", **changed)
    assert answer.status_code == 400
    assert words in answer.content.decode()


def test_a_layer_that_the_sheet_does_not_read_keeps_its_tolerance(agency: Client) -> None:
    assert send(agency, "communes", title="Communes d’ici", tolerance_m2="9").status_code == 302
    with acting_as(SYSTEM):
        assert Layer.objects.get(slug="communes").tolerance_m2 == 5


def test_what_the_tolerance_was_stays_in_the_history(agency: Client) -> None:
    send(agency, "plu-zones", tolerance_m2="2.5")
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select old ->> 'tolerance_m2' from gis_core_rowhistory h join gis_core_historyevent e on e.id = event_id"
            " where e.\"table\" = 'catalogue_layer' and operation = 'UPDATE' order by h.id desc limit 1"
        )
        assert cursor.fetchone() == ("5",)


def test_two_people_who_change_a_tolerance_are_told(agency: Client) -> None:
    body = given(agency, "plu-zones", tolerance_m2="2")
    settle("plu-zones", tolerance_m2=3.5)
    answer = agency.post("/couches/plu-zones/", body, headers=PAGE)
    assert answer.status_code == 412
    assert "Surface (m²) : maintenant « 3,5 »" in answer.content.decode()


@pytest.mark.parametrize("value", [-1, 1001, float("nan")])
def test_postgresql_refuses_a_tolerance_that_is_none(place: Place, value: float) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        settle("buildings", tolerance_m2=value)


def test_the_catalogue_tells_the_tolerance_to_everybody(client: Client, place: Place) -> None:
    with acting_as(ANONYMOUS):
        assert client.get("/api/v1/layers/buildings/").json()["tolerance"] == {"m2": 5, "percent": 1, "m": None}

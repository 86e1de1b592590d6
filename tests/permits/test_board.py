"""The dashboard: what is urgent, the list, the map's shapes, the tables to take away."""

import csv
import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from gis_core.desk.list_pages import MOST_PLACES
from gis_core.desk.listing import Pager
from gis_core.members.rights import Role
from permits.models import Permit
from permits.services.listing import PERMITS
from tests import factories
from tests.exports.conftest import read
from tests.permits.conftest import World

TODAY = date(2026, 2, 1)


@pytest.fixture(autouse=True)
def now(on_day: Any) -> None:
    on_day(TODAY)


def shown(client: Client, query: str = "", status: int = 200) -> str:
    answer = client.get(f"/permis/{query}", headers={"accept": "text/html"})
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def listed(text: str) -> list[str]:
    """The numbers in the table, in its order."""
    return re.findall(r'<tr data-key="(\w+)"', text)


def figures(text: str) -> dict[str, int]:
    """What is urgent, by its words."""
    return {label.strip(): int(count) for count, label in re.findall(r"<b>(\d+)</b>([^<]+)</a>", text)}


def test_open_files_are_shown_first_by_their_deadline(world: World) -> None:
    done = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted")
    late, soon = world.file(filed_date=date(2026, 1, 30)), world.file(filed_date=date(2026, 1, 6))
    assert listed(shown(world.client())) == [soon.number, late.number]
    assert set(listed(shown(world.client(), "?state="))) == {soon.number, late.number, done.number}


def test_what_is_urgent_is_counted_and_leads_to_its_files(world: World) -> None:
    me = world.people[Role.PERMIT_INSTRUCTOR].pk
    first, second, third = world.file(instructor=me), world.file(instructor=me), world.file()
    with factories.as_owner():
        Permit.objects.filter(pk=first.pk).update(next_date=date(2026, 1, 30), next_what="due")
        Permit.objects.filter(pk=second.pk).update(next_date=date(2026, 2, 8), next_what="due", state="incomplete")
        Permit.objects.filter(pk=third.pk).update(next_date=date(2026, 2, 16), next_what="due")
    text = shown(world.client())
    assert list(figures(text).values()) == [1, 1, 2, 1, 1, 3]
    links = re.findall(r'<ul class="urgent">.*?</ul>', text)[0]
    found = [listed(shown(world.client(), one.replace("&amp;", "&"))) for one in re.findall(r'href="([^"]+)"', links)]
    assert [len(one) for one in found] == list(figures(text).values())


def test_what_is_urgent_is_about_the_same_people_as_the_list(world: World) -> None:
    world.file()
    world.file(instructor=world.people[Role.PERMIT_INSTRUCTOR].pk)
    assert figures(shown(world.client(), "?whose=mine"))["dossiers ouverts"] == 1
    assert figures(shown(world.client(), "?kind=PA"))["dossiers ouverts"] == 2


def test_each_row_says_in_words_how_long_there_is(world: World) -> None:
    permit = world.file()
    for day, words in ((date(2026, 2, 1), "aujourd’hui"), (date(2026, 1, 31), "en retard de 1 jour")):
        with factories.as_owner():
            Permit.objects.filter(pk=permit.pk).update(next_date=day, next_what="due")
        assert words in shown(world.client())


def test_a_town_hall_finds_its_communes_alone(world: World) -> None:
    own = world.file()
    world.file(insee="45902", parcels=[])
    text = shown(world.client(Role.TOWN_HALL))
    assert listed(text) == [own.number]
    assert "Montereau" not in text


def test_another_member_finds_nothing_and_is_told(world: World) -> None:
    world.file()
    text = shown(world.client("stranger"))
    assert listed(text) == []
    assert "Aucun dossier n’est encore déposé" in text


def test_filters_that_nothing_fits_lead_to_every_file(world: World) -> None:
    world.file()
    text = shown(world.client(), "?q=introuvable")
    assert listed(text) == []
    assert "Aucun dossier ne répond à ces filtres." in text


def test_no_applicant_is_on_the_page_nor_on_the_map_nor_in_a_table(world: World) -> None:
    world.file()
    client = world.client()
    answers = [client.get(f"/permis/{path}") for path in ("", "carte.geojson", "export/", "statistiques/", "registre/")]
    assert not any(b"Jeanne" in answer.content or b"Martin" in answer.content for answer in answers)


def test_a_filter_that_makes_no_sense_is_said_at_its_field(world: World) -> None:
    world.file()
    text = shown(world.client(), "?year=1066", 400)
    assert 'aria-invalid="true"' in text
    assert len(listed(text)) == 1


def test_several_states_stay_chosen_in_the_form(world: World) -> None:
    text = shown(world.client(), "?state=granted,works")
    assert '<option value="granted,works" selected>' in text


def test_the_list_has_pages(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("permits.pages.board.PERMITS", replace(PERMITS, pager=Pager(rows=1)))
    world.file()
    world.file()
    first = shown(world.client())
    second = shown(world.client(), "?state=open&offset=1")
    assert "offset=1" in first
    assert [len(listed(first)), len({*listed(first), *listed(second)})] == [1, 2]
    assert PERMITS.pager.rows == 50


@pytest.mark.parametrize("offset", ["-1", "x", "10001"])
def test_a_page_that_cannot_be_is_refused(world: World, offset: str) -> None:
    assert world.client().get(f"/permis/?offset={offset}").status_code == 400


# -- shapes -----------------------------------------------------------------------------------------------------------


def test_the_map_shows_the_files_of_the_list(world: World) -> None:
    permit, _elsewhere = world.file(), world.file(insee="45902", parcels=[])
    found = world.client().get("/permis/carte.geojson").json()
    assert [one["id"] for one in found["features"]] == [permit.number]
    shape = found["features"][0]
    assert shape["properties"]["title"] == str(permit)
    assert shape["properties"]["state"] == "received"
    assert shape["geometry"]["type"] == "MultiPolygon"
    assert not found["more"]
    assert world.client().get("/permis/carte.geojson?kind=DP").json()["features"] == []


def test_the_map_says_when_there_are_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_core.desk.list_pages.MOST_PLACES", 1)
    world.file()
    world.file()
    found = world.client().get("/permis/carte.geojson").json()
    assert (len(found["features"]), found["more"]) == (1, True)
    assert MOST_PLACES == 2_000


def test_the_map_refuses_what_makes_no_sense(world: World) -> None:
    answer = world.client().get("/permis/carte.geojson?bbox=1,2")
    assert (answer.status_code, answer.json()["parameter"]) == (400, "bbox")


# -- tables -----------------------------------------------------------------------------------------------------------


def test_the_table_is_csv_as_french_spreadsheets_open_it(world: World) -> None:
    permit = world.file(description="=1+1", address="3 rue des Lilas")
    answer = world.client().get("/permis/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="permis-2026-02-01.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert [(one["Numéro"], one["Commune"], one["Parcelles"], one["Travaux"]) for one in rows] == [
        (str(permit), "Lorris", "AB 1", "'=1+1")
    ]


def test_the_table_is_a_workbook_without_formulas(world: World) -> None:
    permit = world.file(description='=HYPERLINK("http://example.org")')
    answer = world.client().get("/permis/export/?format=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    header, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    kept = dict(zip(header, row, strict=True))
    assert (kept["Numéro"], kept["Travaux"]) == (str(permit), '=HYPERLINK("http://example.org")')
    assert kept["Déposé le"].date() == permit.filed_date
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)


def test_files_are_taken_away_as_a_geopackage(world: World, tmp_path: Path) -> None:
    permit, elsewhere = world.file(), world.file(kind="DP")
    with factories.as_owner():
        Permit.objects.filter(pk=elsewhere.pk).update(geom=None)
    answer = world.client().get("/permis/export/?format=gpkg&sort=kind")
    assert answer["Content-Disposition"] == 'attachment; filename="permis-2026-02-01.gpkg"'
    (tmp_path / "permis.gpkg").write_bytes(answer.content)
    table = read(tmp_path / "permis.gpkg")
    assert (table.layers, table.crs, table.geometry_type) == (["permis"], "EPSG:2154", "MultiPolygon")
    assert table.column("Numéro") == [str(elsewhere), str(permit)]
    assert table.column("Déposé le") == [elsewhere.filed_date.isoformat(), permit.filed_date.isoformat()]
    assert [shape is not None for shape in table.shapes] == [False, True]


def test_a_table_holds_the_filter_alone(world: World) -> None:
    world.file()
    other = world.file(kind="DP")
    text = world.client().get("/permis/export/?kind=DP").content.decode()
    assert len(text.splitlines()) == 2
    assert str(other) in text


def test_too_long_a_table_is_refused_in_words(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("permits.pages.tables.PERMITS", replace(PERMITS, most_in_files=1))
    world.file()
    world.file()
    answer = world.client().get("/permis/export/")
    assert answer.status_code == 400
    assert "1 lignes au plus" in answer.json()["detail"]


def test_a_table_of_another_kind_is_refused(world: World) -> None:
    assert world.client().get("/permis/export/?format=pdf").json()["parameter"] == "format"

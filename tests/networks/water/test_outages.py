"""Outages kept, their pages, their sheet for the crew."""

import json
from datetime import timedelta
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from django.utils.html import strip_tags
from django.utils.timezone import localtime
from openpyxl import load_workbook

from gis_core.members.rights import SYSTEM, acting_as
from networks.water.models import Outage
from networks.water.services import answers
from networks.water.services.answers import in_walking_order
from tests.networks.conftest import Network, at

LIST = "/reseaux/coupures/"


@pytest.fixture
def pipe(network: Network) -> int:
    """A pipe between two valves, with people on it and beyond, a way to feed them again."""
    network.node(0, 0, "tank", reference="R1", name="Réservoir haut")
    for x, reference in ((100, "V1"), (200, "V2")):
        network.node(x, 0, "valve", reference=reference, diameter_mm=100)
    network.node(300, 0, "hydrant", reference="PI7")
    network.node(400, 0, "valve", reference="V3", position="closed")
    network.node(500, 0, "import", reference="I1")
    pipes = [network.pipe((x, 0), (x + 100, 0), diameter_mm=100) for x in range(0, 500, 100)]
    network.make("water-connections", at(130, 5), address="12 rue des Tanneurs", dwellings=2)
    network.make(
        "water-connections", at(250, 5), address="3 rue Haute", sensitive="school", sensitive_name="École Prévert"
    )
    return pipes[1]


def page(network: Network, path: str, who: str = "network_technician") -> Any:
    return network.client(who).get(path, headers={"accept": "text/html"})


def save(network: Network, asked: Any, who: str = "network_technician", **more: str) -> Any:
    return network.client(who).post(LIST, {"request": json.dumps(asked), **more}, headers={"accept": "text/html"})


def saved(network: Network, pipe: int) -> str:
    answer = save(network, {"pipe": pipe}, comment="Fuite sous chaussée")
    assert answer.status_code == 302, answer.content
    return str(answer.url)


def words(answer: Any) -> str:
    return " ".join(strip_tags(answer.content.decode()).split())


def pages_of(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(BytesIO(content))
    return [one.get_textpage().get_text_range() for one in document]


def test_a_saved_outage_stands_in_the_list_and_on_its_page(network: Network, pipe: int) -> None:
    path = saved(network, pipe)
    assert "12 rue des Tanneurs" in words(page(network, LIST, "reader"))
    told = words(page(network, path, "reader"))
    for expected in (
        "V1",
        "Fuite sous chaussée",
        "PI7",
        "Ouvrir V3",
        "1 vanne facultative",
        "3 rue Haute",
    ):
        assert expected in told
    assert "L’eau est revenue" not in told


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "ods"])
def test_outages_are_taken_away_as_tables(network: Network, pipe: int, suffix: str) -> None:
    saved(network, pipe)
    answer = page(network, f"{LIST}?format={suffix}", "reader")
    assert answer.status_code == 200
    if suffix == "xlsx":
        _heading, row = load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True)
        with acting_as(SYSTEM):
            started = localtime(Outage.objects.get().started_at)
        assert abs(row[1] - started.replace(tzinfo=None)) < timedelta(seconds=1)


def test_an_outage_keeps_its_answer_when_the_network_changes(network: Network, pipe: int) -> None:
    path = saved(network, pipe)
    for table in ("water_connection", "water_pipe"):
        network.rows(f"with gone as (delete from {table} returning 1) select count(*) from gone")
    assert "École Prévert" in words(page(network, path))
    assert page(network, f"{path}fiche.pdf").status_code == 200


def test_whoever_may_not_edit_the_network_saves_no_outage(network: Network, pipe: int) -> None:
    assert save(network, {"pipe": pipe}, who="reader").status_code == 403
    assert save(network, {"pipe": pipe}, who="stranger").status_code == 404
    assert "Aucune coupure" in words(page(network, LIST))


def test_a_notice_goes_to_every_connection_however_few_the_outage_shows(
    network: Network, pipe: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "MOST_CONNECTIONS", 1)
    outage = saved(network, pipe).rstrip("/").rpartition("/")[2]
    answer = network.client().post("/reseaux/avis/", {"outage": outage}, headers={"accept": "text/html"})
    assert answer.status_code == 302
    assert network.rows("select address from notifications_target order by id") == [
        ("3 rue Haute",),
        ("12 rue des Tanneurs",),
    ]


@pytest.mark.parametrize("asked", ["", "{", "[]", '{"pipe": "x"}', '{"breaks": []}', "[" * 5000])
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(network: Network, asked: str) -> None:
    answer = network.client().post(LIST, {"request": asked}, headers={"accept": "text/html"})
    assert answer.status_code == 400
    with acting_as(SYSTEM):
        assert not Outage.objects.exists()


def test_an_outage_is_ended_once_by_whoever_saw_its_last_state(network: Network, pipe: int) -> None:
    path, client = saved(network, pipe), network.client()
    assert client.post(path, {"version": "7"}).status_code == 412
    assert client.post(path, {}).status_code == 400
    assert network.client("reader").post(path, {"version": "1"}).status_code == 403
    assert client.post(path, {"version": "1"}).status_code == 302
    assert client.post(path, {"version": "2"}).status_code == 409
    assert "Terminée" in words(page(network, path))


def test_who_ends_an_outage_that_is_over_or_changed_reads_why_on_its_page(network: Network, pipe: int) -> None:
    path, client = saved(network, pipe), network.client()
    for version, told in (("7", "a changé depuis"), ("1", None), ("2", "déjà terminée")):
        answer = client.post(path, {"version": version}, headers={"accept": "text/html"})
        if told:
            assert told in words(answer)
            assert "Vannes à fermer" in words(answer)


def test_another_members_outage_does_not_exist(network: Network, pipe: int) -> None:
    path = saved(network, pipe)
    assert page(network, path, "stranger").status_code == 404
    assert page(network, f"{path}fiche.pdf", "stranger").status_code == 404
    assert "Tanneurs" not in words(page(network, LIST, "stranger"))


def test_the_sheet_for_the_crew_says_what_to_do_on_two_pages_at_most(network: Network, pipe: int) -> None:
    answer = page(network, f"{saved(network, pipe)}fiche.pdf")
    assert answer["content-type"] == "application/pdf"
    pages = pages_of(answer.content)
    text = " ".join(" ".join(pages).split())
    assert len(pages) <= 2
    for expected in (
        *("Coupure d’eau", "près de 12 rue des Tanneurs", "Vannes à fermer", "V1", "100 mm", "Usagers sensibles"),
        *("École Prévert", "PI7", "Ouvrir V3", "Fermez d’abord les vannes facultatives", "12 rue des Tanneurs"),
    ):
        assert expected in text


def test_valves_are_walked_from_the_break_to_the_nearest_one_each_time() -> None:
    valves = [{"id": pk, "point": [2.0 + east, 48.0]} for pk, east in ((1, 0.003), (2, -0.001), (3, 0.0005))]
    assert [one["id"] for one in in_walking_order(valves, [2.0, 48.0])] == [3, 2, 1]


def test_valves_may_be_listed_by_street(network: Network, pipe: int) -> None:
    path = saved(network, pipe)
    assert page(network, f"{path}?ordre=rue").status_code == 200


def test_the_page_leads_to_each_valve_on_the_map_and_names_codes_in_the_readers_language(
    network: Network, pipe: int
) -> None:
    path = saved(network, pipe)
    client = network.client()
    client.post("/langue/", {"language": "en", "next": "/"})
    shown = client.get(path, headers={"accept": "text/html"}).content.decode()
    assert "&amp;s=water-nodes." in shown
    assert "School" in shown


def test_an_outage_begins_a_notice_to_those_who_have_no_water(network: Network, pipe: int) -> None:
    path = saved(network, pipe)
    outage = path.rstrip("/").rpartition("/")[2]
    assert 'name="outage"' in page(network, path).content.decode()
    answer = network.client().post("/reseaux/avis/", {"outage": outage}, headers={"accept": "text/html"})
    assert answer.status_code == 302, answer.content
    shown = words(page(network, answer.url))
    assert "12 rue des Tanneurs" in shown
    assert "École, crèche" in shown


def test_an_outage_that_leaves_nobody_without_water_begins_the_form_of_a_notice(network: Network, pipe: int) -> None:
    network.rows("with gone as (delete from water_connection returning 1) select count(*) from gone")
    outage = saved(network, pipe).rstrip("/").rpartition("/")[2]
    answer = network.client().post("/reseaux/avis/", {"outage": outage}, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "dessinez une zone" in words(answer)
    assert 'value="burst" selected' in answer.content.decode()


@pytest.mark.parametrize("key", ["0", "999999", "douze", "9" * 30])
def test_a_notice_of_an_outage_that_is_not_there_is_refused(network: Network, key: str) -> None:
    answer = network.client().post("/reseaux/avis/", {"outage": key}, headers={"accept": "text/html"})
    assert answer.status_code == 404

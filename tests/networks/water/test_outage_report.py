"""An outage is handed over to the next shift, and told in a report."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from networks.water import outage_report
from tests.networks.conftest import Network
from tests.networks.water.outages import HTML, LIST, build_network, entries, outage, page, post, save, taken


@pytest.fixture
def valves(network: Network) -> list[int]:
    return build_network(network)


@pytest.fixture
def path(network: Network, valves: list[int]) -> str:
    return save(network)


def report(network: Network, path: str, who: str = "network_technician") -> str:
    return words_of(network, f"{path}rapport.pdf", who)


def words_of(network: Network, address: str, who: str = "network_technician") -> str:
    answer = network.client(who).get(address, headers=HTML)
    assert answer.status_code == 200, answer.content
    assert answer["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(BytesIO(answer.content))
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in document).split())


def test_the_sheet_of_the_crew_says_which_valves_are_closed_already(
    network: Network, path: str, valves: list[int]
) -> None:
    before = words_of(network, f"{path}fiche.pdf")
    assert "✓" not in before
    post(network, path, do="time", kind="closed", valve=str(valves[0]), turns="14")
    after = words_of(network, f"{path}fiche.pdf")
    assert "14 tours" in after
    assert after.count("✓") == 1


def test_an_outage_is_handed_over_with_a_note_and_somebody_in_charge(network: Network, path: str) -> None:
    next_one = network.people["gis_administrator"]
    fields = {"do": "hand_over", "to": str(next_one.pk), "note": "V2 à surveiller"}
    assert post(network, path, **fields).status_code == 302
    assert outage().in_charge == next_one
    (line,) = entries("handed")
    assert "V2 à surveiller" in line.note
    assert str(next_one) in line.note
    assert f"Responsable : {next_one}" in page(network, path)
    assert str(next_one) in page(network, LIST)


def test_a_note_alone_keeps_who_is_in_charge(network: Network, path: str) -> None:
    next_one = network.people["gis_administrator"]
    post(network, path, do="hand_over", to=str(next_one.pk), note="")
    assert post(network, path, do="hand_over", to="", note="Rien de neuf").status_code == 302
    assert outage().in_charge == next_one


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_nobody_but_technicians_of_the_member_takes_over(network: Network, path: str, who: str) -> None:
    assert post(network, path, do="hand_over", to=str(network.people[who].pk), note="x").status_code == 400
    assert outage().in_charge is None


def test_a_handover_says_something(network: Network, path: str) -> None:
    assert post(network, path, do="hand_over", to="", note=" ").status_code == 400
    assert entries("handed") == []


def test_the_report_tells_times_valves_repair_and_journal(network: Network, path: str, valves: list[int]) -> None:
    post(network, path, do="time", kind="closed", valve=str(valves[0]), turns="23")
    post(network, path, do="valve", valve=str(valves[1]), condition="broken")
    post(network, path, do="cause", cause="frost")
    post(network, path, do="hand_over", to="", note="V2 à surveiller")
    post(network, path, do="time", kind="repaired")
    text = report(network, path, "reader")
    for expected in (
        *("Rapport de la coupure", "12 rue des Tanneurs", "Casse constatée", "Conduite réparée", "V1", "23"),
        *("Vanne bloquée ou cassée", "Gel", "V2 à surveiller", "1 branchement"),
    ):
        assert expected in text
    assert "Rayée" not in text


def test_the_report_says_that_a_duplicate_was_struck_out(network: Network, path: str) -> None:
    post(network, path, do="void", reason="Essai")
    assert "Rayée : Essai" in report(network, path)
    assert "Rayée le " in words_of(network, f"{path}fiche.pdf")


def test_the_report_says_how_many_photos_it_leaves_out(
    network: Network, path: str, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILES_DIR = tmp_path / "files"
    monkeypatch.setattr(outage_report, "MOST_PHOTOS", 1)
    post(network, path, do="photo", file=taken())
    assert "photos sur" not in report(network, path)
    post(network, path, do="photo", file=taken())
    assert "1 photos sur 2" in report(network, path)


def test_the_page_leads_to_the_report(network: Network, path: str) -> None:
    assert f"{path}rapport.pdf" in network.client().get(path, headers=HTML).content.decode()
    assert network.client("stranger").get(f"{path}rapport.pdf", headers=HTML).status_code == 404

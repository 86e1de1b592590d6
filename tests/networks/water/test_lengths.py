"""Kilometres of the networks by material, diameter, decade and age: a page, a table, files."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.networks.conftest import Network, along
from tests.networks.water.test_repairs import drawn

PAGE = "/reseaux/patrimoine/"
HTML = {"accept": "text/html"}


@pytest.fixture
def pipes(network: Network) -> None:
    network.pipe((0, 0), (1000, 0), material="pvc", diameter_mm=100, laid_to_year=1975)
    network.pipe((1000, 0), (1500, 0), material="pvc", diameter_mm=60, laid_to_year=1978)
    network.pipe((1500, 0), (1750, 0))
    network.pipe((3000, 0), (4000, 0), service_state="abandon", diameter_mm=100)


def rows(network: Network, query: str = "", who: str = "reader") -> list[dict[str, str]]:
    answer = network.client(who).get(f"{PAGE}?{query}&format=csv", headers=HTML)
    assert answer.status_code == 200, answer.content
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def group(found: list[dict[str, str]], table: str) -> dict[str, float]:
    return {one["Groupe"]: float(one["Kilomètres"].replace(",", ".")) for one in found if one["Tableau"] == table}


@pytest.mark.usefixtures("pipes")
def test_lengths_are_on_the_ground_of_what_is_in_service(network: Network) -> None:
    known = group(rows(network), "Par diamètre")
    assert list(known) == ["60\xa0mm", "100\xa0mm", "Non renseigné"]
    assert known == pytest.approx({"60\xa0mm": 0.5, "100\xa0mm": 1.0, "Non renseigné": 0.25}, abs=0.001)
    # Lambert-93 makes lengths here too short by more than half a metre a kilometre.
    assert known["100\xa0mm"] > 1.0


@pytest.mark.usefixtures("pipes")
def test_each_grouping_is_whole_and_names_what_nobody_recorded(network: Network) -> None:
    found = rows(network)
    for table in ("Par matériau", "Par diamètre", "Par décennie de pose", "Par âge", "Par nombre de défaillances"):
        assert sum(group(found, table).values()) == pytest.approx(1.75, abs=0.002)
    assert list(group(found, "Par matériau"))[-1] == "matériau inconnu"
    assert list(group(found, "Par diamètre"))[-1] == list(group(found, "Par âge"))[-1] == "Non renseigné"


@pytest.mark.usefixtures("pipes")
def test_nobody_counts_the_pipes_of_another_member(network: Network) -> None:
    assert rows(network, who="stranger") == []
    assert rows(network, "network=sewer") == []


@pytest.mark.usefixtures("pipes")
def test_the_page_draws_each_grouping_and_the_workbook_holds_them(network: Network) -> None:
    answer = network.client("reader").get(PAGE, headers=HTML)
    assert answer.content.decode().count("<svg") == 5
    assert "/reseaux/patrimoine/" in network.client("reader").get("/reseaux/", headers=HTML).content.decode()
    book: Any = network.client("reader").get(f"{PAGE}?format=xlsx", headers=HTML)
    assert len(list(load_workbook(io.BytesIO(book.content)).active.iter_rows())) == len(rows(network)) + 1


def test_lengths_are_told_by_the_failures_of_each_pipe(network: Network) -> None:
    network.pipe((0, 0), (1000, 0))
    network.pipe((2000, 0), (2500, 0))
    for x in (100, 900):
        drawn(network, x, 0)
    known = group(rows(network), "Par nombre de défaillances")
    assert known == pytest.approx({"Aucune défaillance": 0.5, "2 défaillances": 1.0}, abs=0.001)


@pytest.mark.usefixtures("pipes")
@pytest.mark.parametrize("network_name", ["water", "sewer"])
def test_each_grouping_that_the_map_draws_leads_there(network: Network, network_name: str) -> None:
    network.make("sewer-pipes", along((0, 0), (10, 0)), system="01")
    page = network.client("reader").get(f"{PAGE}?network={network_name}", headers=HTML).content.decode()
    for name in ("material", "diameter", "age", "failures"):
        assert f"#v=1&amp;l={network_name}-pipes@{name}," in page


@pytest.mark.parametrize("query", ["format=pdf", "network=air"])
def test_what_is_not_offered_is_refused(network: Network, query: str) -> None:
    assert network.client("reader").get(f"{PAGE}?{query}", headers=HTML).status_code == 400

"""Addresses of the BAN: a file in the published format replaces those of its communes, in one transaction."""

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.models import HistoryEvent
from layers.cadastre.models import Address
from layers.catalogue.models import Layer
from tests import factories

pytestmark = pytest.mark.django_db
HEADER = (
    "id;id_fantoir;numero;rep;nom_voie;code_postal;code_insee;nom_commune;code_insee_ancienne_commune;"
    "nom_ancienne_commune;x;y;lon;lat;type_position;alias;nom_ld;libelle_acheminement;nom_afnor;source_position;"
    "source_nom_voie;certification_commune;cad_parcelles"
)
PUBLISHED: dict[str, Any] = {
    "id": "45901_0120_00012_bis",
    "id_fantoir": "45901_0120",
    "numero": "12",
    "rep": "bis",
    "nom_voie": "Rue de l’Église Saint-Jean",
    "code_postal": "45300",
    "code_insee": "45901",
    "nom_commune": "Essai-sur-Loire",
    "x": "617120.5",
    "y": "6717030.25",
    "lon": "1.9",
    "lat": "47.55",
    "type_position": "entrée",
    "libelle_acheminement": "ESSAI SUR LOIRE",
    "source_position": "commune",
    "source_nom_voie": "commune",
    "certification_commune": "1",
    "cad_parcelles": "45901000AB0001",
}


def line(**values: Any) -> str:
    given = PUBLISHED | values
    return ";".join(str(given.get(name, "")) for name in HEADER.split(";"))


def written(folder: Path, *lines: str, name: str = "adresses-45.csv", header: str = HEADER) -> Path:
    content = "\n".join([header, *lines]) + "\n"
    path = folder / name
    path.write_bytes(gzip.compress(content.encode()) if name.endswith(".gz") else content.encode())
    return path


def imported(*arguments: Any, report: Path) -> tuple[int, dict[str, Any]]:
    code = 0
    with factories.as_worker():
        try:
            call_command("import_ban", *map(str, arguments), "--report", str(report))
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return code, json.loads(report.read_text())


def refused(report: dict[str, Any]) -> dict[int, str]:
    """The code of each refused line."""
    return {one["index"]: one["code"] for one in report["files"][0]["rows"]["refused"]}


@pytest.mark.parametrize("name", ["adresses-45.csv", "adresses-45.csv.gz"])
def test_an_address_has_what_the_file_says(tmp_path: Path, name: str) -> None:
    code, _report = imported(written(tmp_path, line(), name=name), report=tmp_path / "r.json")
    address = Address.objects.get()
    assert (code, address.number, address.suffix, address.postcode) == (0, 12, "bis", "45300")
    assert address.label == "12 bis Rue de l’Église Saint-Jean"
    assert address.search_text == " 12 bis rue de l eglise saint jean 45300 essai sur loire"
    assert (address.parcel_idu, address.parcels, address.ban_id) == ("45901000AB0001", [], PUBLISHED["id"])
    assert (address.geom.x, address.geom.y) == (617120.5, 6717030.25)


def test_an_address_may_lead_to_several_parcels(tmp_path: Path) -> None:
    parcels = ["45901000AB0001", "45901000AB0002"]
    imported(written(tmp_path, line(cad_parcelles="|".join(parcels))), report=tmp_path / "r.json")
    address = Address.objects.get()
    assert (address.parcel_idu, address.parcels) == (parcels[0], parcels)


def test_the_second_parcel_of_an_address_shows_it(client: Client, tmp_path: Path) -> None:
    parcel = factories.parcel(number="0002")
    imported(written(tmp_path, line(cad_parcelles="45901000AB0001|45901000AB0002")), report=tmp_path / "r.json")
    told = client.get(f"/api/v1/layers/parcels/features/{parcel.pk}/").json()
    assert "12 bis rue de l’Église Saint-Jean" in told["subtitle"]


def test_the_addresses_of_the_communes_are_replaced_and_others_stay(tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    imported(written(tmp_path, line(), line(id="b", numero="14"), line(id="c", code_insee="45902")), report=report)
    imported(written(tmp_path, line(numero="16")), report=report)
    assert sorted(Address.objects.values_list("insee", "number")) == [("45901", 16), ("45902", 12)]


def test_an_import_is_one_event_and_dates_the_layer(tmp_path: Path) -> None:
    imported(written(tmp_path, line()), "--date", "2025-03-01", report=tmp_path / "r.json")
    with factories.as_owner():
        (event,) = HistoryEvent.objects.filter(kind="import")
        layer = Layer.objects.get(slug="addresses")
    assert (event.detail["source"], event.detail["insee"]) == ("ban", ["45901"])
    assert str(layer.source_date) == "2025-03-01"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"numero": ""}, "ban_value"),
        ({"numero": "douze"}, "ban_value"),
        ({"nom_voie": ""}, "ban_value"),
        ({"code_insee": "459"}, "ban_value"),
        ({"code_postal": ""}, "ban_value"),
        ({"x": "", "y": ""}, "ban_place"),
        ({"x": "340000", "y": "7650000"}, "out_of_range"),
        ({"id": "a"}, "duplicate_identifier"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_alone(tmp_path: Path, values: dict[str, str], code: str) -> None:
    path = written(tmp_path, line(id="a"), line(id="b") if "id" not in values else line(id="c"), line(**values))
    exit_code, report = imported(path, report=tmp_path / "r.json")
    assert (exit_code, refused(report)) == (1, {3: code})
    assert Address.objects.count() == 2


def test_a_parcel_that_is_none_is_left_out_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, line(cad_parcelles="AB12|45901000AB0002"))
    code, report = imported(path, report=tmp_path / "r.json")
    assert (code, Address.objects.get().parcel_idu) == (0, "45901000AB0002")
    assert report["files"][0]["rows"]["remarks"][0]["code"] == "ban_parcels"


def test_a_file_in_latin_1_is_read_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, line(nom_voie="Rue de l'Église"))
    path.write_bytes(path.read_text().encode("latin-1"))
    code, report = imported(path, report=tmp_path / "r.json")
    assert (code, Address.objects.get().road_name) == (0, "Rue de l'Église")
    assert report["files"][0]["rows"]["remarks"][0]["code"] == "ban_encoding"


def test_a_file_in_two_encodings_is_refused_saying_what_to_do(tmp_path: Path) -> None:
    path = written(tmp_path, *(line(id=f"n{rank}", numero=rank) for rank in range(3000)))
    path.write_bytes(path.read_bytes() + line(nom_voie="Rue de l'Église").encode("latin-1") + b"\n")
    code, report = imported(path, report=tmp_path / "r.json")
    assert (code, report["files"][0]["problem"]["code"]) == (2, "ban_mixed_encoding")


def test_another_table_is_refused_naming_what_is_missing(tmp_path: Path) -> None:
    path = written(tmp_path, "1;2", header="numero;voie")
    code, report = imported(path, report=tmp_path / "r.json")
    problem = report["files"][0]["problem"]
    assert (code, problem["code"]) == (2, "ban_columns")
    assert "code_insee" in problem["words"]


def test_a_cut_file_replaces_nothing(tmp_path: Path) -> None:
    report = tmp_path / "r.json"
    imported(written(tmp_path, line()), report=report)
    whole = written(tmp_path, *(line(id=f"n{rank}", numero=rank) for rank in range(500)), name="adresses.csv.gz")
    whole.write_bytes(whole.read_bytes()[:-900])
    code, told = imported(whole, report=report)
    assert (code, told["files"][0]["problem"]["code"]) == (2, "truncated_gzip")
    assert Address.objects.get().number == 12


def test_only_the_communes_of_a_member_come_in(tmp_path: Path) -> None:
    member = factories.member(factories.commune("45901"))
    path = written(tmp_path, line(), line(id="b", code_insee="45902"))
    _code, report = imported(path, "--member", member.slug, report=tmp_path / "r.json")
    assert refused(report) == {2: "outside_territory"}
    assert Address.objects.get().insee == "45901"


def test_a_report_says_when_by_the_databases_clock(tmp_path: Path, wrong_clock: timedelta) -> None:
    factories.commune("45901")
    _code, report = imported(written(tmp_path, line()), report=tmp_path / "report.json")
    for name in ("started_at", "ended_at"):
        assert abs(datetime.fromisoformat(report[name]) - database_clock.ask()) < timedelta(minutes=1)

"""Hydrants: what is recorded of them, what follows from it, what the register says and lets people take away."""

import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from gis_core.members.rights import SYSTEM, Role, acting_as
from networks.water.models import FireSettings, HydrantInspection, HydrantUnavailability, WaterNode
from networks.water.services import hydrant_inspecting as inspecting
from networks.water.services import inspections
from networks.water.services.hydrants import HydrantQuery, availability_of, counts, hydrant_seen_by, register
from tests import factories
from tests.exports.conftest import read
from tests.networks.conftest import WEB, Network


def today() -> date:
    """The day in Paris when it is asked: a suite that runs past midnight has two of them."""
    return timezone.localdate()


def years_ago(years: int) -> date:
    return today() - timedelta(days=366 * years)


def technical(day: date | None = None, verdict: str = "compliant", **more: Any) -> inspecting.Inspection:
    measures = {"flow_m3h": 75.0, "static_bar": 4.5, "dynamic_bar": 2.5}
    return inspecting.Inspection(
        kind="technical", done_date=day or today(), done_by="Régie", verdict=verdict, **(measures | more)
    )


def visual(day: date | None = None, verdict: str = "compliant", **more: Any) -> inspecting.Inspection:
    return inspecting.Inspection(kind="visual", done_date=day or today(), done_by="Régie", verdict=verdict, **more)


def inspect(network: Network, pk: int, found: inspecting.Inspection, who: str = Role.NETWORK_TECHNICIAN) -> Any:
    with network.as_(who):
        return inspecting.inspect(pk, found, rights=network.rights(who), origin=WEB)


def seen(network: Network, pk: int, who: str = Role.READER) -> Any:
    with acting_as(network.rights(who)):
        return hydrant_seen_by(pk, network.rights(who))


def listed(network: Network, who: str = Role.READER, **wanted: str) -> list[str]:
    with acting_as(network.rights(who)):
        return [one.reference for one in register(HydrantQuery.parse(wanted), network.rights(who))]


def measures(network: Network, pk: int) -> tuple[Any, ...]:
    return network.rows(f"select flow_m3h, pressure_bar from water_node where id = {pk}")[0]


def page(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url, headers={"accept": "text/html"})
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def post(client: Client, pk: int, status: int = 302, **values: Any) -> Any:
    answer = client.post(f"/reseaux/hydrants/{pk}/", values, headers={"accept": "text/html"})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer


@pytest.fixture
def hydrant(network: Network) -> int:
    return network.node(50, 50, "hydrant", reference="PI-12", diameter_mm=100)


# -- what is recorded -------------------------------------------------------------------------------------------------


def test_the_last_measures_are_written_into_the_hydrant_and_its_history(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical(years_ago(3), flow_m3h=90.0, static_bar=5.0, dynamic_bar=None))
    inspect(network, hydrant, technical())
    assert measures(network, hydrant) == (75.0, 4.5)
    assert network.version("water-nodes", hydrant) == 3
    inspect(network, hydrant, technical(years_ago(1), flow_m3h=10.0))
    assert measures(network, hydrant) == (75.0, 4.5)


def test_a_struck_inspection_counts_no_more_and_stays(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical(years_ago(3), flow_m3h=90.0))
    wrong = inspect(network, hydrant, technical(flow_m3h=7.5, verdict="not_compliant"))
    with network.as_():
        inspecting.strike(hydrant, wrong.pk, "Mauvais poteau", rights=network.rights(), origin=WEB)
    assert measures(network, hydrant) == (90.0, 4.5)
    found = seen(network, hydrant)
    assert (availability_of(found), found.technical["flow_m3h"]) == ("compliant", 90.0)
    text = page(network.client(Role.READER), f"/reseaux/hydrants/{hydrant}/")
    assert "Mauvais poteau" in text
    assert "7,5" in text


def test_a_verdict_unavailable_begins_an_unavailability_that_a_later_one_ends(network: Network, hydrant: int) -> None:
    found = visual(verdict="unavailable", anomalies=["dry"], informed="CODIS")
    inspect(network, hydrant, found)
    inspect(network, hydrant, found)
    with factories.as_owner():
        (out,) = HydrantUnavailability.objects.all()
    assert (out.reason, out.informed, out.until_at) == ("Pas d’eau", "CODIS", None)
    assert availability_of(seen(network, hydrant)) == "unavailable"
    inspect(network, hydrant, technical(back=True, informed="CODIS, mairie"))
    with factories.as_owner():
        out = HydrantUnavailability.objects.get()
    assert (out.until_at is not None, out.informed_on_return) == (True, "CODIS, mairie")
    assert availability_of(seen(network, hydrant)) == "compliant"


def test_striking_the_inspection_ends_the_unavailability_that_it_began(network: Network, hydrant: int) -> None:
    wrong = inspect(network, hydrant, visual(verdict="unavailable"))
    with network.as_():
        inspecting.strike(hydrant, wrong.pk, "Erreur", rights=network.rights(), origin=WEB)
    assert availability_of(seen(network, hydrant)) == "unknown"


def test_a_look_does_not_undo_a_failed_measure(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical(years_ago(1), verdict="not_compliant", flow_m3h=12.0))
    inspect(network, hydrant, visual())
    assert availability_of(seen(network, hydrant)) == "failing"


def test_inspections_outlive_a_deleted_hydrant_and_come_back_with_it(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical())
    network.remove("water-nodes", hydrant)
    with factories.as_owner():
        assert HydrantInspection.objects.get().reference == "PI-12"


def test_inspections_follow_a_reference_when_the_network_is_made_anew(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical())
    inspect(network, hydrant, visual(verdict="unavailable"))
    network.remove("water-nodes", hydrant)
    anew = network.node(52, 50, "hydrant", reference="PI-12")
    with network.as_():
        assert inspections.rebind(network.member.pk) == 3
    assert availability_of(seen(network, anew)) == "unavailable"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"done_date": "tomorrow"}, "done_date"),
        ({"done_date": date(1890, 1, 1)}, "done_date"),
        ({"flow_m3h": 1200.0}, "flow_m3h"),
        ({"flow_m3h": None}, "flow_m3h"),
        ({"dynamic_bar": 6.0}, "dynamic_bar"),
        ({"anomalies": ["autre chose"]}, "anomalies"),
        ({"done_by": " "}, "done_by"),
        ({"kind": "visual"}, "flow_m3h"),
        ({"verdict": "bien"}, "verdict"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    network: Network, hydrant: int, wrong: dict[str, Any], field: str
) -> None:
    from dataclasses import replace

    if wrong.get("done_date") == "tomorrow":
        wrong = {"done_date": today() + timedelta(days=1)}
    with pytest.raises(inspecting.Invalid) as refused:
        inspect(network, hydrant, replace(technical(), **wrong))
    assert refused.value.extra["parameter"] == field
    with factories.as_owner():
        assert not HydrantInspection.objects.exists()


def test_only_one_unavailability_lasts_at_a_time(network: Network, hydrant: int) -> None:
    with network.as_():
        rights = network.rights()
        inspecting.make_unavailable(hydrant, reason="Fuite", informed="", from_date=None, rights=rights)
        with pytest.raises(inspecting.Conflict):
            inspecting.make_unavailable(hydrant, reason="Fuite", informed="", from_date=None, rights=rights)
        inspecting.make_available(hydrant, informed_on_return="", rights=rights)
        with pytest.raises(inspecting.Conflict):
            inspecting.make_available(hydrant, informed_on_return="", rights=rights)


@pytest.mark.parametrize("who", [Role.READER, Role.PERMIT_INSTRUCTOR])
def test_others_read_and_record_nothing(network: Network, hydrant: int, who: str) -> None:
    with pytest.raises(inspecting.Forbidden):
        inspect(network, hydrant, technical(), who)
    assert "Enregistrer un contrôle" not in page(network.client(who), f"/reseaux/hydrants/{hydrant}/")


def test_another_member_sees_nothing_of_it(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical())
    assert listed(network, "stranger") == []
    page(network.client("stranger"), f"/reseaux/hydrants/{hydrant}/", 404)
    with acting_as(network.rights("stranger")):
        assert not HydrantInspection.objects.exists()


# -- the register -----------------------------------------------------------------------------------------------------


def test_states_are_counted_and_filtered(network: Network) -> None:
    places = {name: network.node(10 * n, 5, "hydrant", reference=name) for n, name in enumerate("ABCDE", 1)}
    inspect(network, places["A"], technical())
    inspect(network, places["B"], technical(years_ago(4)))
    inspect(network, places["C"], technical(verdict="not_compliant", flow_m3h=5.0))
    inspect(network, places["D"], technical(today() - timedelta(days=1075)))
    inspect(network, places["D"], visual(verdict="unavailable"))
    network.node(90, 5, "hydrant", reference="F", service_state="abandon")
    network.node(90, 9, "valve", reference="V")
    told = {state: listed(network, state=state) for state in ("due", "soon", "failing", "unavailable", "never")}
    assert told == {
        "due": ["B", "E"],
        "soon": ["D"],
        "failing": ["C", "D"],
        "unavailable": ["D", "F"],
        "never": ["E"],
    }
    with acting_as(network.rights(Role.READER)):
        figures = counts(HydrantQuery(), network.rights(Role.READER))
    assert figures == {state: len(found) for state, found in told.items()} | {"all": 6}


def test_the_next_inspection_follows_the_members_own_periods(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical(date(2024, 3, 31)))
    assert seen(network, hydrant).due == date(2027, 3, 31)
    with network.as_():
        choice = inspecting.Choice(technical_months=24, visual_months=0, flow_m3h=30, distance_m=400)
        inspecting.choose(network.member.slug, choice, rights=network.rights())
    assert seen(network, hydrant).due == date(2026, 3, 31)
    with factories.as_owner():
        FireSettings.objects.update(visual_months=6)
    assert seen(network, hydrant).due == date(2024, 9, 30)


def test_the_page_lists_hydrants_with_where_they_stand(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical())
    text = page(network.client(Role.READER), "/reseaux/hydrants/?q=pi-12")
    assert re.search(r"PI-12</a>.*Lorris.*Conforme.*75 m³/h.*4,5 / 2,5 bar", text)
    assert "PI-12" not in page(network.client(Role.READER), "/reseaux/hydrants/?q=pi-13")
    assert "PI-12" not in page(network.client(Role.READER), "/reseaux/hydrants/?insee=45903")
    page(network.client(Role.READER), "/reseaux/hydrants/?state=autre", 400)


def test_tables_are_taken_away(network: Network, hydrant: int) -> None:
    inspect(network, hydrant, technical(anomalies=["paint", "leak"]))
    client = network.client(Role.READER)
    text = client.get("/reseaux/hydrants/?format=csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Référence"], row["Débit à 1 bar (m³/h)"]) == ("PI-12", "75")
    assert (row["Commune"], row["Anomalies"]) == ("Lorris", "Peinture à refaire, Fuite")
    sheet = load_workbook(io.BytesIO(client.get("/reseaux/hydrants/?format=xlsx").content)).active
    assert sheet is not None
    assert sheet.max_row == 2
    assert client.get("/reseaux/hydrants/?format=pdf").status_code == 400


def test_hydrants_are_taken_away_as_a_geopackage(network: Network, hydrant: int, tmp_path: Path) -> None:
    inspect(network, hydrant, technical(anomalies=["paint", "leak"]))
    answer = network.client(Role.READER).get("/reseaux/hydrants/?format=gpkg")
    assert answer["Content-Type"] == "application/geopackage+sqlite3"
    (tmp_path / "pei.gpkg").write_bytes(answer.content)
    table = read(tmp_path / "pei.gpkg")
    assert (table.layers, table.crs, table.geometry_type) == (["poteaux-incendie"], "EPSG:2154", "Point")
    assert (table.column("Référence"), table.column("Débit à 1 bar (m³/h)")) == (["PI-12"], [75.0])
    assert table.column("Commune") == ["Lorris"]
    with acting_as(SYSTEM):
        place = WaterNode.objects.get(pk=hydrant).geom
    assert table.shapes == [shapely.from_wkb(bytes(place.wkb))]


def test_the_national_schema_has_its_names_and_codes(network: Network, hydrant: int) -> None:
    other = network.node(80, 50, "hydrant", reference="BI-1", subtype="bouche", precision_xy="B")
    network.pipe((50, 50), (80, 50), diameter_mm=150)
    inspect(network, hydrant, technical())
    inspect(network, other, visual(verdict="unavailable"))
    text = network.client(Role.READER).get("/reseaux/hydrants/?format=pei").content.decode()
    second, first = csv.DictReader(io.StringIO(text))
    assert list(first)[:6] == ["insee", "id_sdis", "id_gestion", "nom_gest", "ref_terr", "type_pei"]
    told = {name: first[name] for name in ("insee", "ref_terr", "type_pei", "diam_pei", "diam_cana", "debit")}
    assert told == {
        "insee": "45901", "ref_terr": "PI-12", "type_pei": "PI", "diam_pei": "100", "diam_cana": "150", "debit": "75"
    }  # fmt: skip
    assert (first["press_stat"], first["press_dyn"], first["disponible"]) == ("4.5", "2.5", "1")
    assert first["date_ct"] == today().isoformat()
    assert (second["type_pei"], second["disponible"], second["prec"]) == ("BI", "0", "05")
    assert second["date_dispo"] == today().isoformat()


# -- the page in the street -------------------------------------------------------------------------------------------


def test_an_inspection_is_recorded_from_the_page_with_a_decimal_comma(network: Network, hydrant: int) -> None:
    client = network.client()
    typed = {"kind": "technical", "done_date": today().isoformat(), "done_by": "A. Martin", "verdict": "compliant"}
    post(client, hydrant, do="inspect", flow_m3h="45,5", static_bar="3", dynamic_bar="1,5", anomalies="paint", **typed)
    assert measures(network, hydrant) == (45.5, 3.0)
    text = page(client, f"/reseaux/hydrants/{hydrant}/")
    assert "Peinture à refaire" in text
    assert "A. Martin" in text
    assert "(45,5 m³/h) est inférieur" in text


def test_what_was_typed_is_kept_after_an_error(network: Network, hydrant: int) -> None:
    typed = {"kind": "technical", "done_date": "2999-01-01", "done_by": "A. Martin", "verdict": "compliant"}
    answer = post(network.client(), hydrant, 400, do="inspect", flow_m3h="45", **typed)
    text = answer.content.decode()
    assert "encore à venir" in text
    assert 'value="A. Martin"' in text


def test_it_is_said_unavailable_and_available_again_from_the_page(network: Network, hydrant: int) -> None:
    client = network.client()
    post(client, hydrant, do="out", reason="Travaux de voirie", told="CODIS")
    text = page(client, f"/reseaux/hydrants/{hydrant}/")
    assert "Travaux de voirie" in text
    assert "CODIS" in text
    post(client, hydrant, do="back", told_back="CODIS")
    assert "toujours indisponible" not in page(client, f"/reseaux/hydrants/{hydrant}/")


def test_what_somebody_else_said_of_it_meanwhile_is_told_on_its_page(network: Network, hydrant: int) -> None:
    client, url = network.client(), f"/reseaux/hydrants/{hydrant}/"
    page_of = {"accept": "text/html"}
    answer = client.post(url, {"do": "back", "told_back": ""}, headers=page_of)
    assert answer.status_code == 409
    assert "pas signalé indisponible" in answer.content.decode()
    post(client, hydrant, do="out", reason="Gel", told="")
    answer = client.post(url, {"do": "out", "reason": "Travaux", "told": ""}, headers=page_of)
    assert answer.status_code == 409
    assert "déjà signalé indisponible" in answer.content.decode()
    assert client.post(url, {"do": "back", "told_back": "x\0"}, headers=page_of).status_code == 400


def test_an_act_that_is_none_is_refused(network: Network, hydrant: int) -> None:
    assert post(network.client(), hydrant, 400, do="autre").status_code == 400
    assert post(network.client(), hydrant, 404, do="strike", inspection="99", reason="Erreur").status_code == 404


def test_a_photo_is_added_to_the_hydrant(network: Network, hydrant: int, settings: Any, tmp_path: Any) -> None:
    from PIL import Image

    settings.FILES_DIR = tmp_path
    taken = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(taken, "JPEG")
    client = network.client()
    post(client, hydrant, do="photo", file=SimpleUploadedFile("poteau.jpg", taken.getvalue(), "image/jpeg"))
    assert 'alt="poteau.jpg"' in page(client, f"/reseaux/hydrants/{hydrant}/")
    refused = post(client, hydrant, 400, do="photo", file=SimpleUploadedFile("notes.jpg", b"texte", "image/jpeg"))
    assert 'role="alert"' in refused.content.decode()


def test_settings_are_for_technicians_and_administrators(network: Network) -> None:
    url = f"/reseaux/hydrants/reglages/{network.member.slug}/"
    given = {"technical_months": 24, "visual_months": 12, "flow_m3h": 30, "distance_m": 400}
    assert network.client(Role.READER).post(url, given).status_code == 403
    assert network.client("stranger").get(url).status_code == 404
    assert network.client().post(url, given | {"distance_m": 0}, headers={"accept": "text/html"}).status_code == 400
    assert network.client().post(url, given).status_code == 302
    with factories.as_owner():
        assert FireSettings.objects.get().distance_m == 400


@pytest.mark.parametrize("path", ["/reseaux/", "/reseaux/hydrants/", "/reseaux/coupures/"])
def test_who_may_not_import_is_not_told_to(network: Network, path: str) -> None:
    shown = page(network.client("reader"), path)
    assert "mportez" not in shown
    assert "enregistrez" not in shown

"""Versions of planning documents: which is in force when, what replaces what, what the map shows."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import HistoryEvent
from layers.catalogue.models import Layer
from layers.planning.models import Document, Easement, EasementSet, Prescription, RiskPlan, Zone
from layers.planning.services import versions
from layers.planning.tasks import sweep_documents
from tests import factories
from tests.planning.conftest import Desk, Made, box, easements, plan, risks, rules

pytestmark = pytest.mark.django_db


def in_force(day: str) -> list[str]:
    return sorted(Document.objects.in_force(date.fromisoformat(day)).values_list("idurba", flat=True))


def plui(day: str, *insee: str) -> Made:
    made = plan(day, code="999000011", kind="PLUi")
    idurba = made.tables["DOC_URBA"][0]["IDURBA"]
    made.tables["DOC_URBA_COM"] = [{"IDURBA": idurba, "INSEE": one} for one in insee]
    return made


def test_a_new_date_of_approval_adds_a_version_that_ends_the_former(desk: Desk) -> None:
    desk.send(plan("20150301"))
    desk.send(plan("20200115"))
    assert Zone.objects.count() == 4
    assert in_force("2015-02-28") == []
    assert in_force("2015-03-01") == ["45901_PLU_20150301"]
    assert in_force("2020-01-14") == ["45901_PLU_20150301"]
    assert in_force("2020-01-15") == ["45901_PLU_20200115"]


def test_versions_may_come_in_any_order(desk: Desk) -> None:
    desk.send(plan("20200115"))
    desk.send(plan("20150301"))
    assert in_force("2019-12-31") == ["45901_PLU_20150301"]
    assert in_force("2021-01-01") == ["45901_PLU_20200115"]


def test_of_two_versions_of_one_day_the_last_delivered_holds(desk: Desk) -> None:
    second = plan("20200115")
    second.name = "45901_PLU_20200115_B"
    for rows in second.tables.values():
        for row in rows:
            row["IDURBA"] = second.name
    desk.send(plan("20200115"), second)
    assert in_force("2021-01-01") == ["45901_PLU_20200115_B"]
    desk.send(plan("20200115"))
    assert in_force("2021-01-01") == ["45901_PLU_20200115"]


@pytest.mark.parametrize("first", ["PLU", "PLUi"])
def test_of_two_versions_of_one_day_the_one_of_more_communes_holds(desk: Desk, first: str) -> None:
    both = [plan("20200115"), plui("20200115", "45901", "45902")]
    report = desk.send(*(both if first == "PLU" else reversed(both)))
    assert in_force("2021-01-01") == ["999000011_PLUi_20200115"]
    assert "meme-date" in rules(report)


def test_the_same_idurba_replaces_its_rows_and_its_pieces(desk: Desk, django_capture_on_commit_callbacks: Any) -> None:
    desk.send(plan())
    former = Document.objects.get().folder
    made = plan()
    made.tables["ZONE_URBA"].pop()
    with django_capture_on_commit_callbacks(execute=True):
        desk.send(made)
    assert (Document.objects.count(), Zone.objects.count(), Prescription.objects.count()) == (1, 1, 3)
    assert not (Path(settings.FILES_DIR) / "planning" / former).exists()


def test_a_refused_delivery_leaves_the_version_that_was_there(desk: Desk) -> None:
    desk.send(plan())
    made = plan()
    made.tables.pop("ZONE_URBA")
    assert desk.send(made).exit_code == 2
    assert (Document.objects.count(), Zone.objects.count()) == (1, 2)


def test_a_plan_of_the_whole_body_ends_those_of_its_communes(desk: Desk) -> None:
    desk.send(plan("20150301"), plui("20200115", "45901", "45902"))
    assert in_force("2020-02-01") == ["999000011_PLUi_20200115"]


def test_a_plan_of_other_communes_ends_nothing(desk: Desk) -> None:
    desk.send(plan("20150301"), plui("20200115", "45902"))
    assert in_force("2020-02-01") == ["45901_PLU_20150301", "999000011_PLUi_20200115"]


def test_a_safeguard_plan_lives_beside_the_plan(desk: Desk) -> None:
    desk.send(plan("20150301"), plan("20200115", kind="PSMV"))
    assert in_force("2020-02-01") == ["45901_PLU_20150301", "45901_PSMV_20200115"]


def test_datefin_ends_a_version_before_the_next(desk: Desk) -> None:
    desk.send(plan("20150301", ETAT="04", DATEFIN="20180601"), plan("20200115"))
    assert in_force("2018-05-31") == ["45901_PLU_20150301"]
    assert in_force("2019-01-01") == []


def test_a_document_that_is_not_approved_is_never_in_force(desk: Desk) -> None:
    desk.send(plan(ETAT="02"))
    assert in_force("2026-01-01") == []
    assert Zone.objects.count() == 2


def test_an_ended_document_without_an_end_is_not_in_force(desk: Desk) -> None:
    desk.send(plan(ETAT="06"))
    assert in_force("2026-01-01") == []


def test_a_version_to_come_is_shown_from_its_day_on(desk: Desk) -> None:
    desk.send(plan("20150301"), plan("20990101"))
    with factories.as_worker(), acting_as(SYSTEM):
        before = Layer.objects.get(slug="plu-zones").version
        assert not versions.pass_the_day(date(2098, 12, 31))
        assert versions.pass_the_day(date(2099, 1, 1))
        assert Layer.objects.get(slug="plu-zones").version == before + 1
    assert Document.objects.get(published=True).idurba == "45901_PLU_20990101"


def test_an_import_is_one_event_of_all_its_tables(desk: Desk) -> None:
    with factories.as_owner():
        HistoryEvent.objects.all().delete()
    desk.send(plan())
    with factories.as_owner():
        (event,) = HistoryEvent.objects.all()
    assert (event.kind, event.table, event.detail["source"]) == ("import", "planning_document", "plu")


def test_an_import_that_loads_nothing_leaves_no_event(desk: Desk) -> None:
    made = plan()
    made.tables.pop("ZONE_URBA")
    with factories.as_owner():
        HistoryEvent.objects.all().delete()
    desk.send(made)
    with factories.as_owner():
        assert not HistoryEvent.objects.exists()


def test_a_communal_map_has_sectors_for_zones(desk: Desk) -> None:
    made = plan(kind="CC")
    of = {"NOMFIC": "", "IDURBA": "45901_CC_20200115"}
    made.tables["SECTEUR_CC"] = [{"LIBELLE": "Constructible", "TYPESECT": "01", "geom": box(0, 0, 50), **of}]
    made.tables.pop("ZONE_URBA")
    report = desk.send(made)
    assert report.exit_code == 0, rules(report)
    assert Zone.objects.get().typezone == "01"


def test_a_later_set_of_easements_replaces_the_former(desk: Desk) -> None:
    desk.send(easements("20220101"), source="sup")
    later = easements("20240101")
    for rows in (later.tables["SERVITUDE"], later.tables["SERVITUDE_ACTE_SUP"], later.tables["GENERATEUR_SUP_S"]):
        rows[0]["IDSUP"] = "S7"
    desk.send(later, source="sup")
    assert Easement.objects.get().idsup == "S7"
    assert str(EasementSet.objects.get().dated) == "2024-01-01"


def test_a_member_replaces_easements_of_its_territory_alone(desk: Desk) -> None:
    made = easements()
    made.tables["SERVITUDE"].append({"IDSUP": "S2", "NOMSUP": "Ailleurs", "CATEGORIE": "AC1"})
    made.tables["GENERATEUR_SUP_S"].append({"IDGEN": "G2", "IDSUP": "S2", "geom": box(50_000, 0, 10)})
    made.tables["ASSIETTE_SUP_S"].append({"IDASS": "F2", "IDGEN": "G2", "geom": box(50_000, 0, 90)})
    desk.send(made, source="sup")
    desk.send(easements(), source="sup", territory=frozenset({"45901"}))
    assert sorted(Easement.objects.values_list("idsup", flat=True)) == ["S1", "S2"]


def test_a_risk_plan_is_replaced_by_its_procedure(desk: Desk) -> None:
    desk.send(risks(), source="risks")
    made = risks()
    made.tables["ZONEREGLEMENTAIRE_S"].pop()
    desk.send(made, source="risks")
    assert [one.code for one in RiskPlan.objects.get().zones.all()] == ["R"]


# Pieces.


def piece(document: Document) -> str:
    return f"/api/v1/planning/files/{document.folder}/{document.files[0]['name']}"


def test_a_piece_is_given_to_everybody(desk: Desk, client: Client) -> None:
    desk.send(plan())
    answer = client.get(piece(Document.objects.get()))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_a_piece_is_only_read(desk: Desk, client: Client) -> None:
    desk.send(plan())
    assert client.post(piece(Document.objects.get())).status_code == 405


@pytest.mark.parametrize("name", ["absente.pdf", "..%2f..%2fsecret-key", "%00", ".htaccess"])
def test_another_name_is_not_found(desk: Desk, client: Client, name: str) -> None:
    desk.send(plan())
    answer = client.get(f"/api/v1/planning/files/{Document.objects.get().folder}/{name}")
    assert answer.status_code in (400, 404)


def test_a_name_cannot_leave_the_folder_of_its_document(desk: Desk) -> None:
    made = plan()
    made.pieces["Pieces_ecrites/..secret.pdf"] = b"%PDF-"
    desk.send(made)
    names = {one["name"] for one in Document.objects.get().files}
    assert names == {"45901_reglement_20200115.pdf", "secret.pdf"}


def test_folders_that_no_row_names_are_swept(desk: Desk, data_dir: Path) -> None:
    import os

    desk.send(plan())
    lost = Path(settings.FILES_DIR) / "planning" / "perdu"
    lost.mkdir()
    os.utime(lost, (0, 0))
    with factories.as_worker():
        sweep_documents(0)
    assert not lost.exists()
    assert (Path(settings.FILES_DIR) / "planning" / Document.objects.get().folder).is_dir()

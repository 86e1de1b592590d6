"""Deliveries of real planning documents, easements and risk plans, as the national validator is tested with them."""

from collections import Counter
from pathlib import Path

import pytest

from layers.planning.models import (
    Document,
    Easement,
    EasementFootprint,
    EasementGenerator,
    Prescription,
    RiskPlan,
    RiskZone,
    Zone,
)
from tests.planning.conftest import Desk, file_of, rules, told

pytestmark = pytest.mark.django_db


def test_a_plu_of_2014_without_cpg_and_with_old_zones_comes_in(desk: Desk, shared_data: Path) -> None:
    report = desk.send(shared_data / "cnig_plu" / "41175_PLU_20140603")
    assert (Zone.objects.count(), Prescription.objects.count()) == (118, 59)
    assert Counter(Prescription.objects.values_list("kind", flat=True)) == {"surface": 23, "line": 10, "point": 26}
    assert report.refused == 0
    assert {"encodage", "projection-sans-code", "champ-absent", "typezone-ancien", "idurba-forme"} <= rules(report)
    document = Document.objects.get()
    assert (document.kind, document.territory, document.communes) == ("PLU", "41175", ["41175"])
    assert str(document.approved_date) == "2014-06-03"
    assert document.published
    assert len(document.files) == 12


def test_a_plui_with_an_invalid_zone_tells_what_the_repair_did(desk: Desk, shared_data: Path) -> None:
    report = desk.send(shared_data / "cnig_plu" / "241800432_PLUi_20200128")
    zones = file_of(report, "241800432_ZONE_URBA_20200128")
    assert (zones.loaded, zones.repaired_rows, zones.refused_rows) == (221, 1, 0)
    assert zones.repaired[0].code == "geometrie-reparee"
    assert Prescription.objects.count() == 32 + 264 + 167
    assert Document.objects.get().communes == ["18275"]


def test_the_easements_of_a_risk_plan_come_in_with_their_acts(desk: Desk, shared_data: Path) -> None:
    report = desk.send(shared_data / "cnig_sup" / "110068012_PM3_28_20161104", source="sup")
    assert report.refused == 0, told(report)
    assert (Easement.objects.count(), EasementFootprint.objects.count(), EasementGenerator.objects.count()) == (3, 3, 3)
    easement = Easement.objects.get(idsup="35")
    assert (easement.category, str(easement.since_date)) == ("PM3", "2014-04-23")
    assert easement.acts.get().piece == "PM3_Auneau_Legendre_Delpierre_act.pdf"
    assert "acte-par-son-nom" in rules(report)


def test_two_hundred_surroundings_of_monuments_come_in(desk: Desk, shared_data: Path) -> None:
    """Two monuments are twice in the tables, and one footprint is of a generator that does not exist."""
    report = desk.send(shared_data / "cnig_sup" / "172014607_AC1_2A_20180130", source="sup")
    counts = Easement.objects.count(), EasementFootprint.objects.count(), EasementGenerator.objects.count()
    assert counts == (102, 205, 104)
    refused = Counter(code for _file, code, row in told(report) if code in ("identifiant-double", "reference") and row)
    assert refused == {"identifiant-double": 4, "reference": 1}
    assert report.refused == 5


def test_a_pprt_geopackage_comes_in(desk: Desk, shared_data: Path) -> None:
    report = desk.send(shared_data / "cnig_ppr" / "pprt_69dreal20090005.gpkg", source="risks")
    assert report.refused == 0, told(report)
    plan = RiskPlan.objects.get()
    assert (plan.code, plan.state, str(plan.state_date)) == ("69DREAL20090005", "APPROUVE", "2017-02-08")
    assert Counter(RiskZone.objects.values_list("nature", flat=True)) == {"foncier": 10, "urba": 25}

"""The pages on which rules of zones are entered, against real rows."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from gis_core.members.rights import acting_as, rights_of
from simulation.models import RegulationText, ZoneRules
from simulation.services.keeping import documents_of
from tests import factories
from tests.simulation.conftest import IDURBA, Town, volume
from tests.simulation.grounds import TERRAIN, box, setback

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data" / "sru"
HOUSE = box(2, 6, 12, 16)


@pytest.fixture
def ruled(town: Town) -> Town:
    """The zone UB around the plot; pages are asked for as a browser does."""
    town.zone("UB", TERRAIN.buffer(100))
    town.client.defaults["HTTP_ACCEPT"] = "text/html"
    return town


def address(town: Town, tail: str = "zones/UB/") -> str:
    return f"/regles/{town.member.slug}/{IDURBA}/{tail}"


def save(town: Town, **typed: Any) -> Any:
    return town.client.post(address(town), typed)


def send(town: Town, content: bytes | str, zone: str = "", name: str = "regles.json") -> Any:
    data = content.encode() if isinstance(content, str) else content
    return town.client.post(address(town, ""), {"file": SimpleUploadedFile(name, data), "zone": zone})


def kept(zone: str = "UB") -> list[Any]:
    row = ZoneRules.objects.filter(zone=zone).first()
    return row.rules if row else []


def test_the_list_leads_to_the_document_and_the_document_to_its_zones(ruled: Town) -> None:
    assert IDURBA in ruled.client.get("/regles/").content.decode()
    page = ruled.client.get(address(ruled, "")).content.decode()
    assert address(ruled) in page
    assert "https://example.org/reglement.pdf" in page


def test_the_form_shows_the_link_to_the_regulation(ruled: Town) -> None:
    page = ruled.client.get(address(ruled)).content.decode()
    assert "https://example.org/reglement.pdf" in page
    assert 'name="side_min"' in page


def test_typed_rules_judge_a_project(ruled: Town) -> None:
    answer = save(ruled, side_min="3", ces="0,3", forbidden="les industries")
    assert answer.status_code == 302
    results = {one["category"]: one["status"] for one in ruled.check(volume(HOUSE))["results"]}
    assert results == {"Retrait": "broken", "CES": "respected", "Interdiction": "to_judge"}


def test_the_form_shows_what_was_typed(ruled: Town) -> None:
    save(ruled, side_min="3,5")
    assert "3,5" in ruled.client.get(address(ruled)).content.decode()


def test_an_emptied_form_takes_the_rules_away(ruled: Town) -> None:
    save(ruled, side_min="3")
    save(ruled)
    assert ZoneRules.objects.count() == 0


def test_a_value_that_is_none_is_told_and_nothing_is_kept(ruled: Town) -> None:
    answer = save(ruled, side_min="trois", ces="2")
    assert answer.status_code == 400
    assert ZoneRules.objects.count() == 0


def test_rules_that_the_fields_do_not_show_stay(ruled: Town) -> None:
    other = {"catContrainte": "Inconnue", "x": 1}
    ruled.keep("UB", {"idRegle": "", "idContenu": "", "conditions": [], "contraintes": [other]})
    assert "Inconnue" in ruled.client.get(address(ruled)).content.decode()
    save(ruled, side_min="3")
    assert [one["contraintes"][0]["catContrainte"] for one in kept()] == ["Retrait", "Inconnue"]


def test_each_save_is_a_version_in_the_history(ruled: Town) -> None:
    save(ruled, side_min="3")
    save(ruled, side_min="4")
    assert ZoneRules.objects.get().version == 2
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select count(*) from gis_core_historyevent where \"table\" = 'simulation_zonerules'")
        assert cursor.fetchone()[0] >= 1


def test_who_reads_only_enters_nothing(ruled: Town) -> None:
    reader = factories.user(ruled.member, "reader")
    ruled.client.force_login(reader)
    assert ruled.client.get(address(ruled)).status_code == 403
    assert save(ruled, side_min="3").status_code == 403
    ruled.client.force_login(factories.user(factories.member(), "permit_instructor"))
    assert ruled.client.get(address(ruled)).status_code == 404


def test_a_zone_that_is_none_is_not_there(ruled: Town) -> None:
    assert ruled.client.get(address(ruled, "zones/ZZ/")).status_code == 404


def test_the_list_asks_few_queries_whatever_the_members(ruled: Town, django_assert_max_num_queries: Any) -> None:
    members = [ruled.member, *(factories.member() for _ in range(4))]
    with acting_as(rights_of(ruled.user)), django_assert_max_num_queries(6):
        lines = dict(documents_of(members))
    assert [(one.document.idurba, one.zones, one.ruled) for one in lines[ruled.member]] == [(IDURBA, 1, 0)]


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_of_rules_goes_to_the_chosen_zone(ruled: Town) -> None:
    assert send(ruled, json.dumps([setback(3, "fond")]), "UB").status_code == 302
    assert kept()[0]["contraintes"] == [{"catContrainte": "Retrait", "reference": ["fond"], "vMinRetrait": 3}]


def test_what_leaves_comes_back_the_same(ruled: Town) -> None:
    save(ruled, side_min="3", ridge="9", low_point="pointLePlusBasTerrain", forbidden="les industries")
    before = kept()
    exported = ruled.client.get(address(ruled, "regles.json"), {"zone": "UB"})
    assert exported.headers["Content-Disposition"].startswith("attachment")
    save(ruled)
    assert send(ruled, exported.content).status_code == 302
    assert kept() == before


def test_rules_of_a_former_version_are_taken_over_by_a_file(ruled: Town) -> None:
    save(ruled, side_min="3", forbidden="les industries")
    exported = ruled.client.get(address(ruled, "regles.json")).content.replace(IDURBA.encode(), b"45901_PLU_20100101")
    before = kept()
    save(ruled)
    assert send(ruled, exported).status_code == 302
    assert kept() == before


def test_a_rule_says_its_zone_by_its_condition(ruled: Town) -> None:
    ruled.zone("N", box(200, 0, 300, 30))
    condition = {"catCondition": "ChampApplication", "libelle": "Règles applicables à la zone N", "reference": ["fond"]}
    send(ruled, json.dumps([{"conditions": [condition], "contraintes": [setback(9, "fond")]}]))
    assert (len(kept("N")), len(kept("UB"))) == (1, 0)


def test_a_file_that_is_no_json_says_its_line_and_changes_nothing(ruled: Town) -> None:
    save(ruled, side_min="3")
    answer = send(ruled, (DATA / "PLU_niv2_simplifie.json").read_bytes(), "UB")
    assert (answer.status_code, "ligne 20, colonne 6" in answer.content.decode()) == (400, True)
    assert len(kept()) == 1


@pytest.mark.parametrize(
    "content", [b"\xff\xfe\x00", b"[]x", b"<a>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<a/>", b'{"titre": []}']
)
def test_a_file_that_is_none_is_told(ruled: Town, content: bytes) -> None:
    assert send(ruled, content, "UB").status_code == 400
    assert ZoneRules.objects.count() + RegulationText.objects.count() == 0


def test_one_rule_of_an_unknown_zone_keeps_nothing_of_the_file(ruled: Town) -> None:
    unknown = {"catCondition": "ConditionSpecifique", "libelle": "Zone ZZ"}
    rows = [setback(3, "fond"), {"conditions": [unknown], "contraintes": [setback(3, "fond")]}]
    assert send(ruled, json.dumps(rows), "UB").status_code == 400
    assert ZoneRules.objects.count() == 0


def test_unknown_classes_of_a_file_are_kept_and_told(ruled: Town) -> None:
    send(ruled, json.dumps([{"catContrainte": "Prospect spécial", "angle": 45}]), "UB")
    assert "Prospect spécial" in ruled.client.get(address(ruled, "")).content.decode()
    assert kept()[0]["contraintes"] == [{"catContrainte": "Prospect spécial", "angle": 45}]


def test_the_text_of_another_document_is_refused(ruled: Town) -> None:
    answer = send(ruled, (DATA / "15079_reglement_20190128.xml").read_bytes(), name="reglement.xml")
    assert (answer.status_code, "15079_PLU_20190128" in answer.content.decode()) == (400, True)


def text_of_ub(town: Town) -> None:
    xml = (DATA / "15079_reglement_20190128.xml").read_text()
    xml = xml.replace("15079_PLU_20190128", IDURBA).replace('idZone="UG', 'idZone="UB')
    assert send(town, xml, name="reglement.xml").status_code == 302


def test_a_text_is_shown_beside_the_form_of_its_zone(ruled: Town) -> None:
    text_of_ub(ruled)
    page = ruled.client.get(address(ruled)).content.decode()
    assert "R+1 plus combles" in page
    assert 'name="content-heights"' in page


def test_a_verdict_leads_to_the_text_of_its_rule(ruled: Town) -> None:
    text_of_ub(ruled)
    save(ruled, levels="2", **{"content-heights": "idelem16777218x77"})
    (verdict,) = ruled.check(volume(HOUSE))["results"]
    assert verdict["source"]["content"] == "idelem16777218x77"
    assert "R+1 plus combles" in verdict["source"]["text"]


def test_a_greatest_setback_from_the_street_has_its_field(ruled: Town) -> None:
    save(ruled, public_max="5")
    (rule,) = kept()
    assert rule["contraintes"][0]["vMaxRetrait"] == 5
    (verdict,) = ruled.check(volume(HOUSE))["results"]
    assert (verdict["category"], verdict["status"]) == ("Retrait", "broken")


def test_the_choice_of_a_text_says_its_first_words(ruled: Town) -> None:
    text_of_ub(ruled)
    page = ruled.client.get(address(ruled)).content.decode()
    assert (
        ">hauteur maximale des constructions — La hauteur maximale des constructions ne peut dépasser la…</option>"
        in page
    )


def test_the_texts_of_the_zone_are_open_and_those_of_every_zone_closed(ruled: Town) -> None:
    text_of_ub(ruled)
    page = ruled.client.get(address(ruled)).content.decode()
    assert "<details open><summary>I. ZoNE URbAINE" in page
    assert "<details><summary>LEXIqUE" in page


def test_the_verdict_of_a_sentence_leads_to_the_text_that_has_its_words(ruled: Town) -> None:
    text_of_ub(ruled)
    save(ruled, forbidden="les terrains de camping et de caravaning", others="toitures en tuiles")
    sources = [one["source"] for one in ruled.check(volume(HOUSE))["results"]]
    assert (sources[0]["content"], sources[1]) == ("idelem16777218x34", None)


def test_a_sentence_of_a_file_keeps_its_text_when_it_is_saved_again(ruled: Town) -> None:
    text_of_ub(ruled)
    rule = {
        "idContenu": "idelem16777218x61",
        "contraintes": [{"catContrainte": "Interdiction", "libelle": "Les silos"}],
    }
    assert send(ruled, json.dumps([rule]), "UB").status_code == 302
    (before,) = kept()
    assert before["idContenu"] == "idelem16777218x61"
    assert "Les silos</textarea>" in ruled.client.get(address(ruled)).content.decode()
    save(ruled, forbidden="Les silos")
    assert kept() == [before]

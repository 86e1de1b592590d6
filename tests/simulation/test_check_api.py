"""Judging a project over HTTP, against real rows; bad input told in words."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.members.rights import acting_as, rights_of
from layers.cadastre.models import Parcel, Sheet
from layers.catalogue.models import Layer
from simulation.models import SideCorrection
from simulation.services.checking import check_project
from simulation.services.places import AROUND
from tests import factories
from tests.simulation.conftest import IDURBA, Town, X, Y, building, document, parcel, polygon, volume
from tests.simulation.grounds import TERRAIN, box, setback

pytestmark = pytest.mark.django_db
HOUSE = box(2, 6, 12, 16)
BOWTIE = {"type": "Polygon", "coordinates": [[[617000, 6717000], [617010, 6717010], [617010, 6717000], [617000, 6717010], [617000, 6717000]]]}  # noqa: E501  # fmt: skip


def test_a_setback_is_measured_on_the_ground(town: Town) -> None:
    (verdict,) = town.check(volume(HOUSE), rules=[setback(3, "limiteLaterale")])["results"]
    assert {name: verdict[name] for name in ("rule", "category", "status", "value", "limit", "margin", "unit")} == {
        "rule": "1", "category": "Retrait", "status": "broken", "value": 2.0, "limit": 3.0, "margin": -1.0, "unit": "m",
    }  # fmt: skip
    assert verdict["accuracy"] == 0.2


def test_where_it_is_broken_is_in_the_system_of_the_footprint(town: Town) -> None:
    (verdict,) = town.check(volume(HOUSE), rules=[setback(3, "limiteLaterale")])["results"]
    assert verdict["where"]["type"] == "Polygon"
    xs = [x for x, _y in verdict["where"]["coordinates"][0]]
    assert (min(xs), max(xs)) == (617_002, 617_003)


def test_the_verdict_is_said_in_french(town: Town) -> None:
    answer = town.client.post(
        "/api/v1/simulations/check",
        json.dumps({"parcels": [town.plot.idu], "volumes": [volume(HOUSE)], "rules": [setback(3, "limiteLaterale")]}),
        content_type="application/json",
        headers={"accept-language": "fr"},
    )
    text = answer.json()["results"][0]["text"]
    assert text == (
        "Non respecté. Retrait par rapport à une limite latérale : 2\u00a0m pour 3\u00a0m au moins, écart de 1\u00a0m,"
        " précision 0,2\u00a0m."
    )
    assert "autorisé" not in text


def test_a_gap_from_the_limit_on_which_one_may_build_says_so(town: Town) -> None:
    either = setback(5, "limiteLaterale", alignement="alignementEtRetraitPossibles")
    answer = town.client.post(
        "/api/v1/simulations/check",
        json.dumps({"parcels": [town.plot.idu], "volumes": [volume(HOUSE)], "rules": [either]}),
        content_type="application/json",
        headers={"accept-language": "fr"},
    )
    assert answer.json()["results"][0]["text"] == (
        "Non respecté. Retrait par rapport à une limite latérale : 2\u00a0m pour 5\u00a0m au moins,"
        " écart de 2\u00a0m avec la limite, sur laquelle la règle permet de bâtir, précision 0,2\u00a0m."
    )


def test_rules_default_to_those_of_the_zone(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    town.keep("UB", setback(3, "fond"), {"catContrainte": "CES", "ratioMax": 0.3})
    answer = town.check(volume(HOUSE))
    assert [(one["category"], one["status"], one["zone"]) for one in answer["results"]] == [
        ("Retrait", "respected", "UB"),
        ("CES", "respected", "UB"),
    ]
    assert [(one["zone"], one["rules"], one["regulation"]) for one in answer["zones"]] == [
        ("UB", 2, "https://example.org/reglement.pdf")
    ]


def test_buildings_that_stand_count(town: Town) -> None:
    building(box(14, 20, 19, 28))
    answer = town.check(volume(HOUSE), rules=[{"catContrainte": "CES", "ratioMax": 0.2}])
    assert (answer["emprise_before_m2"], answer["emprise_after_m2"]) == (40, 140)
    assert answer["results"][0]["status"] == "broken"


def test_each_part_of_a_volume_is_judged_by_its_own_zone(town: Town) -> None:
    town.zone("UB", box(-100, -100, 100, 12))
    town.zone("N", box(-100, 12, 100, 100))
    town.keep("UB", {"catContrainte": "Hauteur", "hauteurMaxAcrotere": 9})
    town.keep("N", {"catContrainte": "Hauteur", "hauteurMaxAcrotere": 4})
    answer = town.check(volume(HOUSE, 6))
    assert {one["zone"]: one["status"] for one in answer["results"]} == {"UB": "respected", "N": "broken"}
    assert any("UB" in note and "N" in note for note in answer["notes"])


def test_the_ces_is_of_the_terrain_in_the_zone(town: Town) -> None:
    town.zone("UB", box(-100, -100, 100, 12))
    town.zone("N", box(-100, 12, 100, 100))
    town.keep("UB", {"catContrainte": "CES", "ratioMax": 0.3})
    town.keep("N", {"catContrainte": "CES", "ratioMax": 0.3})
    values = {one["zone"]: one["value"] for one in town.check(volume(HOUSE))["results"]}
    assert values == {"UB": pytest.approx(60 / 240), "N": pytest.approx(40 / 360, abs=1e-4)}


def test_a_zone_beside_the_plot_does_not_count(town: Town) -> None:
    town.zone("UB", box(-100, -100, 20, 100))
    town.zone("N", box(20, -100, 100, 100))
    town.keep("UB", {"catContrainte": "CES", "ratioMax": 0.3})
    answer = town.check(volume(HOUSE))
    assert ([one["zone"] for one in answer["zones"]], answer["notes"]) == (["UB"], [])


def test_a_zone_without_rules_is_told(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    problem = town.refusal(volume(HOUSE), status=409)
    assert "UB" in problem["detail"]
    assert problem["zones"] == ["UB"]


def test_a_document_that_says_nothing_of_the_place_is_told(town: Town) -> None:
    assert town.refusal(volume(HOUSE), status=409)["zones"] == []


def test_without_plan_the_national_rules_are_measured(town: Town) -> None:
    with factories.as_owner():
        town.document.ends_date = date(2024, 1, 1)
        town.document.save()
    results = town.check(volume(HOUSE))["results"]
    assert [one["article"] for one in results] == ["R.111-15", "R.111-16", "R.111-17", "R.111-18", "R.111-19"]
    assert {one["article"]: one["status"] for one in results}["R.111-17"] == "broken"
    assert "jouxte la limite parcellaire" in results[2]["source"]["text"]


def test_a_communal_map_leaves_the_national_rules(town: Town) -> None:
    with factories.as_owner():
        town.document.kind = "CC"
        town.document.save()
    town.zone("01", TERRAIN.buffer(100))
    assert len(town.check(volume(HOUSE))["results"]) == 5


def test_rules_are_those_of_the_version_in_force(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    with factories.as_owner():
        town.document.ends_date = date(2024, 1, 1)
        town.document.save()
    town.keep("UB", setback(3, "fond"))
    former = town.post({"parcels": [town.plot.idu], "volumes": [volume(HOUSE)], "day": "2023-06-01"}).json()
    assert [one["category"] for one in former["results"]] == ["Retrait"]
    assert [one["article"] for one in town.check(volume(HOUSE))["results"]][:1] == ["R.111-15"]


def test_ones_own_rules_come_before_those_of_others(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    other = factories.member()
    town.keep("UB", setback(9, "fond"), owner=other)
    town.keep("UB", setback(3, "fond"))
    assert [one["limit"] for one in town.check(volume(HOUSE))["results"]] == [3]


def test_the_accuracy_is_that_of_the_worst_sheet(town: Town) -> None:
    with factories.as_owner():
        Sheet.objects.update(quality="02", scale=2000)
    answer = town.check(volume(HOUSE), rules=[setback(3, "limiteLaterale")])
    assert answer["accuracies"] == {"plan": 2.0, "plan_known": True, "heights": 0.5, "heights_known": False}
    assert answer["results"][0]["status"] == "to_judge"


def test_a_parcel_without_sheet_has_a_careful_default(town: Town) -> None:
    with factories.as_owner():
        Parcel.objects.update(sheet="")
    answer = town.check(volume(HOUSE), rules=[setback(3, "limiteLaterale")])
    assert (answer["accuracies"]["plan"], answer["accuracies"]["plan_known"]) == (1.0, False)


# -- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("footprint", "says"),
    [
        (BOWTIE, "617005"),
        ({"type": "Point", "coordinates": [617000, 6717000]}, "polyg"),
        ({"type": "Polygon", "coordinates": [[[1.9, 47.5], [1.91, 47.5], [1.91, 47.51], [1.9, 47.5]]]}, "2154"),
        ({"type": "Polygon", "coordinates": []}, "polyg"),
        ("POLYGON EMPTY", "polyg"),
        ({"type": "Polygon", "coordinates": [[[617000, 6717000], [617010, 6717000], [617000, 6717000]]]}, "surface"),
    ],
)
def test_a_footprint_that_is_none_is_told(town: Town, footprint: object, says: str) -> None:
    problem = town.refusal({**volume(HOUSE), "footprint": footprint})
    assert says in problem["detail"]
    assert problem["parameter"] == "volumes"


def test_a_volume_beside_the_parcels_is_told(town: Town) -> None:
    assert "2" in town.refusal(volume(HOUSE), volume(box(60, 6, 70, 16)))["detail"]


def test_eaves_above_the_ridge_are_told(town: Town) -> None:
    assert town.refusal(volume(HOUSE, 9, ridge=6))["parameter"] == "volumes"


@pytest.mark.parametrize(
    "volumes", [[], [{"eaves": 3}], [{**volume(HOUSE), "eaves": "haut"}], [{**volume(HOUSE), "roof": "dome"}]]
)
def test_volumes_that_lack_something_are_told(town: Town, volumes: list[object]) -> None:
    assert town.refusal(*volumes)["status"] == 400


def test_too_many_volumes_are_told(town: Town) -> None:
    assert town.refusal(*[volume(HOUSE)] * 201)["status"] == 400


def test_more_than_is_measured_at_once_is_told(town: Town) -> None:
    assert town.refusal(volume(HOUSE), rules=[setback(3, "fond")] * 501)["parameter"] == "rules"
    assert town.refusal(*[volume(HOUSE)] * 100, rules=[setback(3, "fond")] * 101)["parameter"] == "volumes"


def test_two_parcels_with_a_sliver_between_them_are_one_terrain(town: Town) -> None:
    with factories.as_owner():
        parcel(9, box(-20, -100, 0, -60))
        parcel(10, box(0.1, -100, 20, -60))
    answer = town.check(
        volume(box(-5, -90, 5, -80)), rules=[setback(3, "limiteLaterale", "fond")],
        parcels=["459010000A0009", "459010000A0010"],
    )  # fmt: skip
    assert answer["terrain_m2"] == 1600
    assert answer["results"][0]["value"] > 5


def test_more_than_is_read_around_a_terrain_is_refused(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.services.places.MOST_AROUND", 3)
    assert town.refusal(volume(HOUSE), rules=[setback(3, "fond")])["parameter"] == "parcels"


def hide(layer: str) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug=layer).update(visibility=Layer.Visibility.OWNER, owner=factories.member())


@pytest.mark.parametrize(
    ("layer", "says"), [("buildings", "Les bâtiments"), ("roads", "axes des rues"), ("water", "eau du plan")]
)
def test_a_layer_that_is_not_shown_to_somebody_is_said(town: Town, layer: str, says: str) -> None:
    hide(layer)
    assert any(says in note for note in town.check(volume(HOUSE), rules=[setback(3, "fond")])["notes"])


def test_zones_that_are_not_shown_to_somebody_are_not_said_to_be_missing(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    town.keep("UB", setback(3, "fond"))
    hide("plu-zones")
    assert "ne vous sont pas montrées" in town.refusal(volume(HOUSE), status=409)["detail"]
    assert town.client.get(f"/api/v1/parcels/{town.plot.idu}/envelope/").status_code == 409
    assert town.check(volume(HOUSE), rules=[setback(3, "fond")])["results"]


def test_an_unknown_parcel_is_told(town: Town) -> None:
    answer = town.post({"parcels": ["459010000A0999"], "volumes": [volume(HOUSE)], "rules": [setback(3, "fond")]})
    assert (answer.status_code, "459010000A0999" in answer.json()["detail"]) == (404, True)


def test_rules_that_are_no_json_say_their_line(town: Town) -> None:
    problem = town.refusal(volume(HOUSE), rules='[\n {"catContrainte": "CES", },\n]')
    assert (problem["line"], problem["parameter"]) == (2, "rules")


@pytest.mark.parametrize("rules", [[], [3], {"x": 1}, [{"contraintes": []}], 5])
def test_rules_that_are_no_sru_are_told(town: Town, rules: object) -> None:
    assert town.refusal(volume(HOUSE), rules=rules)["parameter"] == "rules"


def test_an_unknown_class_is_to_be_judged(town: Town) -> None:
    (verdict,) = town.check(volume(HOUSE), rules=[{"catContrainte": "Prospect spécial"}])["results"]
    assert (verdict["status"], verdict["category"]) == ("to_judge", "Prospect spécial")


def test_who_has_not_signed_in_judges_nothing(town: Town) -> None:
    body = json.dumps({"parcels": [town.plot.idu], "volumes": [volume(HOUSE)]})
    answer = Client().post("/api/v1/simulations/check", body, content_type="application/json")
    assert answer.status_code == 401


def test_the_address_works_with_a_slash(town: Town) -> None:
    body = {"parcels": [town.plot.idu], "volumes": [volume(HOUSE)], "rules": [setback(3, "fond")]}
    assert town.post(body, "/api/v1/simulations/check/").status_code == 200


# -- sides and envelope -----------------------------------------------------------------------------------------------


def test_the_sides_of_a_parcel(town: Town) -> None:
    answer = town.client.get(f"/api/v1/parcels/{town.plot.idu}/sides/").json()
    sides = sorted((one["properties"]["kind"], one["properties"]["length_m"]) for one in answer["features"])
    assert sides == [("alignment", 20), ("rear", 20), ("side", 30), ("side", 30)]
    names = {one["properties"]["kind"]: one["properties"]["names"] for one in answer["features"]}
    assert (names["alignment"], names["rear"]) == (["rue des Vignes"], ["459010000A0004"])
    assert answer["features"][0]["geometry"]["coordinates"][0][0] == pytest.approx(617_010, abs=20)


def test_the_sides_of_a_parcel_in_degrees(town: Town) -> None:
    answer = town.client.get(f"/api/v1/parcels/{town.plot.idu}/sides/", {"crs": "4326"}).json()
    x, y = answer["features"][0]["geometry"]["coordinates"][0]
    assert (answer["crs"], round(x, 1), round(y, 1)) == ("CRS84", 1.9, 47.5)
    assert town.client.get(f"/api/v1/parcels/{town.plot.idu}/sides/", {"crs": "3857"}).status_code == 400


def test_the_envelope_of_a_parcel(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    rules = [setback(5, "emprisePublique"), setback(3, "limiteLaterale"), setback(4, "fond")]
    town.keep("UB", *rules, {"catContrainte": "Hauteur", "hauteurMaxAcrotere": 9})
    answer = town.client.get(f"/api/v1/parcels/{town.plot.idu}/envelope/").json()
    (zone,) = answer["zones"]
    assert (zone["area_m2"], zone["height_m"], zone["volume_m3"]) == (294, 9, 2646)
    assert len(answer["features"]) == 1


def test_an_envelope_without_rules_is_told(town: Town) -> None:
    assert town.client.get(f"/api/v1/parcels/{town.plot.idu}/envelope/").status_code == 409


# -- speed ------------------------------------------------------------------------------------------------------------


def test_a_project_is_judged_in_few_queries(town: Town, django_assert_max_num_queries: "pytest.FixtureRequest") -> None:
    town.zone("UB", TERRAIN.buffer(100))
    town.keep("UB", setback(3, "fond"))
    rights = rights_of(town.user)
    with acting_as(rights), django_assert_max_num_queries(7):  # type: ignore[operator]
        judged = check_project(
            parcels=[town.plot.idu], volumes=[{"footprint": polygon(HOUSE), "eaves": 3.0}], rules=None,
            day=date(2026, 11, 30), rights=rights,
        )  # fmt: skip
    assert len(judged.verdicts) == 1


def test_zones_and_parcels_are_sought_by_their_indexes(town: Town) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into planning_zone (document_id, libelle, libelong, typezone, formdomi, destination, nomfic,"
            " urlfic, idurba, geom) select %s, 'Z' || n, '', 'U', '', '', '', '', %s,"
            " st_multi(st_makeenvelope(700000 + n * 10,"
            " 6800000, 700009 + n * 10, 6800009, 2154)) from generate_series(1, 3000) n",
            [town.document.pk, IDURBA],
        )
        cursor.execute("analyze planning_zone")
    ground = town.plot.geom
    values = {"ground": bytes(ground.ewkb), "parcels": [town.plot.pk], "day": date(2026, 11, 30)}
    with connection.cursor() as cursor:
        cursor.execute("explain " + AROUND.as_string(), {**values, "reach": 61, "axes": 31})
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Seq Scan on planning_zone" not in plan


def test_another_document_does_not_lend_its_rules(town: Town) -> None:
    town.zone("UB", TERRAIN.buffer(100))
    document(idurba="45234_PLU_20210401")
    town.keep("UB", setback(3, "fond"), idurba="45234_PLU_20210401")
    assert town.refusal(volume(HOUSE), status=409)["zones"] == ["UB"]
    assert IDURBA in town.refusal(volume(HOUSE), status=409)["detail"]


# -- sides that a person corrects -------------------------------------------------------------------------------------


def kinds_of(answer: dict[str, Any]) -> list[tuple[str, str | None]]:
    kinds = [(one["properties"]["kind"], one["properties"]["derived"]) for one in answer["features"]]
    return sorted(kinds, key=str)


def correct(
    town: Town, kind: str | None, place: tuple[float, float] = (X + 20, Y + 15), client: Client | None = None
) -> Any:
    """Say what the side at a place is; (20, 15) lies on the eastern one."""
    body = json.dumps({"point": list(place), "kind": kind})
    address = f"/api/v1/parcels/{town.plot.idu}/sides/"
    return (client or town.client).post(address, body, content_type="application/json")


def test_a_side_that_a_person_corrects_is_what_they_say(town: Town) -> None:
    answer = correct(town, "alignment").json()
    assert kinds_of(answer) == [("alignment", "side"), ("alignment", None), ("rear", None), ("side", None)]
    assert (answer["can_correct"], answer["corner"]) == (True, True)
    assert town.client.get(f"/api/v1/parcels/{town.plot.idu}/sides/").json()["features"] == answer["features"]


def test_rules_are_judged_by_the_corrected_side(town: Town) -> None:
    rules = [setback(5, "alignement")]
    near = volume(box(16, 10, 18, 14))
    assert town.check(near, rules=rules)["results"][0]["status"] == "respected"
    correct(town, "alignment")
    assert town.check(near, rules=rules)["results"][0]["status"] == "broken"


def test_a_correction_is_taken_back(town: Town) -> None:
    correct(town, "alignment")
    assert kinds_of(correct(town, None).json()) == [
        ("alignment", None), ("rear", None), ("side", None), ("side", None),
    ]  # fmt: skip


def test_the_last_correction_of_a_side_counts_and_is_the_only_one(town: Town) -> None:
    correct(town, "alignment")
    assert ("rear", "side") in kinds_of(correct(town, "rear").json())
    with factories.as_owner():
        assert SideCorrection.objects.count() == 1


def test_a_correction_is_seen_by_its_member_alone(town: Town) -> None:
    correct(town, "alignment")
    with factories.as_owner():
        stranger = factories.user(factories.member(factories.commune("45999")), "permit_instructor")
    client = Client()
    client.force_login(stranger)
    answer = client.get(f"/api/v1/parcels/{town.plot.idu}/sides/").json()
    assert ("alignment", "side") not in kinds_of(answer)
    assert answer["can_correct"] is False


@pytest.mark.parametrize("role", ["reader", "network_technician"])
def test_who_does_not_enter_rules_corrects_no_side(town: Town, role: str) -> None:
    with factories.as_owner():
        someone = factories.user(town.member, role)
    client = Client()
    client.force_login(someone)
    refusal = correct(town, "alignment", client=client)
    assert (refusal.status_code, "rôle" in refusal.json()["detail"]) == (403, True)


def test_a_place_on_no_side_corrects_nothing(town: Town) -> None:
    refusal = correct(town, "alignment", (X + 10, Y + 15))
    assert (refusal.status_code, "Aucun côté" in refusal.json()["detail"]) == (400, True)


@pytest.mark.parametrize(
    "body", [{}, {"point": [1]}, {"point": [X, Y], "kind": "front"}, {"point": ["a", 1], "kind": "side"}]
)
def test_a_correction_that_says_no_side_is_refused(town: Town, body: dict[str, Any]) -> None:
    answer = town.client.post(
        f"/api/v1/parcels/{town.plot.idu}/sides/", json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 400

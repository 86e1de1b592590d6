"""/api/v1/permits/: files found, filed, changed; their timelines, events and applicants."""

import json
from datetime import date
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.tokens.authentication import create_token
from permits.models import ApplicantReading, Permit
from tests.ogc.server import connection_kept
from tests.permits.conftest import World

ROOT = "/api/v1/permits/"
NEW = {"kind": "PC", "insee": "45901", "filed_date": "2026-01-05", "parcels": ["AB 1"]}


def post(client: Client, url: str, body: Any) -> Any:
    return client.post(url, body, content_type="application/json")


def patch(client: Client, permit: Permit, body: Any, seen: str | None = '"v1"') -> Any:
    headers = {"If-Match": seen} if seen else {}
    return client.patch(f"{ROOT}{permit.number}/", body, content_type="application/json", headers=headers)


# -- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_gives_the_files_that_the_asker_sees_without_their_applicants(world: World) -> None:
    permit = world.file()
    world.file("stranger", insee="45903", parcels=[])
    body = world.client().get(ROOT).json()
    assert (body["count"], [one["number"] for one in body["results"]]) == (1, [permit.number])
    assert not [word for word in ("Martin", "applicant") if word in json.dumps(body)]


def test_a_town_hall_gets_the_files_of_its_communes_alone(world: World) -> None:
    permit = world.file()
    world.file(insee="45902", parcels=[])
    body = world.client(Role.TOWN_HALL).get(ROOT).json()
    assert [one["number"] for one in body["results"]] == [permit.number]


def test_the_list_is_filtered_and_paged_and_its_next_page_keeps_the_filter(world: World) -> None:
    for _rank in range(3):
        world.file(kind="DP")
    world.file()
    first = world.client().get(ROOT, {"kind": "DP", "limit": 2}).json()
    assert (first["count"], len(first["results"])) == (3, 2)
    second = world.client().get(first["next"]).json()
    assert (len(second["results"]), second["next"]) == (1, None)
    assert {one["kind"] for one in first["results"] + second["results"]} == {"DP"}


def test_geojson_is_in_degrees(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.file()
    world.file(parcels=[])
    answer = world.client().get(ROOT, {"format": "geojson"})
    assert answer["Content-Type"] == "application/geo+json"
    body = answer.json()
    features = {one["id"]: one for one in body["features"]}
    assert (body["type"], body["count"]) == ("FeatureCollection", 2)
    lon, lat = features[permit.number]["geometry"]["coordinates"][0][0][0]
    assert (round(lon, 2), round(lat, 2)) == (1.9, 47.55)
    assert sorted(feature["geometry"] is None for feature in features.values()) == [False, True]
    assert features[permit.number]["properties"]["state"] == "received"


def test_the_next_page_of_geojson_is_geojson(world: World) -> None:
    world.file()
    world.file()
    following = world.client().get(ROOT, {"format": "geojson", "limit": 1}).json()["next"]
    assert world.client().get(following).json()["type"] == "FeatureCollection"


@pytest.mark.parametrize("query", ["kind=XX", "state=lost", "limit=0", "year=12", "bbox=1,2", "instructor=me"])
def test_a_filter_that_makes_no_sense_is_refused_in_words(world: World, query: str) -> None:
    answer = world.client().get(f"{ROOT}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


# -- filing -----------------------------------------------------------------------------------------------------------


def test_a_file_is_filed_with_its_next_number_and_its_ground(world: World) -> None:
    answer = post(world.client(), ROOT, NEW | {"applicant": {"name": "Jeanne Martin"}})
    body = answer.json()
    assert (answer.status_code, body["shown"], body["member"]) == (201, "PC 045 901 26 00001", world.member.slug)
    assert (answer["Location"], answer["ETag"]) == (f"{ROOT}PC0459012600001/", f'"v{body["version"]}"')
    assert (body["geometry"]["type"], body["unknown_parcels"]) == ("MultiPolygon", [])
    assert "Martin" not in answer.content.decode()


def test_parcels_that_the_plan_does_not_have_are_kept_and_told(world: World) -> None:
    body = post(world.client(), ROOT, NEW | {"parcels": ["AB 1", "ZZ 9"]}).json()
    assert body["unknown_parcels"] == ["45901000ZZ0009"]
    assert body["parcels"] == ["45901000AB0001", "45901000ZZ0009"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"filed_date": "31/02/2026"},
        {"filed_date": "2026-02-30"},
        {"filed_date": "2999-01-01"},
        {"kind": "XX"},
        {"insee": "45903"},
        {"parcels": ["45903000AC0001"]},
        {"parcels": ["nonsense"]},
        {"parcels": ["AB 1"] * 101},
        {"number": "PC 045 902 26 00001"},
        {"number": "hello"},
        {"change": "M"},
        {"parent": "PC 045 901 26 00009", "change": "M"},
        {"instructor": 999_999},
        {"member": "nobody"},
        {"applicant": {"name": "x" * 201}},
        {"description": "a\0b"},
    ],
    ids=str,
)
def test_what_cannot_be_filed_is_refused_in_words_and_nothing_is_kept(world: World, wrong: dict[str, Any]) -> None:
    answer = post(world.client(), ROOT, NEW | wrong)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    with acting_as(SYSTEM):
        assert not Permit.objects.exists()


def test_a_number_that_exists_is_a_conflict(world: World) -> None:
    permit = world.file()
    assert post(world.client(), ROOT, NEW | {"number": permit.number}).status_code == 409


def test_who_may_not_file_is_told_so(world: World) -> None:
    assert post(world.client(Role.READER), ROOT, NEW).status_code == 403
    assert post(world.client("stranger"), ROOT, NEW).status_code == 400
    assert post(Client(headers={"accept": "application/json"}), ROOT, NEW).status_code == 401


# -- one file ---------------------------------------------------------------------------------------------------------


def test_a_file_is_read_by_its_number_as_people_write_it(world: World) -> None:
    permit = world.file()
    for number in (permit.number, str(permit), "pc-045-901-26-00001"):
        assert world.client().get(f"{ROOT}{number}/").json()["number"] == permit.number
    feature = world.client().get(f"{ROOT}{permit.number}/?format=geojson").json()
    assert (feature["type"], feature["id"]) == ("Feature", permit.number)


@pytest.mark.parametrize("number", ["PC0459012699999", "nonsense", "PC045901260000199"])
def test_a_file_that_is_not_there_is_not_found(world: World, number: str) -> None:
    for rest in ("", "timeline", "timeline/", "events/", "applicant/"):
        assert world.client().get(f"{ROOT}{number}/{rest}").status_code == 404


def test_anothers_file_is_not_found(world: World) -> None:
    permit = world.file()
    for rest in ("", "timeline", "events/", "applicant/"):
        assert world.client("stranger").get(f"{ROOT}{permit.number}/{rest}").status_code == 404


def test_a_change_names_the_version_that_was_seen(world: World) -> None:
    permit = world.file()
    seen = world.client().get(f"{ROOT}{permit.number}/")["ETag"]
    answer = patch(world.client(), permit, {"parcels": ["AB 2"], "description": "Garage"}, seen)
    assert (answer.status_code, answer.json()["parcels"]) == (200, ["45901000AB0002"])
    assert answer["ETag"] != seen
    stale = patch(world.client(), permit, {"description": "Abri"}, seen)
    assert (stale.status_code, stale.json()["current"]["description"]) == (412, "Garage")


def test_a_change_without_a_version_is_refused(world: World) -> None:
    permit = world.file()
    assert patch(world.client(), permit, {"description": "Abri"}, None).status_code == 428
    assert patch(world.client(), permit, {"description": "Abri"}, "*").status_code == 200
    assert patch(world.client(), permit, {"description": "Abri"}, "nonsense").status_code == 412


@pytest.mark.parametrize(
    "wrong", [{}, {"number": "PC0459012600002"}, {"parcels": ["45903000AC0001"]}, {"instructor": 10**12}], ids=str
)
def test_a_change_that_makes_no_sense_is_refused(world: World, wrong: dict[str, Any]) -> None:
    assert patch(world.client(), world.file(), wrong, "*").status_code == 400


def test_a_reader_changes_nothing(world: World) -> None:
    assert patch(world.client(Role.READER), world.file(), {"description": "Abri"}, "*").status_code == 403


def test_a_town_hall_does_not_choose_the_instructor(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit, instructor = world.file(), world.people[Role.PERMIT_INSTRUCTOR]
    assert patch(world.client(Role.TOWN_HALL), permit, {"instructor": instructor.pk}, "*").status_code == 403
    assert patch(world.client(), permit, {"instructor": instructor.pk}, "*").json()["state"] == "instruction"


# -- what happens -----------------------------------------------------------------------------------------------------


def test_the_timeline_explains_every_date(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.file()
    for end in ("timeline", "timeline/"):
        body = world.client().get(f"{ROOT}{permit.number}/{end}").json()
        assert (body["due_on"], body["covered"], body["outcome"]) == ("2026-04-05", True, None)
    due = next(step for step in body["steps"] if step["code"] == "due")
    assert (due["date"], due["articles"], due["values"]) == (
        "2026-04-05",
        ["R.423-23 c"],
        {"months": 3, "from": "2026-01-05"},
    )
    assert all(step["title"] and step["why"] for step in body["steps"])
    assert {"effective", "uncertain", "event"} <= due.keys()


def test_the_timeline_of_an_old_file_tells_no_deadline(world: World) -> None:
    permit = world.file(filed_date=date(2005, 3, 1), number="PC 045 901 05 00001")
    body = world.client().get(f"{ROOT}{permit.number}/timeline").json()
    assert (body["covered"], body["due_on"], body["steps"]) == (False, None, [])


def test_pieces_asked_for_too_late_are_recorded_and_shown_without_effect(world: World, on_day: Any) -> None:
    on_day(date(2026, 3, 1))
    permit = world.file()
    asked = {"what": "pieces_asked", "on": "2026-02-20", "detail": {"pieces": ["PC4"]}}
    made = post(world.client(), f"{ROOT}{permit.number}/events/", asked)
    assert made.status_code == 201
    steps = world.client().get(f"{ROOT}{permit.number}/timeline").json()["steps"]
    late = next(step for step in steps if step["event"] == made.json()["id"])
    assert (late["code"], late["effective"]) == ("asked_late", False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "filed", "on": "2026-01-06"},
        {"what": "note", "on": "2026-02-31"},
        {"what": "note", "on": "2025-12-31"},
        {"what": "note", "on": "2999-01-01"},
        {"what": "note"},
        {"what": "decided", "on": "2026-01-06"},
        {"what": "decided", "on": "2026-01-06", "detail": {"outcome": ["granted"]}},
        {"what": "pieces_asked", "on": "2026-01-06", "detail": []},
        {"what": "by_hand", "on": "2026-01-06", "detail": {"months": "\N{SUPERSCRIPT TWO}"}},
    ],
    ids=str,
)
def test_an_event_that_makes_no_sense_is_refused(world: World, wrong: dict[str, Any]) -> None:
    permit = world.file()
    assert post(world.client(), f"{ROOT}{permit.number}/events/", wrong).status_code == 400


def test_an_event_that_the_state_excludes_is_a_conflict(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.file()
    started = {"what": "works_started", "on": "2026-01-10"}
    assert post(world.client(), f"{ROOT}{permit.number}/events/", started).status_code == 409


def test_an_event_is_struck_out_once_with_its_reason(world: World) -> None:
    permit = world.file()
    events = f"{ROOT}{permit.number}/events/"
    made = post(world.client(), events, {"what": "note", "on": "2026-01-06", "detail": {"note": "Appel"}}).json()
    strike = f"{events}{made['id']}/strike/"
    assert post(world.client(), strike, {"reason": " "}).status_code == 400
    assert post(world.client(Role.READER), strike, {"reason": "Erreur"}).status_code == 403
    assert post(world.client(), strike, {"reason": "Erreur"}).json()["struck_reason"] == "Erreur"
    assert post(world.client(), strike, {"reason": "Erreur"}).status_code == 409
    listed = world.client().get(events).json()
    assert [one["struck_reason"] for one in listed["results"]] == ["", "Erreur"]


def test_the_filing_and_the_events_of_another_file_are_not_struck_out(world: World) -> None:
    first, second = world.file(), world.file()
    with acting_as(SYSTEM):
        filed = first.events.get().pk
    assert post(world.client(), f"{ROOT}{first.number}/events/{filed}/strike/", {"reason": "x"}).status_code == 409
    assert post(world.client(), f"{ROOT}{second.number}/events/{filed}/strike/", {"reason": "x"}).status_code == 404
    assert post(world.client(), f"{ROOT}{second.number}/events/{10**25}/strike/", {"reason": "x"}).status_code == 404


# -- who applies ------------------------------------------------------------------------------------------------------


def test_reading_an_applicant_is_written_in_the_journal(world: World) -> None:
    permit = world.file()
    answer = world.client().get(f"{ROOT}{permit.number}/applicant/", {"purpose": "Courrier"})
    assert answer.json()["applicant"]["name"] == "Jeanne Martin"
    assert "no-store" in answer["Cache-Control"]
    with acting_as(SYSTEM):
        line = ApplicantReading.objects.filter(action="read").get()
    assert (line.numbers, line.purpose) == ([permit.number], "Courrier")


@pytest.mark.parametrize("role", [Role.READER, Role.NETWORK_TECHNICIAN, Role.AGENCY_ADMINISTRATOR])
def test_who_may_not_read_an_applicant_is_told_so(world: World, role: str) -> None:
    permit = world.file()
    assert world.client(role).get(f"{ROOT}{permit.number}/applicant/").status_code == 403
    with acting_as(SYSTEM):
        assert not ApplicantReading.objects.filter(action="read").exists()


def test_a_file_without_applicant_says_so(world: World) -> None:
    permit = world.file(applicant=None)
    assert world.client().get(f"{ROOT}{permit.number}/applicant/").json()["applicant"] is None


# -- as the schema says -----------------------------------------------------------------------------------------------

PERMIT = "/api/v1/permits/{permit}/"
OPERATIONS = [
    *((ROOT, method) for method in ("get", "post")),
    *((PERMIT, method) for method in ("get", "patch")),
    (f"{PERMIT}timeline", "get"),
    *((f"{PERMIT}events/", method) for method in ("get", "post")),
    (f"{PERMIT}events/{{event_id}}/strike/", "post"),
    (f"{PERMIT}applicant/", "get"),
]
# The token goes with every request; no schema says which file exists.
NOT_SAID = [positive_data_acceptance, ignored_auth]


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda one: one)
def test_answers_are_as_the_schema_says(world: World, path: str, method: str, client: Client) -> None:
    permit = world.file()
    _token, secret = create_token(user=world.people[Role.PERMIT_INSTRUCTOR], name="essai")
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "identity"}
    document = client.get("/api/schema/", headers={"accept": "application/vnd.oai.openapi+json"}).json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = get_wsgi_application()
    operation = schema[path][method]

    @settings(
        max_examples=25,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(case=operation.as_strategy())
    def check_answers(case: Any) -> None:
        if "permit" in case.path_parameters:
            case.path_parameters["permit"] = permit.number
        answer = case.call(headers=headers)
        case.validate_response(answer, excluded_checks=NOT_SAID)

    with connection_kept():
        check_answers()

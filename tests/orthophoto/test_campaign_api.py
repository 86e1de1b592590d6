"""Aerial campaigns by program."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member
from gis_core.tasks import end_stopped
from layers.catalogue.models import Photo
from orthophoto.models import Campaign, CampaignQuerySet
from tests import factories

pytestmark = pytest.mark.django_db
API = "/api/v1/campaigns/"
ACTIONS = ("build", "stop", "publish", "take-back")
JSON = "application/json"


@pytest.fixture
def ours() -> Member:
    return factories.member(factories.commune(), slug="lys")


@pytest.fixture
def signed_in(client: Client, ours: Member) -> Client:
    client.force_login(factories.user(ours, Role.GIS_ADMINISTRATOR))
    return client


@pytest.fixture
def inbox(tmp_path: Path, settings: Any) -> Path:
    settings.DELIVERIES_DIR = tmp_path
    for folder in ("lys/ortho-2024", "autre/secret"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


def order(**changes: Any) -> dict[str, Any]:
    return {"delivery": "lys/ortho-2024", "title": "Ortho 2024", "acquired": "2024-06-12", **changes}


def test_an_order_makes_a_campaign(signed_in: Client, inbox: Path) -> None:
    answer = signed_in.post(API, order(codec="webp", crs=3948), JSON)
    made = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"{API}ortho-2024/")
    assert (made["state"], made["acquired"], made["member"]) == ("inspecting", "2024-06-12", "lys")
    assert (made["codec"], made["crs"], made["goes_on"]) == ("webp", 3948, True)


def test_an_inventory_is_stopped_before_a_worker_takes_it(signed_in: Client, inbox: Path) -> None:
    made = signed_in.post(API, order(), JSON).json()
    assert made["actions"] == ["stop"]
    assert signed_in.post(f"{API}ortho-2024/stop/").status_code == 200
    with factories.as_worker():
        end_stopped(None)
    shown = signed_in.get(f"{API}ortho-2024/").json()
    assert (shown["state"], shown["goes_on"]) == ("refused", False)
    assert "arrêté" in shown["message"]


def test_an_open_inventory_without_a_worker_says_so(signed_in: Client, inbox: Path) -> None:
    signed_in.post(API, order(), JSON)
    shown = signed_in.get(f"{API}ortho-2024/").json()
    assert "Aucun programme" in shown["inventory"]["message"]
    assert "Aucun programme" in shown["told"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"acquired": "2024-13"}, "acquired"),
        ({"acquired": None}, "acquired"),
        ({"slug": "Pas Bon"}, "slug"),
        ({"delivery": "/etc"}, "delivery"),
        ({"delivery": "autre/secret"}, "delivery"),
        ({"delivery": "lys/../autre/secret"}, "delivery"),
        ({"member": "autre"}, "member"),
        ({"visibility": "friends"}, "visibility"),
        ({"visibility": "members", "shared_with": ["nulle-part"]}, "shared_with"),
        ({"crs": "Lambert"}, "crs"),
        ({"crs": 5}, "crs"),
        ({"codec": "ecw"}, "codec"),
        ({"title": "a\0b"}, "title"),
    ],
)
def test_a_wrong_order_names_what_is_wrong(signed_in: Client, inbox: Path, wrong: dict[str, Any], named: str) -> None:
    factories.member(slug="autre")
    answer = signed_in.post(API, order(**wrong), JSON)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert named in answer.json().get("errors", {}) or answer.json()["parameter"] == named


def test_a_campaign_that_exists_is_not_begun_again(signed_in: Client, ours: Member, inbox: Path) -> None:
    factories.campaign(ours, slug="ortho-2024", title="Première")
    assert signed_in.post(API, order(), JSON).status_code == 400
    assert signed_in.get(f"{API}ortho-2024/").json()["title"] == "Première"


def test_the_list_is_paged_and_leaves_out_what_is_anothers(signed_in: Client, ours: Member) -> None:
    for _number in range(3):
        factories.campaign(ours)
    factories.campaign(factories.member())
    page = signed_in.get(f"{API}?limit=2").json()
    assert (page["count"], len(page["results"]), page["next"]) == (3, 2, f"{API}?limit=2&offset=2")


def test_one_campaign_has_a_letter_for_each_sheet(signed_in: Client, ours: Member) -> None:
    factories.campaign(ours, "building", ["built", "failed", "found", "refused"], slug="ortho")
    shown = signed_in.get(f"{API}ortho/").json()
    assert shown["sheet_states"] == "bxfr"
    assert shown["counts"]["total"] == 4
    assert shown["actions"] == ["stop"]
    assert shown["progress"] == 0.5


def test_sheets_come_with_their_outlines_by_page_and_state(signed_in: Client, ours: Member) -> None:
    factories.campaign(ours, sheets=["built", "built", "built", "refused"], slug="ortho")
    page = signed_in.get(f"{API}ortho/sheets/?limit=1&state=built").json()
    assert (page["count"], page["next"]) == (3, f"{API}ortho/sheets/?state=built&limit=1&offset=1")
    assert page["results"][0]["outline"][0] == [617000.0, 6717800.0]
    refused = signed_in.get(f"{API}ortho/sheets/?state=refused").json()["results"][0]
    assert (refused["outline"], refused["message"]) == (None, "Le fichier est tronqué.")


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=1001", "offset=-1"])
def test_wrong_parameters_of_the_sheets_are_named(signed_in: Client, ours: Member, query: str) -> None:
    factories.campaign(ours, slug="ortho")
    answer = signed_in.get(f"{API}ortho/sheets/?{query}")
    assert (answer.status_code, answer.json()["parameter"]) == (400, query.split("=")[0])


def test_the_report_holds_every_sheet(signed_in: Client, ours: Member) -> None:
    factories.campaign(ours, sheets=["built", "failed"], slug="ortho")
    report = signed_in.get(f"{API}ortho/report/").json()
    assert [sheet["state"] for sheet in report["sheets"]] == ["built", "failed"]


def test_build_stop_publish_and_take_back(signed_in: Client, ours: Member) -> None:
    factories.campaign(ours, "inspected", ["found"], slug="ortho")
    assert signed_in.post(f"{API}ortho/build/").status_code == 202
    assert signed_in.post(f"{API}ortho/stop/").json()["state"] == "stopped"
    factories.campaign(ours, slug="prete")
    assert signed_in.post(f"{API}prete/publish/").json()["published"]
    assert not signed_in.post(f"{API}prete/take-back/").json()["published"]
    with acting_as(SYSTEM):
        assert not Photo.objects.exists()


@pytest.mark.parametrize("action", ACTIONS)
def test_what_the_state_forbids_is_a_conflict(signed_in: Client, ours: Member, action: str) -> None:
    factories.campaign(ours, "refused", slug="ortho")
    answer = signed_in.post(f"{API}ortho/{action}/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (409, "application/problem+json")


def test_a_campaign_is_deleted_unless_it_is_shown(signed_in: Client, ours: Member) -> None:
    factories.campaign(ours, slug="montree", published_build=1)
    factories.campaign(ours, slug="autre")
    assert signed_in.delete(f"{API}montree/").status_code == 409
    assert signed_in.delete(f"{API}autre/").status_code == 204
    assert signed_in.get(f"{API}autre/").status_code == 404


@pytest.mark.parametrize("name", ["", "sheets/", "report/"])
def test_anothers_campaign_answers_as_one_that_does_not_exist(signed_in: Client, name: str) -> None:
    factories.campaign(factories.member(), slug="secrete")
    seen, missing = signed_in.get(f"{API}secrete/{name}"), signed_in.get(f"{API}nulle/{name}")
    assert seen.status_code == missing.status_code == 404
    assert seen.content == missing.content


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_is_done_to_anothers_campaign(signed_in: Client, action: str) -> None:
    factories.campaign(factories.member(), slug="secrete")
    assert signed_in.post(f"{API}secrete/{action}/").status_code == 404


def test_without_the_codes_filter_no_campaign_leaks(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.campaign(factories.member(), slug="secrete")
    monkeypatch.setattr(CampaignQuerySet, "administered_by", lambda self, rights: self)
    assert signed_in.get(API).json()["count"] == 0
    assert signed_in.get(f"{API}secrete/sheets/").status_code == 404


@pytest.mark.parametrize(
    ("method", "name"), [("put", ""), ("get", "ortho/build/"), ("post", "ortho/"), ("post", "ortho/sheets/")]
)
def test_other_methods_are_refused(signed_in: Client, ours: Member, method: str, name: str) -> None:
    factories.campaign(ours, slug="ortho")
    assert getattr(signed_in, method)(API + name).status_code == 405


def test_nobody_who_is_not_signed_in_gets_anything(client: Client) -> None:
    assert client.get(API).status_code == 401


def test_the_agency_works_on_every_campaign(client: Client, inbox: Path) -> None:
    factories.campaign(factories.member(), slug="secrete")
    client.force_login(factories.user(factories.member(slug="agence"), Role.AGENCY_ADMINISTRATOR))
    factories.member(slug="lys-2")
    assert client.get(f"{API}secrete/").status_code == 200
    with acting_as(SYSTEM):
        assert Campaign.objects.count() == 1


@pytest.mark.parametrize("address", [API, "/campagnes/"])
def test_a_list_of_several_campaigns_needs_no_more_queries_than_one(
    signed_in: Client, ours: Member, inbox: Path, address: str
) -> None:
    factories.campaign(ours)
    signed_in.get(address)
    one = queries(signed_in, address)
    for _number in range(3):
        factories.campaign(ours, sheets=("built", "failed"))
    assert queries(signed_in, address) == one


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_list_counts_each_campaign_s_own_sheets(signed_in: Client, ours: Member) -> None:
    factories.campaign(ours, slug="une", sheets=("built",))
    factories.campaign(ours, slug="autre", sheets=("built", "failed", "failed"))
    shown = {row["slug"]: row["counts"] for row in signed_in.get(API).json()["results"]}
    assert [(shown[slug]["built"], shown[slug]["failed"], shown[slug]["total"]) for slug in ("une", "autre")] == [
        (1, 0, 1),
        (1, 2, 3),
    ]

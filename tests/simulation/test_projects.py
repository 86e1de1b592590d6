"""Projects kept on the server: who may, versions, conflicts, archives, sharing, links, parcels that were divided."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.members.rights import Role, acting_as, rights_of
from gis_core.models import SharedLink
from gis_core.templatetags.long_date import long_date
from layers.cadastre.models import Building, Parcel
from layers.catalogue.models import Layer
from layers.parcels.points import ApplicationFacts
from simulation.application_part import application_part
from simulation.models import ProjectVersion
from tests import factories
from tests.documents import pdf
from tests.simulation.conftest import Town, multi, parcel, polygon, volume
from tests.simulation.grounds import TERRAIN, box

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html"}
API = "/api/v1/simulations/"
HOUSE = box(2, 6, 12, 16)
SHED = box(5, 20, 8, 24)


FIRST = {"if-match": '"v1"'}


def content(town: Town, *volumes: Any, **more: Any) -> dict[str, Any]:
    variant = {"letter": "A", "title": "Plain-pied", "volumes": list(volumes or [volume(HOUSE, levels=1)])}
    return {"name": "Maison", "parcels": [town.plot.idu], "variants": [variant], **more}


def send(client: Client, method: str, address: str, body: Any = None, **headers: str) -> Any:
    call: Any = getattr(client, method)
    sent = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return call(address, **sent, headers={"accept": "application/json", **headers})


def keep(town: Town, **more: Any) -> dict[str, Any]:
    answer = send(town.client, "post", API, content(town, **more))
    assert answer.status_code == 201, answer.content
    return dict(answer.json())


def address(project: dict[str, Any], tail: str = "") -> str:
    return f"{API}{project['id']}/{tail}"


def hide(layer: str) -> None:
    with factories.as_owner():
        Layer.objects.filter(slug=layer).update(visibility=Layer.Visibility.OWNER, owner=factories.member())


def colleague(town: Town, role: Role = Role.READER, member: Any = None) -> Client:
    client = Client()
    client.force_login(factories.user(member or town.member, role))
    return client


def test_a_project_is_kept_with_what_its_variant_measures(town: Town) -> None:
    kept = keep(town)
    assert kept["variants"][0]["figures"]["emprise_m2"] == 100
    assert kept["variants"][0]["figures"]["floor_m2"] == 100
    assert (kept["version"], kept["writable"], kept["member"]) == (1, True, town.member.slug)


def test_the_list_holds_it_until_it_is_archived(town: Town) -> None:
    kept = keep(town)
    assert [one["name"] for one in send(town.client, "get", API).json()["results"]] == ["Maison"]
    assert send(town.client, "delete", address(kept), **FIRST).status_code == 204
    assert send(town.client, "get", API).json()["count"] == 0
    assert send(town.client, "get", f"{API}?state=archived").json()["count"] == 1


def test_a_change_must_name_the_version_that_was_seen(town: Town) -> None:
    kept = keep(town)
    assert send(town.client, "put", address(kept), content(town)).status_code == 428


def test_of_two_people_the_second_gets_both_versions(town: Town) -> None:
    kept = keep(town)
    theirs = send(town.client, "put", address(kept), content(town, name="La sienne"), **FIRST)
    assert (theirs.status_code, theirs.json()["version"]) == (200, 2)
    mine = send(town.client, "put", address(kept), content(town, name="La mienne"), **FIRST)
    assert (mine.status_code, mine.json()["current"]["name"]) == (412, "La sienne")
    assert send(town.client, "get", address(kept)).json()["name"] == "La sienne"


def test_former_versions_are_seen_and_brought_back(town: Town) -> None:
    kept = keep(town)
    send(town.client, "put", address(kept), content(town, volume(SHED), name="Autre"), **FIRST)
    versions = send(town.client, "get", address(kept, "versions/")).json()
    assert [one["content"]["name"] for one in versions] == ["Autre", "Maison"]
    back = send(town.client, "post", address(kept, "versions/1/restore/"), **{"if-match": '"v2"'})
    assert (back.status_code, back.json()["name"], back.json()["version"]) == (200, "Maison", 3)


def test_a_variant_is_added_changed_and_removed(town: Town) -> None:
    kept = keep(town)
    second = {"title": "Étage", "volumes": [volume(SHED, levels=2)]}
    made = send(town.client, "put", address(kept, "variants/B/"), second, **FIRST)
    assert (made.status_code, made.json()["figures"]["floor_m2"]) == (200, 24)
    assert send(town.client, "delete", address(kept, "variants/A/"), **{"if-match": '"v2"'}).status_code == 204
    assert [one["letter"] for one in send(town.client, "get", address(kept)).json()["variants"]] == ["B"]


def test_readers_of_the_member_read_and_do_not_write(town: Town) -> None:
    kept, reader = keep(town), colleague(town)
    assert send(reader, "get", address(kept)).json()["writable"] is False
    assert send(reader, "put", address(kept), content(town), **FIRST).status_code == 403
    assert send(reader, "post", API, content(town)).status_code == 403


def test_another_member_sees_it_once_it_is_shared(town: Town) -> None:
    kept, other = keep(town), factories.member()
    guest = colleague(town, Role.GIS_ADMINISTRATOR, other)
    assert send(guest, "get", address(kept)).status_code == 404
    town.client.post(f"/simulations/{kept['id']}/partage/", {"members": [other.slug]})
    assert send(guest, "get", address(kept)).json()["writable"] is False
    assert send(guest, "put", address(kept), content(town), **{"if-match": "*"}).status_code == 403


def test_without_the_codes_filter_no_project_leaks(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(town)
    monkeypatch.setattr("simulation.models.ProjectQuerySet.visible_to", lambda self, rights: self)
    guest = colleague(town, Role.GIS_ADMINISTRATOR, factories.member())
    assert send(guest, "get", address(kept)).status_code == 404


def link_of(town: Town, kept: dict[str, Any], days: int = 30) -> Any:
    last = database_clock.today() + timedelta(days=days)
    return town.client.post(f"/simulations/{kept['id']}/liens/", {"last_date": last.isoformat()})


def open_address(page: Any) -> str:
    return str(page.content.decode().split("<code>http://testserver")[1].split("</code>")[0])


def test_a_link_opens_the_project_to_anybody_and_its_secret_is_not_kept(town: Town) -> None:
    path = open_address(link_of(town, keep(town)))
    page = Client().get(path)
    assert (page.status_code, "Maison" in page.content.decode()) == (200, True)
    secret = path.rstrip("/").rsplit("/", 1)[1]
    with factories.as_owner():
        assert secret.encode() not in bytes(SharedLink.objects.get().digest)


def test_a_link_ends_on_its_day_and_at_once_when_it_is_closed(town: Town) -> None:
    kept = keep(town)
    path = open_address(link_of(town, kept))
    with factories.as_owner():
        link = SharedLink.objects.get()
    town.client.post(f"/simulations/{kept['id']}/liens/{link.pk}/fermer/")
    assert Client().get(path).status_code == 404
    ended = open_address(link_of(town, kept))
    with factories.as_owner():
        SharedLink.objects.filter(revoked_at=None).update(expires_at=database_clock.now() - timedelta(hours=1))
    assert Client().get(ended).status_code == 404


def test_the_page_says_the_last_day_of_a_link(town: Town) -> None:
    kept = keep(town)
    last = long_date(database_clock.today() + timedelta(days=30))
    assert f"jusqu’au {last} inclus" in link_of(town, kept).content.decode()
    page = town.client.get(f"/simulations/{kept['id']}/", headers={"accept": "text/html"}).content.decode()
    assert f'<td data-label="Dernier jour">{last}</td>' in page


def test_a_link_needs_a_last_day_within_a_year(town: Town) -> None:
    kept = keep(town)
    assert town.client.post(f"/simulations/{kept['id']}/liens/", {"last_date": ""}).status_code == 400
    assert link_of(town, kept, days=800).status_code == 400
    assert link_of(town, kept, days=-1).status_code == 400


def test_a_link_opens_its_own_project_alone(town: Town) -> None:
    path = open_address(link_of(town, keep(town)))
    other = keep(town, name="Secret")
    stranger = Client()
    stranger.get(path)
    assert "Secret" not in stranger.get(path).content.decode()
    assert stranger.get(f"/simulations/{other['id']}/").status_code == 302


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": " "}, "name"),
        ({"permit": "PC 12"}, "permit"),
        ({"variants": []}, "variants"),
        ({"parcels": ["450010000A9999"]}, "A9999"),
    ],
)
def test_what_makes_no_project_is_told(town: Town, wrong: dict[str, Any], said: str) -> None:
    answer = send(town.client, "post", API, content(town) | wrong)
    assert answer.status_code in (400, 404)
    assert said in answer.content.decode()


def test_a_footprint_that_crosses_itself_names_its_variant(town: Town) -> None:
    bow = polygon(box(2, 6, 12, 16))
    ring = bow["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    answer = send(town.client, "post", API, content(town, {"footprint": bow, "eaves": 3}))
    assert answer.status_code == 400
    assert "A. Volume 1" in answer.json()["detail"]


def test_too_many_volumes_are_told(town: Town) -> None:
    answer = send(town.client, "post", API, content(town, *[volume(HOUSE)] * 201))
    assert answer.status_code == 400


def test_a_permits_number_is_kept_without_blanks(town: Town) -> None:
    assert keep(town, permit="PC 045 234 26 A0001")["permit"] == "PC04523426A0001"


def test_a_parcel_that_was_divided_is_told_with_its_successors(town: Town) -> None:
    kept = keep(town)
    with factories.as_owner():
        Parcel.objects.filter(pk=town.plot.pk).delete()
        west, south, east, north = TERRAIN.bounds
        middle = (west + east) / 2
        halves = [parcel(901, box(west, south, middle, north)), parcel(902, box(middle, south, east, north))]
    now = send(town.client, "get", address(kept)).json()
    assert (now["gone"], now["successors"]) == ([town.plot.idu], [one.idu for one in halves])
    assert halves[0].idu in now["notes"][0]


def test_who_does_not_see_parcels_reads_nothing_of_those_that_lie_there_now(town: Town) -> None:
    kept = keep(town)
    with factories.as_owner():
        Parcel.objects.filter(pk=town.plot.pk).delete()
        parcel(901, TERRAIN)
    hide("parcels")
    now = send(town.client, "get", address(kept)).json()
    assert (now["gone"], now["successors"], now["notes"]) == ([], [], [])


def test_such_a_project_is_still_saved_and_its_page_says_why_nothing_is_judged(town: Town) -> None:
    kept = keep(town)
    with factories.as_owner():
        Parcel.objects.filter(pk=town.plot.pk).delete()
    answer = send(town.client, "put", address(kept), content(town, name="Encore"), **FIRST)
    assert answer.status_code == 200
    page = town.client.get(f"/simulations/{kept['id']}/", headers=HTML).content.decode()
    assert town.plot.idu in page


def test_the_parcel_sheet_leads_to_its_projects(town: Town) -> None:
    kept = keep(town)
    sheet = town.client.get(f"/api/v1/parcels/{town.plot.idu}/sheet/").json()
    lines = next(one for one in sheet["sections"] if one["section"] == "simulations")["lines"]
    assert lines[0]["links"][0]["url"] == f"/simulations/{kept['id']}/"


def test_the_parcel_sheet_counts_the_projects_that_it_does_not_list(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulation.sections.MOST", 1)
    for name in ("Un", "Deux", "Trois"):
        keep(town, name=name)
    sheet = town.client.get(f"/api/v1/parcels/{town.plot.idu}/sheet/").json()
    section = next(one for one in sheet["sections"] if one["section"] == "simulations")
    assert (section["facts"][0]["value"], len(section["lines"]), len(section["notes"])) == (3, 1, 1)


def test_the_page_shows_variants_side_by_side_and_its_list_leads_to_it(town: Town) -> None:
    kept = keep(town)
    page = town.client.get(f"/simulations/{kept['id']}/", headers=HTML).content.decode()
    assert "Plain-pied" in page
    assert f"/simulations/{kept['id']}/" in town.client.get("/simulations/", headers=HTML).content.decode()


def test_a_former_version_has_a_page_and_is_brought_back_there(town: Town) -> None:
    kept = keep(town)
    send(town.client, "put", address(kept), content(town, name="Autre"), **FIRST)
    assert "Maison" in town.client.get(f"/simulations/{kept['id']}/versions/1/", headers=HTML).content.decode()
    town.client.post(f"/simulations/{kept['id']}/versions/1/reprendre/", headers=HTML)
    assert send(town.client, "get", address(kept)).json()["name"] == "Maison"


def test_the_oldest_versions_go(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.services.projects.MOST_VERSIONS", 2)
    kept = keep(town)
    for number in (1, 2):
        send(town.client, "put", address(kept), content(town, name=f"N{number}"), **{"if-match": "*"})
    with factories.as_owner():
        assert list(ProjectVersion.objects.values_list("number", flat=True)) == [3, 2]


# -- documents, the permit's file -------------------------------------------------------------------------------------


def attach(town: Town, kept: dict[str, Any], data: bytes, name: str = "notice.pdf") -> Any:
    file = SimpleUploadedFile(name, data)
    return town.client.post(f"/simulations/{kept['id']}/documents/", {"file": file}, headers=HTML)


def test_a_document_is_attached_read_and_removed(town: Town) -> None:
    kept = keep(town)
    assert attach(town, kept, pdf()).status_code == 302
    page = town.client.get(f"/simulations/{kept['id']}/", headers=HTML).content.decode()
    path = page.split(f'href="/simulations/{kept["id"]}/documents/')[1].split('"')[0]
    document = f"/simulations/{kept['id']}/documents/{path}"
    answer = town.client.get(document)
    assert (answer["Content-Type"], b"".join(answer.streaming_content)[:5]) == ("application/pdf", b"%PDF-")
    assert town.client.post(f"{document}retirer/", headers=HTML).status_code == 302
    assert town.client.get(document, headers=HTML).status_code == 404


def test_what_is_no_document_is_refused_in_words(town: Town) -> None:
    answer = attach(town, keep(town), b"rien", "notice.pdf")
    assert (answer.status_code, "PDF" in answer.content.decode()) == (400, True)


def part_of(town: Town, kept: dict[str, Any], **facts: Any) -> Any:
    with acting_as(rights_of(town.user)):
        number = kept["permit"] or "PC04590126A0001"
        return application_part(
            ApplicationFacts(number=number, idus=(town.plot.idu,), place_4326=(1.9, 47.5), **facts),
            rights_of(town.user),
        )


def test_the_permits_file_compares_the_floor_area_with_the_form(town: Town) -> None:
    kept = keep(town, permit="PC 045 901 26 A0001")
    part = part_of(town, kept, floor_created_m2=80.0)
    assert part is not None
    (variant,) = part[1]["variants"]
    assert (variant.gap_m2, variant.differs) == (20.0, True)


@pytest.mark.parametrize(
    ("declared", "gaps", "differ"),
    [
        ({"emprise_created_m2": 90.0, "height_m": 4.5}, (10.0, -1.5), (True, True)),
        # 100 m² within 40 m of outline: the drawing is within 2.5 m².
        ({"emprise_created_m2": 98.0, "height_m": 3.1}, (2.0, -0.1), (False, False)),
    ],
)
def test_emprise_and_height_are_compared_with_the_form_within_their_accuracy(
    town: Town, declared: dict[str, float], gaps: tuple[float, float], differ: tuple[bool, bool]
) -> None:
    part = part_of(town, keep(town, permit="PC 045 901 26 A0001"), **declared)
    assert part is not None
    (variant,) = part[1]["variants"]
    assert (variant.emprise.gap, variant.height.gap) == pytest.approx(gaps)
    assert (variant.emprise.differs, variant.height.differs) == differ
    assert (variant.emprise.accuracy, variant.height.accuracy, variant.floor) == (2.5, 0.1, None)
    page = render_to_string(part[0], {"part": part[1]})
    assert ("par rapport au dossier" in page, "comme au dossier" in page) == (all(differ), not any(differ))


def test_the_permits_file_names_projects_on_its_parcels_that_are_not_attached(town: Town) -> None:
    part = part_of(town, keep(town))
    assert part is not None
    assert [one.name for one in part[1]["others"]] == ["Maison"]
    assert town.plot.idu in part[1]["map"]


def test_of_many_projects_the_permits_file_has_those_attached_to_it_and_says_that_it_is_cut(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulation.application_part.MOST_PROJECTS", 1)
    kept = keep(town, permit="PC 045 901 26 A0001")
    keep(town, name="Plus tard")
    part = part_of(town, kept)
    assert part is not None
    assert ([one.project.name for one in part[1]["variants"]], part[1]["most_projects"]) == (["Maison"], 1)


def test_a_building_that_is_demolished_counts_no_more(town: Town) -> None:
    with factories.as_owner():
        old = Building.objects.create(insee=town.plot.insee, kind="01", geom=multi(box(2, 20, 12, 26)))
    rules = [{"catContrainte": "CES", "ratioMax": 1}]
    body = {"parcels": [town.plot.idu], "volumes": [volume(HOUSE)], "rules": rules}
    assert town.post(body).json()["emprise_after_m2"] == pytest.approx(160)
    after = town.post({**body, "demolished": [old.pk]}).json()
    assert (after["emprise_before_m2"], after["emprise_after_m2"]) == (pytest.approx(60), pytest.approx(100))
    assert after["notes"] == []


def test_a_demolished_building_that_the_plan_has_no_more_is_said(town: Town) -> None:
    rules = [{"catContrainte": "CES", "ratioMax": 1}]
    body = {"parcels": [town.plot.idu], "volumes": [volume(HOUSE)], "rules": rules, "demolished": [2**40]}
    (note,) = town.post(body).json()["notes"]
    assert note.startswith("1 bâtiment à démolir")

"""Requests for works on roads and the orders that answer them: who sees and writes them, what everybody reads."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.contrib.gis.geos import MultiLineString
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from gis_core.desk.listing import Pager
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from gis_core.models import HistoryEvent, Letter, Letterhead
from layers.features.services.write import Edit
from networks.roads.models import RoadSection
from networks.roadworks.gauges import GAUGES
from networks.roadworks.kinds import PARKING, PERMISSION, REFUSAL, TRAFFIC
from networks.roadworks.listings.orders import PUBLIC_ORDERS
from networks.roadworks.models import Work, WorkDetour, WorkOrder, WorkOrderFile, WorkPiece, WorkRequest
from networks.roadworks.order_values import order_field_values
from networks.roadworks.services import keeping, orders, publication, requests
from networks.roadworks.services.competence import Authority, competent
from networks.roadworks.services.request_documents import DOCUMENTS
from networks.roadworks.services.retention import forget_old
from tests import factories
from tests.networks.conftest import Network, X
from tests.networks.roadworks.road_orders import (
    Desk,
    completed,
    given_request,
    kept,
    line,
    made_desk,
    numbered_road,
    section,
    text_of,
    this_day,
)  # fmt: skip

SEES = [Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR, Role.TOWN_HALL]


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


@pytest.fixture
def desk(network: Network) -> Desk:
    return made_desk(network)


# -- who --------------------------------------------------------------------------------------------------------------


def test_requests_are_seen_by_those_who_deal_with_them(desk: Desk) -> None:
    one = desk.enter()
    for who in Role:
        with desk.as_(who):
            seen = WorkRequest.objects.visible_to(desk.rights(who)).filter(pk=one.pk).exists()
            in_database = WorkRequest.objects.filter(pk=one.pk).exists()
        expected = who in SEES or who == Role.AGENCY_ADMINISTRATOR
        assert (who, seen, in_database) == (who, expected, expected)


def test_another_member_sees_nothing(desk: Desk) -> None:
    one = desk.enter()
    with desk.as_("stranger"), pytest.raises(NotFound):
        requests.request_seen_by(one.pk, desk.rights("stranger"))


def test_the_town_hall_enters_requests_of_its_commune_alone(desk: Desk) -> None:
    assert desk.enter(Role.TOWN_HALL).made_by is not None
    with pytest.raises(Invalid):
        desk.enter(Role.TOWN_HALL, insee="45903")


@pytest.mark.parametrize("who", [Role.READER, Role.PERMIT_INSTRUCTOR])
def test_others_enter_nothing(desk: Desk, who: str) -> None:
    with pytest.raises(Forbidden):
        desk.enter(who)


def test_the_town_hall_decides_nothing(desk: Desk) -> None:
    one = desk.enter()
    with desk.as_(Role.TOWN_HALL):
        rights = desk.rights(Role.TOWN_HALL)
        for act in (
            lambda: requests.decide(one, accepted=True, version=one.version, rights=rights),
            lambda: requests.make_work(one, version=one.version, rights=rights),
            lambda: orders.begin(one, kind_of(TRAFFIC), rights),
        ):
            with pytest.raises(Forbidden):
                act()


def test_letters_are_seen_by_those_who_deal_with_requests(desk: Desk) -> None:
    one = desk.enter()
    letter = desk.begin(one)
    for who in Role:
        with desk.as_(who):
            found = Letter.objects.filter(pk=letter.pk).exists()
        assert (who, found) == (who, who in SEES or who == Role.AGENCY_ADMINISTRATOR)


@pytest.mark.parametrize(
    ("text", "found"),
    [("tanneurs", True), ("exemple TRAVAUX", True), ("exemple lilas", False), ("n° {pk}", True), ("{pk}0", False)],
)
def test_a_request_is_looked_for_by_words_or_by_number(desk: Desk, text: str, found: bool) -> None:
    one = desk.enter()
    page = desk.network.client().get("/voirie/demandes/", {"q": text.format(pk=one.pk)})
    assert (f'href="/voirie/demandes/{one.pk}/"' in page.content.decode()) is found


# -- what is typed ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"form": "14025"}, "form"),
        ({"form": "14023"}, "kind"),
        ({"kind": "permission"}, "kind"),
        ({"applicant_name": "  "}, "applicant_name"),
        ({"place": ""}, "place"),
        ({"received_date": 1}, "received_date"),
        ({"ends_on": -1}, "ends_on"),
        ({"ends_on": 2000}, "ends_on"),
        ({"starts_on": date(26, 1, 1)}, "starts_on"),
        ({"start_reference": "D2020 PR"}, "start_reference"),
        ({"start_reference": "D 2020 PR 12+350", "end_reference": "là-bas"}, "end_reference"),
        ({"starts_on": None}, "starts_on"),
        ({"needed_date": -1}, "needed_date"),
        ({"length_m": -3.0}, "length_m"),
        ({"width_m": float("nan")}, "width_m"),
        ({"applicant_email": "jeanne"}, "applicant_email"),
        ({"insee": "75056"}, "insee"),
        ({"description": "x" * 1001}, "description"),
    ],
)
def test_what_is_mistyped_is_told_where(desk: Desk, values: dict[str, Any], field: str) -> None:
    """Whole numbers are days from the one on which the test runs."""
    values = {
        name: this_day() + timedelta(days=value) if type(value) is int else value for name, value in values.items()
    }
    with pytest.raises(Invalid) as refused:
        desk.enter(**values)
    assert refused.value.extra["parameter"] == field


def test_a_change_over_somebody_elses_is_refused(desk: Desk) -> None:
    one = desk.enter()
    with desk.as_():
        requests.change(one, values=given_request() | {"place": "rue Haute"}, version=one.version, rights=desk.rights())
        with pytest.raises(Stale):
            requests.change(one, values=given_request(), version=one.version, rights=desk.rights())


# -- works ------------------------------------------------------------------------------------------------------------


def test_works_lie_in_the_street_that_the_place_names(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    assert (round(one.work.geom.length), one.work.starts_on, one.work.owner) == (400, this_day(), desk.network.member)


def test_a_reference_that_is_refused_today_and_was_kept_before_stops_no_other_change(desk: Desk) -> None:
    one = desk.enter()
    with factories.as_owner():
        WorkRequest.objects.filter(pk=one.pk).update(start_reference="PR douze")
        one.refresh_from_db()
    given = given_request() | {"start_reference": "PR douze", "company": "Autre entreprise"}
    with desk.as_():
        changed = requests.change(one, values=given, version=one.version, rights=desk.rights())
        assert (changed.company, changed.start_reference) == ("Autre entreprise", "PR douze")
        one = requests.request_seen_by(one.pk, desk.rights())
        wrong = given | {"start_reference": "PR treize"}
        with pytest.raises(Invalid):
            requests.change(one, values=wrong, version=one.version, rights=desk.rights())


def test_works_lie_between_two_references(desk: Desk) -> None:
    numbered_road(desk)
    one = desk.work(desk.enter(start_reference="D 44 PR 1+200", end_reference="D44 PR 2+50", place="Les Essarts"))
    assert one.work is not None
    assert round(one.work.geom.length) == 850
    assert [round(end - X) for end in one.work.geom.extent[::2]] == [300, 1150]


def test_a_place_that_no_road_knows_is_told(desk: Desk) -> None:
    one = desk.enter(place="chemin de nulle part")
    with desk.as_(), pytest.raises(Invalid, match="chemin de nulle part"):
        requests.make_work(one, version=one.version, rights=desk.rights())
    with factories.as_owner():
        assert not Work.objects.exists()


# -- who decides ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "authority"),
    [
        ({"status": "05"}, "circulation", Authority.COMMUNE),
        ({"status": "05", "built_up": None}, "circulation", Authority.COMMUNE),
        ({"status": "03", "built_up": True}, "circulation", Authority.COMMUNE),
        ({"status": "03", "built_up": True}, "stationnement", Authority.COMMUNE),
        ({"status": "03", "built_up": True}, "permission", Authority.DEPARTEMENT),
        ({"status": "03", "built_up": False}, "circulation", Authority.DEPARTEMENT),
        ({"status": "03", "built_up": None}, "circulation", Authority.UNKNOWN),
        ({"status": "02", "built_up": False}, "circulation", Authority.STATE),
        ({"status": "01", "built_up": None}, "circulation", Authority.STATE),
        ({"status": None, "built_up": None}, "circulation", Authority.UNKNOWN),
        ({"status": "05", "manager": "04"}, "permission", Authority.EPCI),
    ],
)
def test_who_decides_follows_the_road(desk: Desk, values: dict[str, Any], kind: str, authority: Authority) -> None:
    section(desk.network.member, (0, 3000), (300, 3000), **values)
    with desk.as_():
        told = competent(MultiLineString(line((0, 3000), (300, 3000)), srid=2154), kind, desk.network.member)
    assert told.authorities == [authority]
    left = "L.5211-9-2" in told.warning
    assert left == (authority == Authority.COMMUNE and kind != "permission")
    assert bool(told.warning) == (left or authority not in (Authority.COMMUNE, Authority.EPCI))


def test_a_member_that_does_not_decide_is_told_so_on_the_roads_of_an_epci_too(desk: Desk) -> None:
    member = factories.member(desk.network.commune, kind="departement")
    section(member, (0, 3000), (300, 3000), status="04")
    with desk.as_():
        told = competent(MultiLineString(line((0, 3000), (300, 3000)), srid=2154), "circulation", member)
    assert str(told) == "le maire"
    assert str(member) in told.warning
    assert "L.5211-9-2" in told.warning


# -- orders -----------------------------------------------------------------------------------------------------------


def test_an_order_says_measures_and_detour(desk: Desk) -> None:
    one = desk.work(desk.enter(), speed_kmh=30, no_parking=True, hours="de 8 h à 17 h")
    assert one.work is not None
    with desk.as_():
        keeping.keep_detours(one.work, GAUGES["44"][1], "44 t", rights=desk.rights())
        letter = orders.begin(one, kind_of(TRAFFIC), desk.rights())
    body = letter.body.replace("\xa0", " ").replace("\u202f", " ").replace("\\", "")
    for words in (
        "Le maire de Lorris,",
        "L.2213-1 et L.2213-2",
        "R.411-8",
        "- La circulation est interdite à tous les véhicules",
        "- La vitesse est limitée à 30 km/h",
        "- Le stationnement est interdit",
        "Horaires : de 8 h à 17 h.",
        "- 44 t, dans les deux sens : prendre la rue du Pont sur 800 m",
        "par Travaux du Lys.",
    ):
        assert words in body, (words, body)
    assert "Exemple" not in body
    assert letter.recipient.startswith("Jeanne Exemple")


NO_LORRIES = "compléter : itinéraire des poids lourds"


@pytest.mark.parametrize(
    ("labels", "asks"),
    [
        (["Véhicules légers"], True),
        (["Poids lourds jusqu’à 19 t"], True),
        (["Véhicules légers", "Tous véhicules, jusqu’à 44 t"], False),
        (["Véhicules légers", "PL"], False),
        (["44 t, hauteur 4,3 m"], False),
        (["hauteur 4 m, poids à l’essieu 50 t"], True),
        ([""], False),
    ],
)
def test_an_order_that_bars_every_vehicle_asks_for_the_way_of_lorries(
    desk: Desk, labels: list[str], asks: bool
) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_():
        for label in labels:
            keeping.keep_detours(one.work, GAUGES["44"][1], label, rights=desk.rights())
        body = orders.begin(one, kind_of(TRAFFIC), desk.rights()).body
    assert (NO_LORRIES in body) is asks


def test_an_order_asks_for_the_way_of_lorries_in_each_direction(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_():
        for label in ("Véhicules légers", "PL"):
            keeping.keep_detours(one.work, GAUGES["44"][1], label, rights=desk.rights())
        WorkDetour.objects.filter(gauge="PL").update(direction="vers l’est")
        assert NO_LORRIES in str(order_field_values(one, TRAFFIC)["deviation"])


def test_alternating_traffic_asks_for_no_way_of_lorries(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_():
        keeping.keep_detours(one.work, GAUGES["cars"][1], "VL", rights=desk.rights())
        Work.objects.filter(pk=one.work.pk).update(measure="alternate")
        WorkDetour.objects.update(starts_on=this_day(), ends_on=this_day())
        one = requests.request_seen_by(one.pk, desk.rights())
        assert NO_LORRIES not in str(order_field_values(one, TRAFFIC)["deviation"])


def test_each_class_of_vehicles_has_its_detour_in_an_order(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_():
        for label in ("PL", "VL"):
            keeping.keep_detours(one.work, GAUGES["44"][1], label, rights=desk.rights())
        told = order_field_values(one, TRAFFIC)["deviation"]
    assert [words.partition(" :")[0] for words in told] == ["VL, dans les deux sens", "PL, dans les deux sens"]


@pytest.mark.parametrize("code", [TRAFFIC, PERMISSION, REFUSAL])
def test_a_draft_says_how_it_is_appealed_and_waits_for_the_court(desk: Desk, code: str) -> None:
    body = desk.begin(desk.work(desk.enter()), code).body.replace("\\", "")
    assert "tribunal administratif [à compléter : ville du tribunal] dans un délai de deux mois" in body


def test_a_draft_says_of_appeals_what_the_letterhead_says(desk: Desk) -> None:
    with factories.as_worker():
        Letterhead.objects.create(owner=desk.network.member, appeals="Recours : tribunal d’Orléans.")
    body = desk.begin(desk.work(desk.enter())).body
    assert "Recours : tribunal d’Orléans." in body
    assert "R.421-1" not in body


def test_the_authority_that_decides_signs_and_its_name_is_to_be_completed(desk: Desk) -> None:
    letter = desk.begin(desk.work(desk.enter()))
    assert letter.signatory == "Le maire de Lorris,\n[à compléter : prénom et nom]"


def test_whom_the_letterhead_names_signs(desk: Desk) -> None:
    with factories.as_worker():
        Letterhead.objects.create(owner=desk.network.member, signatory="La présidente, Camille Signe")
    assert desk.begin(desk.work(desk.enter())).signatory == "La présidente, Camille Signe"


def test_a_refused_number_leads_to_the_field_and_leaves_the_panel_open(desk: Desk) -> None:
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    words = {name: getattr(letter, name) for name in ("title", "recipient", "signatory", "version")}
    words["body"] = completed(letter.body)
    address = f"/voirie/demandes/{one.pk}/courriers/{letter.pk}/"
    answer = desk.network.client().post(address, words | {"action": "final"}, headers={"accept": "text/html"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert '<details class="final" open>' in page
    assert re.search(r'<textarea name="signatory"[^>]* autofocus', page)


def test_outside_built_up_areas_another_power_is_named(desk: Desk) -> None:
    with factories.as_worker():
        RoadSection.objects.update(status="03", built_up=False)
    one = desk.work(desk.enter())
    with desk.as_():
        given = order_field_values(one, TRAFFIC)
    assert given["autorite"] == "Le président du conseil départemental"
    assert "L.3221-4" in str(given["vu"])


COMMUNAL, DEPARTMENTAL = {"status": "05"}, {"status": "03", "built_up": False}


@pytest.mark.parametrize(
    ("road", "code", "cited", "not_cited"),
    [
        (COMMUNAL, TRAFFIC, ["L.2213-1", "R.411-8", "R.411-25"], ["L.113-2", "L.2122-1"]),
        (COMMUNAL, PARKING, ["L.2213-6", "L.113-2", "L.2122-1"], ["L.2213-1", "R.411"]),
        (COMMUNAL, PERMISSION, ["L.113-2", "L.2122-1"], ["L.2213", "R.411"]),
        (DEPARTMENTAL, TRAFFIC, ["L.3221-4", "R.411-8"], ["L.2213", "L.113-2"]),
        (DEPARTMENTAL, PERMISSION, ["L.3221-4", "L.113-2", "L.2122-1"], ["L.2213", "R.411"]),
        ({"status": "02", "built_up": False}, PERMISSION, ["à compléter", "L.113-2"], ["L.2213", "L.2215", "L.3221"]),
        ({"status": "02", "built_up": False}, TRAFFIC, ["à compléter", "R.411-8"], ["L.2213", "L.3221"]),
        ({"status": "05", "manager": "04"}, PERMISSION, ["L.141-12", "L.113-2"], ["L.2213"]),
    ],
)
def test_each_order_cites_the_law_of_its_kind_and_authority(
    desk: Desk, road: dict[str, Any], code: str, cited: list[str], not_cited: list[str]
) -> None:
    with factories.as_worker():
        RoadSection.objects.update(**road)
    one = desk.work(desk.enter())
    with desk.as_():
        told = str(order_field_values(one, code)["vu"])
    assert [text for text in cited if text not in told] == []
    assert [text for text in not_cited if text in told] == []


def test_the_order_of_traffic_for_works_under_a_road_is_signed_by_the_police(desk: Desk) -> None:
    """In a built-up area the Département grants the permit and the mayor closes the road."""
    with factories.as_worker():
        RoadSection.objects.update(status="03", built_up=True)
    one = desk.work(desk.enter(form="14023", kind="permission"))
    with desk.as_():
        signed = [order_field_values(one, code)["autorite"] for code in (PERMISSION, TRAFFIC, REFUSAL)]
    department = "Le président du conseil départemental"
    assert signed == [department, "Le maire de Lorris", department]


def test_what_is_not_known_is_to_be_completed_before_the_number(desk: Desk) -> None:
    with factories.as_worker():
        RoadSection.objects.update(status=None, built_up=None)
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    with pytest.raises(Invalid, match="compléter"):
        desk.final(one, letter)
    assert kept(Letter, pk=letter.pk).state == "draft"


def test_an_order_that_nobody_signs_is_not_numbered(desk: Desk) -> None:
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    with pytest.raises(Invalid) as refused:
        desk.final(one, letter, signatory=" ")
    assert (refused.value.extra["parameter"], kept(Letter, pk=letter.pk).state) == ("signatory", "draft")


@pytest.mark.parametrize("code", [TRAFFIC, PERMISSION, PARKING])
def test_the_published_order_has_its_number_and_names_no_person(desk: Desk, code: str) -> None:
    one = desk.work(desk.enter())
    letter = desk.final(one, desk.begin(one, code))
    made = desk.publish(one, letter)
    with acting_as(ANONYMOUS):
        shown = publication.get_published_order(made.pk)
        listed = [order.number for order in publication.list_orders(this_day())]
    pdf = bytes(kept(WorkOrderFile, order=shown).pdf)
    text = text_of(pdf)
    assert listed == [letter.number]
    assert str(letter.number) in text
    assert "Tanneurs" in text
    for secret in ("Jeanne", "Exemple", "Lilas", "jeanne@demo.invalid", "06 39 98"):
        assert secret not in text
        assert secret.encode() not in pdf
    assert hashlib.sha256(pdf).hexdigest() == shown.sha256
    locked = kept(Letter, pk=letter.pk)
    assert "Jeanne Exemple" in text_of(bytes(locked.pdf or b""))
    assert kept(WorkRequest, pk=one.pk).state == "published"


def test_a_company_may_be_named(desk: Desk) -> None:
    one = desk.work(desk.enter(applicant_name="Réseaux du Lys SAS", is_company=True))
    made = desk.publish(one, desk.final(one, desk.begin(one)))
    assert "Réseaux du Lys SAS" in text_of(bytes(kept(WorkOrderFile, order=made).pdf))


@pytest.mark.parametrize(
    "words",
    ["demandé par Jeanne Exemple", "demandé par EXEMPLE Jeanne",
     "de M. Exemple", "Mme EXEMPLE", "jeanne@demo.invalid",
     "tél. 0639980003", "tél. +33 6 39 98 00 03"],
)  # fmt: skip
def test_an_order_that_names_the_person_is_not_numbered(desk: Desk, words: str) -> None:
    one = desk.work(desk.enter())
    letter = desk.begin(one)
    with pytest.raises(Invalid, match="bénéficiaire"):
        desk.final(one, letter, body=f"{letter.body}\n\n{words}.")
    assert kept(Letter, pk=letter.pk).state == "draft"


def test_works_repeat_none_of_the_words_of_a_request(desk: Desk) -> None:
    one = desk.enter(description="Branchement de Jeanne Exemple", place="12 rue des Tanneurs, chez Mme Exemple")
    with desk.as_():
        work = requests.make_work(one, version=one.version, rights=desk.rights())
    assert "Exemple" not in f"{work.title} {work.description} {work.place}"


def test_an_order_whose_place_names_the_person_is_not_numbered(desk: Desk) -> None:
    one = desk.work(desk.enter(place="12 rue des Tanneurs, chez Mme Exemple"))
    with factories.as_worker():
        Work.objects.filter(pk=one.work_id).update(place="chez Mme Exemple")
    one = kept(WorkRequest, pk=one.pk)
    letter = desk.begin(one)
    with pytest.raises(Invalid, match="bénéficiaire"):
        desk.final(one, letter)


def test_the_order_of_a_refused_request_is_not_published(desk: Desk) -> None:
    one = desk.work(desk.enter())
    letter = desk.final(one, desk.begin(one))
    with desk.as_():
        found = requests.request_seen_by(one.pk, desk.rights())
        requests.decide(found, accepted=False, version=found.version, rights=desk.rights())
    with pytest.raises(Conflict, match="refusée"):
        desk.publish(one, letter)


def test_a_refusal_names_and_is_not_published(desk: Desk) -> None:
    one = desk.enter()
    letter = desk.final(one, desk.begin(one, REFUSAL), body="Madame Exemple, votre demande est refusée : fête votive.")
    assert kept(WorkRequest, pk=one.pk).state == "refused"
    with pytest.raises(Invalid, match="refus"):
        desk.publish(one, letter)


def test_a_draft_is_not_published(desk: Desk) -> None:
    one = desk.work(desk.enter())
    with pytest.raises(Conflict):
        desk.publish(one, desk.begin(one))


def test_everybody_reads_published_orders(desk: Desk) -> None:
    one = desk.work(desk.enter())
    made = desk.publish(one, desk.final(one, desk.begin(one)))
    page = Client().get("/travaux/arretes/")
    assert made.number in page.content.decode()
    assert "Jeanne" not in page.content.decode()
    feed = Client().get("/travaux/arretes/?format=atom")
    assert feed["Content-Type"].startswith("application/atom+xml")
    assert made.number in feed.content.decode()
    pdf = Client().get(f"/travaux/arretes/{made.pk}.pdf")
    assert (pdf.status_code, pdf["Content-Type"], pdf.content[:5]) == (200, "application/pdf", b"%PDF-")


def test_a_place_with_control_characters_does_not_break_the_feed(desk: Desk) -> None:
    one = desk.work(desk.enter(), place="rue\x0bHaute")
    desk.publish(one, desk.final(one, desk.begin(one)))
    feed = Client().get("/travaux/arretes/?format=atom")
    assert (feed.status_code, "rueHaute" in feed.content.decode()) == (200, True)


def test_a_long_list_of_orders_goes_on_page_after_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    paged = replace(PUBLIC_ORDERS, pager=Pager(rows=2))
    monkeypatch.setattr("networks.roadworks.pages.public_orders.PUBLIC_ORDERS", paged)
    for rank in range(3):
        with factories.as_owner():
            WorkOrder.objects.create(
                owner=desk.network.member, number=f"VOI-{rank}", title="Essai", kind=TRAFFIC, insee="45901",
                communes=["45901"], place="rue", starts_on=this_day(), ends_on=this_day(),
                over_at=timezone.now() + timedelta(days=1), letter_id=rank + 1, sha256="",
            )  # fmt: skip
    first = Client().get("/travaux/arretes/?insee=45901", headers={"accept": "text/html"}).content.decode()
    assert "VOI-2" in first
    assert "VOI-0" not in first
    assert "3 arrêtés" in first
    assert 'href="?insee=45901&amp;offset=2"' in first
    former = Client().get("/travaux/arretes/?insee=45901&page=2", headers={"accept": "text/html"})
    assert former["Location"] == "/travaux/arretes/?insee=45901&offset=2"
    second = Client().get(former["Location"], headers={"accept": "text/html"}).content.decode()
    assert "VOI-0" in second
    assert "VOI-2" not in second
    assert Client().get("/travaux/arretes/?page=%C3%A9")["Location"] == "/travaux/arretes/?offset=0"


# -- detours on works -------------------------------------------------------------------------------------------------


def test_the_detour_of_announced_works_is_everybodys(desk: Desk) -> None:
    one = desk.work(desk.enter(), state="draft")
    assert one.work is not None
    with desk.as_():
        keeping.keep_detours(one.work, GAUGES["44"][1], "44 t", rights=desk.rights())
    with acting_as(ANONYMOUS):
        assert not WorkDetour.objects.exists()
    with desk.as_():
        Work.objects.filter(pk=one.work.pk).update(state="planned")
    with acting_as(ANONYMOUS):
        assert kept(WorkDetour).direction == "dans les deux sens"


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.PERMIT_INSTRUCTOR])
def test_others_keep_no_detour(desk: Desk, who: str) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_(who), pytest.raises(Forbidden):
        keeping.keep_detours(one.work, GAUGES["44"][1], "44 t", rights=desk.rights(who))


def test_a_detour_changed_by_hand_tells_its_own_roads(desk: Desk) -> None:
    one = desk.work(desk.enter())
    section(desk.network.member, (0, 200), (0, 500), (400, 500), (400, 200), name_left="chemin Vert")
    assert one.work is not None
    with desk.as_():
        ((made,), _found) = keeping.keep_detours(one.work, GAUGES["cars"][1], "VL", rights=desk.rights())
        drawn = line((0, 200), (0, 500), (400, 500), (400, 200))
    edit = Edit(action="update", id=made.pk, version=1, properties={}, geometry=drawn)
    desk.network.edit("works-detours", [edit])
    with desk.as_():
        assert keeping.sheet_of(kept(WorkDetour, pk=made.pk)).startswith("Prendre le chemin Vert sur 1")


def test_a_detour_takes_the_place_of_that_for_the_same_vehicles_alone(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_():
        for label in ("VL", "PL", "VL"):
            keeping.keep_detours(one.work, GAUGES["cars"][1], label, rights=desk.rights())
        assert sorted(WorkDetour.objects.values_list("gauge", flat=True)) == ["PL", "VL"]


def limited_desk(desk: Desk) -> str:
    """The address of the detour of works that no lorry of 44 t gets around."""
    one = desk.work(desk.enter())
    with factories.as_worker():
        RoadSection.objects.filter(name_left="rue du Pont").update(max_weight_t=19)
    return f"/voirie/travaux/{one.work_id}/deviation/"


def asked(desk: Desk, address: str, gauge: str) -> str:
    client = desk.network.client()
    answer = client.post(address, {"do": "keep", "gauge": gauge}, headers={"accept": "text/html"}, follow=True)
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def test_why_there_is_no_detour_is_said_once_with_the_vehicle_that_passes(desk: Desk) -> None:
    page = asked(desk, limited_desk(desk), "44")
    assert page.count("coupe le seul passage") == 1
    assert "Vers l’est, vers l’ouest : aucun itinéraire pour « Tous véhicules, jusqu’à 44 t »" in page
    assert "la limite de 19 t (poids) de « rue du Pont » (Lorris)" in page
    assert '<option value="19" selected>' in page


def test_the_limit_that_cuts_the_way_is_drawn(desk: Desk) -> None:
    page = asked(desk, limited_desk(desk), "44")
    assert re.search(r'<path class="blocked" d="M[^"]+"/><text class="limit" x="\d+" y="\d+">19 t</text>', page)


def test_the_vehicles_of_a_kept_detour_stay_chosen(desk: Desk) -> None:
    address = limited_desk(desk)
    asked(desk, address, "cars")
    page = desk.network.client().get(address, headers={"accept": "text/html"}).content.decode()
    assert '<option value="cars" selected>' in page


def test_a_detour_is_dropped_with_its_works(desk: Desk) -> None:
    one = desk.work(desk.enter())
    assert one.work is not None
    with desk.as_():
        ((made,), _found) = keeping.keep_detours(one.work, GAUGES["cars"][1], "VL", rights=desk.rights())
        keeping.drop(one.work, made.pk, rights=desk.rights())
        assert not WorkDetour.objects.exists()
        keeping.keep_detours(one.work, GAUGES["cars"][1], "VL", rights=desk.rights())
        with connection.cursor() as cursor:  # as the shared editing does
            cursor.execute("delete from road_work where id = %s", [one.work.pk])
        assert not WorkDetour.objects.exists()
        assert kept(WorkRequest, pk=one.pk).work_id is None


# -- pages ------------------------------------------------------------------------------------------------------------


def test_from_the_paper_to_the_published_order(desk: Desk, settings: Any) -> None:
    """As the counter and the technician do it, in their pages."""
    counter, desk_client = desk.network.client(Role.TOWN_HALL), desk.network.client()
    typed = {name: (value.isoformat() if isinstance(value, date) else value) for name, value in given_request().items()}
    answer = counter.post("/voirie/demandes/nouvelle/", typed | {"member": desk.network.member.slug})
    assert answer.status_code == 302, answer.content.decode()[:2000]
    here = answer["Location"]
    pk = int(here.rstrip("/").rpartition("/")[2])

    def done(**given: Any) -> str:
        version = kept(WorkRequest, pk=pk).version
        answer = desk_client.post(here, given | {"version": version})
        assert answer.status_code == 302, answer.content.decode()
        return str(answer["Location"])

    done(do="work")
    with factories.as_owner():
        work = WorkRequest.objects.get(pk=pk).work
    assert work is not None
    with desk.as_():
        Work.objects.filter(pk=work.pk).update(measure="closed", state="planned")
    assert desk_client.post(f"/voirie/travaux/{work.pk}/deviation/", {"do": "keep", "gauge": "44"}).status_code == 302
    page = desk_client.get(f"/voirie/travaux/{work.pk}/deviation/").content.decode()
    assert "rue du Pont" in page
    assert "<svg" in page
    letter = done(do="letter", kind=TRAFFIC)
    draft = kept(Letter)
    words = {name: getattr(draft, name) for name in ("title", "recipient", "body", "version")}
    words["signatory"] = "Le maire, Camille Signe"
    words["body"] = completed(words["body"])
    assert desk_client.post(letter, words | {"action": "final"}).status_code == 302
    assert desk_client.get(f"{letter}pdf/").content[:5] == b"%PDF-"
    assert counter.get(f"{letter}pdf/").status_code == 200
    done(do="publish", letter=draft.pk)
    order = kept(WorkOrder)
    assert order.number.startswith("VOI-")
    text = text_of(Client().get(f"/travaux/arretes/{order.pk}.pdf").content)
    assert "rue du Pont" in text
    assert "Exemple" not in text


def test_a_page_keeps_what_was_typed_when_it_is_refused(desk: Desk) -> None:
    typed = {name: (value.isoformat() if isinstance(value, date) else value) for name, value in given_request().items()}
    given = typed | {"member": desk.network.member.slug, "kind": "permission"}
    answer = desk.network.client().post("/voirie/demandes/nouvelle/", given, headers={"accept": "text/html"})
    assert answer.status_code == 400
    assert "Jeanne Exemple" in answer.content.decode()


def test_pieces_are_read_by_their_content(desk: Desk) -> None:
    one, client = desk.enter(), desk.network.client()
    made = pypdfium2.PdfDocument.new()
    made.new_page(200, 200)
    content = BytesIO()
    made.save(content)
    good = client.post(
        f"/voirie/demandes/{one.pk}/pieces/", {"file": SimpleUploadedFile("plan.pdf", content.getvalue())}
    )
    assert good.status_code == 302, good.content.decode()
    bad = client.post(f"/voirie/demandes/{one.pk}/pieces/", {"file": SimpleUploadedFile("plan.pdf", b"MZ virus")})
    assert bad.status_code == 400
    with desk.as_():
        (piece,) = one.documents.all()
    address = f"/voirie/demandes/{one.pk}/pieces/{piece.pk}/"
    assert b"".join(client.get(address)).startswith(b"%PDF-")
    assert desk.network.client(Role.READER).get(address).status_code == 404
    version = kept(WorkRequest, pk=one.pk).version
    removal = {"do": "remove", "piece": piece.pk, "version": version, "reason": "En double"}
    client.post(f"/voirie/demandes/{one.pk}/", removal)
    assert kept(WorkPiece, pk=piece.pk).removed_reason == "En double"
    assert b"".join(client.get(address)).startswith(b"%PDF-")


# -- what is not kept for ever ----------------------------------------------------------------------------------------


def test_who_asked_is_forgotten_after_some_years(desk: Desk, settings: Any) -> None:
    settings.ROAD_REQUEST_YEARS = 5
    old = {"received_date": date(2020, 1, 1), "starts_on": date(2020, 2, 1), "ends_on": date(2020, 2, 3)}
    person, company = desk.enter(**old), desk.enter(**old, is_company=True, applicant_name="Réseaux du Lys")
    recent = desk.enter()
    draft = desk.begin(person)
    with factories.as_worker():
        assert forget_old() == 2
    with factories.as_owner():
        names = {one.pk: one.applicant_name for one in WorkRequest.objects.all()}
        assert not Letter.objects.filter(pk=draft.pk).exists()
        told = {one.pk: (one.place, one.description) for one in WorkRequest.objects.all()}
    assert told[person.pk] == ("", "")
    assert told[company.pk] == told[recent.pk] == (given_request()["place"], given_request()["description"])
    assert names == {person.pk: "", company.pk: "Réseaux du Lys", recent.pk: "Jeanne Exemple"}
    with factories.as_owner():
        assert not HistoryEvent.objects.filter(table__contains="road_request").exists()


def test_a_forgotten_request_is_still_read(desk: Desk, settings: Any) -> None:
    settings.ROAD_REQUEST_YEARS = 5
    old = {"received_date": date(2020, 1, 1), "starts_on": date(2020, 2, 1), "ends_on": date(2020, 2, 3)}
    one = desk.enter(**old)
    with factories.as_worker():
        forget_old()
    client = desk.network.client()
    for path in ("/voirie/demandes/?state=", f"/voirie/demandes/{one.pk}/"):
        page = client.get(path, headers={"accept": "text/html"}).content.decode()
        assert "lieu effacé" in page
        assert "Tanneurs" not in page


@pytest.mark.true_clock
def test_sendings_cut_short_are_swept_a_day_later_and_whole_files_stay(
    desk: Desk, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = tmp_path
    one = desk.enter()
    with factories.as_owner():
        piece = WorkPiece.objects.create(request=one, title="Plan", media_type="image/jpeg", size_bytes=1, sha256="")
    kept_file, folder = DOCUMENTS.path_of(piece), DOCUMENTS.path_of(piece).parent
    lost, fresh = folder / f"{uuid4()}.part", folder / f"{uuid4()}.part"
    whole, committed = folder / str(uuid4()), kept_file.with_suffix(".part")
    folder.mkdir(parents=True)
    for path in (lost, fresh, kept_file, whole, committed):
        path.write_bytes(b"x")
    for path in (lost, kept_file, whole, committed):
        os.utime(path, (0, 0))
    with factories.as_worker():
        assert DOCUMENTS.remove_partial_files() == 1
    assert sorted(folder.iterdir()) == sorted([kept_file, fresh, whole, committed])


def test_nothing_is_swept_where_nothing_was_sent(db: None, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "none"
    with factories.as_worker():
        assert DOCUMENTS.remove_partial_files() == 0

"""Consultations: whom the ground suggests, requests, receipts, answers, and their page."""

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.core import mail

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Role
from layers.catalogue.models import Layer
from layers.parcels.points import SECTIONS
from permits.deadlines.opinions import Body, OpinionStatus, Protection
from permits.models import Consultation, Event, Permit
from permits.procedure import State
from permits.services import consulting
from permits.services.consulting import Request, answer, answer_status, receive, request_opinion
from permits.services.suggesting import Suggestion, suggest
from tests import factories
from tests.permits import grounds
from tests.permits.conftest import World
from tests.wiring import give

X, Y = factories.ORIGIN


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 10))


def suggested(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR) -> dict[str, Suggestion]:
    with world.as_(who):
        return {one.body.value: one for one in suggest(permit, world.rights(who)).suggestions}


def asked(world: World, permit: Permit, body: str = "abf", **given: Any) -> Consultation:
    defaults: dict[str, Any] = {"requested_date": date(2026, 1, 12)}
    with world.as_():
        user = world.people[Role.PERMIT_INSTRUCTOR]
        return request_opinion(permit, Request(body=body, **defaults | given), user=user, rights=world.rights())


def said(world: World, one: Consultation, opinion: str, on: date, **given: Any) -> Consultation:
    with world.as_():
        return answer(one, opinion=opinion, answered=on, rights=world.rights(), **given)


def opinions(world: World, permit: Permit) -> list[tuple[str, date]]:
    with world.as_():
        events = Event.objects.current().filter(permit=permit, what="architect_said")
        return [(event.detail["opinion"], event.on_date) for event in events]


# -- whom to ask ------------------------------------------------------------------------------------------------------


def test_nothing_is_suggested_where_nothing_crosses(world: World) -> None:
    assert suggested(world, world.file()) == {}


def test_surroundings_of_a_monument_suggest_the_architect_and_say_what_crosses(world: World) -> None:
    grounds.easement("AC1", factories.square(X + 50, Y))
    one = suggested(world, world.file())["abf"]
    (reason,) = one.reasons
    assert (reason.title, reason.layer, reason.uncertain) == ("AC1 · Église", "sup-assiettes-surf", False)
    assert reason.share == pytest.approx(0.5, abs=0.001)
    assert reason.area_m2 == pytest.approx(5_000, rel=0.01)
    assert "R.423-54" in reason.why
    assert one.protections == {Protection.SURROUNDINGS}
    assert one.rule is not None
    assert (one.rule.article, one.rule.months) == ("R.423-67", 2)


@pytest.mark.parametrize(
    ("category", "body"),
    [
        ("AC1", Body.ABF),
        ("AC2", Body.ABF),
        ("AC4", Body.ABF),
        ("I4", Body.ELECTRICITY),
        ("AS1", Body.WATER),
        ("EL7", Body.ROADS),
        ("PM1", Body.PREFECTURE),
        ("I3", Body.OTHER),
    ],
)
def test_each_category_of_easement_suggests_its_body(world: World, category: str, body: Body) -> None:
    grounds.easement(category)
    assert list(suggested(world, world.file())) == [body.value]


def test_an_easement_of_another_category_suggests_nobody(world: World) -> None:
    grounds.easement("T7")
    assert suggested(world, world.file()) == {}


def test_a_zone_of_a_risk_plan_suggests_the_state_services(world: World) -> None:
    grounds.risk_zone()
    (reason,) = suggested(world, world.file())["prefecture"].reasons
    assert (reason.title, reason.detail) == ("R1", "Aléa fort")


def test_a_public_building_of_which_a_longer_delay_was_notified_suggests_the_fire_service(world: World) -> None:
    permit = world.record(world.file(), "longer_notified", date(2026, 1, 20), grounds=["public_building"])
    assert list(suggested(world, permit)) == ["sdis"]


@pytest.mark.parametrize("address", ["12 RD 948", "route départementale 44", "3 D948", "RN 20"])
def test_a_numbered_road_suggests_its_manager(world: World, address: str) -> None:
    assert list(suggested(world, world.file(address=address))) == ["roads"]


def test_a_street_suggests_nobody(world: World) -> None:
    assert suggested(world, world.file(address="12 rue du Dr Roux")) == {}


def test_two_pipes_of_two_operators_are_two_suggestions(world: World) -> None:
    grounds.easement("I3", manager="GRTgaz")
    grounds.easement("I1", manager="Trapil")
    with world.as_():
        found = suggest(world.file(), world.rights()).suggestions
    assert [one.name for one in found] == ["GRTgaz", "Trapil"]


def test_a_limit_to_be_checked_is_told_and_does_not_change_the_delay(world: World) -> None:
    grounds.easement("AC1", factories.square(X + 99.99, Y))
    one = suggested(world, world.file())["abf"]
    assert one.reasons[0].uncertain
    assert one.rule is not None
    assert one.rule.article == "R.423-59"


def test_what_the_asker_does_not_see_suggests_nothing(world: World) -> None:
    grounds.easement("AC1")
    with factories.as_owner():
        for layer in Layer.objects.filter(slug__startswith="sup-assiettes"):
            layer.visibility, layer.owner = Layer.Visibility.OWNER, world.other
            layer.save()
    permit = world.file()
    with world.as_():
        found = suggest(permit, world.rights())
    assert not found.suggestions
    assert "Servitudes" not in found.read
    assert "Risques" in found.read


def test_a_section_that_cannot_be_read_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: Any) -> Any:
        raise ValueError

    grounds.risk_zone()
    easements = SECTIONS.get("easements")
    give(monkeypatch, SECTIONS, replace(easements, collect=broken))
    permit = world.file()
    with world.as_():
        found = suggest(permit, world.rights())
    assert [one.body for one in found.suggestions] == [Body.PREFECTURE]
    assert found.notes == ["« Servitudes » n’a pas pu être lu : rien n’en est suggéré."]


def test_parcels_that_are_gone_are_asked_by_their_shape_at_the_filing(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    with factories.as_owner():
        permit.idus = ["45901000ZZ0001"]
        permit.save()
    assert list(suggested(world, permit)) == ["abf"]


def test_a_file_without_ground_says_that_nothing_is_known(world: World) -> None:
    permit = world.file(parcels=[])
    with world.as_():
        found = suggest(permit, world.rights())
    assert (found.suggestions, found.read, len(found.notes)) == ([], [], 1)


def test_suggesting_asks_nobody(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file()
    suggested(world, permit)
    with world.as_():
        assert not permit.consultations.exists()
    assert not mail.outbox


# -- asking -----------------------------------------------------------------------------------------------------------


def test_a_request_keeps_its_delay_its_article_and_why(world: World) -> None:
    grounds.easement("AC1")
    one = asked(world, world.file(), received=date(2026, 1, 14))
    assert (one.months, one.article, one.silence, one.due_date) == (2, "R.423-67", "favourable", date(2026, 3, 14))
    assert [reason["title"] for reason in one.reason] == ["AC1 · Église"]


def test_without_a_receipt_the_delay_runs_from_the_request(world: World) -> None:
    assert asked(world, world.file(), "roads").due_date == date(2026, 2, 12)


def test_the_receipt_moves_the_last_day(world: World) -> None:
    one = asked(world, world.file(), "roads")
    with world.as_():
        kept = receive(one, date(2026, 1, 20), rights=world.rights())
    assert (kept.received_date, kept.due_date) == (date(2026, 1, 20), date(2026, 2, 20))


def test_a_delay_entered_by_hand_has_its_article(world: World) -> None:
    one = asked(world, world.file(), "prefecture", months=3, article="R.423-60", silence="")
    assert (one.months, one.article, one.silence, one.due_date) == (3, "R.423-60", "", date(2026, 4, 12))


@pytest.mark.parametrize(
    ("given", "parameter"),
    [
        ({"body": "nobody"}, "body"),
        ({"body": "other"}, "name"),
        ({"requested_date": date(2026, 1, 4)}, "asked"),
        ({"requested_date": date(2026, 2, 11)}, "asked"),
        ({"received": date(2026, 1, 11)}, "received"),
        ({"received": date(2026, 2, 11)}, "received"),
        ({"mail": True}, "email"),
        ({"months": 13, "article": "x"}, "months"),
        ({"months": 0, "article": "x"}, "months"),
        ({"months": 2}, "article"),
        ({"months": 2, "article": "x", "silence": "maybe"}, "silence"),
    ],
)
def test_an_impossible_request_is_refused_in_words(world: World, given: dict[str, Any], parameter: str) -> None:
    permit = world.file()
    with pytest.raises(Invalid) as refused:
        asked(world, permit, **given)
    assert refused.value.extra["parameter"] == parameter
    with world.as_():
        assert not permit.consultations.exists()


def test_a_body_without_a_known_delay_asks_for_one(world: World) -> None:
    with pytest.raises(Invalid, match="Aucun délai"):
        asked(world, world.file(kind="CUa"), "water")


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.NETWORK_TECHNICIAN])
def test_only_instructors_ask(world: World, who: str) -> None:
    permit = world.file()
    request = Request(body="roads", requested_date=date(2026, 1, 12))
    with world.as_(who), pytest.raises(Forbidden):
        request_opinion(permit, request, user=world.people[who], rights=world.rights(who))


# -- answers ----------------------------------------------------------------------------------------------------------


def test_silence_is_read_and_never_written(world: World) -> None:
    one = asked(world, world.file(), "roads")
    assert answer_status(one, date(2026, 2, 12)).status == OpinionStatus.WAITING
    assert answer_status(one, date(2026, 2, 13)).status == OpinionStatus.TACIT
    with world.as_():
        assert Consultation.objects.get().opinion == ""


@pytest.mark.parametrize("opinion", ["unfavourable", "with_prescriptions"])
def test_the_architect_s_reserves_make_silence_a_refusal(world: World, opinion: str) -> None:
    permit = world.file()
    said(world, asked(world, permit), opinion, date(2026, 2, 5), text="Toiture à revoir.")
    assert opinions(world, permit) == [(opinion, date(2026, 2, 5))]


def test_the_architect_s_favourable_opinion_changes_nothing(world: World) -> None:
    permit = world.file()
    said(world, asked(world, permit), "favourable", date(2026, 2, 5))
    assert opinions(world, permit) == []


def test_another_body_s_refusal_is_no_event(world: World) -> None:
    permit = world.file()
    said(world, asked(world, permit, "roads"), "unfavourable", date(2026, 2, 5))
    assert opinions(world, permit) == []


def test_silence_refuses_after_the_architect_s_refusal(world: World, on_day: Any) -> None:
    permit = world.file()
    said(world, asked(world, permit), "unfavourable", date(2026, 2, 5))
    on_day(date(2026, 4, 6))
    permit = world.record(permit, "note", date(2026, 4, 6), note="x")
    assert (permit.state, permit.tacit) == (State.REFUSED, True)


def test_an_answer_that_makes_no_event_is_not_kept_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any, **_more: Any) -> None:
        raise Invalid("non")

    one = asked(world, world.file())
    monkeypatch.setattr(consulting, "record", refuse)
    with pytest.raises(Invalid):
        said(world, one, "unfavourable", date(2026, 2, 5))
    with world.as_():
        assert Consultation.objects.get().answered_date is None


@pytest.mark.parametrize("on", [date(2026, 1, 4), date(2026, 1, 11), date(2026, 2, 11)])
def test_an_answer_on_an_impossible_day_is_refused(world: World, on: date) -> None:
    one = asked(world, world.file())
    with pytest.raises(Invalid) as refused:
        said(world, one, "favourable", on)
    assert refused.value.extra["parameter"] == "answered"


def test_an_answer_is_corrected_with_its_reason_alone(world: World) -> None:
    permit = world.file()
    one = said(world, asked(world, permit), "unfavourable", date(2026, 2, 5))
    with pytest.raises(Conflict):
        said(world, one, "favourable", date(2026, 2, 6))
    corrected = said(world, one, "favourable", date(2026, 2, 6), reason="erreur de saisie")
    assert (corrected.opinion, corrected.answered_date) == ("favourable", date(2026, 2, 6))
    assert opinions(world, permit) == []
    with world.as_():
        assert Event.objects.get(what="architect_said").struck_reason == "erreur de saisie"


def test_a_receipt_after_the_answer_is_refused(world: World) -> None:
    one = said(world, asked(world, world.file()), "favourable", date(2026, 2, 5))
    with world.as_(), pytest.raises(Conflict):
        receive(one, date(2026, 2, 6), rights=world.rights())


# -- the page ---------------------------------------------------------------------------------------------------------


def page(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR, more: str = "") -> str:
    answer = world.client(who).get(f"/permis/{permit.number}/consultations/{more}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_the_page_shows_suggestions_with_a_button_that_asks(world: World) -> None:
    grounds.easement("AC1", factories.square(X + 50, Y))
    html = page(world, world.file())
    assert "Abords d’un monument historique" in html
    assert "50 %" in html.replace("\u00a0", " ").replace("\u202f", " ")
    assert 'href="?body=abf&amp;name=#ask"' in html


def test_the_button_fills_the_form(world: World) -> None:
    assert '<option value="water" selected>' in page(world, world.file(), more="?body=water")


def test_who_may_not_ask_reads_opinions_without_forms(world: World) -> None:
    permit = world.file()
    asked(world, permit, "roads")
    html = page(world, permit, Role.TOWN_HALL)
    assert "Réponse attendue jusqu’au 12 février 2026" in html
    assert "Demander un avis" not in html
    assert "Enregistrer l’avis" not in html


def test_a_wrong_form_keeps_what_was_typed(world: World) -> None:
    permit = world.file()
    form = {"body": "roads", "asked": "2026-01-01", "name": "Département"}
    answer = world.client().post(f"/permis/{permit.number}/consultations/", form, headers={"accept": "text/html"})
    html = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="Département"' in html
    assert "Le dossier a été déposé le 05/01/2026" in html


def test_an_answer_is_recorded_on_the_page(world: World) -> None:
    permit = world.file()
    one = asked(world, permit)
    address = f"/permis/{permit.number}/consultations/{one.pk}/"
    form = {"do": "answer", "opinion": "unfavourable", "answered": "2026-02-05", "text": "Non."}
    assert world.client().post(address, form).status_code == 302
    assert "Avis du 5 février 2026 : défavorable" in page(world, permit)


def test_a_wrong_answer_opens_its_form_again(world: World) -> None:
    permit = world.file()
    one = asked(world, permit)
    form = {"do": "answer", "opinion": "", "answered": "2026-02-05", "text": "Toiture"}
    answer = world.client().post(
        f"/permis/{permit.number}/consultations/{one.pk}/", form, headers={"accept": "text/html"}
    )
    assert answer.status_code == 400
    assert re.search(r"<details open>.*Toiture", answer.content.decode(), re.DOTALL)


def test_a_receipt_is_recorded_on_the_page(world: World) -> None:
    permit = world.file()
    one = asked(world, permit, "roads")
    address = f"/permis/{permit.number}/consultations/{one.pk}/"
    assert world.client().post(address, {"do": "receipt", "received": "2026-01-20"}).status_code == 302
    assert "reçu le 20 janvier 2026" in page(world, permit)


def test_an_opinion_of_another_file_is_not_there(world: World) -> None:
    one = asked(world, world.file(), "roads")
    other = world.file(filed_date=date(2026, 1, 6))
    assert world.client().get(f"/permis/{other.number}/consultations/{one.pk}/").status_code == 404


def test_a_page_of_many_opinions_asks_few_questions(world: World, django_assert_max_num_queries: Any) -> None:
    permit = world.file()
    for _rank in range(12):
        asked(world, permit, "roads")
    client = world.client()
    client.get(f"/permis/{permit.number}/consultations/")
    with django_assert_max_num_queries(30):
        client.get(f"/permis/{permit.number}/consultations/")

"""Requests by mail: sent when sent, dated of that day, told where they fail; what their links open."""

import re
from datetime import date
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core.mail import EmailMessage

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Role
from permits.deadlines.opinions import OpinionStatus
from permits.models import Consultation, ConsultationLink, Permit
from permits.services.consulting import Request, answer_status, receive, request_opinion, revoke_link, send_again
from tests.permits import grounds
from tests.permits.conftest import World
from tests.permits.mails import deliver

HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def winter(on_day: Any) -> None:
    on_day(date(2026, 2, 10))


def asked(world: World, permit: Permit, body: str = "roads", **given: Any) -> Consultation:
    defaults: dict[str, Any] = {"requested_date": date(2026, 2, 10), "email": "routes@example.org", "mail": True}
    with world.as_():
        user = world.people[Role.PERMIT_INSTRUCTOR]
        return request_opinion(permit, Request(body=body, **defaults | given), user=user, rights=world.rights())


def now(world: World) -> Consultation:
    with world.as_():
        return Consultation.objects.get()


def page(world: World, permit: Permit) -> str:
    text = world.client().get(f"/permis/{permit.number}/consultations/", headers=HTML).content.decode()
    return re.sub(r"\s+", " ", text)


def refuse_mail(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(_self: EmailMessage, **_given: Any) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", refuse)


def test_the_mail_tells_what_crosses_and_nothing_of_the_applicant(world: World) -> None:
    grounds.easement("AC1")
    permit = world.file(description="Maison de Jeanne Martin", address="1 rue des Lilas")
    asked(world, permit, "abf", email="udap@example.org")
    (message,) = deliver()
    assert message.to == ["udap@example.org"]
    assert message.reply_to == [world.people[Role.PERMIT_INSTRUCTOR].email]
    assert "Lorris" in message.subject
    body = str(message.body)
    assert "AC1 · Église" in body
    assert "45901000AB0001" in body
    assert "Vous avez 2 mois" in body
    assert not re.search(r"Jeanne|Martin|Lilas|jeanne@", message.subject + body)


def test_it_is_not_sent_before_it_left(world: World) -> None:
    permit = world.file()
    asked(world, permit)
    one = now(world)
    assert (one.mail_state, one.mailed_at) == ("waiting", None)
    text = page(world, permit)
    assert "Son courriel va partir" in text
    assert "courriel envoyé le" not in text


def test_it_is_asked_on_the_day_on_which_the_mail_leaves(world: World, on_day: Any) -> None:
    permit = world.file()
    asked(world, permit)
    on_day(date(2026, 2, 12))
    (message,) = deliver()
    one = now(world)
    assert "Votre avis est demandé ce 12 février 2026" in str(message.body)
    assert (one.mail_state, one.requested_date, one.due_date) == ("sent", date(2026, 2, 12), date(2026, 3, 12))
    assert "courriel envoyé le 12 février 2026" in page(world, permit)
    with world.as_():
        assert ConsultationLink.objects.get().expires_date == date(2026, 4, 11)


def test_another_day_than_today_is_refused_of_a_mail(world: World) -> None:
    permit = world.file()
    form = {"body": "roads", "asked": "2026-02-09", "email": "routes@example.org", "mail": "on", "name": "Département"}
    answer = world.client().post(f"/permis/{permit.number}/consultations/", form, headers=HTML)
    assert answer.status_code == 400
    assert 'value="Département"' in answer.content.decode()
    with world.as_():
        assert not Consultation.objects.exists()


def test_a_mail_that_does_not_leave_is_told_with_its_reason_and_no_delay_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    permit = world.file()
    asked(world, permit)
    refused = SMTPRecipientsRefused({"routes@example.org": (550, b"No such user here")})
    refuse_mail(monkeypatch, refused)
    deliver()
    one = now(world)
    assert (one.mail_state, one.mailed_at) == ("failed", None)
    assert answer_status(one, date(2026, 12, 1)).status == OpinionStatus.WAITING
    text = page(world, permit)
    assert "No such user here" in text
    assert "n’est pas parti" in text


def test_a_mail_server_that_does_not_answer_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked(world, world.file())
    refuse_mail(monkeypatch, ConnectionRefusedError("refused"))
    deliver()
    assert (now(world).mail_state, now(world).mail_error) == ("waiting", "refused")
    deliver(given_up=True)
    assert now(world).mail_state == "failed"
    monkeypatch.undo()


def test_a_failed_mail_is_sent_again_to_another_address(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    permit = world.file()
    one = asked(world, permit)
    with monkeypatch.context() as patch:
        refuse_mail(patch, SMTPRecipientsRefused({"routes@example.org": (550, b"unknown")}))
        deliver()
    address = f"/permis/{permit.number}/consultations/{one.pk}/envoi/"
    assert world.client().post(address, {"do": "send", "email": "voirie@example.org"}).status_code == 302
    (message,) = deliver()
    assert message.to == ["voirie@example.org"]
    assert (now(world).mail_state, now(world).mail_error, now(world).email) == ("sent", "", "voirie@example.org")


def test_a_mail_sent_again_changes_no_date_and_closes_the_former_link(world: World, on_day: Any) -> None:
    one = asked(world, world.file())
    deliver()
    on_day(date(2026, 2, 20))
    with world.as_():
        send_again(one, email="routes@example.org", documents=(), rights=world.rights())
    deliver()
    assert (now(world).requested_date, now(world).due_date) == (date(2026, 2, 10), date(2026, 3, 10))
    with world.as_():
        assert [link.revoked_at is None for link in ConsultationLink.objects.order_by("id")] == [False, True]


def test_a_wrong_address_is_said_in_words_and_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    permit = world.file()
    one = asked(world, permit)
    deliver()
    address = f"/permis/{permit.number}/consultations/{one.pk}/envoi/"
    answer = world.client().post(address, {"do": "send", "email": "pas une adresse"}, headers=HTML)
    assert answer.status_code == 400
    assert 'value="pas une adresse"' in answer.content.decode()


def test_what_was_not_asked_by_mail_is_not_sent_again(world: World) -> None:
    one = asked(world, world.file(), mail=False)
    with world.as_(), pytest.raises(Conflict):
        send_again(one, email="routes@example.org", documents=(), rights=world.rights())


def test_a_mail_is_not_ordered_twice(world: World) -> None:
    one = asked(world, world.file())
    with world.as_(), pytest.raises(Conflict):
        send_again(one, email="routes@example.org", documents=(), rights=world.rights())


def test_a_receipt_moves_the_end_of_the_link(world: World) -> None:
    one = asked(world, world.file())
    deliver()
    with world.as_():
        receive(one, date(2026, 2, 10), rights=world.rights())
        # A month from 10 February is 10 March, and 30 days later 9 April.
        assert ConsultationLink.objects.get().expires_date == date(2026, 4, 9)


def test_a_piece_of_another_file_is_not_offered(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        asked(world, world.file(), documents=[999_999])
    assert refused.value.extra["parameter"] == "documents"


@pytest.mark.parametrize("who", [Role.READER, Role.TOWN_HALL, Role.NETWORK_TECHNICIAN])
def test_only_instructors_send_again_or_close(world: World, who: str) -> None:
    one = asked(world, world.file())
    with world.as_(who):
        with pytest.raises(Forbidden):
            send_again(one, email="routes@example.org", documents=(), rights=world.rights(who))
        with pytest.raises(Forbidden):
            revoke_link(one, rights=world.rights(who))


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_other_methods_are_refused(world: World, method: str) -> None:
    permit = world.file()
    one = asked(world, permit)
    answer = getattr(world.client(), method)(f"/permis/{permit.number}/consultations/{one.pk}/envoi/")
    assert answer.status_code == 405

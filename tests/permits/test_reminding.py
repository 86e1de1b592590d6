"""Reminders: the daily digest, the choices of a person, the private calendar."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from gis_core.jobs.points import TASKS
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Membership, User
from permits import tasks
from permits.models import Permit, Reminder
from permits.services import reminding
from permits.services.consulting import Request, request_opinion
from permits.services.reminding import Digest, Group, claim, digest_of, fold_line, make_feed, send_digests
from tests import factories
from tests.permits.conftest import World

INSTRUCTOR = Role.PERMIT_INSTRUCTOR
POST = "dernier jour pour afficher la décision en mairie"
SEND = "dernier jour pour transmettre la décision au préfet"


@pytest.fixture(autouse=True)
def january(on_day: Any) -> None:
    on_day(date(2026, 1, 10))


def mine(world: World, **given: Any) -> Permit:
    """A file of the instructor: due on 5 April, notices until 5 February 2026."""
    return world.file(instructor=world.people[INSTRUCTOR].pk, **given)


def digest(world: World, day: date, who: str = INSTRUCTOR) -> Digest:
    with acting_as(SYSTEM):
        tasks.sweep(day)
    with world.as_(who):
        return digest_of(world.people[who], world.rights(who), day)


def told(world: World, day: date, who: str = INSTRUCTOR) -> dict[str, list[tuple[date, str]]]:
    found = digest(world, day, who).groups
    return {group.value: [(item.on, item.what) for item in items] for group, items in found.items() if items}


def consulted(world: World, permit: Permit, body: str = "roads", **given: Any) -> int:
    defaults: dict[str, Any] = {"requested_date": date(2026, 1, 9), "email": ""}
    with world.as_():
        user = world.people[INSTRUCTOR]
        return request_opinion(permit, Request(body=body, **defaults | given), user=user, rights=world.rights()).pk


# -- what a digest says -----------------------------------------------------------------------------------------------


def test_what_is_due_in_eight_days_is_not_told_yet(world: World) -> None:
    mine(world)
    assert told(world, date(2026, 1, 28)) == {}


def test_what_is_due_in_seven_days_is_told(world: World) -> None:
    mine(world)
    words = "dernier jour pour demander des pièces ou notifier un délai majoré"
    assert told(world, date(2026, 1, 29)) == {"due": [(date(2026, 2, 5), words)]}


def test_what_silence_will_grant_within_three_days_is_told_apart(world: World) -> None:
    mine(world)
    assert list(told(world, date(2026, 4, 1))) == ["due"]
    assert told(world, date(2026, 4, 2)) == {
        "tacit_soon": [(date(2026, 4, 5), "dernier jour pour notifier la décision")]
    }


def test_what_silence_will_refuse_is_merely_due(world: World) -> None:
    mine(world, silence_refuses=["demolition_in_registered_site"])
    assert list(told(world, date(2026, 4, 2))) == ["due"]


def test_what_silence_has_granted_is_told_the_day_after_and_no_more(world: World) -> None:
    mine(world)
    assert told(world, date(2026, 4, 6)) == {"late": [(date(2026, 4, 6), "accordé par le silence")]}
    assert told(world, date(2026, 4, 7)) == {"due": [(date(2026, 4, 14), POST)]}


def test_what_ended_on_a_week_end_is_told_on_monday(world: World) -> None:
    mine(world, filed_date=date(2026, 1, 3))
    assert date(2026, 4, 4).strftime("%A") == "Saturday"
    assert told(world, date(2026, 4, 6)) == {
        "late": [(date(2026, 4, 4), "accordé par le silence")],
        "due": [(date(2026, 4, 12), POST)],
    }


def test_pieces_that_did_not_come_are_told(world: World) -> None:
    world.record(mine(world), "pieces_asked", date(2026, 1, 9), pieces=["PC2"])
    assert list(told(world, date(2026, 4, 3))) == ["due"]
    assert told(world, date(2026, 4, 10)) == {"pieces": [(date(2026, 4, 10), "rejeté : les pièces ne sont pas venues")]}


def test_a_deadline_that_nothing_has_moved_on_is_told_as_passed(world: World) -> None:
    permit = mine(world)
    with factories.as_owner():
        Permit.objects.filter(pk=permit.pk).update(next_date=date(2026, 1, 20), next_what="due")
    with world.as_():
        found = digest_of(world.people[INSTRUCTOR], world.rights(), date(2026, 1, 22))
    assert [item.on for item in found.groups[Group.LATE]] == [date(2026, 1, 20)]


def test_opinions_that_are_due_or_tacit_are_told(world: World) -> None:
    consulted(world, mine(world))
    assert told(world, date(2026, 2, 5))["opinions"] == [
        (date(2026, 2, 9), "Gestionnaire de voirie : dernier jour pour répondre")
    ]
    assert told(world, date(2026, 2, 10))["opinions"] == [
        (date(2026, 2, 9), "Gestionnaire de voirie : avis tacite, favorable")
    ]
    assert "opinions" not in told(world, date(2026, 2, 11))


def test_an_opinion_whose_silence_is_not_known_is_told_as_missing_until_it_comes(world: World) -> None:
    consulted(world, mine(world), months=1, article="R.423-60")
    missing = [(date(2026, 2, 9), "Gestionnaire de voirie : sans réponse")]
    assert told(world, date(2026, 2, 10))["opinions"] == missing
    assert told(world, date(2026, 2, 20))["opinions"] == missing


# -- whose files ------------------------------------------------------------------------------------------------------


def second_instructor(world: World, role: str = INSTRUCTOR) -> User:
    return factories.user(world.member, role)


def test_a_file_is_told_to_its_instructor_alone(world: World) -> None:
    other = second_instructor(world)
    world.people["second"] = other
    mine(world)
    assert list(told(world, date(2026, 2, 4))) == ["due"]
    assert told(world, date(2026, 2, 4), "second") == {}


def test_a_file_without_instructor_is_told_to_all_of_the_member(world: World) -> None:
    world.people["second"] = second_instructor(world)
    world.file()
    assert list(told(world, date(2026, 2, 4))) == ["due"]
    assert list(told(world, date(2026, 2, 4), "second")) == ["due"]
    assert told(world, date(2026, 2, 4), Role.GIS_ADMINISTRATOR) == {}
    assert told(world, date(2026, 2, 4), "stranger") == {}


@pytest.mark.parametrize("gone", ["closed", "left", "other role"])
def test_a_file_of_somebody_who_is_gone_is_everybody_s(world: World, gone: str) -> None:
    person = second_instructor(world)
    world.file(instructor=person.pk)
    assert told(world, date(2026, 2, 4)) == {}
    with factories.as_owner():
        if gone == "closed":
            User.objects.filter(pk=person.pk).update(is_active=False)
        elif gone == "left":
            Membership.objects.filter(user=person).delete()
        else:
            Membership.objects.filter(user=person).update(role=Role.READER)
    assert list(told(world, date(2026, 2, 4))) == ["due"]


def test_without_permit_instructors_the_administrators_are_told(world: World) -> None:
    world.file()
    with factories.as_owner():
        Membership.objects.filter(role=INSTRUCTOR).update(role=Role.READER)
    assert list(told(world, date(2026, 2, 4), Role.GIS_ADMINISTRATOR)) == ["due"]


# -- the mail ---------------------------------------------------------------------------------------------------------


def sent(day: date = date(2026, 2, 4)) -> int:
    with factories.as_worker():
        return send_digests(day)


def test_the_mail_has_text_and_html_with_links_and_nothing_of_the_applicant(world: World, settings: Any) -> None:
    settings.SITE_URL = "https://sig.example.fr"
    permit = mine(world, description="Maison de Jeanne Martin", address="1 rue des Lilas")
    pk = consulted(world, permit)
    assert sent() == 1
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0].content)
    assert message.to == [world.people[INSTRUCTOR].email]
    assert message.subject == "Autorisations d’urbanisme : 2 échéances à suivre"
    for content in (str(message.body), html):
        assert f"https://sig.example.fr/permis/{permit.number}/" in content
        assert f"https://sig.example.fr/permis/{permit.number}/consultations/#consultation-{pk}" in content
        assert "https://sig.example.fr/permis/rappels/" in content
        assert "Lorris" in content
        assert "5 février" in content
        assert not re.search(r"Jeanne|Martin|Lilas", content)


def test_a_long_list_is_cut_and_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminding, "MOST_LINES", 2)
    for _rank in range(5):
        mine(world)
    sent()
    assert mail.outbox[0].subject == "Autorisations d’urbanisme : 5 échéances à suivre"
    assert str(mail.outbox[0].body).count("/permis/PC") == 2
    assert "et 3 autres" in str(mail.outbox[0].body)


def test_the_mail_is_in_the_person_s_language(world: World) -> None:
    mine(world)
    with factories.as_owner():
        User.objects.filter(pk=world.people[INSTRUCTOR].pk).update(language="en")
    sent()
    assert mail.outbox[0].subject == "Planning applications: 1 thing to follow"
    assert "Due in the next days".upper() in str(mail.outbox[0].body)


def test_nothing_to_say_is_no_mail(world: World) -> None:
    mine(world)
    assert sent(date(2026, 1, 12)) == 0
    assert not mail.outbox
    assert not Reminder.objects.exclude(sent_date=None).exists()


def test_nobody_is_written_to_twice_a_day(world: World) -> None:
    mine(world)
    assert (sent(), sent(), sent(date(2026, 2, 5))) == (1, 0, 1)


def test_who_wants_no_mail_gets_none(world: World) -> None:
    mine(world)
    reminding.choose_mail(world.people[INSTRUCTOR], by_mail=False)
    assert sent() == 0


def test_who_stops_the_mails_meanwhile_gets_none(world: World) -> None:
    person = world.people[INSTRUCTOR]
    reminding.choose_mail(person, by_mail=False)
    assert not claim(person, date(2026, 2, 4))


def test_a_closed_account_gets_none(world: World) -> None:
    mine(world)
    with factories.as_owner():
        User.objects.filter(pk=world.people[INSTRUCTOR].pk).update(is_active=False)
        Membership.objects.filter(role=Role.GIS_ADMINISTRATOR).delete()
    assert sent() == 0


def test_a_mail_that_fails_is_logged_and_the_others_go(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    second_instructor(world)
    world.file()
    send, tried = EmailMultiAlternatives.send, []

    def first_fails(message: EmailMultiAlternatives, **given: Any) -> int:
        tried.append(message.to)
        if len(tried) == 1:
            raise ConnectionRefusedError
        return int(send(message, **given))

    monkeypatch.setattr(EmailMultiAlternatives, "send", first_fails)
    assert sent() == 1
    assert len(tried) == 2
    assert len(mail.outbox) == 1
    assert "could not be reminded" in caplog.text


def test_a_mail_that_failed_leaves_at_the_next_hour(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    mine(world)

    def fails(message: EmailMultiAlternatives, **given: Any) -> int:
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr(EmailMultiAlternatives, "send", fails)
        assert sent() == 0
    assert (sent(), sent()) == (1, 0)


def test_the_morning_task_sweeps_then_writes(world: World, on_day: Any) -> None:
    mine(world)
    on_day(date(2026, 4, 6))
    with factories.as_worker():
        tasks.remind_of_permits(timestamp=0)
    assert "accordé par le silence" in str(mail.outbox[0].body)


# -- the page ---------------------------------------------------------------------------------------------------------


def post(world: World, do: str, who: str = INSTRUCTOR) -> Any:
    return world.client(who).post("/permis/rappels/", {"do": do}, headers={"accept": "text/html"})


def test_mails_are_stopped_and_taken_up_again(world: World) -> None:
    assert post(world, "mail_off").status_code == 302
    page = world.client().get("/permis/rappels/").content.decode()
    assert "Recevoir à nouveau les messages" in page
    post(world, "mail_on")
    assert Reminder.objects.get().by_mail


def test_the_secret_is_shown_once_and_kept_as_a_digest(world: World) -> None:
    page = post(world, "feed_new").content.decode()
    secret = re.search(r"/permis/agenda/([\w-]{40,})\.ics", page)
    assert secret
    assert secret[1] not in world.client().get("/permis/rappels/").content.decode()
    assert bytes(Reminder.objects.get().feed_digest or b"") == reminding.digest(secret[1])


def test_an_unknown_choice_is_refused(world: World) -> None:
    assert post(world, "rien").status_code == 400


def test_an_api_token_makes_no_calendar_address(world: World) -> None:
    from gis_core.tokens.authentication import create_token

    _token, secret = create_token(user=world.people[INSTRUCTOR], name="essai")
    answer = Client().post("/permis/rappels/", {"do": "feed_new"}, headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 403
    assert not Reminder.objects.exclude(feed_digest=None).exists()


# -- the calendar -----------------------------------------------------------------------------------------------------


def fetched(secret: str, **headers: str) -> Any:
    return Client(raise_request_exception=False, headers=headers).get(f"/permis/agenda/{secret}.ics")


def read(content: bytes) -> list[dict[str, str]]:
    """The events of a calendar, read strictly: CRLF, 75 octets, unfolded, unescaped."""
    assert content.endswith(b"\r\n")
    lines = content.split(b"\r\n")[:-1]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    text = b"\r\n".join(lines).replace(b"\r\n ", b"").decode()
    rows = [line.split(":", 1) for line in text.split("\r\n")]
    assert rows[:2] == [["BEGIN", "VCALENDAR"], ["VERSION", "2.0"]]
    assert rows[-1] == ["END", "VCALENDAR"]
    events: list[dict[str, str]] = []
    for name, value in rows:
        if [name, value] == ["BEGIN", "VEVENT"]:
            events.append({})
        elif events:
            events[-1][name] = re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)
    return events


def secret_of(world: World, who: str = INSTRUCTOR) -> str:
    return make_feed(world.people[who])


def test_the_calendar_has_deadlines_and_opinions_as_whole_days(world: World) -> None:
    permit = mine(world)
    consulted(world, permit)
    answer = fetched(secret_of(world))
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    deadline, opinion = read(answer.content)
    assert (deadline["DTSTART;VALUE=DATE"], deadline["DTEND;VALUE=DATE"]) == ("20260205", "20260206")
    assert deadline["SUMMARY"].startswith("PC 045 901 26 00001 · dernier jour")
    assert deadline["DESCRIPTION"] == "Lorris"
    assert deadline["URL"] == f"http://testserver/permis/{permit.number}/"
    assert opinion["SUMMARY"].endswith("Gestionnaire de voirie : dernier jour pour répondre")
    assert opinion["DTSTART;VALUE=DATE"] == "20260209"


def test_an_entry_keeps_its_name_when_its_day_changes(world: World) -> None:
    permit, secret = mine(world), secret_of(world)
    (before,) = read(fetched(secret).content)
    world.record(permit, "pieces_asked", date(2026, 1, 9), pieces=["PC2"])
    (after,) = read(fetched(secret).content)
    assert after["UID"] == before["UID"]
    assert after["DTSTART;VALUE=DATE"] == "20260409"
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])


def test_an_entry_has_the_same_name_at_every_address_of_the_site(world: World, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "autre.example.fr"]
    mine(world)
    secret = secret_of(world)
    (one,), (other,) = read(fetched(secret).content), read(fetched(secret, host="autre.example.fr").content)
    assert one["UID"] == other["UID"]


def test_nothing_of_the_applicant_is_in_the_calendar(world: World) -> None:
    mine(world, description="Maison de Jeanne Martin", address="1 rue des Lilas")
    assert not re.search(rb"Jeanne|Martin|Lilas", fetched(secret_of(world)).content)


def test_a_calendar_that_did_not_change_is_not_sent_again(world: World) -> None:
    mine(world)
    secret = secret_of(world)
    first = fetched(secret)
    assert "private" in first["Cache-Control"]
    again = fetched(secret, **{"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("secret", ["x", "a" * 43, "é", "a" * 3000])
def test_a_wrong_secret_leads_nowhere(world: World, secret: str) -> None:
    assert fetched(secret).status_code == 404


def test_a_new_address_closes_the_former_one(world: World) -> None:
    former, new = secret_of(world), secret_of(world)
    assert (fetched(former).status_code, fetched(new).status_code) == (404, 200)


def test_a_closed_address_leads_nowhere(world: World) -> None:
    secret = secret_of(world)
    post(world, "feed_off")
    assert fetched(secret).status_code == 404


def test_a_closed_account_s_calendar_leads_nowhere(world: World) -> None:
    secret = secret_of(world)
    with factories.as_owner():
        User.objects.filter(pk=world.people[INSTRUCTOR].pk).update(is_active=False)
    assert fetched(secret).status_code == 404


def test_rights_are_asked_again_at_each_fetch(world: World) -> None:
    mine(world)
    secret = secret_of(world)
    assert len(read(fetched(secret).content)) == 1
    with factories.as_owner():
        Membership.objects.filter(user=world.people[INSTRUCTOR]).delete()
    assert read(fetched(secret).content) == []


def test_the_session_of_whoever_fetches_changes_nothing(world: World) -> None:
    mine(world)
    secret = secret_of(world)
    answer = world.client("stranger").get(f"/permis/agenda/{secret}.ics")
    assert len(read(answer.content)) == 1


def test_a_long_line_is_folded_between_characters() -> None:
    line = fold_line("SUMMARY:" + "é" * 100)
    assert all(len(part) <= 75 for part in line.split(b"\r\n"))
    assert line.replace(b"\r\n ", b"").decode() == "SUMMARY:" + "é" * 100 + "\r\n"


def test_what_has_a_meaning_in_a_calendar_is_escaped() -> None:
    assert reminding.escape_text("a;b,c\\d\ne") == "a\\;b\\,c\\\\d\\ne"


def test_a_calendar_s_days_go_on_over_the_end_of_a_month(world: World) -> None:
    mine(world, filed_date=date(2025, 12, 31))
    (event,) = read(fetched(secret_of(world)).content)
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20260131", "20260201")
    assert date.fromisoformat(event["DTSTART;VALUE=DATE"]) + timedelta(days=1) == date(2026, 2, 1)


def test_the_worker_knows_both_tasks_and_when() -> None:
    assert TASKS.get("sweep_permits").cron == "37 2 * * *"
    assert TASKS.get("remind_of_permits").cron == "37 4-8 * * 1-5"


# -- last days after a decision ---------------------------------------------------------------------------------------


@dataclass
class Calendar:
    """Days that go by: what happens is recorded on its day, and every day is swept before it is told."""

    world: World
    be: Any

    def decided(self, **given: Any) -> Permit:
        """Signed and notified on 6 March 2026: posted by the 14th, sent by the 21st, withdrawn by 6 June."""
        permit = mine(self.world, **given)
        return self.record(permit, "decided", date(2026, 3, 6), outcome="granted", signed="2026-03-06")

    def record(self, permit: Permit, what: str, day: date, **detail: Any) -> Permit:
        self.be(day)
        return self.world.record(permit, what, day, **detail)

    def told(self, day: date) -> list[tuple[str, date, str]]:
        self.be(day)
        return [(group, on, label) for group, lines in told(self.world, day).items() for on, label in lines]


@pytest.fixture
def days(world: World, on_day: Any) -> Calendar:
    return Calendar(world, on_day)


def test_the_posting_and_the_transmission_of_a_decision_are_told(days: Calendar) -> None:
    days.decided()
    assert days.told(date(2026, 3, 6)) == []
    assert days.told(date(2026, 3, 7)) == [("due", date(2026, 3, 14), POST)]
    assert days.told(date(2026, 3, 14)) == [("due", date(2026, 3, 14), POST), ("due", date(2026, 3, 21), SEND)]


def test_what_was_not_posted_is_told_as_passed_for_a_week(days: Calendar) -> None:
    days.record(days.decided(), "transmitted", date(2026, 3, 9))
    assert days.told(date(2026, 3, 15)) == [("late", date(2026, 3, 14), POST)]
    assert days.told(date(2026, 3, 21)) == [("late", date(2026, 3, 14), POST)]
    assert days.told(date(2026, 3, 22)) == []


def test_what_is_done_is_told_no_more(days: Calendar) -> None:
    permit = days.record(days.decided(), "transmitted", date(2026, 3, 9))
    days.record(permit, "posted_town_hall", date(2026, 3, 9))
    assert days.told(date(2026, 3, 14)) == []


def test_the_last_day_to_withdraw_is_told(days: Calendar) -> None:
    days.decided()
    words = "dernier jour pour retirer la décision si elle est illégale"
    assert days.told(date(2026, 5, 29)) == []
    assert days.told(date(2026, 5, 30)) == [("due", date(2026, 6, 6), words)]
    assert days.told(date(2026, 6, 7)) == []


def test_the_extension_and_the_lapse_are_told(days: Calendar) -> None:
    days.decided()
    extend = "dernier jour pour que le titulaire demande une prorogation"
    lapse = "dernier jour pour commencer les travaux : l’autorisation est ensuite périmée"
    assert days.told(date(2029, 1, 2)) == [("due", date(2029, 1, 6), extend)]
    assert days.told(date(2029, 3, 1)) == [("due", date(2029, 3, 6), lapse)]


def test_neither_is_told_once_works_have_begun(days: Calendar) -> None:
    days.record(days.decided(), "works_started", date(2026, 9, 1))
    assert days.told(date(2029, 1, 2)) == []
    assert days.told(date(2029, 3, 1)) == []


def test_the_days_of_third_parties_and_of_the_contest_are_told(days: Calendar) -> None:
    permit = days.record(days.decided(), "posted_on_site", date(2026, 7, 1))
    third = "dernier jour pour que les tiers contestent la décision"
    contest = "dernier jour pour contester la conformité des travaux"
    assert days.told(date(2026, 8, 31)) == [("due", date(2026, 9, 1), third)]
    days.record(permit, "works_started", date(2026, 9, 1))
    days.record(permit, "works_finished", date(2027, 3, 15))
    assert days.told(date(2027, 6, 10)) == [("due", date(2027, 6, 15), contest)]
    days.record(permit, "attested", date(2027, 6, 12))
    assert days.told(date(2027, 6, 13)) == []


def test_works_that_stand_still_are_told_before_the_permit_lapses(days: Calendar) -> None:
    permit = days.record(days.decided(), "works_started", date(2028, 9, 1))
    permit = days.record(permit, "works_stopped", date(2028, 10, 1))
    assert (permit.after_date, permit.after_what) == (date(2030, 3, 6), "interruption")
    words = "dernier jour pour reprendre les travaux : l’autorisation est ensuite périmée"
    assert [label for _group, _on, label in days.told(date(2030, 3, 1))] == [words]


def test_of_a_certificate_nothing_follows(days: Calendar) -> None:
    permit = days.record(mine(days.world, kind="CUb"), "decided", date(2026, 2, 20), outcome="granted")
    assert permit.after_date is None


def test_what_is_to_be_done_on_the_map_has_them_too(days: Calendar) -> None:
    permit = days.decided()
    days.be(date(2026, 3, 10))
    answer = days.world.client().get("/permis/echeances.json").json()
    assert [(one["number"], one["next_date"], one["next_label"], one["soon"]) for one in answer["results"]] == [
        (permit.number, "2026-03-14", POST, True)
    ]


def test_the_calendar_has_the_next_of_them(days: Calendar) -> None:
    permit, world = days.decided(), days.world
    with world.as_():
        entries = reminding.entries_of(world.people[INSTRUCTOR], world.rights())
    assert [(one.key, one.on) for one in entries] == [(f"after-{permit.pk}", date(2026, 3, 14))]

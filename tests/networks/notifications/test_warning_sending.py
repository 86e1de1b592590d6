"""Nobody is warned twice, whatever the gateway, the worker or the people who send do. Rows are committed here."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from smtplib import SMTPRecipientsRefused, SMTPSenderRefused
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection, connections, transaction
from procrastinate.job_context import AbortReason

from gis_core.errors import Conflict
from gis_core.members.rights import ANONYMOUS, SYSTEM, Role, acting_as, rights_of
from gis_core.models import Job
from gis_core.tasks import Interrupted, end_killed, run
from networks.notifications import gateways
from networks.notifications.models import Notice
from networks.notifications.services import sending
from networks.notifications.services.contacts import Consent, Person, write_contacts
from networks.notifications.services.notices import Address, Context, draft
from networks.notifications.services.recipients import reach_of
from networks.notifications.services.reporting import take_reports
from networks.notifications.tasks import send_notice, try_notice
from tests import factories
from tests.copied_database import copied_database
from tests.networks.notifications.provider import Provider, providing

pytestmark = pytest.mark.django_db
STREET = "rue des Tanneurs, 45260 Lorris"
YES = Consent(given=True)


@contextmanager
def as_worker() -> Iterator[None]:
    """This process is the worker: its connections too that it opens."""
    options: dict[str, Any] = connections["default"].settings_dict["OPTIONS"]
    former = options["assume_role"]
    options["assume_role"] = "arpent_worker"
    connections["default"].close()
    try:
        yield
    finally:
        options["assume_role"] = former
        connections["default"].close()


class Town:
    """A member of its own with contacts, and its technician who sends."""

    def __init__(self) -> None:
        self.member = factories.member(factories.commune())
        self.user = factories.user(self.member, Role.NETWORK_TECHNICIAN)
        self.rights = rights_of(self.user)

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Inside a transaction of the technician's."""
        with acting_as(self.rights), transaction.atomic():
            yield

    def contacts(self, *people: Person) -> None:
        with self.asking():
            write_contacts(self.member, people, why="essai")

    def people(self, count: int) -> None:
        """So many contacts with a number and an e-mail address each, one at each house number."""
        self.contacts(*(person(rank) for rank in range(1, count + 1)))

    def notice(self, *numbers: int) -> Notice:
        context = Context(kind="other", place="rue des Tanneurs", reason="essai")
        addresses = [Address(address=f"{number} {STREET}") for number in numbers]
        with self.asking():
            return draft(owner=self.member, targets=addresses, context=context, rights=self.rights)

    def send(self, notice: Notice, sms: int, email: int) -> Job:
        with self.asking():
            version = Notice.objects.get(pk=notice.pk).version
            return sending.send(notice, sms=sms, email=email, version=version, user=self.user, rights=self.rights)

    def resume(self, notice: Notice) -> Job:
        with self.asking():
            return sending.resume(notice, user=self.user, rights=self.rights)

    def states(self, notice: Notice, channel: str = "sms") -> dict[str, int]:
        with self.asking():
            return next((one.states for one in sending.channel_counts(notice) if one.channel == channel), {})

    def state(self, notice: Notice) -> str:
        with self.asking():
            return Notice.objects.get(pk=notice.pk).state


def person(rank: int, **given: Any) -> Person:
    made: dict[str, Any] = {
        "name": f"Personne {rank}",
        "address": f"{rank} {STREET}",
        "phone": f"+3363998{rank:04d}",
        "mobile": True,
        "email": f"personne{rank}@demo.invalid",
        "sms": YES,
        "mail": YES,
    }
    return Person(**made | given)


def work(job: Job) -> Job:
    """The worker runs the job; how it ended."""
    with as_worker():
        with system():
            found = Job.objects.select_related("started_by", "owner").get(pk=job.pk)
        run(found, try_notice if found.kind == sending.TRIAL else send_notice)
        with system():
            return Job.objects.get(pk=job.pk)


@contextmanager
def system() -> Iterator[None]:
    with acting_as(SYSTEM), transaction.atomic():
        yield


@pytest.fixture(scope="module")
def committed(django_db_setup: None, django_db_blocker: Any, data_dir: Path) -> Iterator[None]:
    """Rows are kept, in a copy of the database: other connections see them. Each test has a member of its own."""
    with django_db_blocker.unblock(), copied_database("warning", data_dir):
        yield


@pytest.fixture
def _django_db_helper(committed: None) -> None:
    """No transaction around a test."""


@pytest.fixture
def town(_django_db_helper: None) -> Iterator[Town]:
    yield Town()
    connection.close()


@pytest.fixture
def provider(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setattr(gateways, "BACKOFF_S", 0.01)
    with providing(Provider()) as made:
        # Patient: an answer that a busy machine gives late is asked for again, with the same key, as it should be.
        settings.SMS_URL, settings.SMS_TOKEN, settings.SMS_TIMEOUT_S = made.url, "jeton", 30.0
        settings.SMS_KNOWS_KEYS = True
        yield made


@pytest.fixture
def late(provider: Provider, settings: Any) -> Provider:
    """A provider that answers the first request of each key after our patience."""
    # Time enough, on a busy machine, for the answers that are not late.
    settings.SMS_TIMEOUT_S, provider.moods = 2.0, ["late"]
    return provider


# -- once -------------------------------------------------------------------------------------------------------------


def test_each_number_and_address_gets_one_message(town: Town, provider: Provider) -> None:
    town.people(3)
    notice = town.notice(1, 2, 3)
    done = work(town.send(notice, 3, 3))
    assert done.report == {"sms": {"handed": 3}, "email": {"handed": 3}}
    assert set(provider.numbers().values()) == {1}
    assert sorted(one.to[0] for one in mail.outbox) == [f"personne{rank}@demo.invalid" for rank in (1, 2, 3)]
    assert provider.tokens == {"Bearer jeton"}
    assert town.state(notice) == "sent"


def test_one_person_at_two_addresses_and_two_people_with_one_telephone_are_one_message(
    town: Town, provider: Provider
) -> None:
    town.contacts(
        person(1),
        person(1, address=f"2 {STREET}"),
        person(3, phone="+33639980001", email="PERSONNE1@demo.invalid".lower()),
    )
    notice = town.notice(1, 2, 3)
    work(town.send(notice, 1, 1))
    assert provider.numbers() == {"+33639980001": 1}
    (told,) = mail.outbox
    assert all(f"- {number} {STREET}" in told.body for number in (1, 2, 3))


def test_a_late_answer_is_asked_for_again_with_the_same_key(town: Town, late: Provider) -> None:
    town.people(4)
    notice = town.notice(1, 2, 3, 4)
    work(town.send(notice, 4, 4))
    assert set(late.asked.values()) == {2}
    assert set(late.numbers().values()) == {1}
    assert town.states(notice) == {"handed": 4}


def test_an_error_after_the_message_left_warns_nobody_twice(town: Town, provider: Provider) -> None:
    provider.moods = ["500", "500"]
    town.people(2)
    notice = town.notice(1, 2)
    work(town.send(notice, 2, 2))
    assert set(provider.numbers().values()) == {1}
    assert town.states(notice) == {"handed": 2}


def test_a_provider_without_keys_is_never_asked_again_after_an_unknown_answer(
    town: Town, late: Provider, settings: Any
) -> None:
    late.moods, late.knows_keys, settings.SMS_KNOWS_KEYS = ["late", "late"], False, False
    town.people(2)
    notice = town.notice(1, 2)
    work(town.send(notice, 2, 2))
    assert town.states(notice) == {"unknown": 2}
    work(town.resume(notice))
    assert set(late.numbers().values()) == {1}
    assert town.states(notice) == {"unknown": 2}


def test_what_stays_unknown_is_resumed_with_the_same_key(town: Town, late: Provider) -> None:
    late.moods = ["late"] * gateways.ATTEMPTS
    town.people(1)
    notice = town.notice(1)
    work(town.send(notice, 1, 1))
    assert town.states(notice) == {"unknown": 1}
    work(town.resume(notice))
    assert town.states(notice) == {"handed": 1}
    assert late.numbers() == {"+33639980001": 1}
    assert list(late.asked.values()) == [gateways.ATTEMPTS + 1]


def test_a_number_that_the_provider_refuses_failed_and_is_not_tried_again(town: Town, provider: Provider) -> None:
    provider.moods = ["refused"]
    town.people(1)
    notice = town.notice(1)
    work(town.send(notice, 1, 1))
    assert town.states(notice) == {"failed": 1}
    assert list(provider.asked.values()) == [1]


def test_a_crash_between_hand_over_and_record_warns_nobody_twice(
    town: Town, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.people(3)
    notice = town.notice(1, 2, 3)
    job = town.send(notice, 3, 3)
    with monkeypatch.context() as crashing:
        crashing.setattr(sending.Sender, "record", dying)
        with pytest.raises(Interrupted):
            work(job)
    assert town.states(notice) == {"handing": 3}
    assert len(provider.sent) == 3
    work(job)
    assert town.states(notice) == {"handed": 3}
    assert set(provider.numbers().values()) == {1}
    assert set(provider.asked.values()) == {2}


def test_an_email_that_may_have_left_before_a_crash_is_not_sent_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.contacts(*(person(rank, phone="", mobile=False) for rank in (1, 2, 3)))
    notice = town.notice(1, 2, 3)
    job = town.send(notice, 0, 3)
    with monkeypatch.context() as crashing:
        crashing.setattr(sending.Sender, "record", dying)
        with pytest.raises(Interrupted):
            work(job)
    work(job)
    assert town.states(notice, "email") == {"unknown": 1, "handed": 2}
    assert len({one.to[0] for one in mail.outbox}) == len(mail.outbox) == 3


def dying(*_given: Any) -> None:
    """The worker is killed here, and the next one takes the job up."""
    raise Interrupted


def test_a_job_that_runs_twice_sends_once(town: Town, provider: Provider) -> None:
    town.people(3)
    notice = town.notice(1, 2, 3)
    job = town.send(notice, 3, 3)
    work(job)
    work(job)
    with as_worker(), town.asking():
        sending.send_out(Notice.objects.select_related("owner").get(pk=notice.pk), lambda share, message: None)
    assert set(provider.asked.values()) == {1}
    assert len(mail.outbox) == 3


def test_two_workers_at_once_send_once(town: Town, provider: Provider) -> None:
    town.people(90)
    notice = town.notice(*range(1, 91))
    town.send(notice, 90, 90)
    failures: list[Exception] = []

    def one() -> None:
        try:
            with town.asking():
                found = Notice.objects.select_related("owner").get(pk=notice.pk)
                sending.send_out(found, lambda share, message: None)
        except Exception as error:  # told to the test below
            failures.append(error)
        finally:
            connections["default"].close()

    with as_worker():
        threads = [threading.Thread(target=one) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failures == []
    assert set(provider.asked.values()) == {1}
    assert set(provider.numbers().values()) == {1}
    assert len({one.to[0] for one in mail.outbox}) == len(mail.outbox) == 90


def test_a_sending_that_somebody_stops_says_what_did_not_leave(town: Town, provider: Provider) -> None:
    town.people(60)
    notice = town.notice(*range(1, 61))
    job = town.send(notice, 60, 60)
    with as_worker():
        with system():
            found = Job.objects.select_related("started_by", "owner").get(pk=job.pk)
        run(found, send_notice, lambda: AbortReason.USER_REQUEST)
        with system():
            ended = Job.objects.get(pk=job.pk)
    assert town.states(notice) == {"handed": 40, "waiting": 20}
    assert "80 messages" in ended.message
    assert work(town.resume(notice)).state == "done"
    assert len(provider.sent) == 60


def test_a_notice_is_sent_once_however_often_it_is_confirmed(town: Town) -> None:
    town.people(1)
    notice = town.notice(1)
    town.send(notice, 1, 1)
    with pytest.raises(Conflict):
        town.send(notice, 1, 1)


def test_counts_that_changed_since_they_were_shown_are_confirmed_again(town: Town) -> None:
    town.people(2)
    notice = town.notice(1, 2)
    with pytest.raises(Conflict, match=r"SMS.: 2"):
        town.send(notice, 1, 1)
    assert town.states(notice) == {}


def test_who_becomes_reachable_between_the_count_and_the_sending_is_confirmed_first(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.people(1)
    notice = town.notice(1, 2)

    def counted(found: Notice) -> Any:
        reach = reach_of(found)
        write_contacts(town.member, [person(2)], why="essai")
        return reach

    monkeypatch.setattr(sending, "reach_of", counted)
    with pytest.raises(Conflict, match=r"SMS.: 2"):
        town.send(notice, 1, 1)
    assert (town.states(notice), town.state(notice)) == ({}, "draft")


# -- when nothing leaves ----------------------------------------------------------------------------------------------


def test_without_an_answer_everything_waits_and_is_resumed(town: Town, settings: Any, provider: Provider) -> None:
    address, settings.SMS_URL = settings.SMS_URL, "http://127.0.0.1:9/sms"
    town.people(3)
    notice = town.notice(1, 2, 3)
    ended = work(town.send(notice, 3, 3))
    assert (ended.state, town.states(notice), town.state(notice)) == ("failed", {"waiting": 3}, "sending")
    assert "3 messages" in ended.message
    assert town.states(notice, "email") == {"handed": 3}
    settings.SMS_URL = address
    assert work(town.resume(notice)).state == "done"
    assert town.states(notice) == {"handed": 3}
    assert len(mail.outbox) == 3


class MailServer:
    """What takes e-mails, and answers those to some addresses with an error the first times that it is asked."""

    def __init__(self, errors: dict[str, list[Exception]]) -> None:
        self.errors, self.opened, self.taken = errors, 0, list[str]()

    def open(self) -> None:
        self.opened += 1

    def close(self) -> None:
        """Nothing is kept open."""

    def send_messages(self, messages: Any) -> None:
        (to,) = messages[0].to
        if waiting := self.errors.get(to):
            raise waiting.pop(0)
        self.taken.append(to)


def mail_server(monkeypatch: pytest.MonkeyPatch, **errors: list[Exception]) -> MailServer:
    """One that answers `personne1` with these errors first."""
    made = MailServer({f"{name}@demo.invalid": given for name, given in errors.items()})
    monkeypatch.setattr(gateways, "mailers", SimpleNamespace(default=made))
    return made


def put_off(code: int = 450) -> Exception:
    return SMTPRecipientsRefused({"personne1@demo.invalid": (code, b"greylisted, try later")})


def test_a_receiver_who_is_put_off_does_not_keep_the_others_waiting(town: Town, monkeypatch: Any) -> None:
    server = mail_server(monkeypatch, personne1=[put_off()])
    town.contacts(*(person(rank, phone="", mobile=False) for rank in (1, 2, 3)))
    notice = town.notice(1, 2, 3)
    assert work(town.send(notice, 0, 3)).state == "failed"
    assert town.states(notice, "email") == {"waiting": 1, "handed": 2}
    assert work(town.resume(notice)).state == "done"
    assert sorted(server.taken) == [f"personne{rank}@demo.invalid" for rank in (1, 2, 3)]


def test_a_mail_server_that_closes_the_connection_is_asked_again_over_a_new_one(town: Town, monkeypatch: Any) -> None:
    server = mail_server(monkeypatch, personne1=[SMTPSenderRefused(421, b"too many on this connection", "a@b.invalid")])
    town.contacts(*(person(rank, phone="", mobile=False) for rank in (1, 2)))
    notice = town.notice(1, 2)
    assert work(town.send(notice, 0, 2)).state == "done"
    assert (len(server.taken), server.opened) == (2, 2)


def test_a_mail_server_that_takes_nothing_from_us_loses_nothing(town: Town, monkeypatch: Any) -> None:
    server = mail_server(monkeypatch, personne1=[SMTPSenderRefused(530, b"authentication required", "a@b.invalid")])
    town.contacts(*(person(rank, phone="", mobile=False) for rank in (1, 2)))
    notice = town.notice(1, 2)
    assert work(town.send(notice, 0, 2)).state == "failed"
    assert (town.states(notice, "email"), server.taken) == ({"waiting": 2}, [])
    assert work(town.resume(notice)).state == "done"


def test_a_provider_that_fails_is_not_asked_for_all_the_others(town: Town, provider: Provider) -> None:
    provider.moods = ["500"] * gateways.ATTEMPTS
    town.people(50)
    notice = town.notice(*range(1, 51))
    assert work(town.send(notice, 50, 50)).state == "failed"
    assert town.states(notice) == {"unknown": 40, "waiting": 10}
    work(town.resume(notice))
    assert set(provider.numbers().values()) == {1}
    assert town.states(notice) == {"handed": 40, "unknown": 10}


def test_a_provider_that_takes_nothing_from_us_loses_nothing(town: Town, provider: Provider) -> None:
    provider.moods = ["unpaid"] * gateways.ATTEMPTS
    town.people(2)
    notice = town.notice(1, 2)
    assert work(town.send(notice, 2, 2)).state == "failed"
    assert town.states(notice) == {"waiting": 2}
    assert work(town.resume(notice)).state == "done"
    assert set(provider.numbers().values()) == {1}


def test_who_opts_out_while_messages_wait_gets_none(town: Town, provider: Provider) -> None:
    town.people(2)
    notice = town.notice(1, 2)
    job = town.send(notice, 2, 2)
    with acting_as(ANONYMOUS):
        assert take_reports([], [{"from": "06 39 98 00 01", "text": "Stop svp"}]) == (0, 1)
    work(job)
    assert provider.numbers() == {"+33639980002": 1}
    assert town.states(notice) == {"stopped": 1, "handed": 1}


# -- reports ----------------------------------------------------------------------------------------------------------


def reported(*reports: dict[str, Any]) -> tuple[int, int]:
    """What the provider's reports do, as whoever it is."""
    with acting_as(ANONYMOUS):
        return take_reports(reports, [])


def reported_elsewhere(report: dict[str, Any]) -> None:
    """In a request of its own while the job goes on."""
    reported(report)
    connection.close()


def keys(notice: Notice) -> list[tuple[str, str]]:
    with factories.as_owner(), connections["default"].cursor() as cursor:
        cursor.execute(
            "select key::text, provider_id from notifications_message where channel = 'sms' and notice_id = %s"
            " order by id",
            [notice.pk],
        )
        return list(cursor.fetchall())


@pytest.mark.parametrize("order", [["DELIVRD", "failed"], ["failed", "DELIVRD"], ["delivered", "sent", "delivered"]])
def test_reports_come_to_the_same_in_any_order_and_twice(town: Town, provider: Provider, order: list[str]) -> None:
    town.people(2)
    notice = town.notice(1, 2)
    work(town.send(notice, 2, 2))
    (key, number), _other = keys(notice)
    for status in order:
        assert reported({"reference": key, "status": status}) == (1, 0)
        assert reported({"id": number, "status": status}) == (1, 0)
    assert town.states(notice) == {"delivered": 1, "handed": 1}


def test_a_report_that_comes_before_the_gateways_answer_is_kept_for_it(
    town: Town, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.people(1)
    notice = town.notice(1)
    job = town.send(notice, 1, 1)
    record = sending.Sender.record

    def late(self: sending.Sender, answers: Any) -> None:
        if self.channel == "sms":
            with ThreadPoolExecutor() as elsewhere:
                elsewhere.submit(reported_elsewhere, {"id": answers[0].provider_id, "status": "delivered"}).result()
        record(self, answers)

    monkeypatch.setattr(sending.Sender, "record", late)
    work(job)
    assert town.states(notice) == {"delivered": 1}


def test_a_delivery_that_is_reported_before_a_crash_is_recorded_is_not_sent_again(
    town: Town, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.people(1)
    notice = town.notice(1)
    job = town.send(notice, 1, 1)
    with monkeypatch.context() as crashing:
        crashing.setattr(sending.Sender, "record", dying)
        with pytest.raises(Interrupted):
            work(job)
    reported({"reference": keys(notice)[0][0], "status": "delivered"})
    work(job)
    assert town.states(notice) == {"delivered": 1}
    assert list(provider.asked.values()) == [1]


# -- to files ---------------------------------------------------------------------------------------------------------


def test_without_a_provider_text_messages_are_lines_of_a_file_once(town: Town) -> None:
    town.people(2)
    notice = town.notice(1, 2)
    job = town.send(notice, 2, 2)
    work(job)
    path = gateways.folder() / f"sms-{notice.pk}.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["to"] for line in lines] == ["+33639980001", "+33639980002"]
    assert path.stat().st_mode & 0o777 == gateways.MESSAGES_MODE == 0o640
    path.write_text(path.read_text() + '{"key": "half')
    assert gateways.keys_in(path) == [line["key"] for line in lines]


def test_a_trial_writes_what_would_be_sent_and_sends_nothing(town: Town, provider: Provider) -> None:
    town.people(2)
    notice = town.notice(1, 2)
    with town.asking():
        job = sending.try_out(notice, user=town.user, rights=town.rights)
    assert work(job).report == {"sms": 2, "email": 2, "parts": 2, "to_file": False}
    lines = [json.loads(line) for line in sending.trial_file(notice.pk).read_text().splitlines()]
    assert {(line["channel"], line["to"]) for line in lines} == {
        ("sms", "+33639980001"),
        ("sms", "+33639980002"),
        ("email", "personne1@demo.invalid"),
        ("email", "personne2@demo.invalid"),
    }
    assert provider.sent == []
    assert mail.outbox == []
    assert (town.states(notice), town.state(notice)) == ({}, "draft")
    assert str(sending.trial_file(notice.pk)).startswith(str(django_settings.FILES_DIR))


def test_somebody_who_lost_the_role_meanwhile_sends_nothing(town: Town, provider: Provider) -> None:
    town.people(1)
    notice = town.notice(1)
    job = town.send(notice, 1, 1)
    with factories.as_owner():
        town.user.memberships.update(role=Role.READER)
    assert work(job).state == "failed"
    assert provider.sent == []


def test_a_sending_whose_process_is_killed_says_what_did_not_leave(town: Town, provider: Provider) -> None:
    town.people(60)
    notice = town.notice(*range(1, 61))
    job = town.send(notice, 60, 60)
    with as_worker():
        with system():
            Job.objects.filter(pk=job.pk).update(state="running")
            found = Job.objects.select_related("started_by", "owner").get(pk=job.pk)
        end_killed(found, AbortReason.USER_REQUEST)
        with system():
            ended = Job.objects.get(pk=job.pk)
    assert ended.state == "failed"
    assert "120 messages" in ended.message
    assert "rien n’a été modifié" not in ended.message

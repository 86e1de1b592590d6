"""What a person comes in by is shut at once: by a removal, an end date, an account that is closed."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict
from gis_core.jobs.points import JOB_KINDS, JobKind
from gis_core.members import people
from gis_core.members.closing import close_access
from gis_core.members.rights import SYSTEM, Rights, Role, acting_as, are_still_held, rights_of
from gis_core.models import ApiToken, Job, Member, Membership, SharedLink, User
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.people import Mention, erase
from gis_core.tokens.links import make_link
from gis_core.tokens.services import create_token
from permits.services.reminding import make_feed, person_of_feed
from tests import factories
from tests.wiring import give

pytestmark = pytest.mark.django_db
KIND = "test_kind"


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune())


@pytest.fixture
def person(member: Member) -> User:
    return factories.user(member, Role.NETWORK_TECHNICIAN)


@pytest.fixture
def administrator(member: Member) -> Rights:
    return rights_of(factories.user(member, Role.GIS_ADMINISTRATOR))


def membership_of(person: User, member: Member) -> Membership:
    return Membership.objects.get(user=person, member=member)


def remove(person: User, member: Member, administrator: Rights, **options: Any) -> None:
    with acting_as(administrator):
        people.remove(rights=administrator, membership=membership_of(person, member), **options)


def last_day(person: User, days: int) -> None:
    """The last day of all their memberships, so many days from today in Paris."""
    with factories.as_owner():
        person.memberships.update(last_date=database_clock.today() + timedelta(days=days))


def link_of(person: User, member: Member) -> SharedLink:
    with acting_as(rights_of(person)):
        day = database_clock.today()
        return make_link(owner_id=member.pk, about_kind="test", about_id=1, last_date=day, user=person)[0]


def is_open(link: SharedLink) -> bool:
    with acting_as(SYSTEM):
        return SharedLink.objects.valid().filter(pk=link.pk).exists()


def queued_job(person: User, member: Member | None) -> tuple[Job, int]:
    made = factories.job(member, kind=KIND, started_by=person, state="running")
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, args, status)"
            " values ('default', %s, jsonb_build_object('job_id', %s::bigint), 'doing') returning id",
            [KIND, made.pk],
        )
        return made, int(cursor.fetchone()[0])


def is_asked_to_stop(number: int) -> bool:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("select abort_requested from procrastinate_jobs where id = %s", [number])
        return bool(cursor.fetchone()[0])


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    roles = frozenset({Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR})
    give(monkeypatch, JOB_KINDS, JobKind(kind=KIND, work=print, roles=roles))


def test_whoever_leaves_their_last_member_has_no_session_any_more(
    person: User, member: Member, administrator: Rights, client: Client
) -> None:
    client.force_login(person)
    assert client.get("/compte/").status_code == 200
    remove(person, member, administrator)
    assert not Session.objects.filter(session_key=client.session.session_key).exists()
    assert not UserSession.objects.filter(user=person).exists()
    assert client.get("/compte/").status_code == 401


def test_a_session_that_allauth_knows_nothing_of_ends_too(person: User, client: Client) -> None:
    client.force_login(person)
    UserSession.objects.all().delete()
    assert close_access(person, why="test").sessions == 1
    assert not Session.objects.exists()


def test_sessions_of_others_stay(person: User, member: Member, client: Client) -> None:
    client.force_login(factories.user(member))
    close_access(person, why="test")
    assert client.get("/compte/").status_code == 200


def test_the_calendar_of_a_closed_account_leads_nowhere(person: User) -> None:
    secret = make_feed(person)
    assert close_access(person, why="test").as_json()["calendars"] == 1
    User.objects.filter(pk=person.pk).update(is_active=True)
    assert person_of_feed(secret) is None


def test_links_that_the_person_made_are_closed_at_that_member_alone(
    person: User, member: Member, administrator: Rights
) -> None:
    other = factories.member()
    with factories.as_owner():
        Membership.objects.create(user=person, member=other, role=Role.NETWORK_TECHNICIAN)
    here, there = link_of(person, member), link_of(person, other)
    remove(person, member, administrator)
    assert (is_open(here), is_open(there)) == (False, True)
    person.refresh_from_db()
    assert person.is_active


@pytest.mark.usefixtures("declared")
def test_jobs_of_whoever_leaves_are_asked_to_stop(person: User, member: Member, administrator: Rights) -> None:
    _job, number = queued_job(person, member)
    remove(person, member, administrator)
    assert is_asked_to_stop(number)


@pytest.mark.usefixtures("declared")
def test_a_colleague_takes_the_jobs_of_the_member_over(person: User, member: Member, administrator: Rights) -> None:
    job, number = queued_job(person, member)
    _own, own_number = queued_job(person, None)
    colleague = factories.user(member, Role.NETWORK_TECHNICIAN)
    remove(person, member, administrator, colleague=colleague)
    with acting_as(SYSTEM):
        job.refresh_from_db()
    assert job.started_by == colleague
    assert (is_asked_to_stop(number), is_asked_to_stop(own_number)) == (False, True)


def test_the_journal_says_what_was_shut(
    person: User, member: Member, administrator: Rights, data_dir: Path, django_capture_on_commit_callbacks: Any
) -> None:
    create_token(user=person, name="QGIS")
    with django_capture_on_commit_callbacks(execute=True):
        remove(person, member, administrator, why="directory")
    [day] = sorted(data_dir.glob("log/security-*.jsonl"))[-1:]
    lines = [json.loads(line) for line in day.read_text().splitlines()]
    here, everywhere = [one for one in lines if one["event"] == "access_closed" and one["account"] == person.pk]
    assert (here["member"], here["why"], everywhere["tokens"]) == (member.pk, "directory", 1)


# -- the last day ---------------------------------------------------------------------------------------------------


def test_the_last_day_is_a_day_of_access(person: User, member: Member) -> None:
    last_day(person, 0)
    assert rights_of(person).roles == {member.pk: Role.NETWORK_TECHNICIAN}


def test_the_day_after_nobody_comes_in_though_no_worker_runs(person: User, client: Client) -> None:
    _token, secret = create_token(user=person, name="QGIS")
    client.force_login(person)
    last_day(person, -1)
    assert not rights_of(person).signed_in
    assert client.get("/compte/").status_code == 401
    assert Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_policies_know_the_last_day_too(person: User, member: Member) -> None:
    last_day(person, -1)
    with acting_as(Rights(user_id=person.pk)), connection.cursor() as cursor:
        cursor.execute("select arpent.rank_at(%s)", [member.pk])
        assert cursor.fetchone()[0] == -1


def test_a_membership_with_time_left_gives_its_rights_alone(person: User, member: Member) -> None:
    last_day(person, -1)
    other = factories.member()
    with factories.as_owner():
        Membership.objects.create(user=person, member=other, role=Role.READER)
    assert rights_of(person).roles == {other.pk: Role.READER}


# -- what goes on for long -------------------------------------------------------------------------------------------


def test_rights_are_no_longer_held_once_access_is_closed(person: User) -> None:
    rights = rights_of(person)
    assert are_still_held(rights)
    close_access(person, why="test")
    assert not are_still_held(rights)


def test_more_rights_hold_what_fewer_showed(person: User, member: Member) -> None:
    rights = rights_of(person)
    with factories.as_owner():
        person.memberships.update(role=Role.GIS_ADMINISTRATOR)
        Membership.objects.create(user=person, member=factories.member(), role=Role.READER)
    assert are_still_held(rights)


def test_a_token_or_a_session_that_ended_no_longer_opens_what_the_person_may_read(
    person: User, django_assert_num_queries: Any
) -> None:
    with factories.as_owner():
        token = ApiToken.objects.create(user=person, name="essai", digest=b"1" * 32)
        later = database_clock.now() + timedelta(hours=1)
        Session.objects.create(session_key="clé", session_data="", expire_date=later)
    rights = rights_of(person)
    held = {"token": token.pk}, {"session": "clé"}
    with django_assert_num_queries(4):
        assert [are_still_held(rights, **one) for one in held] == [True, True]
    with factories.as_owner():
        ApiToken.objects.update(revoked_at=database_clock.now())
        Session.objects.update(expire_date=database_clock.now())
    assert [are_still_held(rights, **one) for one in held] == [False, False]
    assert are_still_held(rights)


# -- nobody is locked out ----------------------------------------------------------------------------------------------


def test_an_administrator_who_has_a_last_day_does_not_count_as_the_one_who_stays(
    person: User, member: Member, administrator: Rights
) -> None:
    with factories.as_owner():
        Membership.objects.filter(user=person).update(
            role=Role.GIS_ADMINISTRATOR, last_date=database_clock.today() + timedelta(days=30)
        )
    own = User.objects.get(pk=administrator.user_id)
    with pytest.raises(Conflict, match="dernier administrateur"):
        remove(own, member, administrator)


def test_who_is_erased_from_their_only_member_is_out_at_once(person: User, member: Member, client: Client) -> None:
    client.force_login(person)
    link = link_of(person, member)
    (row,) = person.memberships.values_list("pk", flat=True)
    with factories.as_owner(), acting_as(SYSTEM):
        erase([Mention(DECLARED.get("gis_core.Membership"), row, {})])
    assert not person.memberships.exists()
    assert client.get("/compte/").status_code == 401
    assert not Session.objects.filter(session_key=client.session.session_key).exists()
    assert not is_open(link)


def test_who_is_erased_from_one_member_of_two_goes_on_at_the_other(
    person: User, member: Member, client: Client
) -> None:
    with factories.as_owner():
        Membership.objects.create(user=person, member=factories.member(), role=Role.READER)
    client.force_login(person)
    link = link_of(person, member)
    row = membership_of(person, member).pk
    with factories.as_owner(), acting_as(SYSTEM):
        erase([Mention(DECLARED.get("gis_core.Membership"), row, {})])
    assert not is_open(link)
    assert client.get("/compte/").status_code == 200

"""What a directory says of its people is made true here; what it does not say whole changes nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.db import DatabaseError
from procrastinate.contrib.django.models import ProcrastinateJob

from gis_core.accounts.directory import people as directory_people
from gis_core.accounts.directory import reports, synchronising
from gis_core.accounts.joining import provider_of
from gis_core.errors import Conflict
from gis_core.jobs.points import DIRECTORIES
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import AccessRule, ApiToken, Member, Membership, SignInMethod, User
from gis_core.tokens.services import create_token
from tests import factories
from tests.gis_core.directory import bad_servers
from tests.gis_core.directory.slapd import BASE, Directory, dn_of, group, group_dn, person, serving
from tests.gis_core.directory.test_signing_in import join_first, make_method
from tests.post import outbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
COUNT = 45


@pytest.fixture(scope="module")
def town() -> Iterator[Directory]:
    names = [f"agent{number}" for number in range(COUNT)]
    entries = [person(name, entryUUID=uuid(number)) for number, name in enumerate(names)]
    members = [dn_of(name) for name in names]
    with serving([*entries, group("ads", members[:30]), group("reserve", members[-1:])]) as one:
        yield one


def uuid(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def method(member: Member, town: Directory) -> SignInMethod:
    return make_method(member, town.options())


def join(method: SignInMethod, *numbers: int, at: Member | None = None) -> list[User]:
    users = [factories.user(at or method.member, first_name="Agent", last_name=f"Agent{n}") for n in numbers]
    for number, user in zip(numbers, users, strict=True):
        SocialAccount.objects.create(user=user, provider=provider_of(method), uid=uuid(number))
    return users


def add(user: User, member: Member) -> None:
    with factories.as_owner():
        Membership.objects.create(user=user, member=member, role=Role.READER)


def synchronise(method: SignInMethod) -> reports.Report:
    with factories.as_worker(), acting_as(SYSTEM):
        return synchronising.synchronise(method)


def is_open(user: User) -> bool:
    return User.objects.get(pk=user.pk).is_active


def test_nothing_changes_where_nothing_changed(method: SignInMethod) -> None:
    for user in join(method, 1, 2, 3):
        User.objects.filter(pk=user.pk).update(
            email=f"{user.last_name.lower()}@commune.example", first_name=user.last_name
        )
    report = synchronise(method)
    assert (report.people, report.groups, report.known, report.closed, report.changed) == (COUNT, 2, 3, 0, 0)
    assert not report.error


def test_who_is_gone_is_closed_with_what_they_came_in_by(method: SignInMethod) -> None:
    _there, gone = join(method, 1, 2)
    create_token(user=gone, name="QGIS")
    SocialAccount.objects.filter(user=gone).update(uid=uuid(999))
    assert synchronise(method).closed == 1
    assert not is_open(gone)
    assert not ApiToken.objects.filter(user=gone, revoked_at=None).exists()


def test_who_is_locked_for_ever_is_closed(method: SignInMethod, town: Directory) -> None:
    _there, locked = join(method, 1, 2)
    town.change(dn_of("agent2"), pwdAccountLockedTime=[b"000001010000Z"])
    try:
        assert synchronise(method).closed == 1
    finally:
        town.change(dn_of("agent2"), pwdAccountLockedTime=[])
    assert not is_open(locked)


def test_a_lock_that_passes_closes_nobody(method: SignInMethod, town: Directory) -> None:
    """Otherwise whoever types wrong passwords would have their colleagues closed."""
    join(method, 1, 2)
    town.change(dn_of("agent2"), pwdAccountLockedTime=[b"20261201090000Z"])
    try:
        assert synchronise(method).closed == 0
    finally:
        town.change(dn_of("agent2"), pwdAccountLockedTime=[])


def test_a_group_gives_a_role_and_takes_it_away(method: SignInMethod, member: Member, town: Directory) -> None:
    elsewhere = factories.member()
    first, *_others = join(method, 1, 2, 3, at=elsewhere)
    method.member = None
    method.save()
    AccessRule.objects.create(method=method, group="ADS", member=member, role=Role.PERMIT_INSTRUCTOR)
    synchronise(method)
    assert first.memberships.get(member=member).role == Role.PERMIT_INSTRUCTOR
    members = [dn_of(f"agent{number}").encode() for number in range(30)]
    town.change(group_dn("ads"), member=[one for one in members if one != dn_of("agent1").encode()])
    try:
        synchronise(method)
    finally:
        town.change(group_dn("ads"), member=members)
    assert not first.memberships.filter(member=member).exists()
    assert first.memberships.filter(member=elsewhere).exists()
    assert is_open(first)


def test_a_role_that_is_taken_away_refuses_what_was_open(
    method: SignInMethod, member: Member, town: Directory, client: Any
) -> None:
    """A page that was opened under the role is sent afterwards: refused in words, nothing is written."""
    AccessRule.objects.create(method=method, group="ads", member=member, role=Role.GIS_ADMINISTRATOR)
    user, *_others = join(method, 1, 2, 3, 4, at=factories.member())
    synchronise(method)
    client.force_login(user)
    page = f"/membres/{member.slug}/"
    assert client.get(page).status_code == 200
    members = [dn_of(f"agent{number}").encode() for number in range(30)]
    town.change(group_dn("ads"), member=[one for one in members if one != dn_of("agent1").encode()])
    try:
        synchronise(method)
    finally:
        town.change(group_dn("ads"), member=members)
    sent = {"email": "nouveau@commune.example", "role": "reader"}
    assert client.post(page, sent).status_code in (403, 404)
    assert not User.objects.filter(email="nouveau@commune.example").exists()


def test_a_changed_address_and_name_are_followed(method: SignInMethod) -> None:
    (user,) = join(method, 4)
    User.objects.filter(pk=user.pk).update(email="ancien@commune.example", last_name="Ancien")
    assert synchronise(method).changed == 1
    user.refresh_from_db()
    assert (user.email, user.last_name) == ("agent4@commune.example", "Agent4")


class TestTooMany:
    """More than three, a tenth, or everybody: nothing is done before an administrator says so."""

    @pytest.fixture
    def leavers(self, method: SignInMethod) -> list[User]:
        users = join(method, *range(30))
        for number, user in enumerate(users[:4]):
            SocialAccount.objects.filter(user=user).update(uid=uuid(900 + number))
        return users[:4]

    def test_nobody_is_closed_and_administrators_are_told_once(
        self, method: SignInMethod, member: Member, leavers: list[User]
    ) -> None:
        administrator = factories.user(member, Role.GIS_ADMINISTRATOR)
        before = len([one for one in outbox() if administrator.email in one.to])
        for _time in range(2):
            report = synchronise(method)
            assert sorted(report.waiting) == sorted(one.pk for one in leavers)
            assert report.closed == 0
        assert all(is_open(one) for one in leavers)
        assert len([one for one in outbox() if administrator.email in one.to]) == before + 1

    def test_they_are_closed_once_that_is_confirmed(self, method: SignInMethod, leavers: list[User]) -> None:
        report = synchronise(method)
        synchronising.confirm(method, synchronising.digest_of(report.waiting))
        assert synchronise(method).closed == 4
        assert not any(is_open(one) for one in leavers)

    def test_another_list_than_the_one_seen_is_not_confirmed(self, method: SignInMethod, leavers: list[User]) -> None:
        synchronise(method)
        with pytest.raises(Conflict):
            synchronising.confirm(method, synchronising.digest_of([leavers[0].pk]))

    def test_roles_that_would_end_count_as_well(self, method: SignInMethod, member: Member) -> None:
        users = join(method, *range(10), at=factories.member())
        rule = AccessRule.objects.create(method=method, group="ads", member=member, role=Role.READER)
        synchronise(method)
        AccessRule.objects.filter(pk=rule.pk).update(group="reserve")
        report = synchronise(method)
        assert len(report.waiting) == 10
        assert users[0].memberships.filter(member=member).exists()


class TestNothingIsKnown:
    """A directory that answers nothing, half or wrongly closes nobody."""

    @pytest.mark.parametrize(
        "changed",
        [
            {"servers": ["ldaps://127.0.0.1:9"]},
            {"base": f"ou=ailleurs,{BASE}"},
            {"filter": "(objectClass=device)"},
            {"authority": ""},
            {"bind_dn": f"cn=personne,{BASE}"},
        ],
    )
    def test_wrong_settings(self, method: SignInMethod, changed: dict[str, Any]) -> None:
        user, other = join(method, 901, 902)
        method.options |= changed
        report = synchronise(method)
        assert report.error
        assert is_open(user)
        assert is_open(other)

    @pytest.mark.parametrize("kind", ["garbage", "closed", "huge"])
    def test_a_server_that_answers_wrongly(self, method: SignInMethod, town: Directory, kind: str) -> None:
        (user,) = join(method, 901)
        with bad_servers.serving(kind, town.folder) as server:
            method.options |= {"servers": [server]}
            assert synchronise(method).error
        assert is_open(user)

    def test_groups_that_are_no_longer_to_be_seen_take_no_role_away(self, method: SignInMethod, member: Member) -> None:
        AccessRule.objects.create(method=method, group="ads", member=member, role=Role.READER)
        (user,) = join(method, 1, at=factories.member())
        synchronise(method)
        method.options |= {"group_filter": "(objectClass=device)"}
        assert synchronise(method).error
        assert user.memberships.filter(member=member).exists()

    def test_half_an_answer(self, member: Member) -> None:
        limits = "size.soft=500 size.hard=500 size.pr=500 size.prtotal=500"
        with serving((person(f"agent{number}") for number in range(700)), limits=limits) as half:
            method = make_method(member, half.options())
            user = factories.user(member)
            join_first(method, user, "agent650@commune.example")
            assert synchronise(method).error
        assert is_open(user)

    def test_silence_of_an_hour_is_said(self, method: SignInMethod, member: Member) -> None:
        """To each administrator in their language."""
        administrator, other = (factories.user(member, Role.GIS_ADMINISTRATOR) for _ in range(2))
        User.objects.filter(pk=other.pk).update(language="en")
        method.options |= {"servers": ["ldaps://127.0.0.1:9"]}
        synchronise(method)
        assert not [one for one in outbox() if administrator.email in one.to]
        cache.set(reports.key(method, "answered"), "2026-01-01T00:00:00+00:00")
        synchronise(method)
        [french] = [one for one in outbox() if administrator.email in one.to]
        [english] = [one for one in outbox() if other.email in one.to]
        assert "plus d’une heure" in french.body
        assert "more than an hour" in english.body


class TestWhoStays:
    def test_an_emergency_account(self, method: SignInMethod, member: Member) -> None:
        _there, gone = join(method, 1, 999)
        with factories.as_owner():
            Member.objects.filter(pk=member.pk).update(emergency_account=gone)
        report = synchronise(method)
        assert (report.closed, len(report.kept)) == (0, 1)
        assert is_open(gone)

    def test_the_last_administrator_of_the_agency(self, method: SignInMethod) -> None:
        User.objects.filter(memberships__role=Role.AGENCY_ADMINISTRATOR).delete()
        join(method, 1)
        gone = factories.user(method.member, Role.AGENCY_ADMINISTRATOR)
        SocialAccount.objects.create(user=gone, provider=provider_of(method), uid=uuid(998))
        assert len(synchronise(method).kept) == 1
        assert is_open(gone)

    def test_the_last_administrator_of_a_member(self, method: SignInMethod, member: Member) -> None:
        join(method, 1)
        gone = factories.user(member, Role.GIS_ADMINISTRATOR)
        SocialAccount.objects.create(user=gone, provider=provider_of(method), uid=uuid(997))
        report = synchronise(method)
        assert (report.closed, len(report.kept)) == (0, 1)
        assert str(member) in report.kept[0]
        assert is_open(gone)


class TestWhoWorksElsewhere:
    """A member's directory ends what somebody has at that member, and nothing elsewhere."""

    @pytest.fixture
    def gone(self, method: SignInMethod) -> User:
        _there, gone = join(method, 1, 996)
        add(gone, factories.member())
        return gone

    def test_they_keep_their_account_and_what_they_have_elsewhere(
        self, method: SignInMethod, member: Member, gone: User
    ) -> None:
        report = synchronise(method)
        assert (report.closed, report.ended) == (0, 1)
        assert is_open(gone)
        assert not gone.memberships.filter(member=member).exists()
        assert gone.memberships.count() == 1

    def test_whoever_is_invited_again_stays(self, method: SignInMethod, member: Member, gone: User) -> None:
        synchronise(method)
        add(gone, member)
        assert synchronise(method).ended == 0
        assert gone.memberships.filter(member=member).exists()

    def test_a_directory_of_the_platform_closes_the_account(self, method: SignInMethod, gone: User) -> None:
        SignInMethod.objects.filter(pk=method.pk).update(member=None)
        method.refresh_from_db()
        synchronise(method)
        assert not is_open(gone)


class TestWhoIsBack:
    @pytest.fixture
    def closed(self, method: SignInMethod) -> User:
        _there, gone = join(method, 1, 995)
        synchronise(method)
        assert not is_open(gone)
        return gone

    def test_what_the_directory_closed_is_opened_with_its_roles(self, method: SignInMethod, closed: User) -> None:
        SocialAccount.objects.filter(user=closed).update(uid=uuid(5))
        synchronise(method)
        assert is_open(closed)
        assert closed.memberships.exists()
        SocialAccount.objects.filter(user=closed).update(uid=uuid(994))
        assert synchronise(method).closed == 1

    def test_an_account_that_people_opened_and_closed_since_stays_closed(
        self, method: SignInMethod, closed: User
    ) -> None:
        User.objects.filter(pk=closed.pk).update(is_active=True)
        assert synchronise(method).closed == 0
        assert is_open(closed)
        User.objects.filter(pk=closed.pk).update(is_active=False)
        SocialAccount.objects.filter(user=closed).update(uid=uuid(5))
        synchronise(method)
        assert not is_open(closed)


def test_one_who_cannot_be_closed_does_not_end_the_reading(
    method: SignInMethod, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: Any, **_more: Any) -> None:
        raise DatabaseError("a constraint")

    join(method, 1, 993)
    monkeypatch.setattr(synchronising, "close_access", fail)
    assert len(synchronise(method).kept) == 1


def test_a_directory_in_trouble_rests_until_it_answers(method: SignInMethod) -> None:
    good = method.options
    method.options = good | {"servers": ["ldaps://127.0.0.1:9"]}
    synchronise(method)
    assert reports.rests(method)
    method.options = good
    synchronise(method)
    assert not reports.rests(method)


def test_of_strangers_no_name_is_kept(method: SignInMethod) -> None:
    snapshot = directory_people.read(method, {uuid(1)})
    assert snapshot.people_count == COUNT
    assert list(snapshot.parents) == [snapshot.people[uuid(1)]["dn"]]


def test_directories_wait_in_a_queue_of_their_own_unless_they_rest(method: SignInMethod) -> None:
    """A worker runs it beside the others: mail waits for no directory."""
    waiting = ProcrastinateJob.objects.filter(task_name=synchronising.TASK, args__method=method.pk)
    with factories.as_worker():
        cache.set(reports.key(method, "rests"), True)
        synchronising.queue_all(0)
        assert not waiting.exists()
        reports.end_rest(method)
        synchronising.queue_all(0)
        assert [one.queue_name for one in waiting] == [DIRECTORIES]

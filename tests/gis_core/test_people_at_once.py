"""Who belongs to a member, changed by several people at the same time, in real transactions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.errors import ArpentError, Conflict
from gis_core.members import people
from gis_core.members.rights import Role, rights_of
from gis_core.models import Member, Membership, User
from tests import factories
from tests.policy.administration import person

pytestmark = pytest.mark.django_db
SITE = "http://localhost/"


@pytest.fixture
def _django_db_helper(database: str) -> None:
    """Rows are kept: several connections see them, in a copy of the database."""


def at_once(*works: Callable[[], Any]) -> list[str]:
    """Do these together; for each, "done" or the kind of its error."""
    begin = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> str:
        begin.wait(30)
        try:
            work()
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(run, works))


def administrator(member: Member, role: str = Role.GIS_ADMINISTRATOR) -> User:
    return factories.user(member, role)


def inviting(by: User, member: Member, email: str) -> Callable[[], Any]:
    rights = rights_of(by)
    return lambda: people.invite(rights=rights, member=member, email=email, role="reader", site=SITE)


def removing(by: User, membership: Membership) -> Callable[[], Any]:
    rights = rights_of(by)
    return lambda: people.remove(rights=rights, membership=membership)


def test_one_address_invited_by_eight_has_one_account() -> None:
    members = [factories.member() for _number in range(8)]
    works = [inviting(administrator(member), member, "Nouvelle@example.org") for member in members]
    assert at_once(*works) == ["done"] * 8
    assert User.objects.filter(email="nouvelle@example.org").count() == 1
    assert Membership.objects.pending().count() == 8


def test_one_address_invited_twice_at_one_member_is_a_conflict_and_never_a_failure() -> None:
    member = factories.member()
    works = [inviting(administrator(member), member, "nouvelle@example.org") for _number in range(4)]
    assert at_once(*works) == ["Conflict"] * 3 + ["done"]


@pytest.mark.parametrize("_time", range(4))
def test_an_account_is_not_closed_while_another_member_invites_it(_time: int) -> None:
    here, there = factories.member(), factories.member()
    person = factories.user(here)
    works = removing(administrator(here), person.memberships.get()), inviting(administrator(there), there, person.email)
    assert at_once(*works) == ["done", "done"]
    assert User.objects.get(pk=person.pk).is_active
    assert person.memberships.get().member == there


@pytest.mark.parametrize("role", [Role.GIS_ADMINISTRATOR, Role.AGENCY_ADMINISTRATOR])
def test_two_administrators_do_not_remove_each_other(role: str) -> None:
    member, other = factories.member(), factories.member()
    one = administrator(member, role)
    two = administrator(member if role == Role.GIS_ADMINISTRATOR else other, role)
    mine, theirs = one.memberships.get(), two.memberships.get()
    told = at_once(removing(one, theirs), removing(two, mine))
    assert told.count("done") == 1
    assert set(told) <= {"done", "Conflict", "Forbidden", "NotFound"}
    assert Membership.objects.filter(role=role).count() == 1


def closing(by: User, account: User) -> Callable[[], Any]:
    """On the account's page of the administration. Raises Conflict where the page refuses it in words."""
    client = Client()
    client.force_login(by)
    body = person(account)
    del body["is_active"]

    def close() -> None:
        answer = client.post(
            f"/administration/gis_core/user/{account.pk}/change/", body, headers={"accept": "text/html"}
        )
        if answer.status_code == 200:
            (words,) = answer.context["adminform"].form.errors["is_active"]
            raise Conflict(words)

    return close


@pytest.mark.parametrize("_time", range(3))
@pytest.mark.parametrize("way", [closing, lambda by, account: removing(by, account.memberships.get())])
def test_the_two_last_administrators_of_the_agency_do_not_both_go(
    way: Callable[[User, User], Callable[[], Any]], _time: int
) -> None:
    one, two = (administrator(factories.member(), Role.AGENCY_ADMINISTRATOR) for _number in range(2))
    at_once(closing(one, two), way(two, one))
    left = Membership.objects.filter(role=Role.AGENCY_ADMINISTRATOR, user__is_active=True)
    assert left.count() == 1


def test_who_was_removed_meanwhile_gives_nothing_any_more() -> None:
    member = factories.member()
    one, two = administrator(member), administrator(member)
    invite = inviting(two, member, "x@example.org")
    people.remove(rights=rights_of(one), membership=two.memberships.get())
    with pytest.raises(ArpentError):
        invite()
    assert not User.objects.filter(email="x@example.org").exists()

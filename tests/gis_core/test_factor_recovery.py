"""A lost phone: who may begin a recovery, who hears of it, when it takes effect, who stops it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.test import Client

from gis_core.database import clock
from gis_core.members.people import change_role
from gis_core.members.rights import Role, rights_of
from gis_core.models import FactorRecovery, Member, Membership, User
from gis_core.operations import security_journal
from tests import factories
from tests.post import outbox
from tests.second_factors import HTML, add_application, browser_of, code_of, first_step, second_step, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def person(member: Member) -> User:
    user = with_password(factories.user(member, Role.PERMIT_INSTRUCTOR, first_name="Jeanne", last_name="Morel"))
    add_application(user)
    return user


@pytest.fixture
def colleague(member: Member) -> User:
    return factories.user(member, Role.GIS_ADMINISTRATOR, first_name="Paul", last_name="Roy")


@pytest.fixture
def agency() -> User:
    return factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)


def page_of(member: Member, person: User) -> str:
    return f"/membres/{member.slug}/{person.memberships.get(member=member).pk}/second-facteur/"


def ask(by: User, member: Member, person: User, act: str = "start") -> Any:
    return browser_of(by).post(page_of(member, person), {"act": act}, follow=True)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exists()


def a_day_later(person: User) -> None:
    now = clock.now() - timedelta(minutes=1)
    FactorRecovery.objects.filter(user=person).update(effective_at=now)


def since(user: User, hours: int) -> None:
    """Have them have accepted their role so long ago."""
    with factories.as_owner():
        Membership.objects.filter(user=user).update(accepted_at=clock.now() - timedelta(hours=hours))


def totp_secret(person: User) -> str:
    return str(decrypt(Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP).data["secret"]))


def signs_in(person: User) -> bool:
    client = Client(headers=HTML)
    return bool(first_step(client, person)["Location"] != "/compte/second-facteur/connexion/")


def test_it_takes_effect_after_a_day_at_the_next_sign_in(member: Member, person: User, colleague: User) -> None:
    ask(colleague, member, person)
    assert (signs_in(person), has_factor(person)) == (False, True)
    a_day_later(person)
    assert (signs_in(person), has_factor(person)) == (True, False)
    assert not FactorRecovery.objects.pending().exists()


def test_a_second_colleague_makes_it_take_effect_at_once(
    member: Member, person: User, colleague: User, agency: User
) -> None:
    since(agency, hours=25)
    ask(colleague, member, person)
    assert "un autre collègue" in ask(colleague, member, person, "confirm").text
    assert has_factor(person)
    ask(agency, member, person, "confirm")
    assert not has_factor(person)
    assert FactorRecovery.objects.get().confirmed_by == agency


def test_nobody_confirms_by_a_role_of_less_than_a_day(member: Member, person: User, colleague: User) -> None:
    second_self = factories.user(member, Role.GIS_ADMINISTRATOR)
    since(second_self, hours=23)
    ask(colleague, member, person)
    assert "un autre collègue" in ask(second_self, member, person, "confirm").text
    assert has_factor(person)


def test_nobody_confirms_by_a_role_that_was_raised_within_the_day(
    member: Member, person: User, colleague: User
) -> None:
    second_self = factories.user(member, Role.READER)
    since(second_self, hours=24 * 30)
    change_role(rights=rights_of(colleague), membership=second_self.memberships.get(), role=Role.GIS_ADMINISTRATOR)
    ask(colleague, member, person)
    assert "un autre collègue" in ask(second_self, member, person, "confirm").text
    assert has_factor(person)


def test_the_agency_alone_does_it_for_who_has_a_higher_role_elsewhere(member: Member, person: User) -> None:
    colleague = factories.user(member, Role.GIS_ADMINISTRATOR)
    with factories.as_owner():
        Membership.objects.create(user=person, member=factories.member(), role=Role.GIS_ADMINISTRATOR)
    assert "rôle ne le permet pas" in ask(colleague, member, person).text


def test_a_second_step_ends_it(member: Member, person: User, colleague: User) -> None:
    ask(colleague, member, person)
    client = Client(headers=HTML)
    first_step(client, person)
    second_step(client, code_of(totp_secret(person)))
    assert not FactorRecovery.objects.pending().exists()
    a_day_later(person)
    assert not signs_in(person)


def test_it_lapses_after_three_days_and_can_be_begun_again(member: Member, person: User, colleague: User) -> None:
    ask(colleague, member, person)
    FactorRecovery.objects.update(effective_at=clock.now() - timedelta(days=3, minutes=1))
    assert not signs_in(person)
    ask(colleague, member, person)
    assert FactorRecovery.objects.pending().count() == 1


def test_a_password_that_is_refused_takes_nothing_off(
    member: Member, person: User, colleague: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(colleague, member, person)
    a_day_later(person)
    monkeypatch.setattr("gis_core.accounts.providers.choosing.may_use_password", lambda _user: False)
    assert first_step(Client(headers=HTML), person).status_code == 403
    assert has_factor(person)


def test_nobody_does_it_for_themself(member: Member, colleague: User, agency: User) -> None:
    add_application(colleague)
    assert "pour soi-même" in ask(colleague, member, colleague).text
    ask(agency, member, colleague)
    assert "pour soi-même" in ask(colleague, member, colleague, "confirm").text
    assert has_factor(colleague)


def test_the_agency_alone_does_it_for_its_administrators(member: Member, colleague: User) -> None:
    chief = factories.user(member, Role.AGENCY_ADMINISTRATOR)
    add_application(chief)
    assert "rôle ne le permet pas" in ask(colleague, member, chief).text
    assert not FactorRecovery.objects.exists()


def test_an_administrator_of_another_member_finds_nobody(member: Member, person: User) -> None:
    other = factories.user(factories.member(), Role.GIS_ADMINISTRATOR)
    assert ask(other, member, person).status_code == 404


def test_the_person_and_the_agency_hear_of_it_and_the_link_stops_it(
    member: Member, person: User, colleague: User, agency: User
) -> None:
    ask(colleague, member, person)
    sent = {one.to[0]: one.body for one in outbox() if "second facteur" in one.subject.lower()}
    assert set(sent) == {person.email, agency.email}
    assert "Paul Roy" in sent[agency.email]
    assert "recuperation" not in sent[agency.email]
    (link,) = re.findall(r"https?://[^/]+(\S+recuperation/\S+)", sent[person.email])
    client = Client(headers=HTML)
    assert "Jeanne Morel" in client.get(link).text
    assert FactorRecovery.objects.pending().exists()
    assert "arrêtée" in client.post(link).text
    a_day_later(person)
    assert not signs_in(person)
    assert client.get(link).status_code == 404
    assert client.get(f"{link[:-3]}xx/").status_code == 404


def test_the_person_stops_it_from_their_session(member: Member, person: User, colleague: User) -> None:
    ask(colleague, member, person)
    client = browser_of(person)
    assert "Paul Roy" in client.get("/compte/second-facteur/").text
    client.post("/compte/second-facteur/recuperation/arreter/")
    assert not FactorRecovery.objects.pending().exists()
    assert has_factor(person)


def test_it_is_begun_once_and_only_where_there_is_something_to_recover(
    member: Member, person: User, colleague: User
) -> None:
    ask(colleague, member, person)
    assert "déjà commencé" in ask(colleague, member, person).text
    nobody = factories.user(member)
    assert "rien à récupérer" in ask(colleague, member, nobody).text
    assert FactorRecovery.objects.count() == 1


def test_all_of_it_is_in_the_security_journal(
    member: Member, person: User, colleague: User, agency: User, settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    since(agency, hours=25)
    ask(colleague, member, person)
    ask(agency, member, person, "confirm")
    lines = security_journal.path_of(clock.now().date()).read_text()
    assert "factor_recovery_started" in lines
    assert "factor_recovery_done" in lines

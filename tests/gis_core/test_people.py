"""Inviting people, giving roles, removing: who may, and what can never happen."""

import re

import pytest
from django.core import mail
from django.test import Client

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.models import Member, Membership, User
from gis_core.rights import Rights, Role, rights_of
from gis_core.services import people
from gis_core.services.tokens import create_token, tokens_of
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "http://localhost/"


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune(insee="45901"))


@pytest.fixture
def administrator(member: Member) -> User:
    return factories.user(member, Role.GIS_ADMINISTRATOR)


@pytest.fixture
def rights(administrator: User) -> Rights:
    return rights_of(administrator)


def invited(
    member: Member, rights: Rights, role: str = Role.READER, email: str = "Nouvelle@Example.org", **more: object
) -> Membership:
    return people.invite(rights=rights, member=member, email=email, role=role, site=SITE, **more)  # type: ignore[arg-type]


def test_an_invitation_makes_an_account_that_nobody_can_sign_in_to(member: Member, rights: Rights) -> None:
    user = invited(member, rights).user
    assert user.email == "nouvelle@example.org"
    assert not user.has_usable_password()


def test_the_invitation_mail_sets_the_password_and_signs_in(member: Member, rights: Rights, client: Client) -> None:
    invited(member, rights)
    (link,) = re.findall(r"http://localhost(/\S+)", str(mail.outbox[0].body))
    page = client.get(link, follow=True, headers={"accept": "text/html"})
    form = page.redirect_chain[-1][0]
    secret = "une phrase assez longue"
    client.post(form, {"password1": secret, "password2": secret}, headers={"accept": "text/html"})
    assert client.get("/api/v1/me/").json()["email"] == "nouvelle@example.org"
    assert "Hello" not in str(mail.outbox[0].body)


def test_somebody_known_gets_the_role_without_a_second_account(member: Member, rights: Rights) -> None:
    known = factories.user(factories.member(), email="connue@example.org")
    assert invited(member, rights, email="connue@example.org").user == known


def test_inviting_twice_is_a_conflict(member: Member, rights: Rights) -> None:
    invited(member, rights)
    with pytest.raises(Conflict):
        invited(member, rights)


def test_nobody_gives_a_role_above_their_own(member: Member, rights: Rights) -> None:
    with pytest.raises(Forbidden):
        invited(member, rights, Role.AGENCY_ADMINISTRATOR)


def test_a_gis_administrator_does_not_touch_an_agency_administrator(member: Member, rights: Rights) -> None:
    chief = factories.user(member, Role.AGENCY_ADMINISTRATOR).memberships.get()
    factories.user(member, Role.AGENCY_ADMINISTRATOR)
    with pytest.raises(Forbidden):
        people.change_role(rights=rights, membership=chief, role=Role.READER)
    with pytest.raises(Forbidden):
        people.remove(rights=rights, membership=chief)


def test_the_last_administrator_cannot_leave(rights: Rights, administrator: User) -> None:
    mine = administrator.memberships.get()
    with pytest.raises(Conflict):
        people.remove(rights=rights, membership=mine)
    with pytest.raises(Conflict):
        people.change_role(rights=rights, membership=mine, role=Role.READER)


def test_an_administrator_can_leave_when_another_stays(member: Member, rights: Rights, administrator: User) -> None:
    factories.user(member, Role.GIS_ADMINISTRATOR)
    people.remove(rights=rights, membership=administrator.memberships.get())
    assert not administrator.memberships.exists()


def test_the_last_agency_administrator_stays(member: Member) -> None:
    chief = factories.user(member, Role.AGENCY_ADMINISTRATOR)
    with pytest.raises(Conflict):
        people.remove(rights=rights_of(chief), membership=chief.memberships.get())


def test_a_town_hall_has_communes_of_the_territory(member: Member, rights: Rights) -> None:
    elsewhere = factories.commune()
    for communes in ((), (elsewhere.insee,), ("45901", "99999")):
        with pytest.raises(Invalid):
            invited(member, rights, Role.TOWN_HALL, communes=communes)
    person = invited(member, rights, Role.TOWN_HALL, communes=("45901",))
    assert rights_of(person.user).town_insee == frozenset({"45901"})


def test_other_roles_have_no_communes(member: Member, rights: Rights) -> None:
    with pytest.raises(Invalid):
        invited(member, rights, Role.READER, communes=("45901",))


def test_an_account_without_any_member_is_closed_and_opened_again(member: Member, rights: Rights) -> None:
    person = invited(member, rights)
    people.remove(rights=rights, membership=person)
    assert not User.objects.get(pk=person.user_id).is_active
    assert invited(member, rights).user.is_active


def test_an_account_opened_again_starts_without_its_old_tokens(member: Member, rights: Rights) -> None:
    person = invited(member, rights)
    create_token(user=person.user, name="QGIS")
    people.remove(rights=rights, membership=person)
    assert not tokens_of(invited(member, rights).user).exists()


def test_an_account_that_the_agency_closed_is_not_opened_by_an_invitation(member: Member, rights: Rights) -> None:
    elsewhere = factories.user(factories.member(), email="fermee@example.org", is_active=False)
    with pytest.raises(Conflict):
        invited(member, rights, email="fermee@example.org")
    assert not User.objects.get(pk=elsewhere.pk).is_active


def test_a_mail_that_cannot_leave_undoes_the_invitation(
    member: Member, administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(people, "send_mail", refuse)
    client.force_login(administrator)
    answer = client.post(
        f"/api/v1/members/{member.slug}/people/", {"email": "x@example.org", "role": "reader"}, "application/json"
    )
    assert answer.status_code == 503
    assert not User.objects.filter(email="x@example.org").exists()


def test_a_wrong_form_keeps_what_was_typed_and_ties_the_error_to_its_field(
    member: Member, administrator: User, client: Client
) -> None:
    client.force_login(administrator)
    answer = client.post(
        f"/membres/{member.slug}/", {"email": "pas une adresse", "role": "reader"}, headers={"accept": "text/html"}
    )
    assert answer.status_code == 400
    assert b'value="pas une adresse"' in answer.content
    assert b'aria-describedby="id_email_error"' in answer.content
    assert b'id="id_email_error"' in answer.content


def test_django_flags_follow_the_role(member: Member) -> None:
    assert factories.user(member, Role.AGENCY_ADMINISTRATOR).is_superuser
    assert not factories.user(member, Role.GIS_ADMINISTRATOR).is_staff

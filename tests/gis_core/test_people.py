"""Inviting people, giving roles, removing: who may, and what can never happen."""

import re
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.jobs import Job as JobOfQueue

from gis_core.accounts import mail as account_mail
from gis_core.accounts.adapter import AccountAdapter
from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict, DatabaseGone, Forbidden, Invalid, NotFound
from gis_core.jobs.task_process import Server
from gis_core.members import handover, people
from gis_core.members.rights import Rights, Role, rights_of
from gis_core.models import Member, Membership, User
from gis_core.tasks import declare_tasks
from gis_core.tokens.services import create_token, tokens_of
from tests import factories
from tests.post import outbox, waiting

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


def agency() -> Rights:
    return rights_of(factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))


def invited(
    member: Member,
    rights: Rights,
    role: str = Role.READER,
    email: str = "Nouvelle@Example.org",
    asker: Rights | None = None,
    **more: object,
) -> Membership:
    return people.invite(rights=asker or rights, member=member, email=email, role=role, site=SITE, **more)  # type: ignore[arg-type]


def known_account(**fields: object) -> User:
    """Somebody with a password who belongs to another member."""
    return account(factories.member(), "connue@example.org", **fields)


def account(at: Member | None, email: str, **fields: object) -> User:
    user = factories.user(at, email=email, **fields)
    user.set_password("une phrase assez longue")
    user.save()
    return user


def account_of_kind(kind: str) -> User:
    names = {"first_name": "Camille", "last_name": "Aubert"}
    match kind:
        case "in use elsewhere":
            return known_account(**names, last_login=timezone.now())
        case "never used":
            return factories.user(factories.member(), email="connue@example.org", **names)
        case "closed by the agency":
            return known_account(**names, is_active=False)
        case _:
            return account(None, "connue@example.org", **names, is_active=False)


NOTHING_KNOWN = {
    "username": None,
    "name": None,
    "role": "reader",
    "role_label": "Lecteur",
    "communes": [],
    "accepted_at": None,
    "last_login_at": None,
}


def test_an_invitation_makes_an_account_that_nobody_can_sign_in_to(member: Member, rights: Rights) -> None:
    user = invited(member, rights).user
    assert user.email == "nouvelle@example.org"
    assert not user.has_usable_password()


def test_the_invitation_mail_sets_the_password_and_signs_in(member: Member, rights: Rights, client: Client) -> None:
    invited(member, rights)
    first_password(client)
    me = client.get("/api/v1/me/").json()
    assert me["email"] == "nouvelle@example.org"
    assert [one["member"]["slug"] for one in me["memberships"]] == [member.slug]
    assert "Hello" not in str(outbox()[0].body)


def first_password(client: Client) -> None:
    """Follow the mail's link and choose a password."""
    (link,) = re.findall(r"http://localhost(/\S+)", str(outbox()[0].body))
    page = client.get(link, follow=True, headers={"accept": "text/html"})
    form = page.redirect_chain[-1][0]
    secret = "une phrase assez longue"
    client.post(form, {"password1": secret, "password2": secret}, headers={"accept": "text/html"})


def test_the_invitation_mail_accepts_the_invitation_that_opened_the_account_alone(
    member: Member, rights: Rights, client: Client
) -> None:
    person = invited(member, rights)
    other = factories.invitation(factories.member(), person.user)
    first_password(client)
    assert list(person.user.memberships.accepted()) == [person]
    assert list(person.user.memberships.pending()) == [other]


def test_another_password_accepts_nothing(member: Member, rights: Rights) -> None:
    known = known_account()
    invited(member, rights, email=known.email)
    AccountAdapter().set_password(known, "une autre phrase assez longue")
    assert known.memberships.pending().exists()


def test_somebody_known_gets_no_second_account_and_a_mail_that_leads_to_theirs(member: Member, rights: Rights) -> None:
    known = known_account()
    assert invited(member, rights, email="connue@example.org").user == known
    assert "http://localhost/compte/\n" in str(outbox()[0].body) + "\n"


def test_an_invitation_gives_no_rights_until_it_is_accepted(member: Member, rights: Rights, client: Client) -> None:
    known = known_account()
    person = invited(member, rights, Role.AGENCY_ADMINISTRATOR, email=known.email, asker=agency())
    assert (rights_of(known).agency, known.is_superuser, member.pk in rights_of(known).roles) == (False, False, False)
    client.force_login(known)
    assert member.slug not in str(client.get("/api/v1/me/").json())
    answer = client.post(f"/compte/invitations/{person.pk}/accepter/")
    assert answer.status_code == 302
    assert rights_of(known).agency
    assert member.slug in str(client.get("/api/v1/me/").json())


def test_an_invitation_is_accepted_from_the_account_page_once(member: Member, rights: Rights, client: Client) -> None:
    known = known_account()
    person = invited(member, rights, email=known.email)
    client.force_login(known)
    address = f"/compte/invitations/{person.pk}/accepter/"
    assert address in client.get("/compte/", headers={"accept": "text/html"}).content.decode()
    client.post(address)
    assert address not in client.get("/compte/", headers={"accept": "text/html"}).content.decode()
    assert client.post(address).status_code == 404


def test_an_invited_administrator_does_not_count_as_one(member: Member, rights: Rights, administrator: User) -> None:
    invited(member, rights, Role.GIS_ADMINISTRATOR)
    with pytest.raises(Conflict):
        people.remove(rights=rights, membership=administrator.memberships.get())


ACCOUNTS = ("in use elsewhere", "never used", "closed by the agency", "closed for want of a member")


@pytest.mark.parametrize("kind", ACCOUNTS)
def test_nothing_tells_whether_an_invited_address_has_an_account(
    member: Member, administrator: User, client: Client, kind: str
) -> None:
    known, unknown = account_of_kind(kind), "nobody@example.org"
    client.force_login(administrator)
    assert everything_shown(client, member, known.email) == everything_shown(client, member, unknown)


def everything_shown(client: Client, member: Member, email: str) -> list[object]:
    """All that inviting an address, looking, changing the role and removing answer, the address and ids blanked."""
    people_of_member, page = f"/api/v1/members/{member.slug}/people/", f"/membres/{member.slug}/"
    wanted = {"email": email, "first_name": "Nom", "last_name": "Proposé", "role": "reader"}
    outbox()
    mail.outbox.clear()
    made = client.post(people_of_member, wanted, "application/json")
    person = made.json()
    assert person == {**NOTHING_KNOWN, "id": person["id"], "email": email}
    html, one = {"accept": "text/html"}, f"{people_of_member}{person['id']}/"
    answers = [
        made,
        client.post(people_of_member, wanted, "application/json"),
        client.get(people_of_member),
        client.get(one),
        client.get(page, headers=html),
        client.get(f"{page}{person['id']}/", headers=html),
        client.patch(one, {"role": "town_hall", "communes": ["45901"]}, "application/json"),
        client.patch(one, {"role": "gis_administrator"}, "application/json"),
        client.post(f"{page}{person['id']}/", {"role": "reader"}, headers=html),
        client.get("/membres/", headers=html),
        client.delete(one),
        client.post(page, wanted, headers=html),
        client.get(page, headers=html),
    ]
    sent = [(message.subject, message.to == [email]) for message in outbox()]
    with factories.as_owner():
        Membership.objects.pending().filter(member=member).delete()
    return [[blanked(answer, email) for answer in answers], sent]


BLANKED = ("Content-Length", "Expires", "X-Request-ID")


def blanked(answer: Any, email: str) -> tuple[int, dict[str, str], str]:
    content = answer.content.decode().replace(email, "…")
    content = re.sub(r'name="(csrfmiddlewaretoken|form_key)" value="[\w-]+"', "", content)
    content = re.sub(r'/membres/([\w-]+)/\d+/|"id":\s?\d+', r"\1", content)
    headers = {name: re.sub(r"/\d+/$", "/", value) for name, value in answer.items() if name not in BLANKED}
    return answer.status_code, headers, content


def test_the_place_of_an_invitation_in_the_list_follows_the_address_typed(member: Member, rights: Rights) -> None:
    for email, last_name in (("b@example.org", "Aubert"), ("a@example.org", "Zola")):
        factories.user(factories.member(), email=email, last_name=last_name)
        invited(member, rights, email=email)
    assert [person.name for person in people.people_of(member)][1:] == ["a@example.org", "b@example.org"]


def test_the_name_and_the_last_sign_in_appear_once_the_invitation_is_accepted(
    member: Member, administrator: User, client: Client
) -> None:
    known = known_account(first_name="Camille", last_name="Connue", last_login=timezone.now())
    client.force_login(administrator)
    address = f"/api/v1/members/{member.slug}/people/"
    made = client.post(address, {"email": "Connue@example.org", "role": "reader"}, "application/json").json()
    people.accept(user=known, membership_id=made["id"])
    shown = client.get(f"{address}{made['id']}/").json()
    assert (shown["username"], shown["name"]) == (known.username, "Camille Connue")
    assert shown["last_login_at"]
    assert shown["accepted_at"]


@pytest.mark.parametrize("name", ["Ève\x07", "Ève\nMartin", "\u202eenitraM", "Mar\u200btin", "Mar\x9btin"])
def test_a_name_with_invisible_characters_is_refused(
    member: Member, rights: Rights, administrator: User, client: Client, name: str
) -> None:
    for field in ("first_name", "last_name"):
        with pytest.raises(Invalid):
            invited(member, rights, **{field: name})
        body = {"email": "nouvelle@example.org", "role": "reader", field: name}
        client.force_login(administrator)
        assert client.post(f"/api/v1/members/{member.slug}/people/", body, "application/json").status_code == 400


def test_a_name_keeps_its_accents_hyphens_and_apostrophes(member: Member, rights: Rights) -> None:
    user = invited(member, rights, first_name="Zoé-Ève", last_name="d’Arc L\u00a0Œuf").user
    assert user.get_full_name() == "Zoé-Ève d’Arc L\u00a0Œuf"


def test_the_administration_refuses_a_name_with_invisible_characters(client: Client) -> None:
    person = factories.user(factories.member(), "agency_administrator", last_name="Martin")
    client.force_login(person)
    below = {f"{name}-{count}_FORMS": 0 for name in ("memberships", "api_tokens") for count in ("TOTAL", "INITIAL")}
    answer = client.post(
        f"/administration/gis_core/user/{person.pk}/change/",
        {"username": person.username, "email": person.email, "language": "fr", "last_name": "Mar\x07tin", **below},
        headers={"accept": "text/html"},
    )
    assert "last_name" in answer.context["adminform"].form.errors


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


def test_an_administrator_whose_account_is_closed_does_not_count_as_another(
    member: Member, rights: Rights, administrator: User
) -> None:
    factories.user(member, Role.GIS_ADMINISTRATOR, is_active=False)
    with pytest.raises(Conflict):
        people.remove(rights=rights, membership=administrator.memberships.get())


@pytest.mark.parametrize("kind", [User.Kind.PROGRAM, User.Kind.SECURITY])
def test_no_other_account_than_a_person_s_counts_as_an_administrator_who_stays(
    member: Member, rights: Rights, administrator: User, kind: str
) -> None:
    other = factories.user(member, Role.GIS_ADMINISTRATOR, kind=kind).memberships.get()
    mine = administrator.memberships.get()
    with pytest.raises(Conflict):
        people.remove(rights=rights, membership=mine)
    assert fetch_one("select arpent.is_last_administrator(%s)", [mine.pk]) == (True,)
    assert handover.colleagues_of(mine) == []
    chief = factories.user(member, Role.AGENCY_ADMINISTRATOR)
    factories.user(member, Role.AGENCY_ADMINISTRATOR, kind=kind)
    with pytest.raises(Conflict):
        people.remove(rights=rights_of(chief), membership=chief.memberships.get())
    people.remove(rights=rights_of(chief), membership=other)
    assert User.objects.get(pk=other.user_id).is_active == (kind == User.Kind.SECURITY)


def test_an_invitation_neither_opens_nor_joins_the_security_officer_s_account(member: Member, rights: Rights) -> None:
    officer = account(None, "rssi@example.org", kind=User.Kind.SECURITY, is_active=False)
    with pytest.raises(Conflict) as refused:
        invited(member, rights, email="rssi@example.org")
    invited(member, rights)
    with pytest.raises(Conflict) as usual:
        invited(member, rights)
    assert refused.value.message == usual.value.message
    officer.refresh_from_db()
    assert (officer.is_active, officer.memberships.exists()) == (False, False)


@pytest.mark.parametrize(("role", "ended"), [(Role.READER, True), (Role.GIS_ADMINISTRATOR, False)])
def test_sessions_are_ended_by_whoever_has_the_right_at_each_member_of_theirs(
    member: Member, administrator: User, client: Client, role: Role, ended: bool
) -> None:
    person = factories.user(member, Role.READER)
    elsewhere = factories.user(factories.member(), Role.READER).memberships.get().member
    with factories.as_owner():
        Membership.objects.create(user=person, member=elsewhere, role=role)
        Membership.objects.create(user=administrator, member=elsewhere, role=Role.PERMIT_INSTRUCTOR)
    browser = Client()
    browser.force_login(person)
    client.force_login(administrator)
    client.post(f"/membres/{member.slug}/{person.memberships.get(member=member).pk}/sessions/")
    assert (browser.get("/compte/session/").json()["user"] == "") == ended


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
    people.accept(user=person.user, membership_id=person.pk)
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
    closed = account_of_kind("closed by the agency")
    person = invited(member, rights, email=closed.email)
    assert not User.objects.get(pk=closed.pk).is_active
    with pytest.raises(NotFound):
        people.accept(user=person.user, membership_id=person.pk)


def test_an_invitation_does_not_wait_for_the_mail_server(
    member: Member, administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(account_mail, "send_mail", refuse)
    client.force_login(administrator)
    answer = client.post(
        f"/api/v1/members/{member.slug}/people/", {"email": "x@example.org", "role": "reader"}, "application/json"
    )
    assert answer.status_code == 201
    ((_number, arguments),) = waiting()
    assert arguments["kind"] == "invitation"
    with pytest.raises(ConnectionRefusedError):
        outbox()
    monkeypatch.undo()
    assert [message.to for message in outbox()] == [["x@example.org"]]


def test_a_mail_server_that_does_not_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(account_mail, "send_mail", refuse)
    values = {"to": "x@example.org", "subject": "x", "body": "x"}
    tried = JobOfQueue(
        id=1,
        queue="q",
        lock=None,
        queueing_lock=None,
        task_name=account_mail.TASK,
        task_kwargs={"kind": "written", "values": values},
    )
    declare_tasks()
    # What the worker hears from the process that it runs in.
    lost = Server(None).perform(tried).again  # type: ignore[arg-type]
    retry = app.tasks[account_mail.TASK].retry_strategy
    assert lost is not None
    assert retry.get_retry_decision(exception=lost, job=tried)
    assert retry.get_retry_decision(exception=DatabaseGone("gone"), job=tried)
    assert not retry.get_retry_decision(exception=KeyError(), job=tried)


def test_the_queue_holds_no_link_that_opens_an_account(member: Member, rights: Rights, client: Client) -> None:
    user = invited(member, rights).user
    client.post("/compte/mot-de-passe/oublie/", {"email": user.email}, headers={"accept": "text/html"})
    kinds = [arguments["kind"] for _number, arguments in waiting()]
    assert kinds == ["invitation", "password_reset"]
    assert "nouveau" not in str(waiting())


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


def test_who_asks_costs_the_same_with_many_roles(client: Client) -> None:
    alone, busy = factories.user(factories.member()), factories.user(factories.member())
    for _other in range(3):
        with factories.as_owner():
            Membership.objects.create(user=busy, member=factories.member(), role=Role.READER)
    assert queries_of_me(client, busy, roles=4) == queries_of_me(client, alone, roles=1)


def queries_of_me(client: Client, user: User, roles: int) -> int:
    client.force_login(user)
    with CaptureQueriesContext(connection) as queries:
        assert len(client.get("/api/v1/me/").json()["memberships"]) == roles
    return len(queries)


def test_django_flags_follow_the_role(member: Member) -> None:
    assert factories.user(member, Role.AGENCY_ADMINISTRATOR).is_superuser
    assert not factories.user(member, Role.GIS_ADMINISTRATOR).is_staff

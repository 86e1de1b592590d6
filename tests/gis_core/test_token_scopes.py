"""What a token is made for: writing, desks, layers, addresses; service accounts; reminders."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import InternalError, connection
from django.test import Client
from django.utils import timezone

from gis_core.database.failures import in_domain_terms
from gis_core.errors import Forbidden, Invalid
from gis_core.members import people
from gis_core.members.rights import Role, only_reads, rights_of
from gis_core.models import ApiToken, Member, Membership, User
from gis_core.tokens import programs, reminders, scopes, services
from tests import factories
from tests.post import outbox

HTML = {"accept": "text/html"}
LAYERS = "/api/v1/layers/"


def ask(secret: str, path: str = LAYERS, method: str = "get", **more: Any) -> Any:
    client = Client(headers={"accept": "application/json", "authorization": f"Bearer {secret}"})
    return getattr(client, method)(path, **more)


def token(**given: Any) -> ApiToken:
    return ApiToken(**({"may_write": False} | given))


@pytest.mark.parametrize(
    ("networks", "address", "opens"),
    [
        ([], "192.0.2.7", True),
        (["192.0.2.0/24"], "192.0.2.7", True),
        (["192.0.2.0/24"], "::ffff:192.0.2.7", True),
        (["2001:db8::/32"], "2001:db8::7", True),
        (["192.0.2.7/32"], "192.0.2.8", False),
        (["192.0.2.0/24"], "2001:db8::7", False),
        (["192.0.2.0/24"], "", False),
    ],
)
def test_a_token_opens_from_its_networks_alone(networks: list[str], address: str, opens: bool) -> None:
    why = scopes.why_refused(token(networks=networks), method="GET", path=LAYERS, address=address)
    assert (why == "") == opens


@pytest.mark.parametrize("path", ["/api/v1/layersX/", "/x/api/v1/layers/", "/oauth", "/", "/api/v1/permits/", "//ogc"])
def test_an_address_that_only_resembles_a_desk_s_is_not_opened(path: str) -> None:
    assert scopes.why_refused(token(desks=["layers"]), method="GET", path=path, address="")


@pytest.mark.django_db
def test_a_reader_makes_no_token_that_writes_and_one_made_before_writes_nothing_later() -> None:
    layer = factories.editable_layer(slug="lampes", visibility="owner")
    technician = factories.user(layer.owner, Role.NETWORK_TECHNICIAN)
    _token, secret = services.create_token(user=technician, name="essai", may_write=True)
    edit = {"edits": [{"action": "update", "id": factories.feature(layer), "version": 1, "properties": {"lamps": 3}}]}
    sent = {"data": edit, "content_type": "application/json"}
    assert ask(secret, f"{LAYERS}lampes/edits/", "post", **sent).status_code == 200
    with factories.as_owner():
        Membership.objects.filter(user=technician).update(role=Role.READER)
    assert ask(secret, f"{LAYERS}lampes/edits/", "post", **sent).status_code == 403
    with pytest.raises(Invalid, match="jeton"):
        services.create_token(user=technician, name="autre", may_write=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "scope",
    [
        {"desks": ["nulle-part"]},
        {"layers": ["cachee"]},
        {"networks": ["192.0.2.300"]},
        {"desks": ["permits"], "layers": ["x"]},
    ],
    ids=str,
)
def test_a_scope_that_is_none_is_refused_in_words(scope: dict[str, list[str]]) -> None:
    factories.editable_layer(slug="cachee", visibility="owner")
    with pytest.raises(Invalid) as refused:
        services.create_token(user=factories.user(factories.member()), name="essai", **scope)
    assert refused.value.extra["parameter"] in scope
    assert not ApiToken.objects.exists()


@pytest.mark.django_db
def test_a_request_says_what_the_token_lacks_and_where_it_came_from() -> None:
    person = factories.user(factories.member(), Role.GIS_ADMINISTRATOR)
    made, secret = services.create_token(user=person, name="essai", desks=["layers"], networks=["192.0.2.0/24"])
    elsewhere = ask(secret, REMOTE_ADDR="198.51.100.1")
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (403, "token")
    assert "adresse" in elsewhere.json()["detail"]
    assert ask(secret, REMOTE_ADDR="192.0.2.9").status_code == 200
    assert ask(secret, "/permis/", REMOTE_ADDR="192.0.2.9").status_code == 403
    assert "lit seulement" in ask(secret, f"{LAYERS}x/edits/", "post", REMOTE_ADDR="192.0.2.9").json()["detail"]
    made.refresh_from_db()
    assert made.last_address in ("198.51.100.1", "192.0.2.9")


@pytest.mark.django_db
def test_postgresql_refuses_to_write_for_a_token_that_only_reads() -> None:
    other = connection.copy()
    try:
        with scopes.writing_as(token()):
            other.set_autocommit(False)
            with other.cursor() as cursor, pytest.raises(InternalError) as refused:
                cursor.execute("update gis_core_user set first_name = 'Autre'")
            known = in_domain_terms(refused.value)
        assert isinstance(known, Forbidden)
        assert "lit seulement" in known.message
    finally:
        other.close()
    with scopes.writing_as(token(may_write=True)):
        assert not only_reads.get()


@pytest.fixture
def agency() -> tuple[Member, User]:
    member = factories.member(factories.commune())
    return member, factories.user(member, Role.GIS_ADMINISTRATOR)


def program_of(agency: tuple[Member, User], role: str = Role.READER) -> Membership:
    member, user = agency
    return programs.create_program(rights=rights_of(user), member=member, user=user, name="QGIS Server", role=role)


@pytest.mark.django_db
def test_a_service_account_has_its_role_and_no_way_to_sign_in(agency: tuple[Member, User]) -> None:
    program = program_of(agency)
    assert rights_of(program.user).roles == {agency[0].pk: Role.READER}
    assert not program.user.has_usable_password()
    assert (program.user.email, program.user.responsible) == ("", agency[1])
    _token, secret = services.create_token(user=program.user, name="carte")
    assert ask(secret, "/api/v1/me/").json()["username"] == program.user.username


@pytest.mark.django_db
def test_nobody_makes_a_service_account_above_their_own_role(agency: tuple[Member, User]) -> None:
    client = Client(headers=HTML)
    client.force_login(agency[1])
    page = f"/membres/{agency[0].slug}/programmes/"
    answer = client.post(page, {"name": "Trop", "role": Role.AGENCY_ADMINISTRATOR})
    assert answer.status_code == 400
    assert not User.objects.filter(kind=User.Kind.PROGRAM).exists()
    assert client.post(page, {"name": "Carte", "role": Role.READER}).status_code == 302


@pytest.mark.django_db
def test_a_token_makes_neither_accounts_nor_tokens(agency: tuple[Member, User]) -> None:
    program = program_of(agency)
    _token, secret = services.create_token(user=agency[1], name="essai", may_write=True)
    page = f"/membres/{agency[0].slug}/programmes/"
    for path in (page, f"{page}{program.pk}/jetons/"):
        assert ask(secret, path, "post", data={"name": "x", "role": "reader"}).status_code == 403
    assert ApiToken.objects.count() == 1


@pytest.mark.django_db
def test_a_service_account_passes_to_whoever_takes_its_person_out(agency: tuple[Member, User]) -> None:
    program, other = program_of(agency), factories.user(agency[0], Role.GIS_ADMINISTRATOR)
    leaving = agency[1].memberships.get()
    made, _secret = services.create_token(user=program.user, name="carte")
    people.remove(rights=rights_of(other), membership=leaving)
    program.user.refresh_from_db()
    made.refresh_from_db()
    assert program.user.responsible == other
    assert timedelta(days=6) < made.expires_at - timezone.now() <= timedelta(days=7)
    (letter,) = [one for one in outbox() if one.to == [other.email]]
    assert "sept jours" in letter.body


@pytest.mark.django_db
def test_the_page_of_a_departure_says_which_tokens_end(agency: tuple[Member, User]) -> None:
    program_of(agency)
    client = Client(headers=HTML)
    client.force_login(factories.user(agency[0], Role.GIS_ADMINISTRATOR))
    page = f"/membres/{agency[0].slug}/{agency[1].memberships.get().pk}/passation/"
    text = client.post(page, {"purpose": "leaves", "action": "try"}).text
    assert "QGIS Server" in text
    assert "7 jours" in text


@pytest.mark.django_db
def test_a_service_account_whose_person_left_another_way_passes_on_at_night(agency: tuple[Member, User]) -> None:
    program, other = program_of(agency), factories.user(agency[0], Role.GIS_ADMINISTRATOR)
    made, _secret = services.create_token(user=program.user, name="carte")
    User.objects.filter(pk=agency[1].pk).update(is_active=False)
    with factories.as_worker():
        assert programs.find_responsible_people() == [program.user]
        assert programs.find_responsible_people() == []
    program.user.refresh_from_db()
    made.refresh_from_db()
    assert program.user.responsible == other
    assert made.expires_at - timezone.now() <= timedelta(days=7)


@pytest.mark.django_db
def test_owners_are_reminded_once_before_the_end_and_of_what_nobody_uses(
    agency: tuple[Member, User], mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[dict[str, Any]] = []
    monkeypatch.setattr(reminders.mail, "post", lambda kind, **values: posted.append({"kind": kind, **values}))
    program, today = program_of(agency), timezone.localdate()
    ending, _secret = services.create_token(user=program.user, name="bientôt", last_date=today + timedelta(days=10))
    unused, _secret = services.create_token(user=agency[1], name="oublié", last_date=today + timedelta(days=300))
    services.create_token(user=agency[1], name="en service", last_date=today + timedelta(days=300))
    ApiToken.objects.filter(pk=unused.pk).update(created_at=timezone.now() - timedelta(days=200))
    for _night in range(2):
        with factories.as_worker():
            reminders.remind()
    assert posted == [
        {"kind": "token", "token": ending.pk, "why": "end"},
        {"kind": "token", "token": unused.pk, "why": "unused"},
    ]
    for one in posted:
        reminders.send_token_reminder(one["token"], one["why"])
    assert [message.to for message in mailoutbox] == [[agency[1].email]] * 2
    assert "QGIS Server" in mailoutbox[0].body
    assert f"/membres/{agency[0].slug}/programmes/{program.pk}/" in mailoutbox[0].body
    assert "six mois" in mailoutbox[1].body

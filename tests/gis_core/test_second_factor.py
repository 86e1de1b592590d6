"""The second factor: applications, recovery codes, and signing in with them."""

import time

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gis_core.accounts import encryption
from gis_core.accounts.factor import requirement
from gis_core.accounts.joining import SESSION_KEY
from gis_core.members.rights import Role
from gis_core.models import Member, User
from tests import factories
from tests.second_factors import (
    FACTOR,
    HTML,
    STEP_S,
    add_application,
    browser_of,
    code_of,
    first_step,
    second_step,
    with_password,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
WINDOW = {**HTML, "x-requested-with": "XMLHttpRequest", "accept": "application/json"}


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def person(member: Member) -> User:
    return with_password(factories.user(member, Role.GIS_ADMINISTRATOR))


def is_in(client: Client) -> bool:
    return bool(client.get("/compte/session/").json()["user"])


def codes_of(user: User) -> list[str]:
    codes: list[str] = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    return codes


# -- applications ------------------------------------------------------------------------------------------------------


def test_the_password_opens_nothing_before_the_code(person: User) -> None:
    secret, client = add_application(person), Client(headers=HTML)
    answer = first_step(client, person)
    assert (answer["Location"], is_in(client)) == (f"{FACTOR}connexion/", False)
    assert second_step(client, code_of(secret))["Location"] == "/"
    assert is_in(client)


def test_the_secret_is_kept_encrypted(person: User) -> None:
    secret = add_application(person)
    data = Authenticator.objects.get(user=person, type="totp").data
    assert secret not in str(data)
    assert encryption.decrypt(data["secret"]) == secret
    seed = Authenticator.objects.get(user=person, type="recovery_codes").data["seed"]
    assert len(encryption.decrypt(seed)) == 80


@pytest.mark.parametrize(("drift", "opens"), [(-STEP_S, True), (STEP_S, True), (-180, False), (180, False)])
def test_a_clock_is_off_by_one_step_and_no_more(person: User, drift: int, opens: bool) -> None:
    secret, client = add_application(person), Client(headers=HTML)
    Authenticator.objects.filter(type="totp").update(data={"secret": encryption.encrypt(secret)})
    first_step(client, person)
    answer = second_step(client, code_of(secret, time.time() + drift))
    assert is_in(client) == opens
    assert opens or "horloge du téléphone" in answer.text


def test_a_code_serves_once(person: User) -> None:
    secret, code = add_application(person), ""
    for opens in (True, False):
        cache.clear()  # allauth's own memory of it, which ends after one step of the three
        client = Client(headers=HTML)
        first_step(client, person)
        code = code or code_of(secret)
        answer = second_step(client, code)
        assert is_in(client) == opens
    assert "déjà servi" in answer.text


def test_who_guesses_codes_has_to_wait(person: User) -> None:
    secret, client = add_application(person), Client(headers=HTML)
    first_step(client, person)
    wrong = "000000" if code_of(secret) != "000000" else "000001"
    for _attempt in range(5):
        assert "Trop de tentatives" not in second_step(client, wrong).text
    assert "Trop de tentatives" in second_step(client, code_of(secret)).text
    assert not is_in(client)


# -- recovery codes ----------------------------------------------------------------------------------------------------


def test_a_recovery_code_opens_once(person: User) -> None:
    add_application(person)
    code = codes_of(person)[3]
    for opens in (True, False):
        client = Client(headers=HTML)
        first_step(client, person)
        second_step(client, code)
        assert is_in(client) == opens
    assert len(codes_of(person)) == 9


def test_codes_are_read_taken_away_and_replaced(person: User) -> None:
    add_application(person)
    client = browser_of(person)
    first = codes_of(person)
    assert first[0] in client.get(f"{FACTOR}codes/").text
    assert client.get(f"{FACTOR}codes/fichier/").text.split() == first
    assert client.post(f"{FACTOR}codes/nouveaux/").status_code == 302
    assert not set(first) & set(codes_of(person))


def test_the_last_factor_takes_the_codes_with_it(person: User) -> None:
    add_application(person)
    browser_of(person).post(f"{FACTOR}application/retirer/")
    assert not Authenticator.objects.filter(user=person).exists()


# -- the window over a page, and what was posted too late --------------------------------------------------------------


def test_the_window_over_a_page_goes_on_with_the_second_step(person: User) -> None:
    secret, client = add_application(person), Client()
    first = client.post(
        "/compte/connexion/", {"login": person.username, "password": "un cheval mange des huîtres"}, headers=WINDOW
    )
    assert first.json()["location"] == f"{FACTOR}connexion/"
    assert "session-title" in client.get(f"{FACTOR}connexion/", headers=WINDOW).json()["html"]
    wrong = client.post(f"{FACTOR}connexion/", {"code": "12"}, headers=WINDOW)
    assert (wrong.status_code, "horloge" in wrong.json()["html"]) == (400, True)
    assert client.post(f"{FACTOR}connexion/", {"code": code_of(secret)}, headers=WINDOW).json() == {"location": "/"}
    assert is_in(client)


def test_a_form_posted_too_late_outlives_both_steps(person: User) -> None:
    secret, client = add_application(person), Client(headers=HTML)
    page = client.post("/compte/jetons/", {"name": "QGIS de Jeanne"})
    packed = page.context["packed"]
    page = first_step(client, person, posted=packed)
    assert (page.status_code, page.context["packed"] != "") == (200, True)
    wrong = second_step(client, "12", posted=page.context["packed"])
    page = second_step(client, code_of(secret), posted=wrong.context["packed"])
    assert ["name", "QGIS de Jeanne"] in page.context["posted"].fields
    assert is_in(client)


# -- who needs one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "needed"),
    [
        (Role.READER, False),
        (Role.NETWORK_TECHNICIAN, False),
        (Role.TOWN_HALL, True),
        (Role.PERMIT_INSTRUCTOR, True),
        (Role.GIS_ADMINISTRATOR, True),
        (Role.AGENCY_ADMINISTRATOR, True),
    ],
)
def test_roles_that_need_one(member: Member, role: Role, needed: bool) -> None:
    user = factories.user(member, role)
    assert not requirement.is_needed(user)
    requirement.want_by_role(True)
    assert requirement.is_needed(user) == needed
    assert requirement.count_people() == ((1, 1) if needed else (0, 0))


def test_a_role_needs_one_where_its_member_opened_owners_to_it(member: Member) -> None:
    from layers.owners.models import Level, OwnerAccess

    user = factories.user(member, Role.NETWORK_TECHNICIAN)
    requirement.want_by_role(True)
    with factories.as_owner():
        OwnerAccess.objects.create(member=member, role=Role.NETWORK_TECHNICIAN, level=Level.NAMES)
    assert requirement.is_needed(user)


def test_a_role_needs_none_where_its_member_closed_applicants_to_it(member: Member) -> None:
    from permits.models import Settings

    user = factories.user(member, Role.TOWN_HALL)
    requirement.want_by_role(True)
    with factories.as_owner():
        Settings.objects.create(member=member, applicant_roles=[Role.PERMIT_INSTRUCTOR])
    assert not requirement.is_needed(user)


def test_who_lacks_one_sees_nothing_else_and_comes_in_once_it_is_set_up(member: Member) -> None:
    user = with_password(factories.user(member))
    requirement.want_of_member(member, True)
    client = Client(headers=HTML)
    first_step(client, user)
    for address in ("/", "/compte/", "/permis/"):
        assert client.get(address)["Location"] == FACTOR, address
    for address in ("/api/v1/me/", "/tiles/parcels/14/8300/5600.mvt"):
        refused = client.get(address, headers={"accept": "application/json"})
        assert (refused.status_code, refused.json()["reason"]) == (403, "second_factor"), address
    assert "demande un second facteur" in client.get(FACTOR).text
    from tests.second_factors import secret_on

    secret = secret_on(client.get(f"{FACTOR}application/").text)
    assert client.post(f"{FACTOR}application/", {"code": code_of(secret)})["Location"] == f"{FACTOR}codes/"
    assert client.get("/api/v1/me/", headers={"accept": "application/json"}).status_code == 200


def test_a_form_of_who_lacks_one_waits_in_the_answer(member: Member) -> None:
    requirement.want_of_member(member, True)
    client = browser_of(factories.user(member))
    page = client.post("/compte/filtres/", {"list": "permits", "name": "Mes dossiers"})
    assert (page.status_code, ["name", "Mes dossiers"] in page.context["posted"].fields) == (403, True)


def test_tokens_stay_where_a_factor_is_missing(member: Member) -> None:
    from gis_core.tokens import services as tokens

    user = factories.user(member)
    _token, secret = tokens.create_token(user=user, name="QGIS")
    requirement.want_of_member(member, True)
    answer = Client().get("/api/v1/me/", headers={"authorization": f"Bearer {secret}"})
    assert answer.json()["username"] == user.username


def test_who_accepts_a_role_that_needs_one_sets_it_up_at_once(member: Member) -> None:
    user = factories.user(factories.member())
    requirement.want_of_member(member, True)
    invitation = factories.invitation(member, user)
    client = browser_of(user)
    client.post(f"/compte/invitations/{invitation.pk}/accepter/")
    assert client.get("/compte/")["Location"] == FACTOR


def test_who_removes_the_last_one_sets_up_another_at_once(member: Member, person: User) -> None:
    add_application(person)
    requirement.want_of_member(member, True)
    client = browser_of(person)
    assert client.get("/compte/").status_code == 200
    client.post(f"{FACTOR}application/retirer/")
    assert client.get("/compte/")["Location"] == FACTOR


@pytest.mark.parametrize(
    ("amr", "satisfied"),
    [(["pwd"], False), (["pwd", "mfa"], True), (["pwd", "otp"], True), (["hwk"], False), ([], False)],
)
def test_what_the_provider_did_counts(member: Member, amr: list[str], satisfied: bool) -> None:
    from allauth.account.internal.flows.login import record_authentication
    from django.contrib.auth import login
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    user = factories.user(member)
    requirement.want_of_member(member, True)
    request = RequestFactory().get("/")
    request.session = SessionStore()
    request.session[SESSION_KEY] = {"method": 1, "amr": amr, "at": int(time.time())}
    record_authentication(request, user, "socialaccount", provider="method-1")
    login(request, user)
    assert requirement.is_due(request) != satisfied


def test_a_password_does_not_count_as_the_provider_of_before(member: Member, person: User) -> None:
    """Who is half signed in by a provider, then types another's password in the same browser."""
    secret, client = add_application(person), Client(headers=HTML)
    session = client.session
    session[SESSION_KEY] = {"method": 1, "amr": ["mfa"], "at": int(time.time())}
    session.save()
    client.cookies["arpent_session"] = session.session_key
    assert first_step(client, person)["Location"] == f"{FACTOR}connexion/"
    assert secret


def test_no_page_asks_more_for_it(member: Member) -> None:
    """The requirement is in the session: switched on, the map and the bar ask as many statements as before."""
    user = factories.user(member)
    client = browser_of(user)
    counts = []
    for _wanted in (False, True):
        for address in ("/", "/compte/session/"):
            with CaptureQueriesContext(connection) as asked:
                client.get(address)
            assert not [one for one in asked.captured_queries if "mfa_" in one["sql"] or "secondfactor" in one["sql"]]
            counts.append(len(asked))
        requirement.want_by_role(True)
    assert counts[:2] == counts[2:]

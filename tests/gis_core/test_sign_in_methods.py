"""Setting how people sign in: who may, what is refused in words, passwords switched off and the emergency account."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from gis_core.accounts.providers import discovery, methods
from gis_core.accounts.providers.configuration import Configuration
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Rights, Role, rights_of
from gis_core.models import Member, SignInMethod, User
from gis_core.outside import fetching
from tests import factories
from tests.gis_core.stand_in import CLIENT, RSA, SECRET, Forgery, StandIn, public_jwk, serving
from tests.post import outbox

pytestmark = pytest.mark.django_db
HTML = {"accept": "text/html", "accept-language": "fr"}
PASSWORD = "un cheval mange des huîtres"
SETTINGS = Configuration(issuer="https://id.agglo.example", client_id="arpent")


@pytest.fixture
def member() -> Member:
    return factories.member(factories.commune(insee="45901"))


@pytest.fixture
def administrator(member: Member) -> User:
    return with_password(factories.user(member, Role.GIS_ADMINISTRATOR, email="sig@agglo.example"))


@pytest.fixture
def rights(administrator: User) -> Rights:
    return rights_of(administrator)


@pytest.fixture
def provider(settings: Any) -> Iterator[StandIn]:
    discovery.forget()
    fetching.hosts.known.clear()
    with serving() as made:
        settings.EXTERNAL_PRIVATE_HOSTS = frozenset({made.authority})
        yield made


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def agency() -> Rights:
    return rights_of(factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR))


def saved(rights: Rights, member: Member | None, *domains: str, **values: Any) -> SignInMethod:
    return methods.save_method(
        rights=rights,
        method=SignInMethod(member=member, kind="openid_connect"),
        name="Annuaire de l’agglo",
        configuration=values.pop("configuration", SETTINGS),
        domains=domains,
        secret="secret",
    )


def password_opens(user: User) -> bool:
    client = Client()
    client.post("/compte/connexion/", {"login": user.username, "password": PASSWORD}, headers=HTML)
    return "_auth_user_id" in client.session


def test_a_secret_is_kept_encrypted_and_never_shown_again(member: Member, administrator: User, rights: Rights) -> None:
    method = saved(rights, member)
    assert "secret" not in method.encrypted_secret
    method.refresh_from_db()
    assert method.secret == "secret"
    client = Client()
    client.force_login(administrator)
    page = client.get(f"/membres/{member.slug}/connexion/{method.pk}/", headers=HTML).content.decode()
    assert method.encrypted_secret not in page
    assert 'value="secret"' not in page


def test_an_empty_secret_leaves_the_one_that_is_kept(member: Member, rights: Rights) -> None:
    method = saved(rights, member)
    methods.save_method(rights=rights, method=method, name="Autre nom", configuration=SETTINGS)
    assert (method.name, method.secret) == ("Autre nom", "secret")


@pytest.mark.parametrize("who", ["another member's", "reader", "member's for the platform"])
def test_nobody_else_sets_how_people_sign_in(member: Member, rights: Rights, who: str) -> None:
    asks = {
        "another member's": lambda: rights_of(factories.user(factories.member(), Role.GIS_ADMINISTRATOR)),
        "reader": lambda: rights_of(factories.user(member)),
        "member's for the platform": lambda: rights,
    }[who]()
    with pytest.raises(Forbidden):
        saved(asks, None if "platform" in who else member)


@pytest.mark.parametrize(
    ("field", "configuration"),
    [
        ("issuer", Configuration(issuer="http://id.agglo.example", client_id="arpent")),
        ("client_id", Configuration(issuer="https://id.agglo.example", client_id="")),
        ("scopes", Configuration(issuer="https://id.agglo.example", client_id="arpent", scopes="email")),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(
    member: Member, rights: Rights, field: str, configuration: Configuration
) -> None:
    with pytest.raises(Invalid) as refusal:
        saved(rights, member, configuration=configuration)
    assert refusal.value.extra["parameter"] == field


def test_a_domain_leads_to_the_member_whose_people_have_it(member: Member, rights: Rights) -> None:
    assert saved(rights, member, "@Agglo.example").domains == ["agglo.example"]
    with pytest.raises(Invalid):
        saved(rights, member, "voisine.example")
    with pytest.raises(Invalid):
        saved(rights, member, "pas un domaine")
    assert saved(agency(), member, "voisine.example").domains == ["voisine.example"]


def test_a_domain_of_another_member_is_not_taken(member: Member, rights: Rights) -> None:
    other = factories.member()
    saved(agency(), other, "agglo.example")
    with pytest.raises(Conflict):
        saved(rights, member, "agglo.example")


def test_no_rule_gives_the_agency_nor_a_role_elsewhere(member: Member, rights: Rights) -> None:
    method = saved(rights, member)
    with pytest.raises(Forbidden):
        methods.add_rule(rights=agency(), method=method, group="SIG", member=member, role=Role.AGENCY_ADMINISTRATOR)
    with pytest.raises(Forbidden):
        methods.add_rule(rights=agency(), method=method, group="SIG", member=factories.member(), role=Role.READER)
    with pytest.raises(Invalid):
        methods.add_rule(rights=rights, method=method, group="Mairie", member=member, role=Role.TOWN_HALL)
    rule = methods.add_rule(
        rights=rights, method=method, group="Mairie", member=member, role=Role.TOWN_HALL, communes=["45901"]
    )
    assert rule.insee == ["45901"]
    with pytest.raises(Conflict):
        methods.add_rule(rights=rights, method=method, group="MAIRIE", member=member, role=Role.READER)


# -- passwords --------------------------------------------------------------------------------------------------------


def test_passwords_that_are_switched_off_open_nothing_but_the_emergency_account(
    member: Member, administrator: User, rights: Rights
) -> None:
    instructor = with_password(factories.user(member, Role.PERMIT_INSTRUCTOR))
    agent = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR, email="agence@example.org")
    saved(rights, member)
    methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=administrator.pk)
    assert not password_opens(instructor)
    assert outbox() == []
    assert password_opens(administrator)
    assert [(one.to, one.subject) for one in outbox()] == [([agent.email], "Un compte de secours a servi sur Arpent")]


def test_the_refusal_leads_to_the_ways_that_are_left(member: Member, administrator: User, rights: Rights) -> None:
    instructor = with_password(factories.user(member, Role.PERMIT_INSTRUCTOR))
    method = saved(rights, member)
    methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=administrator.pk)
    answer = Client().post("/compte/connexion/", {"login": instructor.username, "password": PASSWORD}, headers=HTML)
    assert answer.status_code == 403
    assert f"/compte/connexion/{method.pk}/" in answer.content.decode()
    wrong = Client().post("/compte/connexion/", {"login": instructor.username, "password": "faux"}, headers=HTML)
    assert wrong.status_code == 200
    assert "désactivé les mots de passe" not in wrong.content.decode()


def test_the_link_of_a_forgotten_password_opens_nothing_either(
    member: Member, administrator: User, rights: Rights
) -> None:
    from gis_core.accounts.mail import password_link

    instructor = with_password(factories.user(member, Role.PERMIT_INSTRUCTOR))
    saved(rights, member)
    methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=administrator.pk)
    client = Client()
    page = client.get(password_link(instructor, ""), follow=True, headers=HTML)
    secret = "quatorze moineaux sous la pluie"
    client.post(page.redirect_chain[-1][0], {"password1": secret, "password2": secret}, headers=HTML)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("missing", ["emergency account", "way in", "password", "administrator"])
def test_passwords_stay_open_where_nobody_could_come_in(
    member: Member, administrator: User, rights: Rights, missing: str
) -> None:
    if missing != "way in":
        saved(rights, member)
    emergency = {
        "emergency account": None,
        "way in": administrator.pk,
        "password": factories.user(member, Role.GIS_ADMINISTRATOR).pk,
        "administrator": with_password(factories.user(member)).pk,
    }[missing]
    with pytest.raises((Conflict, Invalid)):
        methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=emergency)
    member.refresh_from_db()
    assert member.passwords_open


def test_the_last_way_in_is_not_switched_off_without_passwords(
    member: Member, administrator: User, rights: Rights
) -> None:
    method = saved(rights, member)
    methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=administrator.pk)
    with pytest.raises(Conflict):
        methods.switch_method(rights=rights, method=method, active=False)
    saved(rights, member)
    methods.switch_method(rights=rights, method=method, active=False)


# -- trying -----------------------------------------------------------------------------------------------------------


def tried(provider: StandIn, **options: Any) -> list[tuple[bool, str]]:
    method = SignInMethod(kind="openid_connect", name="Essai")
    method.options = {"issuer": provider.issuer, "client_id": CLIENT, **options}
    method.secret = SECRET
    return [(one.good, one.text) for one in methods.try_method(method)]


def test_a_provider_that_works_is_tried_with_success(provider: StandIn) -> None:
    assert [good for good, _text in tried(provider)] == [True, True, True]


@pytest.mark.parametrize(
    ("forgery", "options", "text"),
    [
        (Forgery(), {"client_id": "inconnu"}, "ne connaît pas cet identifiant de client"),
        (Forgery(keys=lambda _one: []), {}, "aucune clé"),
        (Forgery(keys=lambda one: [public_jwk(RSA, one.kid, use="enc")]), {}, "aucune clé"),
        (Forgery(discovery=lambda said: said.update(issuer="https://autre.example")), {}, "s’appelle lui-même"),
        (Forgery(discovery=lambda said: said.update(token_endpoint="")), {}, "ne dit pas son token_endpoint"),
        (Forgery(), {"issuer": "https://id.agglo.invalid"}, "ne mène nulle part"),
    ],
    ids=["client", "no key", "key for encryption", "issuer", "no token endpoint", "no such host"],
)
def test_what_is_wrong_with_a_provider_is_said_in_words(
    provider: StandIn, forgery: Forgery, options: dict[str, str], text: str
) -> None:
    provider.forgery = forgery
    assert any(not good and text in sentence for good, sentence in tried(provider, **options))


# -- the sign-in page -------------------------------------------------------------------------------------------------


def test_the_address_leads_to_the_way_in_of_its_domain(member: Member, rights: Rights) -> None:
    method = saved(rights, member, "agglo.example")
    platform = SignInMethod.objects.create(kind="proconnect", name="ProConnect")
    client = Client()
    first = client.get("/compte/connexion/", headers=HTML).content.decode()
    assert f'href="/compte/connexion/{platform.pk}/"' in first
    assert 'name="courriel"' in first
    assert 'type="password"' not in first
    led = client.get("/compte/connexion/?courriel=lea@Agglo.example&next=/compte/", headers=HTML).content.decode()
    assert f'content="0;url=/compte/connexion/{method.pk}/?courriel=lea%40Agglo.example&amp;next=%2Fcompte%2F"' in led
    other = client.get("/compte/connexion/?mot-de-passe=1&courriel=moi@ailleurs.example", headers=HTML).content.decode()
    assert 'value="moi@ailleurs.example"' in other
    assert 'type="password"' in other


def test_a_domain_of_two_ways_lets_one_choose(member: Member, rights: Rights) -> None:
    both = [saved(rights, member, "agglo.example"), saved(rights, member, "agglo.example")]
    page = Client().get("/compte/connexion/?courriel=lea@agglo.example", headers=HTML).content.decode()
    assert "http-equiv" not in page
    assert all(f"/compte/connexion/{one.pk}/" in page for one in both)


def test_without_any_other_way_the_page_asks_for_the_password() -> None:
    assert 'type="password"' in Client().get("/compte/connexion/", headers=HTML).content.decode()

"""Setting how people sign in: who may, what is refused in words, passwords switched off and the emergency account."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import translation

from gis_core.accounts.joining import (
    SESSION_KEY,
    Identity,
    ProofNeeded,
    Refused,
    apply_rules,
    join,
    join_by_proof,
    provider_of,
)
from gis_core.accounts.providers import discovery, methods
from gis_core.accounts.providers.choosing import may_use_password
from gis_core.accounts.providers.configuration import Configuration
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members import people
from gis_core.members.rights import Rights, Role, rights_of
from gis_core.models import Member, Membership, SignInMethod, User
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


@pytest.mark.parametrize("domain", ["gmail.com", "voisine.example"], ids=["of anybody", "of another member's people"])
def test_a_domain_that_others_have_too_is_the_agencys_to_enter(member: Member, rights: Rights, domain: str) -> None:
    factories.user(member, email=f"une@{domain}")
    factories.user(factories.member(), email=f"autre@{domain}")
    with pytest.raises(Invalid, match="agence"), translation.override("fr"):
        saved(rights, member, domain)
    assert saved(agency(), member, domain).domains == [domain]


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


def test_an_emergency_account_of_one_member_opens_nothing_at_another(
    member: Member, administrator: User, rights: Rights
) -> None:
    other = factories.member()
    with factories.as_owner():
        Membership.objects.create(user=administrator, member=other, role=Role.GIS_ADMINISTRATOR)
    saved(rights, member)
    methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=administrator.pk)
    assert may_use_password(administrator)
    Member.objects.filter(pk=other.pk).update(passwords_open=False)
    assert not may_use_password(administrator)


def test_what_was_begun_by_a_method_does_not_hide_the_use_of_an_emergency_account(
    member: Member, administrator: User, rights: Rights
) -> None:
    agent = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR, email="agence@example.org")
    saved(rights, member)
    methods.set_passwords(rights=rights, member=member, passwords_open=False, emergency=administrator.pk)
    client = Client()
    session = client.session
    session[SESSION_KEY] = {"method": 1, "amr": ["mfa"], "at": int(time.time())}
    session.save()
    client.cookies["arpent_session"] = session.session_key
    client.post("/compte/connexion/", {"login": administrator.username, "password": PASSWORD}, headers=HTML)
    assert [one.to for one in outbox()] == [[agent.email]]
    assert SESSION_KEY not in client.session


# -- who leaves a provider, providers that move -----------------------------------------------------------------------


def joined(method: SignInMethod, user: User, subject: str = "a1b2") -> User:
    SocialAccount.objects.create(user=user, provider=provider_of(method), uid=subject)
    return user


def test_a_method_that_is_switched_off_ends_the_sessions_that_it_opened(
    member: Member, rights: Rights, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, other = saved(rights, member), saved(rights, member)
    clients = []
    for one in (method, other):
        client = Client()
        client.force_login(factories.user(member))
        session = client.session
        session[SESSION_KEY] = {"method": one.pk, "amr": [], "at": int(time.time())}
        session.save()
        clients.append(client)
    locks: list[bool] = []
    monkeypatch.setattr(methods, "lock_people", lambda: locks.append(True))
    assert methods.switch_method(rights=rights, method=method, active=False) == 1
    assert [client.get("/compte/", headers=HTML).status_code for client in clients] == [302, 200]
    assert locks


def test_a_rule_that_is_removed_ends_at_once_what_it_alone_gave(member: Member, rights: Rights) -> None:
    method = saved(rights, member)
    reader, both = joined(method, factories.user()), joined(method, factories.user(), "c3")
    rules = [
        methods.add_rule(rights=rights, method=method, group=group, member=member, role=role)
        for group, role in (("ADS", Role.PERMIT_INSTRUCTOR), ("Voirie", Role.READER), ("Eau", Role.READER))
    ]
    apply_rules(user=reader, method=method, groups=["Voirie"])
    apply_rules(user=both, method=method, groups=["ADS"])
    assert methods.remove_rule(rights=rights, method=method, rule=rules[1].pk) == 0
    assert methods.remove_rule(rights=rights, method=method, rule=rules[0].pk) == 1
    assert (reader.memberships.count(), both.memberships.count()) == (1, 0)
    assert not User.objects.get(pk=both.pk).is_active


@pytest.mark.parametrize("kind", ["openid_connect", "directory"])
def test_rules_are_added_and_removed_on_the_page_of_their_method(
    member: Member, administrator: User, kind: str
) -> None:
    """Of a provider and of a directory alike; the page says how many people have the role before it is removed."""
    method = SignInMethod.objects.create(member=member, kind=kind, name="Annuaire", options={})
    client = Client(headers=HTML)
    client.force_login(administrator)
    kept = {"openid_connect": f"{method.pk}/", "directory": f"annuaire/{method.pk}/"}[kind]
    base = f"/membres/{member.slug}/connexion/"
    sent = {"group": "ADS", "member": member.slug, "role": "permit_instructor", "communes": ""}
    refused = client.post(f"{base}{method.pk}/regles/", {**sent, "group": ""})
    assert (refused.status_code, method.rules.count()) == (400, 0)
    assert 'name="group"' in refused.content.decode()
    assert client.post(f"{base}{method.pk}/regles/", sent)["Location"] == base + kept
    apply_rules(user=joined(method, factories.user()), method=method, groups=["ads"])
    page = client.get(base + kept).content.decode()
    remove = f"{base}{method.pk}/regles/{method.rules.get().pk}/retirer/"
    assert "donné à 1 personne" in page
    assert remove in page
    removed = client.post(remove, follow=True)
    assert (removed.redirect_chain[0][0], method.rules.count()) == (base + kept, 0)
    assert "1 personne a perdu le rôle" in removed.content.decode()


ELSEWHERE = Configuration(issuer="https://ailleurs.example", client_id="arpent")


@pytest.mark.parametrize(
    "configuration", [ELSEWHERE, Configuration(issuer=SETTINGS.issuer, client_id="autre")], ids=["issuer", "client"]
)
def test_the_secret_does_not_follow_to_another_provider(
    member: Member, rights: Rights, configuration: Configuration
) -> None:
    method = saved(rights, member)
    with pytest.raises(Invalid) as refusal:
        methods.save_method(rights=rights, method=method, name="Autre", configuration=configuration)
    assert refusal.value.extra["parameter"] == "secret"
    method.refresh_from_db()
    assert method.options["issuer"] == SETTINGS.issuer


def test_another_provider_opens_no_account_that_the_former_one_joined(
    member: Member, administrator: User, rights: Rights
) -> None:
    method = saved(rights, member)
    joined(method, factories.user(member))
    client = Client()
    client.force_login(administrator)
    address = f"/membres/{member.slug}/connexion/{method.pk}/"
    form = {"name": "Autre", "issuer": ELSEWHERE.issuer, "client_id": "arpent", "secret": "autre", "scopes": "openid",
            "groups_claim": "groups", "domains": "", "claims": ""}  # fmt: skip
    page = client.post(address, form, headers=HTML)
    assert (page.status_code, SocialAccount.objects.count()) == (409, 1)
    assert "1 compte devra être rattaché de nouveau" in page.content.decode()
    page = client.post(address, {**form, "join_again": "on"}, headers=HTML, follow=True)
    assert "1 compte doit être rattaché de nouveau." in page.content.decode()
    assert SocialAccount.objects.count() == 0


def test_another_provider_ends_the_roles_of_the_former_ones_rules_until_their_owners_have_joined_again(
    member: Member, rights: Rights
) -> None:
    method = saved(rights, member)
    for group, role in (("ADS", Role.PERMIT_INSTRUCTOR), ("Voirie", Role.READER)):
        methods.add_rule(rights=rights, method=method, group=group, member=member, role=role)
    users = [join(method=method, identity=Identity(subject=one, groups=("ADS",))) for one in ("a1b2", "c3")]

    def move(*, join_again: bool) -> None:
        with translation.override("fr"):
            methods.save_method(
                rights=rights, method=method, name="Autre", configuration=ELSEWHERE, secret="x", join_again=join_again
            )

    with pytest.raises(Conflict, match="2 rôles donnés par ses règles prennent fin"):
        move(join_again=False)
    assert Membership.objects.filter(given_by=method).count() == 2
    move(join_again=True)
    assert [(one.memberships.count(), one.is_active) for one in again(users)] == [(0, False)] * 2
    # The same names at the other provider prove nothing; by a proof, what its groups give comes back, or nothing.
    with pytest.raises(ProofNeeded):
        join(method=method, identity=Identity(subject="a1b2"))
    join_by_proof(user=again(users)[0], method=method, identity=Identity(subject="n1", groups=("Voirie",)))
    with pytest.raises(Refused):
        join_by_proof(user=again(users)[1], method=method, identity=Identity(subject="n2"))
    assert [(one.memberships.count(), one.is_active) for one in again(users)] == [(1, True), (0, False)]


def test_nobody_whom_a_hand_has_closed_since_comes_back_by_the_rules_of_a_method(
    member: Member, rights: Rights
) -> None:
    method = saved(rights, member)
    methods.add_rule(rights=rights, method=method, group="ADS", member=member, role=Role.PERMIT_INSTRUCTOR)
    user = join(method=method, identity=Identity(subject="a1b2", groups=("ADS",)))
    methods.save_method(
        rights=rights, method=method, name="Autre", configuration=ELSEWHERE, secret="x", join_again=True
    )
    (user,) = again([user])
    people.reopen(user)
    with factories.as_owner():
        given = Membership.objects.create(user=user, member=member, role=Role.READER)
    people.remove(rights=rights, membership=given)
    with pytest.raises(Refused):
        join_by_proof(user=again([user])[0], method=method, identity=Identity(subject="n1", groups=("ADS",)))
    assert not again([user])[0].is_active


def again(users: list[User]) -> list[User]:
    return [User.objects.get(pk=one.pk) for one in users]


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

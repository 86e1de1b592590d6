"""The pages of a directory: signing in, its state, a trial of its settings, its form."""

from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.utils import translation

from gis_core.accounts.directory.forms import DirectoryForm
from gis_core.accounts.directory.trial import try_directory
from gis_core.accounts.joining import provider_of
from gis_core.members.rights import Role
from gis_core.models import AccessRule, Member, Membership, SignInMethod, User
from tests import factories
from tests.gis_core.directory.slapd import BASE, PASSWORD, READER, SECRET, Directory
from tests.gis_core.directory.test_signing_in import MARIE, make_method
from tests.gis_core.directory.test_synchronising import synchronise

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_cache")]
HTML = {"accept": "text/html", "accept-language": "fr"}


@pytest.fixture
def member() -> Member:
    return factories.member()


@pytest.fixture
def method(member: Member, directory: Directory) -> SignInMethod:
    return make_method(member, directory.options())


def test_a_domain_leads_to_the_page_of_its_directory_and_in(method: SignInMethod, member: Member) -> None:
    AccessRule.objects.create(method=method, group="ads", member=member, role=Role.READER)
    client = Client(headers=HTML)
    way = f"/compte/connexion/annuaire/{method.pk}/"
    assert way in client.get("/compte/connexion/", {"courriel": MARIE}).content.decode()
    assert MARIE in client.get(way, {"courriel": MARIE}).content.decode()
    wrong = client.post(way, {"login": MARIE, "password": "faux"})
    assert wrong.status_code == 400
    assert "faux" not in wrong.content.decode()
    right = client.post(way, {"login": MARIE, "password": PASSWORD, "next": "/compte/"})
    assert (right.status_code, right["Location"]) == (302, "/compte/")
    assert client.get("/compte/").status_code == 200


def test_it_leads_nowhere_else(method: SignInMethod, member: Member) -> None:
    AccessRule.objects.create(method=method, group="ads", member=member, role=Role.READER)
    sent = {"login": MARIE, "password": PASSWORD, "next": "https://ailleurs.example/"}
    answer = Client(headers=HTML).post(f"/compte/connexion/annuaire/{method.pk}/", sent)
    assert answer.status_code == 302
    assert "ailleurs" not in answer["Location"]


def test_a_directory_that_is_switched_off_has_no_page(method: SignInMethod) -> None:
    SignInMethod.objects.filter(pk=method.pk).update(active=False)
    assert Client(headers=HTML).get(f"/compte/connexion/annuaire/{method.pk}/").status_code == 404


def page_of(method: SignInMethod) -> str:
    assert method.member
    return f"/membres/{method.member.slug}/connexion/annuaire/{method.pk}/"


class TestState:
    @pytest.fixture
    def administrator(self, member: Member, client: Client) -> Client:
        client.force_login(factories.user(member, Role.GIS_ADMINISTRATOR))
        return client

    def test_its_trial_counts(self, administrator: Client, method: SignInMethod) -> None:
        page = administrator.post(f"{page_of(method)}essayer/", headers=HTML).content.decode()
        assert "10 personnes, 4 groupes" in page

    def test_why_it_was_not_read_is_said_in_the_reader_s_language(self, client: Client, method: SignInMethod) -> None:
        administrator = factories.user(method.member, Role.GIS_ADMINISTRATOR, language="en")
        client.force_login(administrator)
        method.options |= {"servers": ["ldaps://127.0.0.1:9"]}
        with translation.override("fr"):
            synchronise(method)
        page = client.get(page_of(method), headers=HTML).content.decode()
        assert "ldaps://127.0.0.1:9 does not answer" in page
        assert "ne répond pas" not in page

    def test_who_waits_is_listed_and_confirmed(self, administrator: Client, method: SignInMethod) -> None:
        gone = [factories.user(method.member, last_name=f"Parti{number}") for number in range(2)]
        for number, user in enumerate(gone):
            SocialAccount.objects.create(user=user, provider=provider_of(method), uid=f"parti{number}")
        synchronise(method)
        page = administrator.get(page_of(method), headers=HTML)
        assert "Parti1" in page.content.decode()
        answer = administrator.post(f"{page_of(method)}confirmer/", {"list": page.context["digest"]})
        assert answer.status_code == 302
        synchronise(method)
        assert not User.objects.filter(pk__in=[one.pk for one in gone], is_active=True).exists()

    def test_another_member_s_administrator_sees_none(self, client: Client, method: SignInMethod) -> None:
        client.force_login(factories.user(factories.member(), Role.GIS_ADMINISTRATOR))
        assert client.get(page_of(method)).status_code == 404


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"servers": ["ldaps://annuaire.invalid"]}, "est inconnu"),
        ({"servers": ["ldaps://127.0.0.1:9"]}, "ne répond pas"),
        ({"authority": ""}, "certificat"),
        ({"bind_dn": f"cn=personne,{BASE}"}, "compte de lecture"),
        ({"base": f"ou=ailleurs,{BASE}"}, "base"),
        ({"filter": "(objectClass=device)"}, "personne sous cette base"),
        ({"group_filter": "(objectClass=device)"}, "aucun groupe"),
        ({"attributes": {"id": "objectGUID", "email": "mail", "first_name": "cn", "last_name": "sn"}}, "objectGUID"),
        ({}, "10 personnes, 4 groupes"),
    ],
)
def test_a_trial_says_what_is_wrong(method: SignInMethod, changed: dict[str, Any], said: str) -> None:
    method.options |= changed
    with translation.override("fr"):
        trial = try_directory(method)
    assert said in trial.text
    assert trial.works is not bool(changed)


class TestForm:
    def sent(self, directory: Directory, **others: Any) -> dict[str, Any]:
        usual = {
            "name": "Annuaire",
            "domains": "commune.example",
            "product": "other",
            "servers": f"{directory.server}\n\n",
            "authority": directory.authority,
            "bind_dn": READER,
            "secret": SECRET,
            "base": f"ou=people,{BASE}",
            "group_base": f"ou=groups,{BASE}",
            "nested": "on",
        }
        return usual | others

    def test_what_it_saves_works_and_is_found_again(self, directory: Directory, member: Member, client: Client) -> None:
        client.force_login(factories.user(member, Role.GIS_ADMINISTRATOR, email="a@commune.example"))
        answer = client.post(f"/membres/{member.slug}/connexion/annuaire/", self.sent(directory))
        method = SignInMethod.objects.get(kind="directory")
        assert answer["Location"] == page_of(method)
        assert try_directory(method).works
        page = client.get(page_of(method), headers=HTML).content.decode()
        assert SECRET not in page
        changed = self.sent(directory, secret="", name="Annuaire de la ville")
        assert client.post(page_of(method), changed)["Location"] == page_of(method)
        kept = SignInMethod.objects.get(pk=method.pk)
        assert (kept.name, kept.secret, kept.options) == ("Annuaire de la ville", SECRET, method.options)

    def test_a_password_that_is_kept_goes_to_no_other_server(
        self, directory: Directory, method: SignInMethod, client: Client
    ) -> None:
        client.force_login(factories.user(method.member, Role.GIS_ADMINISTRATOR, email="a@commune.example"))
        sent = self.sent(directory, secret="", servers="ldaps://ailleurs.example")
        assert client.post(page_of(method), sent, headers=HTML).status_code == 400
        assert SignInMethod.objects.get(pk=method.pk).options == method.options

    def test_another_directory_opens_no_account_of_whoever_works_elsewhere(
        self, directory: Directory, method: SignInMethod, client: Client
    ) -> None:
        users = [factories.user(method.member) for _time in range(2)]
        for user in users:
            SocialAccount.objects.create(user=user, provider=provider_of(method), uid=str(user.pk))
        with factories.as_owner():
            Membership.objects.create(user=users[1], member=factories.member(), role=Role.READER)
        client.force_login(factories.user(method.member, Role.GIS_ADMINISTRATOR, email="a@commune.example"))
        for base, left in ((f"ou=people,{BASE}", 2), (f"ou=autres,{BASE}", 1)):
            sent = self.sent(directory, base=base)
            assert client.post(page_of(method), sent, headers=HTML).status_code == 302
            assert SocialAccount.objects.filter(provider=provider_of(method)).count() == left

    def test_active_directory_has_its_usual_names(self, directory: Directory) -> None:
        form = DirectoryForm(self.sent(directory, product="active_directory"), method=SignInMethod())
        assert form.is_valid()
        assert form.options().attributes["id"] == "objectGUID"
        assert form.options().login_attributes == ("mail", "userPrincipalName")

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("servers", "http://annuaire"),
            ("servers", "ldaps://annuaire:99999"),
            ("servers", "ldaps://annuaire/ou=people??sub"),
            ("servers", "ldapi:///tmp/socket"),
            ("authority", "-----BEGIN CERTIFICATE-----\nrien"),
            ("filter", "(objectClass=person))(objectClass=*"),
            ("filter", "objectClass=person"),
            ("login_attributes", "mail)(uid"),
            ("secret", ""),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, directory: Directory, name: str, value: str) -> None:
        form = DirectoryForm(self.sent(directory, **{name: value}), method=SignInMethod())
        assert name in form.errors

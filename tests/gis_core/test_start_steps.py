"""The page “Getting started”: what a platform still needs is read from its data, for the agency alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gis_core.accounts import mail as account_mail
from gis_core.database import clock
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, User
from gis_core.operations import start_steps
from gis_core.operations.watch.day_measures import CERTIFICATE, keep
from gis_core.points import START_STEPS
from gis_core.validators import UNKNOWN_SIREN
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/mise-en-route/"
SMTP = {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": {"host": "mail.example.fr"}}}


def agency(siren: str = UNKNOWN_SIREN) -> User:
    with factories.as_owner():
        member = Member.objects.create(slug="agence", name="Agence", siren=siren, kind=Member.Kind.PETR)
    return factories.user(member, Role.AGENCY_ADMINISTRATOR)


def signed_in(user: User) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def states(client: Client) -> dict[str, str]:
    """By step: done, next or later."""
    steps = client.get(PAGE).context["steps"]
    return {one.step.slug: "done" if one.progress.done else "next" if one.is_next else "later" for one in steps}


def test_an_empty_platform_begins_with_the_agency_and_leads_to_every_page() -> None:
    client = signed_in(agency())
    found = states(client)
    assert found.pop("agency") == "next"
    assert set(found.values()) == {"later"}
    assert list(found)[:3] == ["communes", "members", "cadastre"]
    for one in client.get(PAGE).context["steps"]:
        assert one.guide is not None, one.step.slug


def test_communes_and_members_are_done_once_the_data_have_them() -> None:
    client = signed_in(agency(factories.siren()))
    assert states(client)["communes"] == "next"
    with factories.as_owner():
        factories.member(factories.commune())
    now = states(client)
    assert (now["agency"], now["communes"], now["members"], now["cadastre"]) == ("done", "done", "done", "next")


def test_a_member_without_communes_is_named() -> None:
    client = signed_in(agency(factories.siren()))
    with factories.as_owner():
        factories.member(factories.commune())
        lost = factories.member()
    assert f"Sans aucune commune : {lost.name}" in client.get(PAGE).text


def test_mail_is_done_once_the_server_took_a_message_and_stays_so(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAILERS = SMTP
    monkeypatch.setattr(account_mail, "send_mail", lambda *parts: 1)
    client = signed_in(agency())
    assert client.post(f"{PAGE}essai/").status_code == 302
    assert "part" in start_steps.mail().text
    account_mail.send_text("agence@example.org", "Essai", "Essai")
    with connection.cursor() as cursor:
        # As the queue does after a month.
        cursor.execute("delete from procrastinate_jobs where task_name = 'account_mail'")
    assert start_steps.mail().done


def test_invitations_that_were_accepted_by_a_link_say_nothing_of_mail(settings: Any) -> None:
    settings.MAILERS = SMTP
    member = agency().memberships.get().member
    for number in range(2):
        user = factories.user(member, "reader")
        with factories.as_owner():
            user.memberships.update(invited_email=f"{number}@example.org")
    assert not start_steps.mail().done


@pytest.mark.parametrize(
    ("days", "failure", "done"), [(30, "", True), (-1, "", False), (30, "self-signed certificate", False)]
)
def test_the_certificate_is_done_once_a_good_one_was_seen(settings: Any, days: int, failure: str, done: bool) -> None:
    settings.HTTPS = True
    assert not start_steps.certificate().done
    end = clock.now() + timedelta(days=days)
    with acting_as(SYSTEM):
        keep(CERTIFICATE, int(end.timestamp()), {"host": "sig.example.org", "failure": failure})
    assert start_steps.certificate().done == done


def test_without_a_mail_server_nothing_is_sent() -> None:
    client = signed_in(agency())
    client.post(f"{PAGE}essai/")
    assert "Aucun serveur de courriel" in client.get(PAGE).text


def test_the_bar_leads_there_until_it_is_taken_out() -> None:
    client = signed_in(agency())
    link = f'<a href="{PAGE}">'
    assert link not in client.get("/compte/").text
    client.get(PAGE)
    assert link in client.get("/compte/").text
    client.post(f"{PAGE}montrer/", {"hide": "1"})
    assert link not in client.get("/compte/").text
    assert PAGE in client.get("/exploitation/").text
    client.post(f"{PAGE}montrer/")
    assert link in client.get("/compte/").text


def test_the_bar_no_longer_leads_there_once_all_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(agency())
    client.get(PAGE)
    monkeypatch.setattr(START_STEPS, "_items", ())
    client.get(PAGE)
    assert f'<a href="{PAGE}">' not in client.get("/compte/").text


def test_the_agency_lands_there_after_signing_in_where_the_map_is_empty() -> None:
    user = agency()
    user.set_password("un mot de passe assez long")
    user.save()
    given = {"login": user.username, "password": "un mot de passe assez long"}
    answer = Client().post("/compte/connexion/", given, headers={"accept": "text/html"})
    assert answer["Location"] == PAGE


def test_the_administration_of_imports_opens_at_the_source_that_is_wanted() -> None:
    text = signed_in(agency()).get("/imports/?source=communes").text
    assert '<details class="reference" id="reference" open>' in text
    assert '<option value="communes" selected>' in text

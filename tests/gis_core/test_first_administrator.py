"""The agency and its administrator of an empty platform, made on the server."""

from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from gis_core.members.rights import Role
from gis_core.models import Member, Membership, User
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "https://sig.example.fr/"


def made(*options: str) -> str:
    """The link that is printed."""
    out = StringIO()
    with factories.as_worker():
        call_command(
            "first_administrator", "--email", "vous@agence.fr", "--site", SITE, *options, stdout=out, stderr=StringIO()
        )
    return out.getvalue().strip()


def test_the_agency_and_its_administrator_are_made() -> None:
    link = made("--name", "Agence du Loiret")
    one = Membership.objects.accepted().select_related("member", "user").get()
    assert (one.member.name, one.role, one.user.email) == (
        "Agence du Loiret",
        Role.AGENCY_ADMINISTRATOR,
        "vous@agence.fr",
    )
    path = urlsplit(link).path
    assert Client().get(path, follow=True, headers={"host": "localhost"}).status_code == 200


def test_the_link_ends_after_some_hours(settings: object) -> None:
    link = made()
    client = Client()
    with factories.as_worker():
        # As if thirteen hours had gone by: the check allows so many fewer.
        settings.PASSWORD_RESET_TIMEOUT -= 13 * 3600  # type: ignore[attr-defined]
    answer = client.get(urlsplit(link).path, follow=True)
    assert "Ce lien ne sert plus" in answer.text or "ne fonctionne plus" in answer.text


def test_a_link_that_nobody_used_is_made_again_for_the_same_person() -> None:
    made()
    made()
    assert (Member.objects.count(), User.objects.count()) == (1, 1)


def test_where_somebody_administers_already_nothing_is_made() -> None:
    user = factories.user(factories.member(), Role.AGENCY_ADMINISTRATOR)
    user.set_password("un mot de passe assez long")
    user.save()
    with pytest.raises(CommandError, match="« Personnes »") as refused:
        made()
    assert refused.value.returncode == 2
    assert not User.objects.filter(email="vous@agence.fr").exists()


@pytest.mark.parametrize("wrong", [["--siren", "123456789"], ["--email", "pas une adresse"]])
def test_a_wrong_value_makes_nothing(wrong: list[str]) -> None:
    with pytest.raises(CommandError):
        made(*wrong)
    assert not Member.objects.exists()

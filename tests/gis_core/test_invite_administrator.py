"""The first administrator of a new installation."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gis_core.members.rights import Role
from gis_core.models import Member, Membership
from tests import factories

pytestmark = pytest.mark.django_db
SITE = "https://sig.example.fr/"


def invite(*options: str) -> str:
    out = StringIO()
    with factories.as_worker():
        call_command("invite_administrator", "agence@example.fr", "--site", SITE, *options, stdout=out)
    return out.getvalue()


def test_the_command_makes_the_member_and_its_administrator() -> None:
    printed = invite("--member", "agence", "--name", "Agence", "--siren", factories.siren())
    assert printed.startswith(SITE + "compte/")
    assert Membership.objects.accepted().get(member__slug="agence").role == Role.AGENCY_ADMINISTRATOR


def test_an_unknown_member_without_name_and_siren_is_refused() -> None:
    with pytest.raises(CommandError, match="--siren"):
        invite("--member", "agence")


def test_a_wrong_siren_makes_nothing() -> None:
    with pytest.raises(CommandError, match="SIREN"):
        invite("--member", "agence", "--name", "Agence", "--siren", "123456789")
    assert not Member.objects.filter(slug="agence").exists()

"""What a person who asks is given, and what is erased of them."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client

from gis_core.database import clock
from gis_core.database.statements import execute, fetch_one
from gis_core.errors import Invalid
from gis_core.members.rights import Role
from gis_core.models import Member, SharedLink, User
from gis_core.ownership import people
from tests import factories
from tests.gis_core.departures import as_session

# -- a person ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "values", "fits"),
    [
        ({"name": "Lefèvre"}, ["Madame LEFEVRE Zoé"], True),
        ({"name": "Lefèvre", "first_name": "Anne"}, ["Lefèvre Zoé"], False),
        ({"name": "Lef"}, ["Lefèvre"], False),
        ({"email": " Zoe@Example.org "}, ["zoe@example.org"], True),
        ({"email": "zoe@example.org"}, ["anne.zoe@example.org"], False),
        ({"phone": "06 12 34 56 78"}, ["+33612345678"], True),
        ({"phone": "06 12 34 56 78"}, ["0612345679"], False),
        ({"phone": "06 12 34 56 78"}, ["06 12 34 56 78 / 02 38 00 00 00"], True),
        ({"name": "Lefèvre", "email": "zoe@example.org"}, ["Lefèvre", "anne@example.org"], False),
        ({"name": "Lefèvre", "email": "zoe@example.org"}, ["Lefèvre", "zoe@example.org"], True),
    ],
)
def test_whom_a_row_is_about(given: dict[str, str], values: list[str], fits: bool) -> None:
    assert people.Sought.of(**given).fits(values) is fits


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"name": "L"},
        {"phone": "06 12"},
        {"email": "e"},
        {"name": "Lefèvre", "phone": "06 12"},
        {"name": "Lefèvre", "address": "Lys"},
    ],
)
def test_too_little_finds_nobody(given: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        people.Sought.of(**given)


@pytest.fixture
def namesakes(database: str) -> tuple[User, User]:
    """Two people of one name, at two members."""
    made = [factories.member(factories.commune()) for _rank in range(2)]
    first, second = (
        factories.user(member, username=f"homonyme{rank}", first_name="Zoé", last_name="Lefèvre")
        for rank, member in enumerate(made)
    )
    return first, second


def test_a_name_alone_gives_and_erases_nothing(namesakes: tuple[User, User], tmp_path: Path) -> None:
    with as_session("arpent_owner"), pytest.raises(CommandError, match="un nom seul ne dit pas de qui"):
        call_command("person_data", "--name", "lefevre", "--reference", "1", "--erase", str(tmp_path / "zoe"))
    assert User.objects.filter(last_name="Lefèvre").count() == 2
    assert not list(tmp_path.iterdir())


def test_a_person_is_given_nothing_of_a_namesake(namesakes: tuple[User, User], tmp_path: Path) -> None:
    first, second = namesakes
    chosen = ("--choose", f"gis_core.User:{first.pk}", "--reference", "2026-14", "--export", str(tmp_path / "zoe"))
    with as_session("arpent_owner"):
        call_command("person_data", "--name", "lefevre", *chosen)
        with pytest.raises(CommandError, match="n'est pas une des lignes"):
            call_command("person_data", "--email", first.email, "--choose", f"gis_core.User:{second.pk}",
                         "--reference", "15", "--export", str(tmp_path / "autre"))  # fmt: skip
    text = (tmp_path / "zoe.json").read_text()
    assert first.username in text
    assert second.username not in text
    assert "argon2" not in text
    assert (tmp_path / "zoe.pdf").read_bytes().startswith(b"%PDF")


def test_an_erased_account_names_nobody_and_the_other_stays(namesakes: tuple[User, User], tmp_path: Path) -> None:
    first, second = namesakes
    chosen = ("--choose", f"gis_core.User:{first.pk}", "--reference", "2026-14", "--erase", str(tmp_path / "zoe"))
    with as_session("arpent_owner"):
        call_command("person_data", "--name", "lefevre", *chosen)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.first_name, first.last_name, first.email, first.is_active) == ("", "", "", False)
    assert not first.memberships.exists()
    assert (second.last_name, second.is_active, second.memberships.count()) == ("Lefèvre", True, 1)


def test_the_history_keeps_neither_address_nor_name_of_an_erased_account(
    namesakes: tuple[User, User], tmp_path: Path
) -> None:
    first, _second = namesakes
    with factories.as_owner():
        first.memberships.update(invited_email="zoe.invitee@example.org")
        first.memberships.update(role="permit_instructor")
    former = "select count(*) from gis_core_rowhistory where gis_core_rowhistory::text ~ %s"
    words = [f"zoe.invitee@example.org|{first.email}|Lefèvre"]
    with as_session("arpent_owner"):
        assert fetch_one(former, words) != (0,)
        call_command("person_data", "--email", first.email, "--choose", f"gis_core.User:{first.pk}",
                     "--reference", "2026-15", "--erase", str(tmp_path / "zoe"))  # fmt: skip
        assert fetch_one(former, words) == (0,)


JOURNAL = """
    insert into owners_journalline (at, action, by_user, by_name, by_token, members, purpose, reference, parcels,
        owners, refusal, flagged)
    select now(), 'consultation', %s, 'Zoé Lefèvre', '', '{1}', 'permit', '', '{}', 1, '', false
    from generate_series(1, %s)
"""


def test_somebody_who_reads_owners_every_day_is_answered(
    namesakes: tuple[User, User], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = namesakes
    with as_session("arpent_owner"):
        execute(JOURNAL, [first.pk, 600])
        execute(JOURNAL, [second.pk, 3])
        call_command("person_data", "--name", "lefevre")
        assert "603 lignes : journal des propriétaires" in capsys.readouterr().out
        call_command("person_data", "--name", "lefevre", "--choose", f"gis_core.User:{first.pk}",
                     "--reference", "2026-16", "--export", str(tmp_path / "zoe"))  # fmt: skip
    journals = {one["title"]: one["rows"] for one in json.loads((tmp_path / "zoe.json").read_text())["journals"]}
    assert journals["journal des propriétaires"] == 600


def test_the_last_administrator_of_the_agency_stays(database: str, tmp_path: Path) -> None:
    agency = factories.member(factories.commune())
    person = factories.user(agency, Role.AGENCY_ADMINISTRATOR, email="alice@example.org")
    with factories.as_owner():
        person.memberships.update(invited_email="alice@example.org")
    for mark in (f"gis_core.Membership:{person.memberships.get().pk}", f"gis_core.User:{person.pk}"):
        with as_session("arpent_owner"), pytest.raises(CommandError, match="le dernier administrateur de l'agence"):
            call_command("person_data", "--email", "alice@example.org", "--choose", mark,
                         "--reference", "2026-17", "--erase", str(tmp_path / "alice"))  # fmt: skip
    assert person.memberships.filter(role=Role.AGENCY_ADMINISTRATOR).exists()


def erase(person: User, stem: Path) -> None:
    with as_session("arpent_owner"):
        call_command("person_data", "--email", person.email, "--choose", f"gis_core.User:{person.pk}",
                     "--reference", "2026-19", "--erase", str(stem))  # fmt: skip


@pytest.mark.parametrize("other_has_a_last_day", [False, True])
def test_the_last_administrator_of_a_member_stays(database: str, tmp_path: Path, other_has_a_last_day: bool) -> None:
    member = factories.member(factories.commune())
    person = factories.user(member, Role.GIS_ADMINISTRATOR, email="alice@example.org")
    if other_has_a_last_day:
        other = factories.user(member, Role.GIS_ADMINISTRATOR)
        with factories.as_owner():
            other.memberships.update(last_date=clock.today() + timedelta(days=3))
    with pytest.raises(CommandError, match=f"le dernier administrateur de {member.name}"):
        erase(person, tmp_path / "alice")
    factories.user(member, Role.GIS_ADMINISTRATOR)
    erase(person, tmp_path / "alice")
    assert not person.memberships.exists()


@pytest.mark.parametrize("whole", [True, False])
def test_an_emergency_account_stays(database: str, tmp_path: Path, whole: bool) -> None:
    member = factories.member(factories.commune())
    person = factories.user(member, Role.GIS_ADMINISTRATOR, email="alice@example.org")
    factories.user(member, Role.GIS_ADMINISTRATOR)
    with factories.as_owner():
        Member.objects.filter(pk=member.pk).update(emergency_account=person, passwords_open=False)
        person.memberships.update(invited_email="alice@example.org")
    mark = f"gis_core.User:{person.pk}" if whole else f"gis_core.Membership:{person.memberships.get().pk}"
    with as_session("arpent_owner"), pytest.raises(CommandError, match="compte de secours"):
        call_command("person_data", "--email", "alice@example.org", "--choose", mark,
                     "--reference", "2026-20", "--erase", str(tmp_path / "alice"))  # fmt: skip
    assert person.memberships.exists()


def test_an_administrator_of_the_agency_who_has_a_last_day_is_not_the_one_who_stays(
    database: str, tmp_path: Path
) -> None:
    agency = factories.member(factories.commune())
    person, leaving = (factories.user(agency, Role.AGENCY_ADMINISTRATOR) for _rank in range(2))
    with factories.as_owner():
        leaving.memberships.update(last_date=clock.today() + timedelta(days=3))
    with pytest.raises(CommandError, match="le dernier administrateur de l'agence"):
        erase(person, tmp_path / "alice")
    assert person.memberships.exists()


def test_what_an_erased_person_came_in_by_is_shut(namesakes: tuple[User, User], tmp_path: Path) -> None:
    person, _other = namesakes
    with factories.as_owner():
        link = SharedLink.objects.create(
            owner=person.memberships.get().member, made_by=person, about_kind="x", about_id=1, digest=b"1" * 32,
            expires_at=clock.now() + timedelta(days=3),
        )  # fmt: skip
    client = Client(headers={"accept": "text/html"})
    client.force_login(person)
    erase(person, tmp_path / "zoe")
    with factories.as_owner():
        link.refresh_from_db()
        assert link.revoked_at is not None
        assert not Session.objects.filter(session_key=client.session.session_key).exists()


def test_an_address_goes_with_what_waits_for_its_confirmation(database: str, tmp_path: Path) -> None:
    with factories.as_owner():
        address = EmailAddress.objects.create(user=factories.user(), email="zoe@example.org")
        EmailConfirmation.objects.create(email_address=address, key="une-clé")
    with as_session("arpent_owner"):
        call_command("person_data", "--email", "zoe@example.org", "--choose", f"account.EmailAddress:{address.pk}",
                     "--reference", "2026-18", "--erase", str(tmp_path / "zoe.json"))  # fmt: skip
        assert fetch_one("select count(*) from account_emailaddress") == (0,)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["zoe.json", "zoe.pdf"]

"""People invited from a list: what is read, tried out, refused; nobody is written to by halves."""

import io
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from gis_core.errors import Invalid
from gis_core.members import roster
from gis_core.members.rights import Role, rights_of
from gis_core.models import Member, Membership, User
from tests import factories
from tests.post import outbox, waiting

SITE = "http://localhost/"
LIST = """Courriel;Rôle;Prénom;Nom;Communes
a@example.org;Lecteur;Anne;Aubert;
b@example.org;network_technician;;;
mairie@example.org;Mairie;;;45901
"""


def people(text: str = LIST, encoding: str = "utf-8") -> list[roster.Person]:
    return roster.read_people(io.BytesIO(text.encode(encoding)))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_list_is_read_whatever_its_separators_and_encoding(encoding: str, delimiter: str) -> None:
    first, second, third = people(LIST.replace(";", delimiter), encoding)
    assert (first.row, first.email, first.role, first.first_name) == (2, "a@example.org", "reader", "Anne")
    assert second.role == "network_technician"
    assert (third.role, third.communes) == ("town_hall", ("45901",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "vide"),
        ("nom;prénom\nA;B\n", "colonnes"),
        ("courriel;rôle\n", "personne"),
        ("courriel;rôle\n" + "a@example.org;reader\n" * 501, "500"),
        ('courriel;rôle;avis\na@example.org;reader;"oui\nb@example.org;reader;non\n', "2"),
        ('courriel;rôle\na@example.org;"' + "x\n" * 100_000, "2"),
        ("courriel;rôle;avis\n" + "a@example.org;reader;très bien\n" * 40_000, "Mo"),
    ],
)
def test_a_list_that_cannot_be_used_says_why(text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        people(text)


@pytest.fixture
def member(db: None) -> Member:
    return factories.member(factories.commune(insee="45901"))


@pytest.fixture
def administrator(member: Member) -> User:
    return factories.user(member, Role.GIS_ADMINISTRATOR)


def invite(member: Member, administrator: User, text: str = LIST, *, dry_run: bool = False) -> list[str]:
    rights = rights_of(administrator)
    outcomes = roster.invite_people(people(text), rights=rights, member=member, site=SITE, dry_run=dry_run)
    return [one.state for one in outcomes]


def pending(member: Member) -> int:
    return Membership.objects.filter(member=member, accepted_at=None).count()


def test_everybody_of_a_list_is_invited(member: Member, administrator: User) -> None:
    assert invite(member, administrator) == ["invited"] * 3
    assert pending(member) == 3
    assert len(outbox()) == 3


def test_a_trial_says_the_same_and_invites_nobody(member: Member, administrator: User) -> None:
    assert invite(member, administrator, dry_run=True) == ["invited"] * 3
    assert (pending(member), len(waiting())) == (0, 0)


def test_a_refused_row_keeps_everybody_out(member: Member, administrator: User) -> None:
    wrong = LIST + "c@example.org;Administrateur de l’agence;;;\nd;reader;;;\ne@example.org;chef;;;\n"
    states = invite(member, administrator, wrong)
    assert states == ["invited"] * 3 + ["refused"] * 3
    assert (pending(member), len(waiting())) == (0, 0)


def test_a_file_that_is_no_text_is_refused_as_a_list() -> None:
    with pytest.raises(Invalid, match="envoyez un fichier CSV"):
        roster.read_people(io.BytesIO(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"))


def test_who_is_there_already_stays_as_they_are(member: Member, administrator: User) -> None:
    invite(member, administrator)
    assert invite(member, administrator) == ["known"] * 3
    assert pending(member) == 3


def test_the_page_tries_a_list_out_then_invites(client: Client, member: Member, administrator: User) -> None:
    client.force_login(administrator)
    address = f"/membres/{member.slug}/liste/"
    file = SimpleUploadedFile("gens.csv", LIST.encode())
    page = client.post(address, {"action": "try", "file": file}).content.decode()
    assert "3 personnes seraient invitées" in page
    assert pending(member) == 0
    kept = re.search(r'name="rows" value="([^"]+)"', page)
    assert kept
    rows = kept[1].replace("&quot;", '"')
    assert client.post(address, {"action": "invite", "rows": rows}).status_code == 302
    assert pending(member) == 3


@pytest.mark.parametrize("rows", ["", "[]", "{}", "[1]", "x", '[{"row": "x"}]'])
def test_rows_that_no_trial_kept_are_refused(client: Client, member: Member, administrator: User, rows: str) -> None:
    client.force_login(administrator)
    assert client.post(f"/membres/{member.slug}/liste/", {"action": "invite", "rows": rows}).status_code == 400


def test_the_command_tries_out_and_invites(member: Member, tmp_path: Path) -> None:
    path = tmp_path / "gens.csv"
    path.write_text(LIST)
    given = ("invite_people", str(path), "--member", member.slug, "--site", SITE)
    said = StringIO()
    with factories.as_worker():
        call_command(*given, "--dry-run", stdout=said)
        assert pending(member) == 0
        call_command(*given, stdout=said)
    assert pending(member) == 3
    path.write_text(LIST + "d;reader;;;\n")
    with factories.as_worker(), pytest.raises(CommandError) as refused:
        call_command(*given, stdout=said)
    assert refused.value.returncode == 2

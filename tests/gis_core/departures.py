"""Two members with everything twice, of which one leaves: what the tests of ownership share."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from psycopg import sql

from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import Member, Membership, User
from gis_core.ownership.removing import ALL_TABLES
from gis_core.ownership.tables import count, tables_of
from permits.models import Applicant, Piece
from tests import factories
from tests.policy.world import SECRET, World, make_world

VISA = ("--visa", "AD45-2026-7", "--visa-date", "2026-01-05", "--visa-by", "La directrice des Archives")


@contextmanager
def as_session(role: str) -> Iterator[None]:
    """Sessions of this role, as a command of the server has them."""
    options: dict[str, Any] = connection.settings_dict["OPTIONS"]
    former = options["assume_role"]
    connection.close()
    options["assume_role"] = role
    try:
        yield
    finally:
        connection.close()
        options["assume_role"] = former


@pytest.fixture
def world(database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Two members with everything twice, committed; each with a document on the disk, and a removed object."""
    monkeypatch.setattr(settings, "FILES_DIR", tmp_path / "files")
    with acting_as(SYSTEM), transaction.atomic():
        made = make_world()
    for whose in ("own", "other"):
        permit = made.permits[whose]
        content = f"plan de {whose}".encode()
        name = uuid4()
        path = Path(settings.FILES_DIR, "permits", str(permit.pk), str(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with factories.as_owner():
            Applicant.objects.create(permit=permit, name=f"Demandeuse {whose}")
            Piece.objects.create(
                permit=permit,
                kind=Piece.Kind.OTHER,
                title="=cmd|' /C calc'!A0",
                name=name,
                media_type="application/pdf",
                size_bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
            )
    factories.user(made.theirs, Role.AGENCY_ADMINISTRATOR, username="seconde")
    with factories.as_owner():
        User.objects.filter(username="seconde").update(password=User.objects.first().password)  # type: ignore[union-attr]
        # The member by which the agency's administrators come in stays.
        Membership.objects.filter(role=Role.AGENCY_ADMINISTRATOR).update(member=made.theirs)
    return made


def export(world: World, folder: Path, name: str = "notre.zip") -> Path:
    """As the worker makes it."""
    with as_session("arpent_worker"):
        call_command("export_member", "membre-notre", str(folder / name))
    return folder / name


def table_counts() -> Counter[str]:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(ALL_TABLES)
        names = [name for (name,) in cursor.fetchall()]
        counts: Counter[str] = Counter()
        for name in names:
            cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier("public", name)))
            counts[name] = cursor.fetchone()[0]
    return counts


def remove(world: World, archive: Path, *options: str) -> None:
    with as_session("arpent_owner"):
        people = ("--person", "agency_administrator", "--person", "seconde")
        call_command("remove_member", "membre-notre", "--remove", "--export", str(archive), *people, *VISA, *options)


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gis_core.management.commands.remove_member.getpass", lambda _prompt: SECRET)


def count_of(table: str, member: Member) -> int:
    with as_session("arpent_owner"), acting_as(SYSTEM):
        return count(next(one for one in tables_of(member) if one.table == table))


def counts_of(member: Member) -> list[tuple[Any, int]]:
    with as_session("arpent_owner"), acting_as(SYSTEM):
        return [(table, count(table)) for table in tables_of(member)]

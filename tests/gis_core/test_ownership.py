"""Whose the rows are, what is exported of a member, what is removed of it, and what a person is given."""

import csv
import hashlib
import io
import json
import sqlite3
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from psycopg import sql

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM, Role, acting_as
from gis_core.models import HistoryEvent, Member, Membership, User
from gis_core.ownership import people, removing
from gis_core.ownership.archive import safe_name
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.reference import page
from gis_core.ownership.removing import ALL_TABLES
from gis_core.ownership.tables import count, file_names, tables_of
from permits.models import Applicant, Piece
from tests import factories
from tests.policy.world import SECRET, World, make_world

ROOT = Path(__file__).parents[2]
VISA = ("--visa", "AD45-2026-7", "--visa-date", "2026-01-05", "--visa-by", "La directrice des Archives")


# -- the registry -----------------------------------------------------------------------------------------------------


def test_every_model_of_the_project_is_declared() -> None:
    models = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert set(DECLARED.by_key()) == models


def test_what_the_law_keeps_says_which_law() -> None:
    assert not [one.model for one in DECLARED.all() if one.asks == "keep" and one.basis is None]


def test_the_page_is_that_of_the_registry() -> None:
    assert (ROOT / "docs/reference/a-qui-sont-les-donnees.md").read_text() == page()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("documents/../../etc/passwd", "documents/etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\fenêtres\\a.txt", "C_/fenêtres/a.txt"),
        ("a\u202egnp.exe", "a_gnp.exe"),
        ("a\x00b\nc", "a_b_c"),
        ("..", "sans-nom"),
        ("é" * 300, "é" * 120),
    ],
)
def test_names_in_the_archive_stay_inside(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    ("folder", "names"),
    [("a1", ["inbox/a1/"]), ("", []), (None, []), ("../permits", []), ("a/../..", []), ("a//b", []), ("..\\b", [])],
)
def test_an_empty_or_tricky_folder_names_no_file(folder: str | None, names: list[str]) -> None:
    assert list(file_names({"folder": folder}, DECLARED.get("intake.FileImport"))) == names


# -- a member ---------------------------------------------------------------------------------------------------------


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


def test_the_archive_has_every_row_and_document_of_the_member(world: World, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(export(world, tmp_path))
    manifest = json.loads(archive.read("manifeste.json"))
    with as_session("arpent_owner"), acting_as(SYSTEM):
        expected = {table.table: rows for table in tables_of(world.ours) if (rows := count(table))}
    assert {one["table"]: one["rows"] for one in manifest["tables"]} == expected
    assert {"permits_permit", "permits_applicant", "gis_core_letter", "gis_core_membership"} <= set(expected)
    for one in manifest["tables"]:
        assert len(archive.read(one["file"]).splitlines()) == one["rows"]
    for one in manifest["files"]:
        content = archive.read(one["file"])
        assert (len(content), hashlib.sha256(content).hexdigest()) == (one["bytes"], one["sha256"])
    (plan,) = (one for one in manifest["documents"] if archive.read(one["file"]) == b"plan de own")
    assert plan["same"]
    assert plan["sha256"] == hashlib.sha256(b"plan de own").hexdigest()


def test_the_archive_has_nothing_of_another_member(world: World, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(export(world, tmp_path))
    content = b"".join(archive.read(name) for name in archive.namelist())
    assert b"plan de other" not in content
    assert b"Demandeuse own" in content
    assert b"Demandeuse other" not in content
    owners = [
        json.loads(line).get("owner_id", world.ours.pk)
        for name in archive.namelist()
        if name.startswith("donnees/")
        for line in archive.read(name).splitlines()
    ]
    assert set(owners) == {world.ours.pk}
    assert b"argon2" not in content


def test_objects_open_in_a_geopackage_and_a_spreadsheet_runs_nothing(world: World, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(export(world, tmp_path))
    archive.extract("donnees.gpkg", tmp_path)
    with closing(sqlite3.connect(tmp_path / "donnees.gpkg")) as opened:
        tables = {name for (name,) in opened.execute("select table_name from gpkg_contents")}
        (permits,) = opened.execute("select count(*) from permits_permit").fetchone()
    assert {"permits_permit", world.edited["own"].layer.table} <= tables
    assert permits == count_of("permits_permit", world.ours)
    sheet = list(csv.reader(io.StringIO(archive.read("tableurs/permits_piece.csv").decode("utf-8-sig")), delimiter=";"))
    assert "'=cmd|' /C calc'!A0" in {cell for row in sheet for cell in row}


def count_of(table: str, member: Member) -> int:
    with as_session("arpent_owner"), acting_as(SYSTEM):
        return count(next(one for one in tables_of(member) if one.table == table))


def test_nothing_is_removed_of_what_was_not_exported_as_it_is(world: World, tmp_path: Path, passwords: None) -> None:
    archive = export(world, tmp_path)
    with factories.as_owner():
        type(world.permits["own"]).objects.filter(pk=world.permits["own"].pk).update(description="autre chose")
    before = table_counts()
    with pytest.raises(CommandError, match="des lignes ont changé depuis l'export"):
        remove(world, archive)
    changed = tmp_path / "trafiqué.zip"
    with zipfile.ZipFile(archive) as read, zipfile.ZipFile(changed, "w") as write:
        for name in read.namelist():
            write.writestr(name, b"" if name == "LISEZMOI.txt" else read.read(name))
    with pytest.raises(CommandError, match=r"LISEZMOI\.txt n'est pas celui du manifeste"):
        remove(world, changed)
    assert table_counts() == before


def test_who_and_what_a_removal_asks(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = export(world, tmp_path)
    before = table_counts()
    command = ("remove_member", "membre-notre", "--remove")
    two = ("--person", "agency_administrator", "--person", "seconde")
    prompt = "gis_core.management.commands.remove_member.getpass"
    monkeypatch.setattr(prompt, lambda _prompt: SECRET)
    with as_session("arpent_owner"):
        with pytest.raises(CommandError, match="rien n'est supprimé sans lui"):
            call_command(*command, *two, *VISA)
        with pytest.raises(CommandError, match=r"R\. 212-14"):
            call_command(*command, "--export", str(archive), *two)
        with pytest.raises(CommandError, match="pas encore venue"):
            call_command(*command, "--export", str(archive), *two, *VISA[:2], "--visa-date", "2999-01-01", *VISA[4:])
        for people_given in (two[:2], two[:2] * 2):
            with pytest.raises(CommandError, match="Il faut deux administrateurs"):
                call_command(*command, "--export", str(archive), *people_given, *VISA)
        others = ("--person", "agency_administrator", "--person", "inconnue")
        with pytest.raises(CommandError, match="inconnue n'est pas administrateur"):
            call_command(*command, "--export", str(archive), *others, *VISA)
        monkeypatch.setattr(prompt, lambda _prompt: "faux")
        with pytest.raises(CommandError, match="ce n'est pas son mot de passe"):
            call_command(*command, "--export", str(archive), *two, *VISA)
    assert table_counts() == before


def test_a_member_goes_whole_and_nothing_else_does(world: World, tmp_path: Path, passwords: None) -> None:
    archive = export(world, tmp_path)
    before, ours = table_counts(), world.ours.pk
    theirs = {table.table: rows for table, rows in counts_of(world.theirs) if rows}
    paths = {whose: Path(settings.FILES_DIR, "permits", str(world.permits[whose].pk)) for whose in ("own", "other")}
    remove(world, archive)
    proof = json.loads((tmp_path / "notre-preuve.json").read_text())
    after = table_counts()
    assert not Member.objects.filter(pk=ours).exists()
    with as_session("arpent_owner"), acting_as(SYSTEM):
        assert removing.remaining(ours) == 0
    for one in proof["tables"]:
        assert one["before"] == before[one["table"]]
        if one["table"] != "gis_core_historyevent":
            assert after[one["table"]] == one["after"]
    assert {table.table: rows for table, rows in counts_of(world.theirs) if rows} == theirs
    assert not paths["own"].exists()
    assert b"plan de other" in [one.read_bytes() for one in paths["other"].iterdir()]
    assert (tmp_path / "notre-preuve.pdf").read_bytes().startswith(b"%PDF")
    with factories.as_owner():
        event = HistoryEvent.objects.get(kind="departure")
    assert event.detail["visa"]["number"] == "AD45-2026-7"
    assert event.detail["proof"] == hashlib.sha256((tmp_path / "notre-preuve.json").read_bytes()).hexdigest()
    assert User.objects.filter(username__startswith="compte effacé", is_active=False, email="").exists()


def interrupted(*_given: Any) -> Any:
    raise KeyboardInterrupt


def counts_of(member: Member) -> list[tuple[Any, int]]:
    with as_session("arpent_owner"), acting_as(SYSTEM):
        return [(table, count(table)) for table in tables_of(member)]


def test_a_removal_cut_short_leaves_everything(
    world: World, tmp_path: Path, passwords: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = export(world, tmp_path)
    before = table_counts()
    path = Path(settings.FILES_DIR, "permits", str(world.permits["own"].pk))

    monkeypatch.setattr("gis_core.management.commands.remove_member.write_proof", interrupted)
    with pytest.raises(KeyboardInterrupt):
        remove(world, archive)
    assert table_counts() == before
    assert path.is_dir()


def test_files_left_by_an_interruption_go_with_the_proof(
    world: World, tmp_path: Path, passwords: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = export(world, tmp_path)
    path = Path(settings.FILES_DIR, "permits", str(world.permits["own"].pk))
    with monkeypatch.context() as patch:
        patch.setattr(
            "gis_core.ownership.removing.remove_files", lambda _names: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            remove(world, archive)
    assert path.is_dir()
    forged = tmp_path / "fausse-preuve.json"
    forged.write_text((tmp_path / "notre-preuve.json").read_text() + " ")
    with as_session("arpent_owner"):
        with pytest.raises(CommandError, match="n'a pas été faite ici"):
            call_command("remove_member", "membre-notre", "--finish", str(forged))
        call_command("remove_member", "membre-notre", "--finish", str(tmp_path / "notre-preuve.json"))
    assert not path.exists()


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
    ],
)
def test_whom_a_row_is_about(given: dict[str, str], values: list[str], fits: bool) -> None:
    assert people.Sought.of(**given).fits(values) is fits


@pytest.mark.parametrize("given", [{}, {"name": "L"}, {"phone": "06 12"}])
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

"""What is removed of a member that leaves, and that nothing else is."""

import hashlib
import json
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count
from django.test import Client

from gis_core.database.statements import fetch_one
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import HistoryEvent, Member, Membership, User
from gis_core.ownership import removing
from gis_core.ownership.tables import locked_snapshot
from tests import factories
from tests.gis_core.departures import (
    VISA,
    as_session,
    counts_of,
    export,
    remove,
    table_counts,
)
from tests.policy.world import SECRET, World


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
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as read:
        largest = max(read.infolist(), key=lambda one: one.compress_size)
    middle = largest.header_offset + largest.compress_size // 2
    content[middle : middle + 64] = b"\xff" * 64
    changed.write_bytes(content)
    with pytest.raises(CommandError, match="n'est pas un export de membre entier"):
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


def test_a_member_goes_whole_and_nothing_else_does(
    world: World, tmp_path: Path, passwords: None, client: Client
) -> None:
    archive = export(world, tmp_path)
    memberships = Membership.objects.values("user").annotate(n=Count("pk")).filter(n=1).values("user")
    client.force_login(User.objects.filter(memberships__member=world.ours, pk__in=memberships).order_by("-pk")[0])
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
        if one["table"] not in ("gis_core_historyevent", "gis_core_securityevent", "django_session"):
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
    assert not Session.objects.exists()


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


def interrupted(*_given: Any) -> Any:
    raise KeyboardInterrupt


def test_what_was_written_while_locks_were_waited_for_is_seen(database: str) -> None:
    with as_session("arpent_owner"):
        writer = connection.copy()
        with writer.cursor() as cursor:
            cursor.execute(
                "begin; insert into catalogue_theme (slug, title, title_en, \"order\") values ('a', 'A', '', 1)"
            )
            end = threading.Timer(0.5, lambda: writer.connection.execute("commit"))
            end.start()
            with locked_snapshot(["catalogue_theme"]):
                seen = fetch_one("select count(*) from catalogue_theme where slug = 'a'")
            end.join()
        writer.close()
    assert seen == (1,)

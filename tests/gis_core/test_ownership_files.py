"""Photos and files of a member that leaves, and what the history keeps of what it removed before."""

import errno
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from gis_core.database.statements import fetch_one
from gis_core.files import erasing
from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import Member
from gis_core.operations.held_files import ERASED
from gis_core.ownership import removing
from gis_core.ownership.tables import count, tables_of
from networks.roadworks.models import WorkTransmission
from tests import factories
from tests.gis_core.departures import VISA, as_session
from tests.photos import photo
from tests.policy.permit_forms import authority


def test_a_folder_that_another_member_names_too_is_not_removed(db: None) -> None:
    first, second = (factories.member(factories.commune()) for _rank in range(2))
    factories.campaign(first, slug="ortho-2024")
    photo(owner=second, folder="orthophoto/ortho-2024/1")
    with factories.as_owner(), acting_as(SYSTEM):
        (refused,) = removing.prepare(first).refused
        assert removing.prepare(second).refused
    assert "orthophoto/ortho-2024/" in refused


def test_photos_that_were_not_exported_need_a_word(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "FILES_DIR", tmp_path / "files")
    member = factories.member(factories.commune(), slug="photographe")
    agency = factories.member(factories.commune())
    people = [factories.user(agency, "agency_administrator", username=name) for name in ("alice", "bernard")]
    with factories.as_owner():
        for person in people:
            person.set_password("un mot de passe assez long")
            person.save()
    photo(owner=member, folder="orthophoto/ortho-2024/1")
    taken = tmp_path / "files/orthophoto/ortho-2024/1/a.tif"
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"TIFF")
    monkeypatch.setattr(
        "gis_core.management.commands.remove_member.getpass", lambda _prompt: "un mot de passe assez long"
    )
    with as_session("arpent_worker"):
        call_command("export_member", "photographe", str(tmp_path / "p.zip"))
    command = ("remove_member", "photographe", "--remove", "--export", str(tmp_path / "p.zip"), *VISA)
    two = ("--person", "alice", "--person", "bernard")
    monkeypatch.setattr(settings, "RECOVERY_DAYS", 35)
    with as_session("arpent_owner"):
        with pytest.raises(CommandError, match="1 photos aériennes"):
            call_command(*command, *two)
        assert taken.is_file()
        assert not list(tmp_path.glob("*preuve*"))
        call_command(*command, *two, "--photos-copied")
    assert "mis à l'écart : l'archive continue les garde 35 jours" in capsys.readouterr().out
    assert not taken.exists()
    assert [path.read_bytes() for path in (tmp_path / "files" / ERASED).rglob("a.tif")] == [b"TIFF"]
    assert not Member.objects.filter(slug="photographe").exists()


def test_what_is_erased_on_another_disk_is_set_aside_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_given: Any, **_options: Any) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(settings, "FILES_DIR", tmp_path)
    monkeypatch.setattr(settings, "RECOVERY_DAYS", 35)
    folder = tmp_path / "orthophoto" / "ortho-2024"
    folder.mkdir(parents=True)
    (folder / "a.tif").write_bytes(b"TIFF")
    monkeypatch.setattr(os, "rename", other_disk)
    erasing.erase(folder)
    assert not folder.exists()
    assert [path.read_bytes() for path in (tmp_path / ERASED).rglob("a.tif")] == [b"TIFF"]


def test_the_history_of_parts_goes_with_a_whole_that_went_before(db: None) -> None:
    ours, theirs = (factories.member(factories.commune()) for _rank in range(2))
    with factories.as_owner(), acting_as(SYSTEM):
        for member in (ours, theirs):
            authority(member).delete()
        kept = "select count(*) from gis_core_rowhistory where old ->> 'last_name' = 'Dupuis'"
        assert fetch_one(kept) == (2,)
        removing.remove(removing.prepare(ours))
        assert fetch_one(kept) == (1,)


def test_a_transmission_stays_with_who_sent_it_when_its_receiver_leaves(db: None) -> None:
    sender, receiver = (factories.member(factories.commune()) for _rank in range(2))
    with factories.as_owner(), acting_as(SYSTEM):
        sent = WorkTransmission.objects.create(
            owner=sender, receiver=receiver, number=12, insee="45234", sent_date=date(2026, 11, 3)
        )
        (given,) = (count(one) for one in tables_of(receiver) if one.table == "road_transmission")
        removed = removing.remove(removing.prepare(receiver))
        sent.refresh_from_db()
        assert (given, removed.own["road_transmission"]) == (1, 0)
        assert (sent.receiver_id, sent.sent_to) == (None, receiver.name)
        removing.remove(removing.prepare(sender))
        assert not WorkTransmission.objects.exists()


def test_a_link_among_the_files_leads_no_removal_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site writes among them; who removes a member is another user, who may write where the site may not."""
    monkeypatch.setattr(settings, "FILES_DIR", tmp_path / "files")
    (tmp_path / "files").mkdir()
    (tmp_path / "elsewhere/empty").mkdir(parents=True)
    (tmp_path / "elsewhere/kept").write_text("x")
    (tmp_path / "files/link").symlink_to(tmp_path / "elsewhere")
    assert removing.remove_files(["link/empty/", "link/kept", "link/", "../elsewhere/empty/"]) == []
    assert (tmp_path / "elsewhere/empty").is_dir()
    assert (tmp_path / "elsewhere/kept").exists()

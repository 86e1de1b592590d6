"""What a way back is made of, without a database: addresses, instants, keys on paper, which backups and files stay."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import override_settings

from gis_core.files import erasing
from gis_core.operations import archive, archive_target, escrow, file_recovery, recovery
from gis_core.operations.backup_status import Return
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import ERASED
from gis_core.operations.instants import describe_instant, parse_instant
from gis_core.operations.nightly import backups_to_keep
from gis_core.operations.recovery import list_changes, timeline_at


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("/sauvegardes/arpent", ""),
        ("s3://s3.exemple.fr/seau/agence?key=A&secret=/etc/s", ""),
        ("sftp://compte@serveur:2222/dossier?key=/etc/cle", ""),
        ("ftp://serveur/x", "est attendu"),
        ("s3://s3.exemple.fr/seau", "s3 demande"),
        ("sftp://serveur/dossier?key=/x", "sftp demande"),
        ("sftp://compte:secret@serveur/dossier?key=/x", "pas de mot de passe"),
        ("s3://s3.exemple.fr/seau?key=A&secret=/s&zone=fr", "« zone » n’est pas connu"),
        ("s3://s3.exemple.fr:abc/seau?key=A&secret=/s", "est attendu"),
    ],
)
def test_an_address_is_read_or_refused_in_words(address: str, fault: str) -> None:
    said = archive_target.address_fault(address)
    assert (said == "") == (fault == "")
    assert fault in said


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-28 03:10", datetime(2026, 11, 28, 2, 10, tzinfo=UTC)),
        ("2026-07-01 03:10:05", datetime(2026, 7, 1, 1, 10, 5, tzinfo=UTC)),
        ("2026-10-25 02:30+01:00", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_that_of_paris(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text", ["hier", "2026-13-01 10:00", "2026-10-25 02:30", "2026-03-29 02:30", "28/11/2026 03:10"]
)
def test_what_is_no_instant_or_two_is_refused(text: str) -> None:
    with pytest.raises(OperationFailedError, match="«"):
        parse_instant(text)


def test_an_instant_says_its_zone() -> None:
    said = describe_instant(datetime(2026, 11, 28, 2, 10, tzinfo=UTC))
    assert said == "28 novembre 2026 à 03:10:00, heure de Paris (02:10:00 UTC)"


KEYS = {"S": "kZue8AGH_LFN7-PKHRx" * 3, "A": "0f" * 32}


def typed() -> list[str]:
    return [line for letter, key in KEYS.items() for line in escrow.lines_of(letter, key)]


def test_keys_come_back_from_what_is_typed() -> None:
    lines = typed()
    careless = [f"{line.split(' ')[0]} {''.join(line.split(' ')[1:]).lower().replace('0', 'o')}" for line in lines]
    assert escrow.read_keys(reversed(careless)) == KEYS


def test_one_wrong_sign_is_found_wherever_it_is() -> None:
    line = typed()[1]
    head, body = line.split(" ", 1)
    for place, sign in enumerate(body):
        if sign != " ":
            wrong = body[:place] + ("2" if sign != "2" else "3") + body[place + 1 :]
            with pytest.raises(ValueError, match=f"ligne {head} : une faute de frappe"):
                escrow.read_line(f"{head} {wrong}")


def test_lines_that_are_missing_or_swapped_are_named() -> None:
    lines = typed()
    with pytest.raises(OperationFailedError, match="il manque S2/5"):
        escrow.read_keys([lines[0], *lines[2:]])
    swapped = lines[0].split(" ", 1)[0] + " " + lines[1].split(" ", 1)[1]
    with pytest.raises(OperationFailedError, match="ligne S1/5"):
        escrow.read_keys([swapped, *lines[1:]])


def test_backups_stay_by_nights_weeks_and_months() -> None:
    days = [datetime(2026, month, day, 1, 30, tzinfo=UTC) for month in (9, 10, 11) for day in range(1, 31)]
    names = [f"arpent-{day:%Y-%m-%d-%H%M%S}.tar" for day in days]
    kept = sorted(name[7:17] for name in backups_to_keep(names, 3, 4, 3))
    assert kept == [
        "2026-09-30", "2026-10-30", "2026-11-15", "2026-11-22", "2026-11-28", "2026-11-29", "2026-11-30",
    ]  # fmt: skip
    assert len(backups_to_keep(names, 7, 0, 0)) == 7


def test_a_wrong_key_and_a_silent_archive_are_told_apart() -> None:
    assert "tapez celle de la feuille" in archive.describe_failure(
        "ERROR: [095]: unable to flush\ncipher header invalid"
    )
    assert "ne répond pas" in archive.describe_failure("ERROR: [049]: unable to connect to 'x:443'")
    assert "Le disque est plein" in archive.describe_failure("ERROR: [041]: No space left on device")


def test_an_instant_that_was_undone_is_on_the_former_history() -> None:
    made = [Return("2026-11-28T02:00:00+00:00", "2026-11-28T09:00:00+00:00", 4)]
    assert timeline_at(made, datetime(2026, 11, 28, 5, tzinfo=UTC)) == 4
    assert timeline_at(made, datetime(2026, 11, 28, 10, tzinfo=UTC)) == 0
    assert timeline_at(made, datetime(2026, 11, 28, 1, tzinfo=UTC)) == 0


def test_what_changes_is_said_by_table() -> None:
    said = list_changes({"public.a": (3, "x"), "public.b": (1, "y")}, {"public.a": (2, "z"), "public.b": (1, "w")})
    assert said == [
        "a : 3 ligne(s) aujourd'hui, 2 ligne(s) à cet instant",
        "b : 1 ligne(s) aujourd'hui, 1 ligne(s) à cet instant (certaines modifiées)",
    ]


def test_an_erased_file_stays_for_the_window_and_returns(tmp_path: Path) -> None:
    files = tmp_path / "files"
    kept, new = files / "permits/1/kept.pdf", files / "permits/1/new.pdf"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(b"kept")
    os.utime(kept, (time.time() - 100, time.time() - 100))
    instant = datetime.fromtimestamp(time.time() - 50, UTC)
    with override_settings(FILES_DIR=files, RECOVERY_DAYS=35):
        erasing.erase(kept)
        assert not kept.exists()
        erasing.sweep_erased()
    new.write_bytes(b"new")
    changes = file_recovery.apply(
        tmp_path, files, instant, {"files/permits/1/kept.pdf", "files/permits/1/lost.pdf"}, None
    )
    assert changes == file_recovery.FileChanges(
        ["files/permits/1/kept.pdf"], ["files/permits/1/new.pdf"], ["files/permits/1/lost.pdf"]
    )
    assert (kept.read_bytes(), new.exists()) == (b"kept", False)


def test_files_that_cannot_all_return_stay_where_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, source = tmp_path / "files", tmp_path / "copy"
    for path in (files / "new.pdf", files / ERASED / f"{time.time_ns()}-x" / "kept.pdf", source / "lost.pdf"):
        path.parent.mkdir(parents=True)
        path.write_bytes(path.name.encode())
    os.utime(next(files.rglob("kept.pdf")), (time.time() - 100, time.time() - 100))
    instant = datetime.fromtimestamp(time.time() - 50, UTC)

    def refuse(_source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise PermissionError

    monkeypatch.setattr(file_recovery.shutil, "copy2", refuse)
    with pytest.raises(PermissionError):
        file_recovery.apply(tmp_path, files, instant, {"files/kept.pdf", "files/lost.pdf"}, source)
    assert sorted(path.name for path in files.iterdir()) == [ERASED, "new.pdf"]


def test_a_platform_without_files_is_archived_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "as_database_user", lambda _place: ())
    monkeypatch.setattr(archive_target, "give", lambda _place, _path: None)
    place, target = Place(tmp_path / "data"), archive_target.parse(str(tmp_path / "archive"))
    (place.files / "prints").mkdir(parents=True)
    archive_target.key_file(place).parent.mkdir()
    archive_target.key_file(place).write_text("of this test")
    archive.restic(place, target, "init")
    archive.send_files(place, target)
    recovery.fetch_files(place, target, tmp_path / "empty")
    assert list((tmp_path / "empty").iterdir()) == []
    (place.files / "plan").write_text("first")
    archive.send_files(place, target)
    recovery.fetch_files(place, target, tmp_path / "back")
    assert (tmp_path / "back/plan").read_text() == "first"


@pytest.mark.django_db
def test_the_sweep_erases_after_the_window_and_without_an_archive_nothing_stays(tmp_path: Path) -> None:
    old = tmp_path / ERASED / f"{time.time_ns() - 36 * 86_400 * 10**9}-x" / "permits"
    old.mkdir(parents=True)
    with override_settings(FILES_DIR=tmp_path, RECOVERY_DAYS=35):
        erasing.sweep_erased()
    assert not old.exists()
    (tmp_path / "photo").mkdir()
    with override_settings(FILES_DIR=tmp_path, RECOVERY_DAYS=0):
        erasing.erase(tmp_path / "photo")
        erasing.erase(tmp_path / "never")
    assert [path.name for path in tmp_path.iterdir() if path.name != ERASED] == []


def test_the_sheet_is_a_pdf_that_its_owner_alone_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ARPENT_SECRET_KEY", raising=False)
    place = Place(tmp_path / "data")
    place.data.mkdir()
    (place.data / "secret-key").write_text(KEYS["S"])
    sheet = tmp_path / "sheet.pdf"
    assert escrow.print_sheet(place, sheet) == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    assert sheet.stat().st_mode & 0o777 == 0o600
    with pytest.raises(OperationFailedError, match="existe déjà"):
        escrow.print_sheet(place, sheet)

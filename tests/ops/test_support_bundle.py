"""What leaves for whoever helps: listed first, without personal data or secrets, whole or not at all."""

import json
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.operations import support_bundle
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.support_bundle import run, scrub, scrub_line
from tests.ops.conftest import temporary_place
from tests.ops.migrated import give_migrated

LOG = (
    '{"at": "2026-12-01", "message": "mail to jeanne.dupont@mairie-lys.fr refused", "address": "192.168.3.14"}\n'
    "DETAIL:  Key (name)=(Jeanne Dupont) already exists.\n"
    "GET /permis/?demandeur=Dupont HTTP/1.1 from 2001:db8::8a2e:370:7334\n"
    "ValueError: invalid literal: 'Jeanne Dupont'\n"
    "smtp://sig:motdepasse@courriel.lys.fr refused the token 3xRWq0qWkNnKcS0fT1u5vJ7yZ2aB4cD6eF8gH\n"
    "rappeler Mme Dupont au 06 12 34 56 78\n"
)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with temporary_place() as made:
        give_migrated(made)
        for folder in (made.files, made.run, made.logs, made.backups):
            folder.mkdir()
        (made.logs / "web-1.log").write_text(LOG)
        (made.logs / "security-2026-12-01.jsonl").write_text('{"name": "jeanne"}\n')
        with Cluster(made).lease():
            yield made


def contents(archive: Path) -> dict[str, str]:
    with tarfile.open(archive) as opened:
        return {member.name: opened.extractfile(member).read().decode() for member in opened}  # type: ignore[union-attr]


def test_it_holds_what_helps_and_no_secret(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARPENT_EMAIL_URL", "smtp://sig:motdepasse@courriel.lys.fr")
    monkeypatch.setenv("ARPENT_SMS_SENDER", "SIG LYS")
    assert run(place, tmp_path / "aide.tar.gz", at_once=True) == 0
    texts = contents(tmp_path / "aide.tar.gz")
    assert set(texts) == {"versions.json", "settings.json", "doctor.json", "database.json", "log/web-1.log"}
    settings = json.loads(texts["settings.json"])
    assert (settings["ARPENT_EMAIL_URL"], settings["ARPENT_SMS_SENDER"]) == ("(secret)", "SIG LYS")
    assert "leakproof" in {one["check"] for one in json.loads(texts["doctor.json"])}
    assert json.loads(texts["database.json"])["tables"]["permits_permit"]["bytes"] > 0
    assert "Django" in json.loads(texts["versions.json"])["libraries"]
    assert (tmp_path / "aide.tar.gz").stat().st_mode & 0o077 == 0


def test_nobody_is_in_its_logs(place: Place, tmp_path: Path) -> None:
    run(place, tmp_path / "aide.tar.gz", at_once=True)
    log = contents(tmp_path / "aide.tar.gz")["log/web-1.log"]
    for personal in ("jeanne.dupont", "192.168", "2001:db8", "demandeur", "motdepasse", "3xRWq0", "06 12", "(Jeanne"):
        assert personal not in log
    assert "GET /permis/?… HTTP/1.1" in log
    assert "ValueError: …" in log
    assert '"at": "2026-12-01"' in log


@pytest.mark.parametrize(
    "line",
    [
        "can't find 'Dupont' in the list",
        'KeyError: "M. d\'Alembert Dupont"',
        json.dumps({"exception": "Traceback\n  File x\nKeyError: Dupont"}),
        json.dumps({"message": "no letter for « Dupont »"}),
        "permits.errors.Conflict: Dupont",
    ],
)
def test_what_is_quoted_or_raised_goes(line: str) -> None:
    assert "Dupont" not in scrub_line(line)


def test_findings_are_whole_in_french(place: Place, tmp_path: Path) -> None:
    run(place, tmp_path / "aide.tar.gz", at_once=True)
    findings = json.loads(contents(tmp_path / "aide.tar.gz")["doctor.json"])
    assert {"disk-space", "clock", "backups", "leakproof", "files"} <= {one["check"] for one in findings}
    assert any("l'" in one["message"] or "d'" in one["message"] for one in findings)


def test_the_site_leads_to_no_other_file(place: Place, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root's own\n")
    (place.logs / "link.log").symlink_to(tmp_path / "secret")
    os.mkfifo(place.logs / "pipe.log")
    run(place, tmp_path / "aide.tar.gz", at_once=True)
    texts = contents(tmp_path / "aide.tar.gz")
    assert texts["log/link.log"] == texts["log/pipe.log"] == "(not a plain file: left aside)\n"
    for name in ("link.log", "pipe.log"):
        (place.logs / name).unlink()


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(support_bundle, "LOG_BYTES", 30)
    (tmp_path / "web.log").write_text("".join(f"line {number}\n" for number in range(100)))
    assert support_bundle.end_of_log(tmp_path / "web.log") == "line 97\nline 98\nline 99\n"


def test_a_file_of_somebody_else_is_not_taken_away(place: Place, tmp_path: Path) -> None:
    (tmp_path / "aide.tar.gz.part").write_text("x")
    with pytest.raises(OperationFailedError, match="autre dossier"):
        run(place, tmp_path / "aide.tar.gz", at_once=True)
    assert (tmp_path / "aide.tar.gz.part").read_text() == "x"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("at 2026-12-01T02:30:11.123+00:00", "at 2026-12-01T02:30:11.123+00:00"),
        ("12:30:45 started", "12:30:45 started"),
        ("PC 045 234 26 00001", "PC 045 234 26 00001"),
        ("from ::1 and fe80::1%eth0", "from <adresse> and <adresse>%eth0"),
    ],
)
def test_what_names_nobody_is_kept(line: str, expected: str) -> None:
    assert scrub(line) == expected


def test_what_it_will_hold_is_listed_and_nothing_is_written_without_a_yes(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(support_bundle, "_agreed", lambda: False)
    assert run(place, tmp_path / "aide.tar.gz") == 1
    assert "log/web-1.log" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_does_not_say_yes_is_told_how(place: Place, tmp_path: Path) -> None:
    with pytest.raises(OperationFailedError, match="--yes"):
        run(place, tmp_path / "aide.tar.gz")


def test_nothing_is_overwritten(place: Place, tmp_path: Path) -> None:
    (tmp_path / "aide.tar.gz").write_text("x")
    with pytest.raises(OperationFailedError, match="existe déjà"):
        run(place, tmp_path / "aide.tar.gz", at_once=True)


def test_a_folder_that_is_not_there_leaves_nothing(place: Place, tmp_path: Path) -> None:
    with pytest.raises(OperationFailedError, match="autre dossier"):
        run(place, tmp_path / "none" / "aide.tar.gz", at_once=True)

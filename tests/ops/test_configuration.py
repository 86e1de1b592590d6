"""The settings' file: what is read, what is refused with its line, secrets in files of their own, the guide's table."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from gis_core.operations.configuration import FILE, SETTINGS, load, secret_names, unknown_names
from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError
from tests.ops.conftest import plain_environment


def read(folder: Path, text: str, environ: dict[str, str] | None = None) -> dict[str, str]:
    (folder / FILE).write_text(text)
    environ = {} if environ is None else environ
    load(folder, environ)
    return environ


def faults(folder: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(OperationFailedError) as refused:
        read(folder, text, environ)
    return refused.value.message.splitlines()[1:]


def test_lines_become_the_environment(tmp_path: Path) -> None:
    text = "# Le site\nARPENT_SITE_URL = https://sig.exemple.fr\n\nexport ARPENT_HTTPS=1\nARPENT_SMS_SENDER='SIG LYS'\n"
    assert read(tmp_path, text) == {
        "ARPENT_SITE_URL": "https://sig.exemple.fr",
        "ARPENT_HTTPS": "1",
        "ARPENT_SMS_SENDER": "SIG LYS",
    }


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    environ: dict[str, str] = {}
    load(tmp_path, environ)
    assert environ == {}


def test_a_file_of_windows_is_read(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xef\xbb\xbfARPENT_HTTPS=1\r\nARPENT_PORT=8100\r\n")
    environ: dict[str, str] = {}
    load(tmp_path, environ)
    assert environ == {"ARPENT_HTTPS": "1", "ARPENT_PORT": "8100"}


def test_the_environment_wins(tmp_path: Path) -> None:
    assert read(tmp_path, "ARPENT_PORT=8100", {"ARPENT_PORT": "8200"}) == {"ARPENT_PORT": "8200"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("ARPENT_EMIAL_URL=smtp://a", "ARPENT_EMIAL_URL n’est pas un réglage ; vouliez-vous ARPENT_EMAIL_URL ?"),
        ("LANG=fr", "LANG n’est pas un réglage."),
        ("ARPENT_HTTPS", "NOM=valeur est attendu."),
        ("ARPENT_HTTPS=oui", "ARPENT_HTTPS : 0 ou 1 est attendu."),
        ("ARPENT_PORT=80450", "ARPENT_PORT : un nombre entier de 1 à 65535 est attendu."),
        ("ARPENT_UPLOAD_MAX_MB=5 Go", "ARPENT_UPLOAD_MAX_MB : un nombre entier de 1 à 1000000 est attendu."),
        ("ARPENT_BACKUP_AT=1h30", "ARPENT_BACKUP_AT : une heure est attendue (01:30), ou rien."),
        ("ARPENT_SITE_URL=sig.exemple.fr", "ARPENT_SITE_URL : une adresse http://hote ou https://hote est attendue."),
        (
            "ARPENT_LOG_LEVEL=debug",
            "ARPENT_LOG_LEVEL : DEBUG, INFO, WARNING, ERROR, CRITICAL : l’un d’eux est attendu.",
        ),
        ("ARPENT_SMS_TIMEOUT_S=nan", "ARPENT_SMS_TIMEOUT_S : de 0 à 600 secondes."),
        ("ARPENT_REFRESH_DIR=couches", "ARPENT_REFRESH_DIR : le chemin entier d’un dossier est attendu"),
        ("ARPENT_DATA=/srv", "ARPENT_DATA se dit dans l’environnement"),
        ("ARPENT_DB_USER=arpent_owner", "ARPENT_DB_USER se dit dans l’environnement"),
    ],
)
def test_a_wrong_line_is_refused_with_its_number(tmp_path: Path, line: str, message: str) -> None:
    (fault,) = faults(tmp_path, f"# un\nARPENT_DEBUG=0\n{line}\n")
    assert fault.startswith(f"  {tmp_path / FILE}, ligne 3 : ")
    assert message in fault


def test_every_fault_comes_at_once(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "ARPENT_HTTPS=oui\nARPENT_PORT=x\nARPENT_PORT=8100\n")) == 3


def test_a_setting_is_given_once(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "ARPENT_HTTPS=0\nARPENT_HTTPS=1\n")
    assert "ligne 2" in fault
    assert "déjà réglé plus haut" in fault


def test_a_wrong_value_of_the_environment_is_refused_too(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "", {"ARPENT_BACKUP_KEEP": "0"})
    assert fault == "  ARPENT_BACKUP_KEEP (environnement) : un nombre entier de 1 à 10000 est attendu."


def test_a_secret_is_never_repeated(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "ARPENT_EMAIL_URL=imap://moi:motdepasse@hote\n")
    assert "motdepasse" not in fault


def test_secrets_lie_in_files_of_their_own(tmp_path: Path) -> None:
    secret = tmp_path / "mail"
    secret.write_text("smtp://hote\n")
    environ = read(tmp_path, f"ARPENT_EMAIL_URL_FILE={secret}\n")
    assert environ["ARPENT_EMAIL_URL"] == "smtp://hote"


def test_a_secret_in_a_file_is_checked_as_well(tmp_path: Path) -> None:
    secret = tmp_path / "mail"
    secret.write_text("hote")
    (fault,) = faults(tmp_path, f"ARPENT_EMAIL_URL_FILE={secret}\n")
    assert "ARPENT_EMAIL_URL" in fault


def test_a_missing_file_of_a_secret_is_said(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "", {"ARPENT_SECRET_KEY_FILE": str(tmp_path / "none")})
    assert "ARPENT_SECRET_KEY_FILE" in fault
    assert "No such file" in fault


def test_a_value_of_the_environment_is_checked_where_the_file_has_a_good_one(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, "ARPENT_PORT=8100\n", {"ARPENT_PORT": "abc"})
    assert "ARPENT_PORT (environnement)" in fault


def test_a_secret_of_the_environment_comes_before_that_of_the_file(tmp_path: Path) -> None:
    secret = tmp_path / "mail"
    secret.write_text("smtp://environnement")
    environ = read(tmp_path, "ARPENT_EMAIL_URL=smtp://fichier\n", {"ARPENT_EMAIL_URL_FILE": str(secret)})
    assert environ["ARPENT_EMAIL_URL"] == "smtp://environnement"


@pytest.mark.parametrize("mode", [0o660, 0o606])
def test_a_file_that_others_can_write_is_refused(tmp_path: Path, mode: int) -> None:
    (tmp_path / FILE).write_text("ARPENT_HTTPS=1\n")
    (tmp_path / FILE).chmod(mode)
    with pytest.raises(OperationFailedError, match="chmod 640"):
        load(tmp_path, {})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_root_reads_no_file_that_the_site_made(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("ARPENT_METRICS_TOKEN_FILE=/etc/shadow\n")
    os.chown(tmp_path / FILE, 65534, 65534)
    environ: dict[str, str] = {}
    with pytest.raises(OperationFailedError, match="chown root"):
        load(tmp_path, environ)
    assert environ == {}


def test_in_containers_the_site_makes_no_settings_for_the_others(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("ARPENT_LOG_LEVEL=DEBUG\n")
    (tmp_path / FILE).chmod(0o640)
    if os.geteuid() == 0:
        os.chown(tmp_path / FILE, 12345, -1)
    with pytest.raises(OperationFailedError, match="chown root"):
        load(tmp_path, {}, of_root=True)


def test_a_link_and_a_pipe_are_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to("/etc/passwd")
    with pytest.raises(OperationFailedError, match="lien"):
        load(tmp_path, {})
    (tmp_path / FILE).unlink()
    os.mkfifo(tmp_path / FILE)
    with pytest.raises(OperationFailedError, match="lien"):
        load(tmp_path, {})


def test_what_is_read_stays_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("ARPENT_HTTPS=1\n")
    if os.geteuid() == 0:
        os.chown(tmp_path, 65534, 65534)
    before = (tmp_path / FILE).stat().st_uid
    load(tmp_path, {})
    assert (tmp_path / FILE).stat().st_uid == before


def test_a_data_folder_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert read(tmp_path / "real", "ARPENT_HTTPS=1\n", {}) == {"ARPENT_HTTPS": "1"}
    environ: dict[str, str] = {}
    load(tmp_path / "link", environ)
    assert environ == {"ARPENT_HTTPS": "1"}


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OperationFailedError, match="UTF-8"):
        load(tmp_path, {})


def test_names_that_are_nearly_settings() -> None:
    environ = {
        "ARPENT_EMIAL_URL": "",
        "ARPENT_EMAIL_URL": "",
        "ARPENT_RUN": "",
        "ARPENT_SECRET_KEY_FILE": "",
        "LANG": "",
    }
    assert unknown_names(environ) == ["ARPENT_EMIAL_URL"]


@pytest.mark.parametrize("command", [["stop"], ["manage", "check"]])
def test_a_command_starts_nothing_while_a_setting_is_wrong(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / FILE).write_text("ARPENT_HTTPS=oui\n")
    ended = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-P", "-m", "gis_core.operations", *command],
        env={**plain_environment(), "ARPENT_DATA": str(tmp_path), "PYTHONPATH": str(ROOT), "ARPENT_AS_ROOT": "1"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "ligne 1 : ARPENT_HTTPS : 0 ou 1 est attendu." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_the_guide_has_every_setting_and_no_other() -> None:
    guide = (ROOT / "docs/reference/reglages.md").read_text()
    rows = re.findall(r"^\|((?: ?`ARPENT_[A-Z_0-9]+`,?)+) ?\|", guide, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"ARPENT_[A-Z_0-9]+", row)} == SETTINGS.keys()
    assert all(f"`{name}_FILE`" in guide for name in secret_names())

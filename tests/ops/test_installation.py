"""What `./arpent install` refuses, prints and writes: on folders of its own, nothing of this machine is changed.

The installation itself is tried whole by `./arpent test --install` (tests/install).
"""

import http.server
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from gis_core.operations import archive_target, proxy
from gis_core.operations.doctor import site
from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import certificate, install, items, refresh, refusals, units
from gis_core.operations.installation.answers import Answers, ask, complete, read_answers
from gis_core.operations.installation.from_bundle import kept_keys
from gis_core.operations.installation.items import File, Stage
from gis_core.operations.installation.layout import Layout

GOOD = {"ARPENT_SITE_URL": "https://sig.exemple.fr", "ADMINISTRATOR_EMAIL": "claire@exemple.fr"}


def answers_of(**more: str) -> Answers:
    return Answers(complete(GOOD | more))


def file_of(folder: Path, **more: str) -> Path:
    path = folder / "answers"
    path.write_text("".join(f"{name}={value}\n" for name, value in (GOOD | more).items()))
    return path


def refusal(folder: Path, **more: str) -> str:
    with pytest.raises(OperationFailedError) as refused:
        read_answers(file_of(folder, **more))
    return refused.value.message


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A machine in a folder, where accounts of its own are not asked for."""
    monkeypatch.setattr(items, "give", lambda path, _owner, _group, mode: path.chmod(mode))
    return Layout(tmp_path / "machine", source=ROOT)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"CERTIFICAT": "local"}, "ligne 3 : CERTIFICAT n’est pas un réglage ; vouliez-vous CERTIFICATE ?"),
        ({"ARPENT_DATA": "var/lib"}, "ligne 3 : ARPENT_DATA : le chemin entier d’un dossier"),
        ({"ARPENT_DATA": "/etc/arpent"}, "ligne 3 : ARPENT_DATA : un dossier à lui est attendu"),
        ({"ARPENT_SITE_URL": "sig.exemple.fr"}, "ligne 1 : ARPENT_SITE_URL : l’adresse entière du site"),
        ({"DATABASE": "postgresql://u:secret@db/arpent"}, "ligne 3 : DATABASE : own, ou postgresql://"),
        ({"DATABASE": "postgresql://db/arpent"}, "DATABASE_PASSWORDS manque"),
        ({"CERTIFICATE": "/srv/site.pem"}, "CERTIFICATE_KEY manque"),
        ({"ARPENT_EMAIL_URL": "smtp://hote"}, "ARPENT_EMAIL_FROM manque"),
        ({"HTTP_PORT": "quatre-vingts"}, "ligne 3 : HTTP_PORT : un nombre entier"),
    ],
)
def test_a_wrong_answer_is_refused_with_its_line(tmp_path: Path, more: dict[str, str], said: str) -> None:
    assert said in refusal(tmp_path, **more)


def test_a_question_comes_again_until_it_is_answered(capsys: pytest.CaptureFixture[str]) -> None:
    typed = iter(["sig", "https://sig.exemple.fr", "claire@exemple.fr", "", "", "", "acme"])
    found = ask(lambda _prompt: next(typed))
    assert (found.host, found.data, found.dsn, found.values["CERTIFICATE"]) == (
        "sig.exemple.fr", Path("/var/lib/arpent"), None, "acme",
    )  # fmt: skip
    assert "l’adresse entière du site est attendue" in capsys.readouterr().out


def test_without_a_terminal_a_file_is_asked_for() -> None:
    def nobody(_prompt: str) -> str:
        raise EOFError

    with pytest.raises(OperationFailedError, match="--answers FICHIER"):
        ask(nobody)


def test_a_dry_run_prints_everything_but_the_password_and_changes_nothing(tmp_path: Path) -> None:
    path = file_of(tmp_path, ARPENT_EMAIL_URL="smtps://u:tres-secret@mail.fr", ARPENT_EMAIL_FROM="sig@exemple.fr")
    done = subprocess.run(
        [ROOT / "arpent", "install", "--answers", path, "--dry-run"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for part in (
        "fichier /etc/systemd/system/arpent-proxy.service (0644 root:root)\n    [Unit]",
        "lien /opt/arpent/current → ",
        "commande systemctl restart arpent.target",
        "first_administrator --email claire@exemple.fr",
        "    ARPENT_HTTPS=1",
    ):
        assert part in done.stdout
    assert "tres-secret" not in done.stdout
    assert not Path("/etc/arpent").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_without_root_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: pwd.getpwnam("nobody").pw_uid)
    with pytest.raises(OperationFailedError, match="demande root"):
        refusals.check_root()


def test_another_system_is_refused(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text("ID=debian\nVERSION_CODENAME=bookworm\n")
    with pytest.raises(OperationFailedError, match="Debian 13"):
        refusals.check_release(tmp_path / "os-release")


def test_a_second_installation_is_refused_and_the_same_goes_on(layout: Layout) -> None:
    File(layout.answers, answers_of().as_file(), 0o600).apply()
    refusals.check_only_one(layout, answers_of(CERTIFICATE="acme"))
    with pytest.raises(OperationFailedError, match=r"déjà installé ici \(https://sig\.exemple\.fr"):
        refusals.check_only_one(layout, answers_of(ARPENT_DATA="/srv/autre"))


def test_a_folder_of_others_stays_theirs(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    with pytest.raises(OperationFailedError, match="autre chose qu’Arpent"):
        refusals.check_data(tmp_path)


def test_a_taken_port_is_refused(layout: Layout) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        port = str(other.getsockname()[1])
        with pytest.raises(OperationFailedError, match=f"Le port {port} est déjà pris"):
            refusals.check_ports(layout, answers_of(HTTP_PORT=port, ARPENT_BIND="127.0.0.1"))


def test_a_mail_server_that_hangs_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MAIL_S", 0.3)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(OperationFailedError, match=r"ne répond pas en 0\.3 s : corrigez ARPENT_EMAIL_URL"):
            refusals.check_mail(url)


@pytest.fixture
def mirror() -> Iterator[tuple[str, list[timedelta]]]:
    """A web server whose clock is as far from ours as is put in the list."""
    ahead = [timedelta()]

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response_only(200)
            self.send_header("Date", format_datetime(datetime.now(UTC) + ahead[0], usegmt=True))
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/debian", ahead
        server.shutdown()


def test_a_clock_that_is_ten_minutes_off_is_refused(layout: Layout, mirror: tuple[str, list[timedelta]]) -> None:
    address, ahead = mirror
    sources = layout.root / "etc/apt/sources.list.d/debian.sources"
    sources.parent.mkdir(parents=True)
    sources.write_text(f"Types: deb\nURIs: {address}\nSuites: trixie\n")
    refusals.check_clock(layout)
    ahead[0] = timedelta(minutes=10)
    with pytest.raises(OperationFailedError, match=r"est à 10 minutes de celle de 127\.0\.0\.1 : mettez-la à l’heure"):
        refusals.check_clock(layout)


def pair(folder: Path, host: str = "sig.exemple.fr", *dates: str) -> tuple[Path, Path]:
    path, key = folder / "site.pem", folder / "site.key"
    words = ["openssl", "req", "-x509", *certificate.KEY, "-keyout", key, "-out", path, "-subj", f"/CN={host}"]
    subprocess.run([*words, "-addext", f"subjectAltName=DNS:{host}", *dates], check=True, capture_output=True)
    return path, key


def check(path: Path, key: Path) -> None:
    certificate.check_certificate(answers_of(CERTIFICATE=str(path), CERTIFICATE_KEY=str(key)))


def test_a_certificate_that_ended_is_refused(tmp_path: Path) -> None:
    path, key = pair(tmp_path, "sig.exemple.fr", "-not_before", "20250101000000Z", "-not_after", "20260101000000Z")
    with pytest.raises(OperationFailedError, match="a pris fin"):
        check(path, key)


def test_another_key_or_name_than_the_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    path, key = pair(tmp_path)
    other, other_key = pair(tmp_path / "other", "carte.exemple.fr")
    check(path, key)
    with pytest.raises(OperationFailedError, match="n’est pas celle du certificat"):
        check(path, other_key)
    with pytest.raises(OperationFailedError, match=r"n’est pas au nom de sig\.exemple\.fr"):
        check(other, other_key)


def test_the_local_authority_certifies_the_site_and_nothing_else(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "PROXY_USER", "root")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    stage = Stage("Certificat", certificate.certificate_items(layout, answers_of()))
    stage.apply()
    first = layout.certificate.read_bytes()
    stage.apply()
    assert layout.certificate.read_bytes() == first
    verify = ["openssl", "verify", "-CAfile", layout.authority]
    assert subprocess.run([*verify, layout.certificate], capture_output=True, check=False).returncode == 0
    forged = layout.root / "forged.pem"
    words = ["openssl", "req", "-x509", "-CA", layout.authority, "-CAkey", layout.settings / "tls/authority-key.pem"]
    words += [*certificate.KEY, "-keyout", layout.root / "forged.key", "-out", forged, "-subj", "/CN=banque.fr"]
    subprocess.run([*words, "-addext", "subjectAltName=DNS:banque.fr"], check=True, capture_output=True)
    refused = subprocess.run([*verify, forged], capture_output=True, text=True, check=False)
    assert "permitted subtree violation" in refused.stderr


def test_what_the_administrator_wrote_among_the_settings_stays() -> None:
    present = "# À nous\nARPENT_QUOTA_MB=500\nARPENT_HTTPS=0\nARPENT_DB_HOST=ancien\n"
    text = install.settings_text(present, {"ARPENT_HTTPS": "1"})
    assert text.splitlines() == [install.HEADER, "ARPENT_HTTPS=1", "# À nous", "ARPENT_QUOTA_MB=500"]
    assert install.settings_text(text, {"ARPENT_HTTPS": "1"}) == text


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives away")
def test_settings_that_the_site_may_have_written_are_not_taken_for_root_s(tmp_path: Path) -> None:
    path = tmp_path / "arpent.conf"
    path.write_text("ARPENT_QUOTA_MB=500\n")
    path.chmod(0o640)
    assert install.present_settings(path) == "ARPENT_QUOTA_MB=500\n"
    os.chown(path, 65534, 65534)
    with pytest.raises(OperationFailedError, match="peut être écrit par d’autres que root"):
        install.present_settings(path)


@pytest.mark.parametrize("given", [None, "/autre"])
def test_the_command_of_the_administrator_is_for_the_installation_s_folder(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, given: str | None
) -> None:
    program = layout.current / "arpent"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "%s|" "$ARPENT_DATA" "$@"\n')
    program.chmod(0o755)
    folder = "/srv/données d'été; $(touch /tmp/never)}"
    install.wrapper(layout, Answers({"ARPENT_DATA": folder})).apply()
    env = {"PATH": "/usr/bin:/bin"} | ({"ARPENT_DATA": given} if given else {})
    said = subprocess.run([layout.command, "a b"], env=env, capture_output=True, text=True, check=True).stdout
    assert said == f"{given or folder}|a b|"


def test_the_keys_of_an_installation_stay_beside_those_that_were_there(tmp_path: Path, layout: Layout) -> None:
    given = tmp_path / "keys"
    given.write_text("first\nsecond\n")
    layout.versions.mkdir(parents=True)
    (layout.versions / "release-keys").write_text("first\nown\n")
    (file,) = kept_keys(given, layout)
    assert file.content == "first\nown\nsecond\n"
    assert kept_keys(None, layout) == []


def test_an_upgrade_writes_what_its_version_writes_and_nothing_else(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = {name: value for name, value in answers_of().values.items() if value or name == "ARPENT_BIND"}
    layout.settings.mkdir(parents=True)
    layout.answers.write_text("".join(f"{name}={value}\n" for name, value in given.items()))
    monkeypatch.setattr("gis_core.operations.installation.refresh.SYSTEMD", Path("/nonexistent"))
    written = refresh.MachineFiles.read(layout)
    Stage("Services", [*written.files()]).apply()
    maintenance = layout.proxy / "refusals" / "503.html"
    maintenance.write_text("Retour prévu vers 18:30")
    assert written.differing() == []
    web = layout.units / "arpent-web.service"
    ours = web.read_text()
    web.write_text("[Unit]\n")
    assert [file.path for file in written.differing()] == [web]
    written.apply()
    assert (web.read_text(), maintenance.read_text()) == (ours, "Retour prévu vers 18:30")
    layout.current.parent.mkdir(parents=True)
    layout.current.symlink_to(ROOT)
    assert [one.state for one in site.services(layout)] == ["ok"]
    web.unlink()
    (finding,) = site.services(layout)
    assert (finding.state, finding.remedy) == ("warning", "Relancez : arpent install.")
    assert str(web) in finding.message


def test_nginx_takes_the_configuration_of_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "give", lambda path, _owner, _group, mode: path.chmod(mode))
    # The path of a socket has 107 characters at most.
    short = Path(tempfile.mkdtemp(prefix="arpent-", dir="/run" if os.geteuid() == 0 else None))
    layout = Layout(short, source=ROOT)
    monkeypatch.setattr(certificate, "PROXY_USER", "root")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    answers = answers_of(ARPENT_BIND="127.0.0.1", HTTP_PORT="8080", ARPENT_SITE_URL="https://sig.exemple.fr:8443")
    for title in ("Certificat", "Serveur frontal"):
        next(stage for stage in install.list_stages(layout, answers) if stage.title == title).apply()
    text = layout.proxy_settings.read_text()
    assert "return 301 https://sig.exemple.fr:8443$request_uri;" in text
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    tried = subprocess.run(
        [proxy.PROGRAM, "-t", "-q", "-e", "stderr", "-c", layout.proxy_settings],
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(short)
    assert (tried.returncode, tried.stderr) == (0, "")


ARCHIVES = ["/sauvegardes/arpent", "s3://s3.exemple.fr/seau?key=K&secret=/etc/arpent/secret"]


@pytest.mark.skipif(not Path("/usr/bin/systemd-analyze").exists(), reason="systemd is not installed")
@pytest.mark.parametrize("archive", ARCHIVES)
def test_each_service_is_closed(tmp_path: Path, archive: str) -> None:
    levels = {}
    for file in units.unit_files(Layout(), answers_of(), archive_target.parse(archive)):
        if file.path.suffix == ".service":
            (tmp_path / file.path.name).write_text(file.content)
            words = ["systemd-analyze", "security", "--offline=true", tmp_path / file.path.name]
            said = subprocess.run(words, capture_output=True, text=True, check=False).stdout
            levels[file.path.name] = float(said.rpartition(": ")[2].split()[0])
    assert len(levels) == 8
    assert [name for name, level in levels.items() if level >= 3] == []


def test_an_archive_is_fed_by_a_unit_of_its_own_from_the_settings_that_are_there(layout: Layout) -> None:
    answers = answers_of(ARPENT_DATA=str(layout.root / "data"))
    answers.data.mkdir(parents=True)
    layout.units.mkdir(parents=True)
    unit = layout.units / "arpent-archive.service"
    services = next(stage for stage in install.list_stages(layout, answers) if stage.title == "Services")
    services.apply()
    assert not unit.exists()
    assert "PrivateNetwork=yes" in (layout.units / "arpent-database.service").read_text()
    (answers.data / "arpent.conf").write_text(f"ARPENT_ARCHIVE={layout.root}/archive\n")
    Stage("Services", install.service_items(layout, answers)).apply()
    for name in ("arpent-archive.service", "arpent-database.service", "arpent-backup.service", "arpent-drill.service"):
        assert f"ReadWritePaths=-{layout.root}/archive" in (layout.units / name).read_text()
    (answers.data / "arpent.conf").write_text("")
    Stage("Services", install.service_items(layout, answers)).apply()
    assert not unit.exists()


def test_an_archive_elsewhere_opens_the_network_to_what_sends_to_it() -> None:
    texts = {
        file.path.name: file.content
        for file in units.unit_files(Layout(), answers_of(), archive_target.parse(ARCHIVES[1]))
    }
    for name in ("arpent-archive", "arpent-database", "arpent-backup", "arpent-drill"):
        assert "PrivateNetwork" not in texts[f"{name}.service"]


def test_without_nights_no_timer_backs_up_and_no_drill_fails_for_want_of_one() -> None:
    texts = [file.path.name for file in units.unit_files(Layout(), answers_of(ARPENT_BACKUP_AT=""))]
    assert [name for name in texts if name.endswith(".timer")] == []


def test_an_outside_database_needs_no_unit_and_no_backup_of_ours() -> None:
    outside = answers_of(DATABASE="postgresql://db.exemple.fr/sig", DATABASE_PASSWORDS="/srv/passwords")
    texts = {file.path.name: file.content for file in units.unit_files(Layout(), outside)}
    assert sorted(texts) == ["arpent-proxy.service", "arpent-web.service", "arpent-worker.service", "arpent.target"]
    assert "arpent-database" not in "".join(texts.values())


# -- a full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path, layout: Layout) -> Iterator[Path]:
    """Two MiB, where the machine's folder lies, and a file that fills it."""
    layout.root.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", layout.root], check=False)
    if mounted.returncode != 0:
        pytest.skip("only who may mount a disk fills one")
    filler = layout.root / "filler"
    try:
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        yield filler
    finally:
        subprocess.run(["umount", layout.root], check=True)


@pytest.mark.parametrize(
    "title",
    ["Réponses", "Dossier des données et réglages", "Version en service", "Certificat", "Serveur frontal", "Services"],
)
def test_a_full_disk_stops_a_stage_that_goes_on_afterwards(
    layout: Layout, small_disk: Path, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificate, "PROXY_USER", "root")
    monkeypatch.setattr("shutil.which", lambda _name: None)
    found = answers_of(ARPENT_DATA=str(layout.root / "data"))
    stage = next(stage for stage in install.list_stages(layout, found) if stage.title == title)
    with pytest.raises(OperationFailedError, match="Le disque est plein : libérez de la place"):
        stage.apply()
    assert [path.name for path in layout.root.rglob("*.part")] == []
    small_disk.unlink()
    stage.apply()
    assert certificate.fits(layout.certificate, layout.key) is (title == "Certificat")


def test_a_disk_too_small_for_a_version_leaves_none(tmp_path: Path, layout: Layout, small_disk: Path) -> None:
    small_disk.unlink()
    copy = install.code(Layout(layout.root, source=tmp_path / "source"))[1]
    (tmp_path / "source").mkdir()
    (tmp_path / "source/large").write_bytes(os.urandom(3 * 2**20))
    layout.versions.mkdir(parents=True)
    with pytest.raises(OperationFailedError, match="Le disque est plein"):
        copy.apply()
    assert not layout.code.exists()
    (tmp_path / "source/large").write_bytes(b"small")
    copy.apply()
    assert (layout.code / "large").read_bytes() == b"small"


def test_too_little_room_is_said_before_anything(layout: Layout, small_disk: Path) -> None:
    with pytest.raises(OperationFailedError, match="Il reste 0 Mio sur le disque de"):
        refusals.check_space(layout, answers_of(ARPENT_DATA=str(layout.root / "data")))

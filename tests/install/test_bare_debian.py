"""Arpent installed by its own command in a bare Debian 13, used through TLS by a browser, and taken away again.

`./arpent test --install` runs it, some ten minutes with the network; the ordinary run does not. The tests are one story
in the order of this file.
"""

import base64
import hashlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from gis_core.operations.processes import wait_until
from gis_core.version import VERSION
from tests.browser.conftest import ARGUMENTS, CHROMIUM
from tests.install.bare_machine import SOURCE, BareMachine, write_filter

pytestmark = pytest.mark.skipif(not os.environ.get("ARPENT_INSTALL"), reason="./arpent test --install runs it")
HOST = "sig.exemple.fr"
UNITS = [f"arpent-{name}.service" for name in ("database", "web", "worker", "proxy")]
PASSWORD = "Un-ruisseau-sous-les-aulnes-12"
BEGIN = time.monotonic()


def note(title: str) -> None:
    """A line of the report that `-rP` prints."""
    print(f"{time.monotonic() - BEGIN:6.0f} s  {title}", flush=True)


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module")
def machine(ports: tuple[int, int]) -> Iterator[BareMachine]:
    folder = Path(tempfile.mkdtemp(prefix="arpent-bare-", dir="/var/tmp"))
    folder.chmod(0o755)
    made = BareMachine.make(folder / "debian")
    made.path("/srv/answers").write_text(
        f"ARPENT_SITE_URL=https://{HOST}:{ports[0]}\nHTTP_PORT={ports[1]}\nARPENT_BIND=127.0.0.1\n"
        "ADMINISTRATOR_EMAIL=claire.martin@exemple.fr\nCERTIFICATE=local\n"
    )
    try:
        yield made
    finally:
        made.close()
        shutil.rmtree(folder)


def install(machine: BareMachine) -> str:
    done = machine.run("./arpent", "install", "--answers", "/srv/answers")
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def link(machine: BareMachine) -> str:
    """Of the first administrator, once the installation that was killed half way was run again to its end."""
    note("machine nue")
    said = machine.run_until(["./arpent", "install", "--answers", "/srv/answers"], "Dossier des données et réglages")
    assert "Code de cette version" in said
    note("installation tuée à mi-chemin")
    said = install(machine)
    note("installation reprise et finie")
    write_filter(machine)
    found = re.search(rf"https://{HOST}:\d+/\S+", said.partition("Premier administrateur…")[2])
    assert found, said[-2000:]
    return found[0]


@pytest.fixture(scope="module")
def site(machine: BareMachine, link: str, ports: tuple[int, int]) -> str:
    for name in UNITS:
        machine.start(name)
    logs = "\n".join(machine.log(name)[-1500:] for name in UNITS)
    assert wait_until(lambda: answer(machine, ports[0], "/health/ready") == 200, 90), logs
    note("quatre services prêts")
    return f"https://{HOST}:{ports[0]}"


def answer(machine: BareMachine, port: int, path: str) -> int:
    """The status of an answer through TLS, whose certificate our own authority gave to this name; 0 without any."""
    context = ssl.create_default_context(cafile=machine.path("/etc/arpent/tls/authority.pem"))
    try:
        with (
            socket.create_connection(("127.0.0.1", port), 5) as plain,
            context.wrap_socket(plain, server_hostname=HOST) as secure,
        ):
            secure.sendall(f"GET {path} HTTP/1.1\r\nHost: {HOST}:{port}\r\nConnection: close\r\n\r\n".encode())
            return int(secure.recv(4096).split()[1])
    except (OSError, IndexError):
        return 0


def test_a_dry_run_changes_nothing(machine: BareMachine) -> None:
    """It runs before everything else: the machine has no Python yet, which is said."""
    done = machine.run("./arpent", "install", "--answers", "/srv/answers", "--dry-run")
    assert "Il manque python3.13" in done.stdout
    assert not machine.path("/opt/arpent").exists()
    assert not machine.path("/etc/arpent").exists()


def test_units_are_as_systemd_wants_them(machine: BareMachine, link: str) -> None:
    folder = machine.path("/etc/systemd/system")
    services = sorted(folder.glob("arpent*.service"))
    assert len(services) == 7
    # It is there while an upgrade goes on.
    former = machine.path("/opt/arpent/former")
    former.symlink_to(VERSION)
    verified = subprocess.run(
        ["systemd-analyze", "verify", f"--root={machine.folder}", *(path.name for path in folder.glob("arpent*.*"))],
        capture_output=True,
        text=True,
        check=False,
    )
    former.unlink()
    assert [line for line in verified.stderr.splitlines() if "arpent" in line] == []
    for path in services:
        said = subprocess.run(
            ["systemd-analyze", "security", "--offline=true", str(path)], capture_output=True, text=True, check=False
        ).stdout
        level = float(re.search(r"exposure level for .*: ([\d.]+)", said)[1])  # type: ignore[index]
        note(f"{path.name} : {level}")
        assert level < 3


def test_the_site_answers_through_the_local_authority(machine: BareMachine, site: str, ports: tuple[int, int]) -> None:
    assert answer(machine, ports[0], "/") == 200
    plain = socket.create_connection(("127.0.0.1", ports[0]))
    usual = ssl.create_default_context()
    with (
        closing(usual.wrap_socket(plain, server_hostname=HOST, do_handshake_on_connect=False)) as secure,
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        secure.do_handshake()


def test_plain_http_leads_to_https(site: str, ports: tuple[int, int]) -> None:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_args: object) -> None:
            return None

    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(Stay).open(f"http://127.0.0.1:{ports[1]}/carte?x=1", timeout=10)
    with refused.value as answered:
        assert (answered.code, answered.headers["Location"]) == (301, f"{site}/carte?x=1")


def key_of(machine: BareMachine) -> str:
    """The digest of the site’s key, by which Chromium takes its certificate: its list of authorities is its own."""
    words = ["openssl", "x509", "-in", str(machine.path("/etc/arpent/tls/certificate.pem")), "-noout", "-pubkey"]
    pem = subprocess.run(words, check=True, capture_output=True).stdout
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=pem, check=True, capture_output=True)
    return base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()


def test_the_first_administrator_comes_in_by_the_link(machine: BareMachine, site: str, link: str) -> None:
    arguments = [
        f"--host-resolver-rules=MAP {HOST} 127.0.0.1",
        f"--ignore-certificate-errors-spki-list={key_of(machine)}",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *arguments])
        page = browser.new_page(locale="fr-FR")
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.goto(link)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        with page.expect_navigation():
            page.locator("main form button.main").click()
        assert "/nouveau/" not in page.url, page.locator("main").inner_text()
        answered = page.goto(f"{site}/")
        assert answered
        assert answered.status == 200
        assert "max-age=31536000" in answered.headers["strict-transport-security"]
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["__Host-arpent_session"]["secure"]
        expect(page.locator("arpent-app")).to_be_visible(timeout=30_000)
        page.screenshot(path=str(machine.folder.parent / "first-page.png"))
        assert problems == []
        browser.close()
    note("premier administrateur connecté par le navigateur")


def test_the_backup_of_the_night_is_verified(machine: BareMachine, site: str) -> None:
    code, said = machine.run_unit("arpent-backup.service")
    assert code == 0, said
    assert "Sauvegarde vérifiée" in said
    note("sauvegarde vérifiée")


@pytest.mark.parametrize("name", ["arpent-web.service", "arpent-worker.service"])
def test_received_files_are_read_apart_under_a_services_rights(machine: BareMachine, site: str, name: str) -> None:
    machine.path("/srv/read.py").write_text(Path(__file__).with_name("read_received.py").read_text())
    python = "/opt/arpent/current/.venv/bin/python -P /srv/read.py"
    said = machine.run_unit(name, f"/usr/bin/env DJANGO_SETTINGS_MODULE=gis_core.settings {python}")
    assert said == (0, "1 layer, user namespace, no network\n")


def test_a_second_installation_is_refused(machine: BareMachine, link: str) -> None:
    machine.path("/srv/second").write_text(
        machine.path("/srv/answers").read_text().replace(HOST, "autre.exemple.fr") + "ARPENT_DATA=/srv/autre\n"
    )
    done = machine.run("arpent", "install", "--answers", "/srv/second")
    assert done.returncode == 1
    assert "une machine n’en porte qu’un" in done.stdout
    assert not machine.path("/srv/autre").exists()


def test_services_end_when_they_are_asked_to(machine: BareMachine, site: str) -> None:
    done = machine.run("arpent", "uninstall")
    assert "Arpent tourne encore" in done.stdout
    assert {name: machine.stop(name) for name in reversed(UNITS)} == dict.fromkeys(UNITS, 0)
    note("services arrêtés")


def test_data_outlive_the_program_and_go_only_when_asked(machine: BareMachine, link: str) -> None:
    done = machine.run("arpent", "uninstall", cwd="/")
    assert done.returncode == 0, done.stdout
    left = [
        path
        for place in ("/opt/arpent", "/usr/local/bin/arpent", "/etc/tmpfiles.d/arpent.conf")
        if (path := machine.path(place)).exists()
    ]
    assert left == []
    assert list(machine.path("/etc/systemd/system").glob("arpent*")) == []
    assert machine.path("/var/lib/arpent/pg/PG_VERSION").is_file()
    assert list(machine.path("/var/lib/arpent/backups").glob("arpent-*.tar"))
    note("désinstallé, données gardées")
    install(machine)
    note("réinstallé sur les données gardées")
    assert "Le nom du site n’a pas été tapé" in machine.run("arpent", "uninstall", "--delete-data", text="non\n").stdout
    done = machine.run("arpent", "uninstall", "--delete-data", text=f"{HOST}\n", cwd="/")
    assert done.returncode == 0, done.stdout
    assert not machine.path("/var/lib/arpent").exists()
    assert not machine.path("/etc/arpent").exists()
    assert machine.path(SOURCE).is_dir()
    note("désinstallé, données effacées")

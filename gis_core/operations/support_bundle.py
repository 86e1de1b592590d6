"""`./arpent support-bundle`: what somebody who helps needs to see of an installation, without personal data.

An archive of text: the doctor's answer, versions, settings without their secrets, sizes of tables, the queue, the ends
of the logs. It lists what it will hold before it is written. Rows of the database, files and the security journal are
never in it.
"""

import io
import json
import os
import platform
import re
import sys
import tarfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import distributions
from ipaddress import IPv6Address
from pathlib import Path

import psycopg

from gis_core.operations import configuration, doctor
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DATABASE, Place, read_end
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say
from gis_core.operations.quotes import hide_quotes
from gis_core.version import VERSION

LOG_BYTES = 1_000_000
HIDDEN = "(secret)"
IPV6 = re.compile(r"(?<![\w:])[0-9A-Fa-f]*(?::[0-9A-Fa-f]*){2,7}(?![\w:])")
TABLES = """
    select c.oid::pg_catalog.regclass::text, c.reltuples::bigint, pg_catalog.pg_total_relation_size(c.oid)
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and n.nspname !~ '^pg_|^information_schema$' order by 3 desc
"""
QUEUE = "select task_name, status::text, count(*) from public.procrastinate_jobs group by 1, 2 order by 1, 2"
# What is taken out of every line, and what is written in its place. In this order: an address of mail has a host.
SCRUBBED = (
    (re.compile(r"\b(DETAIL|CONTEXT|STATEMENT|QUERY|HINT)\b: .*"), r"\1: …"),
    (re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/@]+:[^\s/@]+@"), "…://…@"),
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*"), "<courriel>"),
    (re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b"), "<adresse>"),
    (re.compile(r"(?<!\d)(?:\+33|0)[ .]?[1-9](?:[ .]?\d{2}){4}(?!\d)"), "<téléphone>"),
    (re.compile(r"\?[^\s\"'<>]+"), "?…"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{32,}(?![\w-])"), "<jeton>"),
)


def run(place: Place, target: Path, *, at_once: bool = False) -> int:
    """List what the archive will hold, ask, and write it. Raises OperationFailedError where it is there already."""
    target = target.absolute()
    if target.exists():
        raise OperationFailedError(f"{target} existe déjà : donnez un autre nom.")
    texts = dict(collect(place))
    say(f"{target} contiendra ceci, sans courriels, adresses, téléphones, jetons ni valeurs citées :")
    for name, content in texts.items():
        say(f"  {name:<28} {len(content.encode(errors='backslashreplace')) / 1024:8.1f} Kio")
    if not at_once and not _agreed():
        say("Rien n'a été écrit.")
        return 1
    write(target, texts)
    say(f"Écrit : {target}. Lisez-le avant de l'envoyer (tar -xOzf …) : un journal dit parfois plus qu'on ne croit.")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise OperationFailedError("Relisez la liste, puis relancez avec --yes.")
    return input("L'écrire ? [o/N] ").strip().lower() in ("o", "oui")


def collect(place: Place) -> Iterator[tuple[str, str]]:
    """Names and texts, each already scrubbed."""
    yield "versions.json", as_json(versions())
    yield "settings.json", as_json(settings_of(os.environ))
    findings = doctor.examine(place, with_speed=False)
    yield "doctor.json", as_json([{name: scrub(text) for name, text in asdict(one).items()} for one in findings])
    yield "database.json", as_json(describe_database(place))
    for path in sorted(place.logs.glob("*.log")) if place.logs.is_dir() else []:
        yield f"log/{path.name}", end_of_log(path)


def versions() -> dict[str, object]:
    """Of Arpent, of the machine, of each library."""
    return {
        "arpent": VERSION,
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "libraries": {one.name: one.version for one in sorted(distributions(), key=lambda one: one.name.lower())},
    }


def settings_of(environ: "os._Environ[str]") -> dict[str, str]:
    """The settings that are set; of a secret only that it is, of an address no password."""
    return {
        name: HIDDEN if setting.secret else scrub(environ[name])
        for name, setting in configuration.SETTINGS.items()
        if environ.get(name)
    }


def describe_database(place: Place) -> dict[str, object]:
    """Estimated rows and bytes of each table, jobs by task and state; why not where it cannot be asked."""
    cluster = Cluster(place)
    if cluster.is_of_others or not cluster.exists():
        return {"unreachable": "no database of this user here"}
    try:
        with cluster.lease(bootstrap=False), cluster.connect(DATABASE) as connection:
            tables = {name: {"rows": rows, "bytes": size} for name, rows, size in connection.execute(TABLES)}
            jobs = [list(row) for row in connection.execute(QUEUE)] if "procrastinate_jobs" in tables else []
    except (OperationFailedError, psycopg.Error) as error:
        return {"unreachable": f"{type(error).__name__}: {scrub(str(error))}"}
    return {"tables": tables, "jobs": jobs}


def end_of_log(path: Path) -> str:
    """The last lines of a log, scrubbed; why not where it is no plain file. The site writes in its folder."""
    try:
        lines = read_end(path, LOG_BYTES).splitlines()
    except (OSError, OperationFailedError):
        return "(not a plain file: left aside)\n"
    return "".join(f"{scrub_line(line)}\n" for line in lines)


def scrub_line(line: str) -> str:
    """A line of a log; of a JSON object each text, so that what quotes hold is nobody's name."""
    if line.startswith("{"):
        try:
            return json.dumps(scrub_values(json.loads(line)), ensure_ascii=False)
        except ValueError:
            pass
    return hide_quotes(scrub(line))


def scrub_values(value: object) -> object:
    """Each text of a JSON value, scrubbed."""
    match value:
        case str():
            return hide_quotes(scrub(value))
        case dict():
            return {name: scrub_values(one) for name, one in value.items()}
        case list():
            return [scrub_values(one) for one in value]
    return value


def scrub(text: str) -> str:
    """A text without what may name a person or open something."""
    for pattern, replacement in SCRUBBED:
        text = pattern.sub(replacement, text)
    return IPV6.sub(_without_address, text)


def _without_address(match: re.Match[str]) -> str:
    """An hour has colons, too: only what is an address goes."""
    try:
        IPv6Address(match[0])
    except ValueError:
        return match[0]
    return "<adresse>"


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1)


def write(target: Path, texts: dict[str, str]) -> None:
    """A gzipped archive that only its owner reads; nothing half-written stays."""
    partial = target.with_name(target.name + ".part")
    refusal = "ne peut pas être écrit"
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise OperationFailedError(f"{partial} {refusal} ({error.strerror}) : donnez un autre dossier.") from error
    try:
        with os.fdopen(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, content in texts.items():
                member = tarfile.TarInfo(name)
                encoded = content.encode(errors="backslashreplace")
                member.size, member.mtime = len(encoded), int(time.time())
                archive.addfile(member, io.BytesIO(encoded))
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OperationFailedError(f"{target} {refusal} ({error.strerror}) : donnez un autre dossier.") from error

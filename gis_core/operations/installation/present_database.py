"""`arpent database-check`: whether the database that is there, or an outside server, can serve this version.

Nothing is changed but for a table of points, made and removed, by which row-level security and its index are measured.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import Connection, read_migrations
from gis_core.operations.doctor import database as checks
from gis_core.operations.environment import DATABASE, PASSWORDS, Place, is_outside
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation.database_script import ROLES
from gis_core.operations.progress import say
from gis_core.operations.versions import of_our_apps, our_migrations
from gis_core.version import VERSION

CONNECT_S = 10
LONGEST_DRIFT = timedelta(minutes=2)
DROP = "drop table if exists public.arpent_installation_probe"
MAKE = (
    "create table public.arpent_installation_probe as"
    " select n, public.st_setsrid(public.st_makepoint(n % 1000, n / 1000), 2154) as place"
    " from pg_catalog.generate_series(1, 200000) n",
    "create index on public.arpent_installation_probe using gist (place)",
    "alter table public.arpent_installation_probe enable row level security",
    "create policy even on public.arpent_installation_probe using (n % 2 = 0)",
    "grant select on public.arpent_installation_probe to arpent_web",
    "analyze public.arpent_installation_probe",
)
POINTS = 200_000
SEARCH = (
    "select count(*) from public.arpent_installation_probe"
    " where place OPERATOR(public.&&) public.st_makeenvelope(10, 10, 20, 20, 2154)"
)
EXPLAIN_SEARCH = f"explain (analyze, format json) {SEARCH}"


def check(place: Place) -> int:
    """Say what is good; raises OperationFailedError, one sentence, for the first thing that is not."""
    if is_outside():
        _check_outside()
    elif (place.cluster.resolve() / "PG_VERSION").is_file():
        with Cluster(place).lease(bootstrap=False), Cluster(place).connect(DATABASE) as connection:
            check_migrations(connection)
    say("  La base convient à cette version.")
    return 0


def check_migrations(connection: Connection) -> None:
    """Refuse the database of a newer version."""
    if connection.execute("select to_regclass('public.django_migrations')").fetchone() == (None,):
        return
    if newer := sorted(set(of_our_apps(read_migrations(connection))) - our_migrations()):
        raise OperationFailedError(
            f"Cette base vient d’un Arpent plus récent que {VERSION} ({len(newer)} migrations inconnues, dont"
            f" {newer[-1]}) : installez cette version-là, ou donnez une autre base. Rien n’y a été touché."
        )


def connect(role: str) -> Connection:
    """As one of the three roles. Raises OperationFailedError with PostgreSQL's own reason."""
    server = f"{os.environ.get('ARPENT_DB_HOST')}:{os.environ.get('ARPENT_DB_PORT', '5432')}"
    name = os.environ.get("ARPENT_DB_NAME", DATABASE)
    passwords = PASSWORDS["owner" if role == "arpent_owner" else "site"]
    try:
        return psycopg.connect(
            host=os.environ.get("ARPENT_DB_HOST"),
            port=os.environ.get("ARPENT_DB_PORT", "5432"),
            dbname=name,
            user=role,
            passfile=str(passwords),
            connect_timeout=CONNECT_S,
        )
    except psycopg.OperationalError as error:
        raise OperationFailedError(
            f"La base « {name} » de {server} ne laisse pas entrer {role} : vérifiez l’adresse, que le script de"
            " ./arpent database-script y a été lancé, et pg_hba.conf. Rien n’a été changé.",
            str(error),
        ) from error


def _check_outside() -> None:
    with connect("arpent_owner") as owner, connect("arpent_web") as web, connect("arpent_worker") as worker:
        for connection in (owner, web, worker):
            connection.autocommit = True
        for question in (checks.version, checks.extensions, checks.roles):
            refuse_failures(question, owner)
        _check_rights(owner, worker)
        check_clock(owner)
        check_migrations(owner)
        check_row_security(owner, web)
        refuse_failures(checks.leakproof, owner)


def refuse_failures(question: checks.DatabaseCheck, on: Connection) -> None:
    """The doctor's own questions, the first failure of which is ours."""
    for finding in question(on):
        if finding.state == "failure":
            raise OperationFailedError(
                f"Ce serveur ne convient pas : {finding.message}. Faites relancer le script de"
                " ./arpent database-script par son administrateur."
            )


def _check_rights(owner: Connection, worker: Connection) -> None:
    row = owner.execute("select pg_catalog.has_schema_privilege('arpent_owner', 'public', 'create')").fetchone()
    member = worker.execute("select pg_catalog.pg_has_role('arpent_worker', 'arpent_web', 'SET')").fetchone()
    high = owner.execute(
        "select rolname from pg_catalog.pg_roles where rolname = any(%s) and (rolcreaterole or rolreplication)",
        [list(ROLES)],
    ).fetchall()
    if row != (True,) or member != (True,) or high:
        raise OperationFailedError(
            "Les rôles de ce serveur n’ont pas les droits du script de ./arpent database-script : faites-le relancer."
        )


def check_clock(connection: Connection) -> None:
    """Refuse where our clock and the server's differ: deadlines are its, sessions and certificates ours."""
    row = connection.execute("select pg_catalog.clock_timestamp()").fetchone()
    drift = abs(datetime.now(UTC) - row[0]) if row else timedelta()
    if drift > LONGEST_DRIFT:
        raise OperationFailedError(
            f"L’horloge de cette machine et celle du serveur de base diffèrent de {drift.total_seconds() / 60:.0f}"
            " minutes : mettez les deux à l’heure (timedatectl, chrony), puis relancez."
        )


def check_row_security(owner: Connection, web: Connection) -> None:
    """Measure what a policy costs: without the marks a search by place reads every row. Raises OperationFailedError."""
    owner.execute(DROP)
    try:
        for statement in MAKE:
            owner.execute(statement)
        free, bound = _search(owner), _search(web)
    finally:
        owner.execute(DROP)
    if not 0 < bound.matches < free.matches:
        raise OperationFailedError(
            f"Les droits sur les lignes n’agissent pas ici ({bound.matches} lignes lues sur {free.matches}) :"
            " arpent_web y échappe. Faites relancer le script de ./arpent database-script."
        )
    if bound.read > POINTS // 2:
        raise OperationFailedError(
            f"Sans les marques LEAKPROOF ce serveur lit les couches sans index : {bound.read} objets lus au lieu de"
            f" {free.read}, {bound.ms:.1f} ms au lieu de {free.ms:.1f} ms pour {POINTS} objets, et plus il y en a, pire"
            " c’est. Faites lancer le script de ./arpent database-script par un superutilisateur ; un serveur qui n’en"
            " donne pas ne convient pas."
        )
    say(f"  Recherche par l’emprise sous les droits : {bound.ms:.1f} ms ({free.ms:.1f} ms sans eux).")


class Search(NamedTuple):
    """Rows that match, rows read to find them, and the time (ms)."""

    matches: int
    read: int
    ms: float


def _search(connection: Connection) -> Search:
    """Points in a small box. What was read tells an index from none; a time would on an idle machine alone."""
    row = connection.execute(SEARCH).fetchone()
    explained = connection.execute(EXPLAIN_SEARCH).fetchone()
    assert row
    assert explained
    plan = explained[0][0]
    return Search(int(row[0]), _rows_read(plan["Plan"]), float(plan["Execution Time"]))


def _rows_read(node: dict[str, Any]) -> int:
    """Rows that the scans of a plan took from the table, with those that they threw away."""
    own = sum(node.get(key, 0) for key in ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck"))
    own = own if node.get("Relation Name") else 0
    return int(own) + sum(_rows_read(child) for child in node.get("Plans", ()))

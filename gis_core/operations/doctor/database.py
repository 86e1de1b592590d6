"""What the doctor asks of PostgreSQL, as its superuser: version, extensions, roles, marks, indexes, jobs, files."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gis_core.database.leakproof import LEAKPROOF
from gis_core.operations.contents import Connection, list_referenced_files, read_migrations
from gis_core.operations.doctor.finding import Finding, failure, ok, warning
from gis_core.operations.environment import Place
from gis_core.operations.held_files import list_file_names
from gis_core.operations.versions import POSTGRESQL, of_our_apps, our_migrations

DatabaseCheck = Callable[[Connection], Iterable[Finding]]
MIB = 2**20
EXTENSIONS = ("postgis", "pgrouting", "pg_trgm", "unaccent", "btree_gist")
BOOTSTRAP = "Redémarrez Arpent, qui les remet (./arpent stop, puis ./arpent serve), ou relancez bootstrap.sql."
# Vacuum against wraparound is forced at 200 million; at 2,000 million PostgreSQL stops writing.
OLD_TRANSACTIONS = 1_000_000_000
BUSY_CONNECTIONS = 0.8
LONG_TRANSACTION_S = 3600
UNREAD_BYTES = 10 * MIB
WAITING_S = 600
SILENT_S = 120
NAMES = 5


def version(connection: Connection) -> Iterator[Finding]:
    """The major version that this Arpent is made for."""
    number = connection.info.server_version
    said = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if number // 10_000 < POSTGRESQL:
        yield failure("postgresql", said, f"Arpent demande PostgreSQL {POSTGRESQL} : voir UPGRADING.md.")
    else:
        yield ok("postgresql", said)


def extensions(connection: Connection) -> Iterator[Finding]:
    """Each is there, in the version that the machine has."""
    rows = connection.execute(
        "select name, installed_version, default_version from pg_catalog.pg_available_extensions where name = any(%s)",
        [list(EXTENSIONS)],
    ).fetchall()
    present = {name: (installed, default) for name, installed, default in rows}
    for name in EXTENSIONS:
        installed, default = present.get(name, (None, None))
        if installed is None:
            yield failure("extensions", f"{name} manque", BOOTSTRAP)
        elif installed != default:
            yield warning(
                "extensions",
                f"{name} est en version {installed}, la machine a la {default}",
                f"En superutilisateur : alter extension {name} update; puis redémarrez Arpent (marques LEAKPROOF).",
            )
        else:
            yield ok("extensions", f"{name} {installed}")


def roles(connection: Connection) -> Iterator[Finding]:
    """What serves people is bound by the policies of rows, and owns nothing."""
    rows = connection.execute(
        "select rolname, rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = any(%s)",
        [["arpent_owner", "arpent_web", "arpent_worker"]],
    ).fetchall()
    above = [name for name, free in rows if free]
    owned = connection.execute(
        "select count(*) from pg_catalog.pg_class c join pg_catalog.pg_roles r on r.oid = c.relowner"
        " where r.rolname = 'arpent_web'"
    ).fetchone()
    if len(rows) < 3:
        yield failure("roles", f"{3 - len(rows)} rôle(s) d'Arpent manquent", BOOTSTRAP)
    elif above:
        yield failure("roles", f"{', '.join(above)} échappe(nt) aux droits sur les lignes", BOOTSTRAP)
    elif owned and owned[0]:
        yield failure(
            "roles", f"arpent_web possède {owned[0]} table(s)", "Rendez-les à arpent_owner (alter table … owner to)."
        )
    else:
        yield ok("roles", "arpent_web et arpent_worker sont tenus par les droits sur les lignes")


def leakproof(connection: Connection) -> Iterator[Finding]:
    """Without these marks a row policy keeps the spatial index from being used: about a hundred times slower."""
    rows = connection.execute(
        "select f from unnest(%s::text[]) f left join pg_catalog.pg_proc p on p.oid = to_regprocedure(f)"
        " where p.proleakproof is not true",
        [list(LEAKPROOF)],
    ).fetchall()
    if rows:
        yield failure(
            "leakproof",
            f"{len(rows)} opérateur(s) sans la marque LEAKPROOF : {', '.join(name for (name,) in rows)} ; les couches"
            " privées seraient lues sans index",
            BOOTSTRAP,
        )
    else:
        yield ok("leakproof", f"les {len(LEAKPROOF)} opérateurs sont marqués")


def collation(connection: Connection) -> Iterator[Finding]:
    """Sorted as the machine's library sorts today: otherwise indexes on texts miss rows."""
    rows = connection.execute(
        "select datname, datcollversion, pg_catalog.pg_database_collation_actual_version(oid)"
        " from pg_catalog.pg_database where datname = current_database()"
        " and datcollversion is distinct from pg_catalog.pg_database_collation_actual_version(oid)"
    ).fetchall()
    if rows:
        name, former, present = rows[0]
        yield failure(
            "collation",
            f"l'ordre des textes de {name} date de la version {former}, la machine a la {present}",
            f"Pendant une maintenance : reindex database {name}; alter database {name} refresh collation version;",
        )
    else:
        yield ok("collation", "l'ordre des textes est celui de la machine")


def migrations(connection: Connection) -> Iterator[Finding]:
    """Those of this version, all of them and no other."""
    applied, ours = set(of_our_apps(read_migrations(connection))), our_migrations()
    if unknown_ones := sorted(applied - ours):
        yield failure(
            "migrations",
            f"{len(unknown_ones)} migrations d'une autre version, dont {unknown_ones[-1]}",
            "Démarrez la version qui a fait cette base, ou rétablissez la sauvegarde d'avant.",
        )
    elif waiting := sorted(ours - applied):
        yield failure(
            "migrations", f"{len(waiting)} migrations à appliquer, dont {waiting[0]}", "./arpent manage migrate"
        )
    else:
        yield ok("migrations", f"{len(applied)} migrations, toutes de cette version")


def indexes(connection: Connection) -> Iterator[Finding]:
    """Every geometry has its spatial index, and no index is broken."""
    bare = connection.execute("""
        select c.oid::pg_catalog.regclass::text, a.attname
        from pg_catalog.pg_attribute a
            join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'r'
            join pg_catalog.pg_type t on t.oid = a.atttypid and t.typname = 'geometry'
        where not a.attisdropped and not exists (
            select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisvalid and a.attnum = any(i.indkey))
            and c.reltuples > 1000 and c.relname <> 'gis_core_rowhistory' -- found by table and row, never by place
        order by 1
    """).fetchall()
    broken = connection.execute(
        "select indexrelid::pg_catalog.regclass::text from pg_catalog.pg_index where not indisvalid order by 1"
    ).fetchall()
    if bare:
        yield warning(
            "indexes",
            f"{len(bare)} géométrie(s) sans index : {_some(f'{table}.{column}' for table, column in bare)}",
            "create index on <table> using gist (<colonne>);",
        )
    if broken:
        yield failure("indexes", f"index inutilisables : {_some(name for (name,) in broken)}", "reindex index <nom>;")
    if not bare and not broken:
        yield ok("indexes", "chaque grande table a son index spatial, aucun n'est abîmé")


def statistics(connection: Connection) -> Iterator[Finding]:
    """The planner has counted every table that is not small."""
    rows = connection.execute(
        "select c.oid::pg_catalog.regclass::text from pg_catalog.pg_class c"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname !~ '^pg_|^information_schema$'"
        " where c.relkind = 'r' and c.reltuples < 0 and pg_catalog.pg_relation_size(c.oid) > %s order by 1",
        [UNREAD_BYTES],
    ).fetchall()
    if rows:
        yield warning(
            "statistics",
            f"tables jamais comptées : {_some(name for (name,) in rows)}",
            "./arpent manage dbshell, puis : analyze;",
        )
    else:
        yield ok("statistics", "les tables sont comptées")


def statement_times(connection: Connection) -> Iterator[Finding]:
    """PostgreSQL counts what its statements take, for the page Exploitation."""
    row = connection.execute(
        "select exists (select from pg_catalog.pg_extension where extname = 'pg_stat_statements'),"
        " pg_catalog.current_setting('pg_stat_statements.max', true) is not null"
    ).fetchone()
    if row == (True, True):
        yield ok("statement-times", "pg_stat_statements compte les instructions lentes")
    else:
        yield warning(
            "statement-times",
            "pg_stat_statements ne compte pas : la page Exploitation ne dit pas ce qui est lent dans la base",
            "shared_preload_libraries = 'pg_stat_statements' dans PostgreSQL, redémarrez-le, puis Arpent.",
        )


def activity(connection: Connection) -> Iterator[Finding]:
    """Connections, a transaction that was left open, age of the oldest transaction number."""
    row = connection.execute(
        "select count(*) filter (where backend_type = 'client backend'), current_setting('max_connections')::int,"
        " coalesce(max(extract(epoch from now() - xact_start)) filter (where backend_type = 'client backend'"
        " and pid <> pg_catalog.pg_backend_pid()), 0)::int,"
        " (select max(pg_catalog.age(datfrozenxid)) from pg_catalog.pg_database)::bigint"
        " from pg_catalog.pg_stat_activity"
    ).fetchone()
    if row is None:
        raise AssertionError
    used, most, longest_s, age = row
    if used > BUSY_CONNECTIONS * most:
        yield warning(
            "connections", f"{used} connexions sur {most}", "Augmentez max_connections ou cherchez qui en garde."
        )
    else:
        yield ok("connections", f"{used} connexions sur {most}")
    if longest_s > LONG_TRANSACTION_S:
        yield warning(
            "transactions",
            f"une transaction dure depuis {longest_s // 60} minutes",
            "Cherchez-la dans pg_stat_activity : tant qu'elle dure, la place des lignes effacées n'est pas reprise.",
        )
    if age > OLD_TRANSACTIONS:
        yield failure(
            "wraparound", f"numéros de transaction âgés de {age}", "vacuum freeze; PostgreSQL cesserait d'écrire."
        )


def queue(connection: Connection) -> Iterator[Finding]:
    """A worker lives, and no job waits for long."""
    if connection.execute("select to_regclass('public.procrastinate_jobs')").fetchone() == (None,):
        yield failure("jobs", "la file des tâches manque", "./arpent manage migrate")
        return
    row = connection.execute(
        "select (select count(*) from public.procrastinate_workers"
        "   where last_heartbeat > now() - make_interval(secs => %s)),"
        " coalesce(extract(epoch from now() - min(coalesce(j.scheduled_at, e.at))), 0)::int, count(j.id)"
        " from public.procrastinate_jobs j"
        " join lateral (select min(at) as at from public.procrastinate_events where job_id = j.id) e on true"
        " where j.status = 'todo' and coalesce(j.scheduled_at, e.at) <= now()",
        [SILENT_S],
    ).fetchone()
    if row is None:
        raise AssertionError
    workers, waiting_s, waiting = row
    said = f"{workers} programme(s) de tâches de fond, {waiting} tâche(s) en attente"
    remedy = "Démarrez les tâches de fond : ./arpent worker (les courriels et les imports attendent)."
    if waiting and waiting_s > WAITING_S:
        yield failure("jobs", f"{said}, la plus ancienne depuis {waiting_s // 60} minutes", remedy)
    elif not workers:
        yield warning("jobs", said, remedy)
    else:
        yield ok("jobs", said)


def files(connection: Connection, place: Place) -> Iterator[Finding]:
    """Every file that a row names is there; what no row names is said, and stays."""
    referenced, present = list_referenced_files(connection), list_file_names(place.data, place.files)
    absent = sorted(referenced - present.keys())
    if absent:
        yield failure(
            "files",
            f"{len(absent)} fichier(s) que des lignes nomment et que personne n'a : {_some(absent)}",
            "Cherchez-les dans la dernière sauvegarde (tar -tf), et remettez-les à leur place.",
        )
    orphans = {name: size for name, size in present.items() if name not in referenced and not _comes_and_goes(name)}
    if orphans:
        yield warning(
            "orphan-files",
            f"{len(orphans)} fichier(s) qu'aucune ligne ne nomme ({sum(orphans.values()) / MIB:.0f} Mio) :"
            f" {_some(sorted(orphans))}",
            "Le nettoyage de nuit efface ceux d'un import abandonné ; s'ils restent une semaine, signalez-le.",
        )
    if not absent and not orphans:
        yield ok("files", f"{len(referenced)} fichiers nommés, tous là, aucun de trop")


def _comes_and_goes(name: str) -> bool:
    """Printed maps, exports and what is being sent are erased by the sweep of the night."""
    return Path(name).parts[1] in ("prints", "exports", "inbox", "warning")


def _some(names: Iterable[str]) -> str:
    """The first names of a list, and how many more there are."""
    whole = list(names)
    more = f" et {len(whole) - NAMES} de plus" if len(whole) > NAMES else ""
    return ", ".join(whole[:NAMES]) + more


CHECKS: dict[str, DatabaseCheck] = {
    "postgresql": version,
    "extensions": extensions,
    "roles": roles,
    "leakproof": leakproof,
    "collation": collation,
    "migrations": migrations,
    "indexes": indexes,
    "statistics": statistics,
    "statement-times": statement_times,
    "connections": activity,
    "jobs": queue,
}

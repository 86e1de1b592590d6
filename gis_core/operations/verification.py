"""`./arpent backup --verify`: an archive restored for trial into a database beside the real one, and compared."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from gis_core.operations.backup import (
    CUT,
    DUMP,
    ROLES,
    advice,
    archive_bytes,
    backup_lock,
    check_free_space,
    database_bytes,
    remove_leftovers,
    run_client,
    size_of,
    write_archive,
)
from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place, make_backups
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.progress import say, step
from gis_core.operations.restore import (
    check_contents,
    estimate_restore_bytes,
    extract,
    lasting_failure,
    open_to_database_user,
    verify,
)
from gis_core.operations.scratch import scratch_folder

SCRATCH_DATABASE = "arpent_verify"
TRIAL = "verify-"


def make_verified_backup(place: Place, target: Path) -> int:
    """Make an archive and verify it; one that is there already is verified as it is."""
    target = target.absolute()
    with backup_lock(place):
        if target.exists():
            verify_archive(place, target)
            say(f"{target} existait déjà : vérifiée telle quelle, elle se rétablit. Aucune autre n'a été faite.")
            return 0
        check_space_for_both(place, target.parent)
        write_archive(place, target)
        try:
            verify_archive(place, target)
        except OperationFailedError as failure:
            failure.message = f"{target} est écrite, mais n'a pas passé la vérification. {failure.message}"
            raise
    say(f"Sauvegarde vérifiée : {target} ({size_of(target)}).")
    return 0


def check_space_for_both(place: Place, folder: Path) -> None:
    """Room for the archive, and for the trial beside the database, before either is begun."""
    cluster = Cluster(place)
    with cluster.lease():
        archive, trial = archive_bytes(cluster), estimate_restore_bytes(database_bytes(cluster))
    if folder.is_dir() and folder.stat().st_dev == cluster.data.stat().st_dev:
        check_free_space(folder, archive + trial)
    else:
        check_free_space(folder if folder.is_dir() else place.data, archive)
        check_free_space(cluster.data, trial)


def verify_archive(place: Place, source: Path) -> dict[str, Any]:
    """Read the whole archive, restore its database for trial, compare; its manifest. The caller holds the lock.

    Raises OperationFailedError, whose detail lists what differs.
    """
    with step("Empreintes de la sauvegarde"):
        manifest = verify(source)
    cluster = Cluster(place)
    # What is restored as superuser lies where the site writes nothing.
    make_backups(place)
    remove_leftovers(place.backups, f"{TRIAL}*")
    with cluster.lease(), scratch_folder(place.backups, TRIAL) as scratch:
        check_free_space(cluster.data, estimate_restore_bytes(manifest["database_bytes"]))
        extract(source, scratch.held, ROLES, DUMP)
        _check_roles(cluster, (scratch.held / ROLES).read_text())
        with step("Rétablissement d'essai"), _scratch_database(cluster):
            open_to_database_user(place, scratch)
            command = [*cluster.identity(), *cluster.client("pg_restore"), "--exit-on-error", "--jobs=2"]
            command += [f"--dbname={SCRATCH_DATABASE}", str(scratch.path / DUMP)]
            run_client(command, lasting_failure(manifest))
            check_contents(cluster, SCRATCH_DATABASE, manifest)
    return manifest


def _check_roles(cluster: Cluster, roles: str) -> None:
    """Roles belong to all databases of a cluster: those of another installation are not made here for a trial."""
    wanted = {line.split()[2].rstrip(";").strip('"') for line in roles.splitlines() if line.startswith("CREATE ROLE ")}
    here = set(cluster.psql("postgres", "-c", "select rolname from pg_roles").splitlines())
    if wanted - here:
        raise OperationFailedError(
            f"Cette sauvegarde a des rôles qui n'existent pas ici ({', '.join(sorted(wanted - here))}) : vérifiez-la en"
            " la rétablissant dans un dossier vide, ./arpent restore FICHIER --data DOSSIER."
        )


@contextmanager
def _scratch_database(cluster: Cluster) -> Iterator[None]:
    """A database that only superusers may enter, gone at the end whatever happens; so is one that a killed run left."""
    name = sql.Identifier(SCRATCH_DATABASE)
    _administer(cluster, sql.SQL("drop database if exists {} with (force)").format(name))
    try:
        _administer(cluster, sql.SQL("create database {} template template0 connection limit 0").format(name))
        _administer(cluster, sql.SQL("revoke all on database {} from public").format(name))
        yield
    finally:
        _administer(cluster, sql.SQL("drop database if exists {} with (force)").format(name))


def _administer(cluster: Cluster, statement: sql.Composed) -> None:
    try:
        with cluster.connect("postgres") as connection:
            connection.autocommit = True
            connection.execute(statement)
    except psycopg.Error as error:
        raise OperationFailedError(advice(str(error), CUT), str(error)) from error

"""What must be true before an upgrade touches anything: each fault is one sentence, and nothing was changed."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

from gis_core.operations import nightly
from gis_core.operations.backup import check_free_space
from gis_core.operations.backup_status import read_status
from gis_core.operations.bundle import Facts, this_machine
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import read_migrations
from gis_core.operations.environment import DATABASE, ROOT, Place, is_outside
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation import present_database
from gis_core.operations.installation.answers import read_answers
from gis_core.operations.installation.layout import Layout
from gis_core.operations.progress import say, step
from gis_core.operations.upgrade.outside_point import OWNER, point_of
from gis_core.operations.upgrade.return_point import Connection
from gis_core.operations.upgrade.state import CURRENT, Home
from gis_core.operations.versions import numbers_of, of_our_apps, our_migrations
from gis_core.version import VERSION

UNTOUCHED = "Rien n'a été changé."
# A backup of the last night is fresh all day.
FRESH = timedelta(hours=24)
# Of what a version takes on the disk: its wheels unpacked and compiled, once more for what is being unpacked.
GROWTH = 5
CHECK_SECONDS = 1.0
RUNNING_JOBS = "select count(*) from public.procrastinate_jobs where status = 'doing'"


def find_home() -> Home:
    """The folder of the versions, of which this one is in use. Raises OperationFailedError."""
    home = Home(ROOT.parent)
    if not home.link.is_symlink():
        raise OperationFailedError(
            f"Arpent n'est pas installé par versions ici ({ROOT.parent} n'a pas de lien « {CURRENT} ») : un clone git"
            f" se met à jour par git checkout (UPGRADING.md). {UNTOUCHED}"
        )
    if not os.access(home.folder, os.W_OK):
        raise OperationFailedError(f"{home.folder} n'est pas à vous : lancez la commande avec root (sudo). {UNTOUCHED}")
    return home


def check_data(home: Home, place: Place, layout: Layout | None = None) -> None:
    """The services of an installation and its link `current` are those of one data folder, and of no other."""
    layout = layout or Layout()
    if home.folder != layout.versions or not layout.answers.is_file():
        return
    installed = read_answers(layout.answers).data
    if place.data.resolve() != installed.resolve():
        raise OperationFailedError(
            f"Arpent est installé ici sur les données de {installed}, pas de {place.data} : tapez « arpent upgrade … »"
            f" sans --data. {UNTOUCHED}"
        )


def check_path(facts: Facts, former: str = VERSION) -> None:
    """Never back, and only from versions that the new one knows."""
    if numbers_of(facts.version) == numbers_of(former):
        raise OperationFailedError(f"Arpent {former} est déjà la version installée. {UNTOUCHED}")
    if numbers_of(facts.version) < numbers_of(former):
        raise OperationFailedError(
            f"Ce paquet est Arpent {facts.version}, plus ancien que la version installée ({former}) : on ne revient en"
            f" arrière qu'en rétablissant une sauvegarde (docs/how-to/sauvegarder.md). {UNTOUCHED}"
        )
    if numbers_of(former) < numbers_of(facts.oldest):
        raise OperationFailedError(
            f"Arpent {facts.version} ne se met à jour que depuis la version {facts.oldest}, et {former} est installée :"
            f" passez d'abord par {facts.oldest}. {UNTOUCHED}"
        )


def check_machine(facts: Facts, cluster: Cluster) -> None:
    """The bundle's wheels and packages are for this processor and this Debian, its code for this PostgreSQL."""
    machine, debian = this_machine()
    if (facts.machine, facts.debian) != (machine, debian):
        raise OperationFailedError(
            f"Ce paquet est fait pour Debian {facts.debian} sur {facts.machine}, cette machine est Debian {debian} sur"
            f" {machine} : prenez celui qui est fait pour elle. {UNTOUCHED}"
        )
    present = server_version(cluster)
    if present != str(facts.postgresql):
        raise OperationFailedError(
            f"Arpent {facts.version} veut PostgreSQL {facts.postgresql}, la base est en {present} : changez d'abord"
            f" de PostgreSQL (docs/how-to/mettre-a-jour.md). {UNTOUCHED}"
        )


def server_version(cluster: Cluster) -> str:
    """PostgreSQL's major version: our own's without starting it, an outside one's by asking."""
    if not cluster.is_outside:
        return (cluster.data / "PG_VERSION").read_text().strip()
    with present_database.connect(OWNER) as connection:
        return str(connection.info.server_version // 10_000)


@contextmanager
def connected(cluster: Cluster) -> Iterator[Connection]:
    """To the database, as whoever may read all of it."""
    if cluster.is_outside:
        with present_database.connect(OWNER) as connection:
            yield connection
        return
    with cluster.lease(), cluster.connect(DATABASE) as connection:
        yield connection


def check_space_for_version(home: Home, folder: Path) -> None:
    """Room for the code and the libraries of the new version, beside those of the one in use."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    check_free_space(home.folder, GROWTH * size)


def check_database(place: Place, folder: Path, new: Path, version: str) -> None:
    """The database is not of a version later than the new one, and there is room for its copy."""
    with connected(Cluster(place)) as connection:
        present = set(of_our_apps(read_migrations(connection)))
    if unknown := sorted(present - our_migrations(new)):
        raise OperationFailedError(
            f"La base est d'une version plus récente qu'Arpent {version} : elle a {len(unknown)} migrations que"
            f" celui-ci ne connaît pas (dont {unknown[-1]}) : prenez un paquet plus récent. {UNTOUCHED}"
        )
    point_of(place, folder).check_space()


def check_backup(place: Place, now: datetime | None = None) -> None:
    """The last backup is of today, verified and still there; else one is made, while people go on working.

    An outside database is its administrator's to back up; the upgrade makes a dump of its own to return to.
    """
    if is_outside():
        say("  La base est tenue par d'autres : leurs sauvegardes ne sont pas regardées.")
        return
    status = read_status(place.data)
    if status and status.succeeded_at:
        file = place.backups / status.file
        age = (now or datetime.now(UTC)) - datetime.fromisoformat(status.succeeded_at)
        if age < FRESH and file.is_file() and file.stat().st_size == status.bytes:
            return
    if nightly.back_up_now(place) != 0:
        raise OperationFailedError(f"La sauvegarde faite avant n'a pas réussi : voyez ci-dessus. {UNTOUCHED}")


def wait_for_jobs(cluster: Cluster, minutes: int) -> None:
    """Until no job runs, for so long at most; with 0 those that run are interrupted, and start again afterwards."""
    deadline = time.monotonic() + 60 * minutes
    if not minutes:
        return
    with nullcontext() if cluster.is_outside else cluster.lease(), step("Attente des tâches en cours"):
        while count := count_jobs(cluster):
            if time.monotonic() > deadline:
                raise OperationFailedError(
                    f"{count} tâches de fond tournent encore après {minutes} min : attendez leur fin (page"
                    " Exploitation), ou interrompez-les par --jobs-minutes 0 : elles repartiront après la mise à jour."
                    f" {UNTOUCHED}"
                )
            time.sleep(CHECK_SECONDS)


def count_jobs(cluster: Cluster) -> int:
    with connected(cluster) as connection:
        row = connection.execute(RUNNING_JOBS).fetchone()
    return int(row[0]) if row else 0


def remove_earlier_try(target: Path) -> None:
    """An earlier try of this version may have left its code: it is unpacked anew. Raises OperationFailedError."""
    if not target.exists():
        return
    if (target / "var").exists():
        raise OperationFailedError(f"{target} contient un dossier de données (var) : déplacez-le. {UNTOUCHED}")
    shutil.rmtree(target)

"""`./arpent maintenance`: the site answers 503 with a message and an hour until it is ended. Jobs go on.

`read-only` refuses what writes alone: what is read goes on, in transactions that PostgreSQL itself keeps from writing.
"""

import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gis_core.files.stamp import MISSING, Stamp, stamp_of
from gis_core.operations.cluster import Cluster
from gis_core.operations.contents import Connection
from gis_core.operations.environment import DATABASE, Place, adopt, read_plain, replace_file
from gis_core.operations.failure import OperationFailedError

FILE = "maintenance.json"
ZONE = ZoneInfo("Europe/Paris")
LONGEST_MESSAGE = 500
MOST_BYTES = 10_000
# The web role's statements end after 30 s, and so does what waits in a transaction after 60.
LONGEST_WRITE_S = 90


@dataclass(frozen=True)
class Maintenance:
    """What people read, when it should be over (ISO 8601 with its offset, empty where nobody said), what is refused."""

    message: str = ""
    until: str = ""
    read_only: bool = False

    @property
    def ends_at(self) -> datetime | None:
        return datetime.fromisoformat(self.until) if self.until else None

    def seconds_left(self) -> int:
        """By this machine's clock, since the database may be away; 0 where it should be over, or nobody said."""
        return max(0, int((self.ends_at - datetime.now(ZONE)).total_seconds())) if self.ends_at else 0

    def ends_today(self) -> bool:
        ends_at = self.ends_at
        return ends_at is not None and ends_at.astimezone(ZONE).date() == datetime.now(ZONE).date()


def begin(
    place: Place, message: str, until: str, now: datetime | None = None, *, read_only: bool = False
) -> Maintenance:
    """From now on; what was said before is said anew. Raises OperationFailedError where the hour is none."""
    if len(message) > LONGEST_MESSAGE:
        raise OperationFailedError(f"Le message a {len(message)} caractères : {LONGEST_MESSAGE} au plus.")
    ends_at = next_hour(until, now or datetime.now(ZONE)) if until else None
    maintenance = Maintenance(message.strip(), ends_at.isoformat() if ends_at else "", read_only)
    place.run.mkdir(parents=True, exist_ok=True)
    adopt(place.run)
    # The site writes in this folder: what root writes there follows no link.
    try:
        replace_file(place.run / FILE, json.dumps(asdict(maintenance), ensure_ascii=False), 0o660)
    except OSError as error:
        raise OperationFailedError(
            f"La maintenance n'a pas pu être notée dans {place.run} ({error.strerror}) : corrigez, puis relancez. Rien"
            " n'a été changé."
        ) from error
    return maintenance


def end(place: Place) -> bool:
    """Whether there was one."""
    try:
        folder = os.open(place.run, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        os.unlink(FILE, dir_fd=folder)
    except FileNotFoundError:
        return False
    finally:
        os.close(folder)
    return True


def next_hour(text: str, now: datetime) -> datetime:
    """The next time that the clock of Paris shows it: `18:30`, or a day too, `2026-12-05 06:00`."""
    try:
        if len(text) > len("23:59"):
            instant = datetime.fromisoformat(text)
            instant = instant if instant.tzinfo else instant.replace(tzinfo=ZONE)
        else:
            hour = datetime.strptime(text, "%H:%M").time()
            instant = datetime.combine(now.astimezone(ZONE).date(), hour, ZONE)
            if instant <= now:
                instant = datetime.combine(instant.date() + timedelta(days=1), hour, ZONE)
    except ValueError as error:
        raise OperationFailedError(f"« {text} » n'est pas une heure : 18:30, ou 2026-12-05 06:00.") from error
    if instant <= now:
        raise OperationFailedError(f"{instant:%Y-%m-%d %H:%M} est déjà passé : donnez une heure à venir.")
    return instant


class Reader:
    """What stands in the file of a data folder, read again where it changed; asked at each request."""

    def __init__(self) -> None:
        self._stamp: tuple[Path, Stamp] | None = None
        self._present = Maintenance()

    def read(self, run: Path) -> Maintenance | None:
        """None where there is no maintenance; a file that cannot be read is one without a message."""
        path = run / FILE
        stamp = path, stamp_of(path)
        if stamp[1] == MISSING:
            return None
        if stamp != self._stamp:
            self._present, self._stamp = parse(path), stamp
        return self._present


def parse(path: Path) -> Maintenance:
    """What stands there; a maintenance without a message where that cannot be read."""
    try:
        maintenance = Maintenance(**json.loads(read_plain(path, MOST_BYTES)))
        sound = (
            isinstance(maintenance.message, str)
            and isinstance(maintenance.read_only, bool)
            and (not maintenance.until or maintenance.seconds_left() >= 0)
        )
    except (OSError, OperationFailedError, ValueError, TypeError):
        return Maintenance()
    return maintenance if sound else Maintenance()


def run(place: Place, action: str, message: str, until: str) -> str:
    """Do what the command asks; the French sentence that it answers."""
    if action == "on":
        return describe(begin(place, message, until))
    if action == "read-only":
        maintenance = begin(place, message, until, read_only=True)
        return f"{describe(maintenance)}\n{wait_for_writes(place)}"
    if action == "off":
        return "La maintenance est finie : le site répond." if end(place) else "Il n'y avait pas de maintenance."
    present = Reader().read(place.run)
    return describe(present) if present else "Pas de maintenance."


def describe(maintenance: Maintenance) -> str:
    ends_at = maintenance.ends_at
    hour = f" ; retour annoncé {ends_at.astimezone(ZONE):%d/%m/%Y à %H:%M}" if ends_at else ""
    state = "le site répond qu'il est arrêté"
    if maintenance.read_only:
        state = "lecture seule : le site se lit, rien ne s'y enregistre"
    return f"Maintenance : {state}{hour}. Pour finir : ./arpent maintenance off"


def wait_for_writes(place: Place) -> str:
    """What the site had begun to write when it became read-only ends; whether that was seen, in French."""
    cluster = Cluster(place)
    if cluster.is_of_others or not cluster.exists() or cluster.running_pid() is None:
        return (
            f"Ce qui s'enregistrait déjà finit en {LONGEST_WRITE_S} s au plus : attendez autant (en root, la commande"
            " le regarde elle-même)."
        )
    with cluster.connect(DATABASE) as connection:
        connection.autocommit = True
        begun = time.monotonic()
        while (count := writes_going_on(connection)) and time.monotonic() - begun < LONGEST_WRITE_S:
            time.sleep(0.2)
    if count:
        raise OperationFailedError(
            f"{count} écriture(s) du site durent depuis plus de {LONGEST_WRITE_S} s : le site est en lecture seule,"
            " mais regardez pg_stat_activity avant de migrer."
        )
    return "Aucune écriture du site n'est en cours."


def writes_going_on(connection: Connection) -> int:
    """Transactions of the web server that have written something."""
    row = connection.execute(
        "select count(*) from pg_catalog.pg_stat_activity"
        " where usename = 'arpent_web' and backend_xid is not null and datname = current_database()"
    ).fetchone()
    return int(row[0]) if row else 0

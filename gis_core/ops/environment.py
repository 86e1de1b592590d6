"""Where an Arpent lives and the environment variables its processes receive."""

import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Literal

from gis_core.ops.backup_status import FOLDER
from gis_core.ops.failure import OperationFailedError

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/bin/python"
DATABASE = "arpent"
# The system user that Arpent and its PostgreSQL run as when root starts them.
OS_USER = "arpent"
DEFAULT_PORT = 8045
LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
SOCKET_PATH_LIMIT = 107
# Half past one comes once on every day, those of the changes of hour too.
USUAL_HOUR = "01:30"
USUAL_COUNT = "7"

Role = Literal["web", "worker", "owner", "test"]


@dataclass(frozen=True)
class Place:
    """One data folder, and where everything stands in it."""

    data: Path

    @classmethod
    def current(cls, data: str | None = None) -> "Place":
        """The folder asked for, else ARPENT_DATA, else `var/` beside the code."""
        chosen = data or os.environ.get("ARPENT_DATA") or ROOT / "var"
        return cls(Path(chosen).expanduser().absolute())

    @property
    def cluster(self) -> Path:
        return self.data / "pg"

    @property
    def run(self) -> Path:
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "log"

    @property
    def files(self) -> Path:
        return self.data / "files"

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def backups(self) -> Path:
        return self.data / FOLDER

    @property
    def accounts(self) -> Path:
        return self.data / "demo-accounts.json"

    @property
    def for_tests(self) -> "Place":
        """The data folder of the test suite, inside this one."""
        return Place(self.data / "test")

    @property
    def for_tests_at_an_instant(self) -> "Place":
        """Another one, since its cluster has another clock."""
        return Place(self.data / "test-at")

    def socket_directory(self) -> Path:
        """A short folder that depends on the data folder only: PostgreSQL allows 107 bytes, clones may lie deep."""
        name = "arpent-" + hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:8]
        of_root = Path("/run", name)
        if os.geteuid() == 0 or _is_ours(of_root):
            return of_root
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir(), name)
        fits = len(os.fsencode(runtime / ".s.PGSQL.5432.lock")) <= SOCKET_PATH_LIMIT
        return runtime if fits else Path("/tmp", name)  # noqa: S108 - its owner is checked before use


def adopt(path: Path) -> Path:
    """Give something that root has just made to the owner of the folder it is in; the path, for what comes next."""
    if os.geteuid() == 0:
        state, folder = path.lstat(), path.parent.stat()
        if state.st_uid == 0 and folder.st_uid != 0:
            os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)
    return path


def _is_ours(folder: Path) -> bool:
    """Whether root made this folder for us."""
    try:
        return folder.lstat().st_uid == os.geteuid()
    except OSError:
        return False


def backup_hour() -> time | None:
    """When the backup of the night begins, in Paris; None where the operator switched it off."""
    given = os.environ.get("ARPENT_BACKUP_AT", USUAL_HOUR).strip()
    if not given:
        return None
    try:
        return datetime.strptime(given, "%H:%M").time()
    except ValueError as error:
        raise OperationFailedError(f"ARPENT_BACKUP_AT est une heure ({USUAL_HOUR}), ou vide : {given}") from error


def backups_kept() -> int:
    """How many verified backups stay."""
    given = os.environ.get("ARPENT_BACKUP_KEEP", USUAL_COUNT)
    if not given.isdigit() or int(given) < 1:
        raise OperationFailedError(f"ARPENT_BACKUP_KEEP est un nombre de sauvegardes, au moins 1 : {given}")
    return int(given)


def secret_key(place: Place) -> str:
    """The key of this data folder, made on first use and readable by its owner only."""
    path = place.data / "secret-key"
    place.data.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        adopt(path)
    except FileExistsError:
        pass
    return path.read_text().strip()


def variables(place: Place, role: Role, port: int | None = None) -> dict[str, str]:
    """The whole environment of a process of Arpent that connects to the database as `arpent_<role>`.

    What the operator has set wins, except what says which database: that follows from the data folder.
    """
    defaults = {"ARPENT_DEBUG": "0", "ARPENT_ALLOWED_HOSTS": LOCAL_HOSTS}
    if "ARPENT_SECRET_KEY" not in os.environ:
        defaults["ARPENT_SECRET_KEY"] = secret_key(place)
    fixed = {
        "ARPENT_DATA": str(place.data),
        "ARPENT_DB_HOST": str(place.socket_directory()),
        "ARPENT_DB_PORT": "5432",
        "ARPENT_DB_NAME": DATABASE,
        "ARPENT_DB_USER": f"arpent_{role}",
        "PATH": _path(os.environ),
    }
    if port is not None:
        fixed["ARPENT_PORT"] = str(port)
    return {**defaults, **_inherited(os.environ), **fixed}


def _inherited(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name != "PYTHONPATH"}


def _path(environ: Mapping[str, str]) -> str:
    return f"{PYTHON.parent}:{environ.get('PATH') or os.defpath}"

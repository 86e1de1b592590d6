"""Where an Arpent lives and the environment variables its processes receive."""

import errno
import fcntl
import hashlib
import os
import pwd
import secrets
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Literal

from gis_core.operations.failure import OperationFailedError

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv/bin/python"
# The beginning of a command of ours, with PYTHONPATH=ROOT: nothing is imported from the current folder (-P).
OPS = (str(PYTHON), "-P", "-m", "gis_core.operations")
DATABASE = "arpent"
# Of a data folder, what the backups of the nights lie in.
FOLDER = "backups"
MOST_KEY_BYTES = 10_000
# What a restore set aside is named after what it was, then this and the moment.
ASIDE = ".avant-"
# When root starts Arpent: the system user of the site and of its jobs, and that of PostgreSQL and of the backups.
OS_USER = "arpent"
DB_USER = "arpent-db"
DEFAULT_PORT = 8045
LOCAL_HOSTS = "localhost,127.0.0.1,[::1]"
# Half past one comes once on every day, those of the changes of hour too.
USUAL_HOUR = "01:30"
USUAL_COUNT = "7"

Role = Literal["web", "worker", "owner", "test"]
# Passwords of an outside database's roles, in PostgreSQL's own format: the owner's apart from those that serve people.
PASSWORDS = {"owner": Path("/etc/arpent/pgpass-owner"), "site": Path("/etc/arpent/pgpass-site")}


@dataclass(frozen=True)
class Place:
    """One data folder, and where everything stands in it.

    `is_trial`: a copy that a command restores beside the real one for as long as it runs: it archives nothing, and its
    sockets lie where any user may make a folder.
    """

    data: Path
    is_trial: bool = False

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
        """A short folder that depends on the data folder only: PostgreSQL allows 107 bytes, clones may lie deep.

        It is the same for whoever asks, root or a service of the database's owner, before and after a restart of the
        machine: no variable of the environment and no session's folder decides.
        """
        of_root = self.socket_directory_of_root
        if self.is_trial:
            return Path("/tmp", of_root.name)  # noqa: S108 - its owner is checked before use
        if self.database_uid == uid_of(DB_USER) or owner_of(of_root) == self.database_uid:
            return of_root
        return Path("/tmp", of_root.name)  # noqa: S108 - its owner is checked before use

    @property
    def socket_directory_of_root(self) -> Path:
        """In a folder where only root makes others."""
        return Path("/run", "arpent-" + hashlib.sha256(os.fsencode(self.cluster)).hexdigest()[:8])

    @property
    def database_uid(self) -> int:
        """Whose the database is, or would be when we make it: root's is PostgreSQL's own user, or the data folder's."""
        there = owner_of(self.cluster.resolve())
        if there:
            return there
        if os.geteuid() != 0:
            return os.geteuid()
        return owner_of(self.data.resolve()) or uid_of(DB_USER) or 0


def adopt(path: Path) -> Path:
    """Give something that root has just made to the owner of the folder it is in; the path, for what comes next."""
    if os.geteuid() == 0:
        state, folder = path.lstat(), path.parent.stat()
        if state.st_uid == 0 and folder.st_uid != 0:
            os.chown(path, folder.st_uid, folder.st_gid, follow_symlinks=False)
    return path


def owner_of(path: Path) -> int | None:
    """Uid of whom a file or folder is; None when there is none. A link is not followed."""
    try:
        return path.lstat().st_uid
    except OSError:
        return None


def switch(user: str, group: str = OS_USER) -> tuple[str, ...]:
    """The beginning of a command that root has a system user run, in the site's group if no other is said.

    The user that comes out has no capability, and no program gives it one.
    """
    return (
        "/usr/bin/setpriv",
        f"--reuid={user}",
        f"--regid={group}",
        "--clear-groups",
        "--no-new-privs",
        "--bounding-set=-all",
        "--inh-caps=-all",
        "--",
    )


def uid_of(user: str) -> int | None:
    """Uid of a system user, None when the machine has none of this name."""
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        return None


def open_lock(path: Path, how: int) -> int | None:
    """A descriptor of a file, made when there is none, that holds its lock; None when another process has it.

    Nothing is written.
    """
    descriptor = open_plain(path, os.O_RDONLY | os.O_CREAT)
    try:
        fcntl.flock(descriptor, how)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def open_plain(path: Path, flags: int) -> int:
    """A descriptor of a regular file in a folder that a user whom we do not trust writes.

    A link to it is not followed, one to its folder as by `open_folder`, and nothing is waited for. What root makes is
    given as by `adopt`. Raises OperationFailedError.
    """
    try:
        folder = open_folder(path.parent)
        try:
            return _open_in(folder, path.name, flags)
        finally:
            os.close(folder)
    except OSError as error:
        if error.errno not in {errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO}:
            raise
        raise OperationFailedError(
            f"{path.parent} n'est pas un dossier, ou {path.name} pas un fichier ordinaire, mais un lien par exemple :"
            " supprimez-le, puis relancez la même commande."
        ) from error


def open_folder(path: Path) -> int:
    """A descriptor of a folder. A link leads only to a folder of whoever made it, or that is not root's where root did.

    So the backups may lie on another disk, and nobody has root work in a folder that is not theirs. Raises OSError.
    """
    how = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    try:
        return os.open(path, how | os.O_NOFOLLOW)
    except OSError as error:
        maker = owner_of(path)
        if not path.is_symlink():
            raise
        folder = os.open(path, how)
        owner = os.fstat(folder).st_uid
        if owner == 0 or maker not in {0, owner}:
            os.close(folder)
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error
        return folder


def replace_file(path: Path, text: str, mode: int) -> None:
    """A file as a whole: on the disk under another name, then under its own. What root makes is the folder's owner's.

    Nothing that another user put in the folder, whichever name it has, is written through. Raises OSError.
    """
    folder, partial = open_folder(path.parent), f"{path.name}.part"
    try:
        with suppress(FileNotFoundError):
            os.unlink(partial, dir_fd=folder)
        how = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(partial, how, 0o600, dir_fd=folder), "w") as file:
            file.write(text)
            file.flush()
            if os.geteuid() == 0:
                above = os.fstat(folder)
                os.fchown(file.fileno(), above.st_uid, above.st_gid)
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        os.replace(partial, path.name, src_dir_fd=folder, dst_dir_fd=folder)
    finally:
        os.close(folder)


def make_backups(place: Place) -> None:
    """The folder of the backups, which the database's user alone writes."""
    place.backups.mkdir(parents=True, exist_ok=True, mode=0o750)
    if os.geteuid() == 0:
        owner = pwd.getpwuid(place.database_uid)
        os.chown(place.backups, owner.pw_uid, owner.pw_gid, follow_symlinks=False)


def read_plain(path: Path, most_bytes: int) -> bytes:
    """The first bytes of a regular file as `open_plain` opens it. Raises OSError, OperationFailedError."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        return file.read(most_bytes)


def read_end(path: Path, most_bytes: int) -> str:
    """The whole lines at the end of a log, as `open_plain` opens it. Raises OSError, OperationFailedError."""
    with os.fdopen(open_plain(path, os.O_RDONLY), "rb") as file:
        start = max(0, os.fstat(file.fileno()).st_size - most_bytes)
        file.seek(start)
        text = file.read(most_bytes).decode(errors="backslashreplace")
    return text.partition("\n")[2] if start else text


def _open_in(folder: int, name: str, flags: int) -> int:
    descriptor = os.open(name, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o660, dir_fd=folder)
    state, above = os.fstat(descriptor), os.fstat(folder)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO))
    writing = flags & (os.O_CREAT | os.O_WRONLY)
    if writing and os.geteuid() == 0 and state.st_uid == 0 and state.st_nlink == 1 and above.st_uid != 0:
        os.fchown(descriptor, above.st_uid, above.st_gid)
    return descriptor


def is_outside() -> bool:
    """Whether the database is on a server that somebody else keeps (`ARPENT_DB_HOST` and what follows it say which)."""
    return os.environ.get("ARPENT_DB_OUTSIDE") == "1"


def check_own_database() -> None:
    """Refuse what only a PostgreSQL of our own allows. Raises OperationFailedError."""
    if is_outside():
        raise OperationFailedError(
            "La base est sur un serveur tenu par d'autres (ARPENT_DB_OUTSIDE=1) : son administrateur la sauvegarde et"
            " la rétablit, avec les fichiers de ce dossier de données (docs/how-to/installer.md)."
        )


def write_private(path: Path, text: str) -> None:
    """A file that its owner alone reads, whole under its name or not there."""
    replace_file(path, text, 0o600)


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


def weeks_and_months_kept() -> tuple[int, int]:
    """For how many weeks, and how many months, the last backup of each stays beside those of the last nights."""
    given = [os.environ.get(name, "0") for name in ("ARPENT_BACKUP_WEEKS", "ARPENT_BACKUP_MONTHS")]
    if not all(number.isdigit() for number in given):
        raise OperationFailedError(f"ARPENT_BACKUP_WEEKS et ARPENT_BACKUP_MONTHS sont des nombres : {given}")
    return int(given[0]), int(given[1])


def secret_key(place: Place) -> str:
    """The key of this data folder, made on first use; closed to all but its owner and its group.

    Raises OperationFailedError where it cannot be read.
    """
    place.data.mkdir(parents=True, exist_ok=True)
    # The folder itself may be a link: whoever starts us chose it.
    path = place.data.resolve() / "secret-key"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        adopt(path)
    except FileExistsError:
        pass
    try:
        return read_plain(path, MOST_KEY_BYTES).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OperationFailedError(
            f"La clé du site ({path}) ne peut pas être lue ({getattr(error, 'strerror', 'pas un texte')}) : rendez-la à"
            " son utilisateur (chown arpent, chmod 660), ou tapez celle de la feuille : ./arpent escrow --enter."
        ) from error


def app_folder(app: str) -> str:
    """The folder of an app named as on the command line (`permits`, `networks/water`, `networks.water`).

    Raises OperationFailedError where there is none.
    """
    folder = app.replace(".", "/").strip("/")
    if not folder or not (ROOT / folder / "__init__.py").is_file():
        raise OperationFailedError(f"Il n’y a pas d’application « {app} » ici : permits, networks/water…")
    return folder


def variables(place: Place, role: Role, port: int | None = None) -> dict[str, str]:
    """The whole environment of a process of Arpent that connects to the database as `arpent_<role>`.

    What the operator has set wins, except what says which database: that follows from the data folder.
    """
    defaults = {"ARPENT_DEBUG": "0", "ARPENT_ALLOWED_HOSTS": LOCAL_HOSTS}
    if "ARPENT_SECRET_KEY" not in os.environ:
        defaults["ARPENT_SECRET_KEY"] = secret_key(place)
    fixed = {
        "ARPENT_DATA": str(place.data),
        "ARPENT_DB_USER": f"arpent_{role}",
        "PATH": _path(os.environ),
        **(_outside_passwords(role) if is_outside() else _own_database(place)),
    }
    if port is not None:
        fixed["ARPENT_PORT"] = str(port)
    return {**defaults, **_inherit_variables(os.environ), **fixed}


def _own_database(place: Place) -> dict[str, str]:
    return {"ARPENT_DB_HOST": str(place.socket_directory()), "ARPENT_DB_PORT": "5432", "ARPENT_DB_NAME": DATABASE}


def _outside_passwords(role: Role) -> dict[str, str]:
    """libpq reads passwords there; whoever installed otherwise says `ARPENT_DB_PASSWORD`."""
    path = PASSWORDS["owner" if role == "owner" else "site"]
    return {"PGPASSFILE": str(path)} if path.exists() else {}


def _inherit_variables(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name != "PYTHONPATH"}


def _path(environ: Mapping[str, str]) -> str:
    return f"{PYTHON.parent}:{environ.get('PATH') or os.defpath}"

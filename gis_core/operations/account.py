"""Which system users Arpent runs as: root hands over to them before anything else, and gives them the data folder.

The site and its jobs are one of them. PostgreSQL and the backups are another, so that whoever takes the site over can
neither administer the database nor read its files. The data folder is PostgreSQL's, and the site's by its group, with
the sticky bit: nobody replaces what is another's. Whatever root makes in it afterwards (a backup's lock, a restored
file) is given to whom it belongs.
"""

import os
import pwd
import shlex
import stat
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from gis_core.operations import keeper, manage
from gis_core.operations.cluster import LEASE_VARIABLE, Cluster
from gis_core.operations.environment import (
    ASIDE,
    DB_USER,
    OPS,
    OS_USER,
    PYTHON,
    ROOT,
    Place,
    owner_of,
    secret_key,
    switch,
    uid_of,
)
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.held_files import LINKS_APART
from gis_core.operations.progress import say

# What shows that a folder is an Arpent's.
MARKS = ("pg", "run", "log", "files", "secret-key")
# What is PostgreSQL's in a data folder, and what is the site's. Nothing else in it is given away: it may be a backup.
OF_DATABASE = ("pg", "backups", LINKS_APART)
OF_SITE = (
    "run",
    "log",
    "files",
    "cache",
    "mail",
    "deliveries",
    "secret-key",
    "demo-accounts.json",
    "demo-urbanisme",
)
# What both write: the site by its own files, PostgreSQL's user by locks, logs and the links of a backup.
SHARED = ("run", "log", "files")
OPEN_TO_GROUP = 0o007


SWITCH = switch(OS_USER)
# Walks down to a folder and says the first that cannot be entered.
FIRST_CLOSED = 'for folder; do test -x "$folder" || { printf %s "$folder"; exit 1; }; done'


def as_site() -> tuple[str, ...]:
    """The beginning of a command that touches what the site writes: root does not run it itself."""
    return SWITCH if os.geteuid() == 0 and exists() and not stays_root() else ()


def stays_root() -> bool:
    """Whether root was told to go on as root (`ARPENT_AS_ROOT=1`): for tests of a checkout that is closed to others."""
    return os.environ.get("ARPENT_AS_ROOT") == "1"


def hand_data_over(place: Place, *, lasting: bool) -> bool:
    """Give the data folder away; whether PostgreSQL has a user of its own in it. Raises OperationFailedError.

    An older folder, where it has none, changes when something `lasting` starts and its PostgreSQL does not run.
    """
    for user in (OS_USER, DB_USER):
        if uid_of(user) is None:
            raise OperationFailedError(f"L'utilisateur « {user} » manque : lancez ./arpent demo, qui le crée.")
    check_reach(ROOT, "Arpent")
    check_reach(PYTHON.parent, "Arpent")
    check_readable([str(ROOT / "manage.py")])
    give_data(place, lasting=lasting)
    Cluster(place).make_socket_directory()
    return Cluster(place).is_apart


def keep_database(place: Place) -> None:
    """PostgreSQL runs from now on for as long as this process, or the one that takes its place, lives."""
    lease = Cluster(place).lease_descriptor()
    os.set_inheritable(lease, True)
    os.environ[LEASE_VARIABLE] = str(lease)
    os.umask(OPEN_TO_GROUP)
    keeper.launch(place, switch(DB_USER), environment_of(place, DB_USER))


def run_as_database_user(place: Place, arguments: Sequence[str]) -> int:
    """Run a command that changes tables, and give the files that it made to the site; its exit code.

    It gets the terminal's Ctrl-C itself, and from us the SIGTERM that asks us to end.
    """
    process = subprocess.Popen([*switch(DB_USER), *OPS, *arguments], env=environment_of(place, DB_USER))
    try:
        return manage.wait(process)
    finally:
        give_data(place, whole=True)


def is_database_apart(place: Place) -> bool:
    """Whether root leaves what touches the database, its backups and its archive to their own user."""
    return bool(as_site()) and Cluster(place).exists() and Cluster(place).is_apart


def hand_to_database_user(place: Place, arguments: Sequence[str]) -> int:
    """Root has a command run whole by the user of the database, which starts its PostgreSQL where it is stopped."""
    give_data(place)
    Cluster(place).make_socket_directory()
    return run_as_database_user(place, arguments)


def leave(place: Place, code: int) -> NoReturn:
    """End after the database that was kept for us: where our end is that of a container, PostgreSQL has stopped."""
    Cluster(place).end_given_lease()
    raise SystemExit(code)


def go_on(place: Place, arguments: Sequence[str], *, apart: bool) -> NoReturn:
    """Go on as the system user of the site, in place of this process."""
    if apart:
        os.umask(OPEN_TO_GROUP)
    command = [*SWITCH, *OPS, *arguments]
    os.execve(command[0], command, environment_of(place, OS_USER))  # noqa: S606


def environment_of(place: Place, user: str) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    home = place.run if user == OS_USER else place.backups
    return env | {"HOME": str(home), "USER": user, "LOGNAME": user, "PYTHONPATH": str(ROOT)}


def exists() -> bool:
    """Whether the machine has the system users."""
    return None not in (uid_of(OS_USER), uid_of(DB_USER))


def check_reach(folder: Path, what: str) -> None:
    """Refuse a folder that the system user cannot reach; nothing is changed.

    Raises OperationFailedError, which names the closed one.
    """
    if closed := first_closed(folder):
        raise OperationFailedError(
            f"Lancé par root, Arpent tourne sous l'utilisateur système « {OS_USER} », à qui le dossier {closed} est"
            f" fermé : {what} n'y est pas accessible. Déplacez-le dans un dossier ouvert à tous, /opt ou /srv par"
            f" exemple (données : --data), ou lancez la commande avec un compte ordinaire. Rien n'a été changé."
        )


def first_closed(folder: Path) -> str:
    """The first folder on the way down to this one that the system user cannot enter; empty when there is none."""
    above = [str(one) for one in reversed((folder, *folder.parents)) if one.exists()]
    return as_user("sh", "-c", FIRST_CLOSED, "sh", *above).stdout


def check_readable(arguments: Sequence[str]) -> None:
    """Refuse files, named among the arguments of a command, that the system user cannot read.

    Raises OperationFailedError.
    """
    if os.geteuid() != 0 or not exists() or stays_root():
        return
    for word in arguments:
        path = Path(word.rpartition("=")[2] if word.startswith("-") else word)
        if path.is_absolute() and path.exists() and as_user("test", "-r", str(path)).returncode != 0:
            raise OperationFailedError(
                f"L'utilisateur système « {OS_USER} », sous lequel Arpent tourne, ne peut pas lire {path} :"
                " copiez ce fichier dans un dossier ouvert à tous, /tmp par exemple, puis relancez."
            )


def as_user(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*SWITCH, *command], capture_output=True, text=True, check=False, cwd="/")


def give_data(place: Place, *, lasting: bool = False, whole: bool = False) -> None:
    """Make the data folder, or give what is in it to the system users; says so where it was root's or all one's."""
    data, site, database = place.data, uid_of(OS_USER), uid_of(DB_USER)
    if not data.exists():
        data.mkdir(parents=True)
        own(data, DB_USER)
    check_reach(data, "le dossier des données")
    owner = owner_of(data.resolve())
    if owner == 0:
        strange = {path.name for path in data.iterdir()} - list_root_names(place)
        if strange and strange.isdisjoint(MARKS):
            raise OperationFailedError(
                f"{data} appartient à root et contient autre chose qu'Arpent : donnez un autre --data, ou confiez ce"
                f" dossier à Arpent : chown {OS_USER}: {shlex.quote(str(data))}"
            )
        say(f"Le dossier {data} est confié à l'utilisateur système « {OS_USER} », la base à « {DB_USER} ».")
    elif owner not in {site, database}:
        raise OperationFailedError(
            f"{data} appartient à {name_of(owner or 0)} : lancez la commande avec ce compte, sans sudo, ou donnez un"
            " autre --data."
        )
    if owner != site:
        separate(place, whole=whole)
    elif lasting and Cluster(place).running_pid() is None:
        say(f"La base de {data} passe à l'utilisateur système « {DB_USER} » : le site n'en lit plus les fichiers.")
        separate(place, whole=True)
    else:
        for path in sorted(data.iterdir()):
            if user_of(path) and owner_of(path) == 0:
                give_all(path, OS_USER, {0})


def separate(place: Place, *, whole: bool) -> None:
    """The database and its backups are one user's, everything else is the other's.

    Unless it is done `whole`, folders are looked into only where they are themselves not whose they should be.
    """
    data = place.data
    # First, since it may be refused.
    Cluster(place).take_socket_directory()
    own(data.resolve(), DB_USER)
    data.resolve().chmod(0o1775)
    for name in SHARED:
        (data / name).mkdir(exist_ok=True)
    secret_key(place)
    both = {0, uid_of(OS_USER), uid_of(DB_USER)}
    for path in sorted(data.iterdir()):
        user = user_of(path)
        if user and (whole or owner_of(path) != uid_of(user)):
            give_all(path, user, both)
            if user == DB_USER and path.is_symlink():
                # Somewhere else only what the site had: a link proves nothing.
                give_all(path.resolve(), DB_USER, {uid_of(OS_USER)})
            if path.name in (*SHARED, "secret-key", place.accounts.name):
                open_to_group(path)


def user_of(path: Path) -> str | None:
    """Whose something in a data folder is to be, set aside by a restore or not; None for what stays whose it is."""
    name = path.name.partition(ASIDE)[0]
    return DB_USER if name in OF_DATABASE else OS_USER if name in OF_SITE else None


def list_root_names(place: Place) -> set[str]:
    """Names, in a data folder, of what root's own commands (tests, benchmarks) make."""
    return {place.for_tests.data.name, place.for_tests_at_an_instant.data.name, "bench"}


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"l'utilisateur {uid}"


def give_all(path: Path, user: str, of: set[int | None]) -> None:
    """Give what certain users have at and below a path; no link is followed, nothing that has another name touched."""
    if owner_of(path) in of - {uid_of(user)}:
        own(path, user)
    if path.is_symlink() or not path.is_dir():
        return
    for _folder, folders, files, here in os.fwalk(path, follow_symlinks=False):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                give_entry(here, name, user, of)


def give_entry(folder: int, name: str, user: str, of: set[int | None]) -> None:
    state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    entry = pwd.getpwnam(user)
    if state.st_uid in of - {entry.pw_uid} and (state.st_nlink == 1 or stat.S_ISDIR(state.st_mode)):
        os.chown(name, entry.pw_uid, entry.pw_gid, dir_fd=folder, follow_symlinks=False)


def open_to_group(path: Path) -> None:
    """PostgreSQL's user, in the site's group, reads and links what the site wrote before it had one of its own."""
    here = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        open_entry(here, path.name)
    finally:
        os.close(here)
    for _folder, folders, files, below in os.fwalk(path, follow_symlinks=False):
        for name in (*folders, *files):
            open_entry(below, name)


def open_entry(folder: int, name: str) -> None:
    """A file or folder of the site's; a link is not followed."""
    with suppress(OSError):
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        try:
            state = os.fstat(opened)
            bits = 0o070 if stat.S_ISDIR(state.st_mode) else 0o060 if stat.S_ISREG(state.st_mode) else 0
            if state.st_uid == uid_of(OS_USER) and state.st_mode & bits != bits:
                os.fchmod(opened, stat.S_IMODE(state.st_mode) | bits)
        finally:
            os.close(opened)


def own(path: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)

"""Which system user Arpent runs as: root hands over to it before anything else, and gives it the data folder.

Whatever root makes in the data folder afterwards (a backup's lock, a restored file) is given to that user too.
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

from gis_core.ops.environment import OS_USER, PYTHON, ROOT, Place
from gis_core.ops.failure import OperationFailedError
from gis_core.ops.progress import say

# What shows that a folder is an Arpent's; what in it root's own commands use.
MARKS = ("pg", "run", "log", "files", "secret-key")
OF_ROOT = ("test", "bench")
# The user that comes out has no capability, and no program gives it one.
SWITCH = (
    "/usr/bin/setpriv",
    f"--reuid={OS_USER}",
    f"--regid={OS_USER}",
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set=-all",
    "--inh-caps=-all",
    "--",
)
# Walks down to a folder and says the first that cannot be entered.
FIRST_CLOSED = 'for folder; do test -x "$folder" || { printf %s "$folder"; exit 1; }; done'


def stays_root() -> bool:
    """Whether root was told to go on as root (`ARPENT_AS_ROOT=1`): for tests of a checkout that is closed to others."""
    return os.environ.get("ARPENT_AS_ROOT") == "1"


def hand_over(place: Place, arguments: Sequence[str]) -> None:
    """Go on as the system user, in place of this process; nothing for anybody but root. Raises OperationFailedError."""
    if os.geteuid() != 0 or stays_root():
        return
    if not exists():
        raise OperationFailedError(f"L'utilisateur « {OS_USER} » manque : lancez ./arpent demo, qui le crée.")
    check_reach(ROOT, "Arpent")
    check_reach(PYTHON.parent, "Arpent")
    check_readable([str(ROOT / "manage.py")])
    give_data(place)
    make_socket_directory(place)
    go_on(place, arguments)


def go_on(place: Place, arguments: Sequence[str]) -> NoReturn:
    home = str(place.run)
    env = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    env |= {"HOME": home, "USER": OS_USER, "LOGNAME": OS_USER}
    command = [*SWITCH, str(PYTHON), "-m", "gis_core.ops", *arguments]
    os.execve(command[0], command, env)  # noqa: S606


def exists() -> bool:
    """Whether the machine has the system user."""
    try:
        pwd.getpwnam(OS_USER)
    except KeyError:
        return False
    return True


def check_reach(folder: Path, what: str) -> None:
    """Raises OperationFailedError, in words, where a folder above is closed to the system user: it stays as it is."""
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


def check_readable(words: Sequence[str]) -> None:
    """Raises OperationFailedError for a file, named among words of a command, that the system user cannot read."""
    if os.geteuid() != 0 or not exists() or stays_root():
        return
    for word in words:
        path = Path(word.rpartition("=")[2] if word.startswith("-") else word)
        if path.is_absolute() and path.exists() and as_user("test", "-r", str(path)).returncode != 0:
            raise OperationFailedError(
                f"L'utilisateur système « {OS_USER} », sous lequel Arpent tourne, ne peut pas lire {path} :"
                " copiez ce fichier dans un dossier ouvert à tous, /tmp par exemple, puis relancez."
            )


def as_user(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*SWITCH, *command], capture_output=True, text=True, check=False, cwd="/")


def give_data(place: Place) -> None:
    """Make the data folder, or give what root made in one of Arpent's to the system user; says so."""
    data = place.data
    if not data.exists():
        data.mkdir(parents=True)
        give(data)
    check_reach(data, "le dossier des données")
    state = data.stat()
    user = pwd.getpwnam(OS_USER).pw_uid
    if state.st_uid == 0:
        strange = {path.name for path in data.iterdir()}.difference(OF_ROOT)
        if strange and strange.isdisjoint(MARKS):
            raise OperationFailedError(
                f"{data} appartient à root et contient autre chose qu'Arpent : donnez un autre --data, ou confiez ce"
                f" dossier à Arpent : chown {OS_USER}: {shlex.quote(str(data))}"
            )
        say(f"Le dossier {data} est confié à l'utilisateur système « {OS_USER} ».")
        give(data)
    elif state.st_uid != user:
        owner = name_of(state.st_uid)
        raise OperationFailedError(
            f"{data} appartient à {owner} : lancez la commande avec ce compte, sans sudo, ou donnez un autre --data."
        )
    for path in sorted(data.iterdir()):
        if path.name not in OF_ROOT and path.lstat().st_uid == 0:
            give_all(path)


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"l'utilisateur {uid}"


def give_all(path: Path) -> None:
    """Give what root has at and below a path; no link is followed, and nothing that has another name is touched."""
    give(path)
    if path.is_symlink() or not path.is_dir():
        return
    for _folder, folders, files, here in os.fwalk(path, follow_symlinks=False):
        for name in (*folders, *files):
            with suppress(FileNotFoundError):
                give_entry(here, name)


def give_entry(folder: int, name: str) -> None:
    state = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if state.st_uid == 0 and (state.st_nlink == 1 or stat.S_ISDIR(state.st_mode)):
        entry = pwd.getpwnam(OS_USER)
        os.chown(name, entry.pw_uid, entry.pw_gid, dir_fd=folder, follow_symlinks=False)


def give(path: Path) -> None:
    entry = pwd.getpwnam(OS_USER)
    os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)


def make_socket_directory(place: Place) -> None:
    """Where PostgreSQL's socket lies: only root makes folders there."""
    folder = place.socket_directory()
    folder.mkdir(mode=0o711, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in {0, pwd.getpwnam(OS_USER).pw_uid}:
        raise OperationFailedError(f"Le dossier {folder} appartient à quelqu'un d'autre : supprimez-le.")
    give(folder)

"""`./arpent uninstall`: what was installed goes; the data stay unless they are asked for by name."""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import DB_USER, Place, owner_of, switch, uid_of
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.installation.answers import Answers, read_answers
from gis_core.operations.installation.install import SYSTEMD
from gis_core.operations.installation.layout import PROXY_USER, Layout
from gis_core.operations.installation.refusals import check_root
from gis_core.operations.preflight import MIB
from gis_core.operations.processes import remove
from gis_core.operations.progress import say

STOPPED = "Rien n’a été effacé."


def run(*, delete_data: bool, at_once: bool, layout: Layout | None = None, read: Callable[[str], str] = input) -> int:
    """Stop and take away; with `delete_data` also the data folder, once its site's name was typed."""
    layout = layout or Layout()
    check_root()
    if not layout.answers.is_file():
        raise OperationFailedError("Arpent n’est pas installé sur cette machine : il n’y a rien à désinstaller.")
    answers = read_answers(layout.answers)
    if delete_data:
        confirm(answers, at_once=at_once, read=read)
    stop(answers, layout)
    for path in list_installed(layout):
        remove(path)
    for path in [*sorted(layout.versions.glob("*")), layout.versions]:
        remove(path)
    if SYSTEMD.is_dir():
        subprocess.run(["systemctl", "daemon-reload"], check=False, capture_output=True)
    if delete_data:
        delete(layout, answers)
    else:
        # Last: until then the same command goes on.
        layout.answers.rename(layout.answers.with_name("former-install.conf"))
        say(f"Arpent est désinstallé. Restent les données ({answers.data}) et les clés ({layout.settings}).")
        say(f"Pour reprendre : ./arpent install --answers {layout.settings}/former-install.conf")
    say("Les paquets de Debian restent : apt autoremove retire ceux dont rien d’autre n’a besoin.")
    return 0


def confirm(answers: Answers, *, at_once: bool, read: Callable[[str], str]) -> None:
    """Say what is lost, and want the site's name for it. Raises OperationFailedError."""
    files = [path for path in answers.data.rglob("*") if path.is_file() and not path.is_symlink()]
    size = sum(path.stat().st_size for path in files) // MIB
    say(f"Seront effacés pour toujours : {answers.data} ({len(files)} fichiers, {size} Mio), sauvegardes comprises.")
    if answers.dsn:
        say(f"La base de {answers.dsn.hostname} n’est pas touchée : son administrateur la supprime.")
    if at_once:
        return
    try:
        typed = read(f"Tapez {answers.host} pour confirmer : ").strip()
    except EOFError:
        typed = ""
    if typed != answers.host:
        raise OperationFailedError(f"Le nom du site n’a pas été tapé : {STOPPED}")


def stop(answers: Answers, layout: Layout) -> None:
    """End the services; refuse where something of ours runs that systemd does not keep."""
    if SYSTEMD.is_dir():
        names = [path.name for path in units_of(layout)]
        subprocess.run(["systemctl", "disable", "--now", *names], check=False, capture_output=True)
    cluster = Cluster(Place(answers.data))
    if cluster.running_pid() is not None or cluster.has_keeper():
        raise OperationFailedError(f"Arpent tourne encore dans {answers.data} : arrêtez-le, puis relancez. {STOPPED}")


def units_of(layout: Layout) -> list[Path]:
    return sorted(path for path in layout.units.glob("arpent*") if path.suffix in {".service", ".target", ".timer"})


def list_installed(layout: Layout) -> list[Path]:
    """Every file that the installation made outside of its settings and of the data."""
    return [
        *units_of(layout),
        layout.folders_at_boot,
        layout.rotation,
        layout.command,
        layout.trusted_authority,
        layout.proxy,
        layout.proxy_settings,
        layout.sockets,
    ]


def delete(layout: Layout, answers: Answers) -> None:
    """The data folder, the sockets' folder and the settings. The other accounts may be those of a demonstration."""
    remove(Place(answers.data).socket_directory_of_root)
    if answers.data.is_dir() and not answers.data.is_symlink():
        if (answers.data / "pg").is_symlink():
            delete_linked((answers.data / "pg").resolve(), ours=not answers.dsn)
        delete_folder(answers.data)
    remove(layout.settings)
    subprocess.run(["userdel", PROXY_USER], check=False, capture_output=True)
    say("Arpent et ses données sont effacés.")


def delete_linked(cluster: Path, *, ours: bool) -> None:
    """The database that `pg` leads to, by its own user: root would erase whatever that user made it lead to."""
    is_cluster = (cluster / "PG_VERSION").is_file() and owner_of(cluster) == uid_of(DB_USER)
    if ours and is_cluster:
        command = [*switch(DB_USER), "/usr/bin/rm", "-rf", "--one-file-system", "--", str(cluster)]
        # The folder itself stays, where its own folder is root's.
        subprocess.run(command, check=False, capture_output=True, cwd="/")
        with suppress(OSError):
            cluster.rmdir()
    if cluster.exists():
        say(f"Reste {cluster}, où menait pg : regardez-le, puis effacez-le vous-même.")


def delete_folder(folder: Path) -> None:
    """A folder with all that is in it; one that a disk is mounted on stays, empty."""
    for path in folder.iterdir():
        try:
            remove(path)
        except OSError as error:
            say(f"Reste {path} ({error.strerror}) : effacez-le vous-même.")
    with suppress(OSError):
        folder.rmdir()

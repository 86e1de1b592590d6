"""What stands in the folder of a cluster before its PostgreSQL starts, and what must not be there."""

import os
from collections.abc import Sequence
from pathlib import Path

from gis_core.operations.environment import ASIDE, DB_USER, OPS, OS_USER, ROOT, Place, owner_of, uid_of
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.processes import remove, run_with_daemon, system_user

# What the site may be in the database where it is another system user than PostgreSQL.
SERVING_ROLES = ("arpent_web", "arpent_worker")
IDENT_MAP = "arpent"


def is_left_to_owner(place: Place, *, for_tests: bool) -> bool:
    """Whether root has the cluster's own user start it: root itself reads and writes nothing in its folder."""
    return (
        os.geteuid() == 0
        and not (for_tests or place.is_trial)
        and os.environ.get("ARPENT_AS_ROOT") != "1"
        # One that root made and has not given away yet is closed to it.
        and uid_of(DB_USER) == place.database_uid == owner_of(place.data.resolve())
        and (place.cluster.resolve() / "PG_VERSION").is_file()
    )


def start_as_owner(place: Place, identity: Sequence[str], seconds: int, *, bootstrap: bool) -> None:
    """By a command of that user's, with the same settings. Raises OperationFailedError with what it says."""
    command = [*identity, *OPS, "launch", "--data", str(place.data), "--seconds", str(seconds)]
    env = dict(os.environ) | {"PYTHONPATH": str(ROOT), "HOME": str(place.backups)}
    done = run_with_daemon(command if bootstrap else [*command, "--bare"], env)
    if done.returncode != 0:
        *detail, message = done.stdout.strip().splitlines() or ["PostgreSQL ne démarre pas."]
        raise OperationFailedError(message, "\n".join(detail))


def refuse_empty(place: Place) -> None:
    """No empty database takes the place of one that a restore had set aside when it was killed.

    Raises OperationFailedError, which says how to go on.
    """
    data = place.cluster.resolve()
    former = sorted(data.parent.glob(f"{data.name}{ASIDE}*"))
    if former and not data.exists():
        raise OperationFailedError(
            f"Il n'y a pas de base dans {data}, mais {former[-1]} est là : un rétablissement a été interrompu. Pour"
            f" reprendre cette base : mv {former[-1]} {data} (et de même pour files.avant-…), puis relancez. Pour en"
            f" commencer une vide : mettez {former[-1]} ailleurs. Rien n'a été changé."
        )


def remove_unfinished(place: Place) -> None:
    """What an interrupted creation left. A folder with a PG_VERSION never comes here.

    Raises OperationFailedError where a link in the data folder leads root to a folder of others.
    """
    data = place.cluster.resolve()
    left = list(data.iterdir()) if data.is_dir() else []
    ours = {uid_of(DB_USER), owner_of(place.data.resolve())}
    if left and os.geteuid() == 0 and owner_of(data) not in ours:
        raise OperationFailedError(
            f"{data} n'est ni une base d'Arpent, ni à l'utilisateur de la base : {place.cluster} y mène par erreur."
            " Corrigez ce lien, ou supprimez-le. Rien n'a été effacé."
        )
    for item in left:
        remove(item)


def publish(unfinished: Path, data: Path) -> None:
    """Move a finished cluster into place; PG_VERSION comes last, so that an interrupted run starts again."""
    for item in sorted(unfinished.iterdir(), key=lambda path: path.name == "PG_VERSION"):
        item.rename(data / item.name)
    unfinished.rmdir()


def users_text(former: list[str], owner: str, *, apart: bool) -> str:
    """pg_ident.conf: the cluster's own user and root may be anybody; the site, where it is `apart`, what serves it.

    Lines of the operator's for other users are kept.
    """
    all_roles = {owner, "root"}
    ours = {OS_USER, DB_USER} | all_roles
    lines = [line for line in former if system_user(line, IDENT_MAP) not in ours]
    lines += [f'{IDENT_MAP} "{user}" all' for user in sorted(all_roles)]
    if apart:
        lines += [f'{IDENT_MAP} "{OS_USER}" {role}' for role in SERVING_ROLES]
    return "".join(f"{line}\n" for line in lines)

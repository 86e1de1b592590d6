"""What must be true before anything is started: folder, port, room on the disk."""

import errno
import shutil
import socket
import tempfile

from gis_core.operations.cluster import Cluster
from gis_core.operations.environment import Place, adopt
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.services import bind_address

MIB = 2**20
FIRST_RUN_MIB = 1000
NEXT_RUN_MIB = 200


def check_folder(place: Place) -> None:
    """The data folder can be made and written."""
    try:
        for folder in (place.run, place.logs):
            folder.mkdir(parents=True, exist_ok=True)
            adopt(folder)
        # Without a name: the site could have put a link there.
        with tempfile.TemporaryFile(dir=place.run):
            pass
    except OSError as error:
        raise OperationFailedError(_folder_failure(place, error)) from error


def _folder_failure(place: Place, error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return f"Le disque de {place.data} est plein : libérez de la place, puis relancez la même commande."
    return f"Impossible d'écrire dans {place.data} ({error.strerror}) : choisissez un autre dossier avec --data."


def check_port(port: int) -> None:
    """Nobody listens on the port yet."""
    with socket.socket(socket.AF_INET6 if ":" in bind_address() else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind_address(), port))
        except PermissionError as error:
            raise OperationFailedError(
                f"Le port {port} est réservé à root : prenez-en un autre, --port 8045."
            ) from error
        except OverflowError as error:
            raise OperationFailedError(f"{port} n'est pas un port : donnez un nombre entre 1024 et 65535.") from error
        except OSError as error:
            message = f"Le port {port} est déjà pris : arrêtez ce qui l'occupe ou essayez --port {port + 1}."
            raise OperationFailedError(message) from error


def check_space(place: Place) -> None:
    """Enough room for the database to begin or to go on."""
    wanted = NEXT_RUN_MIB if Cluster(place).exists() else FIRST_RUN_MIB
    free = shutil.disk_usage(place.data).free // MIB
    if free < wanted:
        raise OperationFailedError(
            f"Il reste {free} Mio sur le disque de {place.data}, il en faut {wanted} : libérez de la place et relancez."
        )

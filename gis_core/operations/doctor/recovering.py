"""What the doctor asks of the way back: the continuous archive, the last drill, the keys."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gis_core.operations.archive_target import configured, days_kept, key_file
from gis_core.operations.backup_status import RecoveryState, read_archive_status, read_drill_status
from gis_core.operations.doctor.finding import Finding, failure, ok, warning
from gis_core.operations.environment import Place

HOW_TO = "docs/how-to/sauvegarder.md"


def archive(place: Place) -> Iterator[Finding]:
    """The log and the files leave for the archive, and base backups are made."""
    target = configured(place)
    if target is None:
        yield warning(
            "archive",
            "pas d'archive continue : un sinistre ferait perdre tout le travail depuis la dernière sauvegarde de nuit",
            f"Réglez ARPENT_ARCHIVE ({HOW_TO}).",
        )
        return
    state = recovery_state_of(place)
    status, fault = state.archive, state.archive_fault
    if status is None or fault == "not-begun":
        yield failure("archive", "l'archive n'a pas commencé", "Démarrez ./arpent worker, et voyez son journal.")
        return
    if fault:
        minutes = (state.now - (state.checked_at or state.now)).total_seconds() // 60
        why = status.failure or f"le programme qui l'alimente ne dit plus rien depuis {int(minutes)} min"
        yield failure(
            "archive", f"rien ne part plus dans l'archive : {why}", f"Voyez le journal de l'archive ({HOW_TO})."
        )
    elif state.base_is_old:
        yield warning(
            "archive", f"la dernière sauvegarde de base date du {status.backup_at}", "Lancez ./arpent backup, et lisez."
        )
    else:
        yield ok("archive", f"on peut revenir à toute seconde depuis le {status.first} ({days_kept()} jours gardés)")
    if target.kind == "folder" and place.data.stat().st_dev == _device_of(target.folder):
        yield warning(
            "archive-place",
            f"{target.folder} est sur le même disque que les données",
            "Mettez l'archive sur une autre machine (sftp://, s3://) : un disque perdu perdrait tout.",
        )


def recovery_state_of(place: Place) -> RecoveryState:
    """As `night_backups.recovery_state` says it to the pages and the mails."""
    return RecoveryState(read_archive_status(place.data), read_drill_status(place.data), datetime.now(UTC))


def _device_of(folder: str) -> int:
    try:
        return Path(folder).stat().st_dev
    except OSError:
        return -1


def drill(place: Place) -> Iterator[Finding]:
    """A restore was tried for good, not long ago, and everything came back."""
    state = recovery_state_of(place)
    status, drilled_at = state.drill, state.drilled_at
    if status is None or drilled_at is None:
        yield warning("drill", "aucun exercice de rétablissement n'a été fait ici", "Lancez ./arpent drill.")
        return
    said = f"exercice d'il y a {(state.now - drilled_at).days} jour(s)"
    if status.failure:
        yield failure("drill", f"{said} : {status.failure}", "Corrigez la cause, puis relancez ./arpent drill.")
    elif state.drill_is_old:
        yield warning("drill", f"{said} : il en faut un chaque mois", "Lancez ./arpent drill.")
    else:
        yield ok(
            "drill",
            f"{said} : {status.seconds:.0f} s pour être de nouveau en service, {status.lost_seconds:.0f} s de travail"
            f" perdu au plus, {status.tables} tables et {status.files} fichiers égaux",
        )


def keys(place: Place) -> Iterator[Finding]:
    """The sheet of keys was printed since the key of the archive was made."""
    if configured(place) is None:
        return
    mark = place.backups / "escrow-printed"
    try:
        printed = mark.stat().st_mtime >= key_file(place).stat().st_mtime
    except OSError:
        printed = False
    if printed:
        yield ok("escrow", "la feuille des clés a été imprimée")
    else:
        yield failure(
            "escrow",
            "la clé de l'archive n'est que sur cette machine : sans elle, l'archive est illisible",
            "Lancez ./arpent escrow FEUILLE.pdf, imprimez, gardez la feuille ailleurs.",
        )

"""Instants as an administrator says and reads them: the hour of the people of the territory, and UTC beside."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from gis_core.operations.failure import OperationFailedError

ZONE = ZoneInfo("Europe/Paris")
MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
SHAPE = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?([+-]\d\d:?\d\d|Z)?")
EXAMPLE = '--at "2026-11-28 03:10"'


def parse_instant(text: str) -> datetime:
    """An instant in Paris, or with an offset, in UTC. Raises OperationFailedError for one that is none, or two."""
    if not SHAPE.fullmatch(text.strip()):
        raise OperationFailedError(f"« {text} » n'est pas un instant : écrivez par exemple {EXAMPLE} (heure de Paris).")
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise OperationFailedError(f"« {text} » n'existe pas au calendrier : vérifiez le jour et l'heure.") from error
    if instant.tzinfo is not None:
        return instant.astimezone(UTC)
    first, second = (instant.replace(tzinfo=ZONE, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        raise OperationFailedError(
            f"« {text} » existe deux fois ou pas du tout à Paris ce jour-là (changement d'heure) : ajoutez le décalage,"
            f' --at "{text.strip()}+02:00" (heure d\'été) ou --at "{text.strip()}+01:00" (heure d\'hiver).'
        )
    return first.astimezone(UTC)


def describe_instant(instant: datetime) -> str:
    """`28 novembre 2026 à 03:10:00, heure de Paris (02:10:00 UTC)`"""
    local = instant.astimezone(ZONE)
    day = f"{local.day} {MONTHS.split()[local.month - 1]} {local.year}"
    return f"{day} à {local:%H:%M:%S}, heure de Paris ({instant.astimezone(UTC):%H:%M:%S} UTC)"

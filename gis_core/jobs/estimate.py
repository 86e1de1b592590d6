"""How long work still takes, as far as its share and the time that it took so far tell."""

from typing import Final

from django.utils.translation import gettext as _

LEAST_S: Final = 5.0
LEAST_SHARE: Final = 0.03
"""Before, too little is known."""
MINUTE_S: Final = 60.0
HOUR_MIN: Final = 60


def time_left(share: float | None, elapsed_s: float) -> float | None:
    """Seconds that work still takes which reached a share (0 to 1) in so many; None while nobody can tell."""
    if share is None or not LEAST_SHARE <= share < 1 or elapsed_s < LEAST_S:
        return None
    return elapsed_s * (1 - share) / share


def describe_time_left(seconds: float) -> str:
    """An estimate in words, the coarser the longer it is: it changes no more often than it has to."""
    minutes = round(seconds / MINUTE_S)
    if minutes < 1:
        return _("less than a minute left")
    if minutes >= 1.5 * HOUR_MIN:
        return _("about %(count)s h left") % {"count": round(minutes / HOUR_MIN)}
    if minutes > 10:
        minutes = 5 * round(minutes / 5)
    return _("about %(count)s min left") % {"count": minutes}

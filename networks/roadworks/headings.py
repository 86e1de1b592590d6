"""Where one heads for, by the compass."""

from django.utils.translation import pgettext


def heading_of(bearing: float) -> str:
    """Of degrees from the north: « vers le nord-est »."""
    return [
        pgettext("heading", "northbound"),
        pgettext("heading", "north-eastbound"),
        pgettext("heading", "eastbound"),
        pgettext("heading", "south-eastbound"),
        pgettext("heading", "southbound"),
        pgettext("heading", "south-westbound"),
        pgettext("heading", "westbound"),
        pgettext("heading", "north-westbound"),
    ][round(bearing / 45) % 8]

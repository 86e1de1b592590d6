"""The small map beside a list: what its script needs, in the reader's language."""

from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core import webmap_build
from gis_core.webmap_build import Build

LIST_MAP: Final = "src/lists/main.ts"
FRANCE_4326: Final = (-5.2, 41.3, 9.6, 51.1)
"""Where the map begins until its rows are there."""


def read_build() -> Build | None:
    """The script of the map; None where the web map has not been built, and then there is no map."""
    return webmap_build.read(LIST_MAP)


def map_config(address: str) -> dict[str, Any]:
    """What `webmap/src/lists/main.ts` needs; `address` gives the places of the rows as GeoJSON."""
    return {
        "url": address,
        "extent_4326": FRANCE_4326,
        "language": get_language(),
        "words": {
            "label": _("Map of this list"),
            "closer": _("Zoom in"),
            "further": _("Zoom out"),
            "whole": _("All of them"),
            "more": _("The first {count} are on the map: narrow the filters."),
            "none": _("Nothing of this list has a place on the map."),
            "failed": _("The map could not be loaded: the table holds everything."),
            "open": _("Open"),
            "elsewhere": _("on another page of the table"),
            "map": _("Full map"),
        },
    }

"""The small maps of pages: a desk says what is on one (`SmallMap`), `{% small_map %}` puts it into the page, and
`webmap/src/maps/main.ts` draws it when it is seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core import webmap_build
from gis_core.webmap_build import Build

SCRIPT: Final = "src/maps/main.ts"
FRANCE_4326: Final = (-5.2, 41.3, 9.6, 51.1)
"""Where a map begins until its objects are there."""
type BBox4326 = tuple[float, float, float, float] | list[float] | None
type Kind = Literal["list", "permits", "cover", "works", "area", "stretch", "ground"]
"""How it is drawn, and what people may do on it: a file of `webmap/src/maps/` for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallMap:
    """A small map of a page."""

    name: str
    """The id of its place."""
    kind: Kind
    label: str
    """What it shows, for who does not see it."""
    extent_4326: BBox4326 = FRANCE_4326
    texts: Mapping[str, str] = field(default_factory=dict)
    """What it says beside the texts of all small maps, or instead."""
    more: Mapping[str, Any] = field(default_factory=dict)
    """What its kind needs: `url` (GeoJSON) or `features`, colours."""
    style: str = ""
    """CSS classes."""
    folded: bool = False
    """Whether it is folded where there is little room."""
    otherwise: str = ""
    """What stands there without scripts, or where the web map has not been built."""
    waits: bool = False
    """For the catalogue of parts: what stands there until the map is drawn."""

    @property
    def build(self) -> Build | None:
        """Its script; None where the web map has not been built, and then there is no map."""
        return webmap_build.read(SCRIPT)

    @property
    def config(self) -> dict[str, Any]:
        """What the script is told, in the reader's language."""
        texts = {"label": self.label} | common_texts() | dict(self.texts)
        return {"extent_4326": self.extent_4326, "language": get_language() or "fr", "words": texts, **self.more}


def common_texts() -> dict[str, str]:
    """What every small map says."""
    return {
        "closer": _("Zoom in"),
        "further": _("Zoom out"),
        "whole": _("All of them"),
        "map": _("Full map"),
        "open": _("Open"),
        "more": _("The first {count} are on the map: narrow the filters."),
        "elsewhere": _("on another page of the table"),
        "failed": _("The map could not be loaded: the table holds everything."),
    }


def list_map(address: str) -> SmallMap:
    """The map beside a list; `address` gives the places of its rows as GeoJSON."""
    return SmallMap(
        name="list-map",
        kind="list",
        label=_("Map of this list"),
        texts={"none": _("Nothing of this list has a place on the map.")},
        more={"url": address},
        style="list-map",
        folded=True,
    )

"""What the pages of works, requests and orders have in common: their tabs of the desk of roads, their templates."""

from typing import Any, Final

from django.utils.translation import gettext as _

from gis_core.desk.small_map import BBox4326, SmallMap
from gis_core.desk.tabs import show_in
from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.roadworks.layers import COLOURS, DASHES
from networks.roadworks.services.works import may_write

DETOURS: Final = ("#0f766e", "#6d28d9", "#b45309", "#1d4ed8")
"""By their rank, as in the drawing of them (`orders.css`)."""


show_page = show_in("roads", folder="roadworks")
TAB: Final = "works"
ORDERS_TAB: Final = "road_requests"


def writing_for(rights: Rights) -> list[Member]:
    """The members whose works the asker plans."""
    return [one for one in Member.objects.visible_to(rights).order_by("name") if may_write(one.pk, rights)]


def works_map(extent_4326: BBox4326, **more: Any) -> SmallMap:
    """Works, and detours, on a map: `features`, or a `url` that gives them."""
    styles = {code: {"colour": colour, "dash": DASHES.get(code)} for code, colour in COLOURS.items()}
    styles |= {f"detour-{rank}": {"colour": colour, "dash": [12, 7]} for rank, colour in enumerate(DETOURS, 1)}
    return SmallMap(
        name="work-map",
        kind="works",
        label=_("Map of the works"),
        extent_4326=extent_4326,
        texts={
            "failed": _("The works could not be read: load the page again."),
            "none": _("No works on the map."),
        },
        more={"looks": styles, **more},
        style="work-map",
    )


def stretch_map(extent_4326: BBox4326, **more: Any) -> SmallMap:
    """Where one says which stretch of road is meant: `check` answers where it is, and its conflicts."""
    return SmallMap(
        name="work-map",
        kind="stretch",
        label=_("Map of the works"),
        extent_4326=extent_4326,
        texts={
            "failed": _("The works could not be read: load the page again."),
            "follow": _("Follow the road"),
            "draw": _("Draw freely"),
            "clear": _("Take it away"),
            "first": _("Press on the road where the works begin. Escape stops."),
            "last": _("Now press where they end."),
            "drawing": _("Press at each bend, twice at the end. Escape stops."),
            "done": _("%(metres)s m of road are taken."),
            "empty": _("No stretch is given yet."),
            "no_conflict": _("No conflict with other works on these days."),
            "days_first": _("Give the days: conflicts with other works are told here."),
        },
        more=more,
        style="work-map drawn",
        otherwise=_("The map is not there: give references or a street."),
    )

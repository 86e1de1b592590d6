"""What editing roads asks beside the usual: locks, pieces of sections, texts for what the database refuses."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from layers.features.points import Editing, Refusal
from networks.roads.services import reshaping
from networks.roads.services.locking import lock_roads, share_roads
from networks.roads.services.refusing import marker_taken

DEPARTMENT: Final = _("Write the code of the Département: 45, 2A or 974; leave it empty to have it found.")
NUMBER: Final = _("This is the number of no road: write it as in “D 2020”, “N 7” or “VC 12”.")
TABLES: Final = (
    Editing(
        table="road_section",
        lock=lock_roads,
        piece=reshaping.of_piece,
        apart=reshaping.of_new_piece,
        whole=reshaping.of_whole,
        checks={"road_section_department": ("department", DEPARTMENT), "road_section_route": ("route", NUMBER)},
    ),
    Editing(
        table="road_marker",
        lock=lock_roads,
        checks={"road_marker_department": ("department", DEPARTMENT), "road_marker_route": ("route", NUMBER)},
        unique={"road_marker_once": ("number", marker_taken)},
    ),
    Editing(table="road_asset", lock=share_roads, lock_to_move=True),
    Editing(table="road_stretch", lock=share_roads, lock_to_move=True),
)
REFUSALS: Final = (
    Refusal("road_managed", _("%(other)s manages this road: ask it for the change.")),
    *(Refusal(kind, text) for kind, text in reshaping.REFUSED.items()),
)

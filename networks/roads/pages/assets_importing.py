"""/voirie/patrimoine/importer/: send a file of assets, say what its fields are, see what it changes, load it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from gis_core.desk.tabs import show_in
from layers.intake.feature_table.desk import Number, feature_desk
from networks.roads.importers import asset_tables
from networks.roads.sources import ASSETS


def texts() -> dict[str, Any]:
    return {
        "title": _("Import assets"),
        "lead": _(
            "Bring in signs, lighting, barriers … from any file. You say which field is what; it is kept for next "
            "year’s file."
        ),
        "files": _("The files of the assets"),
        "empty": _("No file of assets has been imported here yet."),
        "trail": (_("Assets"), reverse("road_assets")),
        "result": (_("See the assets"), reverse("road_assets")),
        "styles": ["roads/assets.css"],
        "nowhere_hint": _(
            "Nothing in this table says where its rows are, as far as its names tell. Say what they are, then "
            "check: you name the fields of X and Y, or of the road, the PR and the metres."
        ),
        "place_hint": _("By X and Y, or by a reference: road, PR and metres after it, in one field or in several."),
        "more_places": _("By road, PR and metres"),
    }


def describe_numbers(survey: Mapping[str, Any]) -> tuple[Sequence[Number], str]:
    """How many rows have a road nearby."""
    far = survey["placed"] - survey["near"]
    hint = _("No section of road lies near them: they get their road once sections are there.")
    numbers = [
        (_("Within 15 m of a road"), survey["near"], False),
        (_("Without a road nearby"), far, bool(far)),
    ]
    return numbers, hint if survey["placed"] and not survey["near"] else ""


DESK: Final = feature_desk(
    ASSETS,
    asset_tables.ASSETS,
    show=show_in("roads"),
    tab="road_assets",
    urls=("road_asset_imports", "road_asset_import", "road_asset_rows"),
    frame="roads/desk.html",
    labels=texts,
    describe_numbers=describe_numbers,
)

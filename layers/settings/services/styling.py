"""Saving how a layer looks: its legend, its labels, between which scales it is shown."""

import json
from collections.abc import Mapping
from math import floor
from typing import Any

from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_one
from gis_core.errors import Conflict, Invalid
from gis_core.members.rights import Rights
from layers.catalogue.legend import scale_at, zoom_at
from layers.catalogue.models import Layer
from layers.catalogue.validators import is_denominator
from layers.settings.services.administering import get_administered_layer, has_own_table
from layers.settings.services.saving import save, tag_of

NAMES = ("legend", "labels", "scale_from", "scale_to")
LONGEST = 1_000_000  # characters
DEEPEST_ZOOM = 22
# From how many rows on tiles begin at a larger scale: (rows, smallest zoom).
ZOOMS = ((2_000, 0), (20_000, 10), (200_000, 12))
MANY = 14
TILE_ZOOM_LAG = 1
"""Vector tiles are shown at twice their size: a view's zoom of n shows tiles of zoom n - 1."""


def style_of(layer: Layer) -> dict[str, Any]:
    """The layer's style as the editor takes and sends it."""
    return {name: getattr(layer, name) for name in NAMES}


def style_given(text: str) -> dict[str, Any]:
    """The style that a page sends as JSON. Raises Invalid when it is none."""
    if len(text) > LONGEST:
        raise Invalid(_("The style is too long: a legend has at most a few hundred lines."))
    try:
        return check_style(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise Invalid(_("What was sent is no style.")) from error


def check_style(given: Any) -> dict[str, Any]:
    """The style, if it is one. Raises Invalid."""
    if not isinstance(given, dict) or set(given) != set(NAMES):
        raise Invalid(_("What was sent is no style."))
    for name in ("scale_from", "scale_to"):
        if given[name] is not None and not is_denominator(given[name]):
            raise Invalid(_("Write a scale as its denominator: 5000 for 1:5000."))
    if given["scale_from"] and given["scale_to"] and given["scale_to"] > given["scale_from"]:
        raise Invalid(_("The layer would never be shown: it begins at a larger scale than it ends at."))
    style: dict[str, Any] = given
    return style


def save_style(slug: str, style: Mapping[str, Any], *, tag: str, rights: Rights) -> Layer:
    """Give the layer this style; its tiles begin where it is shown, or where there are not too many features.

    Raises Stale, Invalid, NotFound.
    """
    kept = Layer.objects.visible_to(rights).filter(slug=slug).first()
    values = dict(style)
    if kept and kept.scale_from != style["scale_from"]:
        values["min_zoom"] = min(first_zoom(kept, style["scale_from"]), kept.max_zoom)
    return save(slug, values, tag=tag, rights=rights, tagged=NAMES)


def first_zoom(layer: Layer, scale_from: int | None) -> int:
    """The first zoom of the tiles of a layer shown from 1:scale_from on."""
    zoom = floor(zoom_at(scale_from)) - TILE_ZOOM_LAG if scale_from else 0
    return max(0, min(DEEPEST_ZOOM, max(zoom, least_zoom(layer))))


def least_zoom(layer: Layer) -> int:
    """The zoom before which a tile would hold too many features."""
    count = estimate_rows(layer)
    return next((zoom for most, zoom in ZOOMS if count <= most), MANY)


def estimate_rows(layer: Layer) -> int:
    """About how many rows the layer's table has, as PostgreSQL last counted."""
    row = fetch_one("select reltuples from pg_class where oid = to_regclass(%s)", [f'public."{layer.table}"'])
    return max(0, int(row[0])) if row else 0


def first_scale(layer: Layer) -> int:
    """The denominator of the smallest scale at which the layer's tiles are seen, rounded."""
    exact = scale_at(layer.min_zoom + TILE_ZOOM_LAG, 46.5)
    step = 10.0 ** max(0, len(str(int(exact))) - 2)
    return int(round(exact / step) * step)


def put_in_tiles(slug: str, name: str, rights: Rights) -> Layer:
    """Have the tiles carry one more column, so that the style may follow it. Raises NotFound, Invalid, Conflict."""
    layer = get_administered_layer(slug, rights)
    if not has_own_table(layer):
        raise Conflict(_("The fields of this layer are those that the code of the platform says."))
    column = next((one for one in layer.columns if one["name"] == name), None)
    if column is None or column.get("roles") is not None:
        raise Invalid(
            _("Only a field that everybody who sees the layer may see goes into the tiles."), parameter="column"
        )
    columns = [{**one, "in_tiles": True} if one is column else one for one in layer.columns]
    return save(slug, {"columns": columns}, tag=tag_of(layer, ["columns"]), rights=rights)


def tile_columns(layer: Layer) -> list[dict[str, Any]]:
    """The columns that a style may follow now."""
    return [column for column in layer.tile_fields() if column["name"] != "id"]


def other_columns(layer: Layer) -> list[dict[str, Any]]:
    """Those that it may follow once they are in the tiles."""
    if not has_own_table(layer):
        return []
    return [one for one in layer.columns if not one.get("in_tiles") and one.get("roles") is None]

"""What the wizard would propose for a layer of a delivery, where nobody looks on: commands and refreshing."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.members.rights import SYSTEM
from layers.catalogue.models import Layer
from layers.intake.choices import (
    FEATURE_ID,
    MOST_FIELDS,
    Choices,
    Join,
    Mode,
    Opening,
    default_fields,
    height_fields,
    id_field,
    id_filling,
    kinds_of,
    match_fields,
    plain,
    shape_field,
)
from layers.intake.layer_description import describe_crs
from layers.intake.services.joining import joined_layer
from layers.intake.services.reading import crs_of


def propose(
    source_layer: Mapping[str, Any], layer: Layer | None, mode: Mode, *, key: str = "", join: Join | None = None
) -> Choices:
    """How the rows of a layer of a file come into a layer, or become one. `key` is a field of the file or a column."""
    shape = shape_field(source_layer)
    fields = tuple(one for one in default_fields(source_layer) if one.source != shape)
    if layer is not None:
        matched = match_fields(source_layer, layer.columns)
        known = {one.source for one in matched}
        others = [one for one in fields if one.source not in known and mode == Mode.REPLACE]
        fields = (*matched, *others)
    # Fields beyond are named among those left out.
    fields = fields[:MOST_FIELDS]
    keys = {one.source: one.name for one in fields} | {one.name: one.name for one in fields}
    key = key or (layer.key_column if layer else "")
    source_id = id_field(source_layer)
    if mode == Mode.ATTRIBUTES and source_id and (not key or plain(key) == "id"):
        fields, keys, key = (*fields, id_filling(source_id)), {}, FEATURE_ID
    geometry = geometry_of(source_layer, layer, join)
    if mode != Mode.ATTRIBUTES:
        fields = (*fields, *height_fields(source_layer, geometry, fields, layer.columns if layer else None))
    return Choices(
        fields=fields,
        geometry=geometry,
        join=join,
        key=keys.get(key, key),
        opening=Opening(**source_layer["opening"] | {"crs": crs_of(source_layer)}),
    )


def geometry_of(source_layer: Mapping[str, Any], layer: Layer | None, join: Join | None) -> str:
    """The kind of geometries that come in: those of the layer that has the places, of the file, of the layer."""
    if join:
        return str(joined_layer(join, SYSTEM).geometry_type)
    kinds = kinds_of(source_layer)
    if layer and layer.geometry_type in kinds:
        return layer.geometry_type
    return str(next(iter(kinds), layer.geometry_type if layer else "point"))


def refuse_doubtful_crs(source_layer: Mapping[str, Any], *, hint: bool = False) -> None:
    """Raises Invalid where nobody knows the system of the coordinates, or they contradict it: nobody looks on here.

    With a `hint` it names the option of `import_layer` that says it.
    """
    crs, outside = describe_crs(source_layer), (source_layer.get("reference") or {}).get("outside", 0)
    # Rows that alone are elsewhere are refused one by one.
    if crs["problem"] and not 0 < outside < source_layer["read"]:
        raise Invalid(crs["problem"] + (option_hint(crs) if hint else ""), parameter="crs")


def option_hint(crs: Mapping[str, Any]) -> str:
    """The option of `import_layer` that says it."""
    return " (--swap-axes)" if crs["swapped"] else " (--crs EPSG)"


def missing_fields(choices: Choices, source_layer: Mapping[str, Any]) -> set[str]:
    """The fields that choices read and a layer of a file has not."""
    sources = {one.source for one in choices.fields if one.source} | set(choices.addresses)
    sources |= {choices.join.source} if choices.join else set()
    return sources - {one["name"] for one in source_layer["fields"]}


def check_fields_there(choices: Choices, source_layer: Mapping[str, Any]) -> None:
    """Nothing where the file has all the fields that the choices read. Raises Invalid."""
    if missing := missing_fields(choices, source_layer):
        message = _("The layer has no field %(names)s, which these choices name.")
        raise Invalid(message % {"names": ", ".join(sorted(missing))[:300]}, parameter="map")

"""Layers, photos and backgrounds as plain JSON values, in the asker's language."""

from math import ceil, cos, log2, radians
from typing import Any

from django.utils.translation import gettext as _

from gis_core.members.rights import ADMINISTRATORS, Rights
from layers.catalogue.alternative_legends import alternatives_as_json
from layers.catalogue.label_text import USUAL_PRIORITY, label_parts
from layers.catalogue.measured import tolerances_of
from layers.catalogue.models import Background, Layer, Photo, in_language
from layers.catalogue.points import LAYER_GROUPS

EQUATOR_PIXEL_M = 156_543.03392804097  # of the Web Mercator pyramid's first level
DEEPEST_ZOOM = 22
NEARLY = 0.1  # of a zoom: a level that is 7 % coarser than the photo shows it all
ACQUIRED = {Photo.Precision.YEAR: "%Y", Photo.Precision.MONTH: "%Y-%m", Photo.Precision.DAY: "%Y-%m-%d"}
SYMBOL = {"kind": "fill", "fill": None, "hatch": None, "stroke": None, "stroke_width": 1, "dash": None, "radius": 4}
SYMBOL |= {"shape": "circle"}
LABELS = {"also": [], "size": 12, "colour": None, "bold": False, "from_scale": None, "priority": USUAL_PRIORITY}


def layer_as_json(layer: Layer, rights: Rights) -> dict[str, Any]:
    """One layer as the web map reads it."""
    theme, owner = layer.theme, layer.owner
    return {
        "slug": layer.slug,
        "title": str(layer),
        "abstract": layer.abstract,
        "theme": {"slug": theme.slug, "title": str(theme), "order": theme.order},
        "group": group_as_json(layer),
        "order": layer.order,
        "attribution": layer.attribution,
        "licence": layer.licence,
        "source_date": layer.source_date and layer.source_date.isoformat(),
        "lineage": layer.lineage,
        "contact": layer.contact,
        "geometry_type": layer.geometry_type,
        "visibility": layer.visibility,
        "owner": {"slug": owner.slug, "name": owner.name} if owner else None,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "extent_4326": layer.extent_4326 and [round(value, 7) for value in layer.extent_4326],
        "visible": layer.visible_at_first,
        "opacity": 1.0,
        "version": layer.version,
        "title_field": layer.title_field,
        "fields": [field_as_json(field) for field in layer.fields_for(rights)],
        "tiles": f"/tiles/{layer.slug}.json",
        "style": f"/tiles/{layer.slug}/style.json",
        "legend": [symbol_as_json(line) for line in layer.legend],
        "legends": alternatives_as_json(layer),
        "labels": LABELS | layer.labels | {"parts": label_parts(layer)} if layer.labels else None,
        "scale_from": layer.scale_from,
        "scale_to": layer.scale_to,
        "can_edit": layer.may_edit(rights),
        "settings": f"/couches/{layer.slug}/" if rights.has_role(layer.owner_id, ADMINISTRATORS) else None,
        "strict_locking": layer.strict_locking,
        "tolerance": tolerance_as_json(layer),
    }


def group_as_json(layer: Layer) -> dict[str, str] | None:
    """The title under which the layer is listed with its variants; None for one that stands by itself."""
    group = next((one for one in LAYER_GROUPS.all() if layer.slug in one.layers), None)
    return {"slug": group.slug, "title": str(group.title)} if group else None


def tolerance_as_json(layer: Layer) -> dict[str, Any] | None:
    """Below what a crossing with a parcel is a limit to be checked; None for a layer that the sheet does not read."""
    known = tolerances_of(layer)
    names = ("tolerance_m2", "tolerance_percent", "tolerance_m")
    tolerances = {name.removeprefix("tolerance_"): getattr(layer, name) if name in known else None for name in names}
    return tolerances if known else None


def field_as_json(field: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "label", "type")
    return {name: field[name] for name in names} | {"unit": field.get("unit"), "in_tiles": bool(field.get("in_tiles"))}


def symbol_as_json(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": in_language(line["label"], line.get("label_en", "")),
        "where": line.get("where") or {},
        "symbol": SYMBOL | line["symbol"],
    }


def photo_as_json(photo: Photo) -> dict[str, Any]:
    """One aerial photo as the web map reads it."""
    return {
        "slug": photo.slug,
        "kind": photo.kind,
        "title": str(photo),
        "acquired": photo.acquired_date.strftime(ACQUIRED[Photo.Precision(photo.acquired_precision)]),
        "resolution_m": photo.resolution_m,
        "visibility": photo.visibility,
        "owner": {"slug": photo.owner.slug, "name": photo.owner.name} if photo.owner else None,
        "attribution": photo.attribution,
        "licence": photo.licence,
        "abstract": photo.abstract,
        "edition": photo.edition,
        "extent_4326": [round(value, 7) for value in photo.extent_4326],
        "footprint_4326": photo.footprint_4326,
        "tiles": photo_tiles(photo),
        "min_zoom": 0,
        "max_zoom": native_zoom(photo),
    }


def photo_tiles(photo: Photo) -> str:
    """The address of its tiles in Web Mercator, with {z}, {x} and {y} to be filled in."""
    return f"/ortho/v{photo.edition}/wmts/{photo.slug}/PM/{{z}}/{{x}}/{{y}}.png"


def native_zoom(photo: Photo) -> int:
    """The first level of the Web Mercator pyramid that shows every pixel of the photo."""
    south, north = photo.extent_4326[1], photo.extent_4326[3]
    ground = EQUATOR_PIXEL_M * cos(radians((south + north) / 2))
    return min(max(ceil(log2(ground / photo.resolution_m) - NEARLY), 0), DEEPEST_ZOOM)


def backgrounds_as_json() -> list[dict[str, Any]]:
    """The backgrounds one may choose from; our own tiles come first."""
    return [plain_background(), *(background_as_json(background) for background in Background.objects.all())]


def plain_background() -> dict[str, Any]:
    nothing = dict.fromkeys(("url", "layer", "matrix_set", "format", "style"))
    zooms = {"min_zoom": 0, "max_zoom": 22}
    return {
        "slug": "plan",
        "title": _("Plain"),
        "kind": "plain",
        **nothing,
        "attribution": "",
        **zooms,
        "default": True,
    }


def background_as_json(background: Background) -> dict[str, Any]:
    wmts = background.kind == Background.Kind.WMTS
    return {
        "slug": background.slug,
        "title": background.title,
        "kind": background.kind,
        "url": background.url,
        "layer": background.layer if wmts else None,
        "matrix_set": background.matrix_set if wmts else None,
        "format": background.format if wmts else None,
        "style": background.style if wmts else None,
        "attribution": background.attribution,
        "min_zoom": background.min_zoom,
        "max_zoom": background.max_zoom,
        "default": False,
    }

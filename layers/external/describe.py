"""Layers of other servers as plain JSON values, in the asker's language."""

from typing import Any

from django.urls import reverse

from layers.external.models import ExternalLayer


def external_as_json(layer: ExternalLayer) -> dict[str, Any]:
    """One layer as the web map reads it."""
    theme, owner = layer.theme, layer.owner
    here = f"/externe/{layer.slug}"
    return {
        "slug": layer.slug,
        "title": str(layer),
        "abstract": layer.abstract,
        "theme": {"slug": theme.slug, "title": str(theme), "order": theme.order},
        "order": layer.order,
        "attribution": layer.attribution,
        "licence": layer.licence,
        "visibility": layer.visibility,
        "owner": {"slug": owner.slug, "name": owner.name} if owner else None,
        "kind": layer.kind,
        "tiles": f"{here}/{{z}}/{{x}}/{{y}}?v={layer.version}",
        "tile_size": layer.tile_size,
        "min_zoom": layer.min_zoom,
        "max_zoom": layer.max_zoom,
        "extent_4326": layer.extent_4326 and [round(value, 7) for value in layer.extent_4326],
        "legend": reverse("external_legend", args=[layer.slug]) if layer.legend_url else None,
        "version": layer.version,
    }

"""`{% small_map map %}`: a small map of a page, with its script. A builtin of all templates."""

from typing import Any

from django.template import Library

from gis_core.desk.small_map import SmallMap

register = Library()


@register.inclusion_tag("desk/small_map.html")
def small_map(shown: SmallMap | None) -> dict[str, Any]:
    """Nothing for None."""
    return {"map": shown, "build": shown.build if shown else None, "config_id": f"{shown.name}-config" if shown else ""}

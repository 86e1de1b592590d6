"""`{% small_map map %}`: a small map of a page, with its script. A builtin of all templates."""

from typing import Any

from django.template import Library

from gis_core.desk.small_map import SmallMap

register = Library()


@register.inclusion_tag("desk/small_map.html")
def small_map(one: SmallMap | None) -> dict[str, Any]:
    """Nothing for None."""
    return {"map": one, "build": one.build if one else None, "config_id": f"{one.name}-config" if one else ""}

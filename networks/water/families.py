"""Drinking water and sewers as families of tables."""

from typing import Final

from networks.water import lists
from networks.water.services.graph import Family

WATER: Final = Family(name="water", sources=lists.SOURCES, valves=True)
SEWER: Final = Family(name="sewer")
FAMILIES: Final = {family.name: family for family in (WATER, SEWER)}
ENDS: Final = {"water": (*lists.SOURCES, "hydrant"), "sewer": lists.SINKS}
"""Kinds of nodes that are told where a walk ends."""
KINDS: Final = {"water": lists.WATER_NODES, "sewer": lists.SEWER_NODES}

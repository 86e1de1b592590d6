"""Drinking water and sewers as families of tables."""

from typing import Final

from networks.water import code_lists
from networks.water.services.graph import Family

WATER: Final = Family(name="water", sources=code_lists.SOURCES, valves=True)
SEWER: Final = Family(name="sewer")
FAMILIES: Final = {family.name: family for family in (WATER, SEWER)}
ENDS: Final = {"water": (*code_lists.SOURCES, "hydrant"), "sewer": code_lists.SINKS}
"""Kinds of nodes that are told where a walk ends."""
KINDS: Final = {"water": code_lists.WATER_NODES, "sewer": code_lists.SEWER_NODES}

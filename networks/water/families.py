"""Drinking water and sewers as families of tables."""

from dataclasses import dataclass
from typing import Final, Literal

from psycopg import sql

from networks.water import code_lists

type FamilyName = Literal["water", "sewer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of tables (`<name>_node`, …): the kinds of nodes that supply it, whether its valves are operated."""

    name: str
    sources: tuple[str, ...] = ()
    valves: bool = False

    def table(self, what: str) -> sql.Identifier:
        return sql.Identifier(f"{self.name}_{what}")


WATER: Final = Family(name="water", sources=code_lists.SOURCES, valves=True)
SEWER: Final = Family(name="sewer")
FAMILIES: Final = {family.name: family for family in (WATER, SEWER)}
ENDS: Final = {"water": (*code_lists.SOURCES, "hydrant"), "sewer": code_lists.SINKS}
"""Kinds of nodes that are told where a walk ends."""
KINDS: Final = {"water": code_lists.WATER_NODES, "sewer": code_lists.SEWER_NODES}

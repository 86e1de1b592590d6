"""The part of one owner's network that a question meets, read square by square as it is walked.

Reading every pipe of a square costs a tenth of following the same pipes one by one, so a walk asks for the pipes at a
node and gets its surroundings too. Only what is in service is there. Everything is read with the asker's rights.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from math import floor
from typing import Any, Final

from gis_core.database.statements import fetch_all
from networks.water.families import Family

SQUARE_M: Final = 250
AROUND: Final = (-1, 0, 1)
# An end that an import left beside its node is still read with it.
MARGIN_M: Final = 1
type Square = tuple[int, int]
type Place = tuple[float, float]


class State(IntEnum):
    """What a node does to the water. The numbers are those of `STATES`."""

    PASSES = 0
    SOURCE = 1
    CLOSABLE = 2
    CLOSED = 3
    BROKEN = 4
    BURIED = 5
    CLOSED_AND_STUCK = 6


BLOCKING: Final = frozenset({State.CLOSED, State.CLOSED_AND_STUCK})


@dataclass(frozen=True, slots=True)
class PipeEnds:
    """A pipe in service: its two nodes, and how long it is."""

    start: int
    end: int
    length_m: float

    def other(self, node: int) -> int:
        return self.end if node == self.start else self.start


SQUARES: Final = "select * from arpent.network_squares(%s, %s, %s, %s, %s, %s, %s, %s)"
PLACES: Final = "select * from arpent.network_places(%s, %s, %s, %s, %s)"
SOURCES: Final = "select * from arpent.network_sources(%s, %s, %s)"


@dataclass(slots=True)
class Graph:
    """What has been read so far. `pipes_at` reads what is missing; `load` reads it for many nodes at once."""

    family: Family
    owner: int
    pipes: dict[int, PipeEnds] = field(default_factory=dict)
    states: dict[int, int] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    squares: set[Square] = field(default_factory=set)
    _at: dict[int, list[int]] = field(default_factory=dict)
    _sources: dict[int, Place] | None = None

    def pipes_at(self, node: int) -> list[int]:
        """The pipes in service at a node, all of them."""
        if not self.knows(node):
            self.load((node,))
        return self._at.get(node, [])

    def state(self, node: int) -> int:
        """A node that the asker may not see lets water through."""
        return self.states.get(node, State.PASSES)

    def knows(self, node: int) -> bool:
        """Whether the pipes at a node are read already."""
        place = self.places.get(node)
        return place is None or square_of(place) in self.squares

    def load(self, nodes: Iterable[int]) -> None:
        """The pipes at these nodes, and what lies around."""
        self.load_squares({one for node in nodes if not self.knows(node) for one in around(self.places[node])})

    def load_squares(self, squares: Collection[Square]) -> None:
        """Every pipe that crosses these squares, and every end of theirs."""
        missing = sorted(set(squares) - self.squares)
        if not missing:
            return
        self.squares.update(missing)
        xs, ys = zip(*missing, strict=True)
        for is_pipe, pk, first, second, x, y in self._rows(
            SQUARES, self.family.valves, SQUARE_M, MARGIN_M, list(xs), list(ys)
        ):
            if not is_pipe:
                self.states[pk], self.places[pk] = first, (x, y)
            elif pk not in self.pipes:
                self.pipes[pk] = PipeEnds(first, second, x)
                self._at.setdefault(first, []).append(pk)
                self._at.setdefault(second, []).append(pk)

    def load_nodes(self, nodes: Iterable[int]) -> None:
        """Where nodes lie and what they do, without their pipes."""
        missing = [node for node in set(nodes) if node not in self.states]
        if missing:
            for pk, state, x, y in self._rows(PLACES, self.family.valves, missing):
                self.places[pk], self.states[pk] = (x, y), state

    def sources(self) -> dict[int, Place]:
        """All that supply the owner's network, and where they are."""
        if self._sources is None:
            self._sources = {pk: (x, y) for pk, x, y in self._rows(SOURCES)}
        return self._sources

    def _rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        return fetch_all(statement, [self.family.name, self.owner, list(self.family.sources), *values])


def square_of(place: Place) -> Square:
    return floor(place[0] / SQUARE_M), floor(place[1] / SQUARE_M)


def around(place: Place) -> set[Square]:
    """The square of a place and those that touch it."""
    x, y = square_of(place)
    return {(x + east, y + north) for east in AROUND for north in AROUND}

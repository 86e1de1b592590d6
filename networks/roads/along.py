"""What other apps say of a numbered road: parts of its page, and pages that go on from a place on it."""

from collections.abc import Callable, Iterator
from typing import Any

from gis_core.members.rights import Rights
from layers.features.sheet import Link
from networks.roads.references import Road

type Shown = tuple[str, dict[str, Any]]
"""The template of a part, and its context."""
type Part = Callable[[Road, Rights], Shown | None]
type PlaceLink = Callable[[str, Rights], Link | None]
"""From a reference ("D 2020 PR 12+350"), for whom the page opens."""

_parts: list[Part] = []
_links: list[PlaceLink] = []


def declare_part(part: Part) -> None:
    """Parts stand in the order in which they are declared."""
    _parts.append(part)


def declare_place_link(link: PlaceLink) -> None:
    _links.append(link)


def parts_of(road: Road, rights: Rights) -> list[Shown]:
    return [shown for part in _parts if (shown := part(road, rights)) is not None]


def links_from(reference: str, rights: Rights) -> Iterator[Link]:
    for link in _links:
        if (found := link(reference, rights)) is not None:
            yield found

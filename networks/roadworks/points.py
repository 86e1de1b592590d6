"""What the pages of works ask of the apps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from django.http import HttpRequest

    from gis_core.members.rights import Rights
    from networks.roadworks.models import Work
    from networks.roadworks.services.conflicts import Conflict, ConflictQuery

type RenderedPart = tuple[str, dict[str, Any]]
"""The template of a part, and its context."""
type WorkPart = Callable[[HttpRequest, Work, Rights], RenderedPart | None]


@dataclass(frozen=True, slots=True)
class ConflictFinder:
    """Finds a reason to be in conflict: with works as they are entered, and with each of many in one question."""

    find: Callable[[ConflictQuery, Rights], Iterable[Conflict]]
    find_for_many: Callable[[Mapping[int, Work], Rights], Iterable[tuple[int, Conflict]]]


WORK_PARTS: ExtensionPoint[WorkPart] = ExtensionPoint(
    "roadworks.parts", "Parts of the page of works, in this order; one without anything to say gives none."
)
CONFLICT_FINDERS: ExtensionPoint[ConflictFinder] = ExtensionPoint(
    "roadworks.conflict_finders",
    "Reasons for works to be in conflict other than lying on one stretch, in this order: a road closed that is the"
    " other's detour.",
)

"""Parts of the page of works that other files add when the app starts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from gis_core.members.rights import Rights
from networks.roadworks.models import Work

type Shown = tuple[str, dict[str, Any]]
"""The template of a part, and its context."""
type Part = Callable[[HttpRequest, Work, Rights], Shown | None]
parts: list[Part] = []


def declare_part(part: Part) -> None:
    """Parts stand in the order in which they are declared; one without anything to say gives None."""
    parts.append(part)


def parts_of(request: HttpRequest, work: Work, rights: Rights) -> list[Shown]:
    return [shown for part in parts if (shown := part(request, work, rights)) is not None]

"""What notices to users ask of the apps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.members.rights import Rights
    from networks.notifications.services.notices import Beginning


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """How a thing of this kind becomes a notice, given its key and who asks: `draft` raises NotFound, Forbidden.

    `page` gives what the thing is called and the address of its page, None where the asker does not see it.
    """

    kind: str
    draft: Callable[[str, Rights], Beginning]
    page: Callable[[str, Rights], tuple[str, str] | None] | None = None


NOTICE_TEMPLATES: ExtensionPoint[NoticeTemplate] = ExtensionPoint(
    "notifications.templates",
    "Things that a notice begins from: `POST /reseaux/avis/` with a field of this kind, which holds the key of the"
    " thing. The first field that is filled counts.",
    key=lambda template: template.kind,
)

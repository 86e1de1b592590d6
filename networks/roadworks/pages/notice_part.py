"""The part of the page of works that lists the notices which were sent for them, and leads to the next one."""

from typing import Any

from django.http import HttpRequest

from gis_core.members.rights import Rights
from networks.notifications.models import Notice
from networks.roadworks.models import Work
from networks.roadworks.points import RenderedPart
from networks.roadworks.services import neighbours, works


def notices_part(request: HttpRequest, work: Work, rights: Rights) -> RenderedPart | None:
    notices_sent = neighbours.notices_of(work, rights)
    if not notices_sent:
        return None
    ask = neighbours.untold(work, notices_sent) if works.may_write(work.owner_id, rights) else {}
    rows: list[dict[str, Any]] = [
        {
            "notice": one,
            "cancelled": ask.get(one.pk) == Notice.Kind.CALLED_OFF,
            "moved": ask.get(one.pk) == Notice.Kind.MOVED,
        }
        for one in notices_sent
    ]
    return "roadworks/work_notices.html", {"rows": rows, "untold": bool(ask)}

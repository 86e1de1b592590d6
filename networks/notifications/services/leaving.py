"""The notices that people prepare, when they leave: they stay with their member."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from gis_core.models import Member, User
from gis_core.points import WorkItem
from networks.notifications.models import Notice


def find_drafts(user: User, member: Member) -> Sequence[WorkItem]:
    """Those that the person wrote for the member and that are not sent, the latest first."""
    drafts = Notice.objects.filter(owner=member, made_by=user, state=Notice.State.DRAFT).order_by("-pk")
    return [
        WorkItem(number=one.pk, title=one.name or one.title, url=reverse("notice", args=[one.pk])) for one in drafts
    ]

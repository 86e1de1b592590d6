"""What people began and leave where it is: letters in preparation, filters of lists, which are of no desk alone."""

from __future__ import annotations

from collections.abc import Sequence

from gis_core.models import Letter, Member, User
from gis_core.ownership.free_texts import pages_of_letters
from gis_core.points import WorkItem


def find_letters(user: User, member: Member) -> Sequence[WorkItem]:
    """Letters and acts that the person wrote for the member and that are not final, the latest first."""
    drafts = Letter.objects.filter(owner=member, created_by=user, state=Letter.State.DRAFT).order_by("-pk")
    rows = list(drafts.values_list("pk", "title", "about_key"))
    pages = pages_of_letters([letter for letter, _title, _key in rows])
    return [WorkItem(number=one, title=title, detail=key, url=pages.get(one, "")) for one, title, key in rows]


def find_filters(user: User, member: Member) -> Sequence[WorkItem]:
    """The filters of lists that the person keeps with their account; none of somebody who stays at another member."""
    if user.memberships.exclude(member=member).exists():
        return []
    titles = sorted(str(title) for filters in user.saved_filters.values() for title, _query in filters)
    return [WorkItem(number=rank, title=title) for rank, title in enumerate(titles)]

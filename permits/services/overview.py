"""What is urgent among the open files of an asker."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from gis_core.members.rights import Rights
from permits.procedure import State
from permits.services.listing import NOBODY, OPENED, Deadline, PermitQuery, due, files


@dataclass(frozen=True, slots=True)
class Urgent:
    """A number and the filter that shows its files."""

    name: str
    count: int
    wanted: PermitQuery


def urgent(wanted: PermitQuery, rights: Rights, day: date) -> list[Urgent]:
    """What cannot wait, among the files of those whom the filter is about (`whose`, `member`, `instructor`)."""
    about = PermitQuery(whose=wanted.whose, member=wanted.member, instructor=wanted.instructor)
    opened = about.but(states=(OPENED,))
    counts = files(opened, rights).aggregate(
        overdue=Count("pk", filter=due(Deadline.OVERDUE, day)),
        week=Count("pk", filter=due(Deadline.WEEK, day)),
        tacit=Count("pk", filter=due(Deadline.TACIT, day)),
        incomplete=Count("pk", filter=Q(state=State.INCOMPLETE)),
        free=Count("pk", filter=Q(instructor=None)),
        open=Count("pk"),
    )
    filters = {
        "overdue": opened.but(deadline=Deadline.OVERDUE),
        "week": opened.but(deadline=Deadline.WEEK),
        "tacit": opened.but(deadline=Deadline.TACIT),
        "incomplete": about.but(states=(State.INCOMPLETE,)),
        "free": opened.but(instructor=NOBODY),
        "open": opened,
    }
    return [Urgent(name, counts[name], one) for name, one in filters.items()]

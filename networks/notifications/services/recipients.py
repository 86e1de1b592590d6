"""Whom a notice reaches: counts for everybody who sees it, names for who reads contacts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Case, When

from gis_core.database.statements import fetch_all, fetch_one
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from networks.notifications.models import ContactReading, Notice, Target

ROWS = 50
MOST_READ = 100_000
MOST_EMPTY = 20_000


@dataclass(frozen=True, slots=True)
class Reach:
    """Different numbers and e-mail addresses; addresses of the notice, and how many of them somebody is reached at."""

    sms: int
    email: int
    targets: int
    reached: int

    @property
    def unreached(self) -> int:
        return self.targets - self.reached


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody who is written to, where and how."""

    target_id: int | None
    contact_id: int
    name: str
    address: str
    channel: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """An address of a notice, by how many numbers and e-mails it is reached, and by whom where one may know."""

    target: Target
    sms: int
    email: int
    people: Sequence[Reached] = ()

    @property
    def alone(self) -> bool:
        return not (self.sms or self.email)


def reach_of(notice: Notice) -> Reach:
    row = fetch_one("select * from arpent.count_reached(%s)", [notice.pk])
    return Reach(*row) if row else Reach(0, 0, 0, 0)


def counts_by_target(notice: Notice) -> Mapping[int, tuple[int, int]]:
    rows = fetch_all("select * from arpent.reached_targets(%s)", [notice.pk])
    return {target: (sms, email) for target, sms, email in rows}


def lines_of(
    notice: Notice, rights: Rights, *, offset: int = 0, most: int | None = ROWS, alone: bool = False
) -> tuple[Sequence[Line], int]:
    """Addresses; those that nobody is reached at alone, if wanted. And how many there are.

    Who works on the member's networks sees sensitive users, first of all; who they are is told to nobody else.
    """
    counts = counts_by_target(notice)
    targets = Target.objects.filter(notice=notice)
    if alone:
        targets = targets.exclude(pk__in=list(counts))
    total = targets.count()
    works = rights.has_role(notice.owner_id, TECHNICIANS)
    first = [Case(When(sensitive="", then=1), default=0)] if works else []
    ordered = targets.order_by(*first, "id")
    rows = list(ordered[offset : offset + most] if most else ordered[:MOST_EMPTY])
    for one in rows:
        one.sensitive = one.sensitive if works else ""
    return [Line(one, *counts.get(one.pk, (0, 0))) for one in rows], total


def with_people(notice: Notice, lines: Sequence[Line], *, why: str) -> Sequence[Line]:
    """The same lines with who is reached there, as far as the asker reads contacts; it is journalled."""
    people: dict[int | None, list[Reached]] = defaultdict(list)
    for one in read_reached(notice, [line.target.pk for line in lines], why=why):
        people[one.target_id].append(one)
    return [Line(one.target, one.sms, one.email, people[one.target.pk]) for one in lines]


def read_reached(
    notice: Notice, targets: Sequence[int] | None, *, why: str,
    action: str = ContactReading.Action.READ, most: int = MOST_READ,
) -> list[Reached]:  # fmt: skip
    """Who is reached at these addresses (at all), none where the asker reads no contacts; it is journalled."""
    given = [notice.pk, list(targets) if targets is not None else None, most, action, why]
    rows = fetch_all("select * from arpent.read_reached(%s, %s, %s, %s, %s)", given)
    return [Reached(*row) for row in rows]

"""The security journal searched: by person, by what it is about, by kind and day. PostgreSQL asks who may."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database.statements import fetch_all
from gis_core.errors import Invalid
from gis_core.models import SecurityEvent, User

PAGE: Final = 50
MOST_PEOPLE: Final = 50
LAST_NUMBER: Final = 2**63 - 1
FIND: Final = "select * from arpent.find_security_events(%s, %s, %s, %s, %s, %s, %s, %s, %s)"
TABLE_COLUMNS: Final = [str(field.column) for field in SecurityEvent._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class Event:
    """A line, as it was kept."""

    id: int
    reference: UUID
    at: datetime
    kind: str
    event: str
    user: int | None
    name: str
    address: str
    request: str
    about: str
    detail: dict[str, Any]

    @property
    def kind_label(self) -> str:
        return str(SecurityEvent.Kind(self.kind).label)

    @property
    def mark(self) -> str:
        """Where the lines before it begin."""
        return f"{self.at.isoformat()}_{self.id}"

    @property
    def detail_text(self) -> str:
        return json.dumps(self.detail, ensure_ascii=False, indent=1)

    def as_line(self) -> dict[str, Any]:
        """As the files have it, with its kind."""
        said = {"at": self.at.isoformat(timespec="milliseconds"), "id": self.reference.hex, "event": self.event}
        who = {"user": self.user, "name": self.name, "address": self.address, "request": self.request}
        return said | {"kind": self.kind} | {name: value for name, value in who.items() if value} | self.detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; each that is empty asks nothing. Days are in Paris, the last one whole."""

    person: str = ""
    about: str = ""
    kinds: Sequence[str] = ()
    since: date | None = None
    until: date | None = None

    def find(self, *, most: int = PAGE, before: str = "") -> list[Event]:
        """The latest lines, before the line of this mark. Raises DatabaseError for whoever does not read it."""
        before_at, before_id = read_mark(before)
        return [
            made(row)
            for row in fetch_all(
                FIND,
                [
                    *(people_called(self.person), like(self.person), like(self.about)),
                    *(list(self.kinds) or None, start_of(self.since), end_of(self.until)),
                    *(before_at, before_id, most),
                ],
            )
        ]

    def steps(self, *, before: str = "", step: int = 1_000) -> Iterator[list[Event]]:
        """All of them, the latest first, some at a time, each time in a transaction of its own."""
        matches: list[Event] = []
        while not matches or len(matches) == step:
            with transaction.atomic():
                matches = self.find(most=step, before=before)
            if not matches:
                return
            yield matches
            before = matches[-1].mark


def made(row: Sequence[Any]) -> Event:
    values: dict[str, Any] = dict(zip(TABLE_COLUMNS, row, strict=True))
    if isinstance(values["detail"], str):
        values["detail"] = json.loads(values["detail"])
    return Event(**values)


def read_mark(text: str) -> tuple[datetime | None, int | None]:
    """The instant and number in a mark; none where there is none. Raises Invalid for what is no mark."""
    if not text:
        return None, None
    at, _underscore, number = text.partition("_")
    try:
        instant, line = datetime.fromisoformat(at), int(number)
    except ValueError:
        instant, line = None, -1
    if instant is None or instant.tzinfo is None or not 0 <= line <= LAST_NUMBER:
        message = _("The lines before this one cannot be found: search again from the first page.")
        raise Invalid(message, parameter="before")
    return instant, line


def people_called(text: str) -> list[int] | None:
    """The accounts that a text names: by a part of the user name, the address or the name; None for no text."""
    terms = text.split()
    if not terms:
        return None
    matches = User.objects.all()
    for term in terms[:6]:
        by_name = Q(first_name__icontains=term) | Q(last_name__icontains=term)
        matches = matches.filter(by_name | Q(username__icontains=term) | Q(email__icontains=term))
    return list(matches.order_by("pk").values_list("pk", flat=True)[:MOST_PEOPLE])


def like(text: str) -> str | None:
    """The pattern of a part of a text, in capitals; None for no text."""
    text = text.strip().replace("\0", "")[:200]
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return f"%{text.upper()}%" if text else None


def start_of(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def end_of(day: date | None) -> datetime | None:
    return start_of(day + timedelta(days=1)) if day else None

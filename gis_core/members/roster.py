"""People of a member invited from a list: a CSV file with their address and role, which is tried out first.

A trial does all of it and undoes it. Nobody is invited where a row is refused. Who belongs to the member already, or is
invited, stays as they are: what the list says otherwise of them (role, communes, last day) is a difference, which is
made only where that is asked for.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import IO, Any, Final, Literal

from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.files.reader import Limits, ReadRefused, RestrictedReader
from gis_core.long_dates import format_long_date
from gis_core.members.people import change_role, invite, people_of, set_last_date
from gis_core.members.rights import Rights, Role
from gis_core.models import Member, Membership

MOST_PEOPLE: Final = 500
MOST_BYTES: Final = 1_048_576
OTHER_FORMAT: Final = "other_format_lines"  # of the reader: it says so of lines of a fixed width, which a list has not
HEADERS: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email", "e mail", "mail", "courriel", "adresse e mail", "adresse", "e mail address"),
    "role": ("role",),
    "first_name": ("prenom", "first name"),
    "last_name": ("nom", "nom de famille", "last name"),
    "communes": ("communes", "commune", "insee", "codes insee"),
    "last_date": ("dernier jour", "date de fin", "fin", "last day", "end date"),
}
"""The headings of each column, without accents, in lower case."""

type State = Literal["invited", "known", "differs", "changed", "refused"]
DAYS: Final = ("%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of the list: `row` is its line in the file (the heading is the first), `communes` are INSEE codes.

    `last_date` is as it was typed, empty where the list says none.
    """

    row: int
    email: str
    role: str
    first_name: str = ""
    last_name: str = ""
    communes: tuple[str, ...] = ()
    last_date: str = ""

    @property
    def name(self) -> str:
        """By which two people of one name are found."""
        return fold(f"{self.first_name} {self.last_name}")

    @property
    def last_day(self) -> date | None:
        """The last day of access, None for no end. Raises Invalid for what is no day."""
        if not self.last_date:
            return None
        for pattern in DAYS:
            with suppress(ValueError):
                return datetime.strptime(self.last_date, pattern).date()
        message = _("“%(day)s” is no day: write it 2027-06-30 or 30/06/2027.")
        raise Invalid(message % {"day": self.last_date[:40]}, parameter="last_date")

    @property
    def role_label(self) -> str:
        """The role in words; of one that nobody knows, what the list says."""
        return str(Role(self.role).label) if self.role in Role.values else self.role

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Person":
        """A row that a page kept. Raises TypeError, ValueError, KeyError for anything else."""
        texts = {name: str(kept[name])[:300] for name in ("email", "role", "first_name", "last_name")}
        texts["last_date"] = str(kept.get("last_date", ""))[:40]
        return cls(row=int(kept["row"]), communes=tuple(str(one)[:5] for one in kept["communes"]), **texts)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a row; `message` says why it is refused or left as it is."""

    person: Person
    state: State
    message: str = ""


def read_people(stream: IO[bytes]) -> list[Person]:
    """The rows of a CSV file: separators, encoding and order of columns as they come. Raises Invalid."""
    try:
        with RestrictedReader(Limits.for_documents(MOST_BYTES)) as reader:
            parts = list(reader.lines(reader.admit_stream(stream)))
    except ReadRefused as refused:
        message = _("This is no text: send a CSV file.") if refused.problem.code == OTHER_FORMAT else refused.message
        raise Invalid(message, parameter="file") from refused
    if problem := next((problem for part in parts for problem in part.problems), None):
        raise Invalid(_("Line %(row)s is no text: send a CSV file.") % {"row": problem.index}, parameter="file")
    return people_in([text for part in parts for text in part.texts])


def people_in(lines: Sequence[str]) -> list[Person]:
    """The rows of the lines of a CSV file. Raises Invalid."""
    heading = lines[0].lstrip("\ufeff") if lines else ""
    delimiter = max(";,\t", key=heading.count)
    rows = rows_in([heading, *lines[1:]], delimiter)
    _line, headings = next(rows, (1, []))
    columns = columns_in(headings)
    people = []
    for line, cells in rows:
        values = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        if any(values.values()):
            people.append(person_in(line, values))
        if len(people) > MOST_PEOPLE:
            message = _("A list holds at most %(most)s people: send it in parts.")
            raise Invalid(message % {"most": MOST_PEOPLE}, parameter="file")
    if not people:
        raise Invalid(_("There is nobody in this list."), parameter="file")
    return people


def rows_in(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row, with its last line. Raises Invalid where quotation marks do not pair: rows that they take
    in would be lost."""
    rows = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter, strict=True)
    last = 0
    try:
        for cells in rows:
            last = rows.line_num
            yield last, cells
    except csv.Error as error:
        message = _("Line %(row)s cannot be read: its quotation marks do not pair.")
        raise Invalid(message % {"row": last + 1}, parameter="file") from error


def columns_in(headings: Iterable[str]) -> dict[str, int]:
    """The place of each column that is known. Raises Invalid where address or role lack."""
    folded = [fold(one) for one in headings]
    places = {name: [at for at, heading in enumerate(folded) if heading in known] for name, known in HEADERS.items()}
    columns = {name: at_places[0] for name, at_places in places.items() if at_places}
    if not {"email", "role"} <= columns.keys():
        message = _("The first line names the columns: e-mail and role at least; first name, last name, communes.")
        raise Invalid(message, parameter="file")
    return columns


def person_in(row: int, values: Mapping[str, str]) -> Person:
    communes = values.get("communes", "").replace(",", " ").replace("/", " ").split()
    return Person(
        row=row,
        email=values.get("email", ""),
        role=role_in(values.get("role", "")),
        first_name=values.get("first_name", ""),
        last_name=values.get("last_name", ""),
        communes=tuple(communes),
        last_date=values.get("last_date", ""),
    )


def role_in(text: str) -> str:
    """The role that a text names, by its code or its label in either language; else the text itself."""
    wanted = fold(text)
    for language in dict.fromkeys((get_language() or "fr", "fr", "en")):
        with override(language):
            for role in Role:
                if wanted in (fold(role.value), fold(str(role.label))):
                    return role.value
    return text


def fold(text: str) -> str:
    """A text by which headings and labels are compared: no accents, dashes or capitals, one blank at a time."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))
    return " ".join(plain.casefold().replace("-", " ").replace("_", " ").split())


def invite_people(
    people: Sequence[Person], *, rights: Rights, member: Member, site: str, dry_run: bool, changes: bool = False
) -> list[Outcome]:
    """Invite people in one transaction, or try it out: what becomes of each row. Nothing is kept where one is refused,
    or of a trial; the mails leave with the transaction. With `changes`, what the list says otherwise is made so.
    """
    known = Known(member)
    first_rows: dict[str, int] = {}
    with transaction.atomic():
        outcomes = []
        for one in people:
            row = first_rows.setdefault(one.email.strip().lower(), one.row)
            if row != one.row:
                message = _("This address stands on line %(row)s already: one line a person.") % {"row": row}
                outcomes.append(Outcome(one, "refused", message))
            else:
                outcomes.append(outcome_of(one, known, rights=rights, site=site, changes=changes))
        if dry_run or any(one.state == "refused" for one in outcomes):
            transaction.set_rollback(True)
    return outcomes


class Known:
    """The people of a member before the list: by address, and by name where the member knows it."""

    def __init__(self, member: Member) -> None:
        self.member = member
        rows = list(people_of(member))
        self.by_email = {one.email.lower(): one for one in rows}
        self.by_name: dict[str, Membership] = {}
        for one in rows:
            if one.account and (name := fold(f"{one.account.first_name} {one.account.last_name}")):
                self.by_name.setdefault(name, one)

    def warn(self, person: Person) -> str:
        """What to look at before a stranger is invited who has the name of somebody known: "" for nothing."""
        same = self.by_name.get(person.name) if person.name else None
        if same is None:
            return ""
        message = _("%(name)s is known by %(email)s: if that is the same person, leave this line out.")
        return message % {"name": same.name, "email": same.email}


def outcome_of(person: Person, known: Known, *, rights: Rights, site: str, changes: bool) -> Outcome:
    """Invite one person, or change who is there already, unless a rule refuses it."""
    try:
        with transaction.atomic():
            if former := known.by_email.get(person.email.strip().lower()):
                return outcome_of_known(person, former, rights=rights, changes=changes)
            given = {name: value for name, value in person.as_json().items() if name not in ("row", "last_date")}
            invite(rights=rights, member=known.member, site=site, last_date=person.last_day, **given)
    except Conflict as error:
        return Outcome(person, "known", str(error.message))
    except (Invalid, Forbidden) as error:
        return Outcome(person, "refused", str(error.message))
    return Outcome(person, "invited", known.warn(person))


def outcome_of_known(person: Person, former: Membership, *, rights: Rights, changes: bool) -> Outcome:
    """What the list says otherwise of who is there already. Raises Invalid, Forbidden, Conflict."""
    differences = differences_of(person, former)
    if not differences:
        return Outcome(person, "known", _("is there already, as the list says"))
    message = " · ".join(differences)
    if not changes:
        return Outcome(person, "differs", message)
    try:
        if person.role != former.role or person.communes:
            change_role(rights=rights, membership=former, role=person.role, communes=person.communes)
        if person.last_day is not None:
            set_last_date(rights=rights, membership=former, last_date=person.last_day)
    except Conflict as error:
        return Outcome(person, "refused", str(error.message))
    return Outcome(person, "changed", message)


def differences_of(person: Person, former: Membership) -> list[str]:
    """« Lecteur → Instructeur », in words. Raises Invalid for what is no role or day."""
    if person.role not in Role.values:
        raise Invalid(_("Unknown role: %(role)s.") % {"role": person.role[:40]})
    lines = []
    if person.role != former.role:
        lines.append(f"{former.get_role_display()} → {person.role_label}")
    codes = sorted(one.insee for one in former.communes.all())
    if person.communes and sorted(person.communes) != codes:
        lines.append(f"{', '.join(codes) or '—'} → {', '.join(sorted(person.communes))}")
    if (day := person.last_day) is not None and day != former.last_date:
        before = format_long_date(former.last_date, "j N Y") if former.last_date else _("no last day")
        lines.append(f"{before} → {format_long_date(day, 'j N Y')}")
    return lines

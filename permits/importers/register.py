"""A register of another tool: each row of its table made an entry of ours. Nothing here asks the database."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from django.utils.translation import gettext_noop as _

from layers.cadastre.references import read_reference, whole_identifier
from layers.intake.cells import read_day
from layers.intake.findings import UnfitError
from layers.intake.params import day_param
from layers.intake.table import TableMapping
from layers.intake.tables import TableRow
from permits.deadlines.law import Kind
from permits.importers.columns import REGISTER, Ending
from permits.numbers import LETTERS, NotANumberError, Number
from permits.services.applicants import Person
from permits.services.recording import EARLIEST

MOST_PARCELS = 100
KIND, OUTCOME = REGISTER["kind"], REGISTER["outcome"]
type Remark = tuple[str, dict[str, Any]]
"""What is said of a row: the code of a message and what fills it in (`layers.intake.messages`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of a register. `decided` is the day on which the decision counts; `remarks` say what was left out of it."""

    row: int
    number: Number
    kind: str
    filed: date
    parcels: tuple[str, ...] = ()
    description: str = ""
    address: str = ""
    ending: str = Ending.OPEN
    decided: date | None = None
    signed: date | None = None
    due: date | None = None
    started: date | None = None
    finished: date | None = None
    instructor: str = ""
    person: Person | None = None
    remarks: tuple[Remark, ...] = ()


# -- a row ------------------------------------------------------------------------------------------------------------


def entry_of(given: TableRow, mapping: TableMapping, today: date) -> Entry:
    """The entry that a row is. Raises UnfitError."""
    cells = given.cells
    if cells is None:
        raise UnfitError(_("The row has more cells than there are columns: a text holds the separator, unquoted."))
    row = mapping.cells(cells)
    number = number_of(row.get("number", ""))
    filed = day_of(row, "filed_date", today)
    if filed is None:
        raise UnfitError(_("The day of filing is missing."))
    check_commune(number, row.get("insee", ""))
    remarks: list[Remark] = []
    if not number.change and number.year != f"{filed:%y}":
        code = _("The number is of the year %(year)s, the file was filed on %(day)s.")
        remarks.append((code, {"year": number.year, "day": day_param(filed)}))
    ended = ending_of(row, filed, today)
    return Entry(
        row=given.number,
        number=number,
        kind=kind_of(row, number, mapping),
        filed=filed,
        parcels=parcels_of(row.get("parcels", ""), number.insee, remarks),
        description=row.get("description", "")[:2_000],
        address=row.get("address", "")[:200],
        ending=sense_of(row, ended[0], mapping),
        decided=ended[0],
        signed=ended[1],
        due=later(row, "due_date", filed, None),
        **works_of(row, mapping, filed, today, remarks),
        instructor=row.get("instructor", "")[:150],
        person=person_of(row),
        remarks=tuple(remarks),
    )


def number_of(text: str) -> Number:
    """A national number, its department also written with two digits."""
    if not text:
        raise UnfitError(_("The number is missing."))
    try:
        return Number.parse_loosely(text[:60])
    except NotANumberError as error:
        raise UnfitError(_("“%(number)s” is no national number."), number=text[:40]) from error


def check_commune(number: Number, insee: str) -> None:
    if len(insee) == 5 and insee.upper() != number.insee:
        code = _("The number is of the commune %(insee)s, the file of %(other)s.")
        raise UnfitError(code, insee=number.insee, other=insee)


def kind_of(row: Mapping[str, str], number: Number, mapping: TableMapping) -> str:
    """What is asked for: as the row says, else as the letters of the number do."""
    text = row.get("kind", "") or number.letters
    kind = mapping.code(KIND, text)
    if not kind:
        raise UnfitError(_("The kind “%(kind)s” is not known: say above which of ours it is."), kind=text[:40])
    if LETTERS[Kind(kind)] != number.letters:
        code = _("The number begins with %(letters)s, the kind is “%(kind)s”.")
        raise UnfitError(code, letters=number.letters, kind=text[:40])
    return kind


# -- days -------------------------------------------------------------------------------------------------------------

NO_DAY = frozenset({"", "-", "00/00/0000", "0000-00-00", "null"})


def day_in(text: str) -> date | None:
    """A day, however it is written; None where there is none. Raises UnfitError."""
    if text.lower() in NO_DAY:
        return None
    if (day := read_day(text)) is not None:
        return day
    raise UnfitError(_("“%(value)s” is no date."), value=text[:40])


def day_of(row: Mapping[str, str], name: str, today: date) -> date | None:
    """A day that has been. Raises UnfitError."""
    date_read = day_in(row.get(name, ""))
    if date_read is not None and not EARLIEST <= date_read <= today:
        raise UnfitError(_("This day cannot be: %(day)s."), day=day_param(date_read))
    return date_read


def later(row: Mapping[str, str], name: str, filed: date, today: date | None) -> date | None:
    """A day that is not before the filing. Raises UnfitError."""
    date_read = day_of(row, name, today) if today else day_in(row.get(name, ""))
    if date_read is not None and date_read < filed:
        code = _("The file was filed on %(filed)s: nothing happens to it before (%(day)s).")
        raise UnfitError(code, filed=day_param(filed), day=day_param(date_read))
    return date_read


# -- how it ended -----------------------------------------------------------------------------------------------------


def ending_of(row: Mapping[str, str], filed: date, today: date) -> tuple[date | None, date | None]:
    """The day on which the decision counts (its notification, else its signature), and that of its signature."""
    signed, notified = (later(row, name, filed, today) for name in ("decided_date", "notified_date"))
    return notified or signed, signed


def sense_of(row: Mapping[str, str], decided: date | None, mapping: TableMapping) -> str:
    """What was decided. Raises UnfitError where day and decision do not go together."""
    text = row.get("outcome", "")
    ending = mapping.code(OUTCOME, text)
    if not ending:
        raise UnfitError(
            _("The decision “%(decision)s” is not known: say above which of ours it is."), decision=text[:40]
        )
    if ending == Ending.OPEN and decided is not None:
        raise UnfitError(_("There is the day of a decision (%(day)s), but not which."), day=day_param(decided))
    if ending not in (Ending.OPEN, Ending.TACIT) and decided is None:
        raise UnfitError(_("The decision (%(decision)s) has no day."), decision=text[:40])
    return ending


def works_of(
    row: Mapping[str, str], mapping: TableMapping, filed: date, today: date, remarks: list[Remark]
) -> dict[str, date | None]:
    """When works began and ended; of a file that was not granted they are left out."""
    days = {name: later(row, f"{name}_date", filed, today) for name in ("started", "finished")}
    if any(days.values()) and mapping.code(OUTCOME, row.get("outcome", "")) not in (Ending.GRANTED, Ending.TACIT):
        remarks.append((_("Days of works are left out: the file was not granted."), {}))
        return {}
    return days


# -- where and who ----------------------------------------------------------------------------------------------------

SHORT_IDENTIFIER = re.compile(r"(\d{3})([0-9A-Z][A-Z])(\d{1,4})")
BETWEEN = re.compile(r"[,;|+\n]|\bet\b|&", re.IGNORECASE)


def parcels_of(text: str, insee: str, remarks: list[Remark]) -> tuple[str, ...]:
    """The parcels of the file's commune; what is none, or is of another commune, is left out and told."""
    idus: dict[str, None] = {}
    section = ""
    for part in filter(None, (one.strip(" .()") for one in BETWEEN.split(text))):
        idu = parcel_in(part, insee, section)
        if idu is None:
            remarks.append((_("“%(text)s” is no parcel: left out."), {"text": part[:40]}))
        elif idu[:5] != insee:
            code = _("Parcel %(idu)s is not in the commune %(insee)s: left out.")
            remarks.append((code, {"idu": idu, "insee": insee}))
        else:
            section = idu[5:10]
            idus[idu] = None
    if len(idus) > MOST_PARCELS:
        remarks.append((_("Only the first %(most)s parcels are kept."), {"most": MOST_PARCELS}))
    return tuple(islice(idus, MOST_PARCELS))


def parcel_in(text: str, insee: str, section: str) -> str | None:
    """The 14 characters of a parcel: whole, `000AB0123`, `AB 123`, or a number after the section of the one before."""
    if whole := whole_identifier(text):
        return whole
    if section and re.fullmatch(r"\d{1,4}", text, re.ASCII):
        return f"{insee}{section}{text:0>4}"
    packed = re.sub(r"\s", "", text.upper())
    if short := SHORT_IDENTIFIER.fullmatch(packed):
        return f"{insee}{short[1]}{short[2]}{short[3]:0>4}"
    reference = read_reference(text[:40])
    if reference is None or not reference.section or reference.place:
        return None
    return f"{reference.insee or insee}{reference.prefix or '000'}{reference.section}{reference.number:0>4}"


def person_of(row: Mapping[str, str]) -> Person | None:
    """Who applies, where the row names them."""
    name = row.get("applicant", "")[:200]
    if not name:
        return None
    email, phone = row.get("applicant_email", "")[:254], row.get("applicant_phone", "")[:30]
    return Person(name, row.get("applicant_address", "")[:1_000], email, phone)

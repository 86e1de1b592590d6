"""Filing: a file with its number, its parcels and its ground as the plan has them that day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, LiteralString

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Conflict, Forbidden, Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member, Membership, Territory
from layers.cadastre.references import read_reference, whole_identifier
from layers.catalogue.models import Layer
from permits.deadlines.law import Kind
from permits.models import Event, Permit, Settings
from permits.numbers import LAST, LAST_CHANGE, LETTERS, NotANumberError, Number
from permits.procedure import COUNTER, INSTRUCTS, What
from permits.services.applicants import Person, write_applicant
from permits.services.reading import format_day, refresh, refresh_with_changes
from permits.services.recording import EARLIEST, announce, check_may_write

MOST_PARCELS = 100
LONGEST_DESCRIPTION = 2_000
LONGEST_ADDRESS = 200
UNION = """
    select array_agg(idu), st_asewkb(st_multi(st_collectionextract(st_union(geom), 3)))
    from cadastre_parcel where idu = any(%s)
"""
HIGHEST_CHANGE = """
    select coalesce(max(rank), 0) from generate_series(1, 99) rank
    where arpent.permit_exists(%s || to_char(rank, 'FM00'))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """What is filed. `number` is empty to have one generated, `parent` names the file that `change` (M, T) changes."""

    kind: str
    insee: str
    filed_date: date
    parcels: Sequence[str] = ()
    number: str = ""
    parent: str = ""
    change: str = ""
    description: str = ""
    address: str = ""
    silence_refuses: Sequence[str] = ()
    instructor: int | None = None
    applicant: Person | None = None
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """The file, and its parcels that the plan does not have: they are kept as typed, without geometry."""

    permit: Permit
    unknown: Sequence[str] = field(default_factory=tuple)


@transaction.atomic
def file_permit(filing: Filing, rights: Rights) -> Filed:
    """Keep a new file with its first event. Raises Invalid, Conflict (a number that exists), Forbidden."""
    if filing.kind not in Permit.Kind.values:
        raise Invalid(_("Choose what is asked for."), parameter="kind")
    if not EARLIEST <= filing.filed_date <= database_clock.today():
        raise Invalid(_("The day of filing cannot be: %(day)s.") % {"day": format_day(filing.filed_date)},
                      parameter="filed_date")  # fmt: skip
    owner = member_for(filing, rights)
    parent = parent_of(filing, owner, rights)
    permit = Permit(
        owner=owner,
        insee=filing.insee,
        kind=filing.kind,
        parent=parent,
        filed_date=filing.filed_date,
        description=filing.description.strip()[:LONGEST_DESCRIPTION],
        address=filing.address.strip()[:LONGEST_ADDRESS],
        silence_refuses=list(filing.silence_refuses),
        instructor_id=check_instructor(filing.instructor, owner),
        recorded_by_id=rights.user_id,
    )
    check_may_write(permit, rights, INSTRUCTS if filing.instructor or filing.silence_refuses else COUNTER)
    unknown = put_on_ground(permit, filing.parcels)
    permit.number = number_for(filing, owner, parent)
    permit.save()
    Event.objects.create(permit=permit, what=What.FILED, on_date=permit.filed_date, recorded_at=database_clock.now(),
                         recorded_by_id=rights.user_id)  # fmt: skip
    refresh(permit)
    if filing.applicant:
        write_applicant(permit, filing.applicant, why=_("Filing"))
    announce()
    return Filed(permit, unknown)


@transaction.atomic
def change_permit(permit: Permit, changes: Mapping[str, Any], rights: Rights) -> Filed:
    """Change what is not an event: description, address, parcels, instructor, why silence refuses.

    Raises Invalid, Forbidden. The dates follow; the former row stays in the history.
    """
    check_may_write(permit, rights, COUNTER if not {"instructor", "silence_refuses"} & changes.keys() else INSTRUCTS)
    permit = Permit.objects.select_for_update().get(pk=permit.pk)
    unknown: Sequence[str] = ()
    for name, value in changes.items():
        match name:
            case "description" | "address":
                longest = LONGEST_DESCRIPTION if name == "description" else LONGEST_ADDRESS
                setattr(permit, name, str(value).strip()[:longest])
            case "parcels":
                unknown = put_on_ground(permit, value)
            case "silence_refuses":
                permit.silence_refuses = [str(one)[:40] for one in value][:10]
            case "instructor":
                permit.instructor_id = check_instructor(value, permit.owner)
            case _:
                raise Invalid(_("“%(name)s” does not change.") % {"name": name}, parameter=name)
    permit.save()
    refresh_with_changes(permit)
    announce()
    return Filed(permit, unknown)


# -- who --------------------------------------------------------------------------------------------------------------


def may_file(rights: Rights) -> bool:
    """Whether somebody may file for a member."""
    return rights.agency or not COUNTER.isdisjoint(rights.roles.values())


def members_filing(rights: Rights, insee: str | None = None) -> list[Member]:
    """The members for which the asker may file (in this commune), by name."""
    roles = {member for member, role in rights.roles.items() if role in COUNTER}
    members = Member.objects.filter(pk__in=roles) if not rights.agency else Member.objects.all()
    if insee is not None:
        members = members.filter(territories__commune__insee=insee)
    if insee is not None and insee not in rights.town_insee:
        members = members.exclude(pk__in=rights.town_halls())
    return list(members.distinct().order_by("name"))


def members_instructing(rights: Rights, among: Sequence[Member] | None = None) -> list[Member]:
    """The members for which the asker instructs, by name, of all or `among` some."""
    members = members_filing(rights) if among is None else among
    return [one for one in members if rights.has_role(one.pk, INSTRUCTS)]


def member_for(filing: Filing, rights: Rights) -> Member:
    """The member that instructs: the one named, or the only one that the asker files for in this commune."""
    members = members_filing(rights, filing.insee)
    if filing.member is not None:
        members = [one for one in members if one.pk == filing.member]
    if not members:
        if Territory.objects.filter(commune__insee=filing.insee, member__in=list(rights.roles)).exists():
            raise Forbidden(_("Your role does not allow this."))
        raise Invalid(_("No member of yours has the commune %(insee)s.") % {"insee": filing.insee[:5]},
                      parameter="insee")  # fmt: skip
    if len(members) > 1:
        names = ", ".join(one.name for one in members)
        raise Invalid(_("Say which member instructs: %(names)s.") % {"names": names}, parameter="member")
    return members[0]


def instructors_of(*members: Member) -> Any:
    """Who may be a file's instructor: the accepted people of its member who instruct."""
    people = Membership.objects.accepted().filter(member__in=members, role__in=INSTRUCTS)
    return people.filter(user__is_active=True).select_related("user").order_by("user__last_name", "user__username")


def check_instructor(user_id: Any, owner: Member) -> int | None:
    """The id of whoever instructs, None for nobody. Raises Invalid for somebody who does not instruct at the member."""
    if user_id in (None, ""):
        return None
    instructor = instructors_of(owner).filter(user_id=user_id).first()
    if instructor is None:
        raise Invalid(_("This person does not instruct for %(member)s.") % {"member": owner}, parameter="instructor")
    return int(instructor.user_id)


# -- where ------------------------------------------------------------------------------------------------------------


def put_on_ground(permit: Permit, texts: Sequence[str]) -> list[str]:
    """Give the file its parcels and their shape as the plan has it now; returns those that it does not have."""
    idus = list(dict.fromkeys(parcel_of(text, permit.insee) for text in texts if text.strip()))
    if len(idus) > MOST_PARCELS:
        raise Invalid(_("Name %(most)s parcels at most.") % {"most": MOST_PARCELS}, parameter="parcels")
    if strangers := [idu for idu in idus if idu[:5] != permit.insee]:
        message = _("Parcel %(idu)s is not in the commune %(insee)s: a file lies in one commune.")
        raise Invalid(message % {"idu": strangers[0], "insee": permit.insee}, parameter="parcels")
    with connection.cursor() as cursor:
        cursor.execute(UNION, [idus])
        known, ewkb = cursor.fetchone()
    permit.idus = idus
    permit.geom = as_multi(GEOSGeometry(memoryview(bytes(ewkb)))) if ewkb else None
    permit.plan_date = Layer.objects.filter(slug="parcels").values_list("source_date", flat=True).first()
    return [idu for idu in idus if idu not in (known or [])]


def as_multi(geometry: GEOSGeometry) -> MultiPolygon | None:
    if geometry.empty:
        return None
    return geometry if isinstance(geometry, MultiPolygon) else MultiPolygon(geometry, srid=geometry.srid)


def parcel_of(text: str, insee: str) -> str:
    """The 14 characters of a parcel typed whole, or as section and number in the commune. Raises Invalid."""
    if whole := whole_identifier(text):
        return whole
    reference = read_reference(text[:40])
    if reference is None or not reference.section or reference.place or (reference.insee or insee) != insee:
        message = _("“%(text)s” is no parcel: type a section and a number (AB 123), or the 14 characters.")
        raise Invalid(message % {"text": text[:40]}, parameter="parcels")
    return f"{insee}{reference.prefix or '000'}{reference.section}{reference.number:0>4}"


# -- the number -------------------------------------------------------------------------------------------------------


def number_for(filing: Filing, owner: Member, parent: Permit | None) -> str:
    """The number that was typed, checked against the file, or the next one. Raises Invalid, Conflict."""
    if filing.number.strip():
        return read_number(filing, parent).packed
    if parent is not None:
        return next_change(parent, filing.change)
    return next_number(filing, owner)


def read_number(filing: Filing, parent: Permit | None) -> Number:
    number = parse_number(filing.number)
    expected = LETTERS[Kind(filing.kind)]
    if number.letters != expected:
        raise Invalid(
            _("The number of such a file begins with %(letters)s.") % {"letters": expected}, parameter="number"
        )
    if number.insee != filing.insee:
        message = _("The number is of the commune %(insee)s, the file of %(other)s.")
        raise Invalid(message % {"insee": number.insee, "other": filing.insee}, parameter="number")
    if not number.change and number.year != f"{filing.filed_date:%y}":
        message = _("The number is of the year %(year)s, the file was filed on %(day)s.")
        raise Invalid(message % {"year": number.year, "day": format_day(filing.filed_date)}, parameter="number")
    if (number.change or "") != (filing.change if parent else "") or (parent and number.initial != parent.number):
        raise Invalid(_("The number is not one of a change of this file."), parameter="number")
    lock_sequence(parent.number if parent else f"{number.letters}{filing.insee}{number.year}")
    if ask_database("select arpent.permit_exists(%s)", number.packed):
        raise Conflict(_("There is a file of the number %(number)s already.") % {"number": number}, parameter="number")
    return number


def parse_number(text: str) -> Number:
    """The national number that a text writes. Raises Invalid, which says what is wrong with it."""
    try:
        return Number.parse(text[:60])
    except NotANumberError as error:
        messages = {
            "letters": _("A number begins with PC, PA, PD, DP or CU."),
            "department": _("After the letters come three characters of the department: 045, 02A, 974."),
            "commune": _("Overseas, the commune's three digits begin with the department's last one: 974 411."),
            "form": _("A number is written like PC 045 234 26 A0001, with M01 or T01 after it for a change."),
        }[error.why]
        raise Invalid(messages, parameter="number") from error


def parent_of(filing: Filing, owner: Member, rights: Rights) -> Permit | None:
    """The file that is modified or transferred. Raises Invalid."""
    if not filing.parent.strip():
        if filing.change:
            raise Invalid(_("Name the file that is changed."), parameter="parent")
        return None
    if filing.change not in ("M", "T"):
        raise Invalid(_("A file is modified (M) or transferred (T)."), parameter="change")
    seen = Permit.objects.visible_to(rights)
    parent = seen.filter(number=parse_number(filing.parent).initial, owner=owner).first()
    if parent is None:
        raise Invalid(_("There is no file of this number, or you may not see it."), parameter="parent")
    if (parent.insee, parent.kind) != (filing.insee, filing.kind):
        raise Invalid(_("A change is of the same commune and kind as its file."), parameter="parent")
    if parent.filed_date > filing.filed_date:
        raise Invalid(_("A change is filed after its file."), parameter="filed_date")
    return parent


def next_number(filing: Filing, owner: Member) -> str:
    """The next of the sequence of a commune, year and nature; two filings at once wait for each other."""
    series = Settings.objects.filter(member=owner).values_list("series", flat=True).first() or "0"
    letters = LETTERS[Kind(filing.kind)]
    number = Number(letters, filing.insee, f"{filing.filed_date:%y}", "")
    lock_sequence(f"{letters}{filing.insee}{number.year}")
    highest = ask_database("select arpent.highest_permit(%s)", f"{number.packed}{series}")
    if highest >= LAST:
        raise Conflict(_("The sequence %(series)s of this year is full: choose another series.") % {"series": series})
    return f"{number.packed}{series}{highest + 1:04d}"


def next_change(parent: Permit, change: str) -> str:
    """The number after the last modification or transfer, generated, typed or imported. Raises Conflict."""
    lock_sequence(parent.number)
    rank = ask_database(HIGHEST_CHANGE, f"{parent.number}{change}") + 1
    if rank > LAST_CHANGE:
        raise Conflict(_("This file has %(last)s changes already: a number says no more.") % {"last": LAST_CHANGE})
    return f"{parent.number}{change}{rank:02d}"


def lock_sequence(key: str) -> None:
    """Until the transaction's end nobody else numbers in this sequence."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('arpent permits ' || %s, 0))", [key])


def ask_database(statement: LiteralString, value: str) -> Any:
    """What a function of PostgreSQL says: numbers are counted over the files of all members."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [value])
        return cursor.fetchone()[0]

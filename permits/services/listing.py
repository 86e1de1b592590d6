"""Which files are asked for: one filter, read once, for pages, map, statistics, exports and the API."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Protocol

from django.contrib.gis.geos import Polygon
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.database import clock as database_clock
from gis_core.desk.cells import NOTHING, Cell, Line
from gis_core.desk.list_query import ListQuery, bbox, choice, parameter, text, whole_number
from gis_core.desk.listing import Column, Listing, Pager
from gis_core.desk.options import commune_options, member_options, year_options
from gis_core.desk.parameters import BBox, integer
from gis_core.errors import Invalid
from gis_core.long_dates import format_long_date
from gis_core.members.rights import Rights
from gis_core.models import Commune, Membership
from permits.deadlines.law import OF_PERMITS, Kind
from permits.models import Permit, PermitQuerySet, Team
from permits.numbers import exact_numbers, format_number, format_parcel
from permits.procedure import INSTRUCTS, NEXT, OPEN, State
from permits.services.matching import matching_text

OPENED = "open"
NOBODY = "none"
FIRST_YEAR, LAST_YEAR = 1970, 2100
SOON_DAYS, TACIT_DAYS, MONTH_DAYS = 7, 15, 30
MOST_OFFSET = 10_000


class Whose(models.TextChoices):
    """Whose files: those that the asker instructs, those of their teams, those of their members, all they may see."""

    MINE = "mine", gettext_lazy("My files")
    TEAM = "team", gettext_lazy("My teams’ files")
    MEMBER = "member", gettext_lazy("My members’ files")
    ALL = "all", gettext_lazy("All files")


class Deadline(models.TextChoices):
    """When the next thing is due. `tacit`: silence grants within two weeks."""

    OVERDUE = "overdue", gettext_lazy("Overdue")
    WEEK = "week", gettext_lazy("Within 7 days")
    MONTH = "month", gettext_lazy("Within 30 days")
    TACIT = "tacit", gettext_lazy("Tacit within 15 days")


def in_text(choices: Iterable[tuple[str, Any]]) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in choices]


def state_options(_rights: Rights) -> list[tuple[str, str]]:
    return [(OPENED, _("Open files")), ("", _("All states")), *in_text(State.choices)]


def describe_states(value: str) -> str:
    """Several states as one choice: “Granted, Refused”."""
    labels = dict(in_text([(OPENED, _("Open files")), *State.choices]))
    return ", ".join(labels.get(one, one) for one in value.split(","))


def read_states(given: Mapping[str, str], name: str) -> tuple[str, ...]:
    """One or several states, by commas. Raises Invalid."""
    states = tuple(dict.fromkeys(one for one in given.get(name, "").split(",") if one))
    for one in states:
        check_allowed(name, one, (OPENED, *State.values))
    return states


def instructor_options(rights: Rights) -> list[tuple[str, str]]:
    """The people who instruct at the user's members."""
    people = Membership.objects.accepted().filter(role__in=INSTRUCTS, user__is_active=True)
    if not rights.agency:
        people = people.filter(member__in=list(rights.roles))
    choices = {one.user_id: str(one.user) for one in people.select_related("user").order_by("user__last_name")}
    return [(NOBODY, _("Nobody yet")), *((str(pk), name) for pk, name in choices.items())]


def read_instructor(given: Mapping[str, str], name: str) -> str:
    """The id of a person, or `none`. Raises Invalid."""
    value = given.get(name, "")
    if value != NOBODY:
        integer(given, name, 0, 1, 10**15)
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitQuery(ListQuery):
    """Which files; empty fields do not restrict. `states` may hold `open`, `instructor` is an id or `none`."""

    text: str = text(
        gettext_lazy("Search"),
        name="q",
        placeholder=gettext_lazy("number, parcel, words"),
        description="a number or its beginning, a parcel, words",
    )
    whose: str = parameter(
        label=gettext_lazy("Whose"),
        read=lambda given, name: check_allowed(name, given.get(name, ""), Whose.values) or Whose.ALL,
        write=lambda value: "" if value == Whose.ALL else str(value),
        options=lambda _rights: [("" if one == Whose.ALL else str(one), one.label) for one in reversed(Whose)],
        enum=tuple(Whose.values),
        default=Whose.ALL,
    )
    member: str = choice(
        gettext_lazy("Member"), member_options, every=gettext_lazy("All members"), fewest=2, description="short name"
    )
    states: tuple[str, ...] = parameter(
        name="state",
        label=gettext_lazy("State"),
        read=read_states,
        write=",".join,
        always=True,
        options=state_options,
        describe=describe_states,
        description=f"one or several by commas: open, {', '.join(State.values)}",
        default=(),
    )
    kind: str = choice(
        gettext_lazy("Kind"),
        lambda _rights: [(value, value) for value in Permit.Kind.values],
        every=gettext_lazy("All kinds"),
        allowed=lambda: Permit.Kind.values,
        enum=tuple(Permit.Kind.values),
    )
    insee: str = choice(
        gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5, description="commune"
    )
    year: int | None = whole_number(
        gettext_lazy("Filed in"),
        low=FIRST_YEAR,
        high=LAST_YEAR,
        options=lambda _rights: year_options(),
        every=gettext_lazy("Any year"),
        description="of filing",
    )
    deadline: str = choice(
        gettext_lazy("Deadline"),
        lambda _rights: Deadline.choices,
        every=gettext_lazy("All deadlines"),
        allowed=lambda: Deadline.values,
        enum=tuple(Deadline.values),
    )
    instructor: str = parameter(
        label=gettext_lazy("Instructor"),
        read=read_instructor,
        options=instructor_options,
        every=gettext_lazy("Anybody"),
        description="id of a person, or none",
        default="",
    )
    bbox: BBox | None = bbox()

    @property
    def numbers_in_any_state(self) -> list[str]:
        """The whole numbers that the text names: where open files are asked for, these are shown though they ended."""
        return exact_numbers(self.text) if self.states == (OPENED,) else []

    @property
    def only_open(self) -> bool:
        """Whether every file that it finds is open."""
        if self.numbers_in_any_state:
            return False
        return bool(self.deadline) or (bool(self.states) and set(self.states) <= {OPENED, *OPEN})


def check_allowed(name: str, value: str, allowed: Iterable[str]) -> str:
    """The value, which may be empty, if it is one of those allowed. Raises Invalid at `name`."""
    if value and value not in allowed:
        raise Invalid(_("“%(name)s” has no such value.") % {"name": name}, parameter=name)
    return value


# -- the files --------------------------------------------------------------------------------------------------------


def files(wanted: PermitQuery, rights: Rights, day: date | None = None) -> PermitQuerySet:
    """The files that are asked for, of those that the asker may see; in no order."""
    rows = matching_text(whose(Permit.objects.visible_to(rights), wanted, rights), wanted.text, wanted.insee, rights)
    if wanted.states:
        states = {state for one in wanted.states for state in (OPEN if one == OPENED else (one,))}
        rows = rows.filter(Q(state__in=sorted(states)) | Q(number__in=wanted.numbers_in_any_state))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.insee:
        rows = rows.filter(insee=wanted.insee)
    if wanted.year:
        rows = rows.filter(filed_date__range=(date(wanted.year, 1, 1), date(wanted.year, 12, 31)))
    if wanted.deadline:
        rows = rows.open().filter(due(wanted.deadline, day or database_clock.today()))
    if wanted.bbox:
        box = Polygon.from_bbox(wanted.bbox)
        box.srid = 4326
        rows = rows.filter(geom_3857__bboverlaps=box.transform(3857, clone=True))
    return rows


def whose(rows: PermitQuerySet, wanted: PermitQuery, rights: Rights) -> PermitQuerySet:
    if wanted.member:
        rows = rows.filter(owner__slug=wanted.member)
    if wanted.instructor:
        nobody = wanted.instructor == NOBODY
        rows = rows.filter(instructor=None) if nobody else rows.filter(instructor_id=int(wanted.instructor))
    match wanted.whose:
        case Whose.MINE:
            return rows.filter(instructor_id=rights.user_id)
        case Whose.TEAM:
            return of_teams(rows, rights)
        case Whose.MEMBER:
            return rows.filter(owner_id__in=list(rights.roles))
    return rows


def of_teams(rows: PermitQuerySet, rights: Rights) -> PermitQuerySet:
    """Files of a team's member that somebody of the team instructs."""
    teams: dict[int, set[int]] = {}
    mine = Team.objects.filter(people=rights.user_id).values_list("pk", flat=True)
    for member, person in Team.objects.filter(pk__in=list(mine)).values_list("member_id", "people"):
        teams.setdefault(member, set()).add(person)
    condition = Q(pk__in=[])
    for member, people in teams.items():
        condition |= Q(owner_id=member, instructor_id__in=sorted(people))
    return rows.filter(condition)


def due(deadline: str, day: date) -> Q:
    """Which open files have such a deadline."""
    match deadline:
        case Deadline.OVERDUE:
            return Q(next_date__lt=day)
        case Deadline.TACIT:
            return Q(next_date__range=(day, day + timedelta(TACIT_DAYS)), next_what="due") & silence_grants()
    days = SOON_DAYS if deadline == Deadline.WEEK else MONTH_DAYS
    return Q(next_date__range=(day, day + timedelta(days)))


def silence_grants() -> Q:
    """Of which files no answer is a grant, by their columns: an opinion may still make it a refusal (R.424-3)."""
    certificates = [kind.value for kind in Kind if kind.certifies]
    declaration = Q(kind=Kind.DP.value, silence_refuses__contained_by=[case.value for case in OF_PERMITS])
    return Q(silence_refuses=[]) | Q(kind__in=certificates) | declaration


def order_permits(rows: PermitQuerySet, wanted: PermitQuery) -> PermitQuerySet:
    """The next deadline first where all are open, else the last filed first."""
    if wanted.only_open:
        return rows.order_by(F("next_date").asc(nulls_last=True), "filed_date", "id")
    return rows.order_by("-filed_date", "-id")


# -- as people read them ----------------------------------------------------------------------------------------------

HEAVY: Final = ("geom", "geom_3857", "folded_text")
LONGEST_WORKS: Final = 140


class OnGround(Protocol):
    """A file, or a decision of the public register."""

    @property
    def insee(self) -> str: ...

    @property
    def idus(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What lines of files need beside themselves: the names of communes by INSEE code, and today."""

    communes: dict[str, str]
    day: date


def around(rows: Sequence[OnGround], _rights: Rights) -> Around:
    names = Commune.objects.filter(insee__in={one.insee for one in rows}).values_list("insee", "name")
    return Around(dict(names), database_clock.today())


def commune_name(row: OnGround, related: Around) -> str:
    return related.communes.get(row.insee, "")


def commune_cell(row: OnGround, related: Around) -> Cell:
    return Cell(related.communes.get(row.insee, row.insee))


def parcels_of(row: OnGround, _related: Around) -> str:
    return ", ".join(format_parcel(idu) for idu in row.idus)


# -- files ------------------------------------------------------------------------------------------------------------


def rows_of(query: PermitQuery, rights: Rights) -> QuerySet[Permit]:
    rows = order_permits(files(query, rights), query).select_related("instructor", "owner").defer(*HEAVY)
    return rows.prefetch_related("figures")


def figure_value(name: str) -> Callable[[Permit, Around], Any]:
    """What the form says of a file, empty where nothing was entered."""

    def value(permit: Permit, _around: Around) -> Any:
        figures = getattr(permit, "figures", None)
        return getattr(figures, name) if figures else None

    return value


def number_of(permit: Permit, _around: Around) -> str:
    return format_number(permit.number)


def number_cell(permit: Permit, _around: Around) -> Cell:
    filed = _("filed on %(day)s") % {"day": format_long_date(permit.filed_date, "j N Y")}
    return Cell(str(permit), href=reverse("permit", args=[permit.number]), tone="number", lines=(Line(filed),))


def kind_cell(row: Any, _around: Around) -> Cell:
    return Cell(row.kind, title=str(Permit.Kind(row.kind).label))


def works_cell(permit: Permit, _around: Around) -> Cell:
    works = Truncator(permit.description).chars(LONGEST_WORKS) or NOTHING
    return Cell(works, tone="works", lines=(Line(permit.address),) if permit.address else ())


def state_label(permit: Permit, _around: Around) -> str:
    return permit.get_state_display()


def state_cell(permit: Permit, related: Around) -> Cell:
    label = state_label(permit, related)
    return Cell(f"{label} · {_('tacit')}" if permit.tacit else label, tone=f"state state-{permit.state}")


def deadline_cell(permit: Permit, related: Around) -> Cell:
    """What is due next and when; of an ended file, since when."""
    if permit.next_date:
        line = Line(str(NEXT.get(permit.next_what, "")), permit.next_date)
        tone = f"deadline {urgency(permit.next_date, related.day)}"
        return Cell(days_left(permit.next_date, related.day), tone=tone.strip(), lines=(line,))
    return Cell("", lines=(Line(_("ended on"), permit.ended_date),)) if permit.ended_date else Cell()


def days_left(due: date, day: date) -> str:
    """How far a day is, in words."""
    days = (due - day).days
    if days < 0:
        return ngettext("%(days)s day late", "%(days)s days late", -days) % {"days": -days}
    if days < 2:
        return _("tomorrow") if days else _("today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": days}


def urgency(due: date, day: date) -> str:
    days = (due - day).days
    return "late" if days < 0 else "soon" if days <= SOON_DAYS else ""


def instructor_name(permit: Permit, _around: Around) -> str:
    return str(permit.instructor or "")


def instructor_cell(permit: Permit, _around: Around) -> Cell:
    return Cell(str(permit.instructor)) if permit.instructor else Cell(_("nobody yet"), tone="nothing")


PERMITS: Final = Listing(
    name="permits",
    title=gettext_lazy("Applications"),
    query=PermitQuery,
    rows=rows_of,
    columns=(
        Column("number", gettext_lazy("Number"), value=number_of, cell=number_cell,
               heading=gettext_lazy("Application"), sort="number"),
        Column("kind", gettext_lazy("Kind"), cell=kind_cell, sort="kind"),
        Column("member", gettext_lazy("Member"), value="owner.name"),
        Column("insee", "INSEE"),
        Column("commune", gettext_lazy("Commune"), value=commune_name, cell=commune_cell, sort="insee"),
        Column("parcels", gettext_lazy("Parcels"), value=parcels_of),
        Column("works", gettext_lazy("Works"), value="description", cell=works_cell),
        Column("address", gettext_lazy("Address of the ground")),
        Column("state", gettext_lazy("State"), value=state_label, cell=state_cell, sort="state"),
        Column("tacit", gettext_lazy("Tacit"), "boolean"),
        Column("filed", gettext_lazy("Filed on"), "date", "filed_date", sort="filed_date"),
        Column("complete", gettext_lazy("Complete on"), "date", "complete_date"),
        Column("next", gettext_lazy("Next deadline"), "date", "next_date", cell=deadline_cell, sort="next_date"),
        Column("due", gettext_lazy("Decision until"), "date", "due_date"),
        Column("ended", gettext_lazy("Ended on"), "date", "ended_date"),
        Column("valid", gettext_lazy("Valid until"), "date", "valid_until_date"),
        Column("instructor", gettext_lazy("Instructor"), value=instructor_name, cell=instructor_cell),
        Column("floor_created", gettext_lazy("Floor area created (m²)"), "number", figure_value("floor_created_m2")),
        Column("floor_after", gettext_lazy("Floor area after works (m²)"), "number", figure_value("floor_after_m2")),
        Column("emprise_created", gettext_lazy("Emprise created (m²)"), "number", figure_value("emprise_created_m2")),
        Column("height", gettext_lazy("Height (m)"), "number", figure_value("height_m")),
        Column("dwellings", gettext_lazy("Dwellings created"), "integer", figure_value("dwellings")),
    ),
    on_page=("number", "kind", "commune", "works", "state", "next", "instructor"),
    related=around,
    key=lambda permit: permit.number,
    pager=Pager(farthest=MOST_OFFSET),
    count=lambda count: ngettext("%(count)s file", "%(count)s files", count) % {"count": count},
    nothing=gettext_lazy("No application is filed yet: the files that you may see will stand here."),
    none_match=gettext_lazy("No file fits these filters."),
    exists=lambda rights: Permit.objects.visible_to(rights).exists(),
    files=("csv", "xlsx", "ods", "gpkg"),
    file_name="permis",
    geometry="geom",
    saved=True,
)  # fmt: skip

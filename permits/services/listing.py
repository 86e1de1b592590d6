"""Which files are asked for: one filter, read once, for pages, map, statistics, exports and the API."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.contrib.gis.geos import Polygon
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.parameters import BBox, bbox_4326, integer
from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Commune, Territory
from layers.cadastre.references import Reference, read_reference, whole_identifier
from permits.deadlines.law import OF_PERMITS, Kind
from permits.folding import folded
from permits.models import Permit, PermitQuerySet, Team
from permits.procedure import OPEN, State

OPENED = "open"
NOBODY = "none"
LONGEST_TEXT = 100
MOST_TERMS = 8
FIRST_YEAR, LAST_YEAR = 1970, 2100
SOON_DAYS, TACIT_DAYS, MONTH_DAYS = 7, 15, 30
COUNT_LIMIT = 1000
MOST_OFFSET = 10_000
NUMBER_BEGINS = re.compile(r"(?:PC|PA|PD|DP|CU)\d[0-9A-Z]{0,15}")
AFTER_LAST = "Z" * 18


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What was asked for; empty fields do not restrict. `states` may hold `open`, `instructor` is an id or `none`."""

    whose: str = Whose.ALL
    member: str = ""
    states: tuple[str, ...] = ()
    kind: str = ""
    insee: str = ""
    year: int | None = None
    text: str = ""
    deadline: str = ""
    instructor: str = ""
    bbox: BBox | None = None

    @classmethod
    def parse(cls, parameters: Mapping[str, str], **defaults: str) -> Self:
        """The filter of query parameters, with what stands for those that are not given. Raises Invalid.

        `whose`, `member` (slug), `state` (one or several, by commas; `open`), `kind`, `insee`, `year` (of filing),
        `q`, `deadline`, `instructor`, `bbox` (EPSG:4326).
        """
        given: dict[str, str] = {**defaults, **{name: parameters[name] for name in parameters}}
        states = tuple(dict.fromkeys(one for one in given.get("state", "").split(",") if one))
        for one in states:
            known("state", one, (OPENED, *State.values))
        instructor = given.get("instructor", "")
        if instructor != NOBODY:
            integer(given, "instructor", 0, 1, 10**15)
        return cls(
            whose=known("whose", given.get("whose", ""), Whose.values) or Whose.ALL,
            member=given.get("member", "").strip()[:LONGEST_TEXT],
            states=states,
            kind=known("kind", given.get("kind", ""), Permit.Kind.values),
            insee=given.get("insee", "").strip()[:5],
            year=integer(given, "year", 0, FIRST_YEAR, LAST_YEAR) or None,
            text=given.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
            deadline=known("deadline", given.get("deadline", ""), Deadline.values),
            instructor=instructor,
            bbox=bbox_4326(given),
        )

    @property
    def only_open(self) -> bool:
        """Whether every file that it finds is open."""
        return bool(self.deadline) or (bool(self.states) and set(self.states) <= {OPENED, *OPEN})

    def but(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def query(self) -> str:
        """The query string that reads as this filter; `state` is always there, for pages that default it."""
        names = {"states": "state", "text": "q"}
        given = {names.get(one.name, one.name): getattr(self, one.name) for one in fields(self)}
        given["state"] = ",".join(self.states)
        given["bbox"] = ",".join(map(str, self.bbox)) if self.bbox else ""
        given["whose"] = "" if self.whose == Whose.ALL else self.whose
        return urlencode({name: value for name, value in given.items() if value or name == "state"})


def known(name: str, value: str, allowed: Iterable[str]) -> str:
    """The value, which may be empty, if it is one of those allowed. Raises Invalid at `name`."""
    if value and value not in allowed:
        raise Invalid(_("“%(name)s” has no such value.") % {"name": name}, parameter=name)
    return value


# -- the files --------------------------------------------------------------------------------------------------------


def files(wanted: Filter, rights: Rights, day: date | None = None) -> PermitQuerySet:
    """The files that are asked for, of those that the asker may see; in no order."""
    rows = matching_text(whose(Permit.objects.visible_to(rights), wanted, rights), wanted, rights)
    if wanted.states:
        states = {state for one in wanted.states for state in (OPEN if one == OPENED else (one,))}
        rows = rows.filter(state__in=sorted(states))
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


def whose(rows: PermitQuerySet, wanted: Filter, rights: Rights) -> PermitQuerySet:
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


def ordered(rows: PermitQuerySet, wanted: Filter) -> PermitQuerySet:
    """The next deadline first where all are open, else the last filed first."""
    if wanted.only_open:
        return rows.order_by(F("next_date").asc(nulls_last=True), "filed_date", "id")
    return rows.order_by("-filed_date", "-id")


def count_up_to(rows: PermitQuerySet, most: int = COUNT_LIMIT) -> tuple[int, bool]:
    """How many there are, and whether there are more: nobody waits for a count beyond `most`."""
    count = rows.order_by()[: most + 1].count()
    return min(count, most), count > most


# -- what somebody typed ----------------------------------------------------------------------------------------------


def matching_text(rows: PermitQuerySet, wanted: Filter, rights: Rights) -> PermitQuerySet:
    """Those that a text names: a number or its beginning, a parcel, or the beginnings of words."""
    if not wanted.text:
        return rows
    packed = re.sub(r"[\s.\-/]", "", wanted.text).upper()
    if NUMBER_BEGINS.fullmatch(packed):
        return rows.filter(number__gte=packed, number__lte=packed + AFTER_LAST)
    terms = folded(wanted.text)[:MOST_TERMS]
    condition = Q(pk__in=files_on(parcels_in_text(wanted, rights)))
    if terms:
        condition |= Q(*(Q(folded_text__contains=f" {word}") for word in terms))
    return rows.filter(condition)


def parcels_in_text(wanted: Filter, rights: Rights) -> list[str]:
    """The identifiers of 14 characters that a text may mean, in the communes that the asker may see."""
    if whole := whole_identifier(wanted.text):
        return [whole]
    reference = read_reference(wanted.text)
    if reference is None or not reference.section:
        return []
    ending = f"{reference.prefix or '000'}{reference.section}{reference.number:0>4}"
    return [insee + ending for insee in communes_of_reference(reference, wanted, rights)]


def communes_of_reference(reference: Reference, wanted: Filter, rights: Rights) -> list[str]:
    if reference.insee or wanted.insee:
        return [reference.insee or wanted.insee]
    territory = Territory.objects.all() if rights.agency else Territory.objects.filter(member__in=list(rights.roles))
    communes = Commune.objects.filter(territories__in=territory)
    for word in reference.place:
        communes = communes.filter(search_text__contains=f" {word}")
    return list(communes.values_list("insee", flat=True).distinct())


def files_on(idus: list[str]) -> list[int]:
    if not idus:
        return []
    with connection.cursor() as cursor:
        cursor.execute("select arpent.permits_on(%s)", [idus])
        return [row[0] for row in cursor.fetchall()]

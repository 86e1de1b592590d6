"""/voirie/travaux/: the calendar, a row for each works, a column for each week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.list_query import answer_query
from gis_core.desk.tables import answer_table
from gis_core.desk.tabs import page
from gis_core.errors import Invalid
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from layers.features.display import display_number
from networks.roadworks.days import format_days
from networks.roadworks.models import Work
from networks.roadworks.pages.frame import TAB, show_page, writing_for
from networks.roadworks.services import works
from networks.roadworks.services.conflicts import Conflict, marks_of
from networks.roadworks.services.work_table import as_table, communes_of
from networks.roadworks.services.works import WorkQuery

WEEKS: Final = 8
OFFERED: Final = (4, 8, 13, 26)
ROWS: Final = 150
ROWS_OF_A_TABLE: Final = 5_000
ELSEWHERE: Final = 10
YEARS: Final = range(2000, 2100)
FIRST: Final = date(YEARS.start, 1, 1)


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    current: bool
    number: int

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Cell:
    """The days of a week that works take: from the how manyth day (0 Monday), how many; 0 days for none."""

    start: int = 0
    days: int = 0
    begins: bool = False
    ends: bool = False
    said: str = ""
    today: int | None = None


@dataclass(frozen=True, slots=True)
class CalendarQuery:
    monday: date
    weeks: int
    wanted: WorkQuery

    @classmethod
    def of(cls, wanted: WorkQuery, given: Mapping[str, str]) -> "CalendarQuery":
        """These works, on the weeks from a Monday on that a query string asks for. Raises Invalid."""
        weeks = given.get("semaines", "")
        length = int(weeks) if weeks in {str(one) for one in OFFERED} else WEEKS
        day = day_in(given.get("du", "")) or database_clock.today()
        return cls(day - timedelta(days=day.weekday()), length, wanted)

    @property
    def last(self) -> date:
        return self.monday + timedelta(days=7 * self.weeks - 1)

    def query(self, *, weeks: int | None = None, moved: int = 0, now: bool = False) -> str:
        start = database_clock.today() if now else self.day(moved)
        days = urlencode({"du": start.isoformat(), "semaines": weeks or self.weeks})
        return "&".join(filter(None, [self.wanted.query(), days]))

    def day(self, moved: int = 0) -> date:
        """The first day of the calendar, so many weeks away: the first week of all begins the year before."""
        start = self.monday + timedelta(days=7 * moved)
        return FIRST if start < FIRST < start + timedelta(days=7) else start

    def beside(self, moved: int) -> str:
        """As `query`; empty where the calendar has no such weeks."""
        return self.query(moved=moved) if self.day(moved).year in YEARS else ""


def day_in(text: str) -> date | None:
    """The day that a text YYYY-MM-DD says, None for none. Raises Invalid."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        raise Invalid(_("“du” is a day such as 2026-11-30."), parameter="du")
    return day


@require_safe
@page
def calendar(request: HttpRequest) -> HttpResponse:
    """Works, events and works on networks of the coming weeks, with their conflicts; `format=` csv, xlsx or ods to take
    away.
    """
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str) and value}
    if suffix := given.get("format"):
        return export_works(CalendarQuery.of(WorkQuery.parse(given), given), suffix, rights)

    def answer(wanted: WorkQuery, given: Mapping[str, str]) -> tuple[CalendarQuery, list[Work]]:
        query = CalendarQuery.of(wanted, given)
        return query, list(between(query, rights)[: ROWS + 1])

    _wanted, form, (query, rows) = answer_query(WorkQuery, given, rights, answer)
    page_works = rows[:ROWS]
    marks = marks_of(page_works, rights)
    context = {
        "list": {"form": form},
        "action": request.path,
        "asked": query,
        "weeks": weeks_of(query),
        "rows": calendar_rows(page_works, marks, query),
        "more": len(rows) > ROWS,
        "most": ROWS,
        "span": format_days(query.monday, query.last),
        "earlier": query.beside(-query.weeks),
        "later": query.beside(query.weeks),
        "query": query.query(),
        "elsewhere": [] if rows else elsewhere(query, rights),
        "now": query.query(now=True),
        "lengths": [(one, query.query(weeks=one), one == query.weeks) for one in OFFERED],
        "legend": Work.Measure.choices,
        "writes": bool(writing_for(rights)),
        "kept": {"du": query.day().isoformat(), "semaines": query.weeks},
        "filtered": form.is_filtered,
    }
    return show_page(request, "calendar", TAB, context, 400 if form.errors else 200)


def between(query: CalendarQuery, rights: Rights) -> QuerySet[Work]:
    wanted = query.wanted.but(first=query.monday, last=query.last)
    return works.list_works(wanted, rights).defer("geom_3857")


def elsewhere(query: CalendarQuery, rights: Rights) -> list[dict[str, Any]]:
    """What was looked for by a text and lies on other weeks, the latest first."""
    if not query.wanted.text:
        return []
    others = works.list_works(query.wanted, rights).defer("geom", "geom_3857").order_by("-starts_on", "-pk")[:ELSEWHERE]
    return [{"work": one, "days": format_days(one.starts_on, one.ends_on)} for one in others]


@limit_concurrency(TABLE)
def export_works(query: CalendarQuery, suffix: str, rights: Rights) -> HttpResponse:
    """The works of these weeks as a table. Raises Invalid."""
    # No stretch is printed.
    rows = list(between(query, rights).defer("geom", "geom_3857")[: ROWS_OF_A_TABLE + 1])
    if len(rows) > ROWS_OF_A_TABLE:
        message = _("A table has %(most)s works at most: choose fewer weeks, or a filter.")
        raise Invalid(message % {"most": display_number(ROWS_OF_A_TABLE)}, parameter="format")
    return answer_table(as_table(rows), suffix, _("Works"), f"travaux-{query.day():%Y-%m-%d}")


def weeks_of(query: CalendarQuery) -> list[Week]:
    mondays = [query.monday + timedelta(days=7 * rank) for rank in range(query.weeks)]
    return [
        Week(one, one <= database_clock.today() <= one + timedelta(days=6), one.isocalendar().week) for one in mondays
    ]


def calendar_rows(
    page_works: Sequence[Work], marks: Mapping[int, list[Conflict]], query: CalendarQuery
) -> list[dict[str, Any]]:
    names = communes_of(page_works)
    return [
        {
            "work": one,
            "commune": names.get(one.insee or "", ""),
            "days": format_days(one.starts_on, one.ends_on),
            "cells": [cell(one, week) for week in weeks_of(query)],
            "conflicts": len(marks.get(one.pk, [])),
            "gravity": max((mark.severity for mark in marks.get(one.pk, [])), default=None),
        }
        for one in page_works
    ]


def cell(work: Work, week: Week) -> Cell:
    now = (database_clock.today() - week.monday).days if week.current else None
    first, last = max(work.starts_on, week.monday), min(work.ends_on, week.sunday)
    if last < first:
        return Cell(today=now)
    return Cell(
        start=(first - week.monday).days,
        days=(last - first).days + 1,
        begins=first == work.starts_on,
        ends=last == work.ends_on,
        said=format_days(first, last),
        today=now,
    )

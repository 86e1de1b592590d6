"""/voirie/travaux/: the calendar, a row for each works, a column for each week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.errors import Invalid
from gis_core.forms import blame
from gis_core.middleware import rights_of_request
from gis_core.models import Commune, Member
from networks.works.days import said, today
from networks.works.models import Work
from networks.works.pages.forms import CalendarForm
from networks.works.pages.frame import page, show, writing_for
from networks.works.services import works
from networks.works.services.conflicts import Found, marks_of
from networks.works.services.works import Filter

WEEKS: Final = 8
OFFERED: Final = (4, 8, 13, 26)
ROWS: Final = 150
YEARS: Final = range(2000, 2100)


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
class Asked:
    monday: date
    weeks: int
    wanted: Filter

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> "Asked":
        """Raises Invalid."""
        weeks = given.get("semaines", "")
        length = int(weeks) if weeks in {str(one) for one in OFFERED} else WEEKS
        day = day_in(given.get("du", "")) or today()
        return cls(day - timedelta(days=day.weekday()), length, Filter.parse(given))

    @property
    def last(self) -> date:
        return self.monday + timedelta(days=7 * self.weeks - 1)

    def query(self, *, weeks: int | None = None, moved: int = 0, now: bool = False) -> str:
        start = today() if now else self.monday + timedelta(days=7 * moved)
        days = urlencode({"du": start.isoformat(), "semaines": weeks or self.weeks})
        return "&".join(filter(None, [self.wanted.query(), days]))


def day_in(text: str) -> date | None:
    """Raises Invalid."""
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
    """Works, events and works on networks of the coming weeks, with their conflicts."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str) and value}
    members = list(Member.objects.visible_to(rights).order_by("name").values_list("slug", "name"))
    form, status = CalendarForm(initial=given, members=members), 200
    try:
        asked = Asked.parse(given)
        found = between(asked, rights)
    except Invalid as error:
        form, status = CalendarForm(given, members=members), 400
        if str(error.extra.get("parameter")) not in form.errors:
            blame(form, error)
        asked = Asked.parse({})
        found = between(asked, rights)
    shown = found[:ROWS]
    marks = marks_of(shown, rights)
    context = {
        "form": form,
        "asked": asked,
        "weeks": weeks_of(asked),
        "rows": rows_of(shown, marks, asked),
        "more": len(found) > ROWS,
        "most": ROWS,
        "span": said(asked.monday, asked.last),
        "earlier": asked.query(moved=-asked.weeks),
        "later": asked.query(moved=asked.weeks),
        "now": asked.query(now=True),
        "lengths": [(one, asked.query(weeks=one), one == asked.weeks) for one in OFFERED],
        "legend": Work.Measure.choices,
        "writes": bool(writing_for(rights)),
        "kept": {"du": asked.monday.isoformat(), "semaines": asked.weeks},
        "filtered": bool(asked.wanted.query()),
    }
    return show(request, "calendar", context, status)


def between(asked: Asked, rights: Any) -> list[Work]:
    wanted = asked.wanted.but(first=asked.monday, last=asked.last)
    return list(works.listed(wanted, rights).defer("geom_3857")[: ROWS + 1])


def weeks_of(asked: Asked) -> list[Week]:
    mondays = [asked.monday + timedelta(days=7 * rank) for rank in range(asked.weeks)]
    return [Week(one, one <= today() <= one + timedelta(days=6), one.isocalendar().week) for one in mondays]


def rows_of(shown: Sequence[Work], marks: Mapping[int, list[Found]], asked: Asked) -> list[dict[str, Any]]:
    codes = {one.insee for one in shown if one.insee}
    names = dict(Commune.objects.filter(insee__in=codes).values_list("insee", "name"))
    return [
        {
            "work": one,
            "commune": names.get(one.insee or "", ""),
            "days": said(one.starts_on, one.ends_on),
            "cells": [cell(one, week) for week in weeks_of(asked)],
            "conflicts": len(marks.get(one.pk, [])),
            "gravity": max((mark.gravity for mark in marks.get(one.pk, [])), default=None),
        }
        for one in shown
    ]


def cell(work: Work, week: Week) -> Cell:
    now = (today() - week.monday).days if week.current else None
    first, last = max(work.starts_on, week.monday), min(work.ends_on, week.sunday)
    if last < first:
        return Cell(today=now)
    return Cell(
        start=(first - week.monday).days,
        days=(last - first).days + 1,
        begins=first == work.starts_on,
        ends=last == work.ends_on,
        said=said(first, last),
        today=now,
    )

"""/permis/export/ and /permis/statistiques/: the files of a filter to take away, and what became of them."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.list_pages import list_file
from gis_core.desk.list_query import answer_query
from gis_core.files.writing.csvtext import CSV, csv_file
from gis_core.files.writing.rows import Column
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from permits.pages.frame import page
from permits.services.listing import OPENED, PERMITS, PermitQuery
from permits.services.statistics import Group, Statistics, statistics


@require_safe
@page
def export(request: HttpRequest) -> HttpResponse:
    """The files of a filter as CSV, XLSX or ODS."""
    given = {"format": "csv", **request.GET.dict()}
    query = PermitQuery.parse(given, state=OPENED)
    return list_file(PERMITS, query, rights_of_request(request), given)


@require_safe
@page
@limit_concurrency(TABLE)
def statistics_page(request: HttpRequest) -> HttpResponse:
    """Counts and delays by kind, period, commune, instructor and state; this year's files unless told otherwise."""
    rights = rights_of_request(request)
    this_year = {"state": "", "year": str(database_clock.today().year)}
    wanted, form, figures = answer_query(
        PermitQuery, request.GET.dict(), rights, lambda query, _given: statistics(query, rights), this_year
    )
    if request.GET.get("format") == "csv":
        return file_response(
            statistics_csv(figures, wanted), CSV, f"statistiques-permis-{database_clock.today():%Y-%m-%d}.csv"
        )
    context = {
        "section": "permits",
        "list": {"form": form},
        "action": request.path,
        "whole": figures.whole,
        "tables": tables(figures, wanted),
        "query": f"{wanted.query()}&year={wanted.year or ''}",
    }
    return render(request, "permits/statistics.html", context, status=400 if form.errors else 200)


def titles(wanted: PermitQuery) -> dict[str, str]:
    return {
        "kind": _("By kind"),
        "period": _("By month of filing") if wanted.year else _("By year of filing"),
        "insee": _("By commune"),
        "instructor": _("By instructor"),
        "state": _("By state"),
    }


def tables(figures: Statistics, wanted: PermitQuery) -> list[dict[str, object]]:
    """Each table with its heading; every row leads to its files, and has its share of the longest bar."""
    made: list[dict[str, object]] = []
    for name, title in titles(wanted).items():
        groups: Sequence[Group] = getattr(figures, name)
        most = max((one.filed for one in groups), default=1)
        apart = {one.key.partition(":")[0] for one in groups if ":" in one.key}
        rows = [
            {
                "group": one,
                # No filter leaves certificates out, whose states are groups of their own.
                "query": "" if name == "state" and one.key in apart else query_of(name, one, wanted),
                "share": round(100 * one.filed / most),
            }
            for one in groups
        ]
        made.append({"name": name, "title": title, "rows": rows})
    return made


def query_of(name: str, group: Group, wanted: PermitQuery) -> str:
    """The filter of a group's files; empty for a month, which no filter names."""
    match name:
        case "period":
            return "" if wanted.year else wanted.but(year=int(group.key)).query()
        case "instructor":
            return wanted.but(instructor=group.key or "none").query()
        case "state":
            state, _colon, certificate = group.key.partition(":")
            return wanted.but(states=(state,), kind=certificate or wanted.kind).query()
    return wanted.but(**{name: group.key}).query()


def statistics_csv(figures: Statistics, wanted: PermitQuery) -> bytes:
    columns = [
        Column("table", _("Table"), "text"),
        Column("group", _("Group"), "text"),
        Column("filed", _("Applications"), "integer"),
        Column("decided", _("Decided"), "integer"),
        Column("tacit", _("Tacit"), "integer"),
        Column("median", _("Days to decision, median"), "integer"),
        Column("ninth", _("Days to decision, nine in ten"), "integer"),
    ]
    parts = [
        (_("All applications"), [figures.whole]),
        *((title, getattr(figures, name)) for name, title in titles(wanted).items()),
    ]
    rows = [
        [title, one.label, one.filed, one.decided, one.tacit, one.median, one.ninth]
        for title, groups in parts
        for one in groups
    ]
    return csv_file(columns, rows)

"""/reseaux/reparations/: repairs in a table, recorded from the office, and how often pipes break."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.list_pages import answer_list
from gis_core.desk.list_query import answer_query
from gis_core.desk.parameters import integer
from gis_core.desk.tables import XLSX, Table, workbook_file
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Forbidden, Invalid
from gis_core.files.writing.csvtext import CSV, csv_file
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.members.technicians import works_on_networks
from layers.features.display import THIN, display_number
from networks.water import code_lists
from networks.water.charts import Bar, bars, columns
from networks.water.listings.repairs import REPAIRS
from networks.water.pages.frame import show
from networks.water.pages.profile import labels_of
from networks.water.services.repair_statistics import Group, Statistics, StatisticsQuery, statistics
from networks.water.services.repair_tables import label_or_none, statistics_table
from networks.water.services.repairs import (
    LARGEST_ID,
    NETWORKS,
    NewRepair,
    RepairedPipe,
    RepairQuery,
    check_may_record,
    metres_to_break,
    pipe_to_repair,
    record_repair,
)


@require_safe
@page
def repairs(request: HttpRequest) -> HttpResponse:
    """The repairs of a filter, in a page or (`format`) a file."""
    show_page = partial(show, request, "repairs", "network_repairs")
    return answer_list(request, REPAIRS, show_page, around=lambda view: {"pipe": pipe_label(view.query, view.rights)})


def pipe_label(query: RepairQuery, rights: Rights) -> str:
    """Of a filter by pipe: what people call it."""
    if not query.pipe or not query.network:
        return ""
    try:
        return pipe_to_repair(query.network, query.pipe, "", rights).reference or ""
    except ArpentError:
        return ""


@limit_concurrency(TABLE)
def export_table(table: Table, suffix: str, title: str, name: str) -> HttpResponse:
    """The table as a CSV or XLSX file, named after today. Raises Invalid for another format."""
    if suffix not in ("csv", "xlsx"):
        raise Invalid(_("A table is a CSV or XLSX file."), parameter="format")
    content, kind = (csv_file(*table), CSV) if suffix == "csv" else (workbook_file(table, title), XLSX)
    return file_response(content, kind, f"{name}-{database_clock.today():%Y-%m-%d}.{suffix}")


# -- recording one ----------------------------------------------------------------------------------------------------


class RepairForm(AccessibleForm):
    """A repair of a pipe; the pipe comes with the link from its sheet, or by its reference."""

    network = forms.ChoiceField(label=gettext_lazy("Network"), choices=NETWORKS)
    pipe = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)
    outage = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_ID, widget=forms.HiddenInput)
    pipe_reference = forms.CharField(
        label=gettext_lazy("Pipe"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("Its reference, as its sheet on the map gives it."),
    )
    along_m = forms.FloatField(
        label=gettext_lazy("Metres from its start"),
        required=False,
        min_value=0,
        localize=True,
        help_text=gettext_lazy("Empty: in the middle of the pipe. It can be moved on the map."),
    )
    repaired_date = forms.DateField(
        label=gettext_lazy("Repaired on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    cause = forms.ChoiceField(label=gettext_lazy("Cause"), required=False)
    defect = forms.ChoiceField(label=gettext_lazy("Defect"), required=False)
    reference = forms.CharField(label=gettext_lazy("Number of the intervention"), max_length=254, required=False)
    cost_eur = forms.FloatField(label=gettext_lazy("Cost (€)"), required=False, min_value=0, localize=True)
    comment = forms.CharField(
        label=gettext_lazy("Remark"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, pipe: RepairedPipe | None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, labels in (("cause", code_lists.CAUSES), ("defect", code_lists.DEFECTS)):
            self.fields[name].choices = [("", _("Not known yet")), *labels_of(labels).items()]  # type: ignore[attr-defined]
        if pipe:
            self.fields["network"].widget = forms.HiddenInput()
            self.fields["pipe_reference"].widget = forms.HiddenInput()
        else:
            self.fields["pipe_reference"].required = True

    def repair(self) -> NewRepair:
        return NewRepair(**self.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def new_repair(request: HttpRequest) -> HttpResponse:
    """The form; `network` and `pipe` say which pipe, `outage` in which outage it was repaired."""
    rights = rights_of_request(request)
    if not works_on_networks(rights):
        raise Forbidden(_("Repairs are recorded by network technicians."))
    sent = request.POST if request.method == "POST" else request.GET
    given = {name: value for name, value in sent.items() if isinstance(value, str)}
    pipe, fault = None, None
    if given.get("pipe"):
        try:
            known = integer(given, "pipe", 0, 1, LARGEST_ID)
            pipe = pipe_to_repair(given.get("network", "water"), known, "", rights)
            check_may_record(pipe, rights)
        except ArpentError as error:
            fault = error
    if request.method == "POST":
        form = RepairForm(given, pipe=pipe)
        if form.is_valid():
            try:
                return record_and_redirect(request, form.repair(), rights)
            except ArpentError as error:
                fault = error
    else:
        first = {"repaired_date": database_clock.today(), "network": "water", **place_in_outage(given, pipe, rights)}
        form = RepairForm(initial=first | given, pipe=pipe)
    status = 400 if form.errors else 200
    if fault:
        if not form.is_bound:
            form = RepairForm({"network": "water", **given}, pipe=None)
            form.full_clean()
            form.errors.clear()
        status = blame(form, fault)
    context = {"form": form, "pipe": pipe, "material": pipe and label_or_none(code_lists.MATERIALS, pipe.material)}
    return show(request, "repair_new", "network_repairs", context, status=status)


def place_in_outage(given: Mapping[str, str], pipe: RepairedPipe | None, rights: Rights) -> dict[str, float | None]:
    """Where the outage says that the pipe broke: the place of its repair."""
    if pipe is None or given.get("network") == "sewer" or not given.get("outage"):
        return {}
    outage = integer(given, "outage", 0, 0, LARGEST_ID)
    return {"along_m": metres_to_break(outage, pipe, rights)}


def record_and_redirect(request: HttpRequest, given: NewRepair, rights: Rights) -> HttpResponse:
    made = record_repair(given, rights=rights)
    messages.success(request, _("The repair is recorded, with what its pipe is made of."))
    if made.outage_id:
        return redirect(f"{reverse('outage', args=[made.outage_id])}#repairs")
    where = urlencode({"network": made.network, "pipe": made.pipe_id})
    return redirect(f"{reverse('network_repairs')}?{where}")


# -- statistics -------------------------------------------------------------------------------------------------------


@require_safe
@page
@limit_concurrency(TABLE)
def statistics_page(request: HttpRequest) -> HttpResponse:
    """Rates over a period; `format=csv` or `format=xlsx` to take away."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str) and value}
    if suffix := given.get("format"):
        table = statistics_table(statistics(StatisticsQuery.parse(given), rights))
        return export_table(table, suffix, _("Repairs"), "statistiques-reparations")
    wanted, form, result = answer_query(StatisticsQuery, given, rights, lambda query, _given: statistics(query, rights))
    context = {
        "list": {"form": form},
        "action": request.path,
        "asked": wanted,
        "found": result,
        "query": wanted.query(),
        "rate": rate(result.whole),
        "mean_years": display_number(result.years, 1),
        "tables": tables(result),
        "cross": cross(result),
        "causes": causes(result),
        "worst": [{"pipe": one, "material": label_or_none(code_lists.MATERIALS, one.material)} for one in result.worst],
    }
    return show(request, "repair_statistics", "network_repairs", context, status=400 if form.errors else 200)


def rate(one: Group) -> str:
    """With two decimals, three where it is small."""
    if one.rate is None:
        return "—"
    return display_number(one.rate, 2 if one.rate >= 0.1 or not one.rate else 3)


def tables(statistics: Statistics) -> list[dict[str, Any]]:
    """Each grouping by kilometres: a drawing and its table."""
    given: list[tuple[str, str, Sequence[Group], Any]] = [
        ("material", _("By material"), statistics.material, bars),
        ("decade", _("By decade of laying"), statistics.decade, bars),
        ("age", _("By age at the repair"), statistics.age, bars),
        ("year", _("By year"), statistics.year, columns),
    ]
    return [
        {
            "name": name,
            "title": title,
            "rows": [{"group": one, "rate": rate(one)} for one in groups],
            "chart": draw(name, f"{title}{THIN}: " + _("repairs per km and year"), [bar(one) for one in groups]),
        }
        for name, title, groups, draw in given
        if groups
    ]


def bar(one: Group) -> Bar:
    return Bar(one.label, one.rate, rate(one), apart=not one.key)


def causes(statistics: Statistics) -> dict[str, Any]:
    total = sum(one.repairs for one in statistics.cause)
    items = [Bar(one.label, one.repairs, display_number(one.repairs, 0), apart=not one.key) for one in statistics.cause]
    return {
        "chart": bars("cause", _("Repairs by cause"), items),
        "rows": [{"group": one, "share": round(100 * one.repairs / total)} for one in statistics.cause]
        if total
        else [],
    }


def cross(statistics: Statistics) -> dict[str, Any]:
    """Materials by decades: a cell without kilometres nor repairs stays empty."""
    return {
        "decades": [one.label for one in statistics.cross.decades],
        "rows": [
            {
                "material": material.label,
                "cells": [
                    {"group": one, "rate": rate(one) if one.km or one.repairs else "", "decade": one.label}
                    for one in cells
                ],
            }
            for material, cells in statistics.cross.rows
        ],
    }

"""/donnees-personnelles/: a person's request, step by step, for administrators of the agency; /compte/mes-donnees/."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock
from gis_core.database.rows import first_of
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError
from gis_core.http.files import serve_stored_file
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.jobs.services import describe_job
from gis_core.members.rights import Rights
from gis_core.models import Job
from gis_core.operations import security_journal
from gis_core.ownership import person_requests as requests
from gis_core.ownership.declarations import DECLARED
from gis_core.ownership.pages import agency_rights
from gis_core.ownership.private_files import KEPT, PrivateFiles
from gis_core.ownership.proof import label_of

LONGEST_CELL, MOST_CELLS, MOST_JOBS = 80, 12, 10
INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\d]*[+-]\d\d:\d\d$")
FATES: Final[Mapping[str, Any]] = {
    "erase": gettext_lazy("would be erased"),
    "anonymise": gettext_lazy("would be made anonymous"),
    "keep": gettext_lazy("kept by the law"),
    "nothing": gettext_lazy("kept: names nobody"),
}
STEPS: Final[Mapping[str, Any]] = {
    "search": gettext_lazy("Search"),
    "export": gettext_lazy("Archive for the person"),
    "preview": gettext_lazy("What erasing would do"),
    "erase": gettext_lazy("Erasure"),
}


FOR_PROGRAMS: Final = ("id", "sha256", "version", "about_kind", "about_key", "begun_with")
HITS_A_PAGE: Final = 50
REASONS: Final[Mapping[str, Any]] = {
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail address"),
    "phone": gettext_lazy("telephone"),
    "address": gettext_lazy("postal address"),
}


class SearchForm(AccessibleForm):
    name = forms.CharField(label=gettext_lazy("Last name"), max_length=150, required=False)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail address"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    address = forms.CharField(
        label=gettext_lazy("Postal address"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Sought in what people write freely alone: 12 rue des Lys."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of the request in your register"),
        max_length=30,
        help_text=gettext_lazy("With no name in it: 2026-14. The security journal keeps it."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def search_page(request: HttpRequest) -> HttpResponse:
    """A new search, and the asker's requests of the last two days."""
    rights = agency_rights(request)
    form, status = SearchForm(request.POST or None), 200
    if request.method == "POST":
        if form.is_valid():
            given = {name: form.cleaned_data[name] for name in ("name", "first_name", "email", "phone", "address")}
            try:
                job = requests.start_search(
                    given, reference=form.cleaned_data["reference"], user=signed_in_user(request), rights=rights
                )
                return redirect("person_request", job_id=job.pk)
            except ArpentError as error:
                status = blame(form, error)
        else:
            status = 400
    recent = [(one, STEPS[one.parameters["step"]]) for one in recent_jobs(rights)]
    context = {"section": "", "form": form, "recent": recent, "days": KEPT.days}
    return render(request, "ownership/person_search.html", context, status=status)


def recent_jobs(rights: Rights) -> list[Job]:
    """Those of which anything is kept still."""
    return list(requests.FILES.jobs_of(rights).filter(created_at__gt=clock.now() - KEPT)[:MOST_JOBS])


@require_http_methods(["GET", "HEAD", "POST"])
@page
def request_page(request: HttpRequest, job_id: int) -> HttpResponse:
    """A step of one of the asker's own requests, and the next one."""
    rights = agency_rights(request)
    job = first_of(requests.FILES.jobs_of(rights).filter(pk=job_id))
    if request.method == "POST":
        try:
            following = start_next(request, job, rights)
            return redirect("person_request", job_id=following.pk)
        except ArpentError as error:
            messages.error(request, str(error.message))
            return redirect("person_request", job_id=job.pk)
    step = job.parameters["step"]
    result = result_of(job)
    texts = texts_of(result, request.GET.get("page", ""))
    if result and request.method == "GET":
        facts = {"texts": len(texts), "page": texts.number} if texts is not None else {}
        security_journal.record("person_result_read", reference=job.parameters["reference"], job=job.pk, **facts)
    label, message = describe_job(job)
    context = {
        "section": "",
        "job": job,
        "job_label": label,
        "job_message": message,
        "step": step,
        "step_label": STEPS[step],
        "result": result,
        "kinds": kinds_of(result["mentions"]) if result else [],
        "difference": difference_of(result) if result else [],
        "texts": texts,
        "pages": pager_of(texts) if texts is not None else None,
        "unread": result["texts"]["unread"] if result and texts is not None else [],
        "tables": result["texts"]["tables"] if result and texts is not None else 0,
        "there": requests.FILES.is_there(job, "zip"),
        "days": KEPT.days,
    }
    return render(request, "ownership/person_request.html", context)


def start_next(request: HttpRequest, job: Job, rights: Rights) -> Job:
    """The job of the step that a form orders. Raises Http404 where what it goes on from is gone."""
    user, step = signed_in_user(request), job.parameters["step"]
    if not requests.FILES.is_there(job, "result.json"):
        raise Http404
    if step == requests.PREVIEW:
        return requests.start_erasure(job, request.POST.get("reference", ""), user=user, rights=rights)
    return requests.start_choice(
        job, request.POST.get("step", ""), request.POST.getlist("choose"), user=user, rights=rights
    )


def result_of(job: Job) -> dict[str, Any] | None:
    """What a search or a rehearsal found, while it is kept."""
    if not requests.FILES.is_there(job, "result.json"):
        return None
    result: dict[str, Any] = requests.FILES.read(job, "result.json")
    return result


def texts_of(result: Mapping[str, Any] | None, number: str) -> Page[dict[str, Any]] | None:
    """A page of the free texts that are to be read, each with what fits in words; None for another step."""
    if not result or "texts" not in result:
        return None
    page_of_hits = Paginator(result["texts"]["hits"], HITS_A_PAGE).get_page(number)
    page_of_hits.object_list = [
        {
            **one,
            "number": f"n° {one['mark'].partition(':')[2]}",
            "why": ", ".join(str(REASONS[reason]) for reason in one["by"]),
        }
        for one in page_of_hits.object_list
    ]
    return page_of_hits


def pager_of(texts: Page[dict[str, Any]]) -> dict[str, Any]:
    """The links to the pages before and after, and which texts this one has."""
    return {
        "previous": f"?page={texts.previous_page_number()}#texts" if texts.has_previous() else "",
        "next": f"?page={texts.next_page_number()}#texts" if texts.has_next() else "",
        "first": texts.start_index(),
        "last": texts.end_index(),
    }


def kinds_of(mentions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows by table, each with what tells two people of one name apart."""
    kinds: dict[str, dict[str, Any]] = {}
    for one in mentions:
        kind = kinds.setdefault(one["title"], {**one, "fate_label": FATES[one.get("done", one["fate"])], "rows": []})
        number = one["mark"].partition(":")[2]
        kind["rows"].append({"mark": one["mark"], "number": number, "url": one.get("url", ""), "cells": cells_of(one)})
    return list(kinds.values())


def cells_of(mention: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a row says, who it names first; without what only programs read."""
    model, called = mention["mark"].partition(":")[0], mention.get("names", {})
    identity = DECLARED.get(model).identity
    names = [*identity, *(name for name in mention["columns"] if name not in {*identity, *FOR_PROGRAMS})]
    filled = [(name, mention["columns"].get(name)) for name in names]
    return [
        (label_of(mention["mark"], name), (called.get(name) or choice_of(model, name, text_of(value)))[:LONGEST_CELL])
        for name, value in filled
        if value not in (None, "", [], {}, False)
    ][:MOST_CELLS]


def choice_of(model: str, column: str, text: str) -> str:
    """The words of a value that is one of a list."""
    fields = apps.get_model(model)._meta.concrete_fields
    choices = next((one.flatchoices for one in fields if one.column == column), ())
    return str(dict(choices).get(text, text))


def text_of(value: Any) -> str:
    """A value of a row as people read it."""
    if value is True:
        return _("yes")
    if isinstance(value, str) and INSTANT.match(value):
        return f"{timezone.localtime(datetime.fromisoformat(value)):%d/%m/%Y %H:%M}"
    return str(value)


def difference_of(result: Mapping[str, Any]) -> list[tuple[str, int, int, int]]:
    """By table: rows removed, changed and added."""
    return [(result["titles"][name], *counts) for name, counts in result.get("difference", {}).items()]


@require_safe
@page
def request_file(request: HttpRequest, job_id: int) -> Any:
    """The archive of one of the asker's own requests. Raises Http404 where there is none, or its days are over."""
    rights = agency_rights(request)
    job = first_of(requests.FILES.jobs_of(rights).filter(pk=job_id))
    number = job.parameters["reference"].replace("/", "-")
    return serve_archive(request, requests.FILES, job, f"demande-{number}.zip", "person_archive_fetched")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def my_data_page(request: HttpRequest) -> HttpResponse:
    """What the platform holds of one's own account, as an archive."""
    rights = rights_of_request(request)
    if request.method == "POST":
        try:
            requests.start_mine(user=signed_in_user(request), rights=rights)
        except ArpentError as error:
            messages.error(request, str(error.message))
        return redirect("my_data")
    job = requests.MY_FILES.jobs_of(rights).first()
    label, message = describe_job(job) if job else ("", "")
    context = {
        "section": "account",
        "job": job,
        "job_label": label,
        "job_message": message,
        "there": job is not None and requests.MY_FILES.is_there(job, "zip"),
        "days": KEPT.days,
    }
    return render(request, "ownership/my_data.html", context)


@require_safe
@page
def my_data_file(request: HttpRequest) -> Any:
    """The asker's last archive. Raises Http404 where there is none, or its days are over."""
    job = first_of(requests.MY_FILES.jobs_of(rights_of_request(request)))
    name = f"{_('my-data')}-{timezone.localdate(job.created_at):%Y-%m-%d}.zip"
    return serve_archive(request, requests.MY_FILES, job, name, "my_data_fetched")


def serve_archive(request: HttpRequest, files: PrivateFiles, job: Job, name: str, event: str) -> Any:
    if not files.is_there(job, "zip"):
        raise Http404
    if request.method == "GET":
        security_journal.record(event, job=job.pk)
    opened = files.path_of(job, "zip").open("rb")
    return serve_stored_file(request, opened, "application/zip", name, etag=f"person-{job.pk}", active=True)


urlpatterns = [
    path("demandes/", search_page, name="person_requests"),
    path("demandes/<int:job_id>/", request_page, name="person_request"),
    path("demandes/<int:job_id>/fichier/", request_file, name="person_request_file"),
]
my_urlpatterns = [
    path("", my_data_page, name="my_data"),
    path("fichier/", my_data_file, name="my_data_file"),
]

"""/permis/<number>/demandeur/, /permis/demandeurs/, /permis/journal/: who applies, and who read it when."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.cells import Cell
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.journal import ACTION, DATE, Journal
from gis_core.desk.listing import Column
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from permits.models import ApplicantReading, Permit
from permits.pages.frame import page, permit_of, show_file
from permits.procedure import COUNTER
from permits.services.applicants import (
    MOST_RESULTS,
    Person,
    find_applicants,
    may_read_applicant,
    read_applicants,
    readings_of,
    reads_applicants_somewhere,
    write_applicant,
)
from permits.services.recording import check_may_write, may_write

READINGS = 50
LINKS = 5


def numbers_cell(line: ApplicantReading, _related: Any) -> Cell:
    """The files of a line, those that the page has place for."""
    numbers = line.numbers
    links = tuple((number, reverse("permit", args=[number])) for number in numbers[:LINKS])
    return Cell(f"… ({len(numbers)})" if len(numbers) > LINKS else "", links=links)


OF_ONE_FILE = Journal(
    columns=(
        DATE,
        Column("by_name", gettext_lazy("Person"), cell=lambda line, _: Cell(line.by_name or "Arpent")),
        ACTION,
        Column("purpose", gettext_lazy("Purpose"), cell=lambda line, _: Cell(line.purpose)),
    ),
    nothing=gettext_lazy("Nobody has read it yet."),
)
JOURNAL = Journal(
    columns=(*OF_ONE_FILE.columns, Column("numbers", gettext_lazy("Applications"), cell=numbers_cell)),
    nothing=gettext_lazy("Nobody has read an applicant yet."),
)


class ApplicantForm(EditForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("Name and first names, or the company.")
    )
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    siret = forms.CharField(
        label="SIRET",
        max_length=20,
        required=False,
        help_text=gettext_lazy("Of a company or an authority: fourteen digits."),
    )
    agent = forms.CharField(
        label=gettext_lazy("Representative"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Who acts for the applicant, where somebody does."),
    )
    architect = forms.CharField(label=gettext_lazy("Architect"), max_length=200, required=False)
    architect_number = forms.CharField(
        label=gettext_lazy("Number at the order of architects"), max_length=40, required=False
    )


class SearchForm(AccessibleForm):
    q = forms.CharField(
        label=gettext_lazy("Name of the applicant"),
        max_length=200,
        help_text=gettext_lazy("The beginning of one or more words of the name."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def applicant(request: HttpRequest, permit: str) -> HttpResponse:
    """Who applies, for whoever may read it: this page reads, and the journal keeps it."""
    application = permit_of(request, permit)
    if request.method == "POST":
        return change_applicant(request, application)
    person = read_applicants([application], why=_("Page of the applicant")).get(application.pk)
    form = ApplicantForm(request, row=application, read=lambda _permit: applicant_values(person))
    return render_applicant(request, application, form, person=person)


def applicant_values(person: Person | None) -> dict[str, Any]:
    return {name: getattr(person, name) for name in ApplicantForm.base_fields} if person else {}


def change_applicant(request: HttpRequest, permit: Permit) -> HttpResponse:
    rights = rights_of_request(request)
    check_may_write(permit, rights, COUNTER)
    form = ApplicantForm(
        request,
        row=permit,
        read=lambda row: applicant_values(read_applicants([row], why=_("Correction")).get(row.pk)),
    )
    if not form.is_valid():
        return render_applicant(request, permit, form, status=400)
    try:
        write_applicant(permit, Person(**form.cleaned_data), why=_("Correction"))
    except ArpentError as error:
        return render_applicant(request, permit, form, status=blame(form, error))
    messages.success(request, _("The applicant is saved."))
    return redirect("applicant", permit=permit.number)


def render_applicant(
    request: HttpRequest, permit: Permit, form: ApplicantForm, *, person: Person | None = None, status: int = 200
) -> HttpResponse:
    rights = rights_of_request(request)
    administers = administers_owner(rights, permit)
    context = {
        "form": form,
        "person": person,
        "reads": may_read_applicant(permit),
        "writes": may_write(permit, rights, COUNTER),
        "administers": administers,
        "journal": OF_ONE_FILE.first_lines(readings_of(permit), READINGS) if administers else None,
    }
    return show_file(request, permit, "applicant", context, status)


def administers_owner(rights: Rights, permit: Permit) -> bool:
    return rights.agency or permit.owner_id in rights.list_administered_ids()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def applicants(request: HttpRequest) -> HttpResponse:
    """Files by their applicant's name. The name is sent in the body, and so stays out of addresses and logs."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "reads": reads_applicants_somewhere(rights_of_request(request)), "most": MOST_RESULTS}
    if request.method != "POST":
        return render_list(request, "applicants", context)
    if not context["reads"]:
        raise PermissionDenied
    if not form.is_valid():
        return render_list(request, "applicants", context, 400)
    try:
        applicants, more = find_applicants(
            form.cleaned_data["q"], why=_("Search by name"), rights=rights_of_request(request)
        )
    except ArpentError as error:
        return render_list(request, "applicants", context, blame(form, error))
    return render_list(request, "applicants", context | {"asked": True, "found": applicants, "more": more})


@require_safe
@page
def journal(request: HttpRequest) -> HttpResponse:
    """Who read or wrote whose applicant, for who administers the member."""
    if not rights_of_request(request).administers:
        raise PermissionDenied
    return render_list(request, "journal", {"journal": JOURNAL.page(ApplicantReading.objects.all(), request.GET)})


def render_list(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"permits/{template}.html", {"section": "permits", **context}, status=status)

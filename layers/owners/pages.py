"""/proprietaires/: who may read owners, the journal of those who did, consultations by hand and at the counter."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.cells import Cell, Line
from gis_core.desk.forms import blame
from gis_core.desk.journal import DATE, Journal
from gis_core.desk.listing import Column
from gis_core.desk.signed_in import page as page
from gis_core.desk.signed_in import rights_of_page
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.members.organisations import get_administered_member
from gis_core.models import Member, User
from layers.owners.files import csv_file, pdf_file
from layers.owners.forms import ConsultationForm, LevelsForm, RequestForm
from layers.owners.models import JournalLine
from layers.owners.services import journal
from layers.owners.services.access import give_levels, levels_of, open_communes
from layers.owners.services.consulting import consult, demand
from layers.owners.services.requests import Requester, answer_request

PARCELS = 5
"""Of a line of the journal, those that are named."""


@require_safe
@page
def access_list(request: HttpRequest) -> HttpResponse:
    """The members that the asker administers, with what each role reads there."""
    rights = rights_of_page(request)
    members = [
        {"member": member, "levels": [(role.label, level.label) for role, level in levels_of(member).items()]}
        for member in Member.objects.administered_by(rights)
    ]
    return render_page(request, "access_list", {"members": members})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def access(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose what each role reads at a member."""
    rights = rights_of_request(request)
    member = get_administered_member(rights=rights, slug=slug)
    form = LevelsForm(request, row=f"owner levels {member.pk}", read=lambda _name: initial_levels(member))
    if request.method == "POST" and form.is_valid():
        give_levels(slug, form.levels(), rights)
        messages.success(request, _("The access to owners is saved."))
        return redirect("owner_access_list")
    status = 400 if request.method == "POST" else 200
    return render_page(request, "access", {"form": form, "member": member}, status)


def initial_levels(member: Member) -> dict[str, Any]:
    return {role.value: level.value for role, level in levels_of(member).items()}


def person_cell(line: JournalLine, _related: Any) -> Cell:
    token = f"{_('API token')} {line.by_token}" if line.by_token else ""
    return Cell(line.by_name, lines=(Line(token),) if token else ())


def text_cell(text: str, below: str) -> Cell:
    return Cell(text, lines=(Line(below),) if below else ())


def parcels_cell(line: JournalLine, _related: Any) -> Cell:
    """The first parcels, and how many there are in all."""
    more = f" … ({len(line.parcels)})" if len(line.parcels) > PARCELS else ""
    return Cell(", ".join(line.parcels[:PARCELS]) + more)


def owners_cell(line: JournalLine, _related: Any) -> Cell:
    return Cell(str(line.owners), lines=(Line(f"⚠ {_('unusual')}"),) if line.flagged else ())


JOURNAL = Journal(
    columns=(
        DATE,
        Column("by_name", gettext_lazy("Person"), cell=person_cell),
        Column("action", gettext_lazy("Action"), cell=lambda row, _: text_cell(row.get_action_display(), row.refusal)),
        Column(
            "purpose", gettext_lazy("Purpose"), cell=lambda row, _: text_cell(row.get_purpose_display(), row.reference)
        ),
        Column("parcels", gettext_lazy("Parcels"), cell=parcels_cell),
        Column("owners", gettext_lazy("Owners read"), "integer", cell=owners_cell),
    ),
    nothing=gettext_lazy("Nobody has consulted owners yet."),
)


@require_safe
@page
def journal_page(request: HttpRequest) -> HttpResponse:
    """Who consulted what and why."""
    rights = rights_of_page(request)
    rows = journal.lines_for(rights)
    context = {"journal": JOURNAL.page(rows, request.GET), "flagged": rows.filter(flagged=True).count()}
    return render_page(request, "journal", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def consultation(request: HttpRequest) -> HttpResponse:
    """Ask for the owners of parcels; they are shown once, on this page or in a table."""
    form = ConsultationForm(request.POST or None, initial={"parcels": request.GET.get("parcels", "")[:4_000]})
    context: dict[str, Any] = {"form": form, "may_read": bool(open_communes())}
    if request.method != "POST":
        return render_page(request, "consultation", context)
    if not form.is_valid():
        return render_page(request, "consultation", context, 400)
    action = JournalLine.Action.EXPORT if "export" in request.POST else JournalLine.Action.CONSULTATION
    given = form.cleaned_data
    try:
        request_made = demand(form.identifiers(), given["purpose"], given["reference"])
        result = consult(request_made, user=person(request), rights=rights_of_request(request), action=action)
    except ArpentError as error:
        return render_page(request, "consultation", context, blame(form, error))
    if action == JournalLine.Action.EXPORT:
        return csv_file(result)
    return render_page(request, "consultation", context | {"found": result})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def third_party(request: HttpRequest) -> HttpResponse:
    """A request at the counter, answered by an extract."""
    form = RequestForm(request.POST or None, initial={"parcels": request.GET.get("parcels", "")[:4_000]})
    if request.method != "POST":
        return render_page(request, "third_party", {"form": form})
    if not form.is_valid():
        return render_page(request, "third_party", {"form": form}, 400)
    requester = Requester(**{name: form.cleaned_data[name] for name in ("name", "address", "exemption")})
    rights = rights_of_request(request)
    try:
        return pdf_file(answer_request(requester, form.identifiers(), user=person(request), rights=rights))
    except ArpentError as error:
        return render_page(request, "third_party", {"form": form}, blame(form, error))


def person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def render_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, f"owners/{template}.html", {"section": "members", **context}, status=status)

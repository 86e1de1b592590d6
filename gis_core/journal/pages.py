"""/journal/: the security journal, for administrators of the agency and for security officers."""

from datetime import date, datetime, time
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError, NotFound
from gis_core.http.downloads import EndOfAccess, Started
from gis_core.http.files import file_headers
from gis_core.http.middleware import rights_of_request, signed_in_user
from gis_core.journal import officers
from gis_core.journal.access import layer_access
from gis_core.journal.exporting import journal_lines
from gis_core.journal.searching import PAGE, Search
from gis_core.models import SecurityEvent, User
from gis_core.operations import security_journal

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def check_day(day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Give a day between 2000 and 2099."))


def check_not_to_come(day: date) -> None:
    if day > database_clock.today():
        raise ValidationError(_("Give a day that has come: who will have access then, nobody knows yet."))


class SearchForm(AccessibleForm):
    person = forms.CharField(label=gettext_lazy("Person"), max_length=100, required=False)
    about = forms.CharField(
        label=gettext_lazy("Object"),
        help_text=gettext_lazy("A part of a layer, a member, an address, a table."),
        max_length=100,
        required=False,
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=[("", gettext_lazy("All")), *SecurityEvent.Kind.choices], required=False
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DAY, validators=[check_day], required=False)
    until = forms.DateField(label=pgettext_lazy("days", "To"), widget=DAY, validators=[check_day], required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("since") and given.get("until") and given["until"] < given["since"]:
            self.add_error("until", _("The last day comes before the first one."))
        return given

    def search(self) -> Search:
        given = self.cleaned_data
        kinds = [given["kind"]] if given["kind"] else []
        return Search(
            person=given["person"], about=given["about"], kinds=kinds, since=given["since"], until=given["until"]
        )


class AccessForm(AccessibleForm):
    layer = forms.CharField(
        label=gettext_lazy("Layer"), help_text=gettext_lazy("Its short name, as its address has it."), max_length=80
    )
    day = forms.DateField(label=gettext_lazy("Day"), widget=DAY, validators=[check_day, check_not_to_come])
    hour = forms.TimeField(
        label=gettext_lazy("Hour"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}), initial=time(12)
    )


class OfficerForm(AccessibleForm):
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=150)
    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150, required=False)


def check_reads(request: HttpRequest) -> None:
    """Raise PermissionDenied for whoever does not read the journal; PostgreSQL asks again."""
    if not rights_of_request(request).agency and signed_in_user(request).kind != User.Kind.SECURITY:
        raise PermissionDenied


@require_safe
@page
def journal_page(request: HttpRequest) -> HttpResponse:
    """The latest lines that are looked for; `before` is where the next page begins."""
    check_reads(request)
    form = SearchForm(request.GET)
    valid = form.is_valid()
    events = form.search().find(most=PAGE + 1, before=request.GET.get("before", "")) if valid else []
    query = {name: value for name, value in request.GET.items() if name != "before" and value}
    more = urlencode(query | {"before": events[PAGE - 1].mark}) if len(events) > PAGE else ""
    context = {
        "section": "journal",
        "form": form,
        "events": events[:PAGE],
        "more": more,
        "query": urlencode(query),
        "officers": rights_of_request(request).agency,
    }
    return render(request, "journal/journal.html", context, status=200 if valid else 400)


@transaction.non_atomic_requests
@require_safe
@page
def export(request: HttpRequest) -> HttpResponse:
    """What is looked for as JSON lines, the latest first; its reading is a line of the journal itself.

    `before`, which the last line of a file that was cut gives, is where the next file begins.
    """
    check_reads(request)
    form = SearchForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('journal')}?{request.GET.urlencode()}")
    query = {name: str(value) for name, value in form.cleaned_data.items() if value}
    before = request.GET.get("before", "")
    lines = Started(journal_lines(form.search(), before, EndOfAccess.of(request)))
    security_journal.record("export_journal", query=query)
    headers = file_headers(f"journal-{database_clock.today():%Y-%m-%d}.jsonl", "application/jsonl")
    streamed: Any = StreamingHttpResponse(lines, headers=headers)
    return cast(HttpResponse, streamed)


@require_safe
@page
def access_page(request: HttpRequest) -> HttpResponse:
    """Who had access to a layer at a moment."""
    check_reads(request)
    form = AccessForm(request.GET or None)
    context: dict[str, Any] = {"section": "journal", "form": form}
    status = 200
    if form.is_bound and not form.is_valid():
        status = 400
    elif form.is_bound:
        given = form.cleaned_data
        instant = timezone.make_aware(datetime.combine(given["day"], given["hour"]))
        try:
            context |= {"access": layer_access(given["layer"], instant), "instant": instant}
        except NotFound as error:
            form.add_error("layer", error.message)
            status = 404
    return render(request, "journal/access.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def officers_page(request: HttpRequest) -> HttpResponse:
    """Who reads the journal and nothing else; a form to open such an account. Raises PermissionDenied for others."""
    check_gives(request)
    form, status = OfficerForm(request.POST or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                officers.open_account(**form.cleaned_data, site=request.build_absolute_uri("/"))
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The account is open: its owner chooses a password by the link mailed."))
                return redirect("journal_officers")
    context = {"section": "journal", "form": form, "officers": officers.officers()}
    return render(request, "journal/officers.html", context, status=status)


@require_POST
@page
def close_officer(request: HttpRequest, user_id: int) -> HttpResponse:
    check_gives(request)
    officers.close_account(user_id)
    messages.success(request, _("The account is closed."))
    return redirect("journal_officers")


def check_gives(request: HttpRequest) -> None:
    """Raise PermissionDenied for others than the agency, and for a token."""
    if not rights_of_request(request).agency or request.by_token:  # type: ignore[attr-defined]
        raise PermissionDenied


urlpatterns = [
    path("", journal_page, name="journal"),
    path("lignes.jsonl", export, name="journal_export"),
    path("acces/", access_page, name="journal_access"),
    path("lecteurs/", officers_page, name="journal_officers"),
    path("lecteurs/<int:user_id>/fermer/", close_officer, name="journal_officer_close"),
]

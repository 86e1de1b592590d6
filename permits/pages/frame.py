"""What every page of a file shows around its own content: number, state, next deadline, tabs."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gis_core.database import clock as database_clock
from gis_core.desk.signed_in import page as page
from gis_core.http.middleware import rights_of_request
from permits.models import Permit
from permits.procedure import NEXT
from permits.services.listing import SOON_DAYS
from permits.services.reading import permit_seen_by

TABS = (
    ("permit", _("Procedure")),
    ("pieces", _("Pieces")),
    ("consultations", _("Consultations")),
    ("permit_letters", _("Letters")),
    ("applicant", _("Applicant")),
)
"""The address of each tab of a file, and its name."""


def day_field(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def permit_of(request: HttpRequest, permit: str) -> Permit:
    """The file of an address. Raises NotFound."""
    return permit_seen_by(permit, rights_of_request(request))


def show_file(
    request: HttpRequest, permit: Permit, tab: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of one tab: its template is `permits/<tab>.html`, on `permits/file.html`."""
    days = (permit.next_date - database_clock.today()).days if permit.next_date else None
    around = {
        "section": "permits",
        "permit": permit,
        "commune": permit.commune_label,
        "next_label": NEXT.get(permit.next_what),
        "days": days,
        "late": days is not None and days < 0,
        "soon": days is not None and 0 <= days <= SOON_DAYS,
        "tabs": [(name, label, reverse(name, args=[permit.number])) for name, label in TABS],
        "tab": tab,
    }
    return render(request, f"permits/{tab}.html", around | (context or {}), status=status)

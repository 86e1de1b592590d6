"""/permis/<number>/surfaces/: what the form (Cerfa) says of a file in figures."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import blame
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from permits.models import Permit
from permits.pages.frame import page, permit_of
from permits.procedure import COUNTER
from permits.services.figures import (
    FIGURES,
    FLOORS,
    HIGHEST_M,
    LARGEST_FLOOR_M2,
    MOST_DWELLINGS,
    GivenFigures,
    destinations,
    figures_of,
    save_figures,
)
from permits.services.recording import check_may_write


def floor_field(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=LARGEST_FLOOR_M2, decimal_places=2, localize=True
    )


class FiguresForm(EditForm):
    """Floor areas and emprise in m², height in metres, dwellings, destinations."""

    together = (FLOORS,)

    floor_before_m2 = floor_field(gettext_lazy("Floor area before the works (m²)"))
    floor_created_m2 = floor_field(gettext_lazy("Floor area created (m²)"))
    floor_removed_m2 = floor_field(gettext_lazy("Floor area removed (m²)"))
    floor_after_m2 = floor_field(gettext_lazy("Floor area after the works (m²)"))
    emprise_created_m2 = floor_field(gettext_lazy("Emprise created (m²)"))
    height_m = forms.DecimalField(
        label=gettext_lazy("Greatest height (m)"),
        help_text=gettext_lazy("Above the natural ground before the works, by the form or by the plans of the file."),
        required=False,
        min_value=0,
        max_value=HIGHEST_M,
        decimal_places=2,
        localize=True,
    )
    dwellings = forms.IntegerField(
        label=gettext_lazy("Dwellings created"), required=False, min_value=0, max_value=MOST_DWELLINGS
    )
    destinations = forms.MultipleChoiceField(
        label=gettext_lazy("Destinations after the works (R.151-28)"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["destinations"].choices = list(destinations().items())  # type: ignore[attr-defined]

    def read_figures(self) -> GivenFigures:
        """What a good form says."""
        return GivenFigures(**self.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def figures(request: HttpRequest, permit: str) -> HttpResponse:
    """The figures of a file, to be entered and corrected."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    check_may_write(application, rights, COUNTER)
    form, status = FiguresForm(request, row=application, read=current_figures), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                save_figures(application, form.read_figures(), rights)
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The figures are saved."))
                return redirect("permit", application.number)
    context = {"section": "permits", "permit": application, "form": form}
    return render(request, "permits/figures.html", context, status=status)


def current_figures(permit: Permit) -> dict[str, Any]:
    row = figures_of(permit)
    return {name: getattr(row, name) for name in (*FIGURES, "destinations")}

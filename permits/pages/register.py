"""/permis/registre/: decisions, for everybody."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import Invalid
from gis_core.http.admission import LIST, limited
from gis_core.models import Commune
from permits.models import Permit
from permits.numbers import format_number, format_parcel
from permits.pages.filters import YEARS_BACK
from permits.services.register import LAST_OFFSET, ROWS, Decision, Outcome, Search, decisions


class RegisterForm(AccessibleForm):
    number = forms.CharField(label=gettext_lazy("Number"), max_length=40, required=False)
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    year = forms.ChoiceField(label=gettext_lazy("Decided in"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        communes = Commune.objects.filter(territories__isnull=False).distinct().order_by("name")
        years = range(database_clock.today().year, database_clock.today().year - YEARS_BACK, -1)
        self.fields["number"].widget.attrs |= {"type": "search", "placeholder": "PC 045 901 26"}
        self.fields["insee"].choices = [("", _("All communes")), *communes.values_list("insee", "name")]  # type: ignore[attr-defined]
        self.fields["year"].choices = [("", _("Any year")), *((str(year),) * 2 for year in years)]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All kinds")), *Permit.Kind.choices]  # type: ignore[attr-defined]


@require_safe
@never_cache
@limited(LIST)
def register(request: HttpRequest) -> HttpResponse:
    """The decisions of the members that show theirs, the last first."""
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    form = RegisterForm(initial=given)
    try:
        search = Search.parse(given)
    except Invalid as error:
        search, form = Search(), RegisterForm(given)
        if str(error.extra.get("parameter")) not in form.errors:
            blame(form, error)
    rows, more = decisions(search)
    names = dict(Commune.objects.filter(insee__in={one.insee for one in rows}).values_list("insee", "name"))
    filters = {"number": search.number, "insee": search.insee, "year": search.year, "kind": search.kind}
    context = {
        "section": "permits" if request.user.is_authenticated else "register",
        "form": form,
        "rows": [decision_row(one, names) for one in rows],
        "searched": any(filters.values()),
        "query": urlencode({name: value for name, value in filters.items() if value}),
        "before": max(search.offset - ROWS, 0) if search.offset else None,
        "after": search.offset + ROWS if more and search.offset + ROWS <= LAST_OFFSET else None,
    }
    return render(request, "permits/register.html", context, status=400 if form.errors else 200)


def decision_row(one: Decision, names: dict[str, str]) -> dict[str, Any]:
    parcels = [format_parcel(idu) for idu in one.idus]
    return {
        "number": format_number(one.number),
        "kind": one.kind,
        "kind_label": Permit.Kind(one.kind).label,
        "commune": names.get(one.insee, one.insee),
        "parcels": ", ".join(parcels) or "—",
        "filed": one.filed_date,
        "decided": one.decided_date,
        "outcome": one.outcome,
        "outcome_label": Outcome(one.outcome).label,
        "tacit": one.tacit,
    }

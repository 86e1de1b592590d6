"""Kilometres of road, and numbered roads as they are measured, with what is amiss."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.tables import answered
from gis_core.errors import Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.members.rights import Rights
from gis_core.models import Commune
from layers.features.display import is_english
from networks.roads import lists
from networks.roads.pages.frame import page, show
from networks.roads.services.lengths import (
    UNKNOWN,
    LengthQuery,
    Lengths,
    Line,
    as_table,
    lengths,
    members_keeping,
    titles,
)
from networks.roads.services.overview import routes

MOST_ROWS = 12
type Choices = list[tuple[str, Any]]


class LengthsForm(AccessibleForm):
    """What `LengthQuery` reads."""

    member = forms.ChoiceField(label=gettext_lazy("Member"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Legal status"), required=False)
    importance = forms.ChoiceField(label=gettext_lazy("Importance"), required=False)
    manager = forms.ChoiceField(label=gettext_lazy("Manager"), required=False)
    condition = forms.ChoiceField(label=gettext_lazy("Condition"), required=False)
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    paths = forms.ChoiceField(label=gettext_lazy("Ways"), required=False)

    def __init__(self, *args: Any, rights: Rights, kept: dict[str, str], **options: Any) -> None:
        super().__init__(*args, **options)
        keepers = members_keeping(rights)
        unrecorded = (UNKNOWN, _("Not recorded"))
        offered: dict[str, Choices] = {
            "member": [("", _("All members")), *((slug, name) for slug, name, _mine in keepers)],
            "status": [("", _("All classes")), *choices_of(lists.STATUSES), unrecorded],
            "importance": [("", _("Any importance")), *choices_of(lists.IMPORTANCES), unrecorded],
            "manager": [("", _("All managers")), *choices_of(lists.MANAGERS), unrecorded],
            "condition": [("", _("Any condition")), *choices_of(lists.CONDITIONS), unrecorded],
            "insee": [("", _("All communes")), *communes(rights), unrecorded],
            "paths": [("", _("Roads and tracks")), ("1", _("Paths, steps and cycle ways, too"))],
        }
        for name, choices in offered.items():
            value = kept.get(name, "")
            more = [] if value in [code for code, _label in choices] else [(value, value)]
            self.fields[name].choices = [*choices, *more]  # type: ignore[attr-defined]
        if len(keepers) < 2 and not kept.get("member"):
            del self.fields["member"]


def choices_of(code_list: lists.CodeList) -> Choices:
    return [(code, labels[is_english()]) for code, labels in code_list.items()]


def communes(rights: Rights) -> Choices:
    rows = Commune.objects.filter(territories__isnull=False)
    if not rights.agency:
        rows = rows.filter(territories__member__in=rights.members())
    return list(rows.distinct().order_by("name").values_list("insee", "name"))


@require_safe
@page
def home(request: HttpRequest) -> HttpResponse:
    """Kilometres of the sections of a filter; `format=` csv, xlsx or ods to take away."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str) and value}
    if suffix := given.get("format"):
        name = f"voirie-{database_clock.today():%Y-%m-%d}"
        return answered(as_table(lengths(LengthQuery.parse(given))), suffix, _("Kilometres"), name)
    form, query, status = LengthsForm(initial=given, rights=rights, kept=given), LengthQuery(), 200
    try:
        query = LengthQuery.parse(given)
        result = lengths(query)
    except (Invalid, NotFound) as error:
        form = LengthsForm(given, rights=rights, kept={})
        form.is_valid()
        if isinstance(error, Invalid) and str(error.extra.get("parameter")) not in form.errors:
            blame(form, error)
        query, result, status = LengthQuery(), lengths(LengthQuery()), 400
    context = {"form": form, "found": result, "query": urlencode(query.query()), "filtered": bool(query.query())}
    return show(request, "home", "roads", context | {"tables": list(length_tables(result))}, status)


def length_tables(lengths: Lengths) -> Sequence[dict[str, Any]]:
    """Each table: the lines at first sight, and those that unfold."""
    return [
        {"name": name, "title": title, "lines": cut(lengths.tables[name])[0], "more": cut(lengths.tables[name])[1]}
        for name, title in titles().items()
    ]


def cut(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """One line alone is not folded away."""
    return (lines, []) if len(lines) <= MOST_ROWS + 1 else (lines[:MOST_ROWS], lines[MOST_ROWS:])


@require_safe
@page
def numbered(request: HttpRequest) -> HttpResponse:
    """Numbered roads with their markers and what their calibration found."""
    return show(request, "routes", "road_routes", {"routes": routes()})

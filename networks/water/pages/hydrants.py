"""/reseaux/hydrants/: the hydrants, one hydrant with its inspections, what a member chooses for its own."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.document_pages import longest_body
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.list_pages import ListView, answer_list
from gis_core.desk.parameters import integer
from gis_core.desk.tabs import page
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.files.writing.csvtext import CSV
from gis_core.http.admission import TABLE, limit_concurrency
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.organisations import member_seen_by
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.features.display import code_label, display_number, with_unit
from layers.features.services.attachments import PHOTOS
from networks.water import code_lists
from networks.water.listings.hydrants import HYDRANTS
from networks.water.models import HydrantInspection
from networks.water.pages.frame import show
from networks.water.pages.inspections import (
    WEB,
    attach_photo,
    count_links,
    day,
    decimal,
    describe_node,
    map_link,
    members_to_set,
    photos_of,
    remark_field,
)
from networks.water.services import hydrant_inspecting as inspecting
from networks.water.services import hydrant_tables as tables
from networks.water.services.hydrants import (
    HydrantQuery,
    State,
    availability_of,
    counts,
    hydrant_seen_by,
    settings_for,
    title_of,
)
from networks.water.services.inspected_nodes import day_of
from networks.water.services.inspections import LONGEST_NAME, may_record


@require_safe
@page
def hydrant_list(request: HttpRequest) -> HttpResponse:
    """The hydrants of a filter, in a page or (`format`) as a file; `pei` is CSV of the national schema."""
    if request.GET.get("format") == "pei":
        query = HydrantQuery.parse(request.GET.dict())
        return answer_pei(query, rights_of_request(request))
    return answer_list(request, HYDRANTS, partial(show, request, "hydrants", "hydrants"), around=around_list)


def around_list(view: ListView[HydrantQuery]) -> dict[str, Any]:
    """The counts of the hydrants of a filter by state, and whose settings the user may change."""
    query, rights = view.query, view.rights
    return {"figures": count_links(query, State.choices, counts(query, rights)), "chosen": members_to_set(rights)}


@limit_concurrency(TABLE)
def answer_pei(query: HydrantQuery, rights: Rights) -> HttpResponse:
    rows = tables.list_hydrants(query, rights)
    return file_response(tables.pei_csv(rows, rights), CSV, f"pei-{database_clock.today():%Y-%m-%d}.csv")


def describe_hydrant(hydrant: Any) -> dict[str, Any]:
    """What the page of a hydrant says at its head."""
    availability = availability_of(hydrant)
    return {
        "hydrant": hydrant,
        "title": title_of(hydrant),
        **describe_node(hydrant),
        "standing": availability,
        "standing_label": tables.standings()[availability],
        "inspected": day_of(hydrant.last),
        "technical": hydrant.technical or {"flow_m3h": hydrant.flow_m3h, "static_bar": hydrant.pressure_bar},
    }


# -- one hydrant ------------------------------------------------------------------------------------------------------


class InformingForm(AccessibleForm):
    """Who was informed: HTML names its fields as it always did."""

    def add_prefix(self, field_name: str) -> str:
        return {"informed": "told", "informed_on_return": "told_back"}.get(field_name, field_name)


class InspectionForm(InformingForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of inspection"), choices=HydrantInspection.Kind.choices, widget=forms.RadioSelect
    )
    done_date = day(gettext_lazy("Inspected on"))
    done_by = forms.CharField(label=gettext_lazy("By whom"), max_length=LONGEST_NAME)
    flow_m3h = decimal(gettext_lazy("Flow at 1 bar"), "m³/h")
    static_bar = decimal(gettext_lazy("Static pressure"), "bar")
    dynamic_bar = decimal(gettext_lazy("Dynamic pressure"), "bar")
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"), choices=HydrantInspection.Verdict.choices, widget=forms.RadioSelect
    )
    informed = forms.CharField(
        label=gettext_lazy("Who was told"),
        help_text=gettext_lazy("Where it becomes unavailable or works again: the fire service, the mayor…"),
        max_length=inspecting.LONGEST_REASON,
        required=False,
    )
    back = forms.BooleanField(label=gettext_lazy("It works again: the unavailability ends"), required=False)
    anomalies = forms.MultipleChoiceField(
        label=gettext_lazy("Anomalies"), required=False, widget=forms.CheckboxSelectMultiple
    )
    remark = remark_field()

    def __init__(self, *args: Any, out: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        anomalies = [(code, code_label(code_lists.ANOMALIES, code)) for code in code_lists.ANOMALIES]
        self.fields["anomalies"].choices = anomalies  # type: ignore[attr-defined]
        if not out:
            del self.fields["back"]


class OutForm(InformingForm):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=inspecting.LONGEST_REASON)
    from_date = day(gettext_lazy("Since"), required=False)
    informed = forms.CharField(
        label=gettext_lazy("Who was told"),
        help_text=gettext_lazy("The fire service, the mayor… and how."),
        max_length=inspecting.LONGEST_REASON,
        required=False,
    )


class BackForm(InformingForm):
    informed_on_return = forms.CharField(
        label=gettext_lazy("Who was told of its return"), max_length=inspecting.LONGEST_REASON, required=False
    )


@page
def too_large(request: HttpRequest, hydrant: int) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return render_hydrant(request, hydrant, 413, photo_error=PHOTOS.describe_too_large())


@upload_page(too_large, lambda: longest_body(PHOTOS))
@require_http_methods(["GET", "HEAD", "POST"])
@page
def hydrant(request: HttpRequest, hydrant: int) -> HttpResponse:
    """A hydrant; `do` says what is recorded of it: an inspection, a strike, its being unavailable, a photo."""
    if request.method != "POST":
        return render_hydrant(request, hydrant)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Invalid(_("Say what is to be recorded (“do”)."), parameter="do")
    return act(request, hydrant) or redirect("hydrant", hydrant)


def record_inspection(request: HttpRequest, pk: int) -> HttpResponse | None:
    rights = rights_of_request(request)
    result = inspecting.writable(pk, rights)
    form = InspectionForm(request.POST, out=result.out is not None)
    if form.is_valid():
        given = {"back": False, **form.cleaned_data}
        try:
            made = inspecting.inspect(pk, inspecting.Inspection(**given), rights=rights, origin=WEB)
        except ArpentError as error:
            return render_hydrant(request, pk, blame(form, error), inspection=form)
        messages.success(request, _("The inspection is recorded."))
        warn_of_flow(request, result, made)
        return None
    return render_hydrant(request, pk, 400, inspection=form)


def warn_of_flow(request: HttpRequest, hydrant: Any, made: HydrantInspection) -> None:
    """A verdict that the member's own settings do not explain is kept, and told."""
    expected = settings_for(hydrant.owner_id).flow_m3h
    compliant = made.verdict == HydrantInspection.Verdict.COMPLIANT
    if compliant and made.flow_m3h is not None and made.flow_m3h < expected:
        message = _(
            "The flow (%(flow)s) is less than your settings expect (%(expected)s); the verdict “compliant” is kept."
        )
        flows = {"flow": made.flow_m3h, "expected": expected}
        messages.warning(
            request, message % {name: with_unit(display_number(flow, 1), "m³/h") for name, flow in flows.items()}
        )


def strike(request: HttpRequest, pk: int) -> HttpResponse | None:
    rights = rights_of_request(request)
    which = integer(request.POST.dict(), "inspection", 0, 0, 2**62)
    try:
        inspecting.strike(pk, which, request.POST.get("reason", ""), rights=rights, origin=WEB)
    except (Invalid, Conflict) as error:
        return render_hydrant(request, pk, status_of(error), strike_error=error.message, struck=which)
    messages.success(request, _("The inspection is struck out: it counts no more."))
    return None


def become_unavailable(request: HttpRequest, pk: int) -> HttpResponse | None:
    form = OutForm(request.POST)
    if form.is_valid():
        try:
            inspecting.make_unavailable(pk, **form.cleaned_data, rights=rights_of_request(request))
        except Invalid as error:
            return render_hydrant(request, pk, blame(form, error), out_form=form)
        except Conflict as error:
            return render_hydrant(request, pk, status_of(error), refused=error.message)
        messages.success(request, _("The hydrant is said to be unavailable."))
        return None
    return render_hydrant(request, pk, 400, out_form=form)


def become_available(request: HttpRequest, pk: int) -> HttpResponse | None:
    form = BackForm(request.POST)
    if form.is_valid():
        try:
            inspecting.make_available(pk, **form.cleaned_data, rights=rights_of_request(request))
        except Conflict as error:
            return render_hydrant(request, pk, status_of(error), refused=error.message)
        messages.success(request, _("The hydrant is available again."))
        return None
    return render_hydrant(request, pk, 400, back_form=form)


def add_photo(request: HttpRequest, pk: int) -> HttpResponse | None:
    rights = rights_of_request(request)
    inspecting.writable(pk, rights)
    try:
        attach_photo(request, inspecting.hydrant_layer(rights), pk, rights)
    except ArpentError as error:
        return render_hydrant(request, pk, status_of(error), photo_error=error.message)
    messages.success(request, _("The photo is added."))
    return None


ACTS = {
    "inspect": record_inspection,
    "strike": strike,
    "out": become_unavailable,
    "back": become_available,
    "photo": add_photo,
}


def render_hydrant(request: HttpRequest, pk: int, status: int = 200, **more: Any) -> HttpResponse:
    rights = rights_of_request(request)
    hydrant = hydrant_seen_by(pk, rights)
    layer = inspecting.hydrant_layer(rights)
    inspections = tables.inspections_of(pk, rights)
    context = {
        **describe_hydrant(hydrant),
        "settings": settings_for(hydrant.owner_id),
        "may": may_record(hydrant.owner_id, rights),
        "inspections": [(one, anomalies_of(one)) for one in inspections],
        "outs": tables.unavailabilities_of(pk, rights),
        "photos": photos_of(layer, pk, rights),
        "map": map_link(hydrant, inspecting.SLUG, "water-pipes"),
        "inspection": InspectionForm(initial=initial_inspection(request, inspections), out=hydrant.out is not None),
        "out_form": OutForm(initial={"from_date": database_clock.today()}),
        "back_form": BackForm(),
        "measuring": request.GET.get("controle"),
    }
    return show(request, "hydrant", "hydrants", context | more, status)


def initial_inspection(request: HttpRequest, inspections: list[HydrantInspection]) -> dict[str, Any]:
    """What the form of an inspection begins with: today, and whoever is signed in."""
    kind = HydrantInspection.Kind.TECHNICAL
    return {"kind": kind, "done_date": database_clock.today(), "done_by": str(request.user)}


def anomalies_of(inspection: HydrantInspection) -> str:
    return ", ".join(code_label(code_lists.ANOMALIES, code) for code in inspection.anomalies)


# -- settings ---------------------------------------------------------------------------------------------------------


class SettingsForm(EditForm):
    technical_months = forms.IntegerField(
        label=gettext_lazy("Months between technical inspections"), min_value=1, max_value=inspecting.MOST_MONTHS
    )
    visual_months = forms.IntegerField(
        label=gettext_lazy("Months between working inspections"),
        help_text=gettext_lazy("0 where none is planned."),
        min_value=0,
        max_value=inspecting.MOST_MONTHS,
    )
    flow_m3h = forms.IntegerField(
        label=gettext_lazy("Flow expected of a hydrant at 1 bar (m³/h)"), min_value=1, max_value=1000
    )
    distance_m = forms.IntegerField(
        label=gettext_lazy("Distance between a building and a hydrant, along the roads (m)"),
        min_value=1,
        max_value=inspecting.MOST_DISTANCE_M,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What a member chooses for its hydrants."""
    rights = rights_of_request(request)
    member = member_seen_by(rights=rights, slug=slug)
    form = SettingsForm(request, row=f"hydrant settings {member.pk}", read=lambda _name: form_values(member))
    if request.method == "POST" and form.is_valid():
        inspecting.choose(slug, inspecting.Choice(**form.cleaned_data), rights=rights)
        messages.success(request, _("The settings are saved."))
        return redirect("hydrants")
    context = {"member": member, "form": form, "may": may_record(member.pk, rights)}
    return show(request, "fire_settings", "hydrants", context, 400 if request.method == "POST" else 200)


def form_values(member: Member) -> dict[str, Any]:
    now = settings_for(member)
    return {name: getattr(now, name) for name in SettingsForm.base_fields}

"""/reseaux/hydrants/: the hydrants, one hydrant with its inspections, what a member chooses for its own."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.parameters import integer
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid
from gis_core.http.admission import FILTER, TABLE, limited
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.organisations import member_seen_by
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from layers.features.display import display_number, with_unit
from layers.features.services.attachments import MOST_PHOTOS, as_json, attach, attachments_of
from layers.features.services.origin import Origin
from layers.features.services.photos import MOST_BYTES
from networks.water import lists
from networks.water.models import HydrantInspection
from networks.water.pages.frame import page, show
from networks.water.services import hydrant_tables as tables
from networks.water.services import inspecting
from networks.water.services.hydrants import (
    Filter,
    State,
    addresses_of,
    availability_of,
    communes_of,
    counts,
    day_of,
    hydrant_seen_by,
    hydrants,
    register,
    settings_for,
    title_of,
)

ROWS = 50
MOST_OFFSET = 20_000
LONGEST_BODY = MOST_BYTES + 65_536
CSV = "text/csv; charset=utf-8; header=present"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WEB = Origin("web", "")
SEEN = "water-nodes,water-pipes,communes,parcels,buildings,roads,addresses"


class FilterForm(AccessibleForm):
    q = forms.CharField(label=gettext_lazy("Search"), max_length=100, required=False)
    member = forms.ChoiceField(label=gettext_lazy("Member"), required=False)
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("To do"), required=False)

    def __init__(self, *args: Any, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": _("number, name")}
        members = members_of(rights)
        if len(members) < 2:
            del self.fields["member"]
        else:
            self.fields["member"].choices = [("", _("All members")), *members]  # type: ignore[attr-defined]
        self.fields["insee"].choices = [("", _("All communes")), *commune_choices(rights)]  # type: ignore[attr-defined]
        self.fields["state"].choices = [("", _("All hydrants")), *State.choices]  # type: ignore[attr-defined]


def members_of(rights: Rights) -> list[tuple[str, str]]:
    owners = hydrants(rights).order_by().values("owner").distinct()
    return list(Member.objects.filter(pk__in=owners).order_by("name").values_list("slug", "name"))


def commune_choices(rights: Rights) -> list[tuple[str, str]]:
    rows = Commune.objects.filter(territories__isnull=False) if rights.agency else Commune.objects.filter(
        territories__member__in=rights.members()
    )  # fmt: skip
    return list(rows.distinct().order_by("name").values_list("insee", "name"))


@require_safe
@page
def hydrant_list(request: HttpRequest) -> HttpResponse:
    """The hydrants of a filter, in a page or (`format`) as CSV, XLSX, or CSV of the national schema."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    if "format" in given:
        return export_hydrants(given["format"], Filter.parse(given), rights)
    return list_page(request, given, rights)


@limited(FILTER)
def list_page(request: HttpRequest, given: dict[str, str], rights: Rights) -> HttpResponse:
    """The counts of a filter's hydrants by state, and a page of them."""
    form, wanted = FilterForm(initial=given, rights=rights), Filter()
    try:
        wanted = Filter.parse(given)
    except Invalid as error:
        form = FilterForm(given, rights=rights)
        if str(error.extra.get("parameter")) not in form.errors:
            blame(form, error)
    offset = integer(given, "offset", 0, 0, MOST_OFFSET)
    figures = counts(wanted, rights)
    results = list(register(wanted, rights)[offset : offset + ROWS + 1])
    context = {
        "form": form,
        "rows": lines(results[:ROWS]),
        "figures": [
            (state, label, figures[state], wanted.but(state=state).query(), wanted.state == state)
            for state, label in State.choices
        ],
        "all": figures["all"],
        "wanted": wanted,
        "query": wanted.query(),
        "empty": not figures["all"] and wanted == Filter(),
        "before": max(offset - ROWS, 0) if offset else None,
        "after": offset + ROWS if len(results) > ROWS and offset + ROWS <= MOST_OFFSET else None,
        "chosen": chosen_members(rights),
    }
    return show(request, "hydrants", "hydrants", context, 400 if form.errors else 200)


def chosen_members(rights: Rights) -> list[tuple[str, str]]:
    """The members whose settings the asker may change."""
    rows = Member.objects.visible_to(rights).order_by("name")
    return [(one.slug, one.name) for one in rows if inspecting.may_choose(one, rights)]


@limited(TABLE)
def export_hydrants(suffix: str, wanted: Filter, rights: Rights) -> HttpResponse:
    if suffix not in ("csv", "xlsx", "pei"):
        raise Invalid(_("A table is a CSV or XLSX file."), parameter="format")
    rows = tables.list_hydrants(wanted, rights)
    day = f"{database_clock.today():%Y-%m-%d}"
    if suffix == "pei":
        return attached(tables.pei_csv(rows, rights), CSV, f"pei-{day}.csv")
    table = tables.hydrant_table(rows)
    if suffix == "csv":
        return attached(tables.as_csv(table), CSV, f"poteaux-incendie-{day}.csv")
    content = tables.as_workbook(_("Hydrants"), tables.columns(), table)
    return attached(content, XLSX, f"poteaux-incendie-{day}.xlsx")


def attached(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def lines(rows: list[Any]) -> list[dict[str, Any]]:
    places, communes, labels = addresses_of(rows), communes_of(rows), tables.standings()
    today = database_clock.today()
    return [
        {
            "hydrant": one,
            "title": title_of(one),
            "place": one.name or places.get(one.pk, ""),
            "commune": communes.get(one.commune_insee, ""),
            "standing": availability_of(one),
            "standing_label": labels[availability_of(one)],
            "inspected": day_of(one.last),
            "technical": one.technical or {"flow_m3h": one.flow_m3h, "static_bar": one.pressure_bar},
            "late": one.due is not None and one.due < today,
        }
        for one in rows
    ]


# -- one hydrant ------------------------------------------------------------------------------------------------------


def decimal(label: Any, unit: str) -> forms.FloatField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8})
    return forms.FloatField(label=label, help_text=unit, required=False, localize=True, widget=widget)


def day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class InformingForm(AccessibleForm):
    """Who was informed: HTML names its fields as it always did."""

    def add_prefix(self, field_name: str) -> str:
        return {"informed": "told", "informed_on_return": "told_back"}.get(field_name, field_name)


class InspectionForm(InformingForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of inspection"), choices=HydrantInspection.Kind.choices, widget=forms.RadioSelect
    )
    done_date = day(gettext_lazy("Inspected on"))
    done_by = forms.CharField(label=gettext_lazy("By whom"), max_length=inspecting.LONGEST_NAME)
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
    remark = forms.CharField(
        label=gettext_lazy("Remark"),
        max_length=inspecting.LONGEST_REMARK,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, out: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        anomalies = [(code, lists.word(lists.ANOMALIES, code)) for code in lists.ANOMALIES]
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
    most = {"most": MOST_BYTES // 1_048_576}
    return render_hydrant(request, hydrant, 413, photo_error=_("The photo is larger than %(most)s MB.") % most)


@upload_page(too_large, LONGEST_BODY)
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
    file = request.FILES.get("file")
    try:
        if file is None:
            raise Invalid(_("Choose a photo."), parameter="file")
        attach(
            inspecting.hydrant_layer(rights), pk, file=file, name=file.name or "", size=file.size or 0, rights=rights
        )
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
    (line,) = lines([hydrant])
    layer = inspecting.hydrant_layer(rights)
    inspections = tables.inspections_of(pk, rights)
    context = {
        **line,
        "title": line["title"],
        "settings": settings_for(hydrant.owner_id),
        "may": inspecting.may_inspect(hydrant.owner_id, rights),
        "inspections": [(one, anomalies_of(one)) for one in inspections],
        "outs": tables.unavailabilities_of(pk, rights),
        "photos": [as_json(one, layer) for one in attachments_of(layer, pk, rights)[:MOST_PHOTOS]],
        "map": map_link(hydrant),
        "inspection": InspectionForm(initial=begun(request, inspections), out=hydrant.out is not None),
        "out_form": OutForm(initial={"from_date": database_clock.today()}),
        "back_form": BackForm(),
        "measuring": request.GET.get("controle"),
    }
    return show(request, "hydrant", "hydrants", context | more, status)


def begun(request: HttpRequest, inspections: list[HydrantInspection]) -> dict[str, Any]:
    """What the form of an inspection begins with: today, and whoever is signed in."""
    kind = HydrantInspection.Kind.TECHNICAL
    return {"kind": kind, "done_date": database_clock.today(), "done_by": str(request.user)}


def anomalies_of(inspection: HydrantInspection) -> str:
    return ", ".join(lists.word(lists.ANOMALIES, code) for code in inspection.anomalies)


def map_link(hydrant: Any) -> str:
    """The map, on the hydrant, with its sheet open."""
    place = f"{hydrant.place.x:.6f},{hydrant.place.y:.6f}"
    return f"{reverse('map')}#v=1&c={place}&z=18&l={SEEN}&s=water-nodes.{hydrant.pk}"


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
    context = {"member": member, "form": form, "may": inspecting.may_choose(member, rights), "language": get_language()}
    return show(request, "fire_settings", "hydrants", context, 400 if request.method == "POST" else 200)


def form_values(member: Member) -> dict[str, Any]:
    now = settings_for(member)
    return {name: getattr(now, name) for name in SettingsForm.base_fields}

"""/reseaux/regards/: the sewer manholes, one manhole with its inspections, the months that a member lets pass."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.forms.models import model_to_dict
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
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.organisations import member_seen_by
from gis_core.members.rights import Rights
from layers.features.display import code_choices, code_label
from layers.features.services.attachments import PHOTOS
from networks.water import code_lists
from networks.water.listings.manholes import MANHOLES, defect_labels
from networks.water.models import ManholeInspection
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
from networks.water.services import manhole_inspecting as inspecting
from networks.water.services.inspected_nodes import day_of
from networks.water.services.inspections import LONGEST_NAME, may_record
from networks.water.services.manholes import (
    ManholeQuery,
    State,
    counts,
    inspections_of,
    manhole_seen_by,
    settings_of,
    title_of,
    verdict_label,
    verdict_of,
)


@require_safe
@page
def manhole_list(request: HttpRequest) -> HttpResponse:
    """The manholes of a filter, in a page or (`format`) as a file."""
    return answer_list(request, MANHOLES, partial(show, request, "manholes", "manholes"), around=around_list)


def around_list(view: ListView[ManholeQuery]) -> dict[str, Any]:
    """The counts of the manholes of a filter by state, and whose settings the user may change."""
    query, rights = view.query, view.rights
    return {"figures": count_links(query, State.choices, counts(query, rights)), "chosen": members_to_set(rights)}


# -- one manhole ------------------------------------------------------------------------------------------------------


class InspectionForm(AccessibleForm):
    done_date = day(gettext_lazy("Inspected on"))
    done_by = forms.CharField(label=gettext_lazy("By whom"), max_length=LONGEST_NAME)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"), choices=ManholeInspection.Verdict.choices, widget=forms.RadioSelect
    )
    cover = forms.ChoiceField(label=gettext_lazy("Cover"), required=False)
    frame = forms.ChoiceField(label=gettext_lazy("Frame"), required=False)
    ladder = forms.ChoiceField(label=gettext_lazy("Ladder or steps"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    infiltration = forms.ChoiceField(label=gettext_lazy("Infiltration"), required=False)
    deposit_mm = forms.IntegerField(
        label=gettext_lazy("Deposit"),
        help_text="mm",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 8}),
    )
    depth_m = decimal(gettext_lazy("Depth measured"), gettext_lazy("m, from the cover to the invert"))
    keep_depth = forms.BooleanField(
        label=gettext_lazy("Put this depth into the record of the manhole as well"), required=False
    )
    defects = forms.MultipleChoiceField(
        label=gettext_lazy("Defects"),
        help_text=gettext_lazy("Main codes of EN 13508-2; their labels are ours."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    next_date = day(gettext_lazy("To be inspected again before"), required=False)
    remark = remark_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, codes in inspecting.PARTS.items():
            self.fields[name].choices = [("", _("not seen")), *code_choices(codes)]  # type: ignore[attr-defined]
        defects = [(code, f"{code} · {label}") for code, label in code_choices(code_lists.MANHOLE_DEFECTS)]
        self.fields["defects"].choices = defects  # type: ignore[attr-defined]
        self.fields["next_date"].help_text = _("Empty: after the months that your settings say.")


@page
def too_large(request: HttpRequest, manhole: int) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return render_manhole(request, manhole, 413, photo_error=PHOTOS.describe_too_large())


@upload_page(too_large, lambda: longest_body(PHOTOS))
@require_http_methods(["GET", "HEAD", "POST"])
@page
def manhole(request: HttpRequest, manhole: int) -> HttpResponse:
    """A manhole; `do` says what is recorded of it: an inspection, a strike, a photo."""
    if request.method != "POST":
        return render_manhole(request, manhole)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Invalid(_("Say what is to be recorded (“do”)."), parameter="do")
    return act(request, manhole) or redirect("manhole", manhole)


def record_inspection(request: HttpRequest, pk: int) -> HttpResponse | None:
    rights = rights_of_request(request)
    inspecting.writable(pk, rights)
    form = InspectionForm(request.POST)
    if not form.is_valid():
        return render_manhole(request, pk, 400, inspection=form)
    try:
        inspecting.inspect(pk, inspecting.Inspection(**form.cleaned_data), rights=rights, origin=WEB)
    except ArpentError as error:
        return render_manhole(request, pk, blame(form, error), inspection=form)
    messages.success(request, _("The inspection is recorded."))
    return None


def strike(request: HttpRequest, pk: int) -> HttpResponse | None:
    which = integer(request.POST.dict(), "inspection", 0, 0, 2**62)
    try:
        inspecting.strike(pk, which, request.POST.get("reason", ""), rights=rights_of_request(request))
    except (Invalid, Conflict) as error:
        return render_manhole(request, pk, status_of(error), strike_error=error.message, struck=which)
    messages.success(request, _("The inspection is struck out: it counts no more."))
    return None


def add_photo(request: HttpRequest, pk: int) -> HttpResponse | None:
    rights = rights_of_request(request)
    inspecting.writable(pk, rights)
    try:
        attach_photo(request, inspecting.manhole_layer(rights), pk, rights)
    except ArpentError as error:
        return render_manhole(request, pk, status_of(error), photo_error=error.message)
    messages.success(request, _("The photo is added."))
    return None


ACTS = {"inspect": record_inspection, "strike": strike, "photo": add_photo}


def render_manhole(request: HttpRequest, pk: int, status: int = 200, **more: Any) -> HttpResponse:
    rights = rights_of_request(request)
    manhole = manhole_seen_by(pk, rights)
    layer = inspecting.manhole_layer(rights)
    initial = {"done_date": database_clock.today(), "done_by": str(request.user)}
    context = {
        **describe_manhole(manhole),
        "may": may_record(manhole.owner_id, rights),
        "inspections": [describe_inspection(one) for one in inspections_of(pk, rights)],
        "photos": photos_of(layer, pk, rights),
        "map": map_link(manhole, inspecting.SLUG, "sewer-pipes"),
        "inspection": InspectionForm(initial=initial),
        "inspecting": request.GET.get("controle"),
    }
    return show(request, "manhole", "manholes", context | more, status)


def describe_manhole(manhole: Any) -> dict[str, Any]:
    """What the page of a manhole says at its head."""
    verdict, last = verdict_of(manhole), manhole.inspected or {}
    return {
        "manhole": manhole,
        "title": title_of(manhole),
        **describe_node(manhole),
        "verdict": verdict,
        "verdict_label": verdict_label(verdict),
        "inspected": day_of(manhole.inspected),
        "unseen": day_of(manhole.last) if manhole.last and manhole.last["verdict"] == "unseen" else None,
        "measures": {"depth_m": last.get("depth_m"), "deposit_mm": last.get("deposit_mm")},
    }


def describe_inspection(inspection: ManholeInspection) -> dict[str, Any]:
    """An inspection with the labels of its parts and of its defects."""
    fields = InspectionForm.base_fields
    parts = [
        (fields[name].label, code_label(codes, getattr(inspection, name)))
        for name, codes in inspecting.PARTS.items()
        if getattr(inspection, name)
    ]
    return {"record": inspection, "parts": parts, "defects": defect_labels({"defects": inspection.defects})}


# -- settings ---------------------------------------------------------------------------------------------------------


def months_field(label: Any) -> forms.IntegerField:
    hint = gettext_lazy("Empty: as after any other inspection.")
    return forms.IntegerField(
        label=label, min_value=1, max_value=inspecting.MOST_MONTHS, required=False, help_text=hint
    )


class SettingsForm(EditForm):
    inspection_months = forms.IntegerField(
        label=gettext_lazy("Months between inspections of a manhole"), min_value=1, max_value=inspecting.MOST_MONTHS
    )
    watch_months = months_field(gettext_lazy("Months before the next inspection of one to be watched"))
    repair_months = months_field(gettext_lazy("Months before the next inspection of one to be repaired"))
    urgent_months = months_field(gettext_lazy("Months before the next inspection of a dangerous one"))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """How many months a member lets pass between two inspections of a manhole, and after which verdict."""
    rights: Rights = rights_of_request(request)
    member = member_seen_by(rights=rights, slug=slug)
    form = SettingsForm(
        request,
        row=f"manhole settings {member.pk}",
        read=lambda _name: model_to_dict(settings_of(member.pk), SettingsForm.base_fields),
    )
    if request.method == "POST" and form.is_valid():
        inspecting.choose_months(slug, **form.cleaned_data, rights=rights)
        messages.success(request, _("The settings are saved."))
        return redirect("manholes")
    context = {"member": member, "form": form, "may": may_record(member.pk, rights)}
    return show(request, "manhole_settings", "manholes", context, 400 if request.method == "POST" else 200)

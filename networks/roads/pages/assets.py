"""/voirie/patrimoine/: what stands along roads, one asset with its inspections, and the pictograms of signs."""

from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.list_pages import ListView, answer_list
from gis_core.desk.parameters import integer
from gis_core.desk.tabs import page
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.technicians import TECHNICIANS
from layers.features.display import code_choices, code_label, is_english
from networks.roads import asset_code_lists, code_lists
from networks.roads.iisr import FAMILIES, base_of, family_of, is_known, normal
from networks.roads.listings.assets import ASSETS, condition_label, is_late, kind_label, picture_of, title_of
from networks.roads.pages.frame import show
from networks.roads.pictograms import pictogram
from networks.roads.references import Road
from networks.roads.services import assets as services
from networks.roads.services.assets import KINDS, SLUGS, AssetQuery, Inspection
from networks.roads.services.calibrating import with_department
from networks.roads.services.placing import references_of

TAB = "road_assets"
LONGEST_BODY = 80 * 1_048_576


@require_safe
@page
def asset_list(request: HttpRequest) -> HttpResponse:
    """The assets of a filter; `format=` csv, xlsx or ods to take them away."""
    what = request.GET.get("what", "")
    what = what if what in ASSETS else "point"

    def show_list(context: dict[str, Any], status: int) -> HttpResponse:
        return show(request, "assets", TAB, context, status=status)

    return answer_list(request, ASSETS[what], show_list, around=around_list)


def around_list(view: ListView[AssetQuery]) -> dict[str, Any]:
    """How many of each kind there are, over how many kilometres."""
    query, what = view.query, view.query.what
    counts, lengths = services.counts(query, view.rights), services.kilometres(query, view.rights)
    figures = [
        {
            "label": code_label(KINDS[what], kind),
            "count": count,
            "query": query.but(kind=kind).query(),
            "chosen": kind == query.kind,
            "kilometres": lengths.get(kind),
        }
        for kind, count in counts.items()
    ]
    return {
        "what": what,
        "no_road": query.road == services.NO_ROAD,
        "figures": figures,
        "total": sum(counts.values()),
        "kilometres": sum(lengths.values()),
        "any_kind": {"query": query.but(kind="").query(), "chosen": not query.kind},
        "map": f"/#v=1&l={SLUGS[what]},road-sections,communes",
        "everything": f"?what={what}",
    }


def line(what: str, asset: Any) -> dict[str, Any]:
    """One asset as its page begins."""
    return {
        "asset": asset,
        "what": what,
        "title": title_of(what, asset),
        "picture": picture_of(asset),
        "kind": kind_label(what, asset),
        "state": condition_label(asset),
        "late": is_late(asset),
        "length": services.length_of(asset),
    }


# -- one asset --------------------------------------------------------------------------------------------------------


def day(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class InspectionForm(AccessibleForm):
    mark = forms.ChoiceField(label=gettext_lazy("Condition"), widget=forms.RadioSelect)
    done_date = day(pgettext_lazy("road", "Inspected on"))
    done_by = forms.CharField(label=gettext_lazy("By whom"), max_length=services.LONGEST_NAME)
    remark = forms.CharField(
        label=gettext_lazy("Remark"), max_length=services.LONGEST_REMARK, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    due_date = day(pgettext_lazy("road", "Next inspection"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["mark"].choices = code_choices(code_lists.CONDITIONS)  # type: ignore[attr-defined]


@page
def too_large(request: HttpRequest, what: str, asset_id: int) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return asset_page(request, what, asset_id, status=413, refused=_("The photos are too large."))


@upload_page(too_large, LONGEST_BODY)
@require_http_methods(["GET", "HEAD", "POST"])
@page
def asset(request: HttpRequest, what: str, asset_id: int) -> HttpResponse:
    """An asset; an inspection of it, or the striking out of one (`do`)."""
    if request.method != "POST":
        return asset_page(request, what, asset_id)
    services.one(what, asset_id, rights_of_request(request))
    if request.POST.get("do") == "strike":
        return strike(request, what, asset_id)
    return record(request, what, asset_id)


def record(request: HttpRequest, what: str, asset_id: int) -> HttpResponse:
    rights = rights_of_request(request)
    form = InspectionForm(request.POST)
    photos: list[Any] = request.FILES.getlist("photos")
    if not form.is_valid():
        return asset_page(request, what, asset_id, form=form, status=400)
    try:
        result = Inspection(**form.cleaned_data)
        services.inspect(what, asset_id, result, photos=photos, rights=rights)
    except NotFound:
        raise
    except ArpentError as error:
        return asset_page(request, what, asset_id, form=form, status=blame(form, error) or status_of(error))
    messages.success(request, pgettext("road", "The inspection is recorded."))
    return redirect("road_asset", what, asset_id)


def strike(request: HttpRequest, what: str, asset_id: int) -> HttpResponse:
    rights = rights_of_request(request)
    which = integer({"inspection": request.POST.get("inspection", "")}, "inspection", 0, 0, 2**62)
    try:
        services.strike(what, asset_id, which, request.POST.get("reason", ""), rights=rights)
    except (Invalid, Conflict) as error:
        return asset_page(request, what, asset_id, status=status_of(error), strike_error=error.message, struck=which)
    messages.success(request, pgettext("road", "The inspection is struck out: it counts no more."))
    return redirect("road_asset", what, asset_id)


@cache
def to_degrees() -> Any:
    from pyproj import Transformer

    return Transformer.from_crs(2154, 4326, always_xy=True)


def asset_page(
    request: HttpRequest,
    what: str,
    pk: int,
    *,
    form: InspectionForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page; `more` is what is told of what was refused."""
    rights = rights_of_request(request)
    asset_row = services.one(what, pk, rights)
    section = services.section_of(asset_row)
    places = references_of(what, [pk]).get(pk, [])
    # Beside a reference, left and right are those of growing markers, however the section is drawn.
    side = places[0].lies if places else asset_row.side
    lon, lat = to_degrees().transform(*services.middle_of(asset_row))
    initial = {"done_date": database_clock.today(), "done_by": str(request.user)}
    photos = services.photos_of(what, pk, rights)
    code = normal(getattr(asset_row, "code", None) or "")
    described = services.inspections_of(what, pk)
    inspected = {photo for one in described for photo in one.photos}
    context = {
        **line(what, asset_row),
        "family": FAMILIES[family_of(code)][is_english()] if code else "",
        "known": is_known(code) if code else True,
        "commune": services.communes_at(what, [pk]).get(pk, ""),
        "edits": rights.has_role(asset_row.owner_id, TECHNICIANS),
        "road_section": section,
        "places": places,
        "side": code_label(asset_code_lists.SIDES, side),
        "size": code_label(asset_code_lists.SIZES, getattr(asset_row, "size", None)),
        "more": sorted(asset_row.more.items()),
        "map": f"/#v=1&c={lon:.6f},{lat:.6f}&z=19&l={SLUGS[what]},road-sections,communes&s={SLUGS[what]}.{pk}",
        "road": (road := road_of_place(section)),
        "road_named": with_department(road) if road else "",
        "inspections": [
            (one, code_label(code_lists.CONDITIONS, one.mark),
             [photo for photo in photos if photo["id"] in one.photos])
            for one in described
        ],
        "photos": [photo for photo in photos if photo["id"] not in inspected],
        "may": services.may_inspect(asset_row, rights),
        "inspection": form or InspectionForm(initial=initial),
        **more,
    }  # fmt: skip
    return show(request, "asset", TAB, context, status=status)


def road_of_place(section: Any) -> Road | None:
    """The numbered road that it stands along."""
    return Road(section.route, section.department) if section is not None and section.route else None


# -- pictograms -------------------------------------------------------------------------------------------------------


@require_safe
@cache_control(public=True, max_age=86_400)
def sign(request: HttpRequest, code: str) -> HttpResponse:
    """The pictogram of a code, of any: what is not known is a grey square. `?texte=` is written inside."""
    plain = normal(code)[:12]
    text = request.GET.get("texte", "")[:20]
    answer = HttpResponse(pictogram(base_of(plain) if is_known(plain) else plain, text), content_type="image/svg+xml")
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer

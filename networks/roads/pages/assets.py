"""/voirie/patrimoine/: what stands along roads, one asset with its inspections, and the pictograms of signs."""

from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.parameters import integer
from gis_core.desk.tables import answer_table
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, Invalid, NotFound
from gis_core.http.admission import TABLE, limited
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights
from gis_core.members.technicians import TECHNICIANS
from gis_core.models import Commune
from layers.features.display import display_number
from networks.roads import asset_lists, lists
from networks.roads.asset_sheets import pictogram_of
from networks.roads.iisr import FAMILIES, base_of, family_of, is_known, name_of, normal
from networks.roads.pages.frame import page, show
from networks.roads.pictograms import pictogram
from networks.roads.references import Road
from networks.roads.services import assets as services
from networks.roads.services.asset_table import as_table
from networks.roads.services.assets import DUE, KINDS, SLUGS, Filter, Inspection
from networks.roads.services.calibrating import with_department
from networks.roads.services.placing import references_of

TAB = "road_assets"
ROWS = 50
MOST_OFFSET = 5_000
MOST_ROWS = 10_000
LONGEST_BODY = 80 * 1_048_576
DUE_LABELS = {"late": gettext_lazy("Inspection late"), "month": gettext_lazy("Inspection within a month"),
              "never": gettext_lazy("Never inspected")}  # fmt: skip


def english() -> bool:
    return (get_language() or "fr").startswith("en")


def choices(labels: lists.CodeList, empty: str) -> list[tuple[str, str]]:
    return [("", empty), *((code, lists.word(labels, code, english=english())) for code in labels)]


class FilterForm(AccessibleForm):
    what = forms.ChoiceField(label=gettext_lazy("Show"), required=False)
    q = forms.CharField(label=gettext_lazy("Search"), max_length=100, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("Condition"), required=False)
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("Inspection"), required=False)
    road = forms.CharField(label=gettext_lazy("Road"), max_length=40, required=False)

    def __init__(self, *args: Any, wanted: Filter, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["q"].widget.attrs |= {"type": "search", "placeholder": _("reference, code, remark")}
        self.fields["road"].widget.attrs["placeholder"] = "D 2020"
        rows = Commune.objects.filter(territories__isnull=False)
        if not rights.agency:
            rows = rows.filter(territories__member__in=rights.members())
        communes = rows.distinct().order_by("name").values_list("insee", "name")
        given = {
            "what": [("point", _("Points")), ("troncon", _("Stretches"))],
            "kind": choices(KINDS[wanted.what], _("All kinds")),
            "state": choices(lists.CONDITIONS, _("All conditions")),
            "insee": [("", _("All communes")), *communes],
            "due": [("", _("All")), *DUE_LABELS.items()],
        }
        for name, result in given.items():
            self.fields[name].choices = result  # type: ignore[attr-defined]


@require_safe
@page
def asset_list(request: HttpRequest) -> HttpResponse:
    """The assets of a filter; `format=` csv, xlsx or ods to take them away."""
    rights = rights_of_request(request)
    given = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    if suffix := given.get("format"):
        return export_assets(Filter.parse(given), suffix, rights)
    refused = None
    try:
        wanted = Filter.parse(given)
    except Invalid as error:
        wanted, refused = Filter.parse(given | {"road": ""}), error
    text = given.get("offset", "")
    offset = min(int(text), MOST_OFFSET) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    counts, lengths = services.counts(wanted, rights), services.kilometres(wanted, rights)
    results = list(services.list_assets(wanted, rights)[offset : offset + ROWS + 1])
    visible = results[:ROWS]
    context = {
        "form": filter_form(given, wanted, rights, refused),
        "wanted": wanted,
        "query": wanted.query(),
        "rows": lines(wanted.what, visible),
        "filtered": wanted != Filter(what=wanted.what),
        "most": MOST_ROWS,
        "figures": [
            (
                lists.word(KINDS[wanted.what], kind, english=english()),
                count,
                wanted.but(kind=kind).query(),
                kind,
                lengths.get(kind),
            )
            for kind, count in counts.items()
        ],
        "total": sum(counts.values()),
        "kilometres": sum(lengths.values()),
        "exported": counts.get(wanted.kind, 0) if wanted.kind else sum(counts.values()),
        "without_kind": wanted.but(kind="").query(),
        "before": max(offset - ROWS, 0) if offset else None,
        "after": offset + ROWS if len(results) > ROWS and offset + ROWS <= MOST_OFFSET else None,
        "map": f"/#v=1&l={SLUGS[wanted.what]},road-sections,communes",
        "empty": not counts and wanted == Filter(what=wanted.what),
        "dues": DUE,
    }
    return show(request, "assets", TAB, context, status=400 if refused else 200)


def filter_form(given: dict[str, str], wanted: Filter, rights: Rights, refused: Invalid | None) -> FilterForm:
    road = "" if wanted.road == services.NO_ROAD else wanted.road
    initial = {**given, "what": wanted.what, "road": road}
    if refused is None:
        return FilterForm(initial=initial, wanted=wanted, rights=rights)
    form = FilterForm(initial | {"road": given.get("road", "")}, wanted=wanted, rights=rights)
    form.is_valid()
    if "road" not in form.errors:
        blame(form, refused)
    return form


@limited(TABLE)
def export_assets(wanted: Filter, suffix: str, rights: Rights) -> HttpResponse:
    """The assets of a filter as a table. Raises Invalid."""
    results = list(services.list_assets(wanted, rights).select_related("owner")[: MOST_ROWS + 1])
    if len(results) > MOST_ROWS:
        message = _("A table has %(most)s assets at most: choose a kind, a road or a commune.")
        raise Invalid(message % {"most": display_number(MOST_ROWS, 0)}, parameter="format")
    name = f"patrimoine-{database_clock.today():%Y-%m-%d}"
    return answer_table(as_table(wanted.what, results), suffix, _("Assets"), name)


def lines(what: str, rows: list[Any]) -> list[dict[str, Any]]:
    """Assets as a list shows them, each with its place on its road or else its commune."""
    ids = [one.pk for one in rows]
    places = references_of(what, ids)
    communes = services.communes_at(what, [pk for pk in ids if pk not in places])
    return [line(what, one) | {"places": places.get(one.pk, []), "commune": communes.get(one.pk, "")} for one in rows]


def line(what: str, asset: Any) -> dict[str, Any]:
    """One asset as a list shows it."""
    code = getattr(asset, "code", None) or ""
    return {
        "asset": asset,
        "what": what,
        "title": title_of(what, asset),
        "picture": pictogram_of(code, asset.inscription or "") if code.strip() else "",
        "kind": lists.word(KINDS[what], asset.kind, english=english()),
        "state": lists.word(lists.CONDITIONS, asset.state, english=english()),
        "late": asset.due_date is not None and asset.due_date < database_clock.today(),
        "length": services.length_of(asset),
    }


def title_of(what: str, asset: Any) -> str:
    """A sign by what it says, others by their kind."""
    code = normal(getattr(asset, "code", None) or "")
    if code:
        described = name_of(code, english=english())
        label = " ".join(part for part in (code, asset.inscription) if part)
        return f"{label} · {described}" if described else label
    kind = lists.word(KINDS[what], asset.kind, english=english())
    return f"{kind} {asset.reference}" if asset.reference else kind


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
        marks = [(code, lists.word(lists.CONDITIONS, code, english=english())) for code in lists.CONDITIONS]
        self.fields["mark"].choices = marks  # type: ignore[attr-defined]


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
        "family": FAMILIES[family_of(code)][english()] if code else "",
        "known": is_known(code) if code else True,
        "commune": services.communes_at(what, [pk]).get(pk, ""),
        "edits": rights.has_role(asset_row.owner_id, TECHNICIANS),
        "road_section": section,
        "places": places,
        "side": lists.word(asset_lists.SIDES, side, english=english()),
        "size": lists.word(asset_lists.SIZES, getattr(asset_row, "size", None), english=english()),
        "more": sorted(asset_row.more.items()),
        "map": f"/#v=1&c={lon:.6f},{lat:.6f}&z=19&l={SLUGS[what]},road-sections,communes&s={SLUGS[what]}.{pk}",
        "road": (road := road_of_place(section)),
        "road_named": with_department(road) if road else "",
        "inspections": [
            (one, lists.word(lists.CONDITIONS, one.mark, english=english()),
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

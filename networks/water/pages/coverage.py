"""/reseaux/hydrants/couverture/: buildings too far from a hydrant along the roads."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.pager import page_links
from gis_core.desk.parameters import Page, integer
from gis_core.desk.small_map import SmallMap
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Forbidden, Invalid
from gis_core.files.writing.csvtext import CSV, csv_file
from gis_core.files.writing.rows import Column
from gis_core.http.files import NO_STORE, file_response
from gis_core.http.middleware import rights_of_request
from gis_core.jobs.services import describe_job, jobs_seen_by
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Job, Member, User
from networks.water.models import FireCoverage, WaterNode
from networks.water.pages.frame import show
from networks.water.services import coverage
from networks.water.services.hydrant_inspecting import MOST_DISTANCE_M
from networks.water.services.hydrants import hydrants, settings_for
from networks.water.services.inspected_nodes import addresses_near

ROWS = 50
MOST_OFFSET = 20_000
MOST_SHAPES = 5_000
MOST_JOBS = 5


class CoverForm(AccessibleForm):
    member = forms.ChoiceField(label=gettext_lazy("Member"))
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    distance_m = forms.IntegerField(
        label=gettext_lazy("Farther than (m)"),
        min_value=1,
        max_value=MOST_DISTANCE_M,
        help_text=gettext_lazy("Along the roads."),
    )
    flow_m3h = forms.IntegerField(
        label=gettext_lazy("Flow of at least (m³/h)"),
        help_text=gettext_lazy("0: every available hydrant."),
        min_value=0,
        max_value=1000,
    )
    least_m2 = forms.IntegerField(
        label=gettext_lazy("Building of at least (m²)"),
        min_value=0,
        max_value=10_000,
        help_text=gettext_lazy("On the ground."),
    )
    light = forms.BooleanField(label=gettext_lazy("Light buildings, too (sheds, canopies)"), required=False)

    def __init__(self, *args: Any, members: Sequence[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["member"].choices = [(one.slug, one.name) for one in members]  # type: ignore[attr-defined]
        communes = {insee: name for one in members for insee, name in one.communes.values_list("insee", "name")}
        names = sorted(communes.items(), key=lambda pair: pair[1])
        self.fields["insee"].choices = [("", _("All communes")), *names]  # type: ignore[attr-defined]
        if len(members) == 1:
            self.fields["member"].widget = forms.HiddenInput()


def members_computing(rights: Rights) -> list[Member]:
    rows = Member.objects.visible_to(rights).order_by("name")
    return [one for one in rows if coverage.may_compute(one, rights)]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def cover_list(request: HttpRequest) -> HttpResponse:
    """What was computed lately, and the form that computes."""
    rights = rights_of_request(request)
    members = members_computing(rights)
    if request.method != "POST":
        return show_list(request, rights, members)
    if not members:
        raise Forbidden(_("Your role does not let you compute the cover of the hydrants."))
    form = CoverForm(request.POST, members=members)
    if not form.is_valid():
        return show_list(request, rights, members, 400, form)
    given = {**form.cleaned_data, "member": next(one for one in members if one.slug == form.cleaned_data["member"])}
    assert isinstance(request.user, User)
    try:
        made = coverage.request_coverage(coverage.Question(**given), rights=rights, user=request.user)
    except ArpentError as error:
        return show_list(request, rights, members, blame(form, error), form)
    return redirect("fire_covers") if isinstance(made, Job) else redirect("fire_cover", made.pk)


def show_list(
    request: HttpRequest, rights: Rights, members: list[Member], status: int = 200, form: CoverForm | None = None
) -> HttpResponse:
    jobs = jobs_seen_by(rights).filter(kind=coverage.KIND).select_related("owner", "started_by").order_by("-pk")
    running = jobs.exclude(state=Job.State.DONE)[:MOST_JOBS]
    context = {
        "form": form or (initial_cover_form(members) if members else None),
        "covers": [(one, total(one)) for one in coverage.coverages(rights)],
        "jobs": [(job, *describe_job(job)) for job in running],
    }
    return show(request, "covers", "hydrants", context, status)


def initial_cover_form(members: list[Member]) -> CoverForm:
    """The member's own settings: the distance; and every available hydrant."""
    first = {"member": members[0].slug, "distance_m": settings_for(members[0]).distance_m, "flow_m3h": 0}
    return CoverForm(initial=first | {"least_m2": coverage.LEAST_M2}, members=members)


def total(cover: FireCoverage) -> dict[str, Any]:
    """The sums of all communes."""
    names = ("buildings", "covered", "far", "no_way", "no_road")
    sums: dict[str, Any] = {name: sum(one[name] for one in cover.summary["communes"]) for name in names}
    return sums | {"share": percent(sums)}


def percent(counts: dict[str, Any]) -> float | None:
    share = coverage.share(counts)
    return None if share is None else 100 * share


@require_safe
@page
def cover(request: HttpRequest, cover: int) -> HttpResponse:
    """One computation: counts by commune, the buildings that are too far; as CSV or GeoJSON with `format`."""
    rights = rights_of_request(request)
    computed = coverage.coverage_seen_by(cover, rights)
    suffix = request.GET.get("format", "")
    if suffix == "csv":
        return file_response(
            far_csv(computed, rights), CSV, f"batiments-eloignes-{database_clock.today():%Y-%m-%d}.csv"
        )
    if suffix == "geojson":
        return JsonResponse(shapes(computed, rights), headers=NO_STORE)
    if suffix:
        raise Invalid(_("A table is a CSV file, a map GeoJSON."), parameter="format")
    offset = integer(request.GET.dict(), "offset", 0, 0, MOST_OFFSET)
    context = {
        "cover": computed,
        "communes": [one | {"share": percent(one)} for one in computed.summary["communes"]],
        "total": total(computed),
        "hydrants": computed.summary["hydrants"],
        "off_road": hydrants_by_id(computed.summary["hydrants"]["off_road"], rights),
        "rows": lines(computed, computed.far[offset : offset + ROWS], rights),
        "pages": page_links(Page(ROWS, offset), len(computed.far), fragment="#far"),
        "small_map": cover_map(computed),
    }
    return show(request, "cover", "hydrants", context)


def hydrants_by_id(ids: list[int], rights: Rights) -> list[WaterNode]:
    return list(hydrants(rights).filter(pk__in=ids).order_by("reference"))


def whys() -> dict[str, str]:
    return {
        "far": _("too far"),
        "no_way": _("no way to a hydrant along the roads"),
        "no_road": _("no road within %(metres)s m") % {"metres": coverage.OFF_ROAD_M},
    }


def lines(fire_coverage: FireCoverage, far: list[list[Any]], rights: Rights) -> list[dict[str, Any]]:
    labels, communes = whys(), {one["insee"]: one["name"] for one in fire_coverage.summary["communes"]}
    places, references = places_of(far), references_of(far, rights)
    return [
        {
            "id": pk,
            "place": places.get(pk, ""),
            "commune": communes.get(insee, insee),
            "metres": metres,
            "why": labels[why],
            "hydrant": hydrant,
            "reference": references.get(hydrant, ""),
            "lon": lon,
            "lat": lat,
        }
        for pk, insee, lon, lat, metres, why, hydrant in far
    ]


def places_of(far: list[list[Any]]) -> dict[int, str]:
    return addresses_near(coverage.places_2154([(one[0], one[2], one[3]) for one in far]))


def references_of(far: list[list[Any]], rights: Rights) -> dict[int | None, str]:
    ids = {one[6] for one in far if one[6]}
    return {
        pk: reference or str(pk) for pk, reference in hydrants(rights).filter(pk__in=ids).values_list("pk", "reference")
    }


def far_csv(fire_coverage: FireCoverage, rights: Rights) -> bytes:
    columns = [
        Column("commune", _("Commune"), "text"),
        Column("place", _("Nearest address"), "text"),
        Column("metres", _("Metres along the roads"), "number"),
        Column("why", _("Why"), "text"),
        Column("hydrant", _("Nearest hydrant"), "text"),
        Column("lon", _("Longitude"), "number"),
        Column("lat", _("Latitude"), "number"),
        Column("building", _("Building"), "integer"),
    ]
    names = ("commune", "place", "metres", "why", "reference", "lon", "lat", "id")
    rows = lines(fire_coverage, fire_coverage.far, rights)
    return csv_file(columns, ([row[name] for name in names] for row in rows))


# -- the map ----------------------------------------------------------------------------------------------------------


def shapes(fire_coverage: FireCoverage, rights: Rights) -> dict[str, Any]:
    """The first buildings of the list, and every hydrant of the member that the asker sees, as it is now."""
    far = fire_coverage.far[:MOST_SHAPES]
    labels = whys()
    buildings = [
        feature(f"b{pk}", lon, lat, kind=why, label=labels[why], metres=metres)
        for pk, _insee, lon, lat, metres, why, _hydrant in far
    ]
    marks = [
        feature(
            f"h{one.pk}",
            one.place.x,
            one.place.y,
            kind="out" if one.out or one.service_state != "en_service" else "hydrant",
            label=one.reference or str(one.pk),
            flow=one.flow_m3h,
            url=reverse("hydrant", args=[one.pk]),
        )
        for one in coverage.visible_hydrants(fire_coverage, rights)
    ]
    return {"type": "FeatureCollection", "features": [*buildings, *marks], "more": len(fire_coverage.far) > MOST_SHAPES}


def feature(key: str, lon: float, lat: float, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def cover_map(fire_coverage: FireCoverage) -> SmallMap:
    """The map of what is too far, and of the hydrants."""
    return SmallMap(
        name="cover-map",
        kind="cover",
        label=_("Map of the buildings and hydrants"),
        extent_4326=extent_4326(fire_coverage.owner),
        texts={
            "more": _("The first {count} buildings are on the map."),
            "none": _("No building is too far."),
            "open": _("Open the hydrant"),
            "hydrant": _("Hydrant"),
            "out": _("Hydrant, unavailable"),
            "metres": _("{metres} m along the roads"),
            "far": _("Building too far"),
            "no_way": _("Building without a way"),
            "no_road": _("Building without a road"),
        },
        more={"url": f"{reverse('fire_cover', args=[fire_coverage.pk])}?format=geojson"},
        style="cover-map",
    )

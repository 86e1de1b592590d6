"""/voirie/couverture/: which part of the addresses and of the roads lies within reach of points of a layer."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.parameters import integer
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Forbidden, Invalid
from gis_core.http.files import NO_STORE, file_response
from gis_core.http.middleware import rights_of_request
from gis_core.jobs.services import describe_job, jobs_seen_by
from gis_core.members.rights import Rights
from gis_core.models import Commune, Job, Member, User
from layers.catalogue.models import Layer
from networks.roads.models import CoverageStudy
from networks.roads.pages.frame import show
from networks.roads.services import studies
from networks.roads.services.studies import Choices, Question, Technology
from networks.roads.services.study_results import Share, list_studies, share, study_seen_by
from networks.roads.study_sheet import pdf_of
from networks.roads.study_tables import by_commune, by_operator, csv_of, geojson_of, map_of

TAB = "coverage_studies"
USUAL_REACH_M = 3_000
MOST_JOBS = 5


class StudyForm(AccessibleForm):
    """Of one layer: `use_<n>` and `reach_<n>` for each thing that may count; `reach_m` where none is told apart."""

    member = forms.ChoiceField(label=gettext_lazy("Member"))
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    operator = forms.ChoiceField(
        label=gettext_lazy("Column of the operator"),
        required=False,
        help_text=gettext_lazy("Each operator is then counted by itself, too."),
    )
    reach_m = forms.IntegerField(
        label=gettext_lazy("Reach of a point (m)"),
        min_value=1,
        max_value=studies.FARTHEST_M,
        initial=USUAL_REACH_M,
        help_text=gettext_lazy("As the crow flies."),
    )

    def __init__(self, *args: Any, members: Sequence[Member], layer: Layer, choices: Choices, **options: Any) -> None:
        super().__init__(*args, **options)
        self.layer, self.choices, self.members = layer, choices, {one.slug: one for one in members}
        fields: Any = self.fields
        fields["member"].choices = [(one.slug, one.name) for one in members]
        theirs = Commune.objects.filter(territories__member__in=members).distinct().order_by("name", "insee")
        fields["insee"].choices = [("", _("All communes")), *theirs.values_list("insee", "name")]
        fields["operator"].choices = [("", _("None")), *choices.operators]
        if len(members) == 1:
            fields["member"].widget = forms.HiddenInput()
        if not choices.operators:
            fields["operator"].widget = forms.HiddenInput()
        for rank, (label, _column, _value) in enumerate(choices.technologies):
            fields[f"use_{rank}"] = forms.BooleanField(label=label, required=False)
            fields[f"reach_{rank}"] = forms.IntegerField(
                label=_("Reach of “%(what)s” (m)") % {"what": label},
                min_value=1,
                max_value=studies.FARTHEST_M,
                required=False,
            )

    def technology_fields(self) -> list[tuple[Any, Any]]:
        """The pairs of fields of what may count by itself."""
        return [(self[f"use_{rank}"], self[f"reach_{rank}"]) for rank in range(len(self.choices.technologies))]

    def plain(self) -> list[Any]:
        """The other fields."""
        return [one for one in self.visible_fields() if one.name in StudyForm.base_fields]

    def question(self) -> Question:
        given = self.cleaned_data
        chosen = tuple(
            Technology(label=label, column=column, value=value, reach_m=given[f"reach_{rank}"] or given["reach_m"])
            for rank, (label, column, value) in enumerate(self.choices.technologies)
            if given[f"use_{rank}"]
        )
        every = (Technology(label=_("every point"), reach_m=given["reach_m"]),)
        return Question(
            member=self.members[given["member"]],
            layer=self.layer,
            technologies=chosen or every,
            operator=given["operator"],
            insee=given["insee"],
        )


def members_studying(rights: Rights) -> list[Member]:
    rows = Member.objects.visible_to(rights).order_by("name")
    return [one for one in rows if studies.may_study(one, rights)]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def study_list(request: HttpRequest) -> HttpResponse:
    """The last studies; with `layer`, the form of a new one."""
    rights = rights_of_request(request)
    members = members_studying(rights)
    if request.method == "POST" and not members:
        raise Forbidden(_("Your role does not let you make coverage studies."))
    slug = request.POST.get("layer", "") or request.GET.get("layer", "")
    if not slug and request.method == "POST":
        raise Invalid(_("Choose a layer of points."), parameter="layer")
    if not slug or not members:
        return show_list(request, rights, members)
    layer = studies.layer_seen_by(slug, rights)
    given: dict[str, Any] = {"members": members, "layer": layer, "choices": studies.choices_of(layer, rights)}
    if request.method != "POST":
        return show_list(request, rights, members, StudyForm(initial={"member": members[0].slug}, **given))
    form = StudyForm(request.POST, **given)
    if not form.is_valid():
        return show_list(request, rights, members, form, 400)
    assert isinstance(request.user, User)
    try:
        made = studies.ask(form.question(), rights=rights, user=request.user)
    except ArpentError as error:
        return show_list(request, rights, members, form, blame(form, error))
    return redirect("coverage_studies") if isinstance(made, Job) else redirect("coverage_study", made.pk)


def show_list(
    request: HttpRequest, rights: Rights, members: list[Member], form: StudyForm | None = None, status: int = 200
) -> HttpResponse:
    jobs = jobs_seen_by(rights).filter(kind=studies.KIND).select_related("owner", "started_by").order_by("-pk")
    context = {
        "layers": studies.point_layers(rights) if members else [],
        "form": form,
        "studies": [(one, best(one)) for one in list_studies(rights)],
        "jobs": [(job, *describe_job(job)) for job in jobs.exclude(state=Job.State.DONE)[:MOST_JOBS]],
    }
    return show(request, "studies", TAB, context, status)


def best(study: CoverageStudy) -> list[tuple[str, Share]]:
    """Each technology with what it covers of the whole."""
    return [(one["label"], share(study, rank)) for rank, one in enumerate(study.technologies)]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def study(request: HttpRequest, study: int) -> HttpResponse:
    """One study; as CSV, PDF or GeoJSON with `format`. POST computes it again."""
    rights = rights_of_request(request)
    coverage = study_seen_by(study, rights)
    if request.method == "POST":
        assert isinstance(request.user, User)
        made = studies.again(coverage, rights=rights, user=request.user)
        return redirect("coverage_studies") if isinstance(made, Job) else redirect("coverage_study", made.pk)
    technology = integer(request.GET.dict(), "technology", 0, 0, len(coverage.technologies) - 1)
    operator = request.GET.get("operator", "")
    if operator and operator not in coverage.answer["operators"]:
        raise Invalid(_("The study has no such operator."), parameter="operator")
    name = f"couverture-{timezone.localdate(coverage.made_at):%Y-%m-%d}"
    match request.GET.get("format", ""):
        case "":
            context = {"changed": studies.has_changed(coverage), "may_ask": studies.may_study(coverage.owner, rights)}
            return show(request, "study", TAB, study_context(coverage, technology, operator) | context)
        case "csv":
            return file_response(csv_of(coverage), "text/csv; charset=utf-8", f"{name}.csv")
        case "pdf":
            return file_response(pdf_of(coverage), "application/pdf", f"{name}.pdf")
        case "geojson":
            return JsonResponse(geojson_of(coverage, technology, operator), headers=NO_STORE)
    raise Invalid(_("A table is a CSV file, a study on paper PDF, a zone GeoJSON."), parameter="format")


def study_context(coverage_study: CoverageStudy, technology: int, operator: str) -> dict[str, Any]:
    return {
        "study": coverage_study,
        "technology": technology,
        "chosen": coverage_study.technologies[technology],
        "operator": operator,
        "whole": [(one, share(coverage_study, rank, operator)) for rank, one in enumerate(coverage_study.technologies)],
        "communes": by_commune(coverage_study, operator),
        "operators": by_operator(coverage_study) if coverage_study.answer["operators"] else [],
        "map": map_of(coverage_study, technology, operator),
    }

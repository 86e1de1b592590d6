"""The page of a project: its variants side by side, and what whoever changes it finds there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm
from gis_core.members.rights import Rights
from gis_core.models import Commune, Member
from gis_core.tokens import links
from layers.catalogue.models import Photo
from simulation.engine.verdicts import Status, Verdict
from simulation.models import Project
from simulation.pages.frame import show
from simulation.services import insertions, projects
from simulation.services.documents import documents_of, pictures_of
from simulation.services.exports import FORMATS
from simulation.services.figures import (
    VariantFigures,
    VariantVerdicts,
    figures_of_variant,
    gone_parcels,
    judge_variant,
)
from simulation.services.messages import STATUSES, describe_verdict, title_of_verdict
from simulation.services.sketch import Sketch, sketch_of

TAB = "simulation_projects"
URGENCY = (Status.BROKEN, Status.TO_JUDGE, Status.RESPECTED, Status.NOT_APPLICABLE)


# -- its variants -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSheet:
    """A variant as the page has it."""

    variant: Mapping[str, Any]
    figures: VariantFigures
    verdicts: VariantVerdicts
    sketch: Sketch

    @property
    def counts(self) -> list[tuple[str, str, int]]:
        """Status, label and number of each status."""
        counts = self.verdicts.counts
        return [(one.value, str(STATUSES[one]), counts[one.value]) for one in URGENCY]

    @property
    def rules(self) -> list[dict[str, str]]:
        """The rules, those that ask for attention first."""
        judged = self.verdicts.judged
        verdicts = sorted(judged.verdicts, key=lambda one: URGENCY.index(one.status)) if judged else []
        return [rule_line(one) for one in verdicts]

    @property
    def notes(self) -> list[str]:
        return list(self.verdicts.judged.notes) if self.verdicts.judged else []


def rule_line(verdict: Verdict) -> dict[str, str]:
    return {
        "title": title_of_verdict(verdict),
        "text": describe_verdict(verdict),
        "status": verdict.status.value,
        "label": str(STATUSES[verdict.status]),
    }


def variant_sheets(project: Project, rights: Rights) -> list[VariantSheet]:
    day = database_clock.today()
    return [
        VariantSheet(
            variant=one,
            figures=figures_of_variant(one),
            verdicts=judge_variant(project, one, day, rights),
            sketch=sketch_of(project, one),
        )
        for one in project.variants
    ]


def sheet_context(project: Project, rights: Rights) -> dict[str, Any]:
    """What the page of a project shows, to whoever reads it."""
    commune = Commune.objects.filter(insee=project.insee).first()
    return {
        "project": project,
        "commune": commune.name if commune else project.insee,
        "sheets": variant_sheets(project, rights),
        "gone": gone_parcels(project, rights).message,
    }


def map_address(project: Project) -> str:
    """The map with the desk of simulations open on a project."""
    place: Any = project.geom.centroid.transform(4326, clone=True)
    return f"{reverse('map')}#v=1&c={place.x:.6f},{place.y:.6f}&z=19&p=simulate.{project.pk}"


# -- for who changes it ----------------------------------------------------------------------------------------------


class ShareForm(AccessibleForm):
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Members that read the project"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Member.objects.exclude(pk=project.owner_id).order_by("name")
        choices: Any = self.fields["members"]
        choices.choices = [(one.slug, one.name) for one in rows]
        self.initial["members"] = [one.slug for one in rows if one.pk in project.shared_with]


class LinkForm(AccessibleForm):
    last_date = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


def sharing_context(project: Project) -> dict[str, Any]:
    last = database_clock.today() + timedelta(days=links.USUAL_DAYS)
    return {
        "share_form": ShareForm(project=project),
        "link_form": LinkForm(initial={"last_date": last}),
        "links": list(links.links_about(projects.LINK_KIND, project.pk).select_related("made_by")),
    }


def insertion_context(project: Project, rights: Rights) -> dict[str, Any]:
    """What the page of a project asks for it."""
    here = Photo.objects.visible_to(rights).pictures().filter(geom__intersects=project.geom)
    photos = here.defer("geom", "footprint_4326")
    return {
        "insertion_jobs": insertions.jobs_of(project, rights),
        "insertion_photos": list(photos.order_by("-acquired_date", "pk")),
        "insertion_sizes": insertions.SIZES,
        "insertion_pictures": pictures_of(project),
        "most_pictures": insertions.MOST_PICTURES,
        "insertion_letters": [one["letter"] for one in project.variants if one["volumes"]],
        "insertion_day": database_clock.today(),
    }


# -- the page --------------------------------------------------------------------------------------------------------


def show_project(
    request: HttpRequest, project: Project, rights: Rights, more: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    writes = projects.may_write(project, rights)
    context = sheet_context(project, rights) | {
        "writes": writes,
        "map": map_address(project),
        "permit_page": reverse("permit", args=[project.permit]) if project.permit else "",
        "versions": projects.versions_of(project),
        "formats": FORMATS,
        "documents": documents_of(project),
        **(sharing_context(project) | insertion_context(project, rights) if writes else {}),
        **(more or {}),
    }
    return show(request, "project", TAB, context, status)

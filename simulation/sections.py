"""What the parcel sheet says of projects: those that the asker reads on this ground."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gis_core.members.rights import Rights
from layers.features.display import display_date
from layers.parcels.own_sections import fact
from layers.parcels.sections import Answer, Ground, Line, Link, Section
from simulation.models import Project

MOST = 20


def projects(ground: Ground, rights: Rights) -> Answer:
    """The projects on these parcels, the last changed first."""
    rows = Project.objects.visible_to(rights).current().filter(idus__overlap=list(ground.idus))
    kept = list(rows.only("name", "changed_at", "permit")[: MOST + 1]) if ground.idus else []
    number = rows.count() if len(kept) > MOST else len(kept)
    count = ngettext("%(count)s project", "%(count)s projects", number) % {"count": number}
    return Answer(
        facts=[fact("projects", _("Projects on this parcel"), number, count)],
        lines=[line_of(one) for one in kept[:MOST]],
        notes=[_("Only the last %(most)s are listed.") % {"most": MOST}] if len(kept) > MOST else [],
    )


def line_of(project: Project) -> Line:
    return Line(
        key=f"project:{project.pk}",
        title=project.name,
        detail=_("changed on %(day)s") % {"day": display_date(project.changed_at.date())},
        links=[Link(title=_("Open the project"), url=reverse("simulation_project", args=[project.pk]))],
    )


def signed_in(rights: Rights) -> bool:
    return rights.signed_in


SECTION = Section(
    slug="simulations",
    title=gettext_lazy("Projects on this parcel"),
    order=75,
    collect=projects,
    open_to=signed_in,
    kept=False,
)

"""The list of projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from gis_core.desk.cells import Cell, Line
from gis_core.desk.list_query import ListQuery, choice, text
from gis_core.desk.listing import Column, Listing
from gis_core.desk.options import commune_options, member_options
from gis_core.members.rights import Rights
from gis_core.models import Commune
from layers.cadastre.references import whole_identifier
from simulation.models import Project

ARCHIVED: Final = "archived"
type Communes = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectQuery(ListQuery):
    """Which projects; empty: all that are not archived."""

    text: str = text(
        gettext_lazy("Search"),
        name="q",
        placeholder=gettext_lazy("name, parcel, permit"),
        description="a name, a parcel, a permit’s number",
    )
    member: str = choice(
        gettext_lazy("Member"), member_options, every=gettext_lazy("All members"), fewest=2, description="short name"
    )
    insee: str = choice(
        gettext_lazy("Commune"), commune_options, every=gettext_lazy("All communes"), longest=5, description="commune"
    )
    state: str = choice(
        gettext_lazy("State"),
        [(ARCHIVED, gettext_lazy("Archived projects"))],
        every=gettext_lazy("Current projects"),
        allowed=lambda: (ARCHIVED,),
        enum=(ARCHIVED,),
    )


def projects_of(query: ProjectQuery, rights: Rights) -> QuerySet[Project]:
    """The projects that are asked for, the last changed first."""
    rows = Project.objects.visible_to(rights).select_related("owner", "author").defer("variants")
    rows = rows.exclude(archived_at=None) if query.state == ARCHIVED else rows.current()
    if query.member:
        rows = rows.filter(owner__slug=query.member)
    if query.insee:
        rows = rows.filter(insee=query.insee)
    if query.text:
        idu = whole_identifier(query.text)
        number = "".join(query.text.split()).upper()
        names = Q(name__icontains=query.text) | Q(permit__startswith=number)
        rows = rows.filter(names | Q(idus__contains=[idu]) if idu else names)
    return rows.order_by("-changed_at", "-id")


def communes_of(rows: Sequence[Project], _rights: Rights) -> Communes:
    return dict(Commune.objects.filter(insee__in={one.insee for one in rows}).values_list("insee", "name"))


def name_cell(project: Project, _communes: Communes) -> Cell:
    return Cell(project.name, href=reverse("simulation_project", args=[project.pk]))


def commune_name(project: Project, communes: Communes) -> str:
    return communes.get(project.insee, project.insee)


def parcels_of(project: Project, _communes: Communes) -> str:
    return ", ".join(project.idus)


def parcels_cell(project: Project, _communes: Communes) -> Cell:
    """The first parcels, and how many more."""
    more = len(project.idus) - 2
    lines = (Line(ngettext("and %(count)s more", "and %(count)s more", more) % {"count": more}),) if more > 0 else ()
    return Cell(", ".join(project.idus[:2]), tone="number", lines=lines)


def author_name(project: Project, _communes: Communes) -> str:
    return str(project.author or "")


def on_map(project: Project, communes: Communes) -> dict[str, str]:
    return {"label": project.name, "detail": commune_name(project, communes)}


def count_projects(count: int) -> str:
    return ngettext("%(count)s project", "%(count)s projects", count) % {"count": count}


def several_members(rows: Sequence[Project]) -> bool:
    return len({one.owner_id for one in rows}) > 1


PROJECTS: Final = Listing(
    name="simulation_projects",
    title=gettext_lazy("Projects"),
    query=ProjectQuery,
    rows=projects_of,
    columns=(
        Column("id", gettext_lazy("Identifier"), "integer"),
        Column("name", gettext_lazy("Project"), cell=name_cell, sort="name"),
        Column("commune", gettext_lazy("Commune"), value=commune_name, sort="insee"),
        Column("parcels", gettext_lazy("Parcels"), value=parcels_of, cell=parcels_cell),
        Column("permit", gettext_lazy("Permit"), sort="permit"),
        Column("author", gettext_lazy("Author"), value=author_name),
        Column("member", gettext_lazy("Member"), value="owner.name", needed=several_members),
        Column("changed_at", gettext_lazy("Last change"), "datetime", sort="changed_at"),
    ),
    on_page=("name", "commune", "parcels", "permit", "author", "member", "changed_at"),
    related=communes_of,
    caption=gettext_lazy("Projects, the last changed first"),
    count=count_projects,
    nothing=gettext_lazy(
        "No project yet: open the sheet of a parcel on the map, then “Simulate a project”, and save it."
    ),
    exists=lambda rights: Project.objects.visible_to(rights).exists(),
    files=("csv", "xlsx", "ods", "gpkg", "geojson"),
    file_name="projets",
    geometry="geom",
    on_map=on_map,
    saved=True,
)

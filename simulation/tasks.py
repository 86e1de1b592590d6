"""Making insertion documents in the background."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import NotFound
from gis_core.members.rights import under_policies
from gis_core.models import Commune
from gis_core.tasks import RunningJob
from layers.catalogue.models import Photo
from layers.printing.order import PrintOrder
from layers.printing.services.drawing import print_sheets
from simulation.insertion_pdf import Insertion, Picture, join_pdfs, text_pdf
from simulation.models import Project
from simulation.services.documents import keep_made, open_document, pictures_of
from simulation.services.figures import judge_variant
from simulation.services.insertions import InsertionOrder
from simulation.services.places import place_of
from simulation.services.plans import Sheet, plans_of
from simulation.services.sun_hours import sun_of_variant
from simulation.services.sunlight import moments_of, shadow_of_variant


def make_insertion(running: RunningJob) -> dict[str, Any]:
    """The insertion document of a variant as it is now: kept whole with its project, or none, and why in words."""
    rights, kept = running.rights, running.parameters
    with under_policies():
        project = Project.objects.visible_to(rights).select_related("owner").filter(pk=kept["project"]).first()
        if project is None:
            raise NotFound(_("The project is no longer there, or no longer open to you: nothing was made."))
        order = InsertionOrder.of(kept, project)
        running.report_progress(0.05, _("Rules and shadows"))
        text, plans = compose(project, order, running)
    with TemporaryDirectory() as folder:
        target = Path(folder) / "plans.pdf"
        print_sheets(
            plans, rights, Path(folder), lambda share, message: running.report_progress(0.3 + 0.65 * share, message),
            target, author=str(running.job.started_by or ""), organisation=str(project.owner),
            day=database_clock.today(), language=get_language() or "fr",
        )  # fmt: skip
        content, pages = join_pdfs([text, target.read_bytes()])
    values = {"letter": order.letter, "number": project.version}
    title = _("Insertion, variant %(letter)s, version %(number)s of the project") % values
    document = keep_made(project, title, content, user_id=running.job.started_by_id)
    return {"document": document.pk, "pages": pages, "bytes": document.size_bytes}


def compose(project: Project, order: InsertionOrder, running: RunningJob) -> tuple[bytes, list[PrintOrder]]:
    """The pages of text, and the plans to print."""
    rights, day = running.rights, database_clock.today()
    variant = next(one for one in project.variants if one["letter"] == order.letter)
    place = place_of(project.idus, day, rights)
    shadow = shadow_of_variant(variant, order.at, rights)
    sheet = Sheet(paper=order.paper, photo=order.photo, shadow=shadow.shape, at=order.at)
    sun, no_sun = sun_of_variant(variant, order.at.year, rights)
    commune = Commune.objects.filter(insee=project.insee).first()
    given = Insertion(
        project=project,
        variant=variant,
        place=place,
        verdicts=judge_variant(project, variant, day, rights),
        moments=list(moments_of(variant, order.at.year, rights)),
        sun=sun,
        no_sun=no_sun,
        photo=Photo.objects.visible_to(rights).filter(slug=order.photo).first() if order.photo else None,
        commune=commune.name if commune else project.insee,
        pictures=pictures_in(project, order.pictures),
    )
    return text_pdf(given), plans_of(project, variant, place, sheet, rights)


def pictures_in(project: Project, ids: Sequence[int]) -> list[Picture]:
    """The pictures that were asked for, in that order; one that was removed meanwhile is left out."""
    rows = {one.pk: one for one in pictures_of(project)}
    pictures = []
    for document in (rows[pk] for pk in ids if pk in rows):
        with open_document(document) as file:
            pictures.append(Picture(title=document.title, added_at=document.added_at, content=file.read()))
    return pictures

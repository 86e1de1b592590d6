"""Insertion documents of variants: ordered by who writes the project, made by a worker, kept among its documents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.utils.dateparse import parse_date, parse_time
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.jobs.services import start_job
from gis_core.members.rights import Rights
from gis_core.models import Job, User
from layers.catalogue.models import Photo
from layers.printing.paper import Paper
from simulation.models import Project
from simulation.services.documents import DOCUMENTS, documents_of, pictures_of
from simulation.services.projects import check_may_write
from simulation.services.sunlight import at_hour

KIND: Final = "simulation_insertion"
MOST_PICTURES: Final = 6
SIZES: Final[tuple[Paper, ...]] = ("A4", "A3")


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertionOrder:
    """Of which variant, on which paper, on which photo (none: no plan on a photo), with the shadow of an instant, and
    which `pictures` among the documents of the project (by their ids).
    """

    letter: str
    paper: Paper
    photo: str
    at: datetime
    pictures: tuple[int, ...] = ()

    @classmethod
    def of(cls, given: Mapping[str, str], project: Project) -> Self:
        """What a form, or the parameters of a job, say. Raises Invalid."""
        letter = given.get("letter") or ""
        variant = next((one for one in project.variants if one["letter"] == letter), None)
        if variant is None:
            raise Invalid(_("Choose a variant of the project."), parameter="letter")
        if not variant["volumes"]:
            raise Invalid(_("This variant holds no volume: there is nothing to insert."), parameter="letter")
        paper = next((size for size in SIZES if size == (given.get("paper") or SIZES[0])), None)
        if paper is None:
            raise Invalid(_("Choose a paper of the list."), parameter="paper")
        return cls(letter=letter, paper=paper, photo=(given.get("photo") or "")[:100], at=instant_of(given),
                   pictures=picture_ids(given.get("pictures") or ""))  # fmt: skip

    def as_json(self) -> dict[str, str]:
        day, hour = f"{self.at:%Y-%m-%d}", f"{self.at:%H:%M}"
        return {"letter": self.letter, "paper": self.paper, "photo": self.photo, "day": day, "hour": hour,
                "pictures": ",".join(map(str, self.pictures))}  # fmt: skip


def picture_ids(text: str) -> tuple[int, ...]:
    """Ids of documents, parted by commas. Raises Invalid: none, or more than a document takes."""
    parts = [one for one in text.split(",") if one]
    if not all(one.isascii() and one.isdigit() and len(one) < 19 for one in parts):
        raise Invalid(_("Choose pictures of the project."), parameter="pictures")
    if len(parts) > MOST_PICTURES:
        raise Invalid(_("A document takes %(most)s pictures at most.") % {"most": MOST_PICTURES}, parameter="pictures")
    return tuple(map(int, parts))


def instant_of(given: Mapping[str, str]) -> datetime:
    """The day and the hour of legal time of the shadow. Raises Invalid."""
    try:
        day, hour = parse_date(given.get("day") or ""), parse_time(given.get("hour") or "12:00")
    except ValueError:
        day = hour = None
    if day is None or hour is None or not 1950 <= day.year <= 2050:
        raise Invalid(_("Give the day and the hour of the shadow."), parameter="day")
    return at_hour(day, hour.hour, hour.minute)


def start_insertion(project: Project, order: InsertionOrder, *, user: User, rights: Rights) -> Job:
    """Have the document of a variant made.

    Raises Forbidden, Invalid (a photo that the asker does not see, too many documents).
    """
    check_may_write(project, rights)
    if order.photo and not Photo.objects.visible_to(rights).pictures().filter(slug=order.photo).exists():
        raise Invalid(_("Choose a photo of the list."), parameter="photo")
    if not set(order.pictures) <= {one.pk for one in pictures_of(project)}:
        raise Invalid(_("Choose pictures of the project."), parameter="pictures")
    DOCUMENTS.check_count(len(documents_of(project)))
    parameters = {"project": project.pk, **order.as_json()}
    return start_job(
        kind=KIND, title=project.name, owner=project.owner, started_by=user, parameters=parameters, rights=rights
    )


def jobs_of(project: Project, rights: Rights) -> list[Job]:
    """The orders of a project that are not done, the latest first."""
    rows = Job.objects.visible_to(rights).filter(kind=KIND, parameters__project=project.pk)
    return list(rows.exclude(state=Job.State.DONE).order_by("-created_at")[:5])

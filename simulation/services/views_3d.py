"""Pictures of the view in three dimensions, kept among the documents of their project by a title that says what they
are: the variant, the photo on the ground and its date, the day and hour of the sun.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.content import SentFile
from gis_core.members.rights import Rights
from layers.catalogue.models import Photo
from layers.printing.facts import format_photo_date
from simulation.models import Project, ProjectDocument
from simulation.services.documents import PICTURES, add_document
from simulation.services.plans import describe_instant
from simulation.services.sunlight import PARIS


def keep_view(
    project: Project, file: SentFile, *, letter: str, photo: str, at: datetime | None, rights: Rights
) -> ProjectDocument:
    """Keep a picture of a variant. Raises Forbidden, Invalid (no such variant or photo, no picture), Unavailable."""
    if letter not in [one["letter"] for one in project.variants]:
        raise Invalid(_("Choose a variant of the project."), parameter="variant")
    ground = Photo.objects.visible_to(rights).pictures().filter(slug=photo).first() if photo else None
    if photo and ground is None:
        raise Invalid(_("Choose a photo of the list."), parameter="photo")
    parts = [_("3D view, variant %(letter)s") % {"letter": letter}]
    if ground:
        parts.append(f"{ground} ({format_photo_date(ground)})")
    if at:
        parts.append(_("sun of %(at)s") % {"at": describe_instant(at.astimezone(PARIS))})
    return add_document(project, file, rights, title=", ".join(parts), kit=PICTURES)

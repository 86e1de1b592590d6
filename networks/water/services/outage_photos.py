"""Photos of an outage: seen by those who see it, added and removed by those who may change it."""

from pathlib import Path
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.documents import Documents, title_of_file
from gis_core.errors import NotFound
from gis_core.files.content import JPEG, SentFile
from gis_core.members.rights import Rights
from layers.features.services import attachments
from networks.water.models import Outage, OutagePhoto
from networks.water.services.outage_journal import lock_outage

PHOTOS: Final = Documents(
    folder="outages",
    formats=(JPEG,),
    picture=attachments.PHOTOS.picture,
    suffix=".jpg",
    max_bytes=attachments.PHOTOS.max_bytes,
    most=50,
    too_many=gettext_lazy("An outage has at most %(most)s photos."),
    too_large=attachments.PHOTOS.too_large,
    wrong_format=attachments.PHOTOS.wrong_format,
)


def photos_of(outage: Outage) -> list[OutagePhoto]:
    """Those that were not removed, in the order in which they came."""
    return list(OutagePhoto.objects.filter(outage=outage, removed_at=None).select_related("added_by"))


def photo_of(outage: Outage, photo_id: int) -> OutagePhoto:
    """A photo of the outage. Raises NotFound."""
    photo = OutagePhoto.objects.filter(outage=outage, removed_at=None, pk=photo_id).first()
    if photo is None:
        raise NotFound(_("There is no such photo."))
    return photo


def path_of(photo: OutagePhoto, *, small: bool = False) -> Path:
    return PHOTOS.path_in(photo.outage_id, photo.name, small=small)


@transaction.atomic
def add_photo(outage: Outage, file: SentFile, *, rights: Rights) -> OutagePhoto:
    """Keep a photo, made anew. Raises Forbidden, Conflict, Invalid, Unavailable (disk full)."""
    locked = lock_outage(outage, rights)
    PHOTOS.check_count(OutagePhoto.objects.filter(outage=locked, removed_at=None).count())
    with PHOTOS.reader() as reader:
        content = PHOTOS.read(file, reader)
    with PHOTOS.store(locked.pk, file, content) as stored:
        return OutagePhoto.objects.create(
            outage=locked,
            name=stored.name,
            title=title_of_file(file) or _("Photo"),
            taken_at=content.taken_at,
            size_bytes=stored.size_bytes,
            added_by_id=rights.user_id,
        )


@transaction.atomic
def remove_photo(outage: Outage, photo_id: int, *, rights: Rights) -> None:
    """Show a photo no more; it is kept. Raises Forbidden, Conflict, NotFound."""
    photo = photo_of(lock_outage(outage, rights), photo_id)
    photo.removed_at, photo.removed_by_id = database_clock.now(), rights.user_id
    photo.save(update_fields=["removed_at", "removed_by"])

"""Photos of a feature: seen by those who see it, added and removed by those who edit it."""

from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any
from unicodedata import category

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from psycopg import sql

from gis_core.errors import Invalid, NotFound, Unavailable
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services.photos import picture_of
from layers.features.services.read import LARGEST_ID, fetch, get_feature
from layers.features.services.write import Edit, check_editable, is_shared, lock

MOST_PHOTOS = 50
LONGEST_TITLE = 120


def attachments_of(layer: Layer, feature_id: int, rights: Rights) -> QuerySet[Attachment]:
    """The photos of a feature that the asker sees. Raises NotFound."""
    get_feature(layer, feature_id, rights)
    return Attachment.objects.filter(layer=layer, feature=feature_id)


def attachment_of(layer: Layer, feature_id: int, attachment_id: int, rights: Rights) -> Attachment:
    """A photo of a feature that the user sees. Raises NotFound."""
    attachment = attachments_of(layer, feature_id, rights).filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound(_("There is no such photo."))
    return attachment


@transaction.atomic
def attach(layer: Layer, feature_id: int, *, file: IO[bytes], name: str, size: int, rights: Rights) -> Attachment:
    """Keep a photo, made anew. Raises NotEditable, Missing, Invalid, Unavailable (disk full)."""
    row = editable_row(layer, feature_id, rights)
    if Attachment.objects.filter(layer=layer, feature=feature_id).count() >= MOST_PHOTOS:
        raise Invalid(_("An object has at most %(most)s photos.") % {"most": MOST_PHOTOS}, parameter="file")
    picture = picture_of(file, size)
    made = Attachment.objects.create(
        layer=layer,
        feature=feature_id,
        owner_id=row["owner_id"],
        shared_with=row["shared_with"],
        private=layer.rows == Layer.Rows.OWNER,
        title=title_of_file(name),
        taken_at=picture.taken_at,
        width=picture.width,
        height=picture.height,
        size_bytes=len(picture.content),
        added_by_id=rights.user_id,
    )
    keep(made, picture.content, picture.small)
    return made


@transaction.atomic
def detach(layer: Layer, feature_id: int, attachment_id: int, rights: Rights) -> None:
    """Take a photo away; its file stays for the history. Raises NotEditable, Missing, NotFound."""
    editable_row(layer, feature_id, rights)
    attachment_of(layer, feature_id, attachment_id, rights).delete()


def move(layer: Layer, ids: Sequence[int], feature_id: int) -> None:
    """Give the photos of merged features to the one that stays."""
    Attachment.objects.filter(layer=layer, feature__in=ids).update(feature=feature_id)


def editable_row(layer: Layer, feature_id: int, rights: Rights) -> dict[str, Any]:
    """Who owns and sees the feature, which nobody else changes until the end."""
    check_editable(layer, rights)
    lock(layer, [(0, Edit(action="update", id=min(feature_id, LARGEST_ID)))], rights, moves=False)
    shared = sql.SQL("shared_with" if is_shared(layer.table) else "'{}'::int[] as shared_with")
    statement = sql.SQL("select owner_id, {} from {} where id = %(id)s").format(shared, sql.Identifier(layer.table))
    return fetch(statement, {"id": feature_id})[0]


def title_of_file(name: str) -> str:
    """What the photo is called: its file's name, as far as one can see it."""
    seen = "".join(one for one in name.replace("\\", "/").rpartition("/")[2] if category(one)[0] != "C")
    return seen[-LONGEST_TITLE:].strip() or _("Photo")


def keep(attachment: Attachment, content: bytes, small: bytes) -> None:
    """Write both files; neither stays when one cannot be written."""
    paths = path_of(attachment), path_of(attachment, small=True)
    try:
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        for path, kept in zip(paths, (content, small), strict=True):
            path.write_bytes(kept)
    except OSError as error:
        for path in paths:
            path.unlink(missing_ok=True)
        raise Unavailable(_("The file cannot be kept: the disk is full or not writable.")) from error


def path_of(attachment: Attachment, *, small: bool = False) -> Path:
    name = f"{attachment.name}{'-small' if small else ''}.jpg"
    return Path(settings.FILES_DIR) / "attachments" / str(attachment.layer_id) / name


def as_json(attachment: Attachment, layer: Layer) -> dict[str, Any]:
    here = f"/api/v1/layers/{layer.slug}/features/{attachment.feature}/attachments/{attachment.pk}/"
    return {
        "id": attachment.pk,
        "url": here,
        "thumbnail": f"{here}?size=small",
        "title": attachment.title,
        "taken_at": attachment.taken_at and attachment.taken_at.isoformat(),
        "added_at": attachment.added_at.isoformat(),
        "width": attachment.width,
        "height": attachment.height,
        "size_bytes": attachment.size_bytes,
    }

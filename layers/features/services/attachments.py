"""Photos of a feature: seen by those who see it, added and removed by those who edit it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg import sql

from gis_core.desk.documents import MEGABYTE, Documents, title_of_file
from gis_core.errors import NotFound
from gis_core.files.content import JPEG, PHOTO, SentFile
from gis_core.files.erasing import erase
from gis_core.members.rights import Rights
from layers.catalogue.models import Layer
from layers.features.models import Attachment
from layers.features.services.quotas import check_growth, measure_usage
from layers.features.services.read import LARGEST_ID, fetch, get_feature
from layers.features.services.write import Edit, check_editable, is_shared, lock

PHOTOS = Documents(
    folder="attachments",
    formats=(JPEG,),
    picture=replace(PHOTO, boxes=(*PHOTO.boxes, (320, 320))),
    suffix=".jpg",
    max_bytes=lambda: 25 * MEGABYTE,
    most=50,
    too_many=gettext_lazy("An object has at most %(most)s photos."),
    too_large=gettext_lazy("The photo is larger than %(most)s MB."),
    wrong_format=gettext_lazy("Send a photo as JPEG, PNG or WebP."),
)


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
def attach(layer: Layer, feature_id: int, file: SentFile, rights: Rights) -> Attachment:
    """Keep a photo, made anew. Raises NotEditable, Missing, Invalid, Conflict (quota), Unavailable (disk full)."""
    row = editable_row(layer, feature_id, rights)
    PHOTOS.check_count(Attachment.objects.filter(layer=layer, feature=feature_id).count())
    with PHOTOS.reader() as reader:
        content = PHOTOS.read(file, reader)
    before = measure_usage(layer.owner, "bytes")
    with PHOTOS.store(layer.pk, file, content) as stored:
        made = Attachment.objects.create(
            layer=layer,
            feature=feature_id,
            owner_id=row["owner_id"],
            shared_with=row["shared_with"],
            private=layer.rows == Layer.Rows.OWNER,
            name=stored.name,
            title=title_of_file(file) or _("Photo"),
            taken_at=content.taken_at,
            width=content.made[0].width,
            height=content.made[0].height,
            size_bytes=stored.size_bytes,
            added_by_id=rights.user_id,
        )
        check_growth(layer.owner, before)
    return made


@transaction.atomic
def detach(layer: Layer, feature_id: int, attachment_id: int, rights: Rights) -> None:
    """Take a photo away; its file stays for the history. Raises NotEditable, Missing, NotFound."""
    editable_row(layer, feature_id, rights)
    attachment_of(layer, feature_id, attachment_id, rights).delete()


def move(layer: Layer, ids: Sequence[int], feature_id: int) -> None:
    """Give the photos of merged features to the one that stays."""
    Attachment.objects.filter(layer=layer, feature__in=ids).update(feature=feature_id)


def remove_files(layer_id: int) -> None:
    """Remove the files of all photos of a layer that is there no more."""
    erase(PHOTOS.root() / str(layer_id))


def editable_row(layer: Layer, feature_id: int, rights: Rights) -> dict[str, Any]:
    """Who owns and sees the feature, which nobody else changes until the end."""
    check_editable(layer, rights)
    lock(layer, [(0, Edit(action="update", id=min(feature_id, LARGEST_ID)))], rights, moves=False)
    shared = sql.SQL("shared_with" if is_shared(layer.table) else "'{}'::int[] as shared_with")
    statement = sql.SQL("select owner_id, {} from {} where id = %(id)s").format(shared, sql.Identifier(layer.table))
    return fetch(statement, {"id": feature_id})[0]


def path_of(attachment: Attachment, *, small: bool = False) -> Path:
    return PHOTOS.path_in(attachment.layer_id, attachment.name, small=small)


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

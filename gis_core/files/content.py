"""What a file is that somebody sends, read from its content, whatever it is called; images are made anew.

Nothing that somebody sent is decoded in this process: the locked reader does it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.files.antivirus import check_for_viruses
from gis_core.files.reader import PictureRecipe, ReadRefused, RestrictedReader
from gis_core.files.reader.pictures import Made

type SentFile = UploadedFile[bytes]
HEAD_BYTES: Final = 1_024
TOO_HEAVY: Final = ("reader_stopped", "reader_fault", "took_too_long", "too_much_cpu", "too_much_memory")


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of files that is kept: its media type, and how a file of it is called when it is saved."""

    media_type: str
    suffix: str


PDF: Final = Format("application/pdf", "pdf")
JPEG: Final = Format("image/jpeg", "jpg")
PNG: Final = Format("image/png", "png")
DOCX: Final = Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")
ODT: Final = Format("application/vnd.oasis.opendocument.text", "odt")
DWG: Final = Format("image/vnd.dwg", "dwg")
FORMATS: Final = {one.media_type: one for one in (PDF, JPEG, PNG, DOCX, ODT, DWG)}
DOCUMENTS: Final = {one.suffix: one for one in (PDF, DOCX, ODT)}
"""Those that the locked reader opens, by what it calls them."""

PHOTO: Final = PictureRecipe(
    # A JPEG is decoded at a fraction of its size; the other formats are decoded whole.
    pixels={"JPEG": 150_000_000, "PNG": 30_000_000, "WEBP": 30_000_000},
    form="JPEG",
    boxes=((2_560, 2_560),),
    dated=True,
)
"""A photo as it is kept: upright, not larger than a screen, without what it tells but when it was taken."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept of a file: an image `made` anew in each size of its recipe, the largest first; else what was sent.

    What is `active` holds scripts or files of its own, or is not looked into. `taken_at`: when a photo says it was.
    """

    format: Format
    active: bool = False
    made: tuple[Made, ...] = ()
    taken_at: datetime | None = None


def read_content(
    file: SentFile, reader: RestrictedReader, *, accepted: Collection[Format], picture: PictureRecipe
) -> Content | None:
    """What a file is; None where it is of no accepted format. An image becomes a JPEG where no PNG is accepted.

    Raises Invalid, Unavailable.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head:
        raise Invalid(_("It is empty."), parameter="file")
    name = reader.admit_stream(file)
    try:
        check_for_viruses(reader.path_of(name))
        content = content_of(name, head, reader, accepted, picture)
    finally:
        reader.dismiss(name)
    return content if content and content.format in accepted else None


def content_of(
    name: str, head: bytes, reader: RestrictedReader, accepted: Collection[Format], picture: PictureRecipe
) -> Content | None:
    """As `read_content`, of an admitted file that begins with `head`; None where it is of no format at all."""
    if head.startswith(b"\x89PNG\r\n\x1a\n") and PNG in accepted:
        return picture_of(name, PNG, replace(picture, form="PNG"), reader)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (head[:4], head[8:12]) == (b"RIFF", b"WEBP"):
        return picture_of(name, JPEG, picture, reader)
    if head[:4] == b"AC10" and head[4:6].isdigit():
        return Content(DWG, active=True)
    zipped = head.startswith(b"PK\x03\x04") and (DOCX in accepted or ODT in accepted)
    if zipped or (b"%PDF-" in head and PDF in accepted):
        return document_of(name, reader)
    return None


def document_of(name: str, reader: RestrictedReader) -> Content:
    """A PDF, DOCX or ODT file. Raises Invalid, Unavailable."""
    try:
        document = reader.document(name)
    except ReadRefused as refused:
        if refused.problem.code in TOO_HEAVY:
            raise Invalid(
                _("It does not open within the memory and time that a document may take: save it again.")
            ) from refused
        raise
    return Content(DOCUMENTS[document.kind], active=document.active)


def picture_of(name: str, form: Format, recipe: PictureRecipe, reader: RestrictedReader) -> Content:
    """An image made anew. Raises Invalid, in the words of a photo."""
    try:
        pictures = reader.picture(name, recipe)
    except ReadRefused as refused:
        raise Invalid(describe_refusal(refused.problem.code), parameter="file") from refused
    return Content(form, made=pictures.made, taken_at=to_aware(pictures.taken_at))


def describe_refusal(code: str) -> str:
    """Why a photo is not taken, in words."""
    if code == "not_a_picture":
        return _("Send a photo as JPEG, PNG or WebP.")
    if code in ("picture_pixels", "too_much_memory"):
        return _("The photo has too many pixels: send a smaller one.")
    return _("The photo is damaged: it cannot be read to its end.")


def to_aware(taken_at: datetime | None) -> datetime | None:
    """The instant that a camera's clock told, in the platform's time zone; None for an absurd year."""
    return make_aware(taken_at) if taken_at and 1900 <= taken_at.year <= 2200 else None

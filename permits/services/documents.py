"""Pieces of a file: what they are is read from their content, and they are kept out of everybody's reach but ours.

They may hold what is personal: who reads the file's applicant reads them, and each opening is in the journal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Literal, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Forbidden, Invalid, NotFound, Unavailable
from gis_core.files import removals
from gis_core.files.kept_files import write_whole
from gis_core.files.reader import Limits, PictureRecipe, ReadRefused, RestrictedReader
from gis_core.members.rights import Rights
from gis_core.models import RetentionTime
from layers.features.services.attachments import title_of_file
from layers.features.services.photos import MOST_PIXELS, remake
from permits.models import Permit, Piece
from permits.procedure import COUNTER, OPEN
from permits.services.applicants import may_read_applicant
from permits.services.recording import check_may_write

MOST_AT_ONCE = 20
MOST_OF_A_FILE = 300
LONGEST_SIDE = 6_000
JPEG_QUALITY = 88
CHUNK = 1 << 20

ENDINGS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.oasis.opendocument.text": "odt",
    "image/vnd.dwg": "dwg",
}
"""The kinds of files that are kept, and how they are called when they are saved."""
MEDIA_TYPES = {ending: media_type for media_type, ending in ENDINGS.items()}
TOO_HEAVY = ("reader_stopped", "reader_fault", "took_too_long", "too_much_cpu", "too_much_memory")


class Sent(Protocol):
    """An uploaded file, on disk."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterable[bytes]: ...
    def temporary_file_path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept of a file: `made` anew where it is an image, else as it was sent."""

    media_type: str
    active: bool
    made: bytes | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that was not kept, and why."""

    name: str
    why: str


def max_bytes() -> int:
    return int(settings.PIECE_MAX_BYTES)


def most_bytes_at_once() -> int:
    """Of one sending."""
    return 4 * max_bytes()


def folder_of(permit_id: int) -> Path:
    """Where the pieces of a file lie: the only place that says so."""
    return Path(settings.FILES_DIR) / "permits" / str(permit_id)


def path_of(piece: Piece) -> Path:
    return folder_of(piece.permit_id) / str(piece.name)


# -- adding and removing ----------------------------------------------------------------------------------------------


def add_documents(
    permit: Permit, files: Sequence[Sent], *, kind: str, rights: Rights
) -> tuple[list[Piece], list[Refused]]:
    """Keep what can be kept: the pieces, and the files that were refused. Raises Forbidden, Invalid."""
    check_may_write(permit, rights, COUNTER)
    if kind not in Piece.Kind.values:
        raise Invalid(_("Choose what the pieces are."), parameter="kind")
    if not 1 <= len(files) <= MOST_AT_ONCE:
        raise Invalid(_("Choose 1 to %(most)s files at once.") % {"most": MOST_AT_ONCE}, parameter="file")
    if permit.documents.filter(removed_at=None).count() + len(files) > MOST_OF_A_FILE:
        raise Invalid(_("A file has at most %(most)s pieces.") % {"most": MOST_OF_A_FILE}, parameter="file")
    kept: list[Piece] = []
    refused: list[Refused] = []
    with RestrictedReader(Limits.for_documents(max_bytes())) as reader:
        for file in files:
            try:
                kept.append(add_piece(permit, file, kind, rights, reader))
            except (Invalid, Unavailable) as error:
                refused.append(Refused(title_of_file(file.name or ""), str(error.message)))
    return kept, refused


def add_piece(permit: Permit, file: Sent, kind: str, rights: Rights, reader: RestrictedReader) -> Piece:
    """Keep a document of the file, as the locked reader made it anew, else as it was sent.

    Raises Invalid, Unavailable; then nothing of it stays.
    """
    content = content_of(file, reader)
    piece = Piece(
        permit=permit,
        title=Path(title_of_file(file.name or "")).stem or _("Piece"),
        kind=kind,
        media_type=content.media_type,
        active=content.active,
        added_by_id=rights.user_id,
    )
    with (
        write_whole(path_of(piece), [content.made] if content.made else file.chunks()) as (size, sha256),
        transaction.atomic(),
    ):
        piece.size_bytes, piece.sha256 = size, sha256
        piece.save()
    return piece


def remove_piece(piece: Piece, *, reason: str, rights: Rights) -> None:
    """Take it out of the file; it is kept, with who did it and why. Raises Forbidden, Invalid, Conflict."""
    check_may_write(piece.permit, rights, COUNTER)
    if not may_read_applicant(piece.permit):
        raise not_open()
    removals.mark_removed(piece, reason=reason, rights=rights)


def erase_piece(piece: Piece, *, visa_number: str, visa_date: date | None, rights: Rights) -> None:
    """Erase the content of a removed piece, whose time is over, with the visa of the Archives départementales.

    Its row stays, with the visa. Raises Forbidden, Invalid, Conflict.
    """
    check_may_write(piece.permit, rights, COUNTER)
    if not may_read_applicant(piece.permit):
        raise not_open()
    removals.erase(
        piece, path_of(piece), filed=piece.permit.filed_date, kept=retention_of(piece.permit),
        day=database_clock.today(), visa=(visa_number, visa_date), rights=rights,
    )  # fmt: skip


def retention_of(permit: Permit) -> removals.Retention:
    """How long its pieces are kept, from the last thing that happened to it once it has ended."""
    return removals.retention(RetentionTime.Kind.PERMIT, permit.owner_id, end_of(permit))


def end_of(permit: Permit) -> date | None:
    """The day from which its pieces are kept; None while it has not ended."""
    if permit.state in OPEN or permit.ended_date is None:
        return None
    last = permit.events.filter(struck_at=None).aggregate(last=Max("on_date"))["last"]
    return max(day for day in (permit.ended_date, permit.valid_until_date, last) if day)


# -- opening ----------------------------------------------------------------------------------------------------------


def piece_of(permit: Permit, piece_id: int) -> Piece:
    """A document of the file. Raises NotFound."""
    piece = permit.documents.select_related("permit").filter(pk=piece_id).first()
    if piece is None:
        raise NotFound(_("There is no such piece."))
    return piece


def open_piece(piece: Piece) -> IO[bytes]:
    """Its content, for who reads the applicant; it is written in the journal. Raises Forbidden, Unavailable."""
    if piece.erased_at:
        raise NotFound(removals.describe_erasure())
    why = _("Piece: %(kind)s") % {"kind": piece.get_kind_display()}
    with connection.cursor() as cursor:
        cursor.execute("select arpent.read_piece(%s, %s)", [piece.pk, why])
        (allowed,) = cursor.fetchone()
    if not allowed:
        raise not_open()
    try:
        return path_of(piece).open("rb")
    except OSError as error:
        raise Unavailable(_("The content of this piece is missing: tell your administrator.")) from error


def not_open() -> Forbidden:
    return Forbidden(_("Your role does not let you open the pieces of this file."))


def file_name(piece: Piece) -> str:
    """What a piece is called when it is saved."""
    return f"{piece.title}.{ENDINGS[piece.media_type]}"


# -- what a file is ---------------------------------------------------------------------------------------------------


def content_of(file: Sent, reader: RestrictedReader) -> Content:
    """What the bytes of a file are, whatever it is called. Raises Invalid."""
    size = file.size or 0
    if size > max_bytes():
        raise Invalid(_("It is larger than %(most)s MB.") % {"most": max_bytes() // 1_048_576})
    path = Path(file.temporary_file_path())
    with path.open("rb") as opened:
        start = opened.read(1_024)
    if start.startswith(b"\xff\xd8\xff") or (start[:4], start[8:12]) == (b"RIFF", b"WEBP"):
        return Content("image/jpeg", active=False, made=image_of(path, "JPEG", reader))
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return Content("image/png", active=False, made=image_of(path, "PNG", reader))
    if start[:4] == b"AC10" and start[4:6].isdigit():
        return Content("image/vnd.dwg", active=True)
    if b"%PDF-" in start or start.startswith(b"PK\x03\x04"):
        return document_of(path, reader)
    if not start:
        raise Invalid(_("It is empty."))
    raise Invalid(_("It is neither a PDF, a JPEG, PNG or WebP image, nor a DOCX, ODT or DWG file."))


def document_of(path: Path, reader: RestrictedReader) -> Content:
    name = reader.admit(path)
    try:
        document = reader.document(name)
    except ReadRefused as refused:
        if refused.problem.code in TOO_HEAVY:
            raise Invalid(
                _("It does not open within the memory and time that a document may take: save it again.")
            ) from refused
        raise
    finally:
        reader.dismiss(name)
    return Content(MEDIA_TYPES[document.kind], active=document.active)


def image_of(path: Path, form: Literal["JPEG", "PNG"], reader: RestrictedReader) -> bytes:
    """The image made anew, upright, without what it tells of the place and the camera. Raises Invalid."""
    recipe = PictureRecipe(pixels=MOST_PIXELS, form=form, boxes=((LONGEST_SIDE, LONGEST_SIDE),), quality=JPEG_QUALITY)
    name = reader.admit(path)
    try:
        return remake(reader, name, recipe).made[0].content
    finally:
        reader.dismiss(name)

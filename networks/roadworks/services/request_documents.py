"""What is attached to a request: PDF files and images, kept out of everybody's reach but ours.

A removed piece is kept; its content is erased with the visa of the Archives alone (`gis_core.files.removals`).
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.errors import Forbidden, Invalid, NotFound, Unavailable
from gis_core.files import removals
from gis_core.files.kept_files import write_whole
from gis_core.files.reader import Limits, RestrictedReader
from gis_core.members.rights import Rights
from gis_core.models import Letter, RetentionTime
from layers.features.services.attachments import title_of_file
from layers.features.services.photos import picture_of
from networks.roadworks.models import WorkOrder, WorkPiece, WorkRequest
from networks.roadworks.services.requests import (
    OPEN,
    check_may_decide,
    check_not_forgotten,
    letters_about,
    locked_row,
    may_write,
)

MOST_OF_A_REQUEST = 30
PDF, JPEG = "application/pdf", "image/jpeg"
ENDINGS = {PDF: "pdf", JPEG: "jpg"}


class Sent(Protocol):
    """An uploaded file, on disk."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterable[bytes]: ...
    def temporary_file_path(self) -> str: ...


def max_bytes() -> int:
    return int(settings.PIECE_MAX_BYTES)


def root() -> Path:
    """Where pieces lie, in a folder for each request: the only place that says so."""
    return Path(settings.FILES_DIR) / "works"


def folder_of(request_id: int) -> Path:
    return root() / str(request_id)


def path_of(piece: WorkPiece) -> Path:
    return folder_of(piece.request_id) / str(piece.name)


def attach(one: WorkRequest, file: Sent | None, rights: Rights) -> WorkPiece:
    """Keep a file, an image made anew. Raises Forbidden, Conflict, Invalid, Unavailable; then nothing of it stays."""
    check_may_write(one, rights)
    check_not_forgotten(one)
    if file is None:
        raise Invalid(_("Choose a file."), parameter="file")
    if one.documents.filter(removed_at=None).count() >= MOST_OF_A_REQUEST:
        raise Invalid(_("A request has at most %(most)s pieces.") % {"most": MOST_OF_A_REQUEST}, parameter="file")
    if (file.size or 0) > max_bytes():
        raise Invalid(_("It is larger than %(most)s MB.") % {"most": max_bytes() // 1_048_576}, parameter="file")
    media_type, active, made = content_of(file)
    piece = WorkPiece(
        request=one, title=Path(title_of_file(file.name or "")).stem or _("Piece"), media_type=media_type,
        active=active, added_by_id=rights.user_id,
    )  # fmt: skip
    with (
        write_whole(path_of(piece), [made] if made else file.chunks()) as (size, sha256),
        transaction.atomic(),
    ):
        check_not_forgotten(locked_row(one))
        piece.size_bytes, piece.sha256 = size, sha256
        piece.save()
    return piece


def content_of(file: Sent) -> tuple[str, bool, bytes | None]:
    """What the bytes are, whether they do something, and an image made anew. Raises Invalid."""
    path = Path(file.temporary_file_path())
    with path.open("rb") as opened:
        start = opened.read(1_024)
        if b"%PDF-" not in start:
            opened.seek(0)
            try:
                return JPEG, False, picture_of(opened, file.size or 0).content
            except Invalid as error:
                raise Invalid(_("Send a PDF file, or a photo as JPEG, PNG or WebP."), parameter="file") from error
    with RestrictedReader(Limits.for_documents(max_bytes())) as reader:
        document = reader.document(reader.admit(path))
    if document.kind != "pdf":
        raise Invalid(_("Send a PDF file, or a photo as JPEG, PNG or WebP."), parameter="file")
    return PDF, document.active, None


def piece_of(one: WorkRequest, piece_id: int) -> WorkPiece:
    """A document of the request. Raises NotFound."""
    document = one.documents.filter(pk=min(piece_id, 2**63 - 1)).first()
    if document is None:
        raise NotFound(_("There is no such piece."))
    return document


def open_piece(piece: WorkPiece) -> IO[bytes]:
    """The content of a document, to be read and closed. Raises Forbidden, NotFound, Unavailable."""
    if piece.erased_at:
        raise NotFound(removals.describe_erasure())
    if piece.closed:
        raise Forbidden(_("Who asked was forgotten: nobody opens the pieces of this request any more."))
    try:
        return path_of(piece).open("rb")
    except OSError as error:
        raise Unavailable(_("The content of this piece is missing: tell your administrator.")) from error


def remove(one: WorkRequest, piece_id: int, *, reason: str, rights: Rights) -> None:
    """It is kept, with who removed it and why. Raises Forbidden, NotFound, Invalid, Conflict."""
    check_may_write(one, rights)
    removals.mark_removed(piece_of(one, piece_id), reason=reason, rights=rights)


@transaction.atomic
def erase(one: WorkRequest, piece_id: int, *, visa: tuple[str, date | None], rights: Rights) -> None:
    """Erase the content of a removed piece, with a visa. Raises Forbidden, NotFound, Invalid, Conflict."""
    check_may_decide(one, rights)
    piece = piece_of(one, piece_id)
    removals.erase(
        piece,
        path_of(piece),
        filed=one.received_date,
        kept=retention_of(one),
        day=database_clock.today(),
        visa=visa,
        rights=rights,
    )


def retention_of(one: WorkRequest) -> removals.Retention:
    """How long its pieces are kept, from the last day that it is about once it has ended."""
    return removals.retention(RetentionTime.Kind.ROAD_REQUEST, one.owner_id, end_of(one))


def end_of(one: WorkRequest) -> date | None:
    """The day from which its pieces are kept; None while it is open and who asked is known."""
    if one.state in OPEN and one.forgotten_date is None:
        return None
    letters = letters_about(one).filter(state=Letter.State.FINAL).light()
    days = [one.ends_on, one.received_date, *([one.decided_date] if one.decided_date else [])]
    days += [timezone.localdate(letter.finalised_at) for letter in letters if letter.finalised_at]
    days += WorkOrder.objects.filter(letter_id__in=letters.values("pk")).values_list("ends_on", flat=True)
    return max(days)


def check_may_write(one: WorkRequest, rights: Rights) -> None:
    if not may_write(one.owner_id, one.insee, rights):
        raise Forbidden(_("Your role does not allow this."))

"""What is attached to a request: PDF files and images, kept out of everybody's reach but ours."""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from gis_core.errors import Forbidden, Invalid, NotFound, Unavailable
from gis_core.reader import Limits, RestrictedReader
from gis_core.rights import Rights
from layers.features.services.attachments import title_of_file
from layers.features.services.photos import picture_of
from networks.works.models import WorkPiece, WorkRequest
from networks.works.services.requests import check_not_forgotten, locked_row, may_write

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
    if one.pieces.count() >= MOST_OF_A_REQUEST:
        raise Invalid(_("A request has at most %(most)s pieces.") % {"most": MOST_OF_A_REQUEST}, parameter="file")
    if (file.size or 0) > max_bytes():
        raise Invalid(_("It is larger than %(most)s MB.") % {"most": max_bytes() // 1_048_576}, parameter="file")
    media_type, active, made = content_of(file)
    piece = WorkPiece(
        request=one, title=Path(title_of_file(file.name or "")).stem or _("Piece"), media_type=media_type,
        active=active, added_by_id=rights.user_id,
    )  # fmt: skip
    path = path_of(piece)
    try:
        with transaction.atomic():
            check_not_forgotten(locked_row(one))
            piece.size_bytes, piece.sha256 = write(path, [made] if made else file.chunks())
            piece.save()
    except BaseException as error:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise Unavailable(_("The file cannot be kept: the disk is full or not writable.")) from error
        raise
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


def write(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as kept:
        for chunk in chunks:
            kept.write(chunk)
            size += len(chunk)
            digest.update(chunk)
        kept.flush()
        os.fsync(kept.fileno())
    return size, digest.hexdigest()


def piece_of(one: WorkRequest, piece_id: int) -> WorkPiece:
    """Raises NotFound."""
    found = one.pieces.filter(pk=min(piece_id, 2**63 - 1)).first()
    if found is None:
        raise NotFound(_("There is no such piece."))
    return found


def open_piece(piece: WorkPiece) -> IO[bytes]:
    try:
        return path_of(piece).open("rb")
    except OSError as error:
        raise Unavailable(_("The content of this piece is missing: tell your administrator.")) from error


def remove(one: WorkRequest, piece_id: int, rights: Rights) -> None:
    """Raises Forbidden, NotFound."""
    check_may_write(one, rights)
    piece = piece_of(one, piece_id)
    path = path_of(piece)
    piece.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def check_may_write(one: WorkRequest, rights: Rights) -> None:
    if not may_write(one.owner_id, one.insee, rights):
        raise Forbidden(_("Your role does not allow this."))

"""Documents of an application. They may hold what is personal: who reads its applicant reads them, and each opening is
in the journal.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.documents import LARGEST_ID, Added, ArchivedDocuments
from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.files.content import DOCX, DWG, JPEG, ODT, PDF, PHOTO, PNG, SentFile
from gis_core.files.removals import LONGEST_REASON
from gis_core.members.rights import Rights
from gis_core.models import RetentionTime
from permits.models import Permit, Piece
from permits.procedure import COUNTER, INSTRUCTS, OPEN
from permits.services.applicants import may_read_applicant
from permits.services.reading import format_day
from permits.services.recording import check_may_write
from permits.usual_documents import list_codes

LONGEST_SIDE_PX = 6_000
"""Of a scanned plan."""


def check_counter(permit: Permit, rights: Rights) -> None:
    """Refuse who does not add documents at the counter. Raises Forbidden."""
    check_may_write(permit, rights, COUNTER)


def check_counter_that_reads(permit: Permit, rights: Rights) -> None:
    """Refuse who neither writes the file nor opens its documents. Raises Forbidden."""
    check_counter(permit, rights)
    if not may_read_applicant(permit):
        raise not_open()


def check_open(document: Piece) -> None:
    """Write in the journal that it is opened, and refuse who does not read the applicant. Raises Forbidden."""
    why = _("Piece: %(kind)s") % {"kind": document.get_kind_display()}
    with connection.cursor() as cursor:
        cursor.execute("select arpent.read_piece(%s, %s)", [document.pk, why])
        (allowed,) = cursor.fetchone()
    if not allowed:
        raise not_open()


def not_open() -> Forbidden:
    return Forbidden(_("Your role does not let you open the pieces of this file."))


def filed_date(permit: Permit) -> date:
    return permit.filed_date


def end_of(permit: Permit) -> date | None:
    """The last day that something happened to a file that has ended; None while it has not."""
    if permit.state in OPEN or permit.ended_date is None:
        return None
    last = permit.events.filter(struck_at=None).aggregate(last=Max("on_date"))["last"]
    return max(day for day in (permit.ended_date, permit.valid_until_date, last) if day)


DOCUMENTS = ArchivedDocuments(
    folder="permits",
    model=Piece,
    holder="permit",
    formats=(PDF, JPEG, PNG, DOCX, ODT, DWG),
    picture=replace(PHOTO, boxes=((LONGEST_SIDE_PX, LONGEST_SIDE_PX),), quality=88, dated=False),
    most=300,
    at_once=20,
    too_many=gettext_lazy("A file has at most %(most)s pieces."),
    wrong_format=gettext_lazy("It is neither a PDF, a JPEG, PNG or WebP image, nor a DOCX, ODT or DWG file."),
    check_add=check_counter,
    check_remove=check_counter_that_reads,
    check_erase=check_counter_that_reads,
    check_open=check_open,
    retention=RetentionTime.Kind.PERMIT,
    start_of=filed_date,
    end_of=end_of,
)


def add_documents(
    permit: Permit, files: Sequence[SentFile], *, kind: str, rights: Rights, code: str = "", replaces: int | None = None
) -> Added[Piece]:
    """Keep those of the files that can be kept, as documents of one kind and code.

    One that `replaces` another is alone; the other is taken out of the file, and kept. Raises Forbidden, Invalid,
    Conflict (the other one was replaced or removed meanwhile).
    """
    check_counter(permit, rights)
    if kind not in Piece.Kind.values:
        raise Invalid(_("Choose what the pieces are."), parameter="kind")
    check_code(permit, code)
    if replaces is None:
        return DOCUMENTS.add(permit, files, rights, kind=kind, code=code)
    return replace_document(permit, files, kind=kind, code=code, former_id=replaces, rights=rights)


@transaction.atomic
def replace_document(
    permit: Permit, files: Sequence[SentFile], *, kind: str, code: str, former_id: int, rights: Rights
) -> Added[Piece]:
    """Keep one file in the place of another, which nobody else replaces meanwhile."""
    check_counter_that_reads(permit, rights)
    if len(files) != 1:
        raise Invalid(_("A piece is replaced by one file."), parameter="file")
    former = DOCUMENTS.rows_of(permit).select_for_update().filter(pk=min(former_id, LARGEST_ID)).first()
    if former is None:
        raise NotFound(_("There is no such piece."))
    if former.removed_at:
        raise Conflict(describe_change(former))
    added = DOCUMENTS.add(permit, files, rights, kind=kind, code=code, replaces=former)
    for document in added.kept:
        reason = _("Replaced by “%(title)s”") % {"title": document.title}
        DOCUMENTS.remove(former, reason=reason, rights=rights)
    return added


def describe_change(document: Piece) -> str:
    """What became of a document that somebody took out of its file meanwhile."""
    newer = Piece.objects.filter(replaces=document).first()
    if newer is None:
        return _("“%(title)s” was removed meanwhile: nothing was changed.") % {"title": document.title}
    values = {"title": document.title, "newer": newer.title, "day": format_day(localdate(newer.added_at))}
    return _("“%(title)s” was replaced meanwhile, on %(day)s, by “%(newer)s”: nothing was changed.") % values


def check_code(permit: Permit, code: str) -> None:
    """Refuse a code that the slip of this kind does not have. Raises Invalid."""
    if code and code not in {one.code for one in list_codes(permit.kind)}:
        raise Invalid(_("The slip of such a file has no piece “%(code)s”.") % {"code": code[:20]}, parameter="code")


# -- examining --------------------------------------------------------------------------------------------------------


def check_examines(permit: Permit, rights: Rights) -> None:
    """Refuse who does not examine the documents of a file. Raises Forbidden."""
    check_may_write(permit, rights, INSTRUCTS)
    if not may_read_applicant(permit):
        raise not_open()


def refuse_document(document: Piece, *, reason: str, rights: Rights) -> None:
    """Say that a document is not what the code asks for: it stays, and does not count.

    Raises Forbidden, Invalid, Conflict.
    """
    check_examines(document.permit, rights)
    reason = reason.strip()
    if not 1 <= len(reason) <= LONGEST_REASON:
        message = _("Say why the piece is refused, in at most %(most)s characters.")
        raise Invalid(message % {"most": LONGEST_REASON}, parameter="reason")
    change_current(document, refused_at=database_clock.now(), refused_by=rights.user_id, refused_reason=reason)


def accept_document(document: Piece, *, rights: Rights) -> None:
    """Take a refusal back; what it was stays in the history. Raises Forbidden, Conflict."""
    check_examines(document.permit, rights)
    change_current(document, refused_at=None, refused_by=None, refused_reason="")


def set_code(document: Piece, code: str, *, rights: Rights) -> None:
    """Say which document of the slip it is; empty for none. Raises Forbidden, Invalid, Conflict."""
    check_examines(document.permit, rights)
    code = "".join(code.split()).upper()
    check_code(document.permit, code)
    change_current(document, code=code)


def change_current(document: Piece, **values: Any) -> None:
    """Change a document that is still in its file. Raises Conflict."""
    if not Piece.objects.filter(pk=document.pk, removed_at=None).update(**values):
        document.refresh_from_db()
        raise Conflict(describe_change(document))

"""Documents of an application. They may hold what is personal: who reads its applicant reads them, and each opening is
in the journal.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.documents import Added, ArchivedDocuments
from gis_core.errors import Forbidden, Invalid
from gis_core.files.content import DOCX, DWG, JPEG, ODT, PDF, PHOTO, PNG, SentFile
from gis_core.members.rights import Rights
from gis_core.models import RetentionTime
from permits.models import Permit, Piece
from permits.procedure import COUNTER, OPEN
from permits.services.applicants import may_read_applicant
from permits.services.recording import check_may_write

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


def add_documents(permit: Permit, files: Sequence[SentFile], *, kind: str, rights: Rights) -> Added[Piece]:
    """Keep those of the files that can be kept, as documents of one kind. Raises Forbidden, Invalid."""
    check_counter(permit, rights)
    if kind not in Piece.Kind.values:
        raise Invalid(_("Choose what the pieces are."), parameter="kind")
    return DOCUMENTS.add(permit, files, rights, kind=kind)

"""Documents of a request: PDF files and photos."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.desk.documents import ArchivedDocuments
from gis_core.errors import Forbidden
from gis_core.files.content import JPEG, PDF
from gis_core.members.rights import Rights
from gis_core.models import Letter, RetentionTime
from networks.roadworks.models import WorkOrder, WorkPiece, WorkRequest
from networks.roadworks.services.requests import (
    OPEN,
    check_may_decide,
    check_not_forgotten,
    letters_about,
    lock_request_row,
    may_write,
)


def check_may_write(one: WorkRequest, rights: Rights) -> None:
    """Refuse who does not write the request. Raises Forbidden."""
    if not may_write(one.owner_id, one.insee, rights):
        raise Forbidden(_("Your role does not allow this."))


def check_add(one: WorkRequest, rights: Rights) -> None:
    """Refuse who does not write the request, and everybody once its applicant is forgotten.

    Raises Forbidden, Conflict.
    """
    check_may_write(one, rights)
    check_not_forgotten(one)


def lock_remembered(one: WorkRequest) -> None:
    """Lock the request, which nobody forgets until the end. Raises NotFound, Conflict."""
    check_not_forgotten(lock_request_row(one))


def check_open(document: WorkPiece) -> None:
    """Refuse everybody once the applicant is forgotten. Raises Forbidden."""
    if document.closed:
        raise Forbidden(_("Who asked was forgotten: nobody opens the pieces of this request any more."))


def received_date(one: WorkRequest) -> date:
    return one.received_date


def end_of(one: WorkRequest) -> date | None:
    """The last day that a request that has ended is about; None while it is open and who asked is known."""
    if one.state in OPEN and one.forgotten_date is None:
        return None
    letters = letters_about(one).filter(state=Letter.State.FINAL).light()
    days = [one.ends_on, one.received_date, *([one.decided_date] if one.decided_date else [])]
    days += [timezone.localdate(letter.finalised_at) for letter in letters if letter.finalised_at]
    days += WorkOrder.objects.filter(letter_id__in=letters.values("pk")).values_list("ends_on", flat=True)
    return max(days)


DOCUMENTS = ArchivedDocuments(
    folder="works",
    model=WorkPiece,
    holder="request",
    formats=(PDF, JPEG),
    most=30,
    too_many=gettext_lazy("A request has at most %(most)s pieces."),
    wrong_format=gettext_lazy("Send a PDF file, or a photo as JPEG, PNG or WebP."),
    check_add=check_add,
    check_remove=check_may_write,
    check_erase=check_may_decide,
    check_open=check_open,
    lock=lock_remembered,
    retention=RetentionTime.Kind.ROAD_REQUEST,
    start_of=received_date,
    end_of=end_of,
)

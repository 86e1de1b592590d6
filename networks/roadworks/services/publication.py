"""Orders as everybody reads them: published without the applicant's name, listed, no longer published, abrogated."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gis_core.database import clock as database_clock
from gis_core.database.statements import fetch_all
from gis_core.dates import add_months
from gis_core.errors import Conflict, Invalid, NotFound
from gis_core.letters import services as letters
from gis_core.letters.blocks import blocks_of
from gis_core.letters.document import Document, pdf_of
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Rights
from gis_core.models import Commune, Letter
from networks.roadworks.days import PARIS, format_days, span
from networks.roadworks.kinds import ABROGATION, ORDERS
from networks.roadworks.models import Work, WorkOrder, WorkOrderFile, WorkRequest
from networks.roadworks.order_values import abrogation_values
from networks.roadworks.services.naming import check_doubts, check_names_nobody
from networks.roadworks.services.orders import begin_draft, check_as_begun
from networks.roadworks.services.requests import State, check_in_hand, check_may_decide, letters_about, lock_request

PUBLIC_MONTHS: Final = 2
"""As long as an act stays published at least (CGCT R.2131-1, R.3131-2)."""
LARGEST_ID: Final = 2**63 - 1


# -- publishing -------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(one: WorkRequest, letter: Letter, *, version: int, rights: Rights, confirmed: bool = False) -> WorkOrder:
    """Everybody reads the order from now on, without its recipient; the one that it abrogates is ended. `confirmed`:
    what may name somebody was looked at.

    Raises Forbidden, Conflict, Invalid, Stale.
    """
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    check_publishable(locked, letter)
    check_doubts(locked, letter, confirmed=confirmed)
    former = order_to_abrogate(locked, letter) if letter.kind == ABROGATION else None
    made = make_public(locked, letter, former)
    if former is not None:
        former.abrogated_by = made
        former.save(update_fields=["abrogated_by"])
    locked.state = State.PUBLISHED
    locked.save(update_fields=["state"])
    return made


def check_publishable(one: WorkRequest, letter: Letter) -> None:
    """Refuse an order that is a draft, published already, contradicted by its request or its works, or names somebody.

    Raises Conflict, Invalid.
    """
    if letter.kind not in ORDERS:
        raise Invalid(_("This letter is sent to who asked; it is not published."))
    if letter.state != Letter.State.FINAL:
        raise Conflict(_("Number the order first: a draft is not published."))
    check_in_hand(one)
    if one.state == State.REFUSED:
        raise Conflict(_("This request was refused: accept it before its order is published."))
    known = WorkOrder.objects.filter(letter_id=letter.pk).first()
    if known is not None:
        raise Conflict(
            _("This order is published already.")
            if known.unpublished_at is None
            else _("This order was published before: write a new one.")
        )
    check_names_nobody(one, letter)
    if letter.kind != ABROGATION:
        if one.work is not None and one.work.state == Work.State.CANCELLED:
            raise Conflict(_("The works are cancelled: their order is not published any more."))
        check_as_begun(one, letter)


def make_public(one: WorkRequest, letter: Letter, former: WorkOrder | None) -> WorkOrder:
    """The order and its file; one that ends another is found with it, from today on."""
    assert letter.finalised_at is not None
    pdf, work = public_pdf(one, letter), one.work
    source, hours = work or one, (work and work.hours) or ""
    today = database_clock.today()
    first, last = (today, max(today, former.ends_on)) if former else (source.starts_on, source.ends_on)
    made = WorkOrder.objects.create(
        owner=one.owner,
        number=letter.number or "",
        numbered_date=timezone.localdate(letter.finalised_at),
        title=letter.title,
        kind=letter.kind,
        insee=one.insee,
        communes=former.communes if former else sorted({one.insee, *(communes_under(work.geom) if work else ())}),
        place=former.place if former else (work and work.located) or one.place,
        starts_on=first,
        ends_on=last,
        over_at=former.over_at if former else over_at(last, hours),
        letter_id=letter.pk,
        work_id=one.work_id,
        sha256=hashlib.sha256(pdf).hexdigest(),
    )
    WorkOrderFile.objects.create(order=made, pdf=pdf)
    return made


def communes_under(stretch: GEOSGeometry) -> Iterable[str]:
    communes = Commune.objects.filter(geom__bboverlaps=stretch, geom__intersects=stretch)
    return communes.values_list("insee", flat=True)


def over_at(last: date, hours: str) -> datetime:
    """The end of the last day, or of the night that began on it (as `days.is_over` says)."""
    _start, end = span(last, last, hours)
    return max(end, datetime.combine(last + timedelta(days=1), time(0), tzinfo=PARIS))


def public_pdf(one: WorkRequest, letter: Letter) -> bytes:
    """The order under its number and day, with a company for its recipient, or nobody."""
    assert letter.finalised_at is not None
    document = Document(
        **letters.around(letters.letterhead_of(letter.owner)),
        day=timezone.localdate(letter.finalised_at),
        number=letter.number or "",
        recipient=one.applicant_name if one.is_company else "",
        title=letter.title,
        body=blocks_of(letter.body),
        signatory=letter.signatory,
    )
    return pdf_of(document)


@transaction.atomic
def unpublish(one: WorkRequest, order_id: int, *, version: int, rights: Rights) -> WorkOrder:
    """Nobody reads it any more but those who deal with the request; in law it is the same as before: to end it is to
    abrogate it. Raises Forbidden, NotFound, Stale.
    """
    check_may_decide(one, rights)
    locked = lock_request(one, version)
    order = lock_published(locked, order_id)
    order.unpublished_at = database_clock.now()
    order.save(update_fields=["unpublished_at"])
    if not orders_of(locked).filter(unpublished_at=None).exists():
        locked.state = State.ACCEPTED
        locked.save(update_fields=["state"])
    return order


def orders_of(one: WorkRequest) -> QuerySet[WorkOrder]:
    """The orders that were published for a request."""
    return WorkOrder.objects.filter(owner=one.owner_id, letter_id__in=letters_about(one).values("pk"))


def lock_published(one: WorkRequest, order_id: int) -> WorkOrder:
    """One of them that is published, locked. Raises NotFound."""
    order = orders_of(one).filter(pk=min(order_id, LARGEST_ID), unpublished_at=None).select_for_update().first()
    if order is None:
        raise NotFound(_("There is no such published order."))
    return order


# -- ending one -------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin_abrogation(one: WorkRequest, order_id: int, rights: Rights) -> Letter:
    """The draft of an order that ends a published one of the same request. Raises Forbidden, NotFound, Conflict."""
    check_may_decide(one, rights)
    former = lock_published(one, order_id)
    check_may_end(former)
    came_from = {"abrogates": former.pk, "ends": former.kind}
    return begin_draft(one, kind_of(ABROGATION), abrogation_values(one, former), came_from, rights)


def order_to_abrogate(one: WorkRequest, letter: Letter) -> WorkOrder:
    """The order that this letter ends. Raises NotFound, Conflict."""
    former = orders_of(one).filter(pk=letter.begun_with.get("abrogates")).select_for_update().first()
    if former is None:
        raise NotFound(_("There is no such published order."))
    check_may_end(former)
    return former


def check_may_end(former: WorkOrder) -> None:
    """Refuse to end an order that is ended already. Raises Conflict."""
    if former.unpublished_at is not None:
        raise Conflict(_("The order %(number)s is no longer published.") % {"number": former.number})
    if former.abrogated_by_id is not None:
        raise Conflict(_("The order %(number)s is abrogated already.") % {"number": former.number})


# -- what everybody reads ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unpublished:
    """All that everybody is told of an order that is no longer published."""

    pk: int
    number: str
    owner: str
    numbered_date: date
    published_at: datetime
    unpublished_at: datetime
    communes: list[str]


def list_orders(day: date, *, insee: str = "") -> QuerySet[WorkOrder]:
    """Published orders in force or to come, and those published for less than two months; the last published first."""
    kept = Q(over_at__gt=database_clock.now()) | Q(published_at__gte=public_since(day))
    orders = WorkOrder.objects.filter(kept, unpublished_at=None).select_related("owner", "abrogated_by")
    if insee:
        orders = orders.filter(communes__contains=[insee])
    return orders.order_by("-published_at", "-pk")


def public_since(day: date) -> datetime:
    return datetime.combine(add_months(day, -PUBLIC_MONTHS), time(0), tzinfo=PARIS)


def get_published_order(order_id: int) -> WorkOrder:
    """One that everybody reads; one whose days are over, too, as long as its applicant is known: what an order says of
    a place may tell who lived there. Raises NotFound.
    """
    order = readable().filter(pk=min(order_id, LARGEST_ID)).first()
    if order is None:
        raise NotFound(_("There is no such published order."))
    return order


def readable() -> QuerySet[WorkOrder]:
    """Those whose text everybody reads today."""
    oldest = add_months(database_clock.today(), -12 * settings.ROAD_REQUEST_YEARS)
    return WorkOrder.objects.filter(ends_on__gte=oldest, unpublished_at=None)


def readable_for(works: Iterable[int]) -> QuerySet[WorkOrder]:
    """Those of works, the first published first."""
    orders = readable().filter(work_id__in=list(works)).select_related("abrogated_by")
    return orders.order_by("published_at", "pk")


def orders_unpublished_since(since: datetime, *, insee: str = "", order_id: int | None = None) -> list[Unpublished]:
    """Those that are no longer published, since then."""
    only = None if order_id is None else min(order_id, LARGEST_ID)
    rows = fetch_all("select * from arpent.unpublished_orders(%s, %s)", [since, only])
    orders = [Unpublished(*row) for row in rows]
    return [one for one in orders if not insee or insee in one.communes]


def find_cancelled_works(orders: Iterable[WorkOrder]) -> set[int]:
    """The works of these orders that are cancelled."""
    known = {one.work_id for one in orders if one.work_id is not None}
    return set(Work.objects.filter(pk__in=known, state=Work.State.CANCELLED).values_list("pk", flat=True))


# -- orders that say something else than the works --------------------------------------------------------------------


def list_published_orders(work_id: int) -> QuerySet[WorkOrder]:
    """The published orders of works, whoever asks."""
    return WorkOrder.objects.filter(work_id=work_id, unpublished_at=None).select_related("abrogated_by")


def still_published(work_id: int) -> str:
    """The orders that go on although their works do not, in words."""
    numbers = [one.number for one in list_published_orders(work_id) if orders_something(one) and not one.is_over]
    return _("Still published: %(numbers)s.") % {"numbers": ", ".join(numbers)} if numbers else ""


def differences(orders: Iterable[WorkOrder], work: Work | None) -> list[str]:
    """What published orders say otherwise than their works, and what to do about it; orders that ended say nothing."""
    messages = (difference(one, work) for one in orders if orders_something(one))
    return [message for message in messages if message]


def orders_something(one: WorkOrder) -> bool:
    return one.unpublished_at is None and one.abrogated_by_id is None and one.kind != ABROGATION


def difference(one: WorkOrder, work: Work | None) -> str:
    if work is None:
        if one.work_id is None or one.is_over:
            return ""
        return _("The works of the order %(number)s were deleted: abrogate the order.") % {"number": one.number}
    number = {"number": one.number}
    if one.is_over and over_at(work.ends_on, work.hours or "") <= database_clock.now():
        return ""
    if work.state == Work.State.CANCELLED:
        return _("The works are cancelled and the order %(number)s is still published: abrogate it.") % number
    if (work.starts_on, work.ends_on) != (one.starts_on, one.ends_on):
        message = _(
            "The order %(number)s is %(ordered)s, the works are %(planned)s: publish an order for the new days and"
            " abrogate this one, or set the days of the works right."
        )
        days = {
            "ordered": format_days(one.starts_on, one.ends_on),
            "planned": format_days(work.starts_on, work.ends_on),
        }
        return message % (number | days)
    if work.state == Work.State.DRAFT:
        return _("The order %(number)s is published and the works are still a draft: announce them.") % number
    return ""

"""/travaux/arretes/: published orders, for everybody."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.list_pages import answer_list
from gis_core.desk.parameters import whole_number
from gis_core.errors import NotFound
from gis_core.http.admission import LIST, limit_concurrency
from gis_core.http.files import file_headers
from gis_core.letters.services import clean_text
from gis_core.long_dates import format_long_date
from networks.roadworks.days import PARIS
from networks.roadworks.listings.orders import PUBLIC_ORDERS, OrderQuery, describe_days, state_label, state_of
from networks.roadworks.models import WorkOrder
from networks.roadworks.pages.public import FRESH_S
from networks.roadworks.services import publication
from networks.roadworks.services.publication import Unpublished

FED: Final = 500
"""A feed tells the last published ones."""
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=PARIS)


@require_safe
@limit_concurrency(LIST)
def order_list(request: HttpRequest) -> HttpResponse:
    """The orders in force or to come, and those published not long ago; as a feed with `?format=atom`."""
    query = OrderQuery.parse(request.GET.dict())
    if request.GET.get("format") == "atom":
        return feed(request, query.insee)
    if "page" in request.GET:
        return redirect(f"{request.path}?{offset_of(request.GET['page'], query)}")

    def show(context: dict[str, Any], status: int) -> HttpResponse:
        section = "roads" if request.user.is_authenticated else "public_works"
        return render(request, "roadworks/public_orders.html", {"section": section, **context}, status=status)

    answer = answer_list(request, PUBLIC_ORDERS, show, cost=LIST)
    add_never_cache_headers(answer)
    return answer


def offset_of(number: str, query: OrderQuery) -> str:
    """The query string of a page by its number, as addresses had it."""
    pager = PUBLIC_ORDERS.pager
    offset = min(pager.rows * max((whole_number(number) or 1) - 1, 0), pager.farthest)
    return "&".join(filter(None, (query.query(), urlencode({"offset": offset}))))


# -- as a feed --------------------------------------------------------------------------------------------------------


class OrderFeed(Atom1Feed):
    """One without entries is the same all day long."""

    def latest_post_date(self) -> datetime:
        midnight = datetime.combine(database_clock.today(), time(0), tzinfo=PARIS)
        return super().latest_post_date() if self.items else midnight


def feed(request: HttpRequest, insee: str) -> HttpResponse:
    """The same, in French, with the orders that are no longer published; a reader that has it hears so at once."""
    with override("fr"):
        content = orders_feed(request, insee)
    answer = HttpResponse(content, content_type=Atom1Feed.content_type)
    answer["ETag"] = etag = quote_etag(hashlib.sha256(content).hexdigest())
    answer["Cache-Control"] = f"public, max-age={FRESH_S}"
    answer["Access-Control-Allow-Origin"] = "*"
    return get_conditional_response(request, etag=etag, response=answer) or answer


def orders_feed(request: HttpRequest, insee: str) -> bytes:
    here = request.build_absolute_uri(reverse("public_orders"))
    made = OrderFeed(
        title=_("Orders on roads"), link=here, description="", language="fr", feed_url=request.build_absolute_uri()
    )
    published_orders = list(publication.list_orders(database_clock.today(), insee=insee)[:FED])
    gone = publication.orders_unpublished_since(publication.public_since(database_clock.today()), insee=insee)
    cancelled = publication.find_cancelled_works(published_orders)
    for one in published_orders:
        summary = [clean_text(f"{one.place}, {describe_days(one)}"), state_label(one, state_of(one, cancelled))]
        ended = one.abrogated_by.published_at if one.abrogated_by else one.published_at
        add(request, made, one, f"{one.number} · {one.title}", " – ".join(filter(None, summary)), ended)
    for left in gone:
        add(request, made, left, left.number, describe_unpublished(left), left.unpublished_at)
    return str(made.writeString("utf-8")).encode()


def add(
    request: HttpRequest, made: Atom1Feed, one: WorkOrder | Unpublished, title: str, summary: str, updated: datetime
) -> None:
    address = request.build_absolute_uri(reverse("public_order", args=[one.pk]))
    made.add_item(
        title=clean_text(title), link=address, description=summary, unique_id=address, pubdate=one.published_at,
        updateddate=updated, author_name=str(one.owner),
    )  # fmt: skip


def describe_unpublished(one: Unpublished) -> str:
    return _("No longer published since %(day)s.") % {
        "day": format_long_date(one.unpublished_at.astimezone(PARIS).date())
    }


# -- one of them ------------------------------------------------------------------------------------------------------


@require_safe
def order_file(request: HttpRequest, order_id: int) -> HttpResponse:
    """The published PDF file, which never changes; of an order that is no longer published, that it was."""
    try:
        one = publication.get_published_order(order_id)
    except NotFound:
        return answer_gone(request, order_id)
    etag = quote_etag(one.sha256)
    headers = file_headers(f"{one.number}.pdf", "application/pdf", inline=True, cache="no-cache")
    answer = HttpResponse(headers=headers | {"ETag": etag})
    known = get_conditional_response(request, etag=etag, response=answer)
    if known is not None and known is not answer:
        return known
    answer.content = bytes(one.file.pdf)
    return answer


def answer_gone(request: HttpRequest, order_id: int) -> HttpResponse:
    """The page, 410, of an order that is no longer published. Raises NotFound where there was never one."""
    withdrawn: Sequence[Unpublished] = publication.orders_unpublished_since(LONG_AGO, order_id=order_id)
    if not withdrawn:
        raise NotFound(_("There is no such published order."))
    context = {"section": "public_works", "order": withdrawn[0], "told": describe_unpublished(withdrawn[0])}
    answer = render(request, "roadworks/public_order_gone.html", context, status=410)
    add_never_cache_headers(answer)
    return answer

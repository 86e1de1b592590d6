"""/travaux/arretes/: published orders, for everybody."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.models import Commune
from gis_core.services.letters import cleaned
from networks.works.models import WorkOrder
from networks.works.services import orders
from networks.works.services.requests import today

A_PAGE: Final = 100
FED: Final = 500
"""A feed tells the last published ones."""


@require_safe
@never_cache
def order_list(request: HttpRequest) -> HttpResponse:
    """The orders in force or to come; as a feed with `?format=atom`."""
    insee = request.GET.get("insee", "")[:5]
    every = orders.in_force(today(), insee=insee)
    if request.GET.get("format") == "atom":
        return feed(request, list(every[:FED]))
    # A page that is not there is the nearest one.
    found = Paginator(every, A_PAGE).get_page(request.GET.get("page"))
    named = dict(Commune.objects.filter(insee__in={one.insee for one in found}).values_list("insee", "name"))
    communes = WorkOrder.objects.filter(withdrawn_at=None, ends_on__gte=today()).values_list("insee", flat=True)
    context = {
        "section": "roads" if request.user.is_authenticated else "public_works",
        "rows": [(one, named.get(one.insee, one.insee), one.starts_on <= today()) for one in found],
        "found": found,
        "query": urlencode({"insee": insee}) + "&" if insee else "",
        "insee": insee,
        "communes": Commune.objects.filter(insee__in=set(communes)).order_by("name").values_list("insee", "name"),
    }
    return render(request, "works/public_orders.html", context)


def feed(request: HttpRequest, found: list[WorkOrder]) -> HttpResponse:
    here = request.build_absolute_uri(reverse("public_orders"))
    made = Atom1Feed(
        title=_("Orders on roads"), link=here, description="", language="fr", feed_url=f"{here}?format=atom"
    )
    for one in found:
        address = request.build_absolute_uri(reverse("public_order", args=[one.pk]))
        days = _("from %(first)s to %(last)s") % {
            "first": f"{one.starts_on:%d/%m/%Y}",
            "last": f"{one.ends_on:%d/%m/%Y}",
        }
        made.add_item(
            title=cleaned(f"{one.number} · {one.title}"), link=address, description=cleaned(f"{one.place}, {days}"),
            unique_id=address, pubdate=one.published_at, updateddate=one.published_at, author_name=one.owner.name,
        )  # fmt: skip
    if not found:
        made.feed["updated"] = datetime.now(UTC)
    return HttpResponse(made.writeString("utf-8"), content_type=Atom1Feed.content_type)


@require_safe
def order_file(request: HttpRequest, order_id: int) -> HttpResponse:
    """The published PDF file; it never changes, but may be withdrawn."""
    one = orders.published(order_id)
    headers = {
        "Content-Disposition": f'inline; filename="{one.number}.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
        "ETag": f'"{one.sha256}"',
    }
    return HttpResponse(bytes(one.pdf), content_type="application/pdf", headers=headers)

"""/permis/echeances.json: the next deadlines of whoever asks, for the map."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.database import clock as database_clock
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import problem
from permits.labels import AFTER
from permits.models import Permit
from permits.procedure import NEXT
from permits.services.listing import SOON_DAYS
from permits.services.mine import day_of, next_deadlines


@require_safe
@never_cache
def deadlines(request: HttpRequest) -> JsonResponse:
    """At most twenty, what is due first first. Whoever is not signed in is told so, not led to a page."""
    rights = rights_of_request(request)
    if not rights.signed_in:
        return problem(401)
    next_dates = next_deadlines(rights)
    return JsonResponse(
        {
            "whose": next_dates.whose,
            "more": next_dates.more,
            "results": [as_json(permit) for permit in next_dates.files],
        },
        headers={"Cache-Control": "no-store"},
    )


def as_json(permit: Permit) -> dict[str, Any]:
    due = day_of(permit)
    days = (due - database_clock.today()).days
    return {
        "id": permit.pk,
        "number": permit.number,
        "shown": str(permit),
        "kind": permit.kind,
        "kind_label": permit.get_kind_display(),
        "state": permit.state,
        "state_label": permit.get_state_display(),
        "address": permit.address,
        "next_date": due.isoformat(),
        "next_label": str(NEXT.get(permit.next_what) or AFTER.get(permit.after_what, "")),
        "days": days,
        "late": days < 0,
        "soon": 0 <= days <= SOON_DAYS,
        "bbox_4326": list(permit.box.extent) if permit.box else None,  # type: ignore[attr-defined]
        "url": reverse("permit", args=[permit.number]),
    }

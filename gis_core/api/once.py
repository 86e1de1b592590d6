"""`Idempotency-Key`: what a program, or the map, asks to be created twice under one key is created once.

The keys are those of forms (`gis_core.desk.form_keys`). Of what was created, its address alone is kept: whoever asks
again is led there.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gis_core.desk.idempotency import answer_once, digest_of
from gis_core.errors import Conflict, Invalid
from gis_core.http.middleware import rights_of_request

HEADER = "Idempotency-Key"
PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="a UUID of your choice: the same request sent again with it leads (303) to what the first one made",
)

type Post = Callable[..., Response]


def create_once(post: Post) -> Post:
    """For a view's `post` that answers where its work is (`Location`)."""

    @wraps(post)
    def answer(view: Any, request: Request, *args: Any, **options: Any) -> Response:
        key, person_id = key_of(request), rights_of_request(request).user_id
        if key is None or person_id is None:
            return post(view, request, *args, **options)
        return answer_once(
            key,
            person_id,
            digest_of(request.path, data_of_request(request), request.FILES),
            make=partial(post, view, request, *args, **options),
            kept_of=location_of,
            again=lead_to,
        )

    described: Post = extend_schema(parameters=[PARAMETER])(answer)
    return described


def key_of(request: Request | HttpRequest) -> UUID | None:
    """None where none was sent. Raises Invalid."""
    sent = request.headers.get(HEADER, "").strip().strip('"')
    if not sent:
        return None
    try:
        return UUID(sent)
    except ValueError as error:
        raise Invalid(_("“Idempotency-Key” must be a UUID."), parameter=HEADER) from error


def data_of_request(request: Request) -> Any:
    """What was sent, but for files."""
    data: Any = request.data
    if hasattr(data, "lists"):
        return sorted((name, values) for name, values in data.lists() if name not in request.FILES)
    return data


def location_of(response: Response) -> dict[str, Any] | None:
    return {"location": response["Location"]} if response.status_code < 300 else None


def lead_to(kept: dict[str, Any], same: bool) -> Response:
    """Where what was created is. Raises Conflict for another request under the same key."""
    location = kept.get("location", "")
    if not same:
        raise Conflict(_("This key came before with another request: choose another key."), location=location)
    return Response(status=303, headers={"Location": location})

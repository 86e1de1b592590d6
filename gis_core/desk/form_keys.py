"""Forms that create something are recorded once, however often they are sent.

Each rendered form has a hidden random key (`{% form_key %}`). The key is kept with the person in the transaction that
creates; a second sending is answered with what the first one made. A form that was sent, changed (with the browser's
Back) and sent again is asked about: a second record is made only on purpose.
"""

from collections.abc import Callable
from functools import partial, wraps
from json import loads
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from gis_core.desk.edit_forms import make_hidden_input, make_hidden_inputs
from gis_core.desk.idempotency import answer_once, digest_of
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import problem, wants_problem

type View = Callable[..., HttpResponse]
FIELD = "form_key"
NOT_DIGESTED = (FIELD, "csrfmiddlewaretoken")


def new_key_field() -> SafeString:
    return make_hidden_input(FIELD, str(uuid4()))


def record_once(view: View) -> View:
    """A form that has a key is recorded once: an answer that leads to what was made is given again."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        sent = request.method == "POST" and not getattr(request, "body_refused", False)
        person_id = rights_of_request(request).user_id if sent else None
        key = key_of(request) if person_id is not None else None
        if key is None or person_id is None:
            return view(request, *args, **options)
        fields = sorted((name, values) for name, values in request.POST.lists() if name not in NOT_DIGESTED)
        return answer_once(
            key,
            person_id,
            digest_of(request.path, fields, request.FILES),
            make=partial(view, request, *args, **options),
            kept_of=answer_as_json,
            again=partial(answer_again, request),
        )

    return answered


def key_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def lead_to(response: HttpResponse, location: str) -> HttpResponse:
    """A page that is shown once, and what a second sending of its form leads to instead."""
    response.recorded_at = location  # type: ignore[attr-defined]
    return response


def answer_as_json(response: HttpResponse) -> dict[str, Any] | None:
    """What is kept of the answer to a form that made something: where it led, or what a script was told."""
    if location := getattr(response, "recorded_at", ""):
        return {"location": location}
    if response.status_code in (302, 303):
        return {"location": response["Location"]}
    if response.status_code == 201 and isinstance(response, JsonResponse):
        return {"json": loads(response.content)}
    return None


def answer_again(request: HttpRequest, answer: dict[str, Any], same: bool) -> HttpResponse:
    """The answer to a form that was recorded before."""
    if "json" in answer:
        return JsonResponse(answer["json"], status=201)
    location = answer["location"]
    if same:
        messages.info(request, _("Already recorded: this form had come before, and nothing was recorded twice."))
        return redirect(location)
    if wants_problem(request):
        message = _("This form has been recorded before, with other values: load the page again to record another one.")
        return problem(409, message, location=location)
    context = {"location": location, "again": [*make_hidden_inputs(request.POST, lambda name: name == FIELD)]}
    return render(request, "form_repeated.html", context | {"files": bool(request.FILES)}, status=409)

"""What pages have in common to which people send files, and layers of files of which they say how each is read."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from gis_core.models import User
from gis_core.problem import as_problem, wants_problem
from layers.imports.uploads import limit_uploads
from networks.core.importers.looking import MOST_WORDS

type View = Callable[..., HttpResponse]


def upload_page(too_large: View, most: int | Callable[[], int] | None = None) -> Callable[[View], View]:
    """A page whose form sends files, of `most` bytes in all; where they are too large, `too_large` answers, which must
    not read the body.

    The upload handlers must be there before the CSRF check reads the body.
    """

    def taking_files(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def limited(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
            limit_uploads(request, most() if callable(most) else most)
            try:
                return checked(request, *given, **named)
            except RequestDataTooBig as error:
                return as_problem(error) if wants_problem(request) else too_large(request, *given, **named)

        return limited

    return taking_files


def asker(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def system_in(posted: QueryDict, place: int) -> int | None:
    """The EPSG code that is said of a layer, with or without its "EPSG:"; None where it is none."""
    text = posted.get(f"crs-{place}", "").upper().removeprefix("EPSG:").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def words_in(posted: QueryDict, place: int, name: str) -> dict[str, str]:
    """The codes that are said of the words of a field of a layer."""
    found = {}
    for number in range(MOST_WORDS):
        code = posted.get(f"word-{place}-{name}-{number}")
        if code is None:
            break
        found[posted.get(f"word-{place}-{name}-{number}-text", "")] = code
    return found

"""What pages have in common to which people send files."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from gis_core.errors import Unavailable
from gis_core.files.kept_files import describe_full_disk
from gis_core.files.uploads import limit_uploads
from gis_core.http.problem import as_problem, wants_problem

type View = Callable[..., HttpResponse]


def upload_page(
    too_large: View, most: int | Callable[[], int] | None = None, *, disk_full: View | None = None
) -> Callable[[View], View]:
    """A page whose form sends files, of `most` bytes in all; where they are too large, `too_large` answers, where they
    do not fit on the disk `disk_full`: both must not read the body.

    The upload handlers must be there before the CSRF check reads the body.
    """

    def taking_files(view: View) -> View:
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def answer_limited(request: HttpRequest, *given: Any, **options: Any) -> HttpResponse:
            limit_uploads(request, most() if callable(most) else most)
            try:
                return checked(request, *given, **options)
            except RequestDataTooBig as error:
                return as_problem(error) if wants_problem(request) else too_large(request, *given, **options)
            except OSError:
                if disk_full is None:
                    raise
                full = Unavailable(describe_full_disk())
                return as_problem(full) if wants_problem(request) else disk_full(request, *given, **options)

        return answer_limited

    return taking_files

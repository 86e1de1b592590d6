"""Pages for people who are signed in: the one decorator of every desk."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from gis_core.desk.form_keys import record_once
from gis_core.desk.resending import read_posted, sign_in_page
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import problem
from gis_core.members.rights import Rights

type View = Callable[..., HttpResponse]
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Arpent"'}


def page(view: View) -> View:
    """For people who are signed in; never kept by anybody; a form that creates is recorded once."""
    return never_cache(sign_in_required(record_once(view)))


def rights_of_page(request: HttpRequest) -> Rights:
    """The asker's rights, on a page of administrators. Raises PermissionDenied for who administers nothing."""
    rights = rights_of_request(request)
    if not rights.administers:
        raise PermissionDenied
    return rights


def sign_in_required(view: View) -> View:
    """Who is not signed in may sign in first; what they posted is kept meanwhile."""

    @wraps(view)
    def signed_in_view(request: HttpRequest, *given: Any, **options: Any) -> HttpResponse:
        return view(request, *given, **options) if request.user.is_authenticated else ask_to_sign_in(request)

    return signed_in_view


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A problem for scripts; the page to sign in, on which what a page of ours posted is kept; else a redirection."""
    if "json" in request.headers.get("Accept", ""):
        return problem(401, _("Sign in: nobody is, or the session has ended."), headers=CHALLENGE)
    if posted := read_posted(request):
        response = sign_in_page(request, posted, status=401)
        response["WWW-Authenticate"] = CHALLENGE["WWW-Authenticate"]
        return response
    return redirect_to_login(request.get_full_path(), reverse("account_login"))

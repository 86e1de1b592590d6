"""The pages' shared frame: navigation by role, the map page, errors for people."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as remember_language

from gis_core import webmap_build
from gis_core.accounts.session import page_session, person_id
from gis_core.database.failures import in_domain_terms
from gis_core.desk.navigation import bar, bar_of_map, map_addresses
from gis_core.desk.resending import read_posted, resend_page, sign_in_page
from gis_core.desk.signed_in import page as signed_in
from gis_core.errors import Conflict, Invalid
from gis_core.help.guides import guide_address, guides_of_panels
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import as_problem, lock_timed_out, problem, wants_problem
from gis_core.jobs import services as jobs
from gis_core.members.rights import Rights
from gis_core.members.territories import extent_4326
from gis_core.models import Commune, User
from gis_core.points import FIRST_VIEWS, MAP_HOSTS

# What the address of the map says after its "#" (`webmap/src/state/permalink.ts`), as long as a person's map is kept.
MAP_VIEW = re.compile(r"(v=1[\w:=&.,!@%-]{0,1990})?")


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What every template may link to, by the user's roles."""
    rights = getattr(request, "rights", Rights())
    manages = rights.administers
    return {
        "rights": rights,
        "manages_members": manages,
        "version": settings.VERSION,
        "maintenance": getattr(request, "maintenance", ""),
        "page_session": lambda: page_session(request),
        "bar": lambda: bar(request),
        "guide_address": lambda: guide_address(request),
    }


@require_safe
@never_cache
def map_page(request: HttpRequest) -> HttpResponse:
    """The web map with its configuration; a page that says what to do when it has not been built."""
    build = webmap_build.read()
    if build is None:
        return render(request, "map_not_built.html", status=503)
    response = render(request, "map.html", {"config": map_config(request), "build": build})
    response._csp_config = map_policy()  # type: ignore[attr-defined]  # what csp_override sets, known only now
    return response


def map_config(request: HttpRequest) -> dict[str, Any]:
    """What the web map needs before its first request; `extent_4326` (lon/lat) holds the territories of the person."""
    user = request.user if isinstance(request.user, User) else None
    memberships = list(user.memberships.accepted().select_related("member").order_by("member__name")) if user else []
    member = memberships[0].member if memberships else None
    roles = {membership.role for membership in memberships}
    extent = extent_4326(*(membership.member for membership in memberships))
    return {
        "user": {"id": person_id(user), "username": user.username, "name": str(user)} if user else None,
        "member": {"slug": member.slug, "name": member.name} if member else None,
        "memberships": [
            {
                "member": {"slug": membership.member.slug, "name": membership.member.name},
                "role": membership.role,
                "role_label": membership.get_role_display(),
            }
            for membership in memberships
        ],
        "language": get_language() or settings.LANGUAGE_CODE,
        "urls": map_addresses(request),
        "bar": bar_of_map(request),
        "guides": guides_of_panels(),
        "extent_4326": extent,
        "maintenance": getattr(request, "maintenance", ""),
        "is_empty": not Commune.objects.exists(),
        "first_view": first_view(roles),
        "first_place": None if user and user.map_view else first_place(roles, extent),
        "map_view": user.map_view if user else "",
        "version": settings.VERSION,
    }


def first_view(roles: Collection[str]) -> dict[str, Any]:
    """What the map opens with for these roles beside the layers for everybody: slugs of layers, whether a photo."""
    views = [view for view in FIRST_VIEWS.all() if view.role in roles]
    layers = {slug: None for view in views for slug in view.layers}
    return {"layers": list(layers), "photo": any(view.photo for view in views)}


def first_place(roles: Collection[str], extent: Sequence[float]) -> dict[str, Any] | None:
    """Where the map opens for these roles (`center`, lon and lat) where it would show the territory from further than
    `zoom`, too far to see what they work with; None where they work with nothing that has a place."""
    for view in FIRST_VIEWS.all():
        place = view.place and view.role in roles and view.place(extent)
        if place:
            return {"center": [round(value, 6) for value in place], "zoom": view.zoom}
    return None


@require_POST
@signed_in
def keep_map_view(request: HttpRequest) -> HttpResponse:
    """Keep how the person left the map (`view`), for the map to open so again; empty: as it opens for their roles."""
    assert isinstance(request.user, User)
    view = request.POST.get("view", "")
    if not MAP_VIEW.fullmatch(view):
        raise Invalid(_("This is no view of the map."), parameter="view")
    User.objects.filter(pk=request.user.pk).update(map_view=view)
    return HttpResponse(status=204)


def map_policy() -> dict[str, list[str]]:
    """The content security policy with the hosts of the declared background maps."""
    hosts = map_hosts()
    policy = settings.SECURE_CSP
    return {**policy, "img-src": [*policy["img-src"], *hosts], "connect-src": ["'self'", *hosts]}


def map_hosts() -> list[str]:
    """`https://host[:port]` of what the map may load; a `{a-c}` or `{s}` in the host becomes a wildcard label."""
    return sorted({origin(address) for addresses in MAP_HOSTS.all() for address in addresses()})


def origin(url: str) -> str:
    parts = urlsplit(url)
    labels = ["*" if "{" in label else label for label in parts.netloc.split(".")]
    return f"{parts.scheme}://{'.'.join(labels)}"


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon of what is no page: files, answers of the API."""
    return HttpResponseRedirect(static("gis_core/icon.svg"))


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, for good where the person is signed in."""
    language = request.POST.get("language")
    if isinstance(request.user, User) and language in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=language)
    return remember_language(request)


@require_POST
@signed_in
def stop_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Ask for the end of a job, and show the page again that it was asked on (`next`)."""
    try:
        jobs.stop_job(rights=rights_of_request(request), job_id=job_id)
        messages.success(request, _("The stop is asked for: the job ends within a few seconds."))
    except Conflict as error:
        messages.error(request, str(error.message))
    back = request.POST.get("next", "")
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, None)
    return HttpResponseRedirect(back if ours else reverse("map"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if wants_problem(request):
        message = _("The form's security token is missing or expired: reload the page and send it again.")
        return problem(403, message, reason="csrf")
    posted = read_posted(request)
    if request.path == reverse("account_login") and not (posted and request.user.is_authenticated):
        return sign_in_page(request, posted, status=403, expired=True)
    return resend_page(request, posted, status=403) if posted else render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 400, exception)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, exception)


def missing_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404, exception)


def server_error_page(request: HttpRequest) -> HttpResponse:
    error = sys.exc_info()[1]
    error = error if isinstance(error, Exception) else Exception("unknown")
    answer = as_problem(error)
    if wants_problem(request):
        return answer
    known = in_domain_terms(error)
    page = failure_page(answer.status_code, get_language() or "fr", detail=str(known.message) if known else "")
    kept = {name: answer[name] for name in ("Cache-Control", "Retry-After") if name in answer}
    response = HttpResponse(page, status=answer.status_code, headers=kept)
    response.lock_timed_out = lock_timed_out(answer)  # type: ignore[attr-defined]
    return response


def error_page(request: HttpRequest, status: int, exception: Exception) -> HttpResponse:
    if wants_problem(request):
        return as_problem(exception)
    return render(request, f"{status}.html", status=status)


@lru_cache
def failure_page(status: int, language: str, *, detail: str) -> str:
    """A page that needs neither the database nor the session: they may be what failed."""
    return render_to_string("failure.html", {"status": status, "detail": detail})

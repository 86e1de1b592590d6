"""Is the process alive, is the platform ready: for supervisors, without a session and without the user's rights."""

from functools import lru_cache

from django.conf import settings
from django.core.checks import Error
from django.db import Error as AnyDatabaseError
from django.db import transaction
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis_core.database.checks import the_wall_stands
from gis_core.database.statements import fetch_all
from gis_core.http.problem import problem


@require_safe
@never_cache
@transaction.non_atomic_requests
def live(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "live", "version": settings.VERSION})


@require_safe
@never_cache
@transaction.non_atomic_requests
def ready(request: HttpRequest) -> HttpResponse:
    """200 when the database answers, every migration is applied and the wall stands; 503 with the reasons otherwise."""
    reasons = missing()
    if reasons:
        return problem(503, _("The platform is not ready."), reasons=reasons)
    return JsonResponse({"status": "ready", "version": settings.VERSION})


def missing() -> list[str]:
    """What keeps the platform from serving, in words."""
    try:
        waiting = list_known_migrations() - list_applied_migrations()
        if waiting:
            return [_("%(count)s migrations are not applied.") % {"count": len(waiting)}]
        return [str(fault.msg) for fault in the_wall_stands(databases=["default"]) if isinstance(fault, Error)]
    except AnyDatabaseError:
        return [_("The database does not answer.")]


@lru_cache
def list_known_migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset(loader.disk_migrations)


def list_applied_migrations() -> set[tuple[str, str]]:
    return set(fetch_all("select app, name from django_migrations"))

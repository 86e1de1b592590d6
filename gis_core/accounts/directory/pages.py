"""/annuaires/<n>/: what the last reading of a directory did, a trial of its settings, and who waits to be let go."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gis_core.accounts.directory import forms, reports, synchronising
from gis_core.database.rows import first_of
from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import Conflict
from gis_core.members.rights import Rights
from gis_core.models import SignInMethod, User


@require_http_methods(["GET", "HEAD", "POST"])
@page
def directory_page(request: HttpRequest, method_id: int) -> HttpResponse:
    """The state of a directory; its buttons try its settings, have it read, or confirm who leaves."""
    method = get_administered_directory(rights_of_page(request), method_id)
    trial, status = None, 200
    match request.POST.get("action") if request.method == "POST" else None:
        case "try":
            trial = forms.try_directory(method)
        case "read":
            synchronising.queue(method)
            messages.success(request, _("The directory is being read: reload this page in a few seconds."))
            return redirect("directory", method.pk)
        case "confirm":
            try:
                synchronising.confirm(method, request.POST.get("list", ""))
            except Conflict as error:
                messages.error(request, str(error.message))
            else:
                messages.success(request, _("They are closed as soon as the directory has been read once more."))
            return redirect("directory", method.pk)
        case None:
            pass
        case _:
            status = 400
    return render(request, "membres/directory.html", context_of(method, trial), status=status)


def context_of(method: SignInMethod, trial: forms.Trial | None) -> dict[str, object]:
    report = reports.last(method)
    waiting = User.objects.filter(pk__in=report.waiting).order_by("last_name", "first_name") if report else ()
    digest = synchronising.digest_of(report.waiting) if report else ""
    return {
        "section": "members",
        "method": method,
        "member": method.member,
        "report": report,
        "waiting": waiting,
        "digest": digest,
        "trial": trial,
    }


def get_administered_directory(rights: Rights, method_id: int) -> SignInMethod:
    """A directory of a member that the user administers; the platform's is the agency's. Raises NotFound."""
    directories = SignInMethod.objects.filter(kind=SignInMethod.Kind.DIRECTORY).select_related("member")
    if not rights.agency:
        directories = directories.filter(member__in=rights.list_administered_ids())
    return first_of(directories.filter(pk=method_id))


urlpatterns = [path("<int:method_id>/", directory_page, name="directory")]

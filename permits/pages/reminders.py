"""/permis/rappels/: how I am reminded. /permis/agenda/<secret>.ics: my deadlines, for a calendar program."""

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.errors import Invalid, NotFound
from gis_core.http.files import file_response
from gis_core.members.rights import acting_as, rights_of
from gis_core.models import User
from permits.pages.frame import page
from permits.services import reminding


@require_http_methods(["GET", "HEAD", "POST"])
@page
def reminders(request: HttpRequest) -> HttpResponse:
    """What I chose; POST changes it. A new calendar address is shown on the answer to its request alone."""
    assert isinstance(request.user, User)
    user = request.user
    if request.method != "POST":
        return render_reminders(request, user)
    match request.POST.get("do"):
        case "mail_on" | "mail_off" as choice:
            reminding.choose_mail(user, by_mail=choice == "mail_on")
        case "feed_new":
            # The secret opens what its holder sees, without a session: a token may not make one.
            if request.by_token:  # type: ignore[attr-defined]
                raise PermissionDenied
            return render_reminders(request, user, secret=reminding.make_feed(user))
        case "feed_off":
            reminding.close_feed(user)
        case _:
            raise Invalid(_("Choose what changes."), parameter="do")
    return redirect("permit_reminders")


def render_reminders(request: HttpRequest, user: User, secret: str = "") -> HttpResponse:
    context: dict[str, Any] = {"section": "permits", "reminder": reminding.reminder_of(user)}
    if secret:
        context["feed"] = request.build_absolute_uri(reverse("permit_calendar", args=[secret]))
    return render(request, "permits/reminders.html", context)


@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The deadlines of the person whose secret this is, by the rights that they have now."""
    user = reminding.person_of_feed(secret)
    if user is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    rights = rights_of(user)
    with acting_as(rights), translation.override(user.language):
        entries = reminding.entries_of(user, rights)
        name = _("Planning applications")
        content = reminding.ics_of(entries, name, database_clock.today(), request.build_absolute_uri)
    answer = file_response(content, "text/calendar; charset=utf-8", "arpent.ics", inline=True)
    answer["ETag"] = etag = quote_etag(hashlib.sha256(content).hexdigest())
    answer["Cache-Control"] = "private, no-cache"
    answer["Referrer-Policy"] = "no-referrer"
    return get_conditional_response(request, etag=etag, response=answer) or answer

"""/mise-en-route/: what a new platform still needs, for the agency's administrators."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gis_core.accounts import mail as account_mail
from gis_core.desk.signed_in import page
from gis_core.http.middleware import rights_of_request
from gis_core.models import User
from gis_core.operations import start_steps

TEN_YEARS_S = 10 * 365 * 86_400


@require_safe
@page
def start_page(request: HttpRequest) -> HttpResponse:
    """The steps, done, next and later. Raises PermissionDenied for others than the agency."""
    check_agency(request)
    steps = start_steps.steps_now()
    done = sum(one.progress.done for one in steps)
    start_steps.remember_in_bar(request, left=done < len(steps))
    return render(
        request,
        "operations/start.html",
        {
            "steps": steps,
            "done": done,
            "total": len(steps),
            "is_hidden": start_steps.is_hidden(request),
            "can_mail": account_mail.has_server(),
            "section": "getting_started",
        },
    )


@require_POST
@page
def send_trial(request: HttpRequest) -> HttpResponse:
    """Have a message sent to who asks, by the queue as all others."""
    check_agency(request)
    assert isinstance(request.user, User)
    if not account_mail.has_server():
        messages.error(request, _("No mail server is set on the server: nothing can be sent."))
    elif not request.user.email:
        messages.error(request, _("Your account has no address."))
    else:
        account_mail.post("trial", user=request.user.pk)
        messages.success(
            request, _("A message leaves for %(email)s: see that it arrives.") % {"email": request.user.email}
        )
    return redirect("getting_started")


@require_POST
@page
def change_display(request: HttpRequest) -> HttpResponse:
    """Take the page out of the bar of this browser, or put it back."""
    check_agency(request)
    response = redirect("getting_started")
    if request.POST.get("hide") == "1":
        response.set_cookie(
            start_steps.HIDDEN_COOKIE,
            "1",
            max_age=TEN_YEARS_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        messages.success(request, _("The bar no longer leads here; the page Operation does."))
    else:
        response.delete_cookie(start_steps.HIDDEN_COOKIE)
    return response


def check_agency(request: HttpRequest) -> None:
    if not rights_of_request(request).agency:
        raise PermissionDenied

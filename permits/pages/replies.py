"""/permis/<number>/consultations/<id>/: the mail of a request is sent again, its link closed; the answers that came by
it are taken over or set aside.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gis_core.desk.forms import blame
from gis_core.errors import ArpentError, Forbidden
from gis_core.http.middleware import rights_of_request
from permits.models import Consultation
from permits.pages.consulting import TAB, AsideForm, SendForm, TakeForm, blank, render_consultations
from permits.pages.frame import page, permit_of
from permits.procedure import INSTRUCTS
from permits.services import consulting
from permits.services.recording import check_may_write


@require_POST
@page
def sending(request: HttpRequest, permit: str, consultation: int) -> HttpResponse:
    """The mail leaves again with a new link (`do=send`), or the link is closed (`do=revoke`)."""
    one = consultation_here(request, permit, consultation)
    rights = rights_of_request(request)
    if request.POST.get("do") == "revoke":
        return attempt(
            request,
            one,
            forms.Form(request.POST),
            lambda _given: consulting.revoke_link(one, rights=rights),
            _("The link is closed: it opens nothing any more."),
        )
    form = SendForm(
        request.POST, documents=consulting.list_offerable_documents(one.permit), auto_id=f"id_send_{one.pk}_%s"
    )
    sent = _("The e-mail is about to leave, with a new link; the former one is closed.")
    return attempt(request, one, form, lambda given: consulting.send_again(one, **given, rights=rights), sent)


@require_POST
@page
def settle_reply(request: HttpRequest, permit: str, consultation: int, reply: int) -> HttpResponse:
    """Take an answer over into the file (`do=take`), or set it aside with a reason (`do=aside`)."""
    one = consultation_here(request, permit, consultation)
    answer, rights = consulting.reply_of(one, reply), rights_of_request(request)
    if request.POST.get("do") == "aside":
        form: forms.Form = AsideForm(request.POST, reply=answer)
        aside = _("The answer is set aside: it counts for nothing, and is kept with your reason.")
        return attempt(request, one, form, lambda given: consulting.set_aside(answer, **given, rights=rights), aside)
    taken = _("The answer is taken over: it counts as the opinion, of the day on which it came.")
    form = TakeForm(request.POST, reply=answer)
    return attempt(request, one, form, lambda given: consulting.take_over(answer, **given, rights=rights), taken)


def consultation_here(request: HttpRequest, permit: str, consultation: int) -> Consultation:
    """The consultation of an address, for who instructs its file. Raises NotFound, Forbidden."""
    file = permit_of(request, permit)
    one = consulting.consultation_of(file, consultation)
    check_may_write(file, rights_of_request(request), INSTRUCTS)
    return one


def attempt(
    request: HttpRequest, one: Consultation, form: forms.Form, act: Callable[[dict[str, Any]], Any], done: str
) -> HttpResponse:
    """Do it, and say so on the page of the consultations; what was typed stays where it is refused."""
    status = 400
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Forbidden:
            raise
        except ArpentError as error:
            status = blame(form, error)
        else:
            messages.success(request, done)
            return redirect(TAB, permit=one.permit.number)
    return render_consultations(request, one.permit, blank(one.permit), opened=one, bound=form, status=status)

"""/permis/avis/<token>/, /permis/repondre/<link>/: a consulted body reads its pieces and answers, without an account.

The address of the mail is left at once for one that holds no token. The browser's session then knows the link, and that
its code was typed within the hour; to whoever lacks the first there is nothing, without the second no piece.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.document_pages import describe_most, longest_body
from gis_core.desk.documents import file_name
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.uploads import upload_page
from gis_core.errors import ArpentError, Conflict, NotFound
from gis_core.files.kept_files import describe_full_disk
from gis_core.http.files import serve_stored_file
from permits.labels import OPINIONS
from permits.models import ConsultationLink, ConsultationReply
from permits.services import answering
from permits.services.consulting import LONGEST_PRESCRIPTION, LONGEST_TEXT, MOST_PRESCRIPTIONS

LINKS = "consultation_links"
VERIFIED_S = 3_600
FIRST_ROWS = 3
type View = Callable[..., HttpResponse]


class AnswerForm(AccessibleForm):
    """The opinion; prescriptions have boxes of their own, as many as wanted."""

    sense = forms.ChoiceField(
        label=gettext_lazy("Opinion"), choices=ConsultationReply.Sense.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("Text of the opinion"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    signatory = forms.CharField(
        label=gettext_lazy("Who answers, and in which capacity"), max_length=answering.LONGEST_SIGNATORY
    )
    file = forms.FileField(
        label=gettext_lazy("The signed opinion (PDF)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
    )


class CodeForm(AccessibleForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


def private(view: View) -> View:
    """Of an answer that no cache keeps, and no search engine."""

    @wraps(view)
    def answer_privately(request: HttpRequest, *given: Any, **options: Any) -> HttpResponse:
        response = view(request, *given, **options)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return never_cache(answer_privately)


def require_known_browser(view: View) -> View:
    """A browser that did not open the link, or did not type its code, is answered before its upload is read."""

    @wraps(view)
    def answered(request: HttpRequest, link: int) -> HttpResponse:
        check_known(request, link)
        if request.method == "POST" and not is_verified(request, link):
            with answering.open_link(link) as opened:
                return show(request, opened, 400)
        return view(request, link)

    return answered


@csrf_exempt
@private
def open_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Note the link in the session, and leave the address that holds the token, which no log is to say."""
    if request.method not in ("GET", "HEAD"):
        refused = HttpResponseNotAllowed(["GET", "HEAD"])
        refused._has_been_logged = True  # type: ignore[attr-defined]
        return refused
    link_id = answering.link_of_token(token)
    known = read_known_links(request)
    request.session[LINKS] = {**known, str(link_id): known.get(str(link_id), 0)}
    response = redirect("consultation_answer", link=link_id)
    # Of this address alone: a page of this policy would send its forms with “Origin: null”, which is forgery.
    response["Referrer-Policy"] = "no-referrer"
    return response


def read_known_links(request: HttpRequest) -> Mapping[str, int]:
    """The links that this browser opened; until when their code counts, in seconds of the epoch."""
    links: Mapping[str, int] = request.session.get(LINKS, {})
    return links


def check_known(request: HttpRequest, link: int) -> None:
    """Refuse a browser that did not open the link. Raises NotFound, as for a link that is not there."""
    if str(link) not in read_known_links(request):
        raise answering.no_link()


def is_verified(request: HttpRequest, link: int) -> bool:
    return read_known_links(request).get(str(link), 0) > now_s()


def now_s() -> int:
    """Seconds of the epoch."""
    return int(database_clock.now().timestamp())


def too_large(request: HttpRequest, link: int) -> HttpResponse:
    """The page again, without what was sent: reading on is what the limit forbids."""
    return unread(request, link, describe_most(answering.PDF_ALONE), 413)


def disk_full(request: HttpRequest, link: int) -> HttpResponse:
    return unread(request, link, describe_full_disk(), 503)


def unread(request: HttpRequest, link: int, error: str, status: int) -> HttpResponse:
    with answering.open_link(link) as opened:
        return show(request, opened, status, error=error)


@require_http_methods(["GET", "HEAD", "POST"])
@private
@require_known_browser
@upload_page(too_large, lambda: longest_body(answering.PDF_ALONE), disk_full=disk_full)
def answer_page(request: HttpRequest, link: int) -> HttpResponse:
    """What is asked; once the code was typed, the pieces and the form, which POST sends."""
    with answering.open_link(link) as opened:
        return receive_answer(request, opened) if request.method == "POST" else show(request, opened)


def receive_answer(request: HttpRequest, link: ConsultationLink) -> HttpResponse:
    """Keep the answer; what was typed stays where it is refused."""
    form = AnswerForm(request.POST, request.FILES)
    if request.POST.get("do") == "more":
        typed = AnswerForm(initial={name: request.POST.get(name, "") for name in ("sense", "text", "signatory")})
        return show(request, link, 200, form=typed, more=True)
    if not form.is_valid():
        return show(request, link, 400, form=form)
    given = dict(form.cleaned_data)
    file = given.pop("file")
    answer = answering.Answer(**given, prescriptions=request.POST.getlist("prescription"))
    try:
        answering.reply(link, answer, file)
    except ArpentError as error:
        return show(request, link, blame(form, error), form=form)
    messages.success(request, _("Your answer is received. The service that instructs the file takes it over."))
    return redirect("consultation_answer", link=link.pk)


@require_POST
@private
def code(request: HttpRequest, link: int) -> HttpResponse:
    """Have a code mailed (`do=send`), or type it."""
    check_known(request, link)
    with answering.open_link(link) as opened:
        if request.POST.get("do") == "send":
            return send_code(request, opened)
        form = CodeForm(request.POST)
        if form.is_valid() and answering.check_code(opened, form.cleaned_data["code"]):
            request.session.cycle_key()
            request.session[LINKS] = {
                **read_known_links(request),
                str(link): now_s() + VERIFIED_S,
            }
            return redirect("consultation_answer", link=link)
        if form.is_valid():
            form.add_error("code", _("This code does not open: it is wrong, too old, or was tried too often."))
        return show(request, opened, 400, code_form=form)


def send_code(request: HttpRequest, link: ConsultationLink) -> HttpResponse:
    try:
        answering.order_code(link)
    except Conflict as error:
        return show(request, link, 409, error=str(error.message))
    where = {"email": answering.mask_email(link.email)}
    messages.success(request, _("A code is on its way to %(email)s: it opens within ten minutes.") % where)
    return redirect("consultation_answer", link=link.pk)


@require_safe
@private
def piece(request: HttpRequest, link: int, piece: int) -> Any:
    """One of the pieces that the link opens; each opening is in the journal."""
    check_known(request, link)
    if not is_verified(request, link):
        raise NotFound(_("There is no such piece."))
    with answering.open_link(link) as opened:
        document, content = answering.open_piece(opened, piece)
    return serve_stored_file(
        request,
        content,
        document.media_type,
        file_name(document),
        etag=document.sha256,
        active=document.active,
    )


def show(
    request: HttpRequest,
    link: ConsultationLink,
    status: int = 200,
    *,
    form: AnswerForm | None = None,
    code_form: CodeForm | None = None,
    error: str = "",
    more: bool = False,
) -> HttpResponse:
    """The page: before the code, of whom an opinion is asked; then what the mail says, the pieces and the form.

    With an `error` it does not read the request's body, which may be what was refused.
    """
    verified = is_verified(request, link.pk)
    context: dict[str, Any] = {
        "link": link,
        "consultation": link.consultation,
        "permit": link.permit,
        "verified": verified,
        "masked": answering.mask_email(link.email),
        "code_form": code_form or CodeForm(),
        "error": error,
    }
    if verified:
        typed = [] if error or request.method != "POST" else request.POST.getlist("prescription")
        rows = boxes(typed, more)
        context |= context_of_link(link) | {"form": form or AnswerForm(), "rows": rows}
        # The first of the new boxes, where whoever asked for them goes on typing.
        context["focused"] = rows.index("") + 1 if more and "" in rows else 0
    return render(request, "permits/answer.html", context, status=status)


def context_of_link(link: ConsultationLink) -> dict[str, Any]:
    permit, consultation = link.permit, link.consultation
    return {
        "commune": permit.commune_label,
        "silence": OPINIONS.get(consultation.silence, ""),
        "pieces": answering.documents_of(link),
        "reply": answering.last_reply(link),
        "longest": LONGEST_PRESCRIPTION,
        "most_mb": answering.PDF_ALONE.max_bytes() // 1_048_576,
    }


def boxes(typed: list[str], more: bool) -> list[str]:
    """What stands in the boxes of prescriptions: what was typed, and some empty ones."""
    kept = [text for text in typed if text.strip()][:MOST_PRESCRIPTIONS]
    empty = FIRST_ROWS if more else max(FIRST_ROWS - len(kept), 1)
    return kept + [""] * min(empty, MOST_PRESCRIPTIONS - len(kept))

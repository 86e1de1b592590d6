"""/courriers/: the templates of each member's letters and their letterhead."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page
from gis_core.errors import ArpentError, Forbidden, Stale
from gis_core.http.files import file_response
from gis_core.http.middleware import rights_of_request
from gis_core.letters import services as letters
from gis_core.letters.document import Document, pdf_of
from gis_core.letters.kinds import Holds, LetterKind, kind_of, may_edit
from gis_core.letters.template import LONGEST_BODY, LONGEST_TITLE
from gis_core.members.rights import Rights
from gis_core.models import Member
from gis_core.points import LETTER_KINDS

READ_AND_SEND = ["GET", "HEAD", "POST"]


class WordingForm(EditForm):
    """The subject and the text of a template or a letter; the services say what is wrong with them."""

    title = forms.CharField(label=gettext_lazy("Subject"))
    body = forms.CharField(label=gettext_lazy("Text"), strip=False, widget=forms.Textarea(attrs={"rows": 24}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["title"].widget.attrs["maxlength"] = LONGEST_TITLE


class LetterheadForm(EditForm):
    name = forms.CharField(
        label=gettext_lazy("Name at the top"),
        required=False,
        max_length=150,
        help_text=gettext_lazy("The member’s name where it is empty."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=1_000
    )
    contact = forms.CharField(
        label=gettext_lazy("Contact"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=1_000
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG, 1 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Place of the letters"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Written before the date."),
    )
    signatory = forms.CharField(
        label=gettext_lazy("Signatory"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Capacity, first and last name: one line each."),
    )
    appeals = forms.CharField(
        label=gettext_lazy("How a decision is appealed"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("Your legal service’s wording: decisions end with it."),
    )


@require_safe
@page
def letters_page(request: HttpRequest) -> HttpResponse:
    """The members whose templates the user edits, with each kind of letter."""
    rights = rights_of_request(request)
    members = letters.members_edited(rights)
    if not members:
        raise PermissionDenied
    rows = [
        {"member": one, "groups": groups_of(one, rights), "head": letters.may_change_letterhead(one, rights)}
        for one in members
    ]
    return render(request, "letters/templates.html", {"section": "letters", "members": rows})


def groups_of(member: Member, rights: Rights) -> list[tuple[str, list[tuple[LetterKind, letters.Wording]]]]:
    kinds = [kind for kind in LETTER_KINDS.all() if may_edit(kind, member.pk, rights)]
    return [
        (str(group), [(kind, letters.wording_of(member, kind)) for kind in alike])
        for group, alike in groupby(kinds, key=lambda kind: kind.group)
    ]


@require_http_methods(READ_AND_SEND)
@page
def template_page(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """One template: save it, look at it with sample values, put the built-in one in force again."""
    member, wanted = member_and_kind(request, slug, kind)
    if request.method != "POST":
        return show_template(request, member, wanted, form_of(request, member, wanted))
    action = request.POST.get("action", "save")
    form = wording_form(request, member, wanted, whole=action == "restore", compare=action not in ("preview", "pdf"))
    status, result = 400, None
    if form.is_valid():
        texts = {"title": form.cleaned_data["title"], "body": form.cleaned_data["body"]}
        try:
            result = ACTIONS.get(action, save)(request, member, wanted, texts, form.cleaned_data["version"])
            status = 200
        except ArpentError as error:
            status = blame(form, error)
            if isinstance(error, Stale):
                form.data["version"] = str(letters.wording_of(member, wanted).version)
        if isinstance(result, HttpResponse):
            return result
    return show_template(request, member, wanted, form, status, result)


def member_and_kind(request: HttpRequest, slug: str, kind: str) -> tuple[Member, LetterKind]:
    rights = rights_of_request(request)
    member = letters.member_edited(slug, rights)
    wanted = kind_of(kind)
    if not may_edit(wanted, member.pk, rights):
        raise PermissionDenied
    return member, wanted


def form_of(request: HttpRequest, member: Member, kind: LetterKind) -> WordingForm:
    """What is in force, or a former version to take up again."""
    former = request.GET.get("version", "")
    wanted = int(former) if former.isascii() and former.isdecimal() and len(former) < 9 else None
    version = letters.versions_of(member, kind).filter(version=wanted).first() if wanted else None
    form = wording_form(request, member, kind)
    if version is not None:
        form.initial = {**form.initial, "title": version.title, "body": version.body}
        form.begin_anew()
    return form


def wording_form(request: HttpRequest, member: Member, kind: LetterKind, **options: bool) -> WordingForm:
    def read(_name: str) -> dict[str, Any]:
        now = letters.wording_of(member, kind)
        return {"title": now.title, "body": now.body, "version": now.version}

    return WordingForm(request, row=f"template {member.pk} {kind.code}", read=read, **options)


def save(request: HttpRequest, member: Member, kind: LetterKind, texts: dict[str, str], version: int) -> HttpResponse:
    letters.save_template(member=member, kind=kind, version=version, rights=rights_of_request(request), **texts)
    messages.success(request, _("The template is in force: the letters begun from now on have it."))
    return redirect("letter_template", slug=member.slug, kind=kind.code)


def restore(
    request: HttpRequest, member: Member, kind: LetterKind, texts: dict[str, str], version: int
) -> HttpResponse:
    letters.restore_default(member=member, kind=kind, version=version, rights=rights_of_request(request))
    messages.success(request, _("The built-in template is in force again; yours stays among its versions."))
    return redirect("letter_template", slug=member.slug, kind=kind.code)


def preview(request: HttpRequest, member: Member, kind: LetterKind, texts: dict[str, str], version: int) -> Document:
    return letters.preview_of(member, kind, **texts)


def preview_pdf(
    request: HttpRequest, member: Member, kind: LetterKind, texts: dict[str, str], version: int
) -> HttpResponse:
    return file_answer(pdf_of(letters.preview_of(member, kind, **texts)), "modele", "pdf")


ACTIONS: dict[str, Callable[..., Document | HttpResponse]] = {
    "save": save,
    "restore": restore,
    "preview": preview,
    "pdf": preview_pdf,
}
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def file_answer(content: bytes, name: str, form: str) -> HttpResponse:
    """A PDF file to look at, or a DOCX file to take."""
    return file_response(content, MEDIA[form], f"{name}.{form}", inline=form == "pdf")


def show_template(
    request: HttpRequest,
    member: Member,
    kind: LetterKind,
    form: WordingForm,
    status: int = 200,
    letter: Any = None,
) -> HttpResponse:
    context = {
        "section": "letters",
        "member": member,
        "kind": kind,
        "form": form,
        "wording": letters.wording_of(member, kind),
        "versions": letters.versions_of(member, kind)[:50],
        "fields": [
            (field, field.holds is Holds.LIST, field.holds is Holds.FLAG) for field in kind.fields_by_name().values()
        ],
        "letter": letter,
        "logo": picture_in_page(letter.logo) if letter else "",
        "longest": LONGEST_BODY,
    }
    return render(request, "letters/template.html", context, status=status)


def picture_in_page(logo: bytes | None) -> str:
    return f"data:image/png;base64,{b64encode(logo).decode()}" if logo else ""


@require_http_methods(READ_AND_SEND)
@page
def letterhead_page(request: HttpRequest, slug: str) -> HttpResponse:
    """What stands around a member's letters."""
    rights = rights_of_request(request)
    member = letters.member_edited(slug, rights)
    if not letters.may_change_letterhead(member, rights):
        raise Forbidden(_("Only an administrator of this member changes its letterhead."))
    form = LetterheadForm(request, row=f"letterhead {member.pk}", read=lambda _name: head_of(member))
    head = letters.letterhead_of(member)
    if not head.logo:
        del form.fields["without_logo"]
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            given = form.cleaned_data
            file = given["logo"]
            try:
                letters.save_letterhead(
                    member=member,
                    texts={name: given[name] for name in letters.HEAD},
                    logo=file,
                    size=file.size if file else 0,
                    without_logo=given.get("without_logo", False),
                    rights=rights,
                )
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The letterhead is kept: letters made final from now on have it."))
                return redirect("letterhead", slug=slug)
    logo = picture_in_page(bytes(head.logo)) if head.logo else ""
    context = {"section": "letters", "member": member, "form": form, "logo": logo}
    return render(request, "letters/letterhead.html", context, status=status)


def head_of(member: Member) -> dict[str, Any]:
    head = letters.letterhead_of(member)
    return {name: getattr(head, name) for name in letters.HEAD}


urlpatterns = [
    path("", letters_page, name="letter_templates"),
    path("<slug:slug>/en-tete/", letterhead_page, name="letterhead"),
    path("<slug:slug>/<slug:kind>/", template_page, name="letter_template"),
]

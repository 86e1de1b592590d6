"""/permis/reglages/<member>/autorites/ and /mentions/: who decides and signs, and which notes acts carry."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.database import clock as database_clock
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.errors import ArpentError
from gis_core.http.middleware import rights_of_request
from gis_core.letters.pages import picture_in_page
from gis_core.members.organisations import get_administered_member
from gis_core.models import Member
from permits.acts import authorities, notes
from permits.models import Authority, Permit, Signatory
from permits.pages.frame import day_field, page
from permits.pages.settings import render_settings

READ_AND_SEND = ["GET", "HEAD", "POST"]


def lines_field(label: Any, rows: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": rows}), **options)


class AuthorityForm(EditForm):
    """Who decides; which files; the head of its acts."""

    quality = forms.ChoiceField(label=gettext_lazy("Who decides, and for whom"), choices=Authority.Quality.choices)
    insee = forms.ChoiceField(label=gettext_lazy("Commune"), required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kinds of files"),
        choices=Permit.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None: all of them."),
    )
    name = forms.CharField(label=gettext_lazy("Name at the top"), max_length=150)
    address = lines_field(gettext_lazy("Address"), 3, max_length=1_000)
    contact = lines_field(gettext_lazy("Contact"), 2, max_length=1_000)
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("PNG or JPEG, 1 MB at most."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
    )
    without_logo = forms.BooleanField(label=gettext_lazy("Take the logo away"), required=False)
    place = forms.CharField(
        label=gettext_lazy("Place of the acts"), max_length=80, help_text=gettext_lazy("Written before the date.")
    )
    visas = lines_field(
        gettext_lazy("Visas"),
        4,
        max_length=4_000,
        help_text=gettext_lazy("One on each line, without “Vu”: deliberations, agreements, by-laws."),
    )
    court = forms.CharField(
        label=gettext_lazy("Administrative court"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("With its address: “tribunal administratif d’Orléans, 28 rue de la Bretonnerie…”."),
    )
    since_date = day_field(gettext_lazy("From"))
    until_date = day_field(gettext_lazy("To"), required=False, help_text=gettext_lazy("The last day; empty: no end."))

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        communes = authorities.communes_of(member).items()
        self.fields["insee"].choices = [("", _("All communes of the member")), *communes]  # type: ignore[attr-defined]

    def read_values(self) -> authorities.AuthorityText:
        kept = self.cleaned_data
        return authorities.AuthorityText(
            insee=kept["insee"],
            kinds=kept["kinds"],
            quality=kept["quality"],
            texts={name: kept[name] for name in authorities.TEXTS},
            since=kept["since_date"],
            until=kept["until_date"],
        )


class SignatoryForm(EditForm):
    """Who signs, and until when."""

    first_name = forms.CharField(label=gettext_lazy("First name"), max_length=80)
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=80)
    quality = forms.CharField(
        label=gettext_lazy("Quality"), max_length=150, help_text=gettext_lazy("“Le maire”, “L’adjointe à l’urbanisme”.")
    )
    delegation = forms.CharField(
        label=gettext_lazy("Delegation"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Empty for the authority itself: “l’arrêté n° 2026-12 du 3 avril 2026 portant délégation”."
        ),
    )
    since_date = day_field(gettext_lazy("From"))
    until_date = day_field(gettext_lazy("To"), required=False, help_text=gettext_lazy("The last day; empty: no end."))

    def read_values(self) -> authorities.Person:
        kept = self.cleaned_data
        texts = {name: kept[name] for name in ("first_name", "last_name", "quality", "delegation")}
        return authorities.Person(**texts, since=kept["since_date"], until=kept["until_date"])


class NoteForm(AccessibleForm):
    """A member's own wording of a note."""

    text = lines_field(
        gettext_lazy("Text"),
        8,
        strip=False,
        max_length=notes.LONGEST,
        help_text=gettext_lazy("Empty: the shipped text is in force again. {tribunal} stands for the court."),
    )
    source = forms.CharField(
        label=gettext_lazy("Article and source, or who answers for it"), required=False, max_length=300
    )
    since = day_field(gettext_lazy("For decisions from"))


# -- authorities and signatories --------------------------------------------------------------------------------------


@require_safe
@page
def authority_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The authorities of a member with their signatories, and the notes of its acts."""
    member = get_administered_member(rights=rights_of_request(request), slug=slug)
    today, communes = database_clock.today(), authorities.communes_of(member)
    own = notes.latest_by_name(member, today)
    context = {
        "member": member,
        "today": today,
        "authorities": [(one, communes.get(one.insee, one.insee)) for one in authorities.authorities_of(member)],
        "notes": [(note, own.get(note.name)) for note in notes.read_shipped_notes()],
    }
    return render_settings(request, "authorities", context)


@require_http_methods(READ_AND_SEND)
@page
def authority_page(request: HttpRequest, slug: str, authority_id: int | None = None) -> HttpResponse:
    """One authority, a new one without a number."""
    rights = rights_of_request(request)
    member = get_administered_member(rights=rights, slug=slug)
    row = authorities.authority_edited(slug, authority_id, rights) if authority_id else None
    form = AuthorityForm(request, row=row or f"authority {member.pk}", read=authority_values, member=member)
    if row is None or not row.logo:
        del form.fields["without_logo"]
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        logo, kept = form.cleaned_data["logo"], form.read_values()
        try:
            made = authorities.save_authority(
                slug, authority_id, kept, rights,
                logo=logo, size=logo.size if logo else 0, without_logo=form.cleaned_data.get("without_logo", False),
            )  # fmt: skip
        except ArpentError as error:
            status = blame(form, error)
        else:
            messages.success(request, _("The authority is saved."))
            return redirect("permit_authority", slug, made.pk)
    context = {
        "member": member,
        "authority": row,
        "form": form,
        "people": row.signatories.all() if row else [],
        "today": database_clock.today(),
        "logo": picture_in_page(bytes(row.logo)) if row and row.logo else "",
    }
    return render_settings(request, "authority", context, status)


def authority_values(row: Authority | str) -> dict[str, Any]:
    if isinstance(row, str):
        return {"since_date": database_clock.today()}
    names = ("quality", "insee", "kinds", *authorities.TEXTS, "since_date", "until_date")
    return {name: getattr(row, name) for name in names} | {"without_logo": False}


@require_http_methods(READ_AND_SEND)
@page
def signatory_page(request: HttpRequest, slug: str, authority_id: int, signatory_id: int | None = None) -> HttpResponse:
    """Who signs for an authority; nobody is removed, their last day is written."""
    rights = rights_of_request(request)
    authority = authorities.authority_edited(slug, authority_id, rights)
    row = authorities.signatory_edited(authority, signatory_id) if signatory_id else None
    form = SignatoryForm(request, row=row or f"signatory {authority.pk}", read=signatory_values)
    status = 400 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        try:
            authorities.save_signatory(slug, authority_id, signatory_id, form.read_values(), rights)
        except ArpentError as error:
            status = blame(form, error)
        else:
            messages.success(request, _("The signatory is saved."))
            return redirect("permit_authority", slug, authority.pk)
    context = {"member": authority.owner, "authority": authority, "signatory": row, "form": form}
    return render_settings(request, "signatory", context, status)


def signatory_values(row: Signatory | str) -> dict[str, Any]:
    if isinstance(row, str):
        return {"since_date": database_clock.today()}
    names = ("first_name", "last_name", "quality", "delegation", "since_date", "until_date")
    return {name: getattr(row, name) for name in names}


# -- notes ------------------------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def note_page(request: HttpRequest, slug: str, note: str) -> HttpResponse:
    """A note of acts: the shipped texts with their article and source, the member's own and its former ones."""
    rights = rights_of_request(request)
    member = get_administered_member(rights=rights, slug=slug)
    shipped, versions = notes.get_shipped_notes(note), notes.versions_of(member, note)
    latest = versions.first()
    initial: dict[str, Any] = {"since": database_clock.today()}
    if latest is not None:
        initial |= {"text": latest.text, "source": latest.source, "since": latest.since_date}
    form, status = NoteForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                notes.save_note(slug, note, rights=rights, **form.cleaned_data)
            except ArpentError as error:
                status = blame(form, error)
            else:
                messages.success(request, _("The note is in force for decisions of its days."))
                return redirect("permit_authorities", slug)
    context = {"member": member, "shipped": shipped, "versions": versions[:50], "form": form}
    return render_settings(request, "act_note", context, status)

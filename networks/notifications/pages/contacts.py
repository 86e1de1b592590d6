"""/reseaux/avis/contacts/: whom to warn, for who may read it; every reading is in the journal."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from gis_core.desk.cells import Cell
from gis_core.desk.forms import blame
from gis_core.desk.journal import ACTION, DATE, PERSON, Journal
from gis_core.desk.listing import Column
from gis_core.desk.parameters import integer
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Invalid, NotFound
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.organisations import get_administered_member
from gis_core.members.rights import Rights
from gis_core.models import Member
from networks.notifications.importers.loading import members_keeping
from networks.notifications.models import Channel, ContactReading
from networks.notifications.pages.forms import ContactChangeForm, ContactForm, SettingsForm
from networks.notifications.pages.frame import show
from networks.notifications.services import contacts
from networks.notifications.services.contacts import Known, Person
from networks.notifications.services.settings import Choice, choose, settings_by_member, settings_of

READ_AND_SEND = ["GET", "HEAD", "POST"]
TAB = "contacts"


def choose_member(slug: str, members: list[Member]) -> Member:
    """One of them; the only one where none is named. Raises PermissionDenied, NotFound."""
    if not members:
        raise PermissionDenied
    member = next((one for one in members if one.slug == slug), None if slug else members[0])
    if member is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    return member


# -- the list ---------------------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def contact_list(request: HttpRequest) -> HttpResponse:
    """How many there are; POST searches. What is typed is sent in the body, and so stays out of addresses and logs."""
    rights = rights_of_request(request)
    members = contacts.members_with_contacts(rights)
    read, first_members = contacts.read_by(members), members[:50]
    counts, chosen_settings = contacts.counts_of(first_members), settings_by_member(first_members)
    context: dict[str, Any] = {
        "counts": [(one, counts[one.pk], chosen_settings[one.pk]) for one in first_members],
        "reads": read,
        "keeps": contacts.members_changed_by(read, rights),
        "administers": rights.administers,
        "administered": rights.list_administered_ids(),
    }
    if request.method == "POST":
        member = choose_member(request.POST.get("member", ""), read)
        offset = integer(request.POST, "offset", 0, 0, contacts.MOST_OFFSET)
        text = request.POST.get("q", "")
        matches, more = contacts.find_contacts(member, text, offset=offset, why=_("Search"))
        context |= {"asked": True, "member": member, "found": matches, "q": text, "first": offset + 1,
                    "before": max(offset - contacts.ROWS, 0) if offset else None,
                    "after": offset + contacts.ROWS if more else None}  # fmt: skip
    return show(request, "contacts", TAB, context)


# -- one contact ------------------------------------------------------------------------------------------------------


@require_http_methods(READ_AND_SEND)
@page
def contact_new(request: HttpRequest) -> HttpResponse:
    """Add a contact."""
    rights = rights_of_request(request)
    members = members_keeping(rights)
    member = choose_member(request.POST.get("member") or request.GET.get("membre", ""), members)
    form = ContactForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (made := save_form(form, member, None, rights)):
        messages.success(request, _("The contact is saved."))
        return redirect("contact", made)
    context = {"form": form, "member": member, "members": members, "contact": None}
    return show(request, "contact", TAB, context, form_status(form))


@require_http_methods(READ_AND_SEND)
@page
def contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """A contact: this page reads it, and the journal keeps that."""
    rights = rights_of_request(request)
    known = contacts.contact_of(contact_id, why=_("Page of the contact"))
    member = Member.objects.get(pk=known.owner_id)
    form = change_form(request, known, contact_id, bound=False)
    refused, status = "", 200
    if request.method == "POST":
        contacts.check_may_keep(member, rights)
        try:
            if answer := act(request, known, member, rights):
                return answer
        except ArpentError as error:
            refused, status = error.message, status_of(error)
        if request.POST.get("do", "save") == "save":
            form = change_form(request, known, contact_id)
            if save_form(form, member, known, rights):
                messages.success(request, _("The contact is saved."))
                return redirect("contact", contact_id)
            status = form_status(form)
    ways = [
        (Channel.SMS, known.display_phone if known.mobile else "", known.sms_stop),
        (Channel.EMAIL, known.email, known.email_stop),
    ]
    context = {"form": form, "member": member, "contact": known, "refused": refused,
               "ways": [(channel, value, day_of_stop(stop)) for channel, value, stop in ways if value],
               "keeps": contacts.may_keep(member, rights)}  # fmt: skip
    return show(request, "contact", TAB, context, status)


def change_form(request: HttpRequest, known: Known, contact_id: int, *, bound: bool | None = None) -> ContactChangeForm:
    def read(_name: str) -> dict[str, Any]:
        return initial_of(contacts.contact_of(contact_id, why=_("Page of the contact")) if bound is None else known)

    return ContactChangeForm(request, row=f"contact {contact_id}", read=read, bound=bound)


def day_of_stop(stop: Mapping[str, Any] | None) -> date | None:
    """The day, here, that somebody closed a channel."""
    at = parse_datetime(str(stop["at"])) if stop else None
    return timezone.localdate(at) if at else None


def act(request: HttpRequest, known: Known, member: Member, rights: Rights) -> HttpResponse | None:
    """Remove, or close or open a channel."""
    match request.POST.get("do", "save"):
        case "remove":
            contacts.remove_contact(known, member, rights=rights)
            messages.success(request, _("The contact is removed."))
            return redirect("contacts")
        case "stop" | "open" as do:
            channel = request.POST.get("channel", "")
            if channel not in Channel.values:
                raise Invalid(_("There is no such channel."), parameter="channel")
            why = request.POST.get("why", "")[:120]
            contacts.stop_contact(known, member, channel, closed=do == "stop", why=why, rights=rights)
            return redirect("contact", known.id)
    return None


def save_form(form: ContactForm, member: Member, former: Known | None, rights: Rights) -> int | None:
    """The id of what was saved; what is wrong is put at its field."""
    if not form.is_valid():
        return None
    try:
        names = ("name", "address", "connection", "phone", "email", "reference")
        person: Person = contacts.check_person({name: form.cleaned_data[name] for name in names})
        person = replace(person, id=former.id if former else None, sms=form.consent("sms_given"),
                         mail=form.consent("email_given"))  # fmt: skip
        return contacts.save_contact(member, person, why=_("By hand"), rights=rights)
    except ArpentError as error:
        blame(form, error)
        return None


def form_status(form: ContactForm) -> int:
    return 400 if form.is_bound and form.errors else 200


def initial_of(known: Known) -> dict[str, Any]:
    given = {True: "yes", False: "no", None: ""}
    same = {name: getattr(known, name) for name in ("name", "address", "connection", "email", "reference")}
    consent = known.sms if known.sms.given is not None else known.mail
    agreed = {"sms_given": given[known.sms.given], "email_given": given[known.mail.given]}
    return same | agreed | {"phone": known.display_phone, "consent_date": consent.on, "consent_how": consent.how}


# -- journal and settings ---------------------------------------------------------------------------------------------


JOURNAL = Journal(
    columns=(
        DATE,
        PERSON,
        ACTION,
        Column("contacts", gettext_lazy("Contacts"), "integer", value=lambda line, _related: len(line.contacts)),
        Column("purpose", gettext_lazy("Purpose"), cell=lambda line, _related: Cell(line.purpose)),
    ),
    nothing=gettext_lazy("Nobody has read a contact yet."),
)


@require_safe
@page
def contact_journal(request: HttpRequest) -> HttpResponse:
    """Who read or wrote which contacts, for who administers the member."""
    if not rights_of_request(request).administers:
        raise PermissionDenied
    journal = JOURNAL.page(ContactReading.objects.all(), request.GET)
    return show(request, "journal", TAB, {"journal": journal})


@require_http_methods(READ_AND_SEND)
@page
def settings_page(request: HttpRequest, slug: str) -> HttpResponse:
    """A member's choices."""
    rights = rights_of_request(request)
    member = get_administered_member(rights=rights, slug=slug)
    form = SettingsForm(request, row=f"notice settings {member.pk}", read=lambda _name: form_values(member))
    if request.method == "POST" and form.is_valid():
        choose(slug, Choice(**form.cleaned_data), rights)
        messages.success(request, _("The settings are saved."))
        return redirect("notice_settings", slug)
    status = 400 if request.method == "POST" else 200
    return show(request, "settings", TAB, {"form": form, "member": member}, status)


def form_values(member: Member) -> dict[str, Any]:
    now = settings_of(member)
    return {name: getattr(now, name) for name in SettingsForm.base_fields}

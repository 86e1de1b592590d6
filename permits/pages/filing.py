"""/permis/deposer/ and /permis/<number>/modifier/: file an application, change what is no event of a file."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from gis_core.api.views import site
from gis_core.database import clock as database_clock
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import ADDRESSES, AccessibleForm, blame
from gis_core.errors import ArpentError, Forbidden, NotFound, Stale
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights, Role
from gis_core.models import Commune, Member
from layers.cadastre.references import whole_identifier
from layers.parcels.forms import LONGEST_LIST, ParcelsField
from permits.models import Permit
from permits.pages.frame import day_field, page, permit_of
from permits.procedure import COUNTER, GONE, INSTRUCTS, SilenceRefuses, State
from permits.services.applicants import Person, may_read_applicant, read_applicants, reads_applicants_somewhere
from permits.services.duplicates import FiledAlready, check_not_filed
from permits.services.filing import (
    LONGEST_ADDRESS,
    LONGEST_DESCRIPTION,
    Filed,
    Filing,
    change_permit,
    file_permit,
    instructors_of,
    members_filing,
    members_instructing,
)
from permits.services.reading import permit_seen_by
from permits.services.recording import check_may_write
from permits.services.sheets import order_at_filing

LONGEST_CASE = 40
CHOOSE = ("", gettext_lazy("Choose…"))


class GroundForm(AccessibleForm):
    """What may be typed at filing and changed later."""

    description = forms.CharField(
        label=gettext_lazy("Works"),
        required=False,
        max_length=LONGEST_DESCRIPTION,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address of the ground"),
        required=False,
        max_length=LONGEST_ADDRESS,
        widget=forms.TextInput(attrs=ADDRESSES),
    )
    parcels = ParcelsField(required=False)
    instructor = forms.ChoiceField(label=gettext_lazy("Instructor"), required=False)
    silence_refuses = forms.MultipleChoiceField(
        label=gettext_lazy("Silence is a refusal, because"),
        required=False,
        choices=SilenceRefuses.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Cases of R.424-2 are about permits: they change nothing for a declaration."),
    )
    other_case = forms.CharField(
        label=gettext_lazy("Other case in which silence is a refusal"),
        required=False,
        max_length=LONGEST_CASE,
        help_text=gettext_lazy("A case of R.424-2 in a few words. None at all: silence is consent."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if other := given.pop("other_case", "").strip():
            given["silence_refuses"] = [*given.get("silence_refuses", []), other]
        return given

    def clean_parcels(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["parcels"].splitlines() if line.strip()]

    def clean_description(self) -> str:
        return str(self.cleaned_data["description"]).replace("\r\n", "\n")

    def changes(self, permit: Permit) -> dict[str, Any]:
        """What a good form changes of a file."""
        stood = {
            "description": permit.description,
            "address": permit.address,
            "parcels": permit.idus,
            "instructor": str(permit.instructor_id or ""),
            "silence_refuses": permit.silence_refuses,
        }
        return {name: value for name, value in self.cleaned_data.items() if value != stood[name]}

    def offer(self, members: list[Member], *, instructs: bool) -> None:
        """The instructors of these members, for those who choose them."""
        if not instructs:
            del self.fields["instructor"], self.fields["silence_refuses"], self.fields["other_case"]
            return
        people = {one.user_id: str(one.user) for one in instructors_of(*members)}
        self.fields["instructor"].choices = [("", _("Nobody yet")), *people.items()]  # type: ignore[attr-defined]


class ChangeForm(EditForm, GroundForm):
    """What is changed of a file, as it was seen."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        self.seen = given.pop("version", None)
        return given

    def check_seen(self, permit: Permit) -> None:
        """Refuse a form made from a former version, once: sent again, it goes over what others wrote. Raises Stale."""
        if self.seen not in (None, permit.version):
            raise Stale(_("Somebody changed this file meanwhile; nothing was saved."))


class FilingForm(GroundForm):
    """A new file."""

    kind = forms.ChoiceField(label=gettext_lazy("What is asked for"), choices=[CHOOSE, *Permit.Kind.choices])
    insee = forms.ChoiceField(label=gettext_lazy("Commune"))
    member = forms.ChoiceField(label=gettext_lazy("Member that instructs"), required=False)
    filed_date = day_field(gettext_lazy("Filed on"))
    number = forms.CharField(
        label=gettext_lazy("National number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Empty: the next number of the commune. Otherwise like PC 045 234 26 A0001."),
    )
    change = forms.ChoiceField(
        label=gettext_lazy("Modification or transfer"),
        required=False,
        choices=[
            ("", gettext_lazy("No: a new file")),
            ("M", gettext_lazy("Modification (M)")),
            ("T", gettext_lazy("Transfer (T)")),
        ],
    )
    parent = forms.CharField(label=gettext_lazy("Number of the file that is changed"), required=False, max_length=40)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=200)
    home = forms.CharField(
        label=gettext_lazy("Address"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=30)

    def __init__(self, *args: Any, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        members = members_filing(rights)
        communes = communes_of(members, rights)
        first = [CHOOSE] if len(communes) > 1 else []
        self.fields["insee"].choices = [*first, *communes]  # type: ignore[attr-defined]
        self.fields["filed_date"].initial = database_clock.today()
        if len(members) > 1:
            names = [(str(one.pk), one.name) for one in members]
            self.fields["member"].choices = [("", _("The one of the commune")), *names]  # type: ignore[attr-defined]
        else:
            del self.fields["member"]
        instructing = members_instructing(rights, members)
        self.offer(instructing, instructs=bool(instructing))
        if members and all(rights.roles.get(one.pk) == Role.PERMIT_INSTRUCTOR for one in members):
            # Whoever instructs everywhere that they file is proposed, and may choose somebody else.
            self.initial.setdefault("instructor", str(rights.user_id))
        if not reads_applicants_somewhere(rights):
            for name in ("name", "home", "email", "phone"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("name") and any(given.get(one) for one in ("home", "email", "phone")):
            self.add_error("name", _("Name the applicant."))
        return given

    def filing(self) -> Filing:
        """What a good form files."""
        given = self.cleaned_data
        instructor = given.get("instructor")
        person = Person(given["name"], given["home"], given["email"], given["phone"]) if given.get("name") else None
        return Filing(
            kind=given["kind"],
            insee=given["insee"],
            filed_date=given["filed_date"],
            parcels=given["parcels"],
            number=given["number"],
            parent=given["parent"],
            change=given["change"],
            description=given["description"],
            address=given["address"],
            silence_refuses=given.get("silence_refuses", ()),
            instructor=int(instructor) if instructor else None,
            applicant=person,
            member=int(given["member"]) if given.get("member") else None,
        )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The fields under headings, in the order in which a form on paper gives them."""
        wanted = (
            (_("The application"), ("kind", "insee", "member", "filed_date", "change", "parent", "number")),
            (_("The ground and the works"), ("parcels", "address", "description")),
            (_("The applicant"), ("name", "home", "email", "phone")),
            (_("The instruction"), ("instructor", "silence_refuses", "other_case")),
        )
        groups = [(title, [self[name] for name in names if name in self.fields]) for title, names in wanted]
        return [(title, bound) for title, bound in groups if bound]


def communes_of(members: list[Member], rights: Rights) -> list[tuple[str, str]]:
    """The communes that the asker may file in."""
    towns = set(rights.town_halls())
    whole = [one.pk for one in members if one.pk not in towns]
    names = {one.insee: one.name for one in Commune.objects.filter(territories__member__in=whole)}
    if towns:
        names |= {one.insee: one.name for one in Commune.objects.filter(insee__in=rights.town_insee)}
    return sorted(((insee, f"{name} ({insee})") for insee, name in names.items()), key=lambda one: one[1])


@require_http_methods(["GET", "HEAD", "POST"])
@page
def file_new(request: HttpRequest) -> HttpResponse:
    """The form of a new file. Parcels may come from the map (`?parcels=…,…`)."""
    rights = rights_of_request(request)
    if not members_filing(rights):
        raise Forbidden(_("Your role does not allow this."))
    if request.method != "POST":
        return filing_page(request, FilingForm(initial=initial_values(request, rights), rights=rights))
    form, status, alike = FilingForm(request.POST, rights=rights), 400, None
    if form.is_valid():
        try:
            check_not_filed(form.filing(), rights, confirmed=request.POST.get("confirmed", ""))
            filed = file_permit(form.filing(), rights)
        except FiledAlready as error:
            alike, status = error, status_of(error)
            if error.taken:
                taken = _("There is a file of the number %(number)s already.")
                form.add_error("number", taken % {"number": form.cleaned_data["number"]})
        except ArpentError as error:
            status = blame(form, error)
        else:
            order_at_filing(filed.permit, user=request.user, rights=rights, site=site(request))  # type: ignore[arg-type]
            messages.success(request, _("The file %(number)s is filed.") % {"number": filed.permit})
            warn_unknown_parcels(request, filed)
            warn_of_parent(request, filed.permit.parent)
            return redirect("permit", filed.permit.number)
    return filing_page(request, form, status, alike)


def filing_page(
    request: HttpRequest, form: FilingForm, status: int = 200, alike: FiledAlready | None = None
) -> HttpResponse:
    context = {"section": "permits", "form": form, "alike": alike}
    return render(request, "permits/filing.html", context, status=status)


def initial_values(request: HttpRequest, rights: Rights) -> dict[str, str]:
    """What the address says of the new file: parcels, and so the commune; the file that it changes, and what it had."""
    given = [
        whole_identifier(part) or part for part in request.GET.get("parcels", "")[:LONGEST_LIST].split(",") if part
    ]
    whole = [idu for idu in given if whole_identifier(idu)]
    initial = {"parcels": "\n".join(given), "insee": whole[0][:5] if whole else ""}
    for name in ("parent", "change", "kind", "insee"):
        if value := request.GET.get(name, "")[:40]:
            initial[name] = value
    return values_of_parent(initial, rights) | {name: value for name, value in initial.items() if value}


def values_of_parent(initial: Mapping[str, str], rights: Rights) -> dict[str, str]:
    """What a change begins with: the ground of the file that it changes, and its applicant if that one stays.

    The journal says that the applicant was read. Whoever sees no such file begins with nothing.
    """
    try:
        parent = permit_seen_by(initial.get("parent", ""), rights)
    except NotFound:
        return {}
    values = {
        "parcels": "\n".join(parent.idus),
        "address": parent.address,
        "kind": parent.kind,
        "insee": parent.insee,
    }
    if initial.get("change") == "T" or not may_read_applicant(parent):
        return values
    person = read_applicants([parent], why=_("Filing of a modification")).get(parent.pk)
    if person is None:
        return values
    return values | {"name": person.name, "home": person.address, "email": person.email, "phone": person.phone}


def warn_of_parent(request: HttpRequest, parent: Permit | None) -> None:
    """Say that what is to be changed cannot be changed any more: the decision will be about a permit in force."""
    if parent is not None and parent.state in (*GONE, State.EXPIRED, State.FINISHED, State.REFUSED):
        message = _("The file that it changes is “%(state)s”: only a permit in force is modified or transferred.")
        messages.warning(request, message % {"state": parent.get_state_display()})


def warn_unknown_parcels(request: HttpRequest, filed: Filed) -> None:
    """Name the parcels that the plan does not have."""
    if filed.unknown:
        message = ngettext(
            "The cadastral plan does not have the parcel %(parcels)s: it is kept as typed, without a shape.",
            "The cadastral plan does not have the parcels %(parcels)s: they are kept as typed, without a shape.",
            len(filed.unknown),
        )
        messages.warning(request, message % {"parcels": ", ".join(filed.unknown)})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def change(request: HttpRequest, permit: str) -> HttpResponse:
    """Change what is no event; what was before stays in the history of the row."""
    application, rights = permit_of(request, permit), rights_of_request(request)
    check_may_write(application, rights, COUNTER)
    form = ChangeForm(request, row=application, read=current_values)
    instructs = rights.has_role(application.owner_id, INSTRUCTS)
    form.offer([application.owner], instructs=instructs)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            changes = form.changes(application)
            try:
                form.check_seen(application)
                filed = change_permit(application, changes, rights)
            except ArpentError as error:
                status = blame(form, error)
                if isinstance(error, Stale):
                    form.data["version"] = str(application.version)
            else:
                messages.success(request, _("The file is changed.") if changes else _("Nothing was changed."))
                warn_unknown_parcels(request, filed)
                return redirect("permit", application.number)
    return render(
        request, "permits/change.html", {"section": "permits", "permit": application, "form": form}, status=status
    )


def current_values(permit: Permit) -> dict[str, Any]:
    return {
        "version": permit.version,
        "description": permit.description,
        "address": permit.address,
        "parcels": "\n".join(permit.idus),
        "instructor": str(permit.instructor_id or ""),
        "silence_refuses": [case for case in permit.silence_refuses if case in SilenceRefuses.values],
        "other_case": ", ".join(case for case in permit.silence_refuses if case not in SilenceRefuses.values),
    }

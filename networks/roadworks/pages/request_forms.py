"""The form of a request, in the order of the paper one."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import ADDRESSES, AccessibleForm
from gis_core.letters import services as letters
from gis_core.letters.pages import WordingForm
from gis_core.models import Commune, Member
from networks.roadworks.models import WorkRequest
from networks.roadworks.services.requests import FIELDS


def day_field(label: Any, **options: Any) -> forms.DateField:
    """The browser's own day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, input_formats=["%Y-%m-%d", "%d/%m/%Y"], **options)


class RequestForm(AccessibleForm):
    """What the counter types from the paper."""

    member = forms.ChoiceField(label=_("Member"))
    form = forms.ChoiceField(label=_("Form"), choices=WorkRequest.Form.choices)
    kind = forms.ChoiceField(label=_("What is asked for"), choices=WorkRequest.Kind.choices)
    received_date = day_field(pgettext_lazy("request", "Received on"))
    needed_date = day_field(_("Decision needed before"), required=False)
    insee = forms.ChoiceField(label=_("Commune"))
    place = forms.CharField(
        label=pgettext_lazy("road", "Place"),
        max_length=200,
        widget=forms.TextInput(attrs=ADDRESSES),
        help_text=_("The street, as it is called: “12 rue des Lilas”."),
    )
    start_reference = forms.CharField(
        label=_("From (PR)"), max_length=60, required=False, help_text=_("On a numbered road: “D 2020 PR 12+350”.")
    )
    end_reference = forms.CharField(label=_("To (PR)"), max_length=60, required=False)
    description = forms.CharField(label=_("Works"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    starts_on = day_field(_("First day"))
    ends_on = day_field(_("Last day"))
    length_m = forms.FloatField(label=_("Length taken (m)"), required=False)
    width_m = forms.FloatField(label=_("Width taken (m)"), required=False)
    is_company = forms.BooleanField(label=_("The applicant is a company or an authority"), required=False)
    applicant_name = forms.CharField(label=_("Applicant"), max_length=150)
    applicant_address = forms.CharField(
        label=_("Address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    applicant_email = forms.CharField(label=_("E-mail"), max_length=150, required=False)
    applicant_phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    company = forms.CharField(label=_("Company that carries out the works"), max_length=150, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, members: Sequence[Member], insee: Sequence[str] | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.members = {one.slug: one for one in members}
        communes = Commune.objects.filter(territories__member__in=members).distinct().order_by("name")
        if insee is not None:
            communes = communes.filter(insee__in=insee)
        self.fields["insee"].choices = list(communes.values_list("insee", "name"))  # type: ignore[attr-defined]
        self.fields["member"].choices = [(one.slug, one.name) for one in members]  # type: ignore[attr-defined]
        if len(members) == 1:
            self.fields["member"].widget = forms.HiddenInput()
            self.fields["member"].initial = members[0].slug
        for name in ("applicant_name", "applicant_address", "applicant_email", "applicant_phone"):
            self.fields[name].widget.attrs["autocomplete"] = "off"

    def lock_but(self, names: Collection[str]) -> None:
        """Only these fields are shown and typed; what the page sends of the others is not read."""
        for name, field in self.fields.items():
            if name not in (*names, "version"):
                field.disabled, field.widget = True, forms.HiddenInput()

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FIELDS}

    def owner(self) -> Member:
        return self.members[self.cleaned_data["member"]]


class RequestChangeForm(EditForm, RequestForm):
    together = (("starts_on", "ends_on"), ("start_reference", "end_reference"))


class OrderForm(WordingForm):
    """The words of an order or a letter."""

    recipient = forms.CharField(
        label=_("Recipient"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    signatory = forms.CharField(
        label=_("Signatory"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ["title", "recipient", "body", "signatory", "version"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # A draft may do without; the number does not.
        for name in ("recipient", "signatory"):
            self.fields[name].unmarked = True  # type: ignore[attr-defined]

    def texts(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in letters.TEXTS}

"""The forms of notices and contacts."""

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.gis.gdal import GDALException
from django.contrib.gis.geos import GEOSException, GEOSGeometry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm
from gis_core.members.rights import Role
from gis_core.models import Member
from networks.notifications.models import Notice, Settings
from networks.notifications.services.contacts import LONGEST_HOW, Consent
from networks.notifications.services.notices import LONGEST_NAME, MOST_TARGETS, Address, Context, Wording
from networks.notifications.services.places import connections_at, places_of
from networks.notifications.services.settings import MOST_MONTHS, MOST_YEARS
from networks.notifications.texts import LONGEST_BODY, LONGEST_SMS

LONGEST_AREA = 200_000
LONGEST_LIST = 2_000_000
PLACED_AT_ONCE = 500
FIRST_YEAR = 1950


class MomentInput(forms.DateTimeInput):
    """The browser's own day and hour."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def moment_field(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, required=False, widget=MomentInput(), input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )


class TellForm(AccessibleForm):
    """What a notice tells of."""

    kind = forms.ChoiceField(label=gettext_lazy("What happens"), choices=Notice.Kind.choices)
    starts_at = moment_field(gettext_lazy("From"))
    ends_at = moment_field(gettext_lazy("Until"))
    place = forms.CharField(
        label=gettext_lazy("Where"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As it is read in the message: “rue Haute et rue des Tanneurs, à Lorris”."),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone of the service"), max_length=30, required=False)

    def context(self) -> Context:
        names = ("kind", "place", "reason", "phone")
        starts, ends = (self.cleaned_data[name] for name in ("starts_at", "ends_at"))
        return Context(starts_at=starts, ends_at=ends, **{name: self.cleaned_data[name] for name in names})


class NewForm(TellForm):
    """A notice to an area or to a list of addresses."""

    member = forms.ChoiceField(label=gettext_lazy("For"))
    area = forms.CharField(required=False, max_length=LONGEST_AREA, widget=forms.HiddenInput(attrs={"data-draft": ""}))
    addresses = forms.CharField(
        label=gettext_lazy("Addresses"),
        required=False,
        max_length=LONGEST_LIST,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One on each line: “12 rue Haute, 45260 Lorris”. Nothing where an area is drawn."),
    )
    field_order = ["member", "kind", "starts_at", "ends_at", "place", "reason", "phone"]

    def __init__(self, *args: Any, members: Sequence[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.members = {one.slug: one for one in members}
        self.fields["member"].choices = [(one.slug, one.name) for one in members]  # type: ignore[attr-defined]
        if len(members) == 1:
            self.fields["member"].widget = forms.HiddenInput()
            self.fields["member"].initial = members[0].slug

    def clean_area(self) -> GEOSGeometry | None:
        """What was drawn on the map, as GeoJSON in degrees, in EPSG:2154."""
        text = self.cleaned_data["area"].strip()
        if not text:
            return None
        wrong = forms.ValidationError(_("The area cannot be read: draw it again."))
        try:
            given = json.loads(text)
            drawn = GEOSGeometry(json.dumps(given), srid=4326)
            drawn.transform(2154)
        except (ValueError, TypeError, RecursionError, GDALException, GEOSException) as error:
            raise wrong from error
        return drawn

    def clean_addresses(self) -> list[str]:
        lines = [" ".join(line.split())[:200] for line in self.cleaned_data["addresses"].splitlines()]
        unique = list(dict.fromkeys(filter(None, lines)))
        if len(unique) > MOST_TARGETS:
            raise forms.ValidationError(_("More than %(most)s addresses: warn them in parts.") % {"most": MOST_TARGETS})
        return unique

    def owner(self) -> Member:
        return self.members[self.cleaned_data["member"]]

    def targets(self) -> list[Address] | None:
        """The addresses of the list, each where it is found."""
        lines = self.cleaned_data["addresses"]
        if not lines:
            return None
        targets: list[Address] = []
        for first in range(0, len(lines), PLACED_AT_ONCE):
            part = lines[first : first + PLACED_AT_ONCE]
            targets += [Address(address=line, place=at) for line, at in zip(part, places_of(part), strict=True)]
        return targets


class NoticeForm(EditForm, TellForm):
    """A draft: what it tells of, and its words."""

    name = forms.CharField(label=gettext_lazy("Name in the list"), max_length=LONGEST_NAME, required=False)
    sms = forms.CharField(
        label=gettext_lazy("Text message"), max_length=LONGEST_SMS, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "data-sms": ""}),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Subject of the e-mail and the letter"), max_length=200, required=False)
    body = forms.CharField(
        label=gettext_lazy("E-mail and letter"), max_length=LONGEST_BODY, required=False, strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["name", "kind", "starts_at", "ends_at", "place", "reason", "phone", "sms", "title", "body"]

    def wording(self) -> Wording:
        return Wording(**{name: self.cleaned_data[name] for name in ("sms", "title", "body")})


class ContactForm(AccessibleForm):
    """Somebody to warn."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=200, required=False,
        help_text=gettext_lazy("The one to warn of: “12 rue Haute, 45260 Lorris”."),
    )  # fmt: skip
    connection = forms.CharField(
        label=gettext_lazy("Service connection"), max_length=80, required=False,
        help_text=gettext_lazy("Its key: “water-connections:123”. It comes before the address."),
    )  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    reference = forms.CharField(label=gettext_lazy("Your reference"), max_length=60, required=False)
    AGREES = (("", gettext_lazy("not asked")), ("yes", gettext_lazy("yes")), ("no", gettext_lazy("no")))
    sms_given = forms.ChoiceField(label=gettext_lazy("Agrees to text messages"), choices=AGREES, required=False)
    email_given = forms.ChoiceField(label=gettext_lazy("Agrees to e-mails"), choices=AGREES, required=False)
    consent_date = forms.DateField(
        label=gettext_lazy("Said so on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    consent_how = forms.CharField(
        label=gettext_lazy("How they said so"), max_length=LONGEST_HOW, required=False,
        help_text=gettext_lazy("For example: subscription form, telephone, counter."),
    )  # fmt: skip

    def clean_connection(self) -> str:
        key = str(self.cleaned_data["connection"]).strip()
        if key and key not in connections_at([key]):
            raise forms.ValidationError(_("There is no such service connection that you may see."))
        return key

    def clean_consent_date(self) -> Any:
        day = self.cleaned_data["consent_date"]
        if day and day > database_clock.today():
            raise forms.ValidationError(_("This day has not come yet."))
        if day and day.year < FIRST_YEAR:
            raise forms.ValidationError(_("Check the year: it is written with four digits."))
        return day

    def consent(self, name: str) -> Consent:
        given = {"yes": True, "no": False}.get(self.cleaned_data[name])
        if given is None:
            return Consent()
        return Consent(given=given, on=self.cleaned_data["consent_date"], how=self.cleaned_data["consent_how"].strip())


class ContactChangeForm(EditForm, ContactForm):
    together = (("sms_given", "email_given", "consent_date", "consent_how"),)


class SettingsForm(EditForm):
    reader_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Who reads contacts"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Every reading is written in the journal. Others who send notices see numbers alone."),
    )
    basis = forms.ChoiceField(
        label=gettext_lazy("On which legal basis people are warned"),
        choices=Settings.Basis.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Decide it with your data protection officer."),
    )
    contact_years = forms.IntegerField(
        label=gettext_lazy("Years that contacts are kept"),
        min_value=1,
        max_value=MOST_YEARS,
        help_text=gettext_lazy("After they were last imported or changed; then they are forgotten. Objections stay."),
    )
    message_months = forms.IntegerField(
        label=gettext_lazy("Months that the recipients of a notice are kept"),
        min_value=1,
        max_value=MOST_MONTHS,
        help_text=gettext_lazy("Then only how many there were is known."),
    )

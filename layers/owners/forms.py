"""The forms of owners' pages. They keep what was typed; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm
from gis_core.members.rights import Role
from layers.owners.models import Level, ThirdPartyRequest
from layers.owners.services.access import open_communes
from layers.owners.services.consulting import LONGEST_REFERENCE, PURPOSES
from layers.owners.services.searching import LONGEST_NAME
from layers.parcels.forms import ParcelsField
from layers.parcels.ground import identifiers_in


class LevelsForm(EditForm):
    """What each role reads at a member."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for role in Role:
            self.fields[role.value] = forms.ChoiceField(label=role.label, choices=Level.choices)

    def levels(self) -> dict[Role, Level]:
        """The levels of a good form."""
        return {role: Level(self.cleaned_data[role.value]) for role in Role}


def purpose_field() -> forms.ChoiceField:
    choices = [("", _("Choose…")), *((one.value, one.label) for one in PURPOSES)]
    return forms.ChoiceField(label=_("Purpose"), choices=choices)


def reference_field() -> forms.CharField:
    return forms.CharField(
        label=_("Reference"),
        max_length=LONGEST_REFERENCE,
        required=False,
        help_text=_("The number of the file, or a few words: the journal keeps them."),
    )


class ParcelsForm(AccessibleForm):
    """Which parcels."""

    parcels = ParcelsField()

    def identifiers(self) -> list[str]:
        """The identifiers of the parcels of a good form; without a commune, in one that is open. Raises Invalid."""
        return identifiers_in(self.cleaned_data["parcels"], territory=sorted(open_communes()))


class ConsultationForm(ParcelsForm):
    """Which parcels, and why."""

    purpose = purpose_field()
    reference = reference_field()


class SearchForm(AccessibleForm):
    """Whose parcels, and why."""

    name = forms.CharField(
        label=_("Name of the owner"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The beginning of one or more words of a name, or of what a company is called."),
    )
    purpose = purpose_field()
    reference = reference_field()


class RequestForm(ParcelsForm):
    """Who asks at the counter, and for which parcels."""

    name = forms.CharField(label=_("Requester"), max_length=150, help_text=_("Name and first names, or the company."))
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    exemption = forms.ChoiceField(
        label=_("Exemption from the limits"), choices=ThirdPartyRequest.Exemption.choices, required=False
    )
    field_order = ["name", "address", "exemption", "parcels"]

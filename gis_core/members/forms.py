"""Forms of the pages of a member's people, beyond the role."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.database import clock as database_clock
from gis_core.desk.forms import AccessibleForm
from gis_core.members import handover
from gis_core.models import Membership

LEAVES, AWAY, GIVES = "leaves", "away", "gives"


def day_field(label: Any, help_text: Any = "", **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget, required=False, **options)


class LastDateForm(AccessibleForm):
    last_date = day_field(
        gettext_lazy("Last day of access"),
        gettext_lazy("Access ends by itself at midnight after this day (Paris). Empty: no end."),
    )


class HandoverForm(AccessibleForm):
    """Who takes over what somebody is in charge of, and why: they leave, are away, or only give it."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=[
            (LEAVES, gettext_lazy("They leave: their access ends")),
            (AWAY, gettext_lazy("They are away, then come back")),
            (GIVES, gettext_lazy("They stay: only the work changes hands")),
        ],
        widget=forms.RadioSelect,
        initial=LEAVES,
    )
    colleague = forms.TypedChoiceField(
        label=gettext_lazy("Who takes over"), coerce=int, empty_value=None, required=False
    )
    first_date = day_field(gettext_lazy("First day of the absence"), gettext_lazy("For an absence. Empty: today."))
    last_date = day_field(
        gettext_lazy("Last day"),
        gettext_lazy("Of the absence; of somebody who leaves, the last day of access (empty: access ends now)."),
    )

    def __init__(self, *args: Any, membership: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        colleagues = [(one.pk, str(one)) for one in handover.colleagues_of(membership)]
        field: Any = self.fields["colleague"]
        field.choices = [("", _("nobody")), *colleagues]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("purpose") == AWAY:
            given["first_date"] = given.get("first_date") or database_clock.today()
            if not given.get("last_date") and "last_date" not in self.errors:
                self.add_error("last_date", ValidationError(_("Say when the absence ends.")))
        if given.get("purpose") == GIVES and not given.get("colleague") and "colleague" not in self.errors:
            self.add_error("colleague", ValidationError(_("Choose who takes over.")))
        return given


class StartReviewForm(AccessibleForm):
    last_date = day_field(gettext_lazy("Last day of the review"), initial=None)
    ends_others = forms.BooleanField(
        label=gettext_lazy("End the access of whoever is not confirmed"),
        help_text=gettext_lazy("Otherwise they are listed in the record, and keep their access."),
        required=False,
    )


class ReviewDateForm(AccessibleForm):
    review_date = day_field(
        gettext_lazy("A review begins by itself on"), gettext_lazy("Then each year on that day. Empty: never.")
    )

"""Forms of the pages for people. They keep what was typed; the services decide."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import numberformat
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

from gis_core.errors import ArpentError
from gis_core.models import Member
from gis_core.problem import status_of
from gis_core.rights import Rights, Role

GROUPED_FROM = 10_000
"""Four figures stand together: they may be a year."""


class AccessibleForm(forms.Form):
    """Django ties help and errors to their fields by aria-describedby and aria-invalid."""

    required_css_class = "required"
    error_css_class = "wrong"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.validators = [with_written_limit(one) for one in field.validators]


def with_written_limit(validator: Any) -> Any:
    """The same, whose words have its limit as people write numbers: 15, 2100 and 50 000, not 15.0 and 50000."""
    if not isinstance(validator, MaxValueValidator | MinValueValidator) or callable(limit := validator.limit_value):
        return validator
    whole = int(limit) if limit == int(limit) else limit
    plain = numberformat.format(whole, get_format("DECIMAL_SEPARATOR"))
    shown = number_format(whole, use_l10n=True) if abs(limit) >= GROUPED_FROM else plain
    return type(validator)(limit, message=str(validator.message).replace("%(limit_value)s", shown))


def blame(form: forms.Form, error: ArpentError) -> int:
    """Put an error at the field that it is about; returns the answer's status."""
    name = str(error.extra.get("parameter", ""))
    form.add_error(name if name in form.fields else None, error.message)
    return status_of(error)


class RoleForm(AccessibleForm):
    role = forms.ChoiceField(label=_("Role"))
    communes = forms.MultipleChoiceField(
        label=_("Communes of the town hall"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For the town hall role only."),
    )

    def __init__(self, *args: Any, member: Member, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        highest = rights.rank_at(member.pk)
        self.fields["role"].choices = [(role.value, role.label) for role in Role if role.rank <= highest]  # type: ignore[attr-defined]
        communes = member.communes.order_by("name").values_list("insee", "name")
        self.fields["communes"].choices = [(insee, f"{name} ({insee})") for insee, name in communes]  # type: ignore[attr-defined]


class InvitationForm(RoleForm):
    email = forms.EmailField(label=_("E-mail address"), max_length=150)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    field_order = ["email", "first_name", "last_name", "role", "communes"]


class SignInForm(LoginForm):
    """allauth's form with visible labels alone: a placeholder disappears when it is needed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

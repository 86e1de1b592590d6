"""Forms of the pages for people. They keep what was typed; the services decide."""

from typing import Any

from allauth.account import forms as allauth
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.fields import InvalidJSONInput
from django.http import HttpRequest
from django.utils import numberformat
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gis_core.accounts import mail as account_mail
from gis_core.database import clock as database_clock
from gis_core.errors import ArpentError
from gis_core.http.problem import status_of
from gis_core.members.rights import Rights, Role
from gis_core.models import Member, User
from gis_core.operations import security_journal as security
from gis_core.tokens import services as tokens
from gis_core.tokens.points import TOKEN_DESKS

GROUPED_FROM = 10_000
"""Four figures stand together: they may be a year."""
ADDRESSES = {"data-suggest": "address", "autocomplete": "off"}
"""Attributes of a box that proposes addresses of the address layer while one types (`gis_core/suggest.js`)."""


class AccessibleForm(forms.Form):
    """Django ties help and errors to their fields by aria-describedby and aria-invalid."""

    required_css_class = "required"
    error_css_class = "wrong"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.validators = [with_formatted_limit(one) for one in field.validators]


class TypedJSONField(forms.JSONField):
    """Django's field, for which endless brackets and numbers are bad input and not a failure."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except (ValueError, RecursionError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error

    def bound_data(self, data: Any, initial: Any) -> Any:
        """What was typed comes back as it was typed."""
        return initial if self.disabled or data is None else InvalidJSONInput(data)


def with_formatted_limit(validator: Any) -> Any:
    """The same, whose words have its limit as people write numbers: 15, 2100 and 50 000, not 15.0 and 50000."""
    if not isinstance(validator, MaxValueValidator | MinValueValidator) or callable(limit := validator.limit_value):
        return validator
    whole = int(limit) if limit == int(limit) else limit
    plain = numberformat.format(whole, get_format("DECIMAL_SEPARATOR"))
    formatted = number_format(whole, use_l10n=True) if abs(limit) >= GROUPED_FROM else plain
    return type(validator)(limit, message=str(validator.message).replace("%(limit_value)s", formatted))


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
    last_date = forms.DateField(
        label=_("Last day of access"),
        help_text=_("Access ends by itself at midnight after this day (Paris). Empty: no end."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        required=False,
    )
    field_order = ["email", "first_name", "last_name", "role", "communes", "last_date"]


class SignInForm(allauth.LoginForm):
    """allauth's form with visible labels alone: a placeholder disappears when it is needed."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"].label = _("User name or e-mail address")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class TokensEnd:
    """A new password ends the API tokens of its owner, who may say otherwise; nothing is asked where there are none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        owner: User | None = getattr(self, "user", None)
        count = tokens.tokens_of(owner).valid().count() if owner else 0
        if count:
            fields: dict[str, forms.Field] = self.fields  # type: ignore[attr-defined]
            fields["keep_tokens"] = forms.BooleanField(
                label=ngettext("Keep my API token", "Keep my %(count)s API tokens", count) % {"count": count},
                help_text=_("Otherwise the programs that use them (QGIS, scripts) stop until you give them new ones."),
                required=False,
            )

    def save(self) -> None:
        owner: User = self.user  # type: ignore[attr-defined]
        owner.keeps_tokens = self.cleaned_data.get("keep_tokens", False)  # type: ignore[attr-defined]
        super().save()  # type: ignore[misc]


class ChangePasswordForm(TokensEnd, allauth.ChangePasswordForm):
    """Another password, by whoever knows the one of today."""


class NewPasswordForm(TokensEnd, allauth.ResetPasswordKeyForm):
    """Another password, by whoever has the link that was mailed."""


class AskForPasswordForm(allauth.ResetPasswordForm):
    """A link by mail. The queue looks up whether the address has an account: the answer takes as long for all."""

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()

    def save(self, request: HttpRequest, **options: Any) -> str:
        email: str = self.cleaned_data["email"]
        account_mail.post("password_reset", email=email, site=request.build_absolute_uri("/"))
        security.record("password_reset_asked")
        return email


class TokenForm(AccessibleForm):
    name = forms.CharField(
        label=_("Name of the new token"),
        max_length=tokens.LONGEST_NAME,
        help_text=_("What it is for: you will know which one to revoke."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    last_date = forms.DateField(
        label=_("Good until"),
        help_text=_("Its last day, two years from now at most."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        initial=tokens.usual_last_date,
        required=False,
    )

    may_write = forms.BooleanField(
        label=_("It may write"),
        help_text=_("Without it the token only reads: nothing can be changed with it, anywhere."),
        required=False,
    )
    desks = forms.MultipleChoiceField(
        label=_("Parts of the platform"),
        help_text=_("Choose those that the program needs; none chosen opens all that the account sees."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    layers = forms.MultipleChoiceField(
        label=_("Layers"),
        help_text=_("For a program that needs some layers alone; it then opens nothing else."),
        widget=forms.SelectMultiple(attrs={"size": 6}),
        required=False,
    )
    networks = forms.CharField(
        label=_("Allowed network addresses"),
        help_text=_(
            "Where the program runs, for instance 192.0.2.7 or 192.0.2.0/24, with blanks between; empty: anywhere."
        ),
        max_length=1_000,
        required=False,
    )

    def __init__(self, *args: Any, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        fields["desks"].choices = [(desk.slug, desk.label) for desk in TOKEN_DESKS.all()]
        fields["layers"].choices = [(slug, title) for _id, slug, title in tokens.layer_choices(rights)]
        if not tokens.writes(rights):
            del fields["may_write"]
        days = {"min": database_clock.today().isoformat(), "max": tokens.latest_last_date().isoformat()}
        self.fields["last_date"].widget.attrs.update(days)
        self.fields["last_date"].unmarked = True  # type: ignore[attr-defined]

    def clean_networks(self) -> list[str]:
        return str(self.cleaned_data["networks"]).replace(",", " ").replace(";", " ").split()

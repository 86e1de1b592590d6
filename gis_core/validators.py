"""What a value must be to be kept, for fields of models."""

from unicodedata import category

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

UNKNOWN_SIREN = "000000000"
"""Of a new platform's agency until somebody gives its own; its key is valid, and INSEE gives it to nobody."""


def validate_siren(value: str) -> None:
    """A SIREN has nine digits and a Luhn key (INSEE)."""
    if len(value) != 9 or not value.isdecimal() or luhn(value) % 10:
        raise ValidationError(
            _("%(value)s is not a SIREN: nine digits with a valid key are expected."), params={"value": value}
        )


def luhn(digits: str) -> int:
    """The Luhn sum of a string of digits; a valid number's is a multiple of ten."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled)


def validate_person_name(value: str) -> None:
    """A person's name holds what one sees: no control, formatting or line-breaking character."""
    if any(category(character)[0] == "C" or category(character) in ("Zl", "Zp") for character in value):
        raise ValidationError(_("A name holds no invisible or control character: type it again."))

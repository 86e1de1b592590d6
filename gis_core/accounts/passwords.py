"""What a password may not be, beyond what Django refuses."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gis_core.models import User

# What must be left of a password once the part that anybody guesses is taken out.
LEAST_LEFT = 8
FEWEST_SIGNS = 5
SHORTEST_RUN = 4
SHORTEST_NAME = 4
SHORTEST_COMMON = 4
LONGEST_READ = 200
LONGEST_ROW = 26
ROWS = (
    *("abcdefghijklmnopqrstuvwxyz", "01234567890", "1234567890"),
    *("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm"),
)
EVERY_ROW = (*ROWS, *(row[::-1] for row in ROWS))
# As in "m0td3p@sse".
LETTERS_OF_SIGNS = str.maketrans("013457@$€!", "oieastasei")
PLATFORM = "arpent"


def plain(text: str) -> str:
    """Lower case without accents."""
    flat = unicodedata.normalize("NFKD", text).lower()
    return "".join(letter for letter in flat if not unicodedata.combining(letter))


class FrenchCommonPasswordValidator(CommonPasswordValidator):
    """Refuses what is often chosen in France, and what is often chosen anywhere in a disguise: `M0tdepasse2024!`."""

    def __init__(self, password_list_path: Any = Path(__file__).parent / "french-passwords.txt") -> None:
        super().__init__(password_list_path)
        self.passwords = self.passwords | CommonPasswordValidator().passwords

    def validate(self, password: str, user: Any = None) -> None:
        if any(form in self.passwords for form in plain_forms(password)):
            raise ValidationError(_("This password is too common."), code="password_too_common")

    def get_help_text(self) -> str:
        return _("Nor can it be one that is common among French speakers, even with figures or signs around it.")


def plain_forms(password: str) -> Iterator[str]:
    """The words that a password may be made of by adding figures and signs around it, or putting them for letters."""
    for word in (password.lower().strip(), plain(password)):
        bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", word)
        for form in (word, bare) if len(bare) >= SHORTEST_COMMON else (word,):
            yield form
            yield form.translate(LETTERS_OF_SIGNS)


class PatternValidator:
    """Refuses figures alone, few different signs, one piece again and again, and rows of the alphabet or keyboard."""

    def validate(self, password: str, user: Any = None) -> None:
        text = plain(password[:LONGEST_READ])
        if not any(sign.isalpha() for sign in text):
            raise ValidationError(_("A password of figures and signs alone is too easily guessed."), code="no_letter")
        if len(set(text)) < FEWEST_SIGNS or is_repeated(text) or len(without_runs(text)) < LEAST_LEFT - 2:
            raise ValidationError(
                _("This password follows a pattern (repeated, or in the order of the alphabet or of the keys)."),
                code="password_pattern",
            )

    def get_help_text(self) -> str:
        return _("It cannot be figures alone, nor a pattern such as abcabcabcabc or azertyuiop12.")


def is_repeated(text: str) -> bool:
    """Whether the text is one piece at least twice, the last time perhaps not whole."""
    return any(all(text[i] == text[i - size] for i in range(size, len(text))) for size in range(1, len(text) // 2 + 1))


def without_runs(text: str) -> str:
    """The text without what stands in the order of a row, four signs or more."""
    left, start = "", 0
    while start < len(text):
        length = length_of_run(text[start : start + LONGEST_ROW])
        left += "" if length else text[start]
        start += length or 1
    return left


def length_of_run(text: str) -> int:
    """How many signs at the beginning stand in the order of a row; 0 for fewer than four."""
    sizes = range(len(text), SHORTEST_RUN - 1, -1)
    return next((size for size in sizes if is_in_a_row(text[:size])), 0)


def is_in_a_row(text: str) -> bool:
    return any(text in row for row in EVERY_ROW)


class NamesValidator:
    """Refuses a password that is little more than its owner's names, their authority's, or the platform's."""

    def validate(self, password: str, user: Any = None) -> None:
        left = re.sub(r"[\W_]", "", plain(password))
        shorter = left
        for name in sorted(names_around(user), key=len, reverse=True):
            shorter = shorter.replace(name, "")
        if shorter != left and len(shorter) < LEAST_LEFT:
            raise ValidationError(
                _("This password is too close to your name or to that of your authority."), code="password_of_names"
            )

    def get_help_text(self) -> str:
        return _("Nor can it be made of your name or of that of your authority.")


def names_around(user: Any) -> set[str]:
    """The words, without accents, that anybody would try for this person."""
    texts = [PLATFORM]
    if isinstance(user, User):
        texts += [user.username, user.email, user.first_name, user.last_name]
        if user.pk:
            texts += [text for names in user.members.values_list("name", "slug") for text in names]
    parts = {word for text in texts for word in re.split(r"[\W_\d]+", plain(text))}
    return {word for word in parts if len(word) >= SHORTEST_NAME}


class FormerPasswordValidator:
    """Refuses the password of today and the one before: whoever changes it has a reason."""

    def validate(self, password: str, user: Any = None) -> None:
        if not isinstance(user, User):
            return
        if any(check_password(password, former) for former in (user.password, user.former_password) if former):
            raise ValidationError(_("You have had this password already: choose another one."), code="password_former")

    def get_help_text(self) -> str:
        return _("Nor can it be the one that you have, or had before.")

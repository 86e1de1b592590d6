"""What a password may not be, beyond what Django refuses."""

from pathlib import Path
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.utils.translation import gettext as _


class FrenchCommonPasswordValidator(CommonPasswordValidator):
    """Refuses what is often chosen in France: Django's list is that of English speakers."""

    def __init__(self, password_list_path: Any = Path(__file__).parent / "french-passwords.txt") -> None:
        super().__init__(password_list_path)

    def get_help_text(self) -> str:
        return _("Nor can it be one that is common among French speakers.")

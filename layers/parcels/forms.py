"""The field in which parcels are typed, the same in every form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

LONGEST_LIST = 4_000


class ParcelsField(forms.CharField):
    """Parcels as people write them, in a list; `layers.parcels.ground.identifiers_in` says which they are."""

    def __init__(self, **options: Any) -> None:
        settings: dict[str, Any] = {
            "label": gettext_lazy("Parcels"),
            "max_length": LONGEST_LIST,
            "widget": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
            "help_text": gettext_lazy(
                "As you write them: AB 123, 901 AB 12, AB 12 Bray, 14 characters; several at once."
            ),
        }
        super().__init__(**settings | options)

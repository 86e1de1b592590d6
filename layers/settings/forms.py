"""The forms of a layer's settings. They keep what was typed; the services decide."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gis_core.forms import AccessibleForm
from gis_core.models import Member
from gis_core.rights import Rights, Role
from gis_core.services.members import partners
from layers.catalogue.models import Layer, Theme
from layers.settings.services.administering import is_edited

EDITORS = (Role.PERMIT_INSTRUCTOR, Role.NETWORK_TECHNICIAN, Role.GIS_ADMINISTRATOR)
"""The roles that a layer may be edited by; the others write nothing of their member's."""


class DescriptionForm(AccessibleForm):
    """What a layer is, where it comes from, who sees and who edits it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    theme = forms.ChoiceField(label=_("Theme"), help_text=_("Its heading among the layers of the map."))
    abstract = forms.CharField(
        label=_("What it shows"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Shown under the layer’s name in the map."),
    )
    lineage = forms.CharField(
        label=_("How it was made"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Survey, digitising, from which plan, with which accuracy."),
    )
    source_date = forms.DateField(
        label=_("Date of the data"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    attribution = forms.CharField(
        label=_("Attribution"), max_length=200, required=False, help_text=_("Shown on the map, such as “© IGN 2024”.")
    )
    licence = forms.CharField(label=_("Licence"), max_length=120, required=False)
    contact = forms.CharField(label=_("Whom to ask"), max_length=200, required=False)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Layer.Visibility, widget=forms.RadioSelect)
    shared_with = forms.TypedMultipleChoiceField(
        label=_("Members it is shared with"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    editor_roles = forms.MultipleChoiceField(
        label=_("Who edits it, at its owner"),
        required=False,
        choices=[(role.value, role.label) for role in EDITORS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: nobody but the agency."),
    )
    strict_locking = forms.BooleanField(
        label=_("Refuse edits that do not say which version they saw"),
        required=False,
        help_text=_("QGIS does not say it: there the layer becomes read-only."),
    )
    visible_at_first = forms.BooleanField(label=_("Shown when the map opens"), required=False)
    order = forms.IntegerField(
        label=_("Rank in its theme"), min_value=0, max_value=32_767, help_text=_("The smallest comes first.")
    )

    def __init__(self, *args: Any, layer: Layer, rights: Rights, **options: Any) -> None:
        super().__init__(*args, **options)
        self.layer = layer
        self.choose("theme", [(str(theme.pk), str(theme)) for theme in Theme.objects.all()])
        offered = Q(pk__in=partners(rights).order_by().values("pk")) | Q(pk__in=layer.shared_with)
        members = Member.objects.filter(offered).exclude(pk=layer.owner_id or 0).order_by("name")
        self.partners = list(members.values_list("pk", "name"))
        self.choose("shared_with", self.partners)
        self.choose("visibility", [one for one in Layer.Visibility.choices if self.may_choose(one[0])])
        if not is_edited(layer):
            del self.fields["editor_roles"], self.fields["strict_locking"]

    def may_choose(self, visibility: str) -> bool:
        if visibility == Layer.Visibility.OWNER:
            return self.layer.owner_id is not None
        return visibility != Layer.Visibility.MEMBERS or bool(self.partners)

    def choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("visibility") == Layer.Visibility.MEMBERS and not given.get("shared_with"):
            self.add_error("shared_with", _("Choose at least one member, or another answer to who sees it."))
        return given

    def values(self) -> dict[str, Any]:
        """The settings that a good form gives the layer."""
        given = dict(self.cleaned_data)
        given["theme_id"] = int(given.pop("theme"))
        return given

    @staticmethod
    def names(layer: Layer) -> list[str]:
        """The settings that this form changes."""
        known = ["theme_id" if name == "theme" else name for name in DescriptionForm.base_fields]
        return known if is_edited(layer) else [name for name in known if name not in ("editor_roles", "strict_locking")]

    @classmethod
    def beginnings(cls, layer: Layer) -> dict[str, Any]:
        return {name: getattr(layer, name) for name in cls.names(layer)} | {"theme": str(layer.theme_id)}


def differences(form: forms.Form, now: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a form whose value somebody else has just changed to something other than what was typed."""
    told = []
    for name, field in form.fields.items():
        theirs = now.get(name)
        if name in now and field.has_changed(theirs, form[name].data):
            told.append({"label": field.label, "now": in_words(field, theirs)})
    return told


def in_words(field: forms.Field, value: Any) -> str:
    """A value as the form shows it."""
    choices = {str(key): str(words) for key, words in getattr(field, "choices", ())}
    if isinstance(value, list):
        return ", ".join(choices.get(str(one), str(one)) for one in value) or "—"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    return choices.get(str(value), str(value)) if value not in (None, "") else "—"

"""The forms of layers of other servers. They keep what was typed; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm
from gis_core.members.organisations import partners
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer, Theme
from layers.external.models import ExternalLayer

KINDS = [("wms", "WMS"), ("wmts", "WMTS"), ("xyz", "XYZ")]


class ServiceForm(AccessibleForm):
    """Which server, and how it speaks."""

    kind = forms.ChoiceField(label=_("Kind of service"), choices=KINDS, widget=forms.RadioSelect, initial="wms")
    service = forms.CharField(
        label=_("Address"),
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "Of the service, such as https://data.geopf.fr/wms-r; for XYZ that of an image, with {z}, {x}, {y}."
        ),
    )


class ExternalLayerForm(AccessibleForm):
    """What a layer of another server is called here, and who sees it."""

    title = forms.CharField(label=_("Title"), max_length=120)
    title_en = forms.CharField(label=_("Title in English"), max_length=120, required=False)
    theme = forms.ChoiceField(label=_("Theme"))
    order = forms.IntegerField(label=_("Rank in its theme"), min_value=0, max_value=32_767, initial=100)
    abstract = forms.CharField(
        label=_("What it shows"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    attribution = forms.CharField(
        label=_("Attribution"), max_length=200, help_text=_("Shown on the map, such as “© IGN 2024”.")
    )
    licence = forms.CharField(label=_("Licence"), max_length=120, required=False)
    member = forms.ChoiceField(label=_("For"), required=False)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Layer.Visibility, widget=forms.RadioSelect)
    shared_with = forms.TypedMultipleChoiceField(
        label=_("Members it is shared with"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    min_zoom = forms.IntegerField(label=_("Smallest zoom"), min_value=0, max_value=22, initial=0)
    max_zoom = forms.IntegerField(label=_("Largest zoom"), min_value=0, max_value=22, initial=19)

    def __init__(
        self, *args: Any, rights: Rights, kind: str, layer: ExternalLayer | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        members = list(Member.objects.administered_by(rights).order_by("name").values_list("slug", "name"))
        self.choose("theme", [(str(theme.pk), str(theme)) for theme in Theme.objects.all()])
        self.choose("member", ([("", _("the whole platform"))] if rights.agency else []) + members)
        shared = layer.shared_with if layer else []
        known = {*partners(rights).values_list("pk", flat=True), *shared}
        self.partners = list(Member.objects.filter(pk__in=known).order_by("name").values_list("pk", "name"))
        self.choose("shared_with", self.partners)
        if layer or (len(members) == 1 and not rights.agency):
            del self.fields["member"]
        if kind != ExternalLayer.Kind.XYZ:
            del self.fields["min_zoom"], self.fields["max_zoom"]

    def choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("visibility") == Layer.Visibility.MEMBERS and not given.get("shared_with"):
            self.add_error("shared_with", _("Choose at least one member, or another answer to who sees it."))
        if given.get("min_zoom", 0) > given.get("max_zoom", 22):
            self.add_error("max_zoom", _("The largest zoom is smaller than the smallest one."))
        return given

    def layer_values(self) -> dict[str, Any]:
        """The fields of the layer that a good form gives."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "member"}
        given["theme_id"] = int(given.pop("theme"))
        return given


class ExternalChangeForm(EditForm, ExternalLayerForm):
    together = (("visibility", "shared_with"),)


class HostForm(AccessibleForm):
    host = forms.CharField(
        label=_("Server"), max_length=255, help_text=_("Its name, such as data.geopf.fr, or an address that holds it.")
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False, help_text=_("Why, or for which layers."))

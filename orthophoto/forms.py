"""The form that starts a campaign. It keeps what was typed; the services decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm
from gis_core.members.organisations import partners
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer, Photo
from orthophoto.models import Campaign
from orthophoto.services.campaigns import deliveries
from orthophoto.services.orders import KEPT, description_of

CRS = [
    (2154, "RGF93 · Lambert-93 (EPSG:2154)"),
    *((3900 + zone, f"RGF93 · CC{zone} (EPSG:{3900 + zone})") for zone in range(42, 51)),
    (27572, "NTF · Lambert II étendu (EPSG:27572)"),
    (32630, "WGS 84 · UTM 30N (EPSG:32630)"),
    (32631, "WGS 84 · UTM 31N (EPSG:32631)"),
    (32632, "WGS 84 · UTM 32N (EPSG:32632)"),
]

VERTICAL = [
    ("", _("what the files say")),
    (5720, "NGF-IGN69 (EPSG:5720)"),
    (5721, _("NGF-IGN78, Corsica (EPSG:5721)")),
]


class CampaignForm(AccessibleForm):
    delivery = forms.ChoiceField(label=_("Delivery folder"))
    title = forms.CharField(label=_("Title"), max_length=120)
    slug = forms.CharField(
        label=_("Short name"),
        max_length=50,
        required=False,
        help_text=_("It stands in addresses and does not change afterwards. Left empty: made from the title."),
    )
    acquired = forms.CharField(
        label=_("Date of the photos"),
        max_length=10,
        help_text=_("As precisely as it is known: 2024, 2024-06 or 2024-06-12."),
    )
    member = forms.ChoiceField(label=_("Member"), required=False)
    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Layer.Visibility, widget=forms.RadioSelect)
    shared_with = forms.MultipleChoiceField(
        label=_("Members it is shared with"), required=False, widget=forms.CheckboxSelectMultiple
    )
    within_communes = forms.BooleanField(
        label=_("On their own communes only"),
        required=False,
        help_text=_("Outside its communes, each of these members sees nothing of it."),
    )
    attribution = forms.CharField(
        label=_("Attribution"), max_length=200, required=False, help_text=_("Shown on the map, such as “© IGN 2024”.")
    )
    licence = forms.CharField(label=_("Licence"), max_length=120, required=False)
    kind = forms.ChoiceField(label=_("What the sheets hold"), choices=Photo.Kind, required=False)
    unit = forms.ChoiceField(label=_("Unit of the heights"), choices=Campaign.Unit, required=False)
    vertical_crs = forms.TypedChoiceField(
        label=_("Vertical datum of the heights"), choices=VERTICAL, coerce=int, empty_value=None, required=False
    )
    codec = forms.ChoiceField(
        label=_("Compression"), choices=[("", _("what suits the sheets")), *Campaign.Codec.choices], required=False
    )
    display = forms.ChoiceField(label=_("Colours"), choices=Campaign.Display)
    crs = forms.TypedChoiceField(label=_("CRS of the sheets that name none"), choices=CRS, coerce=int)

    def __init__(self, *args: Any, rights: Rights, again: Campaign | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waiting = deliveries(rights)
        kept = [(KEPT, _("The same folder as before"))] if again else []
        members = list(Member.objects.administered_by(rights).order_by("name").values_list("slug", "name"))
        alone = len(members) == 1 and not rights.agency
        folders = [(short(one), one["name"] if alone else short(one)) for one in self.waiting]
        self.choose("delivery", kept + folders)
        self.choose("member", ([("", _("the whole platform"))] if rights.agency else []) + members)
        self.partners = list(partners(rights).values_list("slug", "name"))
        self.choose("shared_with", self.partners)
        if not self.partners:
            self.choose("visibility", [one for one in Layer.Visibility.choices if one[0] != Layer.Visibility.MEMBERS])
        if again or alone:
            del self.fields["member"]
        if again:
            del self.fields["slug"]
            if again.crs not in dict(CRS):
                self.choose("crs", [*CRS, (again.crs, f"EPSG:{again.crs}")])

    def choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a field of choices


class CampaignChangeForm(EditForm, CampaignForm):
    together = (("visibility", "shared_with", "within_communes"),)


class DescriptionForm(CampaignChangeForm):
    """What may change of a campaign without looking at its delivery again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("delivery", "codec", "display", "crs", "kind", "unit", "vertical_crs"):
            del self.fields[name]


def short(delivery: dict[str, Any]) -> str:
    """A delivery as it is chosen: "member/folder"."""
    return f"{delivery['member'].slug}/{delivery['name']}"


def beginnings(again: Campaign | None, parameters: dict[str, str]) -> dict[str, Any]:
    """What the form says at first: the campaign's own words when it is started anew."""
    if again is None:
        chosen = {name: parameters[name] for name in ("delivery", "title") if name in parameters}
        return chosen | {"visibility": Layer.Visibility.SIGNED_IN.value}
    own = {name: getattr(again, name) for name in ("codec", "display", "crs", "kind", "unit", "vertical_crs")}
    return own | description_of(again) | {"delivery": KEPT}

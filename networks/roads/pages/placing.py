"""/voirie/patrimoine/<what>/nouveau/ and …/deplacer/: assets placed by the references of roads."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import AccessibleForm, blame
from gis_core.desk.tabs import page
from gis_core.errors import ArpentError, Forbidden
from gis_core.http.middleware import rights_of_request
from gis_core.http.problem import status_of
from layers.features.display import code_choices, is_english
from layers.features.errors import FieldRefused, GeometryRefused
from networks.roads.iisr import FAMILIES, SIGNS, family_of
from networks.roads.listings.assets import title_of
from networks.roads.pages.assets import TAB
from networks.roads.pages.frame import show
from networks.roads.services import assets, placing

READ_AND_SEND: Final = ["GET", "HEAD", "POST"]
PLACE: Final = ("start", "end", "side", "distance_m")
EXAMPLES: Final = {"start": "D 2020 PR 12+350", "end": "D 2020 PR 12+480"}


class PlaceForm(AccessibleForm):
    """Where along which road: one reference, or the two of a stretch."""

    start = forms.CharField(label=pgettext_lazy("reference of a road", "Place"), max_length=80)
    end = forms.CharField(label=pgettext_lazy("reference of a road", "To"), max_length=80)
    side = forms.ChoiceField(
        label=gettext_lazy("Side"),
        help_text=gettext_lazy("Left and right going with growing markers."),
        choices=[
            ("on", gettext_lazy("On the axis")),
            ("left", gettext_lazy("On the left")),
            ("right", gettext_lazy("On the right")),
        ],
    )
    distance_m = forms.FloatField(
        label=gettext_lazy("Metres from the axis"), required=False, min_value=0, max_value=placing.FARTHEST_M,
        widget=forms.NumberInput(attrs={"step": "0.1", "inputmode": "decimal"}),
    )  # fmt: skip
    version = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, what: str, measured: Mapping[str, Any] | None = None, **options: Any) -> None:
        """`measured` is what `initial` says in whole metres and tenths: what comes back as it was offered is this."""
        super().__init__(*args, **options)
        self.what, self.measured = what, measured or {}
        if what == "point":
            del self.fields["end"]
        else:
            self.fields["start"].label = pgettext("reference of a road", "From")
        for name in EXAMPLES.keys() & self.fields.keys():
            self.fields[name].widget.attrs["placeholder"] = EXAMPLES[name]

    def where(self) -> Any:
        """Raises what `placing.place_asset` does."""
        values = {name: self.exact(name, self.cleaned_data[name]) for name in PLACE if name in self.cleaned_data}
        return placing.place_asset(self.what, **values | {"distance_m": values["distance_m"] or 0.0})

    def exact(self, name: str, given: Any) -> Any:
        return self.measured[name] if name in self.measured and given == self.initial.get(name) else given


class AssetForm(PlaceForm):
    """A new asset: its place, and what a list needs of it."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    code = forms.CharField(
        label=gettext_lazy("Code of the sign"), max_length=12, required=False,
        help_text=gettext_lazy("That of the IISR, as in B14."),
    )  # fmt: skip
    inscription = forms.CharField(label=gettext_lazy("Inscription"), max_length=200, required=False)
    reference = forms.CharField(
        label=gettext_lazy("Reference of the asset"), max_length=60, required=False,
        help_text=gettext_lazy("The number that your member gives it."),
    )  # fmt: skip
    comment = forms.CharField(
        label=gettext_lazy("Public remark"), max_length=1000, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, what: str, **options: Any) -> None:
        super().__init__(*args, what=what, **options)
        self.fields["kind"].choices = [("", "—"), *code_choices(assets.KINDS[what])]  # type: ignore[attr-defined]
        if what != "point":
            del self.fields["code"], self.fields["inscription"]
        else:
            self.fields["code"].widget.attrs |= {"list": "sign-codes", "autocomplete": "off"}

    def signs(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The codes to choose from with their names, by family."""
        return signs_by_family() if "code" in self.fields else []

    def values(self) -> Mapping[str, Any]:
        """What the layer keeps of it."""
        names = ("kind", "code", "inscription", "reference", "comment")
        return {name: value for name in names if (value := self.cleaned_data.get(name))}


def signs_by_family() -> list[tuple[str, list[tuple[str, str]]]]:
    results: dict[str, list[tuple[str, str]]] = {}
    for code, sign_labels in SIGNS.items():
        results.setdefault(FAMILIES[family_of(code)][is_english()], []).append((code, sign_labels[is_english()]))
    return list(results.items())


@require_http_methods(READ_AND_SEND)
@page
def asset_new(request: HttpRequest, what: str) -> HttpResponse:
    """The form of a new asset; POST makes it."""
    rights = rights_of_request(request)
    placing.check_may_add(what, rights)
    if request.method != "POST":
        start = request.GET.get("start", "")[:80]
        initial = {"kind": "sign" if what == "point" else "", "side": "right", "distance_m": 4, "start": start}
        return form_page(request, AssetForm(initial=initial, what=what))
    form = AssetForm(request.POST, what=what)
    if not form.is_valid():
        return form_page(request, form, status=400)
    try:
        made = placing.add(what, form.where(), form.values(), rights=rights)
    except ArpentError as error:
        return form_page(request, form, status=show_error(form, error))
    messages.success(request, _("The asset is added: check it on the map."))
    return redirect("road_asset", what, made)


class MoveForm(EditForm, PlaceForm):
    """Where an asset stands, all of it together."""

    together = (PLACE,)


@require_http_methods(READ_AND_SEND)
@page
def asset_move(request: HttpRequest, what: str, asset_id: int) -> HttpResponse:
    """The form that puts an asset elsewhere; POST does."""
    rights = rights_of_request(request)
    asset = assets.one(what, asset_id, rights)
    if not assets.may_inspect(asset, rights):
        raise Forbidden(_("Your role does not let you edit this layer."))
    form = MoveForm(request, row=f"asset {what} {asset_id}", read=lambda _name: now_at(what, asset)[0], what=what)
    if request.method != "POST":
        return form_page(request, form, asset)
    form.measured = now_at(what, asset)[1]
    if not form.is_valid():
        return form_page(request, form, asset, status=400)
    try:
        version = form.cleaned_data["version"] or 0
        placing.move(what, asset_id, form.where(), version=version, rights=rights)
    except ArpentError as error:
        return form_page(request, form, asset, status=show_error(form, error))
    messages.success(request, _("The asset is moved."))
    return redirect("road_asset", what, asset_id)


def now_at(what: str, asset: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the form says of an asset as it stands, and of that what was measured more exactly."""
    places = placing.references_of(what, [asset.pk]).get(asset.pk, [])
    measured = dict(zip(("start", "end"), (one.reference for one in places), strict=False))
    names = {name: str(reference) for name, reference in measured.items()}
    side = places[0].lies if places else "on"
    distance = round(places[0].distance_m, 1) if places else 0.0
    beside = {"side": side if distance else "on", "distance_m": distance or None}
    exact = {"distance_m": places[0].distance_m} if distance else {}
    return {**names, **beside, "version": asset.version}, {**measured, **exact}


def show_error(form: PlaceForm, error: ArpentError) -> int:
    """Put an error at its field, or at those that it is about; returns the answer's status."""
    if not isinstance(error, FieldRefused | GeometryRefused):
        return blame(form, error)
    for one in error.extra["errors"]:
        name = "start" if one["field"] == "geometry" else one["field"]
        form.add_error(name if name in form.fields else None, one["message"])
    return status_of(error)


def form_page(request: HttpRequest, form: PlaceForm, asset: Any = None, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "what": form.what,
        "asset": asset,
        "title": title_of(form.what, asset) if asset else "",
    }
    return show(request, "asset_place", TAB, context, status=status)

"""/couches/<layer>/actualisation/: where a layer is brought up to date from by itself, how often, what came of it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.forms import blame
from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError, Invalid
from gis_core.models import User
from layers.catalogue.models import Layer
from layers.intake.choices import Mode
from layers.intake.models import LayerRefresh
from layers.intake.services import refreshing

MODE_LABELS = {
    Mode.SYNCHRONISE: gettext_lazy("Synchronise: new, changed and gone objects by the unique reference"),
    Mode.REPLACE: gettext_lazy("Replace all objects"),
    Mode.ATTRIBUTES: gettext_lazy("Update attributes alone, by the unique reference"),
}
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class RefreshForm(EditForm):
    """Where the files come from, and how often; the service decides."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Where they come from"), choices=LayerRefresh.Kind.choices, widget=forms.RadioSelect
    )
    place = forms.CharField(label=gettext_lazy("File, folder or address"), max_length=2000)
    source_layer = forms.CharField(
        label=gettext_lazy("Layer of the file"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Where the file holds several."),
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("What becomes of the layer"),
        choices=[(mode.value, MODE_LABELS[mode]) for mode in refreshing.MODES],
    )
    period = forms.ChoiceField(label=gettext_lazy("How often"), choices=LayerRefresh.Period.choices)
    hour = forms.TypedChoiceField(
        label=gettext_lazy("At what time"),
        choices=HOURS,
        coerce=int,
        help_text=gettext_lazy("Within a quarter of an hour. Of no matter every hour."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["place"].help_text = (
            _("Below your member’s folder, such as “sig/parcs.gpkg”; or https://…, of a server that the agency allows.")
            if settings.REFRESH_DIR
            else _("https://…, of a server on the agency’s list of those that may be asked.")
        )
        if settings.REFRESH_DIR is None:
            addresses = [one for one in LayerRefresh.Kind.choices if one[0] == LayerRefresh.Kind.ADDRESS]
            self.fields["kind"].choices = addresses  # type: ignore[attr-defined]  # a field of choices
            self.fields["kind"].widget = forms.HiddenInput()
            self.initial["kind"] = LayerRefresh.Kind.ADDRESS
            self.fields["place"].label = _("Address")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def refresh(request: HttpRequest, slug: str) -> HttpResponse:
    """Read and choose it; `do` says whether to save, to refresh now, or to stop."""
    rights = rights_of_page(request)
    layer = refreshing.refreshable_layer(slug, rights)
    if request.method != "POST":
        return render_refresh(request, layer)
    match request.POST.get("do", "save"):
        case "now":
            refreshing.ask_for_refresh(slug, rights=rights)
            messages.success(request, _("The layer is refreshed within moments: what comes of it is told here."))
        case "stop":
            refreshing.stop(slug, rights=rights)
            messages.success(request, _("The layer is refreshed no more."))
        case "save":
            return save(request, layer)
        case _other:
            raise Invalid(_("Say what is to be done (“do”)."), parameter="do")
    return redirect("layer_refresh", slug=slug)


def save(request: HttpRequest, layer: Layer) -> HttpResponse:
    form = form_for(request, layer)
    if not form.is_valid():
        return render_refresh(request, layer, form, 400)
    assert isinstance(request.user, User)
    try:
        refreshing.schedule(layer.slug, form.cleaned_data, user=request.user, rights=rights_of_page(request))
    except ArpentError as error:
        return render_refresh(request, layer, form, blame(form, error))
    messages.success(request, _("The refreshing is saved."))
    return redirect("layer_refresh", slug=layer.slug)


def form_for(request: HttpRequest, layer: Layer) -> RefreshForm:
    return RefreshForm(request, row=f"refreshing of layer {layer.pk}", read=lambda _name: beginnings(layer))


def beginnings(layer: Layer) -> dict[str, Any]:
    """What the form begins with: what was chosen, else what suits the layer."""
    known = refreshing.refresh_of(layer)
    if known is not None:
        return {name: getattr(known, name) for name in refreshing.CHOSEN}
    return {
        "kind": LayerRefresh.Kind.FOLDER if settings.REFRESH_DIR else LayerRefresh.Kind.ADDRESS,
        "place": "",
        "source_layer": "",
        "mode": (Mode.SYNCHRONISE if layer.key_column else Mode.REPLACE).value,
        "period": LayerRefresh.Period.DAY.value,
        "hour": 4,
    }


def render_refresh(
    request: HttpRequest, layer: Layer, form: RefreshForm | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "section": "layers",
        "layer": layer,
        "tab": "refresh",
        "has_own_table": True,
        "form": form or form_for(request, layer),
        "refresh": refreshing.refresh_of(layer),
    }
    return render(request, "intake/refresh.html", context, status=status)

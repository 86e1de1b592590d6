"""/couches/<layer>/archiver/ and supprimer/, and the change of several layers of the list at once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError
from gis_core.http.problem import status_of
from gis_core.models import User
from layers.catalogue.models import Layer, Theme
from layers.settings.services.administering import get_administered_layer
from layers.settings.services.retiring import (
    ask_for_deletion,
    change_several,
    check_own,
    count_content,
    set_archived,
)

UNCHANGED = [("", gettext_lazy("as it is"))]
YES_NO = [*UNCHANGED, ("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))]


class SeveralForm(forms.Form):
    """What several layers are given at once; what stays empty stays as it is."""

    several_visibility = forms.ChoiceField(label=gettext_lazy("Who sees it"), required=False)
    several_theme = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    several_at_first = forms.ChoiceField(label=gettext_lazy("Shown when the map opens"), required=False, choices=YES_NO)
    several_archived = forms.ChoiceField(label=gettext_lazy("Archived"), required=False, choices=YES_NO)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data)
        # The members that it is shared with are chosen on the page of each layer.
        levels = [one for one in Layer.Visibility.choices if one[0] != Layer.Visibility.MEMBERS]
        themes = [(str(theme.pk), str(theme)) for theme in Theme.objects.all()]
        for name, choices in (("several_visibility", levels), ("several_theme", themes)):
            self.fields[name].choices = [*UNCHANGED, *choices]  # type: ignore[attr-defined]  # a field of choices

    def values(self) -> dict[str, Any]:
        """The settings of a good form, by the names of the service."""
        given, values = self.cleaned_data, dict[str, Any]()
        if given["several_visibility"]:
            values["visibility"] = given["several_visibility"]
        if given["several_theme"]:
            values["theme_id"] = int(given["several_theme"])
        if given["several_at_first"]:
            values["visible_at_first"] = given["several_at_first"] == "1"
        if given["several_archived"]:
            values["archived"] = given["several_archived"] == "1"
        return values


def save_several(request: HttpRequest, form: SeveralForm) -> str:
    """Change the layers that are checked; what is wrong in words, "" once it is done."""
    tags = dict(one.split(":", 1) for one in request.POST.getlist("layer") if ":" in one)
    if not form.is_valid():
        return " ".join(str(fault) for faults in form.errors.values() for fault in faults)
    try:
        count = change_several(tags, form.values(), rights=rights_of_page(request))
    except ArpentError as error:
        return str(error.message)
    messages.success(request, ngettext("%(n)s layer changed.", "%(n)s layers changed.", count) % {"n": count})
    return ""


@require_POST
@page
def archive(request: HttpRequest, slug: str) -> HttpResponse:
    """Archive a layer, or show it again."""
    archived = request.POST.get("archived") == "1"
    layer = set_archived(slug, archived, rights=rights_of_page(request))
    text = _("%(layer)s is archived: nobody sees it but here.") if archived else _("%(layer)s is shown again.")
    messages.success(request, text % {"layer": layer})
    return redirect("layer_settings", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what goes with a layer, and have it deleted once its name is typed."""
    rights = rights_of_page(request)
    layer = get_administered_layer(slug, rights)
    check_own(layer)
    fault, status = "", 200
    assert isinstance(request.user, User)
    if request.method == "POST":
        try:
            ask_for_deletion(slug, request.POST.get("name", ""), rights=rights, started_by=request.user)
        except ArpentError as error:
            fault, status = str(error.message), status_of(error)
        else:
            messages.success(request, _("%(layer)s is being deleted.") % {"layer": layer})
            return redirect("layer_list")
    context = {"section": "layers", "layer": layer, "fault": fault, "typed": request.POST.get("name", "")}
    return render(request, "layer_settings/delete.html", context | {"counts": count_content(layer)}, status=status)

"""/couches/numerotation/: how a member numbers the objects of the layers that its people edit.

/couches/numerotation/<layer>/: what its objects without a reference would be numbered, and that it is done.
"""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from gis_core.desk.edit_forms import EditForm
from gis_core.desk.signed_in import page, rights_of_page
from gis_core.errors import ArpentError, NotFound
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.services.origin import Origin
from layers.settings.services.number_missing import (
    MOST,
    NumberedObjects,
    count_missing,
    number_missing,
    numbered_layer,
)
from layers.settings.services.numbering import (
    format_patterns,
    kinds_in,
    list_numbered_layers,
    patterns_of,
    read_patterns,
    save_patterns,
)

KINDS: str | Promise = gettext_lazy("One for each value if need be, value | pattern: %(kinds)s.")
ORIGIN: Final = Origin("web", "")


class NumberingForm(EditForm):
    """The patterns of each layer, line by line."""

    def __init__(self, request: HttpRequest, *, member: Member, layers: Sequence[Layer]) -> None:
        self.layers = layers
        super().__init__(request, row=f"numbering {member.pk}", read=lambda _row: self.beginnings(member))
        for layer in layers:
            self.fields[layer.slug] = forms.CharField(
                label=str(layer),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"}),
                help_text=help_of(layer),
            )

    def beginnings(self, member: Member) -> dict[str, Any]:
        kept = patterns_of(member, self.layers)
        return {layer.slug: format_patterns(kept.get(layer.pk, {})) for layer in self.layers}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self.patterns: dict[int, dict[str, str]] = {}
        for layer in self.layers:
            try:
                self.patterns[layer.pk] = read_patterns(layer, given.get(layer.slug, ""))
            except ArpentError as error:
                self.add_error(layer.slug, error.message)
        return given


def help_of(layer: Layer) -> str:
    kinds = ", ".join(f"{code} ({label})" for code, label in kinds_in(layer))
    return KINDS % {"kinds": kinds} if kinds else ""


@require_http_methods(["GET", "HEAD", "POST"])
@page
def numbering(request: HttpRequest) -> HttpResponse:
    """The patterns of one member that the asker administers (`?membre=`, the first by name otherwise)."""
    rights = rights_of_page(request)
    members = list(Member.objects.filter(pk__in=rights.list_administered_ids()).order_by("name"))
    member = administered_member(members, request.GET.get("membre", ""))
    layers = list_numbered_layers(member, rights) if member else []
    form = NumberingForm(request, member=member, layers=layers) if member else None
    good = form is not None and request.method == "POST" and form.is_valid()
    if not good or form is None or member is None:
        lines = numbered_lines(member, layers, form) if member and form else []
        context = {"section": "layers", "members": members, "member": member, "form": form, "lines": lines}
        status = 400 if form and form.errors else 200
        return render(request, "layer_settings/numbering.html", context, status=status)
    save_patterns(member, layers, form.patterns)
    messages.success(request, _("The numbering is saved: it holds for the objects to come."))
    return redirect(request.get_full_path())


def numbered_lines(member: Member, layers: Sequence[Layer], form: NumberingForm) -> list[dict[str, Any]]:
    """Each layer's field, and how many objects are without a reference where saved patterns could number them."""
    kept = patterns_of(member, layers)
    missing = count_missing(member, [layer for layer in layers if layer.pk in kept])
    return [{"layer": layer, "field": form[layer.slug], "missing": missing.get(layer.pk, 0)} for layer in layers]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def numbering_of_missing(request: HttpRequest, slug: str) -> HttpResponse:
    """What the objects of a layer that have no reference would be numbered (GET), and number them (POST)."""
    rights = rights_of_page(request)
    members = list(Member.objects.filter(pk__in=rights.list_administered_ids()).order_by("name"))
    member = administered_member(members, request.GET.get("membre", ""))
    if member is None:
        raise NotFound(_("There is nothing at this address, or you may not see it."))
    layer, back = numbered_layer(slug, member, rights), f"{reverse('layer_numbering')}?membre={member.pk}"
    context = {"section": "layers", "member": member, "layer": layer, "back": back}
    numbered = number_missing(layer, member, origin=ORIGIN, dry_run=request.method != "POST")
    if request.method == "POST":
        messages.success(request, describe_numbered(layer, numbered))
        return redirect(back)
    total = sum(one.count for one in numbered)
    context |= {"numbered": numbered, "total": total, "full": total == MOST}
    context |= {"left": count_missing(member, [layer])[layer.pk] - total}
    return render(request, "layer_settings/number_missing.html", context)


def describe_numbered(layer: Layer, numbered: Sequence[NumberedObjects]) -> str:
    total = sum(one.count for one in numbered)
    text = ngettext("%(n)s object of %(layer)s is numbered", "%(n)s objects of %(layer)s are numbered", total)
    spans = ", ".join(f"{one.first} … {one.last}" if one.count > 1 else one.first for one in numbered)
    return text % {"n": total, "layer": layer} + (f" : {spans}" if spans else "")


def administered_member(members: Sequence[Member], given: str) -> Member | None:
    """The member that the address names, the first where it names none. Raises NotFound for another one."""
    if not given:
        return members[0] if members else None
    for member in members:
        if str(member.pk) == given:
            return member
    raise NotFound(_("There is nothing at this address, or you may not see it."))

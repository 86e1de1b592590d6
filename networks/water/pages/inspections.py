"""What the pages of hydrants and of manholes have in common: fields of an inspection, counts by state, photos."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from gis_core.models import Member
from layers.catalogue.models import Layer
from layers.features.services.attachments import PHOTOS, as_json, attach, attachments_of
from layers.features.services.origin import Origin
from networks.water.services.inspected_nodes import NodeQuery, addresses_of, communes_of, is_late
from networks.water.services.inspections import LONGEST_REMARK, may_record

WEB = Origin("web", "")
AROUND = "communes,parcels,buildings,roads,addresses"
"""The layers of the map that a node is shown on, below those of its network."""


def decimal(label: Any, unit: Any) -> forms.FloatField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 8})
    return forms.FloatField(label=label, help_text=unit, required=False, localize=True, widget=widget)


def day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def remark_field() -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=gettext_lazy("Remark"), max_length=LONGEST_REMARK, required=False, widget=widget)


def count_links(
    query: NodeQuery, states: Iterable[tuple[str, Any]], counts: Mapping[str, int]
) -> list[tuple[str, Any, int, str, bool]]:
    """Each state with its label, how many nodes have it, the query that lists them, whether that is the page's."""
    return [
        (state, label, counts[state], query.but(state=state).query(), query.state == state) for state, label in states
    ]


def members_to_set(rights: Rights) -> list[tuple[str, str]]:
    """The members whose settings the user may change."""
    rows = Member.objects.visible_to(rights).order_by("name")
    return [(one.slug, one.name) for one in rows if may_record(one.pk, rights)]


def describe_node(node: Any) -> dict[str, Any]:
    """Where a node is, and whether its next inspection is late."""
    return {
        "place": node.name or addresses_of([node]).get(node.pk, ""),
        "commune": communes_of([node]).get(node.commune_insee, ""),
        "late": is_late(node),
    }


def map_link(node: Any, layer: str, pipes: str) -> str:
    """The map, on a node that has its `place`, with its sheet open."""
    place = f"{node.place.x:.6f},{node.place.y:.6f}"
    return f"{reverse('map')}#v=1&c={place}&z=18&l={layer},{pipes},{AROUND}&s={layer}.{node.pk}"


def photos_of(layer: Layer, pk: int, rights: Rights) -> list[Any]:
    return [as_json(one, layer) for one in attachments_of(layer, pk, rights)[: PHOTOS.most]]


def attach_photo(request: HttpRequest, layer: Layer, pk: int, rights: Rights) -> None:
    """Keep the photo that was sent. Raises Invalid (there is none), and what `attach` raises."""
    file = request.FILES.get("file")
    if file is None:
        raise Invalid(_("Choose a photo."), parameter="file")
    attach(layer, pk, file, rights)

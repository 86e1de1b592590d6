"""A valid body for every form of a layer's settings."""

from typing import Any

from gis_core.rights import SYSTEM, acting_as
from layers.catalogue.models import Layer, Theme
from layers.settings.forms import DescriptionForm
from layers.settings.services.saving import seen

Form = dict[str, Any]
LAYER = "couches/<slug:slug>/"


def form(route: str, slug: str) -> Form | None:
    """The body of one page of the settings of a layer, which need not exist."""
    made = {LAYER: description}
    if route not in made:
        return None
    with acting_as(SYSTEM):
        return made[route](Layer.objects.filter(slug=slug).first())


def description(layer: Layer | None) -> Form:
    tag = seen(layer, DescriptionForm.names(layer)) if layer else ""
    words = {"title": "Couche décrite", "theme": Theme.objects.get(slug="essai").pk, "order": 3}
    return {"seen": tag, **words, "visibility": layer.visibility if layer else "owner"}

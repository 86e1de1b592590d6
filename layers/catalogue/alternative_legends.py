"""Other legends of a declared layer, which one chooses on the map: its features by one of their properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from gis_core.errors import Invalid
from gis_core.members.rights import Rights
from layers.catalogue.models import in_language
from layers.catalogue.points import LAYERS

if TYPE_CHECKING:
    from layers.catalogue.models import Layer


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeLegend:
    """A legend beside that of the layer, and the page where its figures stand.

    `lines` is asked as the user who looks, for each of its questions. It may go by `id`, the number of a feature.
    """

    name: str
    title: str
    title_en: str
    lines: Callable[[Rights], Sequence[Mapping[str, Any]]]
    page: str = ""

    def __str__(self) -> str:
        return in_language(self.title, self.title_en)


def alternatives_of(layer: Layer) -> Sequence[AlternativeLegend]:
    """The other legends of a layer; none for one that no app declares."""
    declared = LAYERS.find(layer.slug)
    return declared.legends if declared else ()


def find_alternative(layer: Layer, name: str) -> AlternativeLegend:
    """The legend of this name. Raises Invalid."""
    match = next((one for one in alternatives_of(layer) if one.name == name), None)
    if match is None:
        message = _("“%(layer)s” has no legend “%(name)s”.")
        raise Invalid(message % {"layer": layer, "name": name[:80]}, parameter="legend")
    return match


def legend_of(layer: Layer, name: str, rights: Rights) -> list[dict[str, Any]]:
    """The lines of the legend of this name, as a layer keeps them. Raises Invalid."""
    return [{"where": {}, **line} for line in find_alternative(layer, name).lines(rights)]


def alternatives_as_json(layer: Layer) -> list[dict[str, str]]:
    return [{"name": one.name, "title": str(one), "page": one.page} for one in alternatives_of(layer)]

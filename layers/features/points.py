"""What editing, searching and describing features asks of the apps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from layers.features.search import Search
    from layers.features.sheet import Describe


@dataclass(frozen=True, slots=True)
class Searcher:
    """A function that answers the search box, asked only for people who see the layer; without a layer, for all."""

    search: Search
    layer: str = ""


@dataclass(frozen=True, slots=True)
class FeatureSheet:
    """What an app says of the features of a layer beyond their columns."""

    layer: str
    describe: Describe


SEARCHERS: ExtensionPoint[Searcher] = ExtensionPoint(
    "features.searchers", "Who answers the search box: the best score stands first, equal ones in this order."
)
FEATURE_SHEETS: ExtensionPoint[FeatureSheet] = ExtensionPoint(
    "features.sheets",
    "What apps say of features of their layers beyond columns: all of one layer in this order, the first title counts.",
)

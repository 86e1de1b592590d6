"""What other apps add to /ogc/: they give it to `EXTENSIONS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from layers.catalogue.models import Layer

type Link = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """Conformance classes, links and addresses; the functions are given the address of /ogc, without a slash."""

    conformance: tuple[str, ...] = ()
    landing_links: Callable[[str], Sequence[Link]] = lambda base: ()
    collection_links: Callable[[Layer, str], Sequence[Link]] = lambda layer, base: ()
    paths: Callable[[Sequence[Layer]], Mapping[str, Any]] = lambda layers: {}
    """OpenAPI path items by address below /ogc."""

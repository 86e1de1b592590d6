"""What a token may be made for: the desks and the layers that apps declare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis_core.wiring.points import ExtensionPoint

if TYPE_CHECKING:
    from gis_core.members.rights import Rights
    from gis_core.points import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenDesk:
    """A part of the platform that a token may be made for: the addresses that begin so (without their first slash).

    `by_layer` says that each of them shows layers of the catalogue and nothing else.
    """

    slug: str
    label: Label
    prefixes: tuple[str, ...]
    by_layer: bool = False


TOKEN_DESKS: ExtensionPoint[TokenDesk] = ExtensionPoint(
    "tokens.desks",
    "Parts of the platform that an API token may be made for, in the order in which they are offered.",
    key=lambda desk: desk.slug,
)

type LayerChoices = Callable[[Rights], Sequence[tuple[int, str, str]]]

TOKEN_LAYERS: ExtensionPoint[LayerChoices] = ExtensionPoint(
    "tokens.layers", "Layers that an API token may be made for, of those that the asker sees: id, slug, title."
)

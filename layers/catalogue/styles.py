"""A style that comes from elsewhere: what it makes of a layer, whoever reads it."""

from typing import Any, Protocol

from layers.catalogue.models import Layer


class StyleRead(Protocol):
    """What a style says in terms of a layer (`legend`, `labels`, `scale_from`, `scale_to`), and what was left out."""

    @property
    def style(self) -> dict[str, Any]: ...

    @property
    def warnings(self) -> list[str]: ...


class StyleReader(Protocol):
    """Reads a QML for a layer. Raises Invalid when it is none, or of another kind of geometry."""

    def __call__(self, content: bytes, layer: Layer) -> StyleRead: ...
